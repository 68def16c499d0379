import { u16 } from '../bytes.ts';
import { Fields, named, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';

const PACKET_TYPE = 0;
const HARDWARE = 2;
const ADDRESS_LENGTH = 4;
const ADDRESS = 6;
const PROTOCOL = 14;
const HEADER = 16;

/** With these hardware types the protocol field is no EtherType. */
const NETLINK = 824;

const packetTypes: Record<number, string> = { 0: 'to us', 1: 'broadcast', 2: 'multicast', 3: 'to another host', 4: 'sent by us' };
const hardware: Record<number, string> = {
  1: 'Ethernet',
  512: 'PPP',
  768: 'IPIP tunnel',
  769: 'IP6 tunnel',
  772: 'loopback',
  776: 'sit',
  778: 'GRE',
  801: '802.11',
  803: '802.11 with radiotap',
  823: 'IP6 GRE',
  [NETLINK]: 'netlink',
  65534: 'none',
};

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  if (u16(bytes, at + ADDRESS_LENGTH) === 6) p.sourceMacAt[row] = at + ADDRESS;
  p.at = at + HEADER;
  return u16(bytes, at + HARDWARE) === NETLINK ? 0 : byEtherType[u16(bytes, at + PROTOCOL)];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('sll.pkttype', 'Packet type', PACKET_TYPE, 2, named(packetTypes));
  f.number('sll.hatype', 'Hardware type', HARDWARE, 2, named(hardware));
  f.number('sll.halen', 'Address length', ADDRESS_LENGTH, 2);
  cookedAddress(f, ADDRESS, f.read(ADDRESS_LENGTH, 2));
  cookedProtocol(f, PROTOCOL);
  return f.layer('sll', cookedTitle(f.read(PACKET_TYPE, 2)), HEADER);
}

export const cookedTitle = (packetType: number): string => {
  const way = packetTypes[packetType];
  return `Linux cooked capture${way === undefined ? '' : `, ${way}`}`;
};

export function cookedAddress(f: Fields, offset: number, length: number): void {
  if (length === 6) f.mac('sll.src.eth', 'Source', offset);
  else f.raw('sll.src.other', 'Source', offset, Math.min(length, 8));
}

/** Below 0x600 Linux has numbers of its own (if_ether.h). */
export function cookedProtocol(f: Fields, offset: number): void {
  const own: Record<number, string> = { 1: 'raw 802.3', 4: '802.2 LLC', 12: 'CAN' };
  f.number('sll.etype', 'Protocol', offset, 2, namedHex({ ...etherTypes, ...own }, 4));
}

export { hardware as cookedHardware, packetTypes as cookedPacketTypes };

/** Linux cooked capture (LINKTYPE_LINUX_SLL). */
export const sll: Protocol = { name: 'sll', over: [linkType(113)], scan, layer };
