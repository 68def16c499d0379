import { u16, u32 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import { Kind, type Packets, Reason } from '../packets.ts';
import { ipProtocol, type FieldContext, type Layer, type Protocol } from '../protocol.ts';

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const SEQUENCE = 4;
const ACKNOWLEDGMENT = 8;
const OFFSET_AND_FLAGS = 12;
const WINDOW = 14;
const CHECKSUM = 16;
const URGENT = 18;
const OPTIONS = 20;
const HEADER = 20;

function scan(p: Packets, row: number): number {
  const { at, bytes, end, wire } = p;
  if (end - at < HEADER) return p.lacks(row, HEADER);
  const offsetAndFlags = u16(bytes, at + OFFSET_AND_FLAGS);
  const header = (offsetAndFlags >> 12) * 4;
  if (header < HEADER || header > wire - at) return p.fail(row, Reason.badLength, at, header < HEADER ? HEADER : header);
  p.kind[row] = Kind.tcp;
  p.transportAt[row] = at;
  p.sourcePort[row] = u16(bytes, at + SOURCE_PORT);
  p.destinationPort[row] = u16(bytes, at + DESTINATION_PORT);
  p.sequence[row] = u32(bytes, at + SEQUENCE);
  p.acknowledgment[row] = u32(bytes, at + ACKNOWLEDGMENT);
  p.flags[row] = offsetAndFlags & 0x1ff;
  p.window[row] = u16(bytes, at + WINDOW);
  p.tcpHeaderLength[row] = header;
  p.payloadAt[row] = at + header;
  p.payloadLength[row] = wire - at - header;
  // Options cut by the snap length: ports, numbers and lengths still hold, so the row stays a TCP row.
  if (end - at < header) {
    p.payloadCaptured[row] = 0;
    return p.lacks(row, header);
  }
  p.payloadCaptured[row] = end - at - header;
  p.at = at + header;
  return 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('tcp.srcport', 'Source port', SOURCE_PORT, 2);
  f.number('tcp.dstport', 'Destination port', DESTINATION_PORT, 2);
  f.number('tcp.seq_raw', 'Sequence number', SEQUENCE, 4);
  f.number('tcp.ack_raw', 'Acknowledgment number', ACKNOWLEDGMENT, 4);
  f.bits('tcp.hdr_len', 'Header length', OFFSET_AND_FLAGS, 1, 0xf0, (words) => `${words * 4} bytes`);
  f.bits('tcp.flags', 'Flags', OFFSET_AND_FLAGS, 2, 0x0fff);
  f.number('tcp.window_size_value', 'Window', WINDOW, 2);
  f.hex('tcp.checksum', 'Checksum', CHECKSUM, 2);
  f.number('tcp.urgent_pointer', 'Urgent pointer', URGENT, 2);
  const header = Math.max(HEADER, (f.read(OFFSET_AND_FLAGS, 1) >> 4) * 4);
  f.raw('tcp.options', 'Options', OPTIONS, header - HEADER);
  return { protocol: 'tcp', title: 'Transmission Control Protocol', at, end: Math.min(at + header, end), fields: f.list };
}

/** Transmission Control Protocol (RFC 9293). */
export const tcp: Protocol = { name: 'tcp', over: [ipProtocol(6)], scan, layer };
