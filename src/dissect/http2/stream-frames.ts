import { Fields } from '../fields.ts';
import { isSecret } from '../http/header-names.ts';
import { Pieces } from '../pieces.ts';
import type { Field, Layer } from '../protocol.ts';
import { frameFields } from './frame-fields.ts';
import { FRAME_HEADER, Flag, PREFACE, plausible, Setting, Type, u24, u31 } from './frames.ts';
import { headerFields, packetTable } from './header-fields.ts';
import { HpackDecoder } from './hpack.ts';

/** Frames of one packet that get fields, and those that the title names. */
const FRAMES_LIMIT = 256;
const NAMED_LIMIT = 6;
/** Of a frame in pieces, or a header block in several frames, so much is kept. */
const CARRY_LIMIT = 1 << 20;

/** A field of a whole header block; undefined: an entry of the table that was not seen. A hidden one has no value. */
export interface HeadField {
  name: string | undefined;
  value: string | undefined;
  hidden: boolean;
}

/** Told of what frames carry. */
export interface FrameSink {
  /** A whole header block; of a PUSH_PROMISE with the stream that it promises. */
  head(stream: number, fields: readonly HeadField[]): void;
  /** A DATA frame's content without its padding. */
  data(stream: number, bytes: Uint8Array): void;
  /** END_STREAM was set. */
  end?(stream: number): void;
}

/** One direction of HTTP/2 whose bytes come in order: frames over their pieces, header fields with the table of all before. */
export class FrameStream {
  private readonly table = new HpackDecoder((name) => !isSecret(name));
  private readonly carry = new Pieces();
  /** Fragments of a header block that CONTINUATION frames go on with. */
  private readonly block = new Pieces();
  private continues = false;
  private begun = false;
  private lost = false;
  /** Bytes of a frame too large to keep. */
  private skip = 0;
  /** The stream of the header block at hand. */
  private stream = 0;
  private readonly sink: FrameSink | undefined;

  constructor(sink?: FrameSink) {
    this.sink = sink;
  }

  /** The other direction's SETTINGS_HEADER_TABLE_SIZE. */
  allow(size: number): void {
    this.table.allow(size);
  }

  /** Bytes are missing here. */
  miss(): void {
    this.carry.clear();
    this.block.clear();
    this.continues = false;
    this.table.lose();
    this.lost = true;
    this.skip = 0;
  }

  /** The next bytes. `other`: the direction that SETTINGS here are about. Fields are made only where they are wanted. */
  next(piece: Uint8Array, other: FrameStream, wanted: boolean): Layer | undefined {
    const kept = this.carry.length;
    const whole = this.carry.with(piece);
    const fields: Field[] = [];
    const words: string[] = [];
    let at = this.start(whole, fields, words);
    for (let frames = 0; at + FRAME_HEADER <= whole.length; frames++) {
      if (this.lost && !plausible(whole, at)) break;
      this.lost = false;
      const end = at + FRAME_HEADER + u24(whole, at);
      if (end > whole.length) break;
      const shown = wanted && frames < FRAMES_LIMIT;
      const word = this.frame(whole, at, end, other, shown ? fields : undefined);
      if (shown) words.push(word);
      at = end;
    }
    if (kept === 0 || at > 0) this.carry.clear();
    if (at < whole.length) this.rest(whole, at, fields);
    if (!wanted) return undefined;
    const more = words.length > NAMED_LIMIT ? `, and ${words.length - NAMED_LIMIT} more` : '';
    const title = words.length === 0 ? 'part of a frame' : `${words.slice(0, NAMED_LIMIT).join(', ')}${more}`;
    return {
      protocol: 'http2',
      title: `HyperText Transfer Protocol 2, ${title}`,
      at: 0,
      end: whole.length,
      fields,
      bytes: whole,
    };
  }

  private start(whole: Uint8Array, fields: Field[], words: string[]): number {
    const skipped = Math.min(this.skip, whole.length);
    this.skip -= skipped;
    if (skipped > 0) fields.push(segment('Part of a frame that began earlier', 0, skipped));
    if (this.begun || skipped > 0) return skipped;
    this.begun = true;
    if (whole.length >= PREFACE.length && PREFACE.equals(whole.subarray(0, PREFACE.length))) {
      new Fields(whole, 0, whole.length, fields).add('http2.magic', 'Magic', 0, PREFACE.length, PREFACE.toString('latin1'));
      words.push('Magic');
      return PREFACE.length;
    }
    // A server begins with SETTINGS; all else is the middle of a connection.
    if (whole[3] !== Type.settings) this.miss();
    return 0;
  }

  private rest(whole: Uint8Array, at: number, fields: Field[]): void {
    const left = whole.length - at;
    const missing = left >= FRAME_HEADER && !this.lost ? FRAME_HEADER + u24(whole, at) - left : 0;
    if (this.lost) fields.push(segment('Part of a frame whose beginning is missing', at, whole.length));
    else {
      fields.push(segment('The beginning of a frame that is whole in a later packet', at, whole.length));
      if (left + missing <= CARRY_LIMIT) this.carry.keep(whole, at);
      else {
        this.carry.clear();
        this.skip = missing;
        if (whole[at + 3] !== Type.data) this.table.lose();
      }
    }
  }

