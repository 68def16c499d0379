import { hex, ip, mac, u16, u32 } from '../dissect/bytes.ts';
import { decodeWith } from '../dissect/decode.ts';
import { Kind, Packets } from '../dissect/packets.ts';
import type { Field, Layer } from '../dissect/protocol.ts';
import { scanLayers } from '../dissect/scan.ts';
import type { Stacks } from '../dissect/stacks.ts';
import { byLinkType } from '../dissect/tables.ts';
import { type ChecksumState, ipv4HeaderChecksum, transportChecksum } from './checksum.ts';

export const Flag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;

export interface TcpFacts {
  sequence: number;
  acknowledgment: number;
  /** Bits of `Flag`. */
  flags: number;
  window: number;
  headerLength: number;
  /** Those present (RFC 9293 §3.1, RFC 7323, RFC 2018). */
  options: {
    mss?: number;
    windowScale?: number;
    sackPermitted?: boolean;
    timestamps?: { value: number; echo: number };
    fastOpen?: boolean;
    multipath?: boolean;
  };
}

/** What one packet's headers say. Where layers repeat (tunnels) the innermost counts; `layers` has them all. */
export interface PacketFacts {
  number: number;
  /** Nanoseconds since the capture's base second. */
  time: number;
  bytes: Uint8Array;
  wireLength: number;
  linkType: number;
  kind: 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'arp' | 'fragment' | 'other';
  sourceMac?: string;
  destinationMac?: string;
  /** IP addresses, where there is an IP header. */
  source?: string;
  destination?: string;
  ipVersion?: 4 | 6;
  /** TTL or Hop Limit. */
  hopLimit?: number;
  /** IPv4 identification. */
  ipId?: number;
  sourcePort?: number;
  destinationPort?: number;
  tcp?: TcpFacts;
  /** Length of the transport's payload by the headers, and the bytes of it that were captured. */
  payloadLength: number;
  payload: Uint8Array;
  /** IPv4 header checksum; transport checksum ("unfilled": the sum of the pseudo header only, left to the network card). */
  ipChecksum: ChecksumState;
  checksum: ChecksumState;
  /** Decoded when first asked for, outermost first, with byte ranges. */
  readonly layers: Layer[];
  /** The first field of this Wireshark name ("ip.ttl"), outermost layer first. */
  field(name: string): Field | undefined;
}

/** One row for all: what it says is copied out before the next packet. */
const row = new Packets(1);
const KINDS = ['other', 'tcp', 'udp', 'icmp', 'icmpv6', 'arp', 'fragment'] as const;

/** One row to read into: nothing of it outlives a call. */
const scratch = new Packets(1);
scratch.count = 1;

/** Reads the headers of one packet. Bears any bytes. `application`: what the connection carries, where known. */
export function packetFacts(
  number: number,
  time: number,
  bytes: Uint8Array,
  wireLength: number,
  linkType: number,
  stacks: Stacks,
  application?: string,
): PacketFacts {
  const p = row;
  p.clear(0);
  p.count = 1;
  p.bytes = bytes;
  scanLayers(p, 0, byLinkType[linkType] ?? 0, 0, bytes.length, Math.max(bytes.length, wireLength), stacks);
  const kind = KINDS[p.kind[0]] ?? 'other';
  const ported = p.kind[0] === Kind.tcp || p.kind[0] === Kind.udp;
  const facts = new LazyFacts(number, time, bytes, wireLength, linkType, kind, application);
  if (p.sourceMacAt[0] >= 0) facts.sourceMac = mac(bytes, p.sourceMacAt[0]);
  if (p.destinationMacAt[0] >= 0) facts.destinationMac = mac(bytes, p.destinationMacAt[0]);
  const at = p.ipAt[0];
  if (at >= 0) {
    const version = p.ipVersion[0] as 4 | 6;
    facts.ipVersion = version;
    facts.source = ip(bytes, at + (version === 4 ? 12 : 8), version);
    facts.destination = ip(bytes, at + (version === 4 ? 16 : 24), version);
    facts.hopLimit = bytes[at + (version === 4 ? 8 : 7)];
    if (version === 4) {
      facts.ipId = u16(bytes, at + 4);
      facts.ipChecksum = ipv4HeaderChecksum(bytes, at);
    }
  }
  if (ported) {
    facts.sourcePort = p.sourcePort[0];
    facts.destinationPort = p.destinationPort[0];
    facts.payloadLength = p.payloadLength[0];
    facts.payload = bytes.subarray(p.payloadAt[0], p.payloadAt[0] + p.payloadCaptured[0]);
    facts.checksum = transportChecksum(p);
  }
  if (p.kind[0] === Kind.tcp) facts.tcp = tcpFacts(p);
  return facts;
}

class LazyFacts implements PacketFacts {
  sourceMac?: string;
  destinationMac?: string;
  source?: string;
  destination?: string;
  ipVersion?: 4 | 6;
  hopLimit?: number;
  ipId?: number;
  sourcePort?: number;
  destinationPort?: number;
  tcp?: TcpFacts;
  payloadLength = 0;
  payload: Uint8Array = new Uint8Array(0);
  ipChecksum: ChecksumState = 'unverified';
  checksum: ChecksumState = 'unverified';
  readonly number: number;
  readonly time: number;
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  readonly linkType: number;
  readonly kind: PacketFacts['kind'];
  private readonly application: string | undefined;
  private decoded: Layer[] | undefined;

  constructor(
    number: number,
    time: number,
    bytes: Uint8Array,
    wireLength: number,
    linkType: number,
    kind: PacketFacts['kind'],
    application: string | undefined,
  ) {
    this.number = number;
    this.time = time;
    this.bytes = bytes;
    this.wireLength = wireLength;
    this.linkType = linkType;
    this.kind = kind;
    this.application = application;
  }

  get layers(): Layer[] {
    this.decoded ??= decodeWith(this.bytes, this.wireLength, this.linkType, this.application);
    return this.decoded;
  }

  field(name: string): Field | undefined {
    for (const layer of this.layers) {
      const found = firstNamed(layer.fields, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function firstNamed(fields: Field[], name: string): Field | undefined {
  for (const field of fields) {
    if (field.name === name) return field;
    const inner = field.children === undefined ? undefined : firstNamed(field.children, name);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function tcpFacts(p: Packets): TcpFacts {
  const headerLength = p.tcpHeaderLength[0];
  return {
    sequence: p.sequence[0],
    acknowledgment: p.acknowledgment[0],
    flags: p.flags[0],
    window: p.window[0],
    headerLength,
    options: tcpOptions(p.bytes, p.transportAt[0] + 20, Math.min(p.bytes.length, p.transportAt[0] + headerLength)),
  };
}

function tcpOptions(bytes: Uint8Array, from: number, end: number): TcpFacts['options'] {
  const options: TcpFacts['options'] = {};
  for (let at = from; at < end; ) {
    const kind = bytes[at];
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = bytes[at + 1];
    if (!(length >= 2) || at + length > end) break;
    if (kind === 2 && length === 4) options.mss = u16(bytes, at + 2);
    else if (kind === 3 && length === 3) options.windowScale = bytes[at + 2];
    else if (kind === 4) options.sackPermitted = true;
    else if (kind === 8 && length === 10) options.timestamps = { value: u32(bytes, at + 2), echo: u32(bytes, at + 6) };
    else if (kind === 30) options.multipath = true;
    else if (kind === 34) options.fastOpen = true;
    at += length;
  }
  return options;
}

/** "02:00:0a:…" for a run of a packet's bytes. */
export const bytesText = (packet: PacketFacts, at: number, end: number): string => hex(packet.bytes, at, end, ' ');
