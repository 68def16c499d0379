import { expect, test } from 'vitest';
import type { LiveSettings } from '../../src/live/capture.ts';
import { commandOf } from '../../src/live/program.ts';

const settings: LiveSettings = {
  interfaces: ['eth0'],
  filter: 'tcp port 80',
  snaplen: 262_144,
  buffer: 32 << 20,
  promiscuous: false,
  count: 5,
  duration: 0,
  write: undefined,
  engine: 'auto',
};
const user = { uid: 1000, gid: 1000, name: 'ann', home: '/home/ann' };
const find = (name: string) => `/usr/bin/${name}`;

test('tcpdump: the filter is one word behind "--", and root’s becomes the user', () => {
  expect(commandOf('tcpdump', settings, undefined, find)).toEqual({
    command: '/usr/bin/tcpdump',
    arguments: '-n -U --time-stamp-precision=nano -i eth0 -s 262144 -p -c 5 -B 32768 -w - --'.split(' ').concat('tcp port 80'),
  });
  const asUser = commandOf('tcpdump', settings, user, find);
  expect(asUser.arguments.join(' ')).toContain('-Z ann');
  expect(asUser.user).toEqual({ uid: 1000, gid: 1000 });
});

test('dumpcap: every interface has the filter; root’s keeps the right to capture and nothing else', () => {
  const two = { ...settings, interfaces: ['eth0', 'lo'] };
  expect(commandOf('dumpcap', two, undefined, find).arguments.join(' ')).toBe(
    '-q -i eth0 -f tcp port 80 -i lo -f tcp port 80 -s 262144 -p -c 5 -B 32 -w -',
  );
  const asUser = commandOf('dumpcap', settings, user, find);
  expect(asUser.command).toBe('/usr/bin/setpriv');
  expect(asUser.arguments.slice(0, 7)).toEqual([
    '--reuid=1000',
    '--regid=1000',
    '--init-groups',
    '--inh-caps=+net_raw,+net_admin',
    '--ambient-caps=+net_raw,+net_admin',
    '--',
    '/usr/bin/dumpcap',
  ]);
});

test('dumpcap without setpriv: the relay stays what dumpcap is, or it could not end it', () => {
  const only = (name: string) => (name === 'dumpcap' ? '/usr/bin/dumpcap' : undefined);
  expect(commandOf('dumpcap', settings, user, only).user).toBeUndefined();
});

test('a program that is not there', () => {
  expect(() => commandOf('tcpdump', settings, undefined, () => undefined)).toThrow('tcpdump is not installed');
});
