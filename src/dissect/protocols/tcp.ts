import { u16, u32 } from '../bytes.ts';
import { Fields, hexText, words, wrong } from '../fields.ts';
import { Kind, type Packets, Reason } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol } from '../protocol.ts';
import { tcpOptions } from './tcp-options.ts';

export const SOURCE_PORT = 0;
export const DESTINATION_PORT = 2;
export const SEQUENCE = 4;
export const ACKNOWLEDGMENT = 8;
export const OFFSET_AND_FLAGS = 12;
export const WINDOW = 14;
const CHECKSUM = 16;
const URGENT = 18;
/** Where the options begin: the header's fixed part ends. */
export const TCP_OPTIONS = 20;
export const HEADER = 20;

/** The flags as `Packets.flags` has them. */
export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128, ae: 256 } as const;
export const FLAGS = 0x1ff;

function scan(p: Packets, row: number): number {
  const { at, bytes, end, wire } = p;
  // Up to the window is enough to tell whose it is; where the packet itself ends there, a receiver drops it.
  if (end - at < CHECKSUM) return p.lacks(row, HEADER);
  const offsetAndFlags = u16(bytes, at + OFFSET_AND_FLAGS);
  const header = (offsetAndFlags >> 12) * 4;
  p.kind[row] = Kind.tcp;
  p.transportAt[row] = at;
  p.sourcePort[row] = u16(bytes, at + SOURCE_PORT);
  p.destinationPort[row] = u16(bytes, at + DESTINATION_PORT);
  p.sequence[row] = u32(bytes, at + SEQUENCE);
  p.acknowledgment[row] = u32(bytes, at + ACKNOWLEDGMENT);
  p.flags[row] = offsetAndFlags & FLAGS;
  p.window[row] = u16(bytes, at + WINDOW);
  p.tcpHeaderLength[row] = header;
  const payload = at + header;
  if (payload > end || header < HEADER) return withoutPayload(p, row, header);
  p.payloadAt[row] = payload;
  p.payloadLength[row] = wire - payload;
  p.payloadCaptured[row] = end - payload;
  p.at = payload;
  return 0;
}

/**
 * The header's length field is wrong, or its options were cut by the snap length: still a TCP row, with its reason. The
 * payload's length is what the field leaves, and none of it counts as captured. A receiver drops a header that is too short
 * to be one, so that its flags mean nothing; ports and sequence number tell at least whose it was.
 */
function withoutPayload(p: Packets, row: number, header: number): 0 {
  const { at, wire } = p;
  const whole = header >= HEADER && wire - at >= HEADER;
  p.payloadAt[row] = p.end;
  p.payloadLength[row] = Math.max(0, wire - at - header);
  p.payloadCaptured[row] = 0;
  if (whole) return p.lacks(row, header);
  p.tcpHeaderLength[row] = Math.min(header, HEADER - 4);
  p.acknowledgment[row] = 0;
  p.flags[row] = 0;
  p.window[row] = 0;
  return header < HEADER ? p.fail(row, Reason.badLength, at, HEADER) : p.lacks(row, HEADER);
}

function layer(bytes: Uint8Array, at: number, { end, wire }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const header = (f.read(OFFSET_AND_FLAGS, 1) >> 4) * 4;
  f.number('tcp.srcport', 'Source port', SOURCE_PORT, 2);
  f.number('tcp.dstport', 'Destination port', DESTINATION_PORT, 2);
  f.number('tcp.seq_raw', 'Sequence number', SEQUENCE, 4);
  f.number('tcp.ack_raw', 'Acknowledgment number', ACKNOWLEDGMENT, 4);
  const headerField = f.bits('tcp.hdr_len', 'Header length', OFFSET_AND_FLAGS, 1, 0xf0, words);
  if (header < HEADER) wrong(headerField, `TCP header length is ${header}, at least ${HEADER} are needed`);
  else if (header > wire - at) wrong(headerField, `TCP header length is ${header}, the segment has ${wire - at} bytes`);
  flagFields(f);
  f.number('tcp.window_size_value', 'Window', WINDOW, 2);
  f.hex('tcp.checksum', 'Checksum', CHECKSUM, 2);
  f.number('tcp.urgent_pointer', 'Urgent pointer', URGENT, 2);
  if (header > HEADER) tcpOptions(f, TCP_OPTIONS, header);
  const payload = Math.max(0, wire - at - header);
  if (header >= HEADER) f.add('tcp.len', 'Payload length', header, 0, payload, `${payload} bytes`);
  return f.layer('tcp', f.has(0, HEADER) ? title(f, payload) : 'Transmission Control Protocol', Math.max(header, HEADER));
}

function flagFields(f: Fields): void {
  const flags = f.under(
    f.bits('tcp.flags', 'Flags', OFFSET_AND_FLAGS, 2, 0x0fff, (value) => `${hexText(value, 3)} (${flagNames(value)})`),
  );
  flags.bits('tcp.flags.res', 'Reserved', OFFSET_AND_FLAGS, 1, 0x0e);
  flags.flag('tcp.flags.ae', 'Accurate ECN', OFFSET_AND_FLAGS, 2, TcpFlag.ae);
  flags.flag('tcp.flags.cwr', 'Congestion window reduced', OFFSET_AND_FLAGS, 2, TcpFlag.cwr);
  flags.flag('tcp.flags.ece', 'ECN echo', OFFSET_AND_FLAGS, 2, TcpFlag.ece);
  flags.flag('tcp.flags.urg', 'Urgent', OFFSET_AND_FLAGS, 2, TcpFlag.urg);
  flags.flag('tcp.flags.ack', 'Acknowledgment', OFFSET_AND_FLAGS, 2, TcpFlag.ack);
  flags.flag('tcp.flags.push', 'Push', OFFSET_AND_FLAGS, 2, TcpFlag.psh);
  flags.flag('tcp.flags.reset', 'Reset', OFFSET_AND_FLAGS, 2, TcpFlag.rst);
  flags.flag('tcp.flags.syn', 'Syn', OFFSET_AND_FLAGS, 2, TcpFlag.syn);
  flags.flag('tcp.flags.fin', 'Fin', OFFSET_AND_FLAGS, 2, TcpFlag.fin);
}

/** "SYN, ACK" */
export function flagNames(flags: number): string {
  const names = Object.entries(TcpFlag).filter(([, bit]) => (flags & bit) !== 0);
  return names.map(([name]) => name.toUpperCase()).join(', ') || 'none';
}

function title(f: Fields, payload: number): string {
  const ports = `${f.read(SOURCE_PORT, 2)} > ${f.read(DESTINATION_PORT, 2)}`;
  const flags = flagNames(f.read(OFFSET_AND_FLAGS, 2) & FLAGS);
  return `Transmission Control Protocol, ${ports}, ${flags}, Seq ${f.read(SEQUENCE, 4)}, Len ${payload}`;
}

/** A layer's title with another number for its first byte. */
export const titleFrom = (title: string, sequence: number): string => title.replace(/, Seq \d+,/, `, Seq ${sequence},`);

/** Transmission Control Protocol (RFC 9293). */
export const tcp: Protocol = { name: 'tcp', over: [ipProtocol(6)], scan, layer };
