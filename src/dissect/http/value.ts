import { isUtf8 } from 'node:buffer';
import { bufferOf } from '../bytes.ts';
import { viewOf } from './words.ts';

/** Targets and header values longer than this are cut, and end with `CUT_MARK`. */
export const VALUE_LIMIT = 8192;
export const CUT_MARK = '…';

/** Values that come again and again: so many are known as texts, each up to so many words long. */
const USUAL_VALUES_BITS = 10;
const USUAL_WORDS = 16;
const usual = new Array<string>(1 << USUAL_VALUES_BITS).fill('');
const usualLengths = new Uint8Array(1 << USUAL_VALUES_BITS);
/** Their words, the last one filled up with zeros. */
const usualWords = new Int32Array(USUAL_WORDS << USUAL_VALUES_BITS);

/**
 * The text of a value: one character a byte, or UTF-8 where it has bytes above 0x7f and they are valid. Folds become a
 * space (RFC 9112 §5.2). `plain`: known to have neither.
 */
export function valueText(bytes: Uint8Array, at: number, end: number, plain = false): string {
  const view = bufferOf(bytes);
  const cut = end - at > VALUE_LIMIT;
  if (cut) end = at + VALUE_LIMIT;
  let text = view.toString('latin1', at, end);
  if (!plain) {
    if (/[\x80-\xff]/.test(text)) {
      // A character that the cut went through does not make the rest invalid.
      while (cut && end > at && (bytes[end] & 0xc0) === 0x80) end--;
      if (isUtf8(view.subarray(at, end))) text = view.toString('utf8', at, end);
    }
    if (text.includes('\n')) text = text.replace(/\r?\n[ \t]*/g, ' ');
  }
  return cut ? text + CUT_MARK : text;
}

/** The same of a value that many heads have: a string that is there already, where it was met before. */
export function usualText(array: Uint8Array, at: number, end: number, plain: boolean): string {
  const bytes = viewOf(array);
  // The last word is read as a whole.
  if (!plain || end - at >= 4 * USUAL_WORDS || end + 4 > array.length) return valueText(array, at, end, plain);
  let hash = 0;
  let i = at;
  for (; i + 4 <= end; i += 4) hash = Math.imul(hash ^ bytes.getInt32(i, true), 0x9e3779b1);
  const last = bytes.getInt32(i, true) & ((1 << (8 * (end - i))) - 1);
  const place = Math.imul(hash ^ last, 0x9e3779b1) >>> (32 - USUAL_VALUES_BITS);
  if (!isUsual(bytes, at, i, last, place) || usualLengths[place] !== end - at) {
    usual[place] = valueText(array, at, end, plain);
    usualLengths[place] = end - at;
    let to = USUAL_WORDS * place;
    for (i = at; i + 4 <= end; i += 4) usualWords[to++] = bytes.getInt32(i, true);
    usualWords[to] = last;
  }
  return usual[place];
}

/** Are the words from `at` to `stop`, and the last one, those of the value known in this place? */
function isUsual(bytes: DataView, at: number, stop: number, last: number, place: number): boolean {
  let i = USUAL_WORDS * place;
  for (; at < stop; at += 4) if (bytes.getInt32(at, true) !== usualWords[i++]) return false;
  return usualWords[i] === last;
}