  private frame(whole: Uint8Array, at: number, end: number, other: FrameStream, list: Field[] | undefined): string {
    const type = whole[at + 3];
    const flags = whole[at + 4];
    if (type === Type.settings && !(flags & Flag.ack))
      for (let i = at + FRAME_HEADER; i + 6 <= end; i += 6)
        if (((whole[i] << 8) | whole[i + 1]) === Setting.headerTableSize)
          other.allow(((whole[i + 2] << 24) | (whole[i + 3] << 16) | (whole[i + 4] << 8) | whole[i + 5]) >>> 0);
    const opens = type === Type.headers || type === Type.pushPromise;
    const ends = (flags & Flag.endHeaders) !== 0;
    if (opens) this.stream = u31(whole, at + (type === Type.headers ? 5 : FRAME_HEADER + (flags & Flag.padded ? 1 : 0)));
    let word = '';
    if (opens && ends && list !== undefined) {
      this.block.clear();
      this.continues = false;
      word = frameFields(new Fields(whole, at, end), this.table, list);
      this.sink?.head(this.stream, headOf(list.at(-1)));
    } else {
      if (list !== undefined) word = frameFields(new Fields(whole, at, end), packetTable(), list);
      if (opens || (type === Type.continuation && this.continues)) this.fragment(whole, at, end, opens, list?.at(-1));
    }
    if (this.sink === undefined) return word;
    if (type === Type.data) {
      const from = at + FRAME_HEADER + (flags & Flag.padded ? 1 : 0);
      const to = flags & Flag.padded ? end - whole[at + FRAME_HEADER] : end;
      this.sink.data(u31(whole, at + 5), whole.subarray(from, Math.max(from, to)));
    }
    if (flags & Flag.endStream && (type === Type.headers || type === Type.data)) this.sink.end?.(u31(whole, at + 5));
    return word;
  }

  /** A part of a header block; the last one ends it, under this frame's fields where there are any. */
  private fragment(whole: Uint8Array, at: number, end: number, first: boolean, frame: Field | undefined): void {
    if (first) this.block.clear();
    const block = this.block.with(fragmentOf(whole, at, end));
    this.continues = block.length <= CARRY_LIMIT;
    if (!this.continues) this.table.lose();
    else if ((whole[at + 4] & Flag.endHeaders) === 0) {
      this.block.keep(block, 0);
      return;
    } else {
      this.continues = false;
      if (frame === undefined) this.decode(block);
      else {
        continued(frame, block, this.table);
        this.sink?.head(this.stream, headOf(frame));
      }
    }
    this.block.clear();
  }

  private decode(block: Uint8Array): void {
    const fields: HeadField[] = [];
    this.table.decode(block, 0, block.length, {
      field: (name, value) => {
        if (this.sink !== undefined) fields.push({ name, value, hidden: name !== undefined && isSecret(name) });
      },
    });
    this.sink?.head(this.stream, fields);
  }
}

/** Names and values of a whole header block, as the fields of its frame have them. */
function headOf(frame: Field | undefined): HeadField[] {
  const found: HeadField[] = [];
  for (const field of frame?.children ?? []) {
    if (field.name === 'http2.header') {
      const text = (name: string): string | undefined => {
        const value = field.children?.find((child) => child.name === name)?.value;
        return typeof value === 'string' ? value : undefined;
      };
      const name = text('http2.header.name');
      found.push({ name, value: text('http2.header.value'), hidden: name !== undefined && isSecret(name) });
    } else found.push(...headOf(field));
  }
  return found;
}

/** The fields of a block that began in earlier frames stand under the frame that ends it, each with the range of all of it. */
function continued(frame: Field, block: Uint8Array, table: HpackDecoder): void {
  const under = frame.children?.at(-1);
  if (under === undefined) return;
  const f = new Fields(block, 0, block.length);
  headerFields(f, table, 0, block.length, true);
  place(f.list, under.at, under.end);
  under.children = f.list;
}

function place(fields: Field[], at: number, end: number): void {
  for (const field of fields) {
    field.at = at;
    field.end = end;
    if (field.children !== undefined) place(field.children, at, end);
  }
}

/** The header block fragment of a HEADERS, PUSH_PROMISE or CONTINUATION frame (RFC 9113 §6.2, §6.6, §6.10). */
function fragmentOf(bytes: Uint8Array, at: number, end: number): Uint8Array {
  const type = bytes[at + 3];
  const flags = bytes[at + 4];
  let from = at + FRAME_HEADER;
  let to = end;
  if (type !== Type.continuation && flags & Flag.padded) to -= bytes[from++];
  if (type === Type.headers && flags & Flag.priority) from += 5;
  if (type === Type.pushPromise) from += 4;
  return bytes.subarray(from, Math.max(from, to));
}

const segment = (label: string, at: number, end: number): Field => ({
  name: 'http2.data.segment',
  label,
  at,
  end,
  value: null,
  text: `${end - at} bytes`,
});
