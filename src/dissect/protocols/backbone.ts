import { mac, u16 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { framed, LENGTH_LIMIT, typeOrLength } from './eth.ts';

const TAG = 0;
const DESTINATION = 4;
const SOURCE = 10;
const TYPE = 16;
const HEADER = 18;

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  p.destinationMacAt[row] = at + DESTINATION;
  p.sourceMacAt[row] = at + SOURCE;
  p.at = at + HEADER;
  const type = u16(p.bytes, at + TYPE);
  return type > LENGTH_LIMIT ? byEtherType[type] : framed(p, type);
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.bits('ieee8021ah.priority', 'Priority', TAG, 1, 0xe0);
  f.flag('ieee8021ah.drop', 'Drop eligible', TAG, 1, 0x10);
  f.number('ieee8021ah.isid', 'Service', TAG + 1, 3);
  f.mac('ieee8021ah.cdst', "Customer's destination", DESTINATION);
  f.mac('ieee8021ah.csrc', "Customer's source", SOURCE);
  typeOrLength(f, 'ieee8021ah.etype', 'ieee8021ah.len', TYPE);
  const ends = f.has(0, HEADER) ? `, ${mac(bytes, at + SOURCE)} > ${mac(bytes, at + DESTINATION)}` : '';
  return f.layer('ieee8021ah', `802.1ah Backbone Bridging${ends}`, HEADER);
}

/** IEEE 802.1ah service instance tag: a customer's frame in the provider's. */
export const backbone: Protocol = { name: 'ieee8021ah', over: [etherType(0x88e7)], scan, layer };
