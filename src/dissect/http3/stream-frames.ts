import { Fields } from '../fields.ts';
import { isSecret } from '../http/header-names.ts';
import type { HeadField } from '../http2/stream-frames.ts';
import type { Field, Layer } from '../protocol.ts';
import { varint, varintEnd, varintLength } from '../quic/varint.ts';
import { frameChildren } from './frame-fields.ts';
import { Http3Setting, Http3Type, http3FrameName, StreamType, streamTypeName } from './names.ts';
import { QpackDecoder, Section } from './qpack.ts';
import { readSettings } from './settings.ts';

/** Frames of one piece that get fields, and those that the title names. */
const FRAMES_LIMIT = 256;
const NAMED_LIMIT = 6;
/** Of a frame in pieces so much is kept; DATA is shown as it comes. */
const CARRY_LIMIT = 1 << 20;
/** Streams whose place is remembered. */
const STREAMS_LIMIT = 4096;
const NOTHING = new Uint8Array(0);

/** Told of what frames carry. */
export interface Http3Sink {
  /** A whole field section. */
  head(fromClient: boolean, stream: number, fields: readonly HeadField[]): void;
  /** Content of a DATA frame. */
  data(fromClient: boolean, stream: number, bytes: Uint8Array): void;
}

/** One direction of a stream. */
class Place {
  carry: Uint8Array = NOTHING;
  /** Of a unidirectional stream; -1 not known yet. */
  type: number;
  /** Bytes of a DATA frame, or of one too large to keep, that are still to come. */
  skip = 0;
  data = false;
  lost = false;

  constructor(type: number) {
    this.type = type;
  }
}

/** HTTP/3 on the streams of one connection, as layers of the pieces that carry it; bytes of each direction come in order. */
export class Http3Frames {
  private readonly tables = [new QpackDecoder((name) => !isSecret(name)), new QpackDecoder((name) => !isSecret(name))];
  private readonly places = new Map<string, Place>();
  private readonly sink: Http3Sink | undefined;

  constructor(sink?: Http3Sink) {
    this.sink = sink;
  }

  /** Bytes are missing here. */
  miss(fromClient: boolean, stream: number): void {
    const place = this.place(fromClient, stream);
    if (stream & 2 && (place.type < 0 || place.type === StreamType.encoder)) this.tables[fromClient ? 0 : 1].lose();
    place.carry = NOTHING;
    place.lost = true;
  }

  /** The next bytes of a stream's direction; fields are made only where they are wanted. */
  next(fromClient: boolean, stream: number, piece: Uint8Array, wanted: boolean): Layer | undefined {
    const place = this.place(fromClient, stream);
    if (place.lost || piece.length === 0) return undefined;
    const whole = place.carry.length === 0 ? piece : Buffer.concat([place.carry, piece]);
    place.carry = NOTHING;
    const f = new Fields(whole, 0, whole.length);
    const words: string[] = [];
    const at = this.streamType(place, f, words);
    if (place.type === StreamType.encoder) this.encoder(fromClient, f, at, words);
    else if (place.type === StreamType.decoder) f.unread('http3.qpack.decoder', 'Decoder instructions', at, whole.length - at);
    else if (place.type <= StreamType.push) this.frames(place, fromClient, stream, f, at, wanted, words);
    if (!wanted) return undefined;
    const more = words.length > NAMED_LIMIT ? `, and ${words.length - NAMED_LIMIT} more` : '';
    const title = words.length === 0 ? 'part of a frame' : `${words.slice(0, NAMED_LIMIT).join(', ')}${more}`;
    return {
      protocol: 'http3',
      title: `HyperText Transfer Protocol 3, stream ${stream}, ${title}`,
      at: 0,
      end: whole.length,
      fields: f.list,
      bytes: whole,
    };
  }

  private place(fromClient: boolean, stream: number): Place {
    const key = `${fromClient ? '>' : '<'}${stream}`;
    let place = this.places.get(key);
    if (place === undefined) {
      if (this.places.size >= STREAMS_LIMIT) this.places.delete(this.places.keys().next().value as string);
      place = new Place(stream & 2 ? -1 : StreamType.control);
      this.places.set(key, place);
    }
    return place;
  }

  /** The type of a unidirectional stream, and a push stream's id; returns where what follows begins. */
  private streamType(place: Place, f: Fields, words: string[]): number {
    const { bytes, length } = f;
    if (place.type >= 0) return 0;
    const end = varintEnd(bytes, 0, length);
    const push = end < length && varint(bytes, 0) === StreamType.push ? varintEnd(bytes, end, length) : end;
    if (end > length || push > length) {
      place.carry = bytes.slice();
      return length;
    }
    place.type = varint(bytes, 0);
    const name = streamTypeName(place.type);
    words.push(`${name} stream`);
    f.add('http3.stream_type', 'Stream Type', 0, end, place.type, `${name} (${place.type})`);
    if (push > end) f.add('http3.push_id', 'Push ID', end, push - end, varint(bytes, end));
    return push;
  }

