import { u24 } from '../bytes.ts';
import { Fields, hexText, type Meaning } from '../fields.ts';
import type { Field } from '../protocol.ts';
import { clientHelloFields } from '../tls/hello-fields.ts';
import { HandshakeType, handshakeTypeName } from '../tls/names.ts';
import { CryptoStream } from './crypto-stream.ts';
import { FrameReader, FrameType } from './frames.ts';

/** Frames of one packet that are shown; a packet of PINGs has a thousand. */
const FRAME_LIMIT = 256;
const MESSAGE_HEADER = 4;

/** The fields of each frame's integers, in their order. */
const INTEGERS: Record<number, [name: string, label: string][]> = {
  [FrameType.ack]: [
    ['quic.ack.largest_acknowledged', 'Largest Acknowledged'],
    ['quic.ack.ack_delay', 'ACK Delay'],
    ['quic.ack.ack_range_count', 'ACK Range Count'],
    ['quic.ack.first_ack_range', 'First ACK Range'],
  ],
  [FrameType.crypto]: [
    ['quic.crypto.offset', 'Offset'],
    ['quic.crypto.length', 'Length'],
  ],
  [FrameType.close]: [
    ['quic.cc.error_code', 'Error Code'],
    ['quic.cc.frame_type', 'Frame Type'],
    ['quic.cc.reason_phrase.length', 'Reason Phrase Length'],
  ],
};
INTEGERS[FrameType.ackEcn] = INTEGERS[FrameType.ack];

const NAMES: Record<number, string> = {
  [FrameType.padding]: 'PADDING',
  [FrameType.ping]: 'PING',
  [FrameType.ack]: 'ACK',
  [FrameType.ackEcn]: 'ACK with ECN counts',
  [FrameType.crypto]: 'CRYPTO',
  [FrameType.close]: 'CONNECTION_CLOSE',
};

/** Transport error codes (RFC 9000 §20.1); 0x01xx is the TLS alert xx. */
const errorText: Meaning = (value) => (value >> 8 === 1 ? `${hexText(value, 4)} (TLS alert ${value & 255})` : hexText(value, 2));

/** A CRYPTO frame's data: from where in the stream, and where in the packet. */
interface Piece {
  offset: number;
  at: number;
  end: number;
}

/** Adds the frames of a decrypted payload (RFC 9000 §19), and the hello that they carry; returns words for the title. */
export function frameFields(bytes: Uint8Array, at: number, end: number, fields: Field[]): string[] {
  const reader = new FrameReader(bytes, at, end);
  const names: string[] = [];
  const pieces: Piece[] = [];
  let count = 0;
  while (reader.next() && count++ < FRAME_LIMIT) {
    const name = NAMES[reader.type];
    if (reader.type !== FrameType.padding && !names.includes(name)) names.push(name);
    fields.push(frameField(bytes, reader, name));
    if (reader.type === FrameType.crypto) pieces.push({ offset: reader.offset, at: reader.dataAt, end: reader.dataEnd });
  }
  if (reader.end < end && count < FRAME_LIMIT)
    fields.push({ name: 'quic.frame', label: 'Unknown frame', at: reader.end, end, value: bytes[reader.end] });
  const hello = helloFields(bytes, at, end, pieces, fields);
  return hello === undefined ? names : [hello, ...names.filter((name) => name !== NAMES[FrameType.crypto])];
}

function frameField(bytes: Uint8Array, reader: FrameReader, name: string): Field {
  const { type, at, end, places, values } = reader;
  const children: Field[] = [];
  const f = new Fields(bytes, at, end, children);
  f.number('quic.frame_type', 'Frame Type', 0, 1, (value) => `${name} (${value})`);
  if (type === FrameType.padding) f.add('quic.padding_length', 'Padding Length', 0, end - at, end - at);
  (INTEGERS[type] ?? []).forEach(([field, label], i) => {
    const next = places[i + 1] ?? (type === FrameType.crypto || type === FrameType.close ? reader.dataAt : end);
    const text = field === 'quic.cc.error_code' ? errorText(values[i]) : undefined;
    f.add(field, label, places[i] - at, next - places[i], values[i], text);
  });
  if (type === FrameType.crypto) f.raw('quic.crypto.crypto_data', 'Crypto Data', reader.dataAt - at, end - reader.dataAt);
  if (type === FrameType.close && reader.dataEnd > reader.dataAt) {
    const phrase = Buffer.from(bytes.subarray(reader.dataAt, reader.dataEnd)).toString('utf8');
    f.add('quic.cc.reason_phrase', 'Reason Phrase', reader.dataAt - at, reader.dataEnd - reader.dataAt, phrase);
  }
  return { name: 'quic.frame', label: name, at, end, value: type, text: `${end - at} bytes`, children };
}

/** The beginning of the handshake, put together from the frames of this packet; undefined where none of them has it. */
function helloFields(bytes: Uint8Array, at: number, end: number, pieces: Piece[], fields: Field[]): string | undefined {
  const stream = new CryptoStream();
  for (const piece of pieces) stream.add(piece.offset, bytes, piece.at, piece.end);
  const here = stream.beginning();
  if (here.length < MESSAGE_HEADER || here[0] !== HandshakeType.clientHello) return undefined;
  const name = handshakeTypeName(here[0]) ?? '';
  const length = MESSAGE_HEADER + u24(here, 1);
  const stop = Math.min(here.length, length);
  const children: Field[] = [];
  const f = new Fields(here, 0, stop, children);
  f.number('tls.handshake.type', 'Handshake Type', 0, 1, (value) => `${name} (${value})`);
  f.number('tls.handshake.length', 'Length', 1, 3);
  const hello = clientHelloFields(here, MESSAGE_HEADER, stop, stop === length, children);
  const sni = hello.serverName === undefined ? '' : ` (SNI=${hello.serverName})`;
  const title = `${name}${sni}${stop < length ? ' (first part)' : ''}`;
  const node: Field = {
    name: 'tls.handshake',
    label: 'Handshake Protocol',
    at: 0,
    end: stop,
    value: here[0],
    text: title,
    children,
  };
  place(node, pieces, at, end);
  fields.push(node);
  return title;
}

/** Makes offsets in the stream offsets in the packet. What does not lie in one frame has the whole payload for its place. */
function place(field: Field, pieces: Piece[], at: number, end: number): void {
  const piece = pieces.find((one) => field.at >= one.offset && field.end <= one.offset + one.end - one.at);
  if (piece !== undefined) {
    shift(field, piece.at - piece.offset);
    return;
  }
  field.at = at;
  field.end = end;
  for (const child of field.children ?? []) place(child, pieces, at, end);
}

function shift(field: Field, by: number): void {
  field.at += by;
  field.end += by;
  for (const child of field.children ?? []) shift(child, by);
}
