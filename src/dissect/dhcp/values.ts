import { hex, ipv4, mac, u16 } from '../bytes.ts';

/** How many addresses or names of one list are read: 63 fit an option, and nobody tells a client so many. */
export const LIST_LIMIT = 64;

export const ipv4List = (value: Uint8Array): string[] => {
  const list: string[] = [];
  for (let at = 0; at + 4 <= value.length && list.length < LIST_LIMIT; at += 4) list.push(ipv4(value, at));
  return list;
};

/** Captured text as it stands, without the zeros that some senders put behind it. */
export function textOf(bytes: Uint8Array, at: number, end: number): string {
  let to = end;
  while (to > at && bytes[to - 1] === 0) to--;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, to - at).toString('utf8');
}

export interface Route {
  at: number;
  end: number;
  /** "10.0.0.0/8" */
  destination: string;
  router: string;
}

/** Classless static routes (RFC 3442): a prefix length, as many bytes as it needs, and a router, over and over. */
export function routesIn(bytes: Uint8Array, from: number, end: number): Route[] {
  const list: Route[] = [];
  for (let at = from; at < end; ) {
    const width = bytes[at];
    const significant = (width + 7) >> 3;
    const next = at + 1 + significant + 4;
    if (width > 32 || next > end) break;
    const octets = [0, 1, 2, 3].map((i) => (i < significant ? bytes[at + 1 + i] : 0));
    list.push({ at, end: next, destination: `${octets.join('.')}/${width}`, router: ipv4(bytes, next - 4) });
    at = next;
  }
  return list;
}

/** How many leading ones a subnet mask has; undefined where ones follow a zero. */
export function maskLength(value: Uint8Array): number | undefined {
  if (value.length !== 4) return undefined;
  const mask = ((u16(value, 0) << 16) | u16(value, 2)) >>> 0;
  const zeros = 32 - Math.clz32(~mask >>> 0);
  return mask === (zeros === 32 ? 0 : (0xffffffff << zeros) >>> 0) ? 32 - zeros : undefined;
}

const ETHERNET = 1;

/** The MAC of a hardware address of type Ethernet, else its bytes; "" where it has none. */
export function hardwareText(bytes: Uint8Array, at: number, type: number, length: number): string {
  if (length === 0) return '';
  return type === ETHERNET && length === 6 ? mac(bytes, at) : hex(bytes, at, at + length, ':');
}
