import { mac } from '../bytes.ts';
import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { LLC } from './eth.ts';

const ACCESS = 0;
const FRAME = 1;
const DESTINATION = 2;
const SOURCE = 8;
const ROUTE = 14;
const HEADER = 14;

/** First bit of the source address: routing information follows, whose first byte tells its length. */
const ROUTED = 0x80;
const ROUTE_LENGTH = 0x1f;
const FRAME_TYPE = 0xc0;
const LLC_FRAME = 0x40;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  let header = HEADER;
  if ((bytes[at + SOURCE] & ROUTED) !== 0) {
    if (p.end - at < HEADER + 2) return p.lacks(row, HEADER + 2);
    header += Math.max(2, bytes[at + ROUTE] & ROUTE_LENGTH);
    if (p.end - at < header) return p.lacks(row, header);
  }
  p.destinationMacAt[row] = at + DESTINATION;
  p.sourceMacAt[row] = at + SOURCE;
  p.at = at + header;
  return (bytes[at + FRAME] & FRAME_TYPE) === LLC_FRAME ? byEtherType[LLC] : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.hex('tr.ac', 'Access control', ACCESS, 1);
  f.hex('tr.fc', 'Frame control', FRAME, 1);
  f.mac('tr.dst', 'Destination', DESTINATION);
  f.mac('tr.src', 'Source', SOURCE);
  const route = (f.read(SOURCE, 1) & ROUTED) === 0 ? 0 : Math.max(2, f.read(ROUTE, 1) & ROUTE_LENGTH);
  f.raw('tr.rif', 'Routing information', ROUTE, route);
  const ends = f.has(0, HEADER) ? `, ${mac(bytes, at + SOURCE)} > ${mac(bytes, at + DESTINATION)}` : '';
  return f.layer('tr', `Token Ring${ends}`, HEADER + route);
}

/** Token Ring (IEEE 802.5). */
export const tokenRing: Protocol = { name: 'tr', over: [linkType(6)], scan, layer };
