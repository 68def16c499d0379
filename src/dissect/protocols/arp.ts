import { ipv4, mac, u16 } from '../bytes.ts';
import { Fields, named, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import { Kind, type Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, llcSap, type Protocol } from '../protocol.ts';

const HARDWARE_TYPE = 0;
const PROTOCOL_TYPE = 2;
const HARDWARE_SIZE = 4;
const PROTOCOL_SIZE = 5;
const HEADER = 8;

/** Where the fields lie in a row of `Kind.arp`; those behind the operation where its addresses are 6 and 4 bytes long. */
export const ARP_OPERATION = 6;
export const SENDER_MAC = 8;
export const SENDER_IP = 14;
export const TARGET_MAC = 18;
export const TARGET_IP = 24;
const PLAIN = 28;

const operations: Record<number, string> = {
  1: 'request',
  2: 'reply',
  3: 'reverse request',
  4: 'reverse reply',
  8: 'inverse request',
  9: 'inverse reply',
  10: 'NAK',
};
const hardwareTypes: Record<number, string> = {
  1: 'Ethernet',
  6: 'IEEE 802',
  7: 'ARCNET',
  15: 'Frame Relay',
  24: 'IEEE 1394',
  32: 'InfiniBand',
};

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const hardware = bytes[at + HARDWARE_SIZE];
  const protocol = bytes[at + PROTOCOL_SIZE];
  const need = HEADER + 2 * hardware + 2 * protocol;
  p.kind[row] = Kind.arp;
  p.transportAt[row] = at;
  if (p.end - at < need) return p.lacks(row, need);
  p.at = at + need;
  return 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('arp.hw.type', 'Hardware type', HARDWARE_TYPE, 2, named(hardwareTypes));
  f.number('arp.proto.type', 'Protocol type', PROTOCOL_TYPE, 2, namedHex(etherTypes, 4));
  f.number('arp.hw.size', 'Hardware address size', HARDWARE_SIZE, 1);
  f.number('arp.proto.size', 'Protocol address size', PROTOCOL_SIZE, 1);
  f.number('arp.opcode', 'Operation', ARP_OPERATION, 2, named(operations));
  const hardware = f.read(HARDWARE_SIZE, 1);
  const protocol = f.read(PROTOCOL_SIZE, 1);
  const length = HEADER + 2 * hardware + 2 * protocol;
  if (hardware !== 6 || protocol !== 4) {
    f.raw('arp.src.hw', 'Sender hardware address', HEADER, hardware);
    f.raw('arp.src.proto', 'Sender protocol address', HEADER + hardware, protocol);
    f.raw('arp.dst.hw', 'Target hardware address', HEADER + hardware + protocol, hardware);
    f.raw('arp.dst.proto', 'Target protocol address', HEADER + 2 * hardware + protocol, protocol);
    return f.layer('arp', 'Address Resolution Protocol', length);
  }
  f.mac('arp.src.hw_mac', 'Sender MAC address', SENDER_MAC);
  f.ipv4('arp.src.proto_ipv4', 'Sender IP address', SENDER_IP);
  f.mac('arp.dst.hw_mac', 'Target MAC address', TARGET_MAC);
  f.ipv4('arp.dst.proto_ipv4', 'Target IP address', TARGET_IP);
  return f.layer('arp', `Address Resolution Protocol${f.has(0, PLAIN) ? `, ${arpText(bytes, at)}` : ''}`, length);
}

/** Hardware whose addresses are MACs: Ethernet, and IEEE 802 as Token Ring and FDDI have it. */
export const hasMacs = (bytes: Uint8Array, at: number): boolean => {
  const type = u16(bytes, at + HARDWARE_TYPE);
  return (type === 1 || type === 6) && bytes[at + HARDWARE_SIZE] === 6;
};

export const hasIpv4 = (bytes: Uint8Array, at: number): boolean =>
  u16(bytes, at + PROTOCOL_TYPE) === 0x0800 && bytes[at + PROTOCOL_SIZE] === 4;

/** Where sender's and target's addresses lie, whatever their sizes: hardware, protocol, hardware, protocol. */
export function arpAddresses(bytes: Uint8Array, at: number): [number, number, number, number] {
  const hardware = bytes[at + HARDWARE_SIZE];
  const protocol = bytes[at + PROTOCOL_SIZE];
  return [HEADER, HEADER + hardware, HEADER + hardware + protocol, HEADER + 2 * hardware + protocol];
}

/** "Who has 10.0.0.1? Tell 10.0.0.5"; probes and announcements as in RFC 5227 section 1.1. */
export function arpText(bytes: Uint8Array, at: number): string {
  const operation = u16(bytes, at + ARP_OPERATION);
  const sender = ipv4(bytes, at + SENDER_IP);
  const target = ipv4(bytes, at + TARGET_IP);
  const senderMac = mac(bytes, at + SENDER_MAC);
  switch (operation) {
    case 1:
      if (sender === target) return `Announcement: ${sender} is at ${senderMac}`;
      return sender === '0.0.0.0' ? `Who has ${target}? (probe)` : `Who has ${target}? Tell ${sender}`;
    case 2:
      return `${sender} is at ${senderMac}`;
    case 3:
      return `Who is ${mac(bytes, at + TARGET_MAC)}? Tell ${senderMac}`;
    case 4:
      return `${mac(bytes, at + TARGET_MAC)} is ${target}`;
    default:
      return `${operations[operation] ?? `operation ${operation}`}, ${sender} to ${target}`;
  }
}

/** Address Resolution Protocol (RFC 826), with reverse ARP (RFC 903). */
export const arp: Protocol = { name: 'arp', over: [etherType(0x0806), etherType(0x8035), llcSap(0x98)], scan, layer };
