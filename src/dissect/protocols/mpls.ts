import { u16 } from '../bytes.ts';
import { Fields, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, ipProtocol, type Layer, pppProtocol, type Protocol, udpPort } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { BRIDGED, LENGTH_LIMIT } from './eth.ts';
import { byVersion } from './raw.ts';

/** A label stack entry (RFC 3032 section 2.1); the last has the bottom bit. */
const ENTRY = 4;
const BOTTOM = 2;
const ETHERNET_HEADER = 14;
const ETHERNET_TYPE = 12;
/** The control word of a pseudowire begins with four zero bits, so that it is no IP packet (RFC 4385 section 3). */
const CONTROL_WORD = 4;

const labels: Record<number, string> = {
  0: 'IPv4 explicit null',
  1: 'router alert',
  2: 'IPv6 explicit null',
  3: 'implicit null',
  7: 'entropy label',
  13: 'generic associated channel',
  14: 'OAM alert',
};

function scan(p: Packets, row: number): number {
  const bytes = p.bytes;
  let at = p.at;
  do {
    if (p.end - at < ENTRY) return p.lacks(row, at - p.at + ENTRY);
    at += ENTRY;
  } while ((bytes[at - BOTTOM] & 1) === 0);
  p.at = at;
  return at === p.end ? 0 : byContent(p);
}

/** Labels do not tell what they carry: IP shows by its version, Ethernet in a pseudowire by a type or length that makes sense. */
function byContent(p: Packets): number {
  const byIp = byVersion(p);
  if (byIp !== 0) return byIp;
  const at = p.at;
  const word = at + CONTROL_WORD;
  const mayHaveWord = p.bytes[at] >> 4 === 0 && !hasKnownType(p, at);
  if (mayHaveWord && (hasKnownType(p, word) || hasLength(p, word))) p.at = word;
  else if (!hasKnownType(p, at) && !hasLength(p, at)) return 0;
  return byEtherType[BRIDGED];
}

function hasKnownType(p: Packets, at: number): boolean {
  if (p.end - at < ETHERNET_HEADER) return false;
  const type = u16(p.bytes, at + ETHERNET_TYPE);
  return type > LENGTH_LIMIT && byEtherType[type] !== 0;
}

function hasLength(p: Packets, at: number): boolean {
  if (p.end - at < ETHERNET_HEADER) return false;
  const length = u16(p.bytes, at + ETHERNET_TYPE);
  return length <= LENGTH_LIMIT && at + ETHERNET_HEADER + length <= p.wire;
}

function layer(bytes: Uint8Array, at: number, { end, packets }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  let offset = 0;
  let last = 0;
  while (f.has(offset, ENTRY)) {
    const value = f.read(offset, ENTRY);
    last = Math.floor(value / 4096);
    const entry = f.under(f.group('mpls.entry', `Label ${last}`, offset, ENTRY));
    entry.bits('mpls.label', 'Label', offset, 4, 0xfffff000, (label) => (label < 16 ? named(labels)(label) : undefined));
    entry.bits('mpls.exp', 'Traffic class', offset, 4, 0x00000e00);
    entry.flag('mpls.bottom', 'Bottom of stack', offset, 4, 0x00000100);
    entry.bits('mpls.ttl', 'Time to live', offset, 4, 0x000000ff);
    offset += ENTRY;
    if ((value & 0x100) !== 0) break;
  }
  if (packets.at === at + offset + CONTROL_WORD) {
    f.hex('pwethcw', 'Pseudowire control word', offset, CONTROL_WORD);
    offset += CONTROL_WORD;
  }
  return f.layer('mpls', `Multiprotocol Label Switching, label ${last}`, offset);
}

/** MPLS label stack (RFC 3032), with Ethernet pseudowires (RFC 4448). */
export const mpls: Protocol = {
  name: 'mpls',
  over: [etherType(0x8847), etherType(0x8848), ipProtocol(137), pppProtocol(0x0281), pppProtocol(0x0283), udpPort(6635)],
  scan,
  layer,
};
