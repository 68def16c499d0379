import { describe, expect, test } from 'vitest';
import {
  freeSubnet,
  linkCommands,
  type NetworkFacts,
  namesFor,
  rulesToDelete,
  ruleCommands,
} from '../../src/helper/network-plan.ts';
import { resolverFor, switchFor } from '../../src/helper/resolver-files.ts';
import { exitCodeOf, runnable, userEnvironment } from '../../src/live/command.ts';
import { SocketSet } from '../../src/live/own-sockets.ts';
import { runSettingsOf } from '../../src/live/run-settings.ts';

describe('words of wirebook run', () => {
  test('the command begins behind "--" or with the first word of no option', () => {
    const words = ['-w', 'x.pcapng', 'curl', '-w', '%{http_code}', '--', 'y'];
    expect(runSettingsOf(words)).toMatchObject({ write: 'x.pcapng', command: ['curl', '-w', '%{http_code}', '--', 'y'] });
    expect(runSettingsOf(['--lang=ko', '--', '-odd', 'a'])).toMatchObject({ lang: 'ko', command: ['-odd', 'a'] });
    expect(runSettingsOf(['-ilo', 'true'])).toMatchObject({ interfaces: ['lo'], command: ['true'] });
  });

  test("JSON needs a place that is not the command's", () => {
    expect(runSettingsOf(['--json', 'true'])).toHaveProperty('en', expect.stringContaining('--output'));
    expect(runSettingsOf(['--json', '-o', '-', 'true'])).toMatchObject({ format: 'json', output: '-' });
  });

  test('what is wrong is told in both languages', () => {
    for (const words of [
      [],
      ['--'],
      ['--format', 'xml', 'true'],
      ['--nonsense', 'true'],
      ['--lang', 'fr', 'true'],
      ['-w', '-', 'true'],
    ])
      expect(runSettingsOf(words)).toEqual({ en: expect.any(String), ko: expect.any(String) });
  });
});

describe('a command', () => {
  test('exit codes as a shell gives them', () => {
    expect(exitCodeOf(7, null)).toBe(7);
    expect(exitCodeOf(null, 'SIGKILL')).toBe(137);
    expect(exitCodeOf(null, 'SIGTERM')).toBe(143);
    expect(runnable('sh', { PATH: '/usr/bin:/bin' })).toBe(0);
    expect(runnable('no-such-command-here', { PATH: '/usr/bin:/bin' })).toBe(127);
    expect(runnable('/etc/passwd', {})).toBe(126);
  });

  test('the environment of the one who called sudo', () => {
    const sudo = { HOME: '/root', USER: 'root', SUDO_UID: '1000', SUDO_USER: 'kim', LANG: 'ko_KR.UTF-8' };
    expect(userEnvironment(sudo, { name: 'kim', home: '/home/kim' })).toEqual({
      HOME: '/home/kim',
      USER: 'kim',
      LOGNAME: 'kim',
      LANG: 'ko_KR.UTF-8',
    });
    expect(userEnvironment(sudo, undefined)).toEqual(sudo);
  });
});

describe('resolv.conf', () => {
  const of = (text: string, own: string[] = []) => resolverFor(text, new Set(own), '10.213.0.1');

  test('a resolver elsewhere stays', () => {
    expect(of('search lab\nnameserver 192.0.2.53\n')).toEqual({
      text: 'search lab\nnameserver 192.0.2.53\n',
      relayed: undefined,
    });
  });

  test('one that only this host can ask is asked through the gateway', () => {
    expect(of('nameserver 127.0.0.53\noptions edns0\n')).toEqual({
      text: 'nameserver 10.213.0.1\noptions edns0\n',
      relayed: '127.0.0.53',
    });
    expect(of('nameserver ::1\nnameserver 192.0.2.53\n').text).toBe('nameserver 10.213.0.1\nnameserver 192.0.2.53\n');
    expect(of('nameserver fe80::1%eth0\n').relayed).toBe('fe80::1%eth0');
    expect(of('nameserver 192.0.2.2\n', ['192.0.2.2']).relayed).toBe('192.0.2.2');
    // resolv.conf(5): without one, the name server on the local machine is used.
    expect(of('').relayed).toBe('127.0.0.1');
  });

  test('names are looked up on the network only', () => {
    expect(switchFor('hosts: files mymachines resolve [!UNAVAIL=return] dns\n')).toBe('hosts: files mymachines dns\n');
    expect(switchFor('hosts: resolve [!UNAVAIL=return] files\n')).toBe('hosts: dns files\n');
    expect(switchFor('passwd: files\nhosts:          files mdns4_minimal [NOTFOUND=return] dns\n')).toBeUndefined();
  });
});

