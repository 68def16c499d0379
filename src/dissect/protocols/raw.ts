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

/** LINKTYPE_RAW with the numbers that BSDs gave it, and LINKTYPE_ATM_CLIP with Linux' (RFC 2225 leaves nothing but IP there). */
const RAW = [12, 14, 101, 18, 19, 106];

/** IP without a link layer. */
export const raw: Protocol = { name: 'raw', over: RAW.map(linkType), scan, layer };
