import { BYTES, CAPACITY, copied, decimal, DIGITS, FRACTION, VIEW, ZEROS } from './json-buffer.ts';
import { keptSentence, keptWord } from './json-words.ts';
import { type Literal, literal, literalAt, LITERAL_BITS, literalLength, POOL } from './literals.ts';

/** Room that a piece may need beside its text: its literal, times, quotes, and whole words over their end. */
const PIECE_ROOM = 512;
/** Up to here a piece has room behind it. */
const LIMIT = CAPACITY - 2 * PIECE_ROOM;

/** What a piece's value is, above the bits of its literal. */
const TEXT = 1 << LITERAL_BITS;
const INT = 2 << LITERAL_BITS;
const TIME = 3 << LITERAL_BITS;
const DURATION = 4 << LITERAL_BITS;
const SPAN = 5 << LITERAL_BITS;
const WORD = 6 << LITERAL_BITS;
const NUMBER_LIMIT = 1e9;

/** What JSON text must escape, and what no terminal should get: C0, DEL, C1, bidirectional and line controls, lone surrogates. */
const HIDDEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Seconds since 1970 that were written of late: their texts with quote and point, which they are, and how long the texts. */
const SECONDS_KEPT = 16;
const SECOND_BYTES = 64;
const SECONDS = new DataView(new ArrayBuffer(SECONDS_KEPT * SECOND_BYTES));
const SECONDS_OF = new Float64Array(SECONDS_KEPT).fill(Number.NaN);
const SECOND_LENGTHS = new Uint8Array(SECONDS_KEPT);
/** The nine digits and the quote behind them. */
const TIME_REST = 10;

/** 1 for what stands in a JSON string as it is. */
const PLAIN = new Uint8Array(128).map((_, c) => (c >= 0x20 && c < 0x7f && c !== 0x22 && c !== 0x5c ? 1 : 0));

