import { mac } from '../bytes.ts';
import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { LLC } from './eth.ts';

const FRAME = 0;
const DESTINATION = 1;
const SOURCE = 7;
const HEADER = 13;
const FRAME_TYPE = 0xf0;
const LLC_FRAME = 0x50;

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  p.destinationMacAt[row] = at + DESTINATION;
  p.sourceMacAt[row] = at + SOURCE;
  p.at = at + HEADER;
  return (p.bytes[at + FRAME] & FRAME_TYPE) === LLC_FRAME ? byEtherType[LLC] : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.hex('fddi.fc', 'Frame control', FRAME, 1);
  f.mac('fddi.dst', 'Destination', DESTINATION);
  f.mac('fddi.src', 'Source', SOURCE);
  const ends = f.has(0, HEADER) ? `, ${mac(bytes, at + SOURCE)} > ${mac(bytes, at + DESTINATION)}` : '';
  return f.layer('fddi', `Fiber Distributed Data Interface${ends}`, HEADER);
}

/** FDDI (ISO 9314-2). */
export const fddi: Protocol = { name: 'fddi', over: [linkType(10)], scan, layer };
