import type { Endpoint } from '../correlate/model.ts';
import { type Literal, literal, literalAt, literalLength, POOL } from './literals.ts';

const START = 1 << 18;
/** Room that every primitive write may take without asking, and how far whole words may be written over its end. */
const SLACK = 64;
/** Longest time: ten digits of seconds and nine behind the point, in quotes, in words of eight bytes. */
const TIME_WORDS = 3;
const SENTENCES = 256;

/** What JSON text must escape, and what no terminal should get: C0, DEL, C1, bidirectional and line controls, lone surrogates. */
const HIDDEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** 1 for what stands in a JSON string as it is. */
const PLAIN = new Uint8Array(128).map((_, c) => (c >= 0x20 && c < 0x7f && c !== 0x22 && c !== 0x5c ? 1 : 0));

/** Three digits each as four bytes that one store writes: `DIGITS` with leading zeros, `SHORT` without. */
const DIGITS = new Uint32Array(1000);
const SHORT = new Uint32Array(1000);
for (let n = 0; n < 1000; n++) {
  const word = (text: string): number => [...text].reduce((sum, c, i) => sum + (c.charCodeAt(0) << (8 * i)), 0);
  DIGITS[n] = word(String(n).padStart(3, '0'));
  SHORT[n] = word(String(n));
}

const ADDRESS = literal('{"address":"');
const PORT = literal('","port":');

/** A JSON string, harmless for a terminal. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(HIDDEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * JSON written as bytes. A report of a large capture is mostly this, and strings that live for a microsecond would cost more
 * than the analysis. The caller takes `bytes.subarray(0, length)` and calls `clear`.
 */
export class JsonBytes {
  bytes = new Uint8Array(START);
  /** The same bytes for stores of more than one. */
  private view = new DataView(this.bytes.buffer);
  length = 0;
  /** Whole seconds since 1970 that times count from. */
  baseSeconds = 0;
  /** The last whole second written, as bytes with its quote and point: times come in runs. */
  private second = Number.NaN;
  private readonly secondText = new DataView(new ArrayBuffer(24));
  private secondLength = 0;
  /** The last time written, and where it stands: a stage begins when the one before it ends. */
  private lastTime = Number.NaN;
  private lastTimeAt = 0;
  private lastTimeLength = 0;
  private readonly sentences = new Map<string, Uint8Array>();

  clear(): void {
    this.length = 0;
    this.lastTime = Number.NaN;
  }

  /** A piece of our own. */
  put(piece: Literal): this {
    const length = literalLength(piece);
    this.room(length);
    const { view } = this;
    const from = literalAt(piece);
    const at = this.length;
    for (let i = 0; i < length; i += 8) view.setFloat64(at + i, POOL.getFloat64(from + i, true), true);
    this.length = at + length;
    return this;
  }

  /** ASCII, as it is. */
  raw(text: string): this {
    const n = text.length;
    this.room(n);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < n; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
    return this;
  }

  /** A JSON string. */
  str(text: string): this {
    const n = text.length;
    this.room(n + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = 0x22;
    for (let i = 0; i < n; i++) {
      const c = text.charCodeAt(i);
      if (c > 0x7e || PLAIN[c] === 0) return this.utf8(quoted(text));
      bytes[at++] = c;
    }
    bytes[at++] = 0x22;
    this.length = at;
    return this;
  }

  /** A sentence of our own as a JSON string: there are few, and they come again and again. */
  sentence(text: string): this {
    let bytes = this.sentences.get(text);
    if (bytes === undefined) {
      bytes = Buffer.from(quoted(text), 'utf8');
      if (this.sentences.size < SENTENCES) this.sentences.set(text, bytes);
    }
    return this.copy(bytes);
  }

  /** Any text, as it is, in UTF-8. */
  utf8(text: string): this {
    return this.copy(Buffer.from(text, 'utf8'));
  }

  /** JSON that was encoded before. */
  copy(piece: Uint8Array): this {
    this.room(piece.length);
    this.bytes.set(piece, this.length);
    this.length += piece.length;
    return this;
  }

  /** A whole number up to 2^53, or whatever `String` makes of another. */
  int(value: number): this {
    if (!(value >= 0 && value < 1e9) || value !== Math.trunc(value)) return this.raw(String(value));
    this.room(0);
    this.short(value);
    return this;
  }

  ints(list: readonly number[]): this {
    this.room(0);
    this.bytes[this.length++] = 0x5b;
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.bytes[this.length++] = 0x2c;
      this.int(list[i]);
    }
    this.bytes[this.length++] = 0x5d;
    return this;
  }

