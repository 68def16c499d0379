import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CaptureError } from '../capture/batch.ts';
import type { CapSettings, RelaySettings } from '../helper/protocol.ts';
import type { LiveCapture, LiveSettings } from './capture.ts';
import { launch, SPOOL_LIMIT } from './helper-process.ts';
import { notes } from './notes.ts';
import type { InvokingUser } from './user.ts';

export type Program = 'dumpcap' | 'tcpdump' | 'cap';

const RELAY = new URL('relay.js', import.meta.url);
const CAP = new URL('cap-helper.js', import.meta.url);
/** For how long each may hold packets back: what its libpcap gathers, and some. */
const SETTLE: Record<Program, number> = { dumpcap: 400, tcpdump: 1200, cap: 50 };
const RIGHTS = '+net_raw,+net_admin';
/** Where programs for administrators are; the PATH of others leaves these out. */
const MORE_PATH = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];

/** The full name of a program, as a shell would find it and an administrator's shell would. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  const directories = [...path.split(delimiter).filter((each) => each.startsWith('/')), ...MORE_PATH];
  return directories.map((each) => join(each, name)).find((each) => existsSync(each));
}

function dumpcap(s: LiveSettings): string[] {
  const each = s.interfaces.flatMap((name) => ['-i', name, ...(s.filter === '' ? [] : ['-f', s.filter])]);
  return ['-q', ...each, ...common(s), '-B', String(Math.max(1, s.buffer >> 20)), '-w', '-'];
}

function tcpdump(s: LiveSettings, user: InvokingUser | undefined): string[] {
  const options = ['-n', '-U', '--time-stamp-precision=nano', '-i', s.interfaces[0], ...common(s), '-B', String(s.buffer >> 10)];
  const becoming = user === undefined ? [] : ['-Z', user.name];
  return [...options, ...becoming, '-w', '-', ...(s.filter === '' ? [] : ['--', s.filter])];
}

const common = (s: LiveSettings): string[] => [
  ...['-s', String(s.snaplen)],
  ...(s.promiscuous ? [] : ['-p']),
  ...(s.count > 0 ? ['-c', String(s.count)] : []),
];

function cap(s: LiveSettings, user: InvokingUser | undefined): string[] {
  const { filter, snaplen, buffer, count } = s;
  const told: CapSettings = { interface: s.interfaces[0], filter, snaplen, buffer, count };
  if (user !== undefined) told.user = { uid: user.uid, gid: user.gid };
  return [fileURLToPath(CAP), JSON.stringify(told)];
}

/**
 * What the relay is to run. For root on behalf of a user the program becomes that user at once and keeps no more than the right to
 * capture, so that the relay, which becomes the user too, can end it.
 */
export function commandOf(
  program: Program,
  s: LiveSettings,
  user: InvokingUser | undefined,
  find: (name: string) => string | undefined = findProgram,
): Pick<RelaySettings, 'command' | 'arguments' | 'user'> {
  const ids = user === undefined ? {} : { user: { uid: user.uid, gid: user.gid } };
  if (program === 'cap') return { command: process.execPath, arguments: cap(s, user), ...ids };
  const command = find(program);
  if (command === undefined)
    throw new CaptureError('no-program', `${program} is not installed`, `${program}이(가) 설치되어 있지 않습니다`);
  if (program === 'tcpdump') return { command, arguments: tcpdump(s, user), ...ids };
  const setpriv = user === undefined ? undefined : find('setpriv');
  if (user === undefined || setpriv === undefined) return { command, arguments: dumpcap(s) };
  const becoming = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups'];
  const keeping = [`--inh-caps=${RIGHTS}`, `--ambient-caps=${RIGHTS}`];
  return { command: setpriv, arguments: [...becoming, ...keeping, '--', command, ...dumpcap(s)], ...ids };
}

/** Captures with a program that may have the right to where Node has not. */
export async function startProgram(program: Program, settings: LiveSettings, relay: URL = RELAY): Promise<LiveCapture> {
  if (program !== 'dumpcap' && settings.interfaces.length > 1)
    throw new CaptureError(
      'no-program',
      `${program} captures from one interface at a time`,
      `${program}은(는) 한 번에 한 인터페이스만 캡처합니다`,
    );
  if (program === 'cap' && !settings.promiscuous)
    throw new CaptureError('no-program', 'cap cannot do without promiscuous mode', 'cap은 무차별 모드 없이는 캡처하지 못합니다');
  const capture = await launch(program, settings, relay, (user): RelaySettings => {
    const { interfaces } = settings;
    return {
      interfaces,
      name: program,
      ...commandOf(program, settings, user),
      settle: SETTLE[program],
      ask: program === 'tcpdump' && settings.count === 0,
      limit: SPOOL_LIMIT,
    };
  });
  if (program === 'cap') {
    capture.source.problems.push({
      code: 'no-kernel-timestamps',
      message: notes.noKernelTimes.en,
      korean: notes.noKernelTimes.ko,
    });
    capture.note(notes.noKernelTimes);
  }
  return capture;
}
