import { hex, ipv4, ipv6, u16, u32 } from '../bytes.ts';
import type { Field } from '../protocol.ts';
import { NameReader } from './name-reader.ts';
import { typeName } from './names.ts';
import { base32hex, bitmapTypes, dateText, escaped, plainHex, quoted, splitBase64, splitHex } from './value-text.ts';

const NAMES = new NameReader();

/** Reads one record's data piece by piece; each piece becomes a field with its bytes and a word of the text `dig` prints. */
export class RecordCursor {
  readonly bytes: Uint8Array;
  /** The message, for compressed names. */
  readonly base: number;
  readonly messageEnd: number;
  at: number;
  /** End of the record's data. */
  readonly end: number;
  readonly fields: Field[] = [];
  readonly words: string[] = [];
  /** One for all: records are decoded one at a time. */
  readonly name = NAMES;

  constructor(bytes: Uint8Array, base: number, messageEnd: number, at: number, end: number) {
    this.bytes = bytes;
    this.base = base;
    this.messageEnd = messageEnd;
    this.at = at;
    this.end = end;
  }

  /** Those of `fields` that are names. */
  readonly names: Field[] = [];

  get left(): number {
    return this.end - this.at;
  }

  /** Takes `size` bytes as one field; false (and nothing taken) when they are not there. */
  take(size: number, name: string, label: string, value: Field['value'], word: string, text?: string): boolean {
    if (size > this.left) return false;
    const field: Field = { name, label, at: this.at, end: this.at + size, value };
    if (text !== undefined) field.text = text;
    this.fields.push(field);
    if (word !== '') this.words.push(word);
    this.at += size;
    return true;
  }
}

/** A piece's reader: false when the data does not hold it. */
export type Piece = (c: RecordCursor) => boolean;

export const u8Piece =
  (name: string, label: string): Piece =>
  (c) =>
    c.left >= 1 && c.take(1, name, label, c.bytes[c.at], String(c.bytes[c.at]));

export const u16Piece =
  (name: string, label: string, names?: (value: number) => string): Piece =>
  (c) => {
    if (c.left < 2) return false;
    const value = u16(c.bytes, c.at);
    return c.take(2, name, label, value, names?.(value) ?? String(value), names && `${names(value)} (${value})`);
  };

export const u32Piece =
  (name: string, label: string, text: (value: number) => string = String): Piece =>
  (c) => {
    if (c.left < 4) return false;
    const value = u32(c.bytes, c.at);
    const word = text(value);
    return c.take(4, name, label, value, word, word === String(value) ? undefined : word);
  };

export const typePiece = (name: string, label: string): Piece => u16Piece(name, label, typeName);
export const timePiece = (name: string, label: string): Piece => u32Piece(name, label, dateText);

export const namePiece =
  (name: string, label: string): Piece =>
  (c) => {
    const at = c.at;
    if (!c.name.read(c.bytes, c.base, at, c.end, c.messageEnd)) return false;
    c.take(c.name.next - at, name, label, c.name.text(), c.name.dotted());
    c.names.push(c.fields[c.fields.length - 1]);
    return true;
  };

/** A length octet and so many bytes. */
export const stringPiece =
  (name: string, label: string): Piece =>
  (c) => {
    if (c.left < 1 || c.left < 1 + c.bytes[c.at]) return false;
    const size = 1 + c.bytes[c.at];
    return c.take(size, name, label, escaped(c.bytes, c.at + 1, c.at + size), quoted(c.bytes, c.at + 1, c.at + size));
  };

/** One or more character-strings to the end. */
export const stringsPiece = (name: string, label: string): Piece => {
  const one = stringPiece(name, label);
  return (c) => {
    do {
      if (!one(c)) return false;
    } while (c.left > 0);
    return true;
  };
};

const rest =
  (form: (bytes: Uint8Array, at: number, end: number) => string, word = form) =>
  (name: string, label: string): Piece =>
  (c) =>
    c.take(c.left, name, label, form(c.bytes, c.at, c.end), word(c.bytes, c.at, c.end));

/** All that is left, as hexadecimal, base64 or quoted text. */
export const hexPiece = rest((bytes, at, end) => hex(bytes, at, end), splitHex);
export const base64Piece = rest(splitBase64);
export const textPiece = rest(escaped, quoted);

export const typesPiece =
  (name: string, label: string): Piece =>
  (c) => {
    const types = bitmapTypes(c.bytes, c.at, c.end);
    return types !== undefined && c.take(c.left, name, label, types.join(' '), types.join(' '));
  };

/** NSEC3's salt and hash: a length octet, then bytes. */
export const saltPiece =
  (name: string, label: string): Piece =>
  (c) => {
    if (c.left < 1 || c.left < 1 + c.bytes[c.at]) return false;
    const end = c.at + 1 + c.bytes[c.at];
    return c.take(
      end - c.at,
      name,
      label,
      hex(c.bytes, c.at + 1, end),
      end === c.at + 1 ? '-' : plainHex(c.bytes, c.at + 1, end),
    );
  };
export const hashPiece =
  (name: string, label: string): Piece =>
  (c) => {
    if (c.left < 1 || c.left < 1 + c.bytes[c.at]) return false;
    const word = base32hex(c.bytes, c.at + 1, c.at + 1 + c.bytes[c.at]);
    return c.take(1 + c.bytes[c.at], name, label, word, word);
  };

/** So many bytes in a form of their own. */
export const bytesPiece =
  (size: number, form: (bytes: Uint8Array, at: number) => string) =>
  (name: string, label: string): Piece =>
  (c) => {
    if (c.left < size) return false;
    const text = form(c.bytes, c.at);
    return c.take(size, name, label, text, text);
  };
export const ipv4Piece = bytesPiece(4, ipv4);
export const ipv6Piece = bytesPiece(16, ipv6);
