import { ip as ipText, u16 } from '../bytes.ts';
import { type Fields, named, wrong } from '../fields.ts';
import { ipProtocols } from '../names.ts';

/** The packet that an ICMP error is about, as far as its quote goes. Offsets are into the bytes given. */
export interface Quoted {
  version: 4 | 6;
  /** Of the upper layer, behind extension headers. */
  protocol: number;
  source: string;
  destination: string;
  sourceAt: number;
  destinationAt: number;
  /** TCP, UDP, DCCP, SCTP and UDP-Lite; 0 where there are none, or the quote ends before them. */
  sourcePort: number;
  destinationPort: number;
  /** The upper layer's header; -1 for a later fragment, or where the quote ends before it. */
  transportAt: number;
}

const TCP = 6;
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;

const hasPorts = (protocol: number): boolean =>
  protocol === TCP || protocol === 17 || protocol === 33 || protocol === 132 || protocol === 136;

/**
 * Reads the IP packet quoted in an ICMP or ICMPv6 error (RFC 792, RFC 4443 section 2.4): it begins at `at`, where the ICMP
 * header ends. Undefined where its header is not whole. Meant for errors, which are rare: allocates.
 */
export function quoted(bytes: Uint8Array, at: number, end: number): Quoted | undefined {
  if (at >= end) return undefined;
  const version = bytes[at] >> 4;
  if (version === 4) return quoted4(bytes, at, end);
  return version === 6 ? quoted6(bytes, at, end) : undefined;
}

function quoted4(bytes: Uint8Array, at: number, end: number): Quoted | undefined {
  const header = (bytes[at] & 15) * 4;
  if (header < 20 || end - at < 20) return undefined;
  const first = (u16(bytes, at + 6) & 0x1fff) === 0;
  return found(bytes, 4, bytes[at + 9], at + 12, at + 16, first ? at + header : -1, end);
}

function quoted6(bytes: Uint8Array, at: number, end: number): Quoted | undefined {
  if (end - at < 40) return undefined;
  let protocol = bytes[at + 6];
  let next = at + 40;
  while (next >= 0 && end - next >= 8) {
    const here = next;
    if (protocol === FRAGMENT) next = (u16(bytes, here + 2) & 0xfff8) === 0 ? here + 8 : -1;
    else if (protocol === AUTHENTICATION) next = here + (bytes[here + 1] + 2) * 4;
    else if (protocol === HOP_BY_HOP || protocol === ROUTING || protocol === DESTINATION_OPTIONS)
      next = here + (bytes[here + 1] + 1) * 8;
    else break;
    protocol = bytes[here];
  }
  return found(bytes, 6, protocol, at + 8, at + 24, next, end);
}

function found(
  bytes: Uint8Array,
  version: 4 | 6,
  protocol: number,
  sourceAt: number,
  destinationAt: number,
  next: number,
  end: number,
): Quoted {
  const ports = next >= 0 && end - next >= 4 && hasPorts(protocol);
  return {
    version,
    protocol,
    source: ipText(bytes, sourceAt, version),
    destination: ipText(bytes, destinationAt, version),
    sourceAt,
    destinationAt,
    sourcePort: ports ? u16(bytes, next) : 0,
    destinationPort: ports ? u16(bytes, next + 2) : 0,
    transportAt: next < 0 || next >= end ? -1 : next,
  };
}

/** The quoted packet as one node: addresses, protocol, ports and, for TCP, the sequence number. */
export function quotedFields(f: Fields, offset: number): void {
  if (f.length <= offset) return;
  const about = quoted(f.bytes, f.at + offset, f.end);
  const node = f.group('icmp.quoted', 'Quoted packet', offset, f.length - offset, about && quotedText(about));
  if (about === undefined) {
    wrong(node, 'no whole IP header is quoted');
    return;
  }
  const inner = f.under(node);
  const from = (at: number): number => at - f.at;
  const name = about.version === 4 ? 'ip' : 'ipv6';
  if (about.version === 4) {
    inner.number('ip.len', 'Total length', offset + 2, 2);
    inner.hex('ip.id', 'Identification', offset + 4, 2);
    inner.number('ip.ttl', 'Time to live', offset + 8, 1);
    inner.number('ip.proto', 'Protocol', offset + 9, 1, named(ipProtocols));
    inner.ipv4('ip.src', 'Source', from(about.sourceAt));
    inner.ipv4('ip.dst', 'Destination', from(about.destinationAt));
  } else {
    inner.number('ipv6.plen', 'Payload length', offset + 4, 2);
    inner.number('ipv6.nxt', 'Next header', offset + 6, 1, named(ipProtocols));
    inner.number('ipv6.hlim', 'Hop limit', offset + 7, 1);
    inner.ipv6('ipv6.src', 'Source', from(about.sourceAt));
    inner.ipv6('ipv6.dst', 'Destination', from(about.destinationAt));
  }
  if (about.transportAt < 0) return;
  const upper = from(about.transportAt);
  if (hasPorts(about.protocol)) {
    const prefix = { 6: 'tcp', 17: 'udp', 33: 'dccp', 132: 'sctp', 136: 'udplite' }[about.protocol] ?? name;
    inner.number(`${prefix}.srcport`, 'Source port', upper, 2);
    inner.number(`${prefix}.dstport`, 'Destination port', upper + 2, 2);
    if (about.protocol === TCP) inner.number('tcp.seq_raw', 'Sequence number', upper + 4, 4);
    return;
  }
  if (about.protocol !== 1 && about.protocol !== 58) return;
  const prefix = about.protocol === 1 ? 'icmp' : 'icmpv6';
  inner.number(`${prefix}.type`, 'Type', upper, 1);
  inner.number(`${prefix}.code`, 'Code', upper + 1, 1);
  inner.number(about.protocol === 1 ? 'icmp.ident' : 'icmpv6.echo.identifier', 'Identifier', upper + 4, 2);
  inner.number(about.protocol === 1 ? 'icmp.seq' : 'icmpv6.echo.sequence_number', 'Sequence number', upper + 6, 2);
}

/** "192.0.2.1:4000 > 198.51.100.9:53 (UDP)" */
export function quotedText(about: Quoted): string {
  const ports = about.transportAt >= 0 && hasPorts(about.protocol);
  const end = (address: string, port: number): string =>
    ports ? (about.version === 6 ? `[${address}]:${port}` : `${address}:${port}`) : address;
  const protocol = ipProtocols[about.protocol] ?? `protocol ${about.protocol}`;
  return `${end(about.source, about.sourcePort)} > ${end(about.destination, about.destinationPort)} (${protocol})`;
}
