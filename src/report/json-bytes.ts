import type { Endpoint } from '../correlate/model.ts';

const START = 1 << 18;
/** Room that every primitive write may take without asking. */
const SLACK = 64;
const SENTENCES = 256;

/** What JSON text must escape, and what no terminal should get: C0, DEL, C1, bidirectional and line controls, lone surrogates. */
const HIDDEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** 1 for what stands in a JSON string as it is. */
const PLAIN = new Uint8Array(128).map((_, c) => (c >= 0x20 && c < 0x7f && c !== 0x22 && c !== 0x5c ? 1 : 0));

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
  length = 0;
  /** Whole seconds since 1970 that times count from. */
  baseSeconds = 0;
  /** The last whole second written, as bytes with its quote and point: times come in runs. */
  private second = Number.NaN;
  private readonly secondText = new Uint8Array(24);
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
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  /** Any text, as it is, in UTF-8. */
  utf8(text: string): this {
    const encoded = Buffer.from(text, 'utf8');
    this.room(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
    return this;
  }

  /** A whole number up to 2^53, or whatever `String` makes of another. */
  int(value: number): this {
    if (!(value >= 0 && value < 1e9) || value !== Math.trunc(value)) return this.raw(String(value));
    this.room(SLACK);
    this.digits(value, width(value));
    return this;
  }

  ints(list: readonly number[]): this {
    this.raw('[');
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.bytes[this.length++] = 0x2c;
      this.int(list[i]);
    }
    return this.raw(']');
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
    this.room(SLACK);
    const { bytes } = this;
    if (seconds === this.second) {
      for (let i = 0; i < this.secondLength; i++) bytes[this.length + i] = this.secondText[i];
      this.length += this.secondLength;
    } else {
      const start = this.length;
      this.raw('"').big(seconds).raw('.');
      this.secondLength = this.length - start;
      if (this.secondLength <= this.secondText.length) {
        this.secondText.set(this.bytes.subarray(start, this.length));
        this.second = seconds;
      }
    }
    const high = (nanoseconds / 1e5) | 0;
    this.digits(high, 4);
    this.digits(nanoseconds - high * 1e5, 5);
    this.bytes[this.length++] = 0x22;
    return this;
  }

  endpoint(e: Endpoint): this {
    return this.raw('{"address":"').raw(e.address).raw('","port":').int(e.port).raw('}');
  }

  /** Writes once more what stands at `at`. */
  private again(at: number, length: number): this {
    this.room(length);
    const { bytes } = this;
    for (let i = 0; i < length; i++) bytes[this.length + i] = bytes[at + i];
    this.length += length;
    return this;
  }

  /** Makes room for `n` bytes more and what a primitive may need behind them. */
  private room(n: number): void {
    if (this.length + n + SLACK <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.length + n + SLACK));
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
  }

  private decimal(whole: number, millionths: number): this {
    this.big(whole);
    if (millionths === 0) return this;
    this.room(SLACK);
    this.bytes[this.length++] = 0x2e;
    this.digits(millionths, 6);
    while (this.bytes[this.length - 1] === 0x30) this.length--;
    return this;
  }

  private big(value: number): this {
    return value < 1e9
      ? this.int(value)
      : value < 1e10 && value === Math.trunc(value)
        ? this.ten(value)
        : this.raw(String(value));
  }

  /** Ten digits: seconds since 1970 until the year 2286. */
  private ten(value: number): this {
    this.room(SLACK);
    this.digits(Math.floor(value / 1e5), 5);
    this.digits(value % 1e5, 5);
    return this;
  }

  private digits(value: number, count: number): void {
    let rest = value | 0;
    const { bytes } = this;
    for (let i = this.length + count - 1; i >= this.length; i--) {
      const next = (rest / 10) | 0;
      bytes[i] = 0x30 + rest - next * 10;
      rest = next;
    }
    this.length += count;
  }
}

function width(value: number): number {
  let n = 1;
  for (let limit = 10; value >= limit; limit *= 10) n++;
  return n;
}
