import { u16 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import { Kind, type Packets, Reason } from '../packets.ts';
import { ipProtocol, type FieldContext, type Layer, type Protocol } from '../protocol.ts';
import { byUdpPort, claims } from '../tables.ts';

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const LENGTH = 4;
const CHECKSUM = 6;
const HEADER = 8;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const source = u16(bytes, at + SOURCE_PORT);
  const destination = u16(bytes, at + DESTINATION_PORT);
  const length = u16(bytes, at + LENGTH);
  // 0: longer than 16 bits can say (a jumbogram, RFC 2675 section 4), or left to the sending card.
  if (length !== 0) {
    if (length < HEADER) return p.fail(row, Reason.badLength, at, HEADER);
    if (at + length < p.wire) p.wire = at + length;
    if (p.end > p.wire) p.end = p.wire;
  }
  p.kind[row] = Kind.udp;
  p.transportAt[row] = at;
  p.sourcePort[row] = source;
  p.destinationPort[row] = destination;
  p.at = at + HEADER;
  p.payloadAt[row] = at + HEADER;
  p.payloadLength[row] = p.wire - at - HEADER;
  p.payloadCaptured[row] = p.end - at - HEADER;
  return p.wire - at > HEADER ? above(p, source, destination) : 0;
}

/** The lower port is the likelier service. */
function above(p: Packets, source: number, destination: number): number {
  const low = byUdpPort[source < destination ? source : destination];
  if (low !== 0 && (claims[low]?.(p) ?? true)) return low;
  const high = byUdpPort[source < destination ? destination : source];
  return high !== 0 && (claims[high]?.(p) ?? true) ? high : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('udp.srcport', 'Source port', SOURCE_PORT, 2);
  f.number('udp.dstport', 'Destination port', DESTINATION_PORT, 2);
  f.number('udp.length', 'Length', LENGTH, 2);
  f.hex('udp.checksum', 'Checksum', CHECKSUM, 2);
  const title = f.has(0, HEADER) ? `, ${f.read(SOURCE_PORT, 2)} > ${f.read(DESTINATION_PORT, 2)}` : '';
  return { protocol: 'udp', title: `User Datagram Protocol${title}`, at, end: Math.min(at + HEADER, end), fields: f.list };
}

/** User Datagram Protocol (RFC 768). */
export const udp: Protocol = { name: 'udp', over: [ipProtocol(17)], scan, layer };
