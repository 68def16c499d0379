import { hex, ipv4, ipv6, mac } from './bytes.ts';
import type { Field, Layer } from './protocol.ts';

/** A value's meaning, as text for people; undefined: the plain value says enough. */
export type Meaning = (value: number) => string | undefined;

/** "6 (TCP)" from a table of names. */
export const named =
  (names: Record<number, string>, unknown = 'unknown'): Meaning =>
  (value) =>
    `${value} (${names[value] ?? unknown})`;

/** "0x0800 (IPv4)" from a table of names. */
export const namedHex =
  (names: Record<number, string>, digits: number, unknown = 'unknown'): Meaning =>
  (value) =>
    `${hexText(value, digits)} (${names[value] ?? unknown})`;

export const hexText = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** Header lengths that count words of four bytes. */
export const words: Meaning = (value) => `${value * 4} bytes (${value})`;

/** How many bytes a text of raw bytes shows. */
const RAW_SHOWN = 32;

/**
 * Builds the fields of one layer. Offsets count from the layer's start. A field that does not lie wholly within the
 * captured bytes is left out, and reads there give 0, so that `layer` functions need not look at how many bytes there are.
 */
export class Fields {
  readonly list: Field[];
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at: number, end: number, list: Field[] = []) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.list = list;
  }

  /** Captured bytes from the layer's start. */
  get length(): number {
    return this.end - this.at;
  }

  /** Are `length` bytes from `offset` captured? */
  has(offset: number, length: number): boolean {
    return offset >= 0 && length >= 0 && this.at + offset + length <= this.end;
  }

  /** Big-endian number of up to 6 bytes. */
  read(offset: number, size: number): number {
    if (!this.has(offset, size)) return 0;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.bytes[this.at + offset + i];
    return value;
  }

  /** Little-endian number. */
  readLittle(offset: number, size: number): number {
    if (!this.has(offset, size)) return 0;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[this.at + offset + i];
    return value;
  }

  /** Further fields go under `parent` and lie within it; nowhere where it was left out. Offsets still count from the layer. */
  under(parent: Field | undefined): Fields {
    if (parent === undefined) return new Fields(this.bytes, this.at, this.at);
    parent.children ??= [];
    return new Fields(this.bytes, this.at, parent.end, parent.children);
  }

  add(name: string, label: string, offset: number, size: number, value: Field['value'], text?: string): Field | undefined {
    if (!this.has(offset, size)) return undefined;
    const field: Field = { name, label, at: this.at + offset, end: this.at + offset + size, value };
    if (text !== undefined) field.text = text;
    this.list.push(field);
    return field;
  }

  number(name: string, label: string, offset: number, size: number, meaning?: Meaning): Field | undefined {
    const value = this.read(offset, size);
    return this.add(name, label, offset, size, value, meaning?.(value));
  }

  little(name: string, label: string, offset: number, size: number, meaning?: Meaning): Field | undefined {
    const value = this.readLittle(offset, size);
    return this.add(name, label, offset, size, value, meaning?.(value));
  }

  /** A number shown in hexadecimal: checksums, identifiers, flag words. */
  hex(name: string, label: string, offset: number, size: number): Field | undefined {
    return this.number(name, label, offset, size, (value) => hexText(value, 2 * size));
  }

  /** Bits of a big-endian number: `mask` is where they lie, the value is shifted down. */
  bits(name: string, label: string, offset: number, size: number, mask: number, meaning?: Meaning): Field | undefined {
    const value = (this.read(offset, size) & mask) >>> (31 - Math.clz32(mask & -mask));
    return this.add(name, label, offset, size, value, meaning?.(value));
  }

  /** One bit as true or false. */
  flag(name: string, label: string, offset: number, size: number, mask: number): Field | undefined {
    const set = (this.read(offset, size) & mask) !== 0;
    return this.add(name, label, offset, size, set, set ? 'set' : 'not set');
  }

  mac(name: string, label: string, offset: number): Field | undefined {
    return this.has(offset, 6) ? this.add(name, label, offset, 6, mac(this.bytes, this.at + offset)) : undefined;
  }

  ipv4(name: string, label: string, offset: number): Field | undefined {
    return this.has(offset, 4) ? this.add(name, label, offset, 4, ipv4(this.bytes, this.at + offset)) : undefined;
  }

  ipv6(name: string, label: string, offset: number): Field | undefined {
    return this.has(offset, 16) ? this.add(name, label, offset, 16, ipv6(this.bytes, this.at + offset)) : undefined;
  }

  /** Bytes in hexadecimal, as far as they were captured; of long ones the first. */
  raw(name: string, label: string, offset: number, size: number): Field | undefined {
    const length = Math.min(size, this.length - offset);
    if (offset < 0 || length <= 0) return undefined;
    const from = this.at + offset;
    const value = hex(this.bytes, from, from + Math.min(length, RAW_SHOWN));
    return this.add(name, label, offset, length, value, length > RAW_SHOWN ? `${value}… (${length} bytes)` : undefined);
  }

  /** Bytes that may be somebody's cookies or credentials: where they lie and how many, not what they are. */
  unread(name: string, label: string, offset: number, size: number): Field | undefined {
    const length = Math.min(size, this.length - offset);
    return offset < 0 || length <= 0 ? undefined : this.add(name, label, offset, length, null, `${length} bytes`);
  }

  /** A node without a value of its own that its children explain. */
  group(name: string, label: string, offset: number, size: number, text?: string): Field | undefined {
    const length = Math.min(size, this.length - offset);
    return length < 0 ? undefined : this.add(name, label, offset, length, null, text);
  }

  /** The finished layer, `length` bytes long as far as they were captured. */
  layer(protocol: string, title: string, length: number): Layer {
    return { protocol, title, at: this.at, end: Math.max(this.at, Math.min(this.at + length, this.end)), fields: this.list };
  }
}

/** Marks a field as wrong. */
export function wrong(field: Field | undefined, problem: string): void {
  if (field !== undefined) field.problem = problem;
}
