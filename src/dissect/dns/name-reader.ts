import { Fault } from './fault.ts';

/** RFC 1035 §2.3.4: octets of a name on the wire, its length octets and the root included. That allows 127 labels. */
export const NAME_LIMIT = 255;
/** Pointers followed in one name. RFC 1035 sets no limit; a name of 127 labels needs no more than 127. */
export const HOP_LIMIT = 128;

const LOWER = new Uint8Array(256);
/** Octets that stand for themselves in a name's text; the others need a backslash. */
const PLAIN = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  LOWER[c] = c >= 65 && c <= 90 ? c + 32 : c;
  PLAIN[c] = c > 0x20 && c < 0x7f && !'"().;\\@$'.includes(String.fromCharCode(c)) ? 1 : 0;
}

/**
 * Texts of names without a backslash, by hash. Beside each how many labels and bytes the name has, and the first of its bytes, so
 * that most names are known without a look at the text.
 */
const CACHE = 4096;
const CACHED_WORDS = 16;
const CACHED_BYTES = 4 * (CACHED_WORDS - 1);
const cached: string[] = new Array(CACHE).fill('');
const cachedWords = new Int32Array(CACHE * CACHED_WORDS);
/** A name is copied and hashed four bytes at a time; what is copied too much behind it is cleared. */
const RAW_BYTES = 4 * Math.ceil((NAME_LIMIT + 1) / 4) + 8;

// A view on the array that was read last.
let viewed = new Uint8Array(0);
let view: DataView = new DataView(viewed.buffer);

/**
 * Reads a name, following pointers (RFC 1035 §4.1.4). The RFC wants them to go backwards; resolvers and tshark accept any
 * that end, and so does this: a circle ends at the hop limit. One reader reads name after name; the properties tell of the
 * last one.
 */
export class NameReader {
  fault: number = Fault.none;
  faultAt = 0;
  /** Where the name ends in place: behind its root octet or its first pointer. */
  next = 0;
  /** A pointer went forward or to itself. */
  forward = false;
  labels = 0;
  /** Octets of `raw`: the labels joined by dots. 0 is the root. */
  length = 0;
  /** Case-insensitive; the same for the same name however it is compressed. */
  hash = 0;
  /** Text of multicast names: UTF-8 is shown as such, and only dots and backslashes in labels are escaped (RFC 6763 §4.1.1, §4.3). */
  multicast = false;
  private readonly words = new Int32Array(RAW_BYTES / 4);
  private readonly view = new DataView(this.words.buffer);
  readonly raw = Buffer.from(this.words.buffer);
  /** Where each label begins in `raw`. */
  private readonly starts = new Uint8Array(NAME_LIMIT);

