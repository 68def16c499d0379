import { Fields } from '../fields.ts';
import { type Packets, Reason } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byLinkType } from '../tables.ts';

/** All numbers are little-endian. */
const VERSION = 0;
const FLAGS = 1;
const LENGTH = 2;
const LINK_TYPE = 4;
const HEADER = 8;
const PPI_LINK = 192;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const length = bytes[at + LENGTH] | (bytes[at + LENGTH + 1] << 8);
  if (length < HEADER) return p.fail(row, Reason.badLength, at, HEADER);
  if (p.end - at < length) return p.lacks(row, length);
  p.at = at + length;
  return byLinkType[bytes[at + LINK_TYPE] | (bytes[at + LINK_TYPE + 1] << 8)];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('ppi.version', 'Version', VERSION, 1);
  f.hex('ppi.flags', 'Flags', FLAGS, 1);
  f.little('ppi.length', 'Length', LENGTH, 2);
  f.little('ppi.dlt', 'Link type', LINK_TYPE, 4);
  const length = Math.max(HEADER, f.readLittle(LENGTH, 2));
  f.raw('ppi.data', 'Fields', HEADER, length - HEADER);
  return f.layer('ppi', 'Per-Packet Information', length);
}

/** Per-Packet Information before a frame of any link type (LINKTYPE_PPI). */
export const ppi: Protocol = { name: 'ppi', over: [linkType(PPI_LINK)], scan, layer };
