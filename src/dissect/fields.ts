import { hex, ipv4, ipv6, mac } from './bytes.ts';
import type { Field } from './protocol.ts';

/** A value's meaning, as text for people; undefined: the plain value says enough. */
export type Meaning = (value: number) => string | undefined;

/** "TCP (6)" style text from a table of names. */
export const named =
  (names: Record<number, string>, unknown = 'unknown'): Meaning =>
  (value) =>
    `${names[value] ?? unknown} (${value})`;

/** "0x0800 (IPv4)" style text from a table of names. */
export const namedHex =
  (names: Record<number, string>, digits: number, unknown?: string): Meaning =>
  (value) => {
    const name = names[value] ?? unknown;
    return name === undefined ? hexText(value, digits) : `${hexText(value, digits)} (${name})`;
  };

export const hexText = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

/**
 * Builds the fields of one layer. Offsets count from the layer's start. A field that does not lie wholly within the
 * captured bytes is left out, so that a layer may be asked for from any bytes without looking at their number.
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

  /** Are `length` bytes from `offset` captured? */
  has(offset: number, length: number): boolean {
    return offset >= 0 && length >= 0 && this.at + offset + length <= this.end;
  }

  /** Big-endian number of up to 6 bytes; 0 where it is not captured. */
  read(offset: number, size: number): number {
    if (!this.has(offset, size)) return 0;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.bytes[this.at + offset + i];
    return value;
  }

  /** The same fields' children: further fields go under `parent`. */
  under(parent: Field | undefined): Fields {
    if (parent === undefined) return new Fields(this.bytes, this.at, this.end);
    parent.children ??= [];
    return new Fields(this.bytes, this.at, this.end, parent.children);
  }

  /** A field with a value of any kind. */
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

  /** A number shown in hexadecimal: checksums, identifiers. */
  hex(name: string, label: string, offset: number, size: number): Field | undefined {
    return this.number(name, label, offset, size, (value) => hexText(value, 2 * size));
  }

  /** Bits of a number: `mask` is where they lie, the value is shifted down. */
  bits(name: string, label: string, offset: number, size: number, mask: number, meaning?: Meaning): Field | undefined {
    const value = Math.floor((this.read(offset, size) & mask) / (mask & -mask));
    return this.add(name, label, offset, size, value, meaning?.(value));
  }

  /** One bit as true or false. */
  flag(name: string, label: string, offset: number, size: number, mask: number): Field | undefined {
    const set = Math.floor(this.read(offset, size) / mask) % 2 === 1;
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

  /** Bytes in hexadecimal; what was not captured is left out, and of long ones the text shows the first. */
  raw(name: string, label: string, offset: number, size: number): Field | undefined {
    const length = Math.min(size, this.end - this.at - offset);
    if (offset < 0 || length <= 0) return undefined;
    const from = this.at + offset;
    const text = hex(this.bytes, from, from + Math.min(length, 32)) + (length > 32 ? '…' : '');
    return this.add(name, label, offset, length, text, length > 32 ? `${text} (${length} bytes)` : undefined);
  }
}
