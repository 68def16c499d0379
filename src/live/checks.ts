import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs';
import { networkInterfaces, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Listed } from '../helper/protocol.ts';
import type { Text } from '../text/text.ts';
import type { EngineName } from './capture.ts';
import { findProgram } from './program.ts';
import { buildingCap, fetching, gettingCap, granting, installing, quoted } from './remedies.ts';

export interface Check {
  id: string;
  ok: boolean;
  detail: Text;
  /** The command that mends it. */
  fix?: string;
}

const DIST = dirname(fileURLToPath(import.meta.url));
const NO_PERMISSION = -8;
const same = (words: string): Text => ({ en: words, ko: words });

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Where this wirebook is installed. */
const root = dirname(DIST);
const installed = (name: string): string | undefined => {
  for (let at = root; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return path;
    if (at === dirname(at)) return undefined;
  }
};
const osRelease = (): string => (existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '');
const install = (what: Parameters<typeof installing>[0]): string | undefined => installing(what, process.platform, osRelease());
const check = (id: string, ok: boolean, detail: Text, fix?: string): Check =>
  fix === undefined || ok ? { id, ok, detail } : { id, ok, detail, fix };

/** An interface that is there on every machine. */
const loopback = (): string =>
  Object.entries(networkInterfaces()).find(([, list]) => list?.some((each) => each.internal))?.[0] ??
  (process.platform === 'darwin' ? 'lo0' : 'lo');

export const who = (): string => {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '?');
  }
};

const asRoot = (): string => `sudo ${quoted(process.execPath)} ${quoted(process.argv[1] ?? '')} -i ${loopback()}`;
const denied: Text = { en: 'no permission to capture', ko: '캡처할 권한이 없습니다' };
/** `words`: what a program says when asked for its version. */
function working(words: string): Text {
  const version = /\b\d+\.\d+(\.\d+)?\b/.exec(words)?.[0];
  const ahead = version === undefined ? '' : `${version}: `;
  return { en: `${ahead}captures for ${who()}`, ko: `${ahead}${who()} 사용자로 캡처할 수 있습니다` };
}

export function checkEngine(name: EngineName): Check {
  if (name === 'libpcap') return checkLibpcap();
  return name === 'cap' ? checkCap() : checkProgram(name);
}

function checkLibpcap(): Check {
  const helper = (option: string) =>
    spawnSync(process.execPath, [join(DIST, 'helper.js'), option], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  const { stdout, stderr } = helper('--list');
  let list: Listed[] | { problem: string };
  try {
    list = JSON.parse(stdout) as typeof list;
  } catch {
    const words = /^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr.trim().slice(-200);
    const detail = { en: `koffi does not load: ${words}`, ko: `koffi를 불러올 수 없습니다: ${words}` };
    return check('libpcap', false, detail, fetching('koffi', root, can(root, constants.W_OK)));
  }
  if (!Array.isArray(list)) return check('libpcap', false, same(list.problem), install('libpcap'));
  if (list.some((each) => each.problem === undefined)) return check('libpcap', true, working(helper('--version').stdout));
  const permission = list.some((each) => each.code === NO_PERMISSION) || list.length === 0;
  return check('libpcap', false, permission ? denied : same(list[0]?.problem ?? ''), permission ? asRoot() : undefined);
}

/** Asks the program for the link types of an interface: it opens it for that, and ends. */
function checkProgram(name: 'dumpcap' | 'tcpdump'): Check {
  const path = findProgram(name);
  if (path === undefined) return check(name, false, { en: 'not installed', ko: '설치되어 있지 않습니다' }, install(name));
  const { status, stdout, stderr, error } = spawnSync(path, ['-L', '-i', loopback()], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    timeout: 5000,
  });
  if (error === undefined && status === 0 && /EN10MB|NULL|RAW|Ethernet/i.test(stdout + stderr))
    return check(name, true, working(versionOf(path)));
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'EACCES') {
    const detail = { en: `${path} may not be run by ${who()}`, ko: `${who()} 사용자는 ${path}을(를) 실행할 수 없습니다` };
    return check(name, false, detail, `sudo usermod -aG wireshark ${quoted(who())} && newgrp wireshark`);
  }
  const words =
    error?.message ??
    stderr
      .trim()
      .split('\n')
      .find((line) => /permi|error|:/i.test(line)) ??
    '';
  const permission = /permission|not permitted/i.test(stderr);
  return check(
    name,
    false,
    permission ? denied : same(words.slice(0, 200)),
    permission ? granting(realpathSync(path)) : undefined,
  );
}

function versionOf(path: string): string {
  const { stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 5000 });
  return `${stdout}${stderr}`;
}

const hasCompiler = (): boolean => spawnSync('c++', ['--version']).error === undefined && existsSync('/usr/include/pcap/pcap.h');

function checkCap(): Check {
  const own = join(root, 'engines', 'node_modules', 'cap');
  const directory = existsSync(own) ? own : installed('cap');
  if (directory === undefined) {
    const detail = { en: 'the package is not installed (it is optional)', ko: '패키지가 설치되어 있지 않습니다 (선택 사항)' };
    const writable = can(root, constants.W_OK);
    return check('cap', false, detail, gettingCap(join(root, 'engines'), writable, hasCompiler(), install('compiler')));
  }
  const { stdout, stderr } = spawnSync(process.execPath, [join(DIST, 'cap-helper.js'), '--probe', loopback()], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
    timeout: 5000,
  });
  if (stdout === 'ok\n') return check('cap', true, working(''));
  if (!stderr.includes('not built'))
    return /permi/i.test(stderr) ? check('cap', false, denied, asRoot()) : check('cap', false, same(stderr.trim().slice(-200)));
  const detail = { en: 'not built for this Node (it is optional)', ko: '이 Node용으로 빌드되지 않았습니다 (선택 사항)' };
  return check('cap', false, detail, buildingCap(directory, can(directory, constants.W_OK), hasCompiler(), install('compiler')));
}
