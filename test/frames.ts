import { Batch } from '../src/capture/batch.ts';
import { Packets } from '../src/dissect/packets.ts';
import { scanRows } from '../src/dissect/scan.ts';
import { Stacks } from '../src/dissect/stacks.ts';

/*
 * Builds real frames, inside out: `eth({ type: 0x0800 }, ipv4({ protocol: 6 }, tcp({ flags: 'S' })))`. Lengths and checksums
 * are right unless a test asks for wrong ones. `tcpFrame`, `udpFrame` and `arpFrame` do the usual nesting.
 */

export const u8 = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const be16 = (value: number): Uint8Array => u8((value >> 8) & 255, value & 255);
export const be32 = (value: number): Uint8Array =>
  u8((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
/** From hexadecimal digits; everything else is ignored. */
export const fromHex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replace(/[^0-9a-f]/gi, ''), 'hex'));

export function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const macBytes = (address: string): Uint8Array => fromHex(address);

export function addressBytes(address: string): Uint8Array {
  if (!address.includes(':')) return Uint8Array.from(address.split('.').map(Number));
  const [head, tail] = address.split('::');
  const groups = (half: string | undefined): number[] => (half ? half.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const before = groups(head);
  const after = groups(tail);
  const zeros = address.includes('::') ? new Array<number>(8 - before.length - after.length).fill(0) : [];
  return join(...[...before, ...zeros, ...after].map(be16));
}

/** The Internet checksum (RFC 1071). */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface EthOptions {
  source?: string;
  destination?: string;
  /** EtherType, or the length of an 802.3 frame. */
  type?: number;
  /** Pad to the 60 bytes an Ethernet frame has at least. */
  pad?: boolean;
}

export function eth(options: EthOptions, payload: Uint8Array): Uint8Array {
  const { source = '02:00:00:00:00:01', destination = '02:00:00:00:00:02', type = 0x0800, pad = false } = options;
  const frame = join(macBytes(destination), macBytes(source), be16(type), payload);
  return pad && frame.length < 60 ? join(frame, new Uint8Array(60 - frame.length)) : frame;
}

export const vlan = (id: number, type: number, payload: Uint8Array): Uint8Array => join(be16(id), be16(type), payload);

export interface Ipv4Options {
  source?: string;
  destination?: string;
  protocol?: number;
  ttl?: number;
  id?: number;
  dscp?: number;
  dontFragment?: boolean;
  moreFragments?: boolean;
  /** Fragment offset in bytes. */
  offset?: number;
  /** Header options, padded to a multiple of four. */
  options?: Uint8Array;
  /** Total length as written, where it shall be wrong. */
  totalLength?: number;
}

export function ipv4(settings: Ipv4Options, payload: Uint8Array): Uint8Array {
  const { source = '10.0.0.1', destination = '10.0.0.2', protocol = 6, ttl = 64, id = 1, dscp = 0, offset = 0 } = settings;
  const options = padded(settings.options ?? u8(), 4, 0);
  const flags = (settings.dontFragment ? 0x4000 : 0) | (settings.moreFragments ? 0x2000 : 0) | (offset >> 3);
  const header = join(
    u8(0x45 + options.length / 4, dscp << 2),
    be16((settings.totalLength ?? 20 + options.length + payload.length) & 0xffff),
    be16(id),
    be16(flags),
    u8(ttl, protocol, 0, 0),
    addressBytes(source),
    addressBytes(destination),
    options,
  );
  header.set(be16(checksum(header)), 10);
  const whole = offset === 0 && !settings.moreFragments;
  const pseudo = join(addressBytes(source), addressBytes(destination), u8(0, protocol), be16(payload.length));
  return join(header, whole ? summed(protocol, pseudo, payload) : payload);
}

export interface Ipv6Options {
  source?: string;
  destination?: string;
  /** What follows at the end of the extension headers. */
  protocol?: number;
  hopLimit?: number;
  flowLabel?: number;
  /** Extension headers, outermost first, each without its leading next-header byte: `[number, rest]`. */
  extensions?: [number, Uint8Array][];
  payloadLength?: number;
}

export function ipv6(settings: Ipv6Options, payload: Uint8Array): Uint8Array {
  const { source = '2001:db8::1', destination = '2001:db8::2', protocol = 6, hopLimit = 64, flowLabel = 0 } = settings;
  const extensions = settings.extensions ?? [];
  const numbers = [...extensions.map(([number]) => number), protocol];
  const between = join(...extensions.map(([, rest], index) => join(u8(numbers[index + 1]), rest)));
  const header = join(
    be32(0x60000000 + flowLabel),
    be16((settings.payloadLength ?? between.length + payload.length) & 0xffff),
    u8(numbers[0], hopLimit),
    addressBytes(source),
    addressBytes(destination),
  );
  // Bytes of the header without its first: the offset stands in its second and third.
  const fragment = extensions.some(([number, rest]) => number === 44 && (((rest[1] << 8) | rest[2]) & 0xfff9) !== 0);
  const pseudo = join(addressBytes(source), addressBytes(destination), be32(payload.length), be32(protocol));
  return join(header, between, fragment ? payload : summed(protocol, pseudo, payload));
}

/** A fragment header for `Ipv6Options.extensions` (RFC 8200 section 4.5). */
export const fragmentHeader = (id: number, offset: number, more: boolean): [number, Uint8Array] => [
  44,
  join(u8(0), be16((offset & 0xfff8) | (more ? 1 : 0)), be32(id)),
];

export interface TcpOptions {
  sourcePort?: number;
  destinationPort?: number;
  sequence?: number;
  acknowledgment?: number;
  /** Letters of "FSRPAUEC" (E: ECE, C: CWR). */
  flags?: string;
  window?: number;
  options?: Uint8Array;
}

const FLAGS = 'FSRPAUEC';

export function tcp(settings: TcpOptions, payload: Uint8Array = u8()): Uint8Array {
  const { sourcePort = 40000, destinationPort = 80, sequence = 1000, acknowledgment = 0, flags = 'A', window = 64240 } = settings;
  const options = padded(settings.options ?? u8(), 4, 1);
  const bits = [...flags].reduce((all, letter) => all | (1 << FLAGS.indexOf(letter)), 0);
  return join(
    be16(sourcePort),
    be16(destinationPort),
    be32(sequence),
    be32(acknowledgment),
    u8((5 + options.length / 4) << 4, bits),
    be16(window),
    u8(0, 0, 0, 0),
    options,
    payload,
  );
}

export interface UdpOptions {
  sourcePort?: number;
  destinationPort?: number;
  length?: number;
}

export function udp(settings: UdpOptions, payload: Uint8Array = u8()): Uint8Array {
  const { sourcePort = 40000, destinationPort = 9, length = 8 + payload.length } = settings;
  return join(be16(sourcePort), be16(destinationPort), be16(length & 0xffff), u8(0, 0), payload);
}

export interface ArpOptions {
  operation?: number;
  senderMac?: string;
  senderAddress?: string;
  targetMac?: string;
  targetAddress?: string;
}

export function arp(settings: ArpOptions = {}): Uint8Array {
  const { operation = 1, senderMac = '02:00:00:00:00:01', targetMac = '00:00:00:00:00:00' } = settings;
  const { senderAddress = '10.0.0.1', targetAddress = '10.0.0.2' } = settings;
  return join(
    u8(0, 1, 8, 0, 6, 4),
    be16(operation),
    macBytes(senderMac),
    addressBytes(senderAddress),
    macBytes(targetMac),
    addressBytes(targetAddress),
  );
}

export const icmp = (type: number, code: number, rest: Uint8Array = u8(0, 0, 0, 0)): Uint8Array => {
  const message = join(u8(type, code, 0, 0), rest);
  message.set(be16(checksum(message)), 2);
  return message;
};

/** The checksum comes with the IPv6 header. */
export const icmpv6 = (type: number, code: number, rest: Uint8Array = u8(0, 0, 0, 0)): Uint8Array =>
  join(u8(type, code, 0, 0), rest);

/** Where a frame comes from and goes to: "10.0.0.1:40000", "[2001:db8::1]:40000". */
export interface Ends {
  from?: string;
  to?: string;
  fromMac?: string;
  toMac?: string;
  ttl?: number;
  /** IPv4 identification. */
  id?: number;
}

export type TcpFrame = Ends & Omit<TcpOptions, 'sourcePort' | 'destinationPort'> & { payload?: Uint8Array | string };
export type UdpFrame = Ends & { payload?: Uint8Array | string };

/** A whole Ethernet frame with one TCP segment. */
export function tcpFrame(settings: TcpFrame): Uint8Array {
  const { from = '10.0.0.1:40000', to = '10.0.0.2:80' } = settings;
  const ports = { sourcePort: endpoint(from).port, destinationPort: endpoint(to).port };
  return ipFrame({ ...settings, from, to }, 6, tcp({ ...settings, ...ports }, asBytes(settings.payload)));
}

/** A whole Ethernet frame with one UDP datagram. */
export function udpFrame(settings: UdpFrame): Uint8Array {
  const { from = '10.0.0.1:40000', to = '10.0.0.2:9' } = settings;
  const ports = { sourcePort: endpoint(from).port, destinationPort: endpoint(to).port };
  return ipFrame({ ...settings, from, to }, 17, udp(ports, asBytes(settings.payload)));
}

export function arpFrame(settings: ArpOptions = {}): Uint8Array {
  const destination = settings.operation === 2 ? settings.targetMac : 'ff:ff:ff:ff:ff:ff';
  return eth({ type: 0x0806, source: settings.senderMac, destination }, arp(settings));
}

/** Ethernet and IP of the version that the addresses have, around any payload. */
export function ipFrame(ends: Ends & { from: string; to: string }, protocol: number, payload: Uint8Array): Uint8Array {
  const source = endpoint(ends.from).address;
  const destination = endpoint(ends.to).address;
  const six = source.includes(':');
  const packet = six
    ? ipv6({ source, destination, protocol, hopLimit: ends.ttl }, payload)
    : ipv4({ source, destination, protocol, ttl: ends.ttl, id: ends.id }, payload);
  return eth({ source: ends.fromMac, destination: ends.toMac, type: six ? 0x86dd : 0x0800 }, packet);
}

/** A frame with what a capture says of it; `time` in nanoseconds since 1970, `wire` its length before it was cut. */
export interface Captured {
  bytes: Uint8Array;
  time?: bigint;
  wire?: number;
  linkType?: number;
}

/** Frames one microsecond apart, as a source would hand them over. */
export function batchOf(frames: (Uint8Array | Captured)[], linkType = 1): Batch {
  const batch = new Batch();
  const list = frames.map((frame) => (frame instanceof Uint8Array ? { bytes: frame } : frame) as Captured);
  batch.bytes = join(...list.map((frame) => frame.bytes));
  batch.annexAt = batch.bytes.length;
  batch.count = list.length;
  let at = 0;
  list.forEach((frame, row) => {
    const time = frame.time ?? 1_600_000_000_000_000_000n + BigInt(row) * 1000n;
    batch.at[row] = at;
    batch.offset[row] = at;
    batch.caplen[row] = frame.bytes.length;
    batch.wirelen[row] = frame.wire ?? frame.bytes.length;
    batch.seconds[row] = Number(time / 1_000_000_000n);
    batch.nanoseconds[row] = Number(time % 1_000_000_000n);
    batch.linkType[row] = frame.linkType ?? linkType;
    at += frame.bytes.length;
  });
  return batch;
}

/** Scanned rows of the frames; the base second is that of the first. */
export function packetsOf(frames: (Uint8Array | Captured)[], linkType = 1, stacks = new Stacks()): Packets {
  const batch = batchOf(frames, linkType);
  const packets = new Packets();
  scanRows(packets, batch, 0, batch.count, batch.seconds[0], stacks);
  return packets;
}

/** The layer stack of one frame: "eth:ip:tcp". */
export function stackOf(frame: Uint8Array | Captured, linkType = 1): string {
  const stacks = new Stacks();
  return stacks.name(packetsOf([frame], linkType, stacks).stack[0]);
}

function endpoint(value: string): { address: string; port: number } {
  const at = value.lastIndexOf(':');
  return { address: value.slice(0, at).replace(/[[\]]/g, ''), port: Number(value.slice(at + 1)) };
}

const asBytes = (payload: Uint8Array | string = ''): Uint8Array => (typeof payload === 'string' ? text(payload) : payload);

function padded(bytes: Uint8Array, unit: number, filler: number): Uint8Array {
  const rest = (unit - (bytes.length % unit)) % unit;
  return join(bytes, new Uint8Array(rest).fill(filler));
}

/** The transport's checksum, which covers the IP addresses. */
function summed(protocol: number, pseudo: Uint8Array, payload: Uint8Array): Uint8Array {
  const at = { 6: 16, 17: 6, 58: 2 }[protocol];
  if (at === undefined || payload.length < at + 2) return payload;
  const copy = payload.slice();
  copy.set(u8(0, 0), at);
  const sum = checksum(join(pseudo, copy));
  copy.set(be16(protocol === 17 && sum === 0 ? 0xffff : sum), at);
  return copy;
}
