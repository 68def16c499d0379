import { endianness } from 'node:os';
import { ipv6 } from '../dissect/bytes.ts';

/** One line of /proc/net/tcp, tcp6, udp or udp6. */
export interface SocketLine {
  local: { address: string; port: number };
  /** Port 0: not connected. */
  remote: { address: string; port: number };
  /** 1 established, 6 TIME_WAIT, 7 closed (UDP: not connected), 10 listening. */
  state: number;
  uid: number;
  /** 0: no process has it any more. */
  inode: number;
}

export const LISTENING = 10;
export const TIME_WAIT = 6;

const LITTLE = endianness() === 'LE';
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

/** The kernel prints addresses as words of 32 bits of this machine. An IPv4 address in an IPv6 socket comes out as IPv4. */
export function kernelAddress(hex: string, little = LITTLE): string {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let i = 0; i < bytes.length; i++) {
    const at = little ? (i & ~3) + 3 - (i & 3) : i;
    bytes[i] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  }
  if (bytes.length === 4) return bytes.join('.');
  return MAPPED.every((value, i) => bytes[i] === value) ? bytes.subarray(12).join('.') : ipv6(bytes, 0);
}

function endpoint(word: string): SocketLine['local'] {
  const colon = word.indexOf(':');
  return { address: kernelAddress(word.slice(0, colon)), port: Number.parseInt(word.slice(colon + 1), 16) };
}

/** A whole such file; lines that are none are passed over. */
export function parseSockets(text: string): SocketLine[] {
  const found: SocketLine[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words.length < 10 || !/^[0-9A-F]+:[0-9A-F]{4}$/.test(words[1]) || !/^[0-9A-F]+:[0-9A-F]{4}$/.test(words[2])) continue;
    found.push({
      local: endpoint(words[1]),
      remote: endpoint(words[2]),
      state: Number.parseInt(words[3], 16),
      uid: Number(words[7]),
      inode: Number(words[9]),
    });
  }
  return found;
}

/** The inode behind /proc/PID/fd/N, where that is a socket. */
export function socketInode(link: string): number | undefined {
  const found = /^socket:\[(\d+)\]$/.exec(link);
  return found === null ? undefined : Number(found[1]);
}

/** Parent, process group and start (in ticks since boot) from /proc/PID/stat; the name in it may hold anything. */
export function parseStat(text: string): { parent: number; group: number; start: number } | undefined {
  const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [parent, group, start] = [words[1], words[2], words[19]].map(Number);
  return Number.isInteger(parent) && Number.isInteger(group) && Number.isInteger(start) ? { parent, group, start } : undefined;
}
