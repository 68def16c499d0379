import { hex, u16 } from '../bytes.ts';
import { typeName } from './names.ts';

/** `dig` breaks long hexadecimal and base64 values after so many characters. */
const SPLIT = 56;

/** Bytes of a character-string as a zone file has them: no control character and no byte above 126 is left. */
export function escaped(bytes: Uint8Array, at: number, end: number): string {
  let text = '';
  for (let i = at; i < end; i++) {
    const c = bytes[i];
    if (c === 0x22 || c === 0x5c) text += `\\${String.fromCharCode(c)}`;
    else if (c >= 0x20 && c < 0x7f) text += String.fromCharCode(c);
    else text += `\\${c.toString().padStart(3, '0')}`;
  }
  return text;
}

export const quoted = (bytes: Uint8Array, at: number, end: number): string => `"${escaped(bytes, at, end)}"`;

function split(text: string): string {
  if (text.length <= SPLIT) return text;
  const parts: string[] = [];
  for (let i = 0; i < text.length; i += SPLIT) parts.push(text.slice(i, i + SPLIT));
  return parts.join(' ');
}

export const plainHex = (bytes: Uint8Array, at: number, end: number): string => hex(bytes, at, end).toUpperCase();
export const splitHex = (bytes: Uint8Array, at: number, end: number): string => split(plainHex(bytes, at, end));
export const plainBase64 = (bytes: Uint8Array, at: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('base64');
export const splitBase64 = (bytes: Uint8Array, at: number, end: number): string => split(plainBase64(bytes, at, end));

/** RFC 4648 §7 without padding: hashed owner names. */
export function base32hex(bytes: Uint8Array, at: number, end: number): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (let i = at; i < end; i++) {
    value = ((value << 8) | bytes[i]) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += '0123456789ABCDEFGHIJKLMNOPQRSTUV'[(value >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + '0123456789ABCDEFGHIJKLMNOPQRSTUV'[(value << (5 - bits)) & 31] : text;
}

/**
 * 32-bit seconds as YYYYMMDDHHMMSS (RFC 4034 §3.2). They wrap every 136 years; taken as a time between 1957 and 2093.
 */
export function dateText(seconds: number): string {
  const since1970 = seconds > 3_900_000_000 ? seconds - 2 ** 32 : seconds;
  return new Date(since1970 * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** The types in an NSEC bitmap (RFC 4034 §4.1.2); undefined when it is not well formed. */
export function bitmapTypes(bytes: Uint8Array, at: number, end: number): string[] | undefined {
  const names: string[] = [];
  let last = -1;
  while (at < end) {
    if (at + 2 > end) return undefined;
    const window = bytes[at];
    const size = bytes[at + 1];
    if (window <= last || size === 0 || size > 32 || at + 2 + size > end) return undefined;
    for (let i = 0; i < size; i++) {
      const octet = bytes[at + 2 + i];
      for (let bit = 0; bit < 8; bit++) if ((octet & (0x80 >> bit)) !== 0) names.push(typeName(window * 256 + i * 8 + bit));
    }
    last = window;
    at += 2 + size;
  }
  return names;
}

/** RFC 3597 §5: any record's data. */
export function unknownData(bytes: Uint8Array, at: number, end: number): string {
  return at === end ? '\\# 0' : `\\# ${end - at} ${splitHex(bytes, at, end)}`;
}

/** "0014:004f" style groups: ILNP locators and node identifiers as `dig` prints them. */
export function groups(bytes: Uint8Array, at: number, count: number): string {
  const words: string[] = [];
  for (let i = 0; i < count; i++) words.push(u16(bytes, at + 2 * i).toString(16));
  return words.join(':');
}
