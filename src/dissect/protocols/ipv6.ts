import { ipv6 as ipv6Text, u16, u32 } from '../bytes.ts';
import { Fields, hexText, named, wrong } from '../fields.ts';
import { codePoints, congestion, ipProtocols } from '../names.ts';
import { Kind, type Packets, Reason } from '../packets.ts';
import { etherType, type FieldContext, ipProtocol, type Layer, linkType, pppProtocol, type Protocol } from '../protocol.ts';
import { byIpProtocol } from '../tables.ts';

const VERSION_CLASS_FLOW = 0;
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SOURCE = 8;
const DESTINATION = 24;
export const IPV6_HEADER = 40;

const HOP_BY_HOP = 0;
const NO_NEXT_HEADER = 59;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < IPV6_HEADER) return p.lacks(row, IPV6_HEADER);
  if (bytes[at] >> 4 !== 6) return p.fail(row, Reason.badVersion, at, 6);
  const length = u16(bytes, at + PAYLOAD_LENGTH);
  const next = bytes[at + NEXT_HEADER];
  // 0 with something behind it: a jumbogram, whose length a hop-by-hop option tells, or one that the card was to cut up.
  if (length !== 0 || next === NO_NEXT_HEADER) limit(p, at + IPV6_HEADER + length);
  p.at = at + IPV6_HEADER;
  p.ipAt[row] = at;
  p.ipVersion[row] = 6;
  p.ipProtocol[row] = next;
  p.kind[row] = Kind.none;
  p.transportAt[row] = -1;
  return byIpProtocol[next];
}

function limit(p: Packets, wire: number): void {
  if (wire < p.wire) p.wire = wire;
  if (p.end > p.wire) p.end = p.wire;
}

/** The jumbo payload option (RFC 2675 section 2) tells the length where the IPv6 header says 0. `at` is that of its 32 bits. */
export function jumboPayload(p: Packets, row: number, at: number): void {
  const header = p.ipAt[row];
  if (p.ipVersion[row] !== 6 || u16(p.bytes, header + PAYLOAD_LENGTH) !== 0) return;
  const length = u32(p.bytes, at);
  if (length > 0xffff && header + IPV6_HEADER + length > p.at) limit(p, header + IPV6_HEADER + length);
}

function layer(bytes: Uint8Array, at: number, { end, wire }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.bits('ipv6.version', 'Version', VERSION_CLASS_FLOW, 1, 0xf0);
  const traffic = f.under(
    f.bits('ipv6.tclass', 'Traffic class', VERSION_CLASS_FLOW, 4, 0x0ff00000, (value) => hexText(value, 2)),
  );
  traffic.bits('ipv6.tclass.dscp', 'Code point', VERSION_CLASS_FLOW, 4, 0x0fc00000, named(codePoints));
  traffic.bits('ipv6.tclass.ecn', 'Congestion notification', VERSION_CLASS_FLOW, 4, 0x00300000, named(congestion));
  f.bits('ipv6.flow', 'Flow label', VERSION_CLASS_FLOW, 4, 0x000fffff, (value) => hexText(value, 5));
  const length = f.read(PAYLOAD_LENGTH, 2);
  const zero = f.read(NEXT_HEADER, 1) === HOP_BY_HOP ? '0 (jumbogram)' : '0 (left to the card)';
  const lengthField = f.number('ipv6.plen', 'Payload length', PAYLOAD_LENGTH, 2, (value) => {
    return value === 0 && wire - at > IPV6_HEADER ? zero : undefined;
  });
  if (IPV6_HEADER + length > wire - at)
    wrong(lengthField, `payload length ${length} is more than the packet's ${wire - at - IPV6_HEADER} bytes`);
  f.number('ipv6.nxt', 'Next header', NEXT_HEADER, 1, named(ipProtocols));
  f.number('ipv6.hlim', 'Hop limit', HOP_LIMIT, 1);
  f.ipv6('ipv6.src', 'Source', SOURCE);
  f.ipv6('ipv6.dst', 'Destination', DESTINATION);
  const ends = f.has(0, IPV6_HEADER) ? `, ${ipv6Text(bytes, at + SOURCE)} > ${ipv6Text(bytes, at + DESTINATION)}` : '';
  return f.layer('ipv6', `Internet Protocol Version 6${ends}`, IPV6_HEADER);
}

/** Internet Protocol version 6 (RFC 8200). Its extension headers are protocols of their own. */
export const ipv6: Protocol = {
  name: 'ipv6',
  over: [etherType(0x86dd), ipProtocol(41), linkType(229), pppProtocol(0x0057)],
  scan,
  layer,
};
