import { u16 } from '../bytes.ts';
import { Fields, hexText, wrong } from '../fields.ts';
import { Kind, type Packets, Reason } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol } from '../protocol.ts';
import { byUdpPort, claims, onAnyUdpPort } from '../tables.ts';

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
  const payload = at + HEADER;
  p.kind[row] = Kind.udp;
  p.transportAt[row] = at;
  p.sourcePort[row] = source;
  p.destinationPort[row] = destination;
  p.at = payload;
  p.payloadAt[row] = payload;
  p.payloadLength[row] = p.wire - payload;
  p.payloadCaptured[row] = p.end - payload;
  return p.wire > payload ? above(p, source, destination) : 0;
}

/** The lower port is the likelier service. */
function above(p: Packets, source: number, destination: number): number {
  const low = claimed(p, byUdpPort[source < destination ? source : destination]);
  if (low !== 0) return low;
  const high = claimed(p, byUdpPort[source < destination ? destination : source]);
  return high !== 0 ? high : guessed(p);
}

function guessed(p: Packets): number {
  for (let i = 0; i < onAnyUdpPort.length; i++) if (onAnyUdpPort[i].looks(p)) return onAnyUdpPort[i].id;
  return 0;
}

function claimed(p: Packets, id: number): number {
  if (id === 0) return 0;
  const claim = claims[id];
  return claim === undefined || claim(p) ? id : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('udp.srcport', 'Source port', SOURCE_PORT, 2);
  f.number('udp.dstport', 'Destination port', DESTINATION_PORT, 2);
  const length = f.number('udp.length', 'Length', LENGTH, 2);
  const value = f.read(LENGTH, 2);
  if (value !== 0 && value < HEADER) wrong(length, `UDP length is ${value}, at least ${HEADER} are needed`);
  f.number('udp.checksum', 'Checksum', CHECKSUM, 2, (sum) => (sum === 0 ? '0x0000 (none)' : hexText(sum, 4)));
  const ports = f.has(0, LENGTH) ? `, ${f.read(SOURCE_PORT, 2)} > ${f.read(DESTINATION_PORT, 2)}` : '';
  return f.layer('udp', `User Datagram Protocol${ports}`, HEADER);
}

/** User Datagram Protocol (RFC 768). */
export const udp: Protocol = { name: 'udp', over: [ipProtocol(17)], scan, layer };
