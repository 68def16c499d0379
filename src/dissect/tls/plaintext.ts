import { u16, u24 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import { FrameStream } from '../http2/stream-frames.ts';
import { Kind, Packets } from '../packets.ts';
import type { Field, FieldContext, Layer } from '../protocol.ts';
import { dns } from '../protocols/dns.ts';
import { http } from '../protocols/http.ts';
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
  /** "http", "http2", "dns", "unknown". */
  inside: string;
  /** Content of this side is missing before it. */
  behindGap?: boolean;
}

/** Handshake messages and DNS messages in pieces: so much of one is kept. */
const CARRY_LIMIT = 1 << 17;
const NOTHING = new Uint8Array(0);

class Side {
  /** Of a handshake message, and of what the connection carries. */
  messages: Uint8Array = NOTHING;
  data: Uint8Array = NOTHING;
  readonly frames = new FrameStream();
}

/** The plaintext of one connection in its order, as layers of the packets that completed its records. */
export class Plaintext {
  private readonly sides = [new Side(), new Side()];

  /** Content of a side is missing here. */
  miss(fromClient: boolean): void {
    const side = this.sides[fromClient ? 0 : 1];
    side.messages = side.data = NOTHING;
    side.frames.miss();
  }

  /** Records of one type that one packet completed, all from one side, in order; no fields are made where nobody wants them. */
  next(records: readonly PlainRecord[], wanted: boolean): Layer[] {
    const [first] = records;
    if (first === undefined) return [];
    const bytes = records.length === 1 ? first.bytes : Buffer.concat(records.map((each) => each.bytes));
    const side = this.sides[first.fromClient ? 0 : 1];
    if (first.type === ContentType.applicationData) {
      const inner = this.inside(side, first, bytes, wanted);
      return wanted ? [recordsLayer(records, bytes), ...inner] : [];
    }
    if (first.type !== ContentType.handshake) return wanted ? [recordsLayer(records, bytes)] : [];
    const whole = joined(side.messages, bytes);
    let end = 0;
    while (end + 4 <= whole.length && end + 4 + u24(whole, end + 1) <= whole.length) end += 4 + u24(whole, end + 1);
    side.messages = whole.length - end <= CARRY_LIMIT ? whole.slice(end) : NOTHING;
    if (!wanted) return [];
    return [recordsLayer(records, bytes), ...(end > 0 ? [messagesLayer(whole, end, first.tls13)] : [])];
  }

  private inside(side: Side, { fromClient, inside }: PlainRecord, bytes: Uint8Array, wanted: boolean): Layer[] {
    if (inside === 'http2') {
      const layer = side.frames.next(bytes, this.sides[fromClient ? 1 : 0].frames, wanted);
      return layer === undefined ? [] : [layer];
    }
    if (inside === 'dns') {
      const whole = joined(side.data, bytes);
      let end = 0;
      while (end + 2 <= whole.length && end + 2 + u16(whole, end) <= whole.length) end += 2 + u16(whole, end);
      side.data = whole.length - end <= CARRY_LIMIT ? whole.slice(end) : NOTHING;
      return wanted && end > 0 ? [owned(dns.layer(whole, 0, context(whole, end)), whole)] : [];
    }
    return wanted && inside === 'http' ? [owned(http.layer(bytes, 0, context(bytes, bytes.length)), bytes)] : [];
  }
}

const joined = (before: Uint8Array, bytes: Uint8Array): Uint8Array =>
  before.length === 0 ? bytes : Buffer.concat([before, bytes]);

const owned = (layer: Layer, bytes: Uint8Array): Layer => ({ ...layer, bytes });

/** For protocols that ask what they stand on: a stream. */
function context(bytes: Uint8Array, end: number): FieldContext {
  const packets = new Packets(1);
  packets.clear(0, 1);
  packets.kind[0] = Kind.tcp;
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
    under.add('tls.record.opaque_type', 'Content Type', 0, 0, record.type, `${name} (${record.type})`);
    if (record.type === ContentType.alert) {
      const words: string[] = [];
      alertFields(under, 0, end - at, words);
      titles.push(...words);
    } else under.raw('tls.segment.data', 'Plaintext', 0, end - at);
    at = end;
  }
  if (titles.length === 0) titles.push(contentTypeName(records[0].type));
  if (records.length > 1) titles.push(`${records.length} records`);
  const title = `Decrypted TLS, ${titles.join(', ')}, ${bytes.length} bytes`;
  return { protocol: 'tls.decrypted', title, at: 0, end: bytes.length, fields, bytes };
}

function messagesLayer(whole: Uint8Array, end: number, tls13: boolean): Layer {
  const fields: Field[] = [];
  const titles: string[] = [];
  handshakes(whole, 0, end, end, fields, titles, tls13);
  return { protocol: 'tls.handshake', title: `TLS Handshake, ${titles.join(', ')}`, at: 0, end, fields, bytes: whole };
}