  strs(list: readonly string[]): this {
    this.raw('[');
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.bytes[this.length++] = 0x2c;
      this.str(list[i]);
    }
    return this.raw(']');
  }

  /** Nanoseconds as a JSON number of milliseconds, without trailing zeros. */
  ms(nanoseconds: number): this {
    const ns = Math.round(nanoseconds);
    if (!(ns >= 0 && ns < 1e15)) return this.raw(String(ns / 1e6));
    const whole = Math.floor(ns / 1e6);
    return this.decimal(whole, ns - whole * 1e6);
  }

  /** Milliseconds (a multiple of 1e-6) as a JSON number. */
  milliseconds(value: number): this {
    return value < 0 ? this.raw(String(value)) : this.ms(value * 1e6);
  }

  /** A session time as a decimal string of seconds since 1970 with nine digits. */
  time(nanoseconds: number): this {
    if (nanoseconds === this.lastTime) return this.again(this.lastTimeAt, this.lastTimeLength);
    const at = this.length;
    const seconds = Math.floor(nanoseconds / 1e9);
    this.exact(this.baseSeconds + seconds, Math.round(nanoseconds - seconds * 1e9));
    this.lastTime = nanoseconds;
    this.lastTimeAt = at;
    this.lastTimeLength = this.length - at;
    return this;
  }

  exact(seconds: number, nanoseconds: number): this {
    this.room(0);
    const { view, secondText } = this;
    if (seconds === this.second) {
      view.setFloat64(this.length, secondText.getFloat64(0, true), true);
      view.setFloat64(this.length + 8, secondText.getFloat64(8, true), true);
      this.length += this.secondLength;
    } else {
      const start = this.length;
      this.bytes[this.length++] = 0x22;
      this.big(seconds);
      this.bytes[this.length++] = 0x2e;
      this.secondLength = this.length - start;
      if (this.secondLength <= 16) {
        for (let i = 0; i < this.secondLength; i++) secondText.setUint8(i, this.bytes[start + i]);
        this.second = seconds;
      }
    }
    const micro = (nanoseconds / 1000) | 0;
    const milli = (micro / 1000) | 0;
    const at = this.length;
    view.setUint32(at, DIGITS[milli], true);
    view.setUint32(at + 3, DIGITS[micro - milli * 1000], true);
    view.setUint32(at + 6, DIGITS[nanoseconds - micro * 1000], true);
    this.bytes[at + 9] = 0x22;
    this.length = at + 10;
    return this;
  }

  endpoint(e: Endpoint): this {
    this.put(ADDRESS).raw(e.address).put(PORT).int(e.port);
    this.bytes[this.length++] = 0x7d;
    return this;
  }

  /** Writes the time once more that stands at `at`. */
  private again(at: number, length: number): this {
    if (length > 8 * TIME_WORDS) return this.utf8(Buffer.from(this.bytes.subarray(at, at + length)).toString('latin1'));
    this.room(0);
    const { view } = this;
    for (let i = 0; i < 8 * TIME_WORDS; i += 8) view.setFloat64(this.length + i, view.getFloat64(at + i, true), true);
    this.length += length;
    return this;
  }

  /** Makes room for `n` bytes more and what a primitive may need behind them. */
  private room(n: number): void {
    if (this.length + n + SLACK <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.length + n + SLACK));
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
    this.view = new DataView(wider.buffer);
  }

  private decimal(whole: number, millionths: number): this {
    this.big(whole);
    if (millionths === 0) return this;
    this.room(0);
    const { view, bytes } = this;
    bytes[this.length] = 0x2e;
    const high = (millionths / 1000) | 0;
    const low = millionths - high * 1000;
    view.setUint32(this.length + 1, DIGITS[high], true);
    this.length += 4;
    if (low > 0) {
      view.setUint32(this.length, DIGITS[low], true);
      this.length += 3;
    }
    while (bytes[this.length - 1] === 0x30) this.length--;
    return this;
  }

  private big(value: number): this {
    if (!(value >= 1e9 && value < 1e10) || value !== Math.trunc(value)) return this.int(value);
    this.room(0);
    const high = Math.floor(value / 1e6);
    this.short(high);
    this.six(value - high * 1e6);
    return this;
  }

  /** A whole number below 10^9 without leading zeros. */
  private short(value: number): void {
    if (value >= 1e6) {
      const high = (value / 1e6) | 0;
      this.first(high);
      this.six(value - high * 1e6);
    } else if (value >= 1000) {
      const high = (value / 1000) | 0;
      this.first(high);
      this.view.setUint32(this.length, DIGITS[value - high * 1000], true);
      this.length += 3;
    } else this.first(value);
  }

  /** Up to three digits. */
  private first(value: number): void {
    this.view.setUint32(this.length, SHORT[value], true);
    this.length += value < 10 ? 1 : value < 100 ? 2 : 3;
  }

  /** Six digits. */
  private six(value: number): void {
    const high = (value / 1000) | 0;
    this.view.setUint32(this.length, DIGITS[high], true);
    this.view.setUint32(this.length + 3, DIGITS[value - high * 1000], true);
    this.length += 6;
  }
}
