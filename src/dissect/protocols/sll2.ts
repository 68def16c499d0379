import { u16 } from '../bytes.ts';
import { Fields, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { cookedAddress, cookedHardware, cookedPacketTypes, cookedProtocol, cookedTitle } from './sll.ts';

const PROTOCOL = 0;
const INTERFACE = 4;
const HARDWARE = 8;
const PACKET_TYPE = 10;
const ADDRESS_LENGTH = 11;
const ADDRESS = 12;
const HEADER = 20;
const NETLINK = 824;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  if (bytes[at + ADDRESS_LENGTH] === 6) p.sourceMacAt[row] = at + ADDRESS;
  p.at = at + HEADER;
  return u16(bytes, at + HARDWARE) === NETLINK ? 0 : byEtherType[u16(bytes, at + PROTOCOL)];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  cookedProtocol(f, PROTOCOL);
  f.number('sll.ifindex', 'Interface', INTERFACE, 4);
  f.number('sll.hatype', 'Hardware type', HARDWARE, 2, named(cookedHardware));
  f.number('sll.pkttype', 'Packet type', PACKET_TYPE, 1, named(cookedPacketTypes));
  f.number('sll.halen', 'Address length', ADDRESS_LENGTH, 1);
  cookedAddress(f, ADDRESS, f.read(ADDRESS_LENGTH, 1));
  return f.layer('sll', cookedTitle(f.read(PACKET_TYPE, 1)), HEADER);
}

/** Linux cooked capture version 2 (LINKTYPE_LINUX_SLL2); its name is that of version 1, as tshark has it. */
export const sll2: Protocol = { name: 'sll', over: [linkType(276)], scan, layer };
