import { u32 } from '../bytes.ts';
import { Fields, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { LENGTH_LIMIT } from './eth.ts';

const FAMILY = 0;
const HEADER = 4;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;

/** AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS. */
const families: Record<number, string> = {
  2: 'IPv4',
  7: 'OSI',
  10: 'IPv6',
  16: 'AppleTalk',
  23: 'IPX',
  24: 'IPv6',
  28: 'IPv6',
  30: 'IPv6',
};

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  p.at = at + HEADER;
  const family = readFamily(p.bytes, at);
  if (family === 2) return byEtherType[IPV4];
  if (family === 10 || family === 24 || family === 28 || family === 30) return byEtherType[IPV6];
  return family > LENGTH_LIMIT && family <= 0xffff ? byEtherType[family] : 0;
}

/** Families are small numbers, so that the byte order shows: LINKTYPE_NULL has that of the host, LINKTYPE_LOOP the network's. */
function readFamily(bytes: Uint8Array, at: number): number {
  const big = u32(bytes, at + FAMILY);
  if (big <= 0xffff) return big;
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  if (f.has(FAMILY, HEADER)) {
    const family = readFamily(bytes, at);
    f.add('null.family', 'Family', FAMILY, HEADER, family, named(families)(family));
  }
  return f.layer('null', 'Null/Loopback', HEADER);
}

/** BSD loopback (LINKTYPE_NULL, LINKTYPE_LOOP). */
export const nullLink: Protocol = { name: 'null', over: [linkType(0), linkType(108)], scan, layer };
