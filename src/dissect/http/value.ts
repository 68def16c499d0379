import { isUtf8 } from 'node:buffer';
import { bufferOf } from '../bytes.ts';

/** Targets and header values longer than this are cut, and end with `CUT_MARK`. */
export const VALUE_LIMIT = 8192;
export const CUT_MARK = '…';

/**
 * The text of a value: one character a byte, or UTF-8 where it has bytes above 0x7f and they are valid. Folds become a
 * space (RFC 9112 §5.2). `ascii`: known to have no byte above 0x7f.
 */
export function valueText(bytes: Uint8Array, at: number, end: number, ascii = false): string {
  const view = bufferOf(bytes);
  const cut = end - at > VALUE_LIMIT;
  if (cut) end = at + VALUE_LIMIT;
  let text = view.toString('latin1', at, end);
  if (!ascii && /[\x80-\xff]/.test(text)) {
    // A character that the cut went through does not make the rest invalid.
    while (cut && end > at && (bytes[end] & 0xc0) === 0x80) end--;
    if (isUtf8(view.subarray(at, end))) text = view.toString('utf8', at, end);
  }
  if (text.includes('\n')) text = text.replace(/\r?\n[ \t]*/g, ' ');
  return cut ? text + CUT_MARK : text;
}