describe('the network of a command', () => {
  test('takes no addresses that a route leads to', () => {
    expect(freeSubnet(0, ['default', '192.0.2.0/24'])).toMatchObject({
      network: '10.213.0.0/30',
      host: '10.213.0.1',
      inside: '10.213.0.2',
    });
    expect(freeSubnet(0, ['10.213.0.0/29'])?.network).toBe('10.213.0.8/30');
    expect(freeSubnet(63, ['10.213.0.253'])?.network).toBe('10.213.1.0/30');
    expect(freeSubnet(16383, [])?.network).toBe('10.213.255.252/30');
    expect(freeSubnet(7, ['10.0.0.0/8'])).toBeUndefined();
  });

  const facts = (more: Partial<NetworkFacts>): NetworkFacts => ({
    names: namesFor(4194304),
    subnet: freeSubnet(0, []) as NetworkFacts['subnet'],
    mtu: 1400,
    ipv6: false,
    opened: ['eth0'],
    relay: 40053,
    nft: true,
    iptables: false,
    ...more,
  });

  test('bears names that the kernel takes (15 characters) with the highest process number', () => {
    expect(namesFor(4194304).link.length).toBeLessThanOrEqual(15);
    const words = linkCommands(facts({})).map((each) => each.arguments.join(' '));
    expect(words).toContain('link add wbr4194304 mtu 1400 type veth peer name eth0 mtu 1400 netns wirebook-run-4194304');
    expect(words.some((each) => each.includes('-6'))).toBe(false);
  });

  test('with nft: one table, which lets nobody else through an interface that did not forward before', () => {
    const [nft, ...more] = ruleCommands(facts({}));
    expect(more).toEqual([]);
    expect(nft.input).toContain('ip saddr 10.213.0.0/30 oifname != "wbr4194304" masquerade');
    expect(nft.input).toContain('udp dport 53 redirect to :40053');
    expect(nft.input).toContain('iifname "eth0" drop');
  });

  test('with iptables alone: the same, and all of it found again by its comment', () => {
    const rules = ruleCommands(facts({ nft: false, iptables: true })).map((each) => each.arguments);
    expect(rules.every((words) => words.at(-1) === 'wirebook-run-4194304')).toBe(true);
    expect(rules.map((words) => words.join(' '))).toContain(
      '-w -t nat -I POSTROUTING -s 10.213.0.0/30 ! -o wbr4194304 -j MASQUERADE -m comment --comment wirebook-run-4194304',
    );
    const listing = `-P POSTROUTING ACCEPT
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 10.213.0.0/30 ! -o wbr41 -m comment --comment wirebook-run-41 -j MASQUERADE
-A POSTROUTING -s 10.213.0.4/30 ! -o wbr411 -m comment --comment "wirebook-run-411" -j MASQUERADE
`;
    expect(rulesToDelete('nat', listing, 'wirebook-run-411')).toEqual([
      '-w -t nat -D POSTROUTING -s 10.213.0.4/30 ! -o wbr411 -m comment --comment wirebook-run-411 -j MASQUERADE'.split(' '),
    ]);
  });
});

test('a packet belongs to a socket by both its ends, either way round', () => {
  const set = new SocketSet();
  const [own, web, dns] = [
    { address: '10.0.0.2', port: 40000 },
    { address: '192.0.2.80', port: 443 },
    { address: '192.0.2.53', port: 53 },
  ];
  set.add('tcp', own, web, () => ({ pid: 7, name: 'curl' }));
  set.add('udp', { address: '0.0.0.0', port: 50000 }, { address: '0.0.0.0', port: 0 });
  expect(set.find('tcp', own, web)?.owner).toEqual({ pid: 7, name: 'curl' });
  expect(set.find('tcp', web, own)?.owner).toEqual({ pid: 7, name: 'curl' });
  expect(set.find('tcp', own, dns)).toBeUndefined();
  expect(set.find('udp', own, web)).toBeUndefined();
  expect(set.find('udp', dns, { address: '10.0.0.2', port: 50000 })).toBeDefined();
  expect([...set.remotes]).toEqual(['192.0.2.80']);
});
