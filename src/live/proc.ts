import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Owner } from '../correlate/owners.ts';
import { parseSockets, type SocketLine, socketInode } from './proc-net.ts';

/** What /proc tells, as far as this user may see it; nothing where there is no /proc. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

const entries = (path: string): string[] | undefined => {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
};
const list = (path: string): string[] => entries(path) ?? [];

/** All processes, the newest of the highest numbers first. */
export const processes = (): number[] =>
  list('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .sort((a, b) => b - a);

/** Sockets of the network that `of` (a process, or "self") is in. */
export function sockets(of: number | 'self', protocol: 'tcp' | 'udp'): SocketLine[] {
  const root = `/proc/${of}/net/${protocol}`;
  return [...parseSockets(readText(root)), ...parseSockets(readText(`${root}6`))];
}

/** The sockets that a process has open, by descriptor; undefined: it is gone, or not to be looked into. */
export function socketsOf(pid: number): { fd: number; inode: number }[] | undefined {
  const directory = `/proc/${pid}/fd`;
  const found: { fd: number; inode: number }[] = [];
  const names = entries(directory);
  if (names === undefined) return undefined;
  for (const name of names) {
    try {
      const inode = socketInode(readlinkSync(`${directory}/${name}`));
      if (inode !== undefined) found.push({ fd: Number(name), inode });
    } catch {
      // Closed meanwhile.
    }
  }
  return found;
}

export const inodesOf = (pid: number): number[] => (socketsOf(pid) ?? []).map(({ inode }) => inode);

export function ownerOf(pid: number): Owner {
  const name = Buffer.from(readText(`/proc/${pid}/comm`), 'latin1')
    .toString('utf8')
    .replace(/\n$/, '');
  return { pid, name: name === '' ? '?' : name };
}

/** Children that the threads of a process have started and that still are theirs. */
export const children = (pid: number): number[] =>
  list(`/proc/${pid}/task`).flatMap((thread) =>
    readText(`/proc/${pid}/task/${thread}/children`)
      .split(' ')
      .map(Number)
      .filter((child) => child > 0),
  );
