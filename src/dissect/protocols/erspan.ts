import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { BRIDGED } from './eth.ts';

const VERSION_AND_VLAN = 0;
const SESSION = 2;
const INDEX = 4;
const TIMESTAMP = 4;
const LAST = 11;
const HEADER_2 = 8;
const HEADER_3 = 12;
/** Version III: a field of eight bytes more, for the platform. */
const PLATFORM = 8;

const TYPE_3 = 2;

/** Type I has no header of its own, and shows by GRE without sequence numbers: then `gre` goes on with Ethernet at once. */
export const ERSPAN = 0x88be;
const ERSPAN_3 = 0x22eb;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER_2) return p.lacks(row, HEADER_2);
  let length = HEADER_2;
  if (bytes[at + VERSION_AND_VLAN] >> 4 === TYPE_3) {
    if (p.end - at < HEADER_3) return p.lacks(row, HEADER_3);
    length = HEADER_3 + ((bytes[at + LAST] & 1) === 0 ? 0 : PLATFORM);
    if (p.end - at < length) return p.lacks(row, length);
  }
  p.at = at + length;
  return byEtherType[BRIDGED];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const third = f.read(VERSION_AND_VLAN, 1) >> 4 === TYPE_3;
  f.bits('erspan.version', 'Version', VERSION_AND_VLAN, 1, 0xf0, (value) => `${value} (type ${value === TYPE_3 ? 'III' : 'II'})`);
  f.bits('erspan.vlan', 'VLAN', VERSION_AND_VLAN, 2, 0x0fff);
  f.bits('erspan.cos', 'Class of service', SESSION, 2, 0xe000);
  f.flag('erspan.truncated', 'Cut', SESSION, 2, 0x0400);
  f.bits('erspan.spanid', 'Session', SESSION, 2, 0x03ff);
  if (!third) f.bits('erspan.index', 'Index', INDEX, 4, 0x000fffff);
  else {
    f.number('erspan.timestamp', 'Timestamp', TIMESTAMP, 4);
    if ((f.read(LAST, 1) & 1) !== 0) f.raw('erspan.platform', 'Platform specific', HEADER_3, PLATFORM);
  }
  const length = third ? HEADER_3 + ((f.read(LAST, 1) & 1) === 0 ? 0 : PLATFORM) : HEADER_2;
  return f.layer('erspan', `Mirrored traffic (ERSPAN), session ${f.read(SESSION, 2) & 0x3ff}`, length);
}

/** Encapsulated Remote SPAN (draft-foschiano-erspan sections 4.2 and 4.3). */
export const erspan: Protocol = { name: 'erspan', over: [etherType(ERSPAN), etherType(ERSPAN_3)], scan, layer };
