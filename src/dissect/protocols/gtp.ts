import { u16 } from '../bytes.ts';
import { Fields, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byVersion } from './raw.ts';
import { cutOr } from './vxlan.ts';

const FLAGS = 0;
const MESSAGE = 1;
const LENGTH = 2;
const TUNNEL = 4;
const SEQUENCE = 8;
const NUMBER = 10;
const NEXT_EXTENSION = 11;
const HEADER = 8;
/** With sequence number, N-PDU number and next extension, which come together. */
const LONG_HEADER = 12;

const VERSION_1 = 0x30;
const VERSION_AND_TYPE = 0xf0;
const HAS_EXTENSION = 0x04;
const LONG = 0x07;
const USER_PACKET = 255;

const messages: Record<number, string> = {
  1: 'echo request',
  2: 'echo response',
  26: 'error indication',
  31: 'supported extensions',
  254: 'end marker',
  [USER_PACKET]: 'user packet',
};

const claims = (p: Packets): boolean => cutOr(p, HEADER, looks);
const looks = (p: Packets): boolean => (p.bytes[p.at + FLAGS] & VERSION_AND_TYPE) === VERSION_1;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  let length = HEADER;
  if ((bytes[at + FLAGS] & LONG) !== 0) {
    if (p.end - at < LONG_HEADER) return p.lacks(row, LONG_HEADER);
    length = headerLength(bytes, at, p.end);
    if (p.end - at < length) return p.lacks(row, length);
  }
  p.at = at + length;
  const wire = at + HEADER + u16(bytes, at + LENGTH);
  if (wire < p.wire && wire >= p.at) p.wire = wire;
  if (p.end > p.wire) p.end = p.wire;
  return bytes[at + MESSAGE] === USER_PACKET && p.end > p.at ? byVersion(p) : 0;
}

/** Extension headers: a length in words of four, contents, and the type of the next (TS 29.281 section 5.2.1). */
function headerLength(bytes: Uint8Array, at: number, end: number): number {
  let next = at + LONG_HEADER;
  if ((bytes[at + FLAGS] & HAS_EXTENSION) === 0) return LONG_HEADER;
  let type = bytes[at + NEXT_EXTENSION];
  while (type !== 0) {
    if (next >= end) return next - at + 4;
    next += Math.max(1, bytes[next]) * 4;
    if (next > end) return next - at;
    type = bytes[next - 1];
  }
  return next - at;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const flags = f.under(f.hex('gtp.flags', 'Flags', FLAGS, 1));
  flags.bits('gtp.flags.version', 'Version', FLAGS, 1, 0xe0);
  flags.flag('gtp.flags.payload', 'GTP, not charging', FLAGS, 1, 0x10);
  flags.flag('gtp.flags.e', 'Extension header', FLAGS, 1, HAS_EXTENSION);
  flags.flag('gtp.flags.s', 'Sequence number', FLAGS, 1, 0x02);
  flags.flag('gtp.flags.pn', 'N-PDU number', FLAGS, 1, 0x01);
  f.number('gtp.message', 'Message', MESSAGE, 1, named(messages));
  f.number('gtp.length', 'Length', LENGTH, 2);
  f.hex('gtp.teid', 'Tunnel', TUNNEL, 4);
  let length = HEADER;
  if ((f.read(FLAGS, 1) & LONG) !== 0) {
    f.number('gtp.seq_number', 'Sequence number', SEQUENCE, 2);
    f.number('gtp.npdu_number', 'N-PDU number', NUMBER, 1);
    f.number('gtp.next_exthdr_type', 'Next extension header', NEXT_EXTENSION, 1);
    length = f.has(0, LONG_HEADER) ? headerLength(bytes, at, end) : LONG_HEADER;
    f.raw('gtp.extension', 'Extension headers', LONG_HEADER, length - LONG_HEADER);
  }
  return f.layer('gtp', `GPRS Tunneling, ${messages[f.read(MESSAGE, 1)] ?? 'message'}`, length);
}

/** Version 0 (3GPP TS 09.60 section 6): flags, message and length as above, then the sequence number, flow and tunnel. */
const HEADER_0 = 20;
const SEQUENCE_0 = 4;
const FLOW_0 = 6;
const TUNNEL_0 = 12;
/** With the three bits that are always set. */
const VERSION_0 = 0x1e;

const claims0 = (p: Packets): boolean => cutOr(p, HEADER_0, looks0);
const looks0 = (p: Packets): boolean => (p.bytes[p.at + FLAGS] & 0xfe) === VERSION_0;

function scan0(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER_0) return p.lacks(row, HEADER_0);
  p.at = at + HEADER_0;
  const wire = p.at + u16(bytes, at + LENGTH);
  if (wire < p.wire) p.wire = wire;
  if (p.end > p.wire) p.end = p.wire;
  return bytes[at + MESSAGE] === USER_PACKET && p.end > p.at ? byVersion(p) : 0;
}

function layer0(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.hex('gtp.flags', 'Flags', FLAGS, 1);
  f.number('gtp.message', 'Message', MESSAGE, 1, named(messages));
  f.number('gtp.length', 'Length', LENGTH, 2);
  f.number('gtp.seq_number', 'Sequence number', SEQUENCE_0, 2);
  f.hex('gtp.flow_label', 'Flow', FLOW_0, 2);
  f.raw('gtp.tid', 'Tunnel', TUNNEL_0, 8);
  return f.layer('gtp', `GPRS Tunneling, version 0, ${messages[f.read(MESSAGE, 1)] ?? 'message'}`, HEADER_0);
}

/** Version 0, which had one port for both planes. */
export const gtp0: Protocol = { name: 'gtp', over: [udpPort(3386)], scan: scan0, claims: claims0, layer: layer0 };

/** User plane of GPRS tunnels (3GPP TS 29.281 section 5). */
export const gtp: Protocol = { name: 'gtp', over: [udpPort(2152)], scan, claims, layer };
