import { requestLine, statusLine } from './start-line.ts';

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
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;

/**
 * Where the parts of one head lie, and what decides framing and joins. Filled by `scanHead`, used again for the next head.
 * A range that is absent has `end` 0; a value's range is without the white space around it (RFC 9112 §5).
 */
export class Head {
  /** First byte of the start line (empty lines before it are skipped, RFC 9112 §2.2), and the byte behind the head. */
  at = 0;
  end = 0;
  lineEnd = 0;
  /** 9 for HTTP/0.9 (no version in the line), 10, 11. */
  version = 0;
  methodEnd = 0;
  targetAt = 0;
  targetEnd = 0;
  /** The target goes on behind the range (`partial` only). */
  targetCut = false;
  status = 0;
  statusAt = 0;
  reasonAt = 0;
  reasonEnd = 0;
  hostAt = 0;
  hostEnd = 0;
  refererAt = 0;
  refererEnd = 0;
  locationAt = 0;
  locationEnd = 0;
  contentTypeAt = 0;
  contentTypeEnd = 0;
  contentEncodingAt = 0;
  contentEncodingEnd = 0;
  upgradeAt = 0;
  upgradeEnd = 0;
  lines = 0;
  /** -1: none. Two that differ, or one that is no number: `badLength`. */
  contentLength = -1;
  badLength = false;
  /** Any Transfer-Encoding but "identity", and whether its last coding is chunked (RFC 9112 §6.1). */
  transferEncoding = false;
  chunked = false;
  close = false;
  keepAlive = false;
  /** "Connection: upgrade" */
  connectionUpgrade = false;
  expectContinue = false;
  /** No byte of the head is above 0x7f. */
  ascii = true;

  clear(): void {
    this.end = this.lineEnd = this.version = this.methodEnd = this.targetAt = this.targetEnd = 0;
    this.status = this.reasonAt = this.reasonEnd = 0;
    this.hostEnd = this.refererEnd = this.locationEnd = this.contentTypeEnd = this.contentEncodingEnd = this.upgradeEnd = 0;
    this.lines = 0;
    this.contentLength = -1;
    this.badLength = this.transferEncoding = this.chunked = false;
    this.close = this.keepAlive = this.connectionUpgrade = this.expectContinue = this.targetCut = false;
    this.ascii = true;
  }
}

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
  let bits = 0;
  while (i < end && (c = bytes[i]) !== LF) {
    bits |= c;
    i++;
  }
  if (i >= end && !partial) return MORE;
  const lineEnd = i > head.at && bytes[i - 1] === CR ? i - 1 : i;
  head.lineEnd = lineEnd;
  const known = response ? statusLine(head, bytes, head.at, lineEnd) : requestLine(head, bytes, head.at, lineEnd, i >= end);
  head.ascii = bits < 0x80;
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
      while (i < end && (c = bytes[i]) !== LF) {
        bits |= c;
        i++;
      }
      if (i + 1 >= end) break;
      c = bytes[i + 1];
      if (c !== SPACE && c !== TAB) break;
      i++;
    }
    if (i >= end) break;
    if (head.lines++ < HEADER_LINES_LIMIT) header(head, bytes, lineAt, i, first | 0x20);
    head.ascii = bits < 0x80;
    i++;
  }
  return partial ? finish(head, end) : MORE;
}

function finish(head: Head, end: number): number {
  head.end = end;
  return end;
}

/** Sorts out the few fields that matter by first letter; `first` is lower case. `end` is the line's LF. */
function header(head: Head, bytes: Uint8Array, at: number, end: number, first: number): void {
  if (end - at < 5) return;
  switch (first) {
    case 0x68: // h
      if (named(bytes, at, end, 'host') && head.hostEnd === 0 && value(bytes, valueAt, end)) {
        head.hostAt = valueAt;
        head.hostEnd = valueEnd;
      }
      return;
    case 0x63: // c
      if ((bytes[at + 2] | 0x20) === 0x6e) content(head, bytes, at, end);
      return;
    case 0x74: // t
      if (named(bytes, at, end, 'transfer-encoding')) codings(head, bytes, valueAt, end);
      return;
    case 0x75: // u
      if (named(bytes, at, end, 'upgrade') && value(bytes, valueAt, end)) {
        head.upgradeAt = valueAt;
        head.upgradeEnd = valueEnd;
      }
      return;
    case 0x72: // r
      if (named(bytes, at, end, 'referer') && value(bytes, valueAt, end)) {
        head.refererAt = valueAt;
        head.refererEnd = valueEnd;
      }
      return;
    case 0x6c: // l
      if (named(bytes, at, end, 'location') && value(bytes, valueAt, end)) {
        head.locationAt = valueAt;
        head.locationEnd = valueEnd;
      }
      return;
    case 0x65: // e
      if (named(bytes, at, end, 'expect') && value(bytes, valueAt, end) && same(bytes, valueAt, valueEnd, '100-continue')) {
        head.expectContinue = true;
      }
      return;
  }
}

