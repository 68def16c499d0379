import { mac, u16 } from '../bytes.ts';
import { Fields, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';

export const DESTINATION = 0;
export const SOURCE = 6;
export const TYPE = 12;
export const HEADER = 14;

/** Values up to 1500 are the length of an 802.3 frame, and 802.2 LLC follows (IEEE 802.3 clause 3.2.6). */
export const LENGTH_LIMIT = 1500;
/** "802.2 frames" as Linux numbers them among EtherTypes; the LLC protocol is registered there. */
export const LLC = 0x0004;
/** Novell's raw 802.3 in the same numbers: IPX straight behind the length, its checksum 0xffff. */
export const NOVELL = 0x0001;
/** The EtherType of Ethernet in a tunnel; `eth` is registered there too. */
export const BRIDGED = 0x6558;

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  p.destinationMacAt[row] = at + DESTINATION;
  p.sourceMacAt[row] = at + SOURCE;
  p.at = at + HEADER;
  const type = u16(p.bytes, at + TYPE);
  return type > LENGTH_LIMIT ? byEtherType[type] : framed(p, type);
}

/** What follows a length field in place of an EtherType; the frame's padding is cut off. A length of 0 says nothing. */
export function framed(p: Packets, length: number): number {
  if (length === 0) return 0;
  const at = p.at;
  if (at + length < p.wire) p.wire = at + length;
  if (p.end > p.wire) p.end = p.wire;
  const novell = p.end - at >= 2 && p.bytes[at] === 0xff && p.bytes[at + 1] === 0xff;
  return byEtherType[novell ? NOVELL : LLC];
}

/** The field after the addresses: an EtherType, or a length. */
export function typeOrLength(f: Fields, type: string, length: string, offset: number): void {
  if (f.read(offset, 2) > LENGTH_LIMIT) f.number(type, 'Type', offset, 2, namedHex(etherTypes, 4));
  else f.number(length, 'Length', offset, 2);
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  macWithBits(f, 'eth.dst', 'Destination', DESTINATION);
  macWithBits(f, 'eth.src', 'Source', SOURCE);
  typeOrLength(f, 'eth.type', 'eth.len', TYPE);
  const ends = f.has(0, TYPE) ? `, ${mac(bytes, at + SOURCE)} > ${mac(bytes, at + DESTINATION)}` : '';
  return f.layer('eth', `Ethernet${ends}`, HEADER);
}

export function macWithBits(f: Fields, name: string, label: string, offset: number): void {
  const inner = f.under(f.mac(name, label, offset));
  inner.flag(`${name}.lg`, 'Locally administered', offset, 1, 0x02);
  inner.flag(`${name}.ig`, 'Group (multicast or broadcast)', offset, 1, 0x01);
}

/** Ethernet II and IEEE 802.3. */
export const eth: Protocol = { name: 'eth', over: [linkType(1), etherType(BRIDGED)], scan, layer };
