import { existsSync } from 'node:fs';

/** What doctor can name a command for. */
export type Package = 'libpcap' | 'tcpdump' | 'dumpcap' | 'compiler';

interface System {
  install: string;
  names: Record<Package, string>;
}

const SYSTEMS: [RegExp, System][] = [
  [
    /\b(debian|ubuntu)\b/,
    {
      install: 'sudo apt-get install -y',
      names: { libpcap: 'libpcap0.8', tcpdump: 'tcpdump', dumpcap: 'wireshark-common', compiler: 'g++ make python3 libpcap-dev' },
    },
  ],
  [
    /\b(fedora|rhel|centos)\b/,
    {
      install: 'sudo dnf install -y',
      names: { libpcap: 'libpcap', tcpdump: 'tcpdump', dumpcap: 'wireshark-cli', compiler: 'gcc-c++ make python3 libpcap-devel' },
    },
  ],
  [
    /\barch\b/,
    {
      install: 'sudo pacman -S --noconfirm',
      names: { libpcap: 'libpcap', tcpdump: 'tcpdump', dumpcap: 'wireshark-cli', compiler: 'base-devel python libpcap' },
    },
  ],
  [
    /\balpine\b/,
    {
      install: 'sudo apk add',
      names: { libpcap: 'libpcap', tcpdump: 'tcpdump', dumpcap: 'wireshark-common', compiler: 'build-base python3 libpcap-dev' },
    },
  ],
  [
    /\bsuse\b/,
    {
      install: 'sudo zypper install -y',
      names: { libpcap: 'libpcap1', tcpdump: 'tcpdump', dumpcap: 'wireshark', compiler: 'gcc-c++ make python3 libpcap-devel' },
    },
  ],
];
const MAC: System = {
  install: 'brew install',
  names: { libpcap: 'libpcap', tcpdump: 'tcpdump', dumpcap: 'wireshark', compiler: 'python3' },
};

/** The command that installs something here; undefined on a system that is not known. */
export function installing(what: Package, platform: string, osRelease: string): string | undefined {
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].map(([, id]) => id).join(' ');
  const system = platform === 'darwin' ? MAC : SYSTEMS.find(([pattern]) => pattern.test(ids))?.[1];
  return system === undefined ? undefined : `${system.install} ${system.names[what]}`;
}

export const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Builds cap where it lies. `npm run` runs what it is told also where install scripts are refused. */
export function buildingCap(directory: string, writable: boolean, compiler: boolean, install: string | undefined): string {
  const build = `${writable ? '' : 'sudo '}npm run install --prefix ${quoted(directory)}`;
  return compiler || install === undefined ? build : `${install} && ${build}`;
}

/** Fetches cap into a place of its own beside the program, and builds it. */
export function gettingCap(directory: string, writable: boolean, compiler: boolean, install: string | undefined): string {
  const get = `${writable ? '' : 'sudo '}npm install --ignore-scripts --prefix ${quoted(directory)} cap@0.2`;
  return `${get} && ${buildingCap(`${directory}/node_modules/cap`, writable, compiler, install)}`;
}

/** Fetches a package that npm left out, without touching anything else that is declared. */
export const fetching = (name: string, root: string, writable: boolean): string =>
  `${writable ? '' : 'sudo '}npm install --no-save --ignore-scripts ${existsSync(`${root}/src`) ? '' : '--omit=dev '}--prefix ${quoted(root)} ${name}`;

export const granting = (path: string): string => `sudo setcap cap_net_raw,cap_net_admin=ep ${quoted(path)}`;