  /**
   * The name at `at`, whose part in place must end by `limit`. Pointers count from `base` (the message's first byte) and may
   * point at bytes from the header's end up to `end`. False with `fault` set when it cannot be read; the labels before the
   * fault stay.
   */
  read(bytes: Uint8Array, base: number, at: number, limit: number, end: number): boolean {
    if (bytes !== viewed) {
      viewed = bytes as Uint8Array<ArrayBuffer>;
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const from = view;
    const to = this.view;
    let length = 0;
    let hops = 0;
    let stop = limit;
    let fault: number = Fault.none;
    this.labels = 0;
    this.forward = false;
    this.next = -1;
    for (;;) {
      if (at >= stop) {
        fault = Fault.nameCut;
        break;
      }
      const size = bytes[at];
      if (size === 0) {
        if (this.next < 0) this.next = at + 1;
        break;
      }
      if (size >= 0xc0) {
        if (at + 2 > stop) {
          fault = Fault.nameCut;
          break;
        }
        if (this.next < 0) this.next = at + 2;
        const target = base + (((size & 0x3f) << 8) | bytes[at + 1]);
        if (target < base + 12 || target >= end) fault = Fault.pointerOutside;
        else if (++hops > HOP_LIMIT || target === at) fault = Fault.pointerLoop;
        if (fault !== Fault.none) break;
        if (target >= at) this.forward = true;
        at = target;
        stop = end;
        continue;
      }
      if (size > 63) {
        fault = Fault.labelType;
        break;
      }
      const labelEnd = at + 1 + size;
      if (labelEnd > stop) {
        fault = Fault.nameCut;
        break;
      }
      // `length` octets of text are `length + 2` on the wire, the root counted.
      if (length + (length > 0 ? 1 : 0) + size + 2 > NAME_LIMIT) {
        fault = Fault.nameTooLong;
        break;
      }
      if (length > 0) to.setUint8(length++, 0x2e);
      this.starts[this.labels++] = length;
      // Four bytes at a time, those behind the label as well: as a rule a few do.
      if (labelEnd + 3 <= bytes.length)
        for (let i = 0; i < size; i += 4) to.setInt32(length + i, from.getInt32(at + 1 + i, true), true);
      else for (let i = 0; i < size; i++) to.setUint8(length + i, bytes[at + 1 + i]);
      length += size;
      at = labelEnd;
    }
    this.length = length;
    to.setInt32(length, 0, true);
    this.hash = this.hashed();
    this.fault = fault;
    this.faultAt = at;
    if (fault === Fault.none) return true;
    if (this.next < 0) this.next = at;
    return false;
  }

  /** Letters of both cases are one, and some other bytes as well. */
  private hashed(): number {
    const { words, length } = this;
    let hash = length;
    for (let i = 0; 4 * i < length; i++) {
      hash = Math.imul(hash ^ (words[i] | 0x20202020), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  /** As `dig` prints it but without the final dot: "www.example.com", "a\.b.example", "\027[2J.example", "." for the root. */
  text(): string {
    const { words, length } = this;
    if (length === 0) return '.';
    const slot = this.hash & (CACHE - 1);
    const at = slot * CACHED_WORDS;
    // As many labels: a dot may be a byte of one.
    const size = (this.labels << 8) | length;
    if (cachedWords[at] === size) {
      const last = Math.min(CACHED_WORDS - 1, (length + 3) >> 2);
      let i = 0;
      while (i < last && cachedWords[at + i + 1] === words[i]) i++;
      if (i === last && (length <= CACHED_BYTES || this.endsAs(cached[slot]))) return cached[slot];
    }
    if (!this.plain()) return this.escaped();
    const text = this.raw.toString('latin1', 0, length);
    cached[slot] = text;
    cachedWords[at] = size;
    for (let i = 1; i < CACHED_WORDS; i++) cachedWords[at + i] = words[i - 1];
    return text;
  }

  /** Whether a text that begins as the name does goes on like it. */
  private endsAs(text: string): boolean {
    const { raw, length } = this;
    for (let i = CACHED_BYTES; i < length; i++) if (text.charCodeAt(i) !== raw[i]) return false;
    return true;
  }

  private plain(): boolean {
    const { raw, length } = this;
    for (let label = 0; label < this.labels; label++) {
      const end = label + 1 < this.labels ? this.starts[label + 1] - 1 : length;
      for (let i = this.starts[label]; i < end; i++) if (PLAIN[raw[i]] === 0) return false;
    }
    return true;
  }

  /** With the final dot, as in record data. */
  dotted(): string {
    return this.length === 0 ? '.' : `${this.text()}.`;
  }

  /** The name uncompressed, as it would stand on the wire. */
  wire(): Buffer {
    const { raw, starts, labels, length } = this;
    const wire = Buffer.alloc(length === 0 ? 1 : length + 2);
    raw.copy(wire, 1, 0, length);
    for (let label = 0; label < labels; label++) {
      const end = label + 1 < labels ? starts[label + 1] - 1 : length;
      wire[starts[label]] = end - starts[label];
    }
    return wire;
  }

  private escaped(): string {
    let text = '';
    for (let label = 0; label < this.labels; label++) {
      const at = this.starts[label];
      const end = label + 1 < this.labels ? this.starts[label + 1] - 1 : this.length;
      if (label > 0) text += '.';
      text += (this.multicast ? multicastLabel(this.raw, at, end) : undefined) ?? escapedLabel(this.raw, at, end);
    }
    return text;
  }

  /** Is this the name whose text is `text`? Case does not count (RFC 4343). */
  equals(text: string): boolean {
    // As a rule the very string that the question's name was made.
    if (this.text() === text) return true;
    if (!this.plain()) return this.escaped().toLowerCase() === text.toLowerCase();
    const { raw, length } = this;
    if (text.length !== length || length === 0) return false;
    for (let i = 0; i < length; i++) if (LOWER[raw[i]] !== LOWER[text.charCodeAt(i)]) return false;
    return true;
  }
}

function escapedLabel(raw: Buffer, at: number, end: number): string {
  let text = '';
  for (let i = at; i < end; i++) {
    const c = raw[i];
    if (PLAIN[c] === 1) text += String.fromCharCode(c);
    else if (c > 0x20 && c < 0x7f) text += `\\${String.fromCharCode(c)}`;
    else text += `\\${c.toString().padStart(3, '0')}`;
  }
  return text;
}

/** Undefined where the label is not UTF-8 or holds control characters. */
function multicastLabel(raw: Buffer, at: number, end: number): string | undefined {
  const text = raw.toString('utf8', at, end);
  return /[\u0000-\u001f\u007f-\u009f\ufffd]/.test(text) ? undefined : text.replace(/[.\\]/g, '\\$&');
}
