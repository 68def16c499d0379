import { u16, u24 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import { DnsMessages } from '../dns/message-bodies.ts';
import { MessageStream } from '../http/message-stream.ts';
import { FrameStream } from '../http2/stream-frames.ts';
import { Kind, Packets } from '../packets.ts';
import { Pieces } from '../pieces.ts';
import type { Field, FieldContext, Layer } from '../protocol.ts';
import { dns } from '../protocols/dns.ts';
import { alertFields } from './fields.ts';
import { handshakes } from './message-fields.ts';
import { ContentType, contentTypeName } from './names.ts';

/** A record's content without its protection. */
export interface PlainRecord {
  fromClient: boolean;
  type: number;
  bytes: Uint8Array;
  packets: readonly number[];
  packet: number;
  tls13: boolean;
  /** "http", "http2", "dns", "unknown"; "rejected": early data that the server did not take. */
  inside: string;
  /** Content of this side is missing before it. */
  behindGap?: boolean;
}

/** Handshake messages and DNS messages in pieces: so much of one is kept. */
const CARRY_LIMIT = 1 << 17;
/** First bytes that do not tell the protocol yet. */
const EARLY_LIMIT = 64;
const NOTHING = new Uint8Array(0);

class Side {
  /** Of a handshake message, and of what the connection carries. */
  readonly messages = new Pieces();
  readonly data = new Pieces();
  /** What came before the protocol was known. */
  early: Uint8Array = NOTHING;
  /** DNS messages in HTTP/2. */
  readonly dns = new DnsMessages();
  readonly frames = new FrameStream(this.dns);
  readonly http: MessageStream;

  constructor(fromClient: boolean) {
    this.http = new MessageStream(!fromClient);
  }
}

/** The plaintext of one connection in its order, as layers of the packets that completed its records. */
export class Plaintext {
  private readonly sides = [new Side(true), new Side(false)];

  /** Content of a side is missing here. */
  miss(fromClient: boolean): void {
    const side = this.sides[fromClient ? 0 : 1];
    side.messages.clear();
    side.data.clear();
    side.early = NOTHING;
    side.frames.miss();
    side.http.miss();
    side.dns.miss();
  }

  /** Records of one type that one packet completed, all from one side, in order; no fields are made where nobody wants them. */
  next(records: readonly PlainRecord[], wanted: boolean): Layer[] {
    const [first] = records;
    if (first === undefined) return [];
    const bytes = records.length === 1 ? first.bytes : Buffer.concat(records.map((each) => each.bytes));
    const side = this.sides[first.fromClient ? 0 : 1];
    if (first.type === ContentType.applicationData) {
      // The first record may hold too little to tell, or nothing (against BEAST).
      const { inside } = records[records.length - 1];
      const inner = this.inside(side, { ...first, inside }, bytes, wanted);
      return wanted ? [recordsLayer(records, bytes), ...inner] : [];
    }
    if (first.type !== ContentType.handshake) return wanted ? [recordsLayer(records, bytes)] : [];
    const whole = side.messages.with(bytes);
    let end = 0;
    while (end + 4 <= whole.length && end + 4 + u24(whole, end + 1) <= whole.length) end += 4 + u24(whole, end + 1);
    keepRest(side.messages, whole, end);
    if (!wanted) return [];
    return [recordsLayer(records, bytes), ...(end > 0 ? [messagesLayer(whole, end, first.tls13)] : [])];
  }

  private inside(side: Side, { fromClient, inside }: PlainRecord, piece: Uint8Array, wanted: boolean): Layer[] {
    if (inside === 'rejected') return [];
    const bytes = joined(side.early, piece);
    if (inside === 'unknown') {
      side.early = bytes.length <= EARLY_LIMIT ? bytes.slice() : NOTHING;
      return [];
    }
    side.early = NOTHING;
    const other = this.sides[fromClient ? 1 : 0];
    if (inside === 'http2') return withDns(side.frames.next(bytes, other.frames, wanted), side.dns, wanted);
    if (inside === 'http') return withDns(side.http.next(bytes, other.http, wanted), side.http.dns, wanted);
    if (inside !== 'dns') return [];
    const whole = side.data.with(bytes);
    let end = 0;
    while (end + 2 <= whole.length && end + 2 + u16(whole, end) <= whole.length) end += 2 + u16(whole, end);
    keepRest(side.data, whole, end);
    return wanted && end > 0 ? [owned(dns.layer(whole, 0, context(whole, end, Kind.tcp)), whole)] : [];
  }
}

/** What HTTP says, and the DNS messages that it has carried by now. */
function withDns(layer: Layer | undefined, messages: DnsMessages, wanted: boolean): Layer[] {
  const list = messages.take();
  if (!wanted || layer === undefined) return [];
  return [layer, ...list.map((bytes) => owned(dns.layer(bytes, 0, context(bytes, bytes.length, Kind.udp)), bytes))];
}

const joined = (before: Uint8Array, bytes: Uint8Array): Uint8Array =>
  before.length === 0 ? bytes : Buffer.concat([before, bytes]);

function keepRest(pieces: Pieces, whole: Uint8Array, from: number): void {
  if (from === whole.length || whole.length - from > CARRY_LIMIT) pieces.clear();
  else pieces.keep(whole, from);
}

const owned = (layer: Layer, bytes: Uint8Array): Layer => ({ ...layer, bytes });

/** For protocols that ask what they stand on: a stream, or a message by itself. */
function context(bytes: Uint8Array, end: number, kind: number): FieldContext {
  const packets = new Packets(1);
  packets.clear(0);
  packets.kind[0] = kind;
  packets.bytes = bytes;
  return { packets, end, wire: end, linkType: 0 };
}

function recordsLayer(records: readonly PlainRecord[], bytes: Uint8Array): Layer {
  const fields: Field[] = [];
  const titles: string[] = [];
  let at = 0;
  for (const record of records) {
    const end = at + record.bytes.length;
    const name = contentTypeName(record.type);
    const f = new Fields(bytes, at, end, fields);
    const from = record.packets[0];
    const carried = from === undefined || from === record.packet ? '' : `, in packets ${from} to ${record.packet}`;
    const field = f.group('tls.record', 'Decrypted record', 0, end - at, `${name}, ${end - at} bytes${carried}`);
    const under = f.under(field);
    under.add('tls.record.content_type', 'Content Type', 0, 0, record.type, `${name} (${record.type})`);
    if (record.type === ContentType.alert) {
      const words: string[] = [];
      alertFields(under, 0, end - at, words);
      titles.push(...words);
    } else under.unread('tls.segment.data', 'Plaintext', 0, end - at);
    at = end;
  }
  if (titles.length === 0) titles.push(contentTypeName(records[0].type));
  if (records[0].inside === 'rejected') titles.push('early data that the server did not take');
  if (records.length > 1) titles.push(`${records.length} records`);
  const title = `Decrypted TLS, ${titles.join(', ')}, ${bytes.length} bytes`;
  return { protocol: 'tls.decrypted', title, at: 0, end: bytes.length, fields, bytes };
}

/** Whole handshake messages as a layer of their own. */
export function messagesLayer(whole: Uint8Array, end: number, tls13: boolean): Layer {
  const fields: Field[] = [];
  const titles: string[] = [];
  handshakes(whole, 0, end, end, fields, titles, tls13);
  return { protocol: 'tls.handshake', title: `TLS Handshake, ${titles.join(', ')}`, at: 0, end, fields, bytes: whole };
}
