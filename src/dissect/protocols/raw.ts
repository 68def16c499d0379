import { Fields } from '../fields.ts';
import { type Packets, Reason } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;

function scan(p: Packets, row: number): number {
  if (p.end - p.at < 1) return p.lacks(row, 1);
  const id = byVersion(p);
  return id !== 0 ? id : p.fail(row, Reason.badVersion, p.at, 0);
}

/** IP of the version that the first four bits at the cursor tell; 0 where that is none. There must be a byte. */
export function byVersion(p: Packets): number {
  const version = p.bytes[p.at] >> 4;
  return version === 4 ? byEtherType[IPV4] : version === 6 ? byEtherType[IPV6] : 0;
}

const layer = (bytes: Uint8Array, at: number, { end }: FieldContext): Layer => {
  return new Fields(bytes, at, end).layer('raw', 'Raw IP, without a link layer', 0);
};

/** IP without a link layer (LINKTYPE_RAW, and the numbers that BSDs gave it). */
export const raw: Protocol = { name: 'raw', over: [linkType(12), linkType(14), linkType(101)], scan, layer };
