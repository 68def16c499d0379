import { u16 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { framed, LENGTH_LIMIT, typeOrLength } from './eth.ts';

const TAG = 0;
const TYPE = 2;
const HEADER = 4;
const PRIORITY = 0xe000;
const DROP_ELIGIBLE = 0x1000;
const ID = 0x0fff;

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  p.at = at + HEADER;
  const type = u16(p.bytes, at + TYPE);
  return type > LENGTH_LIMIT ? byEtherType[type] : framed(p, type);
}

const layer =
  (name: string, title: string) =>
  (bytes: Uint8Array, at: number, { end }: FieldContext): Layer => {
    const f = new Fields(bytes, at, end);
    f.bits(`${name}.priority`, 'Priority', TAG, 2, PRIORITY);
    f.flag(`${name}.dei`, 'Drop eligible', TAG, 2, DROP_ELIGIBLE);
    f.bits(`${name}.id`, 'VLAN', TAG, 2, ID);
    typeOrLength(f, `${name}.etype`, `${name}.len`, TYPE);
    return f.layer(name, f.has(0, HEADER) ? `${title}, VLAN ${f.read(TAG, 2) & ID}` : title, HEADER);
  };

/** IEEE 802.1Q tag. */
export const vlan: Protocol = {
  name: 'vlan',
  over: [etherType(0x8100), etherType(0x9100), etherType(0x9200)],
  scan,
  layer: layer('vlan', '802.1Q Virtual LAN'),
};

/** IEEE 802.1ad service tag: the outer one of QinQ. */
export const serviceTag: Protocol = {
  name: 'ieee8021ad',
  over: [etherType(0x88a8)],
  scan,
  layer: layer('ieee8021ad', '802.1ad Provider Bridging'),
};
