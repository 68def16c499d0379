import { u24 } from '../bytes.ts';
import { Fields, hexText, type Meaning } from '../fields.ts';
import type { Field } from '../protocol.ts';
import { clientHelloFields } from '../tls/hello-fields.ts';
import { HandshakeType, handshakeTypeName } from '../tls/names.ts';
import { CryptoStream } from './crypto-stream.ts';
import { frameName, transportErrorName } from './frame-names.ts';
import { FrameReader, FrameType, StreamBit } from './frames.ts';
import { varintLength } from './varint.ts';

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
  [FrameType.resetStream]: [
    ['quic.rsts.stream_id', 'Stream ID'],
    ['quic.rsts.application_error_code', 'Application Error Code'],
    ['quic.rsts.final_size', 'Final Size'],
  ],
  [FrameType.stopSending]: [
    ['quic.ss.stream_id', 'Stream ID'],
    ['quic.ss.application_error_code', 'Application Error Code'],
  ],
  [FrameType.crypto]: [
    ['quic.crypto.offset', 'Offset'],
    ['quic.crypto.length', 'Length'],
  ],
  [FrameType.newToken]: [['quic.nt.length', 'Token Length']],
  [FrameType.maxData]: [['quic.md.maximum_data', 'Maximum Data']],
  [FrameType.maxStreamData]: [
    ['quic.msd.stream_id', 'Stream ID'],
    ['quic.msd.maximum_stream_data', 'Maximum Stream Data'],
  ],
  [FrameType.maxStreamsBidi]: [['quic.ms.max_streams', 'Max Streams']],
  [FrameType.maxStreamsUni]: [['quic.ms.max_streams', 'Max Streams']],
  [FrameType.dataBlocked]: [['quic.sb.stream_data_limit', 'Data Limit']],
  [FrameType.streamDataBlocked]: [
    ['quic.sdb.stream_id', 'Stream ID'],
    ['quic.sb.stream_data_limit', 'Stream Data Limit'],
  ],
  [FrameType.streamsBlockedBidi]: [['quic.sib.stream_limit', 'Stream Limit']],
  [FrameType.streamsBlockedUni]: [['quic.sib.stream_limit', 'Stream Limit']],
  [FrameType.newConnectionId]: [
    ['quic.nci.sequence', 'Sequence'],
    ['quic.nci.retire_prior_to', 'Retire Prior To'],
  ],
  [FrameType.retireConnectionId]: [['quic.rci.sequence', 'Sequence']],
  [FrameType.close]: [
    ['quic.cc.error_code', 'Error Code'],
    ['quic.cc.frame_type', 'Frame Type'],
    ['quic.cc.reason_phrase.length', 'Reason Phrase Length'],
  ],
  [FrameType.closeApplication]: [
    ['quic.cc.error_code.app', 'Application Error Code'],
    ['quic.cc.reason_phrase.length', 'Reason Phrase Length'],
  ],
  [FrameType.ackFrequency]: [
    ['quic.af.sequence_number', 'Sequence Number'],
    ['quic.af.ack_eliciting_threshold', 'Ack-Eliciting Threshold'],
    ['quic.af.request_max_ack_delay', 'Request Max Ack Delay'],
    ['quic.af.reordering_threshold', 'Reordering Threshold'],
  ],
  [FrameType.timeStamp]: [['quic.ts', 'Time Stamp']],
  [FrameType.datagram + 1]: [['quic.dg.length', 'Datagram Length']],
};
INTEGERS[FrameType.ackEcn] = INTEGERS[FrameType.ack];

/** The bytes that a frame has behind its integers. A token lets its holder in without being asked who he is: it is not shown. */
const DATA: Record<number, [name: string, label: string]> = {
  [FrameType.crypto]: ['quic.crypto.crypto_data', 'Crypto Data'],
  [FrameType.newConnectionId]: ['quic.nci.connection_id', 'Connection ID'],
  [FrameType.pathChallenge]: ['quic.path_challenge.data', 'Data'],
  [FrameType.pathResponse]: ['quic.path_response.data', 'Data'],
  [FrameType.datagram]: ['quic.dg', 'Datagram'],
  [FrameType.datagram + 1]: ['quic.dg', 'Datagram'],
};

