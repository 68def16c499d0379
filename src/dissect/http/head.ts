import type { Head } from './head-parts.ts';
import { header } from './header.ts';
import { requestLine, statusLine } from './start-line.ts';

export { Head } from './head-parts.ts';

/** A head longer than this is read as far as here; the rest of it is skipped. */
export const HEAD_LIMIT = 256 * 1024;
/** Header lines beyond this many are skipped unread. */
export const HEADER_LINES_LIMIT = 4096;

/** What `scanHead` returns instead of an offset: the head's end is not in the range, or no message begins here. */
export const MORE = -1;
export const NONE = -2;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
/** In each of four bytes: a line feed, the lowest bit, the highest one. */
const LINE_FEEDS = 0x0a0a0a0a;
const LOW_BITS = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;

/**
 * Reads the message head that begins at `at` (RFC 9112 §2.1). Returns the offset behind it, `MORE` when its end is not in the
 * range, `NONE` when its first line is no start line. Lines may end with LF alone (§2.2); a folded line (§5.2) belongs to
 * the one before it. With `partial` a head without end counts too: its whole lines are read, and a cut request line as far
 * as it goes.
 */
export function scanHead(head: Head, bytes: Uint8Array, at: number, end: number, response: boolean, partial = false): number {
  head.clear();
  let i = at;
  let c = 0;
  while (i < end && ((c = bytes[i]) === LF || c === CR)) i++;
  head.at = i;
  bits = 0;
  i = lineFeed(bytes, i, end);
  if (i >= end && !partial) return MORE;
  const lineEnd = i > head.at && bytes[i - 1] === CR ? i - 1 : i;
  head.lineEnd = lineEnd;
  const known = response ? statusLine(head, bytes, head.at, lineEnd) : requestLine(head, bytes, head.at, lineEnd, i >= end);
  head.plain = (bits & HIGH_BITS) === 0;
  if (!known) return NONE;
  i++;
  while (i < end) {
    const first = bytes[i];
    if (first === LF) return finish(head, i + 1);
    if (first === CR) {
      if (i + 1 >= end) break;
      if (bytes[i + 1] === LF) return finish(head, i + 2);
    }
    const lineAt = i;
    for (;;) {
      i = lineFeed(bytes, i, end);
      if (i + 1 >= end) break;
      c = bytes[i + 1];
      if (c !== SPACE && c !== TAB) break;
      bits = HIGH_BITS;
      i++;
    }
    if (i >= end) break;
    if (head.lines++ < HEADER_LINES_LIMIT) header(head, bytes, lineAt, i, first | 0x20);
    head.plain = (bits & HIGH_BITS) === 0;
    i++;
  }
  return partial ? finish(head, end) : MORE;
}

// A view on the array that was scanned last, and the bits of all bytes of the head at hand, with high ones where a line is
// folded: one after the other, no two heads are read at once.
let viewed = new Uint8Array(0);
let view: DataView = new DataView(viewed.buffer);
let bits = 0;

/** The next line feed from `at` on, `end` where there is none. Looks at four bytes at once: heads are long. */
function lineFeed(bytes: Uint8Array, at: number, end: number): number {
  if (bytes !== viewed) {
    viewed = bytes as Uint8Array<ArrayBuffer>;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  let i = at;
  for (; i + 4 <= end; i += 4) {
    const four = view.getInt32(i, true);
    // A byte of this is 0 where `four` has a line feed; the lowest bit of the next is then the top one of the first such byte.
    const zeros = four ^ LINE_FEEDS;
    const found = (zeros - LOW_BITS) & ~zeros & HIGH_BITS;
    if (found !== 0) {
      const first = found & -found;
      bits |= four & (first - 1);
      return i + ((31 - Math.clz32(first)) >> 3);
    }
    bits |= four;
  }
  for (; i < end && bytes[i] !== LF; i++) bits |= bytes[i];
  return i;
}

function finish(head: Head, end: number): number {
  head.end = end;
  return end;
}
