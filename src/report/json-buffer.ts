import { type Literal, literalAt, literalLength, POOL } from './literals.ts';

/** Bytes of the buffer. Records are some hundred bytes, and leave before they are many. */
export const CAPACITY = 1 << 18;

/**
 * What is written stands here until it is taken: one buffer for the process, because V8 knows where a constant lies, and how long
 * it is, when it compiles.
 */
export const BYTES = new Uint8Array(CAPACITY);
/** The same bytes for stores of more than one. */
export const VIEW = new DataView(BYTES.buffer);

/** Three digits each as bytes that one store writes, and their number above them: without leading zeros, and then with them. */
export const DIGITS = new Uint32Array(2000);
export const ZEROS = 1000;
/** With leading zeros, and without trailing ones. */
export const FRACTION = new Uint32Array(1000);
for (let n = 0; n < 1000; n++) {
  const [a, b, c] = [48 + Math.trunc(n / 100), 48 + (Math.trunc(n / 10) % 10), 48 + (n % 10)];
  const three = a | (b << 8) | (c << 16) | (3 << 24);
  DIGITS[n] = n < 10 ? c | (1 << 24) : n < 100 ? b | (c << 8) | (2 << 24) : three;
  DIGITS[n + ZEROS] = three;
  FRACTION[n] = c > 48 ? three : b > 48 ? a | (b << 8) | (2 << 24) : a > 48 ? a | (1 << 24) : 0;
}

/** Writes a literal; gives where it ends. */
export function copied(at: number, piece: Literal): number {
  const length = literalLength(piece);
  const from = literalAt(piece);
  for (let i = 0; i < length; i += 8) VIEW.setFloat64(at + i, POOL.getFloat64(from + i, true), true);
  return (at + length) | 0;
}

/** Writes a whole number below 10^9; gives where it ends. */
export function decimal(at: number, value: number): number {
  if (value < 1000) {
    const few = DIGITS[value];
    VIEW.setUint32(at, few, true);
    return (at + (few >>> 24)) | 0;
  }
  const thousands = (value / 1000) | 0;
  const millions = (thousands / 1000) | 0;
  // What stands here where there are no millions is written over.
  const first = DIGITS[millions];
  VIEW.setUint32(at, first, true);
  const middle = (at + ((millions > 0 ? first : 0) >>> 24)) | 0;
  const second = DIGITS[thousands - millions * 1000 + (millions > 0 ? ZEROS : 0)];
  VIEW.setUint32(middle, second, true);
  const last = (middle + (second >>> 24)) | 0;
  VIEW.setUint32(last, DIGITS[value - thousands * 1000 + ZEROS], true);
  return (last + 3) | 0;
}