/** Transport error codes (RFC 9000 §20.1) with their names. */
const errorText: Meaning = (value) => `${transportErrorName(value)} (${hexText(value, 2)})`;

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
    const name = frameName(reader.type);
    if (reader.type !== FrameType.padding && !names.includes(name)) names.push(name);
    fields.push(frameField(bytes, reader, name));
    if (reader.type === FrameType.crypto) pieces.push({ offset: reader.offset, at: reader.dataAt, end: reader.dataEnd });
  }
  if (reader.end < end && count < FRAME_LIMIT)
    fields.push({ name: 'quic.frame', label: 'Unknown frame', at: reader.end, end, value: bytes[reader.end] });
  const hello = helloFields(bytes, at, end, pieces, fields);
  return hello === undefined ? names : [hello, ...names.filter((name) => name !== frameName(FrameType.crypto))];
}

function frameField(bytes: Uint8Array, reader: FrameReader, name: string): Field {
  const { type, at, end, places, values, dataAt, dataEnd } = reader;
  const children: Field[] = [];
  const f = new Fields(bytes, at, end, children);
  f.add('quic.frame_type', 'Frame Type', 0, varintLength(bytes[at]), type, `${name} (${type})`);
  let text = `${end - at} bytes`;
  if (type === FrameType.padding) f.add('quic.padding_length', 'Padding Length', 0, end - at, end - at);
  else if (reader.isStream) text = streamFields(f, reader);
  else
    (INTEGERS[type] ?? []).forEach(([field, label], i) => {
      const meaning = field === 'quic.cc.error_code' ? errorText(values[i]) : undefined;
      f.add(field, label, places[i] - at, varintLength(bytes[places[i]]), values[i], meaning);
    });
  const data = DATA[type];
  if (data !== undefined && dataEnd > dataAt) f.raw(data[0], data[1], dataAt - at, dataEnd - dataAt);
  if ((type === FrameType.close || type === FrameType.closeApplication) && dataEnd > dataAt) {
    const phrase = Buffer.from(bytes.subarray(dataAt, dataEnd)).toString('utf8');
    f.add('quic.cc.reason_phrase', 'Reason Phrase', dataAt - at, dataEnd - dataAt, phrase);
  }
  return { name: 'quic.frame', label: name, at, end, value: type, text, children };
}

/** RFC 9000 §19.8: the id's last two bits tell who began the stream, and whether both sides send on it. */
function streamFields(f: Fields, reader: FrameReader): string {
  const { type, at, places, values, dataAt, dataEnd } = reader;
  const bit = (name: string, label: string, mask: number): void => void f.flag(name, label, 0, 1, mask);
  bit('quic.stream.off', 'Offset present', StreamBit.offset);
  bit('quic.stream.len', 'Length present', StreamBit.length);
  bit('quic.stream.fin', 'Fin', StreamBit.fin);
  const labels: [string, string][] = [['quic.stream.stream_id', 'Stream ID']];
  if (type & StreamBit.offset) labels.push(['quic.stream.offset', 'Offset']);
  if (type & StreamBit.length) labels.push(['quic.stream.length', 'Length']);
  labels.forEach(([field, label], i) => {
    f.add(field, label, places[i] - at, varintLength(f.bytes[places[i]]), values[i]);
  });
  if (dataEnd > dataAt) f.unread('quic.stream_data', 'Stream Data', dataAt - at, dataEnd - dataAt);
  const [id] = values;
  const fin = type & StreamBit.fin ? ', fin' : '';
  return `stream ${id} (${id & 1 ? 'server' : 'client'}, ${id & 2 ? 'unidirectional' : 'bidirectional'}), offset ${reader.offset}, ${dataEnd - dataAt} bytes${fin}`;
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
