import { isUtf8 } from 'node:buffer';
import { bufferOf } from '../bytes.ts';

/** Targets and header values longer than this are cut, and end with `CUT_MARK`. */
export const VALUE_LIMIT = 8192;
export const CUT_MARK = '…';

/** Values that come again and again: so many are known, each up to this length. */
const USUAL_VALUES = 1024;
const USUAL_LENGTH = 64;
const usual = new Array<string>(USUAL_VALUES).fill('');

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
export function usualText(bytes: Uint8Array, at: number, end: number, plain: boolean): string {
  if (!plain || end - at > USUAL_LENGTH) return valueText(bytes, at, end, plain);
  let hash = 0;
  for (let i = at; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]) | 0;
  const place = (hash ^ (hash >>> 10)) & (USUAL_VALUES - 1);
  if (!isText(bytes, at, end, usual[place])) usual[place] = valueText(bytes, at, end, plain);
  return usual[place];
}

function isText(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (text.length !== end - at) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[at + i]) return false;
  return true;
}
