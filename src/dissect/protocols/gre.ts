import { u16 } from '../bytes.ts';
import { Fields, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byEtherType, byLinkType } from '../tables.ts';
import { BRIDGED, LENGTH_LIMIT } from './eth.ts';
import { WLAN } from './wlan.ts';
import { ERSPAN } from './erspan.ts';

const FLAGS = 0;
const TYPE = 2;
const HEADER = 4;

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;
const VERSION = 0x0007;

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const flags = u16(p.bytes, at + FLAGS);
  const length = headerLength(flags);
  if (p.end - at < length) return p.lacks(row, length);
  p.at = at + length;
  const type = u16(p.bytes, at + TYPE);
  // Source routes (RFC 1701) were never used; a packet without payload is a keep-alive or an acknowledgment of PPTP.
  if ((flags & ROUTING) !== 0 || type <= LENGTH_LIMIT || p.at === p.wire) return 0;
  if (isAruba(type)) return byLinkType[WLAN];
  return byEtherType[type === ERSPAN && (flags & SEQUENCE) === 0 ? BRIDGED : type];
}

/** Access points of Aruba send 802.11 frames so, a number for each queue. */
const isAruba = (type: number): boolean => type === 0x9000 || (type >= 0x8200 && type <= 0x8370 && (type & 15) === 0);

function headerLength(flags: number): number {
  let length = HEADER;
  if ((flags & (CHECKSUM | ROUTING)) !== 0) length += 4;
  if ((flags & KEY) !== 0) length += 4;
  if ((flags & SEQUENCE) !== 0) length += 4;
  if ((flags & VERSION) === 1 && (flags & ACKNOWLEDGMENT) !== 0) length += 4;
  return length;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const flags = f.read(FLAGS, 2);
  const node = f.under(f.hex('gre.flags_and_version', 'Flags and version', FLAGS, 2));
  node.flag('gre.flags.checksum', 'Checksum', FLAGS, 2, CHECKSUM);
  node.flag('gre.flags.routing', 'Routing', FLAGS, 2, ROUTING);
  node.flag('gre.flags.key', 'Key', FLAGS, 2, KEY);
  node.flag('gre.flags.sequence_number', 'Sequence number', FLAGS, 2, SEQUENCE);
  node.bits('gre.flags.version', 'Version', FLAGS, 2, VERSION);
  f.number('gre.proto', 'Protocol', TYPE, 2, namedHex(etherTypes, 4));
  let offset = HEADER;
  if ((flags & (CHECKSUM | ROUTING)) !== 0) {
    f.hex('gre.checksum', 'Checksum', offset, 2);
    f.number('gre.offset', 'Offset', offset + 2, 2);
    offset += 4;
  }
  if ((flags & KEY) !== 0) {
    if ((flags & VERSION) === 1) {
      f.number('gre.key.payload_length', 'Payload length', offset, 2);
      f.number('gre.key.call_id', 'Call', offset + 2, 2);
    } else f.hex('gre.key', 'Key', offset, 4);
    offset += 4;
  }
  if ((flags & SEQUENCE) !== 0) {
    f.number('gre.sequence_number', 'Sequence number', offset, 4);
    offset += 4;
  }
  if ((flags & VERSION) === 1 && (flags & ACKNOWLEDGMENT) !== 0) f.number('gre.ack_number', 'Acknowledgment number', offset, 4);
  const name = etherTypes[f.read(TYPE, 2)];
  return f.layer('gre', `Generic Routing Encapsulation${name === undefined ? '' : `, ${name}`}`, headerLength(flags));
}

/** Generic Routing Encapsulation (RFC 2784, RFC 2890), its version 1 of PPTP (RFC 2637 section 4.1), and in UDP (RFC 8086). */
export const gre: Protocol = { name: 'gre', over: [ipProtocol(47), udpPort(4754)], scan, layer };