  private encoder(fromClient: boolean, f: Fields, at: number, words: string[]): void {
    const table = this.tables[fromClient ? 0 : 1];
    const before = table.inserted;
    const good = table.instructions(f.bytes, at, f.length);
    if (f.length > at) f.unread('http3.qpack.encoder', 'Encoder instructions', at, f.length - at);
    words.push(good ? `QPACK encoder, ${table.inserted - before} inserts` : 'QPACK encoder instructions that cannot be');
  }

  private frames(
    place: Place,
    fromClient: boolean,
    stream: number,
    f: Fields,
    from: number,
    wanted: boolean,
    words: string[],
  ): void {
    const { bytes, length } = f;
    let at = from;
    if (place.skip > 0) {
      const taken = Math.min(place.skip, length - at);
      if (place.data) this.sink?.data(fromClient, stream, bytes.subarray(at, at + taken));
      f.group('http3.data', place.data ? 'Data of a frame that began earlier' : 'Part of a frame', at, taken, `${taken} bytes`);
      words.push(place.data ? `DATA, ${taken} bytes more` : 'part of a frame');
      place.skip -= taken;
      at += taken;
    }
    for (let count = 0; at < length; count++) {
      const lengthAt = varintEnd(bytes, at, length);
      const payload = lengthAt < length ? varintEnd(bytes, lengthAt, length) : length + 1;
      if (payload > length) break;
      const type = varint(bytes, at);
      const size = varint(bytes, lengthAt);
      const end = Math.min(length, payload + size);
      const whole = payload + size <= length;
      if (!whole && type !== Http3Type.data) {
        if (payload + size - at <= CARRY_LIMIT) break;
        place.skip = payload + size - length;
        place.data = false;
        return;
      }
      const shown = wanted && count < FRAMES_LIMIT;
      const word = this.frame(fromClient, stream, f, type, [at, lengthAt, payload, end], size, shown);
      if (shown) words.push(word);
      if (!whole) {
        place.skip = payload + size - length;
        place.data = true;
      }
      at = end;
    }
    if (at >= length) return;
    f.group('http3.frame', 'The beginning of a frame that is whole in a later packet', at, length - at, `${length - at} bytes`);
    place.carry = bytes.slice(at);
  }

  private frame(
    fromClient: boolean,
    stream: number,
    f: Fields,
    type: number,
    [at, lengthAt, payload, end]: [number, number, number, number],
    size: number,
    shown: boolean,
  ): string {
    const { bytes } = f;
    const name = http3FrameName(type);
    const table = this.tables[fromClient ? 0 : 1];
    // What the one side allows holds for the other one's table.
    if (type === Http3Type.settings)
      readSettings(bytes, payload, end, (id, value) => {
        if (id === Http3Setting.tableCapacity) this.tables[fromClient ? 1 : 0].allow(value);
      });
    if (type === Http3Type.data) this.sink?.data(fromClient, stream, bytes.subarray(payload, end));
    if (type === Http3Type.headers && this.sink !== undefined)
      this.head(this.sink, fromClient, stream, table, bytes, payload, end);
    if (!shown) return name;
    const node: Field = { name: 'http3.frame', label: name, at, end, value: null, text: `${size} bytes`, children: [] };
    const under = new Fields(bytes, 0, end, node.children);
    under.add('http3.frame_type', 'Type', at, lengthAt - at, type, `${name} (${type})`);
    under.add('http3.frame_length', 'Length', lengthAt, varintLength(bytes[lengthAt]), size);
    f.list.push(node);
    const says = frameChildren(under, table, type, payload, end);
    if (type === Http3Type.data) return end - payload < size ? `DATA, ${end - payload} of ${size} bytes` : `DATA, ${size} bytes`;
    return says === '' ? name : `${name}: ${says}`;
  }

  private head(
    sink: Http3Sink,
    fromClient: boolean,
    stream: number,
    table: QpackDecoder,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): void {
    const fields: HeadField[] = [];
    const into = {
      field: (name: string | undefined, value: string | undefined): void => {
        fields.push({ name, value, hidden: name !== undefined && isSecret(name) });
      },
    };
    if (table.decode(bytes, at, end, into, true) === Section.read) sink.head(fromClient, stream, fields);
  }
}