/** Content-* and Connection. */
function content(head: Head, bytes: Uint8Array, at: number, end: number): void {
  if (end - at < 10) return;
  const at8 = bytes[at + 8] | 0x20;
  if (bytes[at + 7] !== 0x2d) {
    if (named(bytes, at, end, 'connection')) options(head, bytes, valueAt, end);
  } else if (at8 === 0x6c) {
    if (named(bytes, at, end, 'content-length')) lengths(head, bytes, valueAt, end);
  } else if (at8 === 0x74) {
    if (named(bytes, at, end, 'content-type') && value(bytes, valueAt, end)) {
      head.contentTypeAt = valueAt;
      head.contentTypeEnd = valueEnd;
    }
  } else if (at8 === 0x65 && named(bytes, at, end, 'content-encoding') && value(bytes, valueAt, end)) {
    head.contentEncodingAt = valueAt;
    head.contentEncodingEnd = valueEnd;
  }
}

// Where `named` and `value` leave what they found: two results without an object. Meaningful only until the next call.
let valueAt = 0;
let valueEnd = 0;

/** Is `name` (lower case) the field's name? White space before the colon is borne (RFC 9112 §5.1). */
function named(bytes: Uint8Array, at: number, end: number, name: string): boolean {
  let i = at + name.length;
  if (i >= end || !same(bytes, at, i, name)) return false;
  while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
  valueAt = i + 1;
  return i < end && bytes[i] === COLON;
}

/** Bytes equal `text` (lower case), whatever their case. */
export function same(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (end - at !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    const c = bytes[at + i];
    const wanted = text.charCodeAt(i);
    if (c !== wanted && (wanted < 0x61 || wanted > 0x7a || (c | 0x20) !== wanted)) return false;
  }
  return true;
}

/** Trims the white space around a value; a fold at its edges is white space too. False when nothing is left. */
function value(bytes: Uint8Array, at: number, end: number): boolean {
  while (at < end && isSpace(bytes[at])) at++;
  while (end > at && isSpace(bytes[end - 1])) end--;
  valueAt = at;
  valueEnd = end;
  return end > at;
}

const isSpace = (c: number): boolean => c === SPACE || c === TAB || c === CR || c === LF;

/** The comma-separated parts of a value, trimmed and without parameters, one a call: false when there are no more. */
function part(bytes: Uint8Array, at: number, end: number): boolean {
  while (at < end) {
    let stop = at;
    let last = -1;
    while (stop < end && bytes[stop] !== COMMA) {
      if (bytes[stop] === SEMICOLON && last < 0) last = stop;
      stop++;
    }
    next = stop + 1;
    if (value(bytes, at, last < 0 ? stop : last)) return true;
    at = next;
  }
  return false;
}
let next = 0;

/** Content-Length, one or several, or a list of the same number (RFC 9112 §6.3, RFC 9110 §8.6). */
function lengths(head: Head, bytes: Uint8Array, at: number, end: number): void {
  next = at;
  let any = false;
  while (part(bytes, next, end)) {
    let length = 0;
    for (let i = valueAt; i < valueEnd; i++) {
      const digit = bytes[i] - 0x30;
      if (digit < 0 || digit > 9) head.badLength = true;
      length = length * 10 + digit;
    }
    if (length > Number.MAX_SAFE_INTEGER) length = Number.MAX_SAFE_INTEGER;
    if (any || head.contentLength >= 0) head.badLength ||= length !== head.contentLength;
    any = true;
    head.contentLength = head.badLength ? -1 : length;
    if (head.badLength) return;
  }
  if (!any) head.badLength = true;
}

/** Transfer-Encoding: only whether chunked is the last coding counts (RFC 9112 §6.1). */
function codings(head: Head, bytes: Uint8Array, at: number, end: number): void {
  next = at;
  while (part(bytes, next, end)) {
    if (same(bytes, valueAt, valueEnd, 'identity')) continue;
    head.transferEncoding = true;
    head.chunked = same(bytes, valueAt, valueEnd, 'chunked');
  }
}

/** Connection (RFC 9110 §7.6.1). */
function options(head: Head, bytes: Uint8Array, at: number, end: number): void {
  next = at;
  while (part(bytes, next, end)) {
    if (same(bytes, valueAt, valueEnd, 'close')) head.close = true;
    else if (same(bytes, valueAt, valueEnd, 'keep-alive')) head.keepAlive = true;
    else if (same(bytes, valueAt, valueEnd, 'upgrade')) head.connectionUpgrade = true;
  }
}
