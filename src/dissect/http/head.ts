import type { Head } from './head-parts.ts';
import { header } from './header.ts';
import { requestLine, statusLine } from './start-line.ts';
import { viewOf } from './words.ts';

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
/** In each of four bytes: a line feed, the lowest bit, the highest one, the one that letters have, or the bit below it. */
const LINE_FEEDS = 0x0a0a0a0a;
const LOW_BITS = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;
const LETTER_BITS = 0x40404040;
/** Bytes that are looked at together. */
const BLOCK = 16;

/**
 * Reads the message head that begins at `at` (RFC 9112 §2.1). Returns the offset behind it, `MORE` when its end is not in the
 * range, `NONE` when its first line is no start line. Lines may end with LF alone (§2.2); a folded line (§5.2) belongs to
 * the one before it. With `partial` a head without end counts too: its whole lines are read, and a cut request line as far
 * as it goes.
 */
export function scanHead(head: Head, array: Uint8Array, at: number, end: number, response: boolean, partial = false): number {
  let i = scanStartLine(head, array, at, end, response, partial);
  if (i < 0) return i;
  const bytes = viewOf(array);
  const stop = blocksEnd(array, end);
  i++;
  while (i < end) {
    let c = bytes.getUint8(i);
    if (c === LF) return finish(head, i + 1);
    if (c === CR) {
      if (i + 1 >= end) break;
      if (bytes.getUint8(i + 1) === LF) return finish(head, i + 2);
    }
    const lineAt = i;
    i = lineFeed(head, bytes, i, stop, end);
    while (i + 1 < end && ((c = bytes.getUint8(i + 1)) === SPACE || c === TAB)) {
      head.plain = false;
      i = lineFeed(head, bytes, i + 1, stop, end);
    }
    if (i >= end) break;
    if (head.lines++ < HEADER_LINES_LIMIT) header(head, bytes, lineAt, i);
    i++;
  }
  return partial ? finish(head, end) : MORE;
}

/** The same of a head's first line alone: returns the offset of its line feed, with `partial` and without one `end`. */
export function scanStartLine(
  head: Head,
  array: Uint8Array,
  at: number,
  end: number,
  response: boolean,
  partial: boolean,
): number {
  head.clear();
  const bytes = viewOf(array);
  let i = at;
  let c = 0;
  while (i < end && ((c = bytes.getUint8(i)) === LF || c === CR)) i++;
  head.at = i;
  i = lineFeed(head, bytes, i, blocksEnd(array, end), end);
  if (i >= end && !partial) return MORE;
  const lineEnd = i > head.at && bytes.getUint8(i - 1) === CR ? i - 1 : i;
  head.lineEnd = lineEnd;
  const known = response ? statusLine(head, bytes, head.at, lineEnd) : requestLine(head, bytes, head.at, lineEnd, i >= end);
  return known ? i : NONE;
}

/** Whole blocks begin before this place. */
function blocksEnd(array: Uint8Array, end: number): number {
  return array.length - BLOCK < end ? array.length - BLOCK + 1 : end;
}

/**
 * The next line feed from `at` on, `end` where there is none. Looks at blocks that begin before `stop`, then at single bytes: what a
 * block has behind `end` does not count. Notes whether all bytes before it are ASCII.
 */
function lineFeed(head: Head, bytes: DataView, at: number, stop: number, end: number): number {
  let all = 0;
  let i = at;
  for (; i < stop; i += BLOCK) {
    const a = bytes.getInt32(i, true);
    const b = bytes.getInt32(i + 4, true);
    const c = bytes.getInt32(i + 8, true);
    const d = bytes.getInt32(i + 12, true);
    // Control characters have neither of these two bits, all other ASCII has one.
    if (((a | (a << 1)) & (b | (b << 1)) & (c | (c << 1)) & (d | (d << 1)) & LETTER_BITS) !== LETTER_BITS) {
      let found = lineFeeds(a);
      if (found !== 0) return foundIn(head, all, a, i, found, end);
      found = lineFeeds(b);
      if (found !== 0) return foundIn(head, all | a, b, i + 4, found, end);
      found = lineFeeds(c);
      if (found !== 0) return foundIn(head, all | a | b, c, i + 8, found, end);
      found = lineFeeds(d);
      if (found !== 0) return foundIn(head, all | a | b | c, d, i + 12, found, end);
    }
    all |= a | b | c | d;
  }
  let c = 0;
  for (; i < end && (c = bytes.getUint8(i)) !== LF; i++) all |= c;
  if ((all & HIGH_BITS) !== 0) head.plain = false;
  return i < end ? i : end;
}

/** The highest bit of the first of four bytes that is a line feed, and whatever above it; 0 where none is. */
function lineFeeds(four: number): number {
  // A byte of this is 0 where `four` has a line feed.
  const zeros = four ^ LINE_FEEDS;
  return (zeros - LOW_BITS) & ~zeros & HIGH_BITS;
}

/** The first line feed is in these four bytes at `at`; `all` has the bits of those before them. */
function foundIn(head: Head, all: number, four: number, at: number, found: number, end: number): number {
  const first = found & -found;
  if (((all | (four & (first - 1))) & HIGH_BITS) !== 0) head.plain = false;
  const place = at + ((31 - Math.clz32(first)) >> 3);
  return place < end ? place : end;
}

function finish(head: Head, end: number): number {
  head.end = end;
  return end;
}
