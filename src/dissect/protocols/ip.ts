import { ipv4, u16 } from '../bytes.ts';
import { Fields, named, words, wrong } from '../fields.ts';
import { codePoints, congestion, ipProtocols } from '../names.ts';
import { Kind, type Packets, Reason } from '../packets.ts';
import {
  etherType,
  type FieldContext,
  ipProtocol,
  type Layer,
  linkType,
  llcSap,
  pppProtocol,
  type Protocol,
} from '../protocol.ts';
import { byIpProtocol } from '../tables.ts';
import { ipOptions } from './ip-options.ts';

const VERSION = 0;
const SERVICE = 1;
export const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
export const FRAGMENT = 6;
const HOPS = 8;
export const PROTOCOL = 9;
const CHECKSUM = 10;
const SOURCE = 12;
const DESTINATION = 16;
const OPTIONS = 20;
export const HEADER = 20;

/** IPv6 as a protocol within IP (6in4); it is registered there too. */
const IPV6 = 41;

export const MORE_FRAGMENTS = 0x2000;
export const FRAGMENT_OFFSET = 0x1fff;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const first = bytes[at + VERSION];
  // Below stands IPv4's number, but the header is the other version's: as receivers that look at it first, and tshark, do.
  if (first >> 4 === 6) return byIpProtocol[IPV6];
  if (first >> 4 !== 4) return p.fail(row, Reason.badVersion, at, 4);
  const header = (first & 15) * 4;
  if (header < HEADER) return p.fail(row, Reason.badLength, at, HEADER);
  if (p.end - at < header) return p.lacks(row, header);
  const total = u16(bytes, at + TOTAL_LENGTH);
  // 0: the sending card was to cut this up (TSO), so that the length is the frame's. Else what lies behind is padding.
  if (total !== 0) {
    if (total < header) return p.fail(row, Reason.badLength, at, header);
    if (at + total < p.wire) p.wire = at + total;
    if (p.end > p.wire) p.end = p.wire;
  }
  p.at = at + header;
  p.ipAt[row] = at;
  p.ipVersion[row] = 4;
  const protocol = bytes[at + PROTOCOL];
  p.ipProtocol[row] = protocol;
  const fragment = u16(bytes, at + FRAGMENT) & (MORE_FRAGMENTS | FRAGMENT_OFFSET);
  if (fragment !== 0) {
    const id = u16(bytes, at + IDENTIFICATION);
    return keepFragment(p, row, id, (fragment & FRAGMENT_OFFSET) * 8, fragment & MORE_FRAGMENTS);
  }
  // What a tunnel outside left behind does not belong to this header.
  p.kind[row] = Kind.none;
  p.transportAt[row] = -1;
  return byIpProtocol[protocol];
}

/** The rest of the packet is a piece of a datagram: it waits for the others. */
export function keepFragment(p: Packets, row: number, id: number, offset: number, more: number): 0 {
  p.kind[row] = Kind.fragment;
  p.fragmentId[row] = id;
  p.fragmentOffset[row] = offset;
  p.fragmentMore[row] = more === 0 ? 0 : 1;
  p.transportAt[row] = p.at;
  p.payloadAt[row] = p.at;
  p.payloadLength[row] = p.wire - p.at;
  p.payloadCaptured[row] = p.end - p.at;
  return 0;
}

function layer(bytes: Uint8Array, at: number, { end, wire }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  if (f.read(VERSION, 1) >> 4 === 6) return f.layer('ip', 'Internet Protocol, of version 6', 0);
  const header = (f.read(VERSION, 1) & 15) * 4;
  const total = f.read(TOTAL_LENGTH, 2);
  f.bits('ip.version', 'Version', VERSION, 1, 0xf0);
  const headerField = f.bits('ip.hdr_len', 'Header length', VERSION, 1, 0x0f, words);
  if (header < HEADER) wrong(headerField, `IPv4 header length is ${header}, at least ${HEADER} are needed`);
  serviceFields(f);
  const totalField = f.number('ip.len', 'Total length', TOTAL_LENGTH, 2, (value) =>
    value === 0 ? '0 (left to the card)' : undefined,
  );
  if (total !== 0 && total < header) wrong(totalField, `total length ${total} is less than the header's ${header}`);
  else if (total > wire - at) wrong(totalField, `total length ${total} is more than the packet's ${wire - at} bytes`);
  f.hex('ip.id', 'Identification', IDENTIFICATION, 2);
  const flags = f.under(f.bits('ip.flags', 'Flags', FRAGMENT, 1, 0xe0, flagsText));
  flags.flag('ip.flags.rb', 'Reserved', FRAGMENT, 1, 0x80);
  flags.flag('ip.flags.df', "Don't fragment", FRAGMENT, 1, 0x40);
  flags.flag('ip.flags.mf', 'More fragments', FRAGMENT, 1, MORE_FRAGMENTS >> 8);
  const offset = (f.read(FRAGMENT, 2) & FRAGMENT_OFFSET) * 8;
  f.add('ip.frag_offset', 'Fragment offset', FRAGMENT, 2, offset);
  f.number('ip.ttl', 'Time to live', HOPS, 1);
  f.number('ip.proto', 'Protocol', PROTOCOL, 1, named(ipProtocols));
  f.hex('ip.checksum', 'Header checksum', CHECKSUM, 2);
  f.ipv4('ip.src', 'Source', SOURCE);
  f.ipv4('ip.dst', 'Destination', DESTINATION);
  if (header > HEADER) ipOptions(f, OPTIONS, header);
  const ends = f.has(0, HEADER) ? `, ${ipv4(bytes, at + SOURCE)} > ${ipv4(bytes, at + DESTINATION)}` : '';
  const piece = offset !== 0 || (f.read(FRAGMENT, 2) & MORE_FRAGMENTS) !== 0 ? `, fragment at ${offset}` : '';
  return f.layer('ip', `Internet Protocol Version 4${ends}${piece}`, Math.max(header, HEADER));
}

function serviceFields(f: Fields): void {
  const service = f.under(f.hex('ip.dsfield', 'Differentiated services', SERVICE, 1));
  service.bits('ip.dsfield.dscp', 'Code point', SERVICE, 1, 0xfc, named(codePoints));
  service.bits('ip.dsfield.ecn', 'Congestion notification', SERVICE, 1, 0x03, named(congestion));
}

function flagsText(value: number): string {
  const names = [value & 4 ? 'reserved' : '', value & 2 ? "don't fragment" : '', value & 1 ? 'more fragments' : ''];
  return names.filter((name) => name !== '').join(', ') || 'none';
}

/** Internet Protocol version 4 (RFC 791). */
export const ip: Protocol = {
  name: 'ip',
  over: [etherType(0x0800), ipProtocol(4), linkType(228), pppProtocol(0x0021), llcSap(0x06)],
  scan,
  layer,
};