const COMMA = literal(',');
const END_LIST = literal(']');
const MINUS_ONE = literal('-1');
const END_TEXT = literalAt(literal(',"end":'));
const END_LENGTH = 7;
const MS_TEXT = literalAt(literal(',"ms":'));
const MS_LENGTH = 6;
/** JSON, harmless for a terminal. */
export function quoted(value: string | object): string {
  return JSON.stringify(value).replace(HIDDEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * JSON written as bytes. A report of a large capture is mostly this, and strings that live for a microsecond would cost more
 * than the analysis. Each piece is a literal and the value behind it, and one function writes them all, too large to be
 * inlined: what calls it stays small, and is compiled in little time. A value that is undefined is left out, and its literal
 * with it.
 */
export class JsonBytes {
  private length = 0;
  /** What came before those in the buffer, where a record is larger than it. */
  private full: Uint8Array[] = [];
  private fullBytes = 0;
  /** Of the piece at hand; a field, so that no number must be made an object to be handed on. */
  private value = Number.NaN;
  private until = Number.NaN;
  /** What follows the literal at hand where it is a word. */
  private piece = COMMA;
  private base = 0;
  /** The second that was written last: where it begins, and where its text stands in `SECONDS`. Times come in runs. */
  private secondStart = Number.NaN;
  private secondAt = 0;
  private secondLength = 0;
  /** The time that was written last, and where: a stage begins where the one before it ends. */
  private lastTime = Number.NaN;
  private lastTimeAt = 0;

  /** Whole seconds since 1970 that times count from. */
  set baseSeconds(seconds: number) {
    if (seconds === this.base) return;
    this.base = seconds;
    this.secondStart = Number.NaN;
    this.lastTime = Number.NaN;
  }

  /** Everything since the last `clear`; valid until something more is written. */
  get written(): Uint8Array {
    const last = BYTES.subarray(0, this.length);
    return this.full.length === 0 ? last : Buffer.concat([...this.full, last]);
  }

  get size(): number {
    return this.fullBytes + this.length;
  }

  clear(): void {
    this.length = 0;
    this.lastTime = Number.NaN;
    if (this.fullBytes === 0) return;
    this.full = [];
    this.fullBytes = 0;
  }

  put(piece: Literal): this {
    this.write(piece, '');
    return this;
  }

  /** A JSON string. */
  str(piece: Literal, text: string | undefined): this {
    if (text !== undefined) this.write(piece | TEXT, text);
    return this;
  }

  /** A JSON string which as a rule is one of few, and most often the one that this key had last. */
  word(piece: Literal, text: string | undefined): this {
    if (text === undefined) return this;
    const known = keptWord(piece, text);
    if (known === undefined) return this.str(piece, text);
    this.piece = known;
    this.write(piece | WORD, '');
    return this;
  }

  /** A sentence of our own as a JSON string: there are few, and they come again and again. */
  sentence(piece: Literal, text: string): this {
    const known = keptSentence(text, quoted);
    return known === undefined ? this.str(piece, text) : this.put(piece).put(known);
  }

  /** Any text, as it is, in UTF-8. */
  raw(text: string): this {
    return this.copy(Buffer.from(text, 'utf8'));
  }

  /** JSON that was encoded before. */
  copy(piece: Uint8Array): this {
    if (piece.length > LIMIT) {
      this.makeRoom();
      this.keep(piece.slice());
      return this;
    }
    if (this.length + piece.length > LIMIT) this.makeRoom();
    BYTES.set(piece, this.length);
    this.length += piece.length;
    return this;
  }

  /** A number, most quickly a whole one below 10^9. */
  int(piece: Literal, value: number | undefined): this {
    if (value === undefined) return this;
    this.value = value;
    this.write(piece | INT, '');
    return this;
  }

  /** What opens the list with what comes before it, its numbers, and what closes it. */
  ints(open: Literal, list: readonly number[], close = END_LIST): this {
    if (this.length > LIMIT) this.makeRoom();
    let at = copied(this.length, open);
    for (let i = 0; i < list.length; i++) {
      if (at > LIMIT) {
        this.length = at;
        this.makeRoom();
        at = 0;
      }
      const value = list[i];
      if (i > 0) BYTES[at++] = 0x2c;
      at = value < NUMBER_LIMIT ? decimal(at, value) : this.unusual(at, value);
    }
    this.length = copied(at, close);
    return this;
  }

  strs(open: Literal, list: readonly string[], close = END_LIST): this {
    if (list.length === 0) return this.put(open).put(close);
    for (let i = 0; i < list.length; i++) this.str(i > 0 ? COMMA : open, list[i]);
    return this.put(close);
  }

  /** Nanoseconds as a JSON number of milliseconds, without trailing zeros. */
  ms(piece: Literal, nanoseconds: number | undefined): this {
    if (nanoseconds === undefined) return this;
    this.value = nanoseconds;
    this.write(piece | DURATION, '');
    return this;
  }

  /** Milliseconds (a multiple of 1e-6) as a JSON number. */
  milliseconds(piece: Literal, value: number): this {
    if (value === -1) return this.put(piece).put(MINUS_ONE);
    return value < 0 ? this.int(piece, value) : this.ms(piece, value * 1e6);
  }

  /** A session time as a decimal string of seconds since 1970 with nine digits. */
  time(piece: Literal, nanoseconds: number): this {
    this.value = nanoseconds;
    this.write(piece | TIME, '');
    return this;
  }

  /** Two session times, and the milliseconds between them. */
  span(piece: Literal, start: number, end: number): this {
    this.value = start;
    this.until = end;
    this.write(piece | SPAN, '');
    return this;
  }

  /** The piece's literal, and its value. */
  private write(piece: number, string: string): void {
    const n = string.length;
    if (this.length + n > LIMIT) {
      this.makeRoom();
      if (n > LIMIT - PIECE_ROOM) {
        this.put((piece & ~(-1 << LITERAL_BITS)) as Literal).raw(quoted(string));
        return;
      }
    }
    let at = copied(this.length, piece as Literal);
    const kind = piece & (-1 << LITERAL_BITS);
    if (kind === TEXT) {
      BYTES[at++] = 0x22;
      for (let i = 0; i < n; i++) {
        const c = string.charCodeAt(i);
        if (c > 0x7e || PLAIN[c] === 0) {
          this.length += literalLength(piece as Literal);
          this.raw(quoted(string));
          return;
        }
        BYTES[at++] = c;
      }
      BYTES[at++] = 0x22;
    } else if (kind === WORD) at = copied(at, this.piece);
    else if (kind === INT) {
      const { value } = this;
      if (value >= 0 && value < NUMBER_LIMIT && value === (value | 0)) at = decimal(at, value | 0);
      else at = this.unusual(at, value);
    } else if (kind === TIME) at = this.instant(at, this.value);
    else if (kind === DURATION) at = this.duration(at, this.value);
    else if (kind === SPAN) {
      at = this.instant(at, this.value);
      VIEW.setFloat64(at, POOL.getFloat64(END_TEXT, true), true);
      at = this.instant((at + END_LENGTH) | 0, this.until);
      VIEW.setFloat64(at, POOL.getFloat64(MS_TEXT, true), true);
      at = this.duration((at + MS_LENGTH) | 0, this.until - this.value);
    }
    this.length = at;
  }

  private instant(at: number, nanoseconds: number): number {
    if (nanoseconds === this.lastTime) {
      const { lastTimeAt } = this;
      const length = (this.secondLength + TIME_REST) | 0;
      for (let j = 0; j < length; j += 8) VIEW.setFloat64(at + j, VIEW.getFloat64(lastTimeAt + j, true), true);
      return (at + length) | 0;
    }
    let rest = nanoseconds - this.secondStart;
    if (!(rest >= 0 && rest < 999999999.5)) rest = this.newSecond(nanoseconds);
    this.lastTime = nanoseconds;
    this.lastTimeAt = at;
    const { secondAt, secondLength } = this;
    for (let j = 0; j < secondLength; j += 8) VIEW.setFloat64(at + j, SECONDS.getFloat64(secondAt + j, true), true);
    const digits = (at + secondLength) | 0;
    const nano = (rest + 0.5) | 0;
    const micro = (nano / 1000) | 0;
    const milli = (micro / 1000) | 0;
    VIEW.setUint32(digits, DIGITS[milli + ZEROS], true);
    VIEW.setUint32(digits + 3, DIGITS[micro - milli * 1000 + ZEROS], true);
    VIEW.setUint32(digits + 6, DIGITS[nano - micro * 1000 + ZEROS], true);
    BYTES[digits + 9] = 0x22;
    return (digits + TIME_REST) | 0;
  }

  private duration(at: number, nanoseconds: number): number {
    const nano = Math.floor(nanoseconds + 0.5);
    if (!(nano >= 0 && nano < 1e15)) return this.unusual(at, nano / 1e6);
    const whole = (nano / 1e6) | 0;
    const rest = (nano - whole * 1e6) | 0;
    const point = decimal(at, whole);
    if (rest === 0) return point;
    VIEW.setUint8(point, 0x2e);
    const high = (rest / 1000) | 0;
    const low = rest - high * 1000;
    const first = low > 0 ? DIGITS[high + ZEROS] : FRACTION[high];
    VIEW.setUint32(point + 1, first, true);
    const second = (point + 1 + (first >>> 24)) | 0;
    const last = FRACTION[low];
    VIEW.setUint32(second, last, true);
    return (second + (last >>> 24)) | 0;
  }

  /** Whatever `String` makes of a number. */
  private unusual(at: number, value: number): number {
    const text = String(value);
    for (let i = 0; i < text.length; i++) BYTES[at + i] = text.charCodeAt(i);
    return (at + text.length) | 0;
  }

  /** Goes on to the second that a time lies in; gives what is left of it. */
  private newSecond(nanoseconds: number): number {
    const seconds = Math.floor(nanoseconds / 1e9);
    const start = seconds * 1e9;
    const since1970 = this.base + seconds;
    const place = since1970 & (SECONDS_KEPT - 1);
    const at = place * SECOND_BYTES;
    if (SECONDS_OF[place] !== since1970) {
      const text = `"${since1970}.`;
      for (let i = 0; i < text.length; i++) SECONDS.setUint8(at + i, text.charCodeAt(i));
      SECONDS_OF[place] = since1970;
      SECOND_LENGTHS[place] = text.length;
    }
    this.secondStart = start;
    this.secondAt = at;
    this.secondLength = SECOND_LENGTHS[place];
    return Math.min(Math.max(nanoseconds - start, 0), 999999999);
  }

  /** Takes what is in the buffer out of it. */
  private makeRoom(): void {
    this.keep(BYTES.slice(0, this.length));
    this.length = 0;
    this.lastTime = Number.NaN;
  }

  private keep(bytes: Uint8Array): void {
    this.full.push(bytes);
    this.fullBytes += bytes.length;
  }
}
