import { type Head, RequestField } from './head-parts.ts';
import { beginsWith, isText, known, lengthOf, word } from './words.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;

/** Fields that matter; Via is told apart, because it is shorter than a word. */
const NAMES = [
  'host',
  'user-agent',
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'upgrade',
  'referer',
  'location',
  'expect',
  'forwarded',
  'x-forwarded-for',
  'x-real-ip',
] as const;
type Name = (typeof NAMES)[number] | 'via';

/** The number of the first name, by which those behind it are counted. */
const FIRST_NAME = known(NAMES[0]);
for (let i = 1; i < NAMES.length; i++) known(NAMES[i]);
const KEEP_ALIVE = known('keep-alive');
const CLOSE = known('close');
const UPGRADE = known('upgrade');
const IDENTITY = known('identity');
const CHUNKED = known('chunked');
const CONTINUE = known('100-continue');

const FOLD = 0x20202020;

/** By the hash of a line's first four bytes in small letters: the first name that begins so, and the next one, each plus one. */
const firstBy = new Uint8Array(256);
const nextBy = new Uint8Array(256);
for (let i = NAMES.length - 1; i >= 0; i--) {
  const place = hash(word(NAMES[i]) | FOLD);
  nextBy[i + 1] = firstBy[place];
  firstBy[place] = i + 1;
}

function hash(folded: number): number {
  return Math.imul(folded, 0x9e3779b1) >>> 24;
}

/** "via" and the byte behind it. */
const VIA = 0x616976;
const THREE_BYTES = 0xffffff;

/** Sorts out the few fields that matter. `end` is the line's LF. */
export function header(head: Head, bytes: DataView, at: number, end: number): void {
  if (end - at < 5) return;
  const name = nameOf(bytes, at, end);
  if (name === undefined) return;
  const from = valueAt;
  switch (name) {
    case 'host':
      if (head.hostEnd !== 0 || !value(bytes, from, end)) return;
      head.hostAt = valueAt;
      head.hostEnd = valueEnd;
      head.fields |= RequestField.host;
      return;
    case 'user-agent':
      head.fields |= RequestField.userAgent;
      return;
    case 'accept':
      head.fields |= RequestField.accept;
      if (!value(bytes, from, end)) return;
      head.acceptAt = valueAt;
      head.acceptEnd = valueEnd;
      return;
    case 'accept-encoding':
      head.fields |= RequestField.acceptEncoding;
      return;
    case 'accept-language':
      head.fields |= RequestField.acceptLanguage;
      return;
    case 'connection':
      options(head, bytes, from, end);
      return;
    case 'content-length':
      lengths(head, bytes, from, end);
      return;
    case 'content-type':
      if (!value(bytes, from, end)) return;
      head.contentTypeAt = valueAt;
      head.contentTypeEnd = valueEnd;
      return;
    case 'content-encoding':
      if (!value(bytes, from, end)) return;
      head.contentEncodingAt = valueAt;
      head.contentEncodingEnd = valueEnd;
      return;
    case 'transfer-encoding':
      codings(head, bytes, from, end);
      return;
    case 'upgrade':
      if (!value(bytes, from, end)) return;
      head.upgradeAt = valueAt;
      head.upgradeEnd = valueEnd;
      return;
    case 'referer':
      if (!value(bytes, from, end)) return;
      head.refererAt = valueAt;
      head.refererEnd = valueEnd;
      return;
    case 'location':
      if (!value(bytes, from, end)) return;
      head.locationAt = valueAt;
      head.locationEnd = valueEnd;
      return;
    case 'expect':
      if (value(bytes, from, end) && isText(bytes, valueAt, valueEnd, CONTINUE)) head.expectContinue = true;
      return;
    default:
      // Forwarded, Via, X-Forwarded-For, X-Real-IP.
      head.fields |= RequestField.sentOn;
  }
}

// Where `nameOf` and `value` leave what they found: two results without an object. Meaningful only until the next call.
let valueAt = 0;
let valueEnd = 0;

/** Which field's line is this? White space before the colon is borne (RFC 9112 §5.1). */
function nameOf(bytes: DataView, at: number, end: number): Name | undefined {
  const first = bytes.getInt32(at, true) | FOLD;
  for (let n = firstBy[hash(first)]; n !== 0; n = nextBy[n]) {
    const text = FIRST_NAME + n - 1;
    const nameEnd = at + lengthOf(text);
    if (nameEnd < end && endsName(bytes.getUint8(nameEnd)) && beginsWith(bytes, at, text))
      return colon(bytes, nameEnd, end) ? NAMES[n - 1] : undefined;
  }
  if ((first & THREE_BYTES) !== VIA || !endsName(bytes.getUint8(at + 3))) return undefined;
  return colon(bytes, at + 3, end) ? 'via' : undefined;
}

const endsName = (c: number): boolean => c === COLON || c === SPACE || c === TAB;

/** Is a name that ends here followed by a colon, and so by a value? */
function colon(bytes: DataView, at: number, end: number): boolean {
  let c = 0;
  while (at < end && ((c = bytes.getUint8(at)) === SPACE || c === TAB)) at++;
  valueAt = at + 1;
  return at < end && c === COLON;
}

/** Trims the white space around a value; a fold at its edges is white space too. False when nothing is left. */
function value(bytes: DataView, at: number, end: number): boolean {
  while (at < end && isSpace(bytes.getUint8(at))) at++;
  while (end > at && isSpace(bytes.getUint8(end - 1))) end--;
  valueAt = at;
  valueEnd = end;
  return end > at;
}

const isSpace = (c: number): boolean => c <= SPACE && (c === SPACE || c === TAB || c === CR || c === LF);

/** The comma-separated parts of a value, trimmed and without parameters, one a call: false when there are no more. */
function part(bytes: DataView, at: number, end: number): boolean {
  while (at < end) {
    let stop = at;
    let last = -1;
    for (; stop < end; stop++) {
      const c = bytes.getUint8(stop);
      if (c === COMMA) break;
      if (c === SEMICOLON && last < 0) last = stop;
    }
    next = stop + 1;
    if (value(bytes, at, last < 0 ? stop : last)) return true;
    at = next;
  }
  return false;
}
let next = 0;

/** So many digits are an integer of 32 bits. */
const SHORT_NUMBER = 9;

/** Content-Length, one or several, or a list of the same number (RFC 9112 §6.3, RFC 9110 §8.6). */
function lengths(head: Head, bytes: DataView, at: number, end: number): void {
  if (value(bytes, at, end) && valueEnd - valueAt <= SHORT_NUMBER && head.contentLength < 0 && !head.badLength) {
    let length = 0;
    let i = valueAt;
    for (let digit = 0; i < valueEnd && (digit = bytes.getUint8(i) - 0x30) >= 0 && digit <= 9; i++) length = length * 10 + digit;
    if (i === valueEnd) {
      head.contentLength = length;
      return;
    }
  }
  next = at;
  let any = false;
  while (part(bytes, next, end)) {
    let length = 0;
    for (let i = valueAt; i < valueEnd; i++) {
      const digit = bytes.getUint8(i) - 0x30;
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
function codings(head: Head, bytes: DataView, at: number, end: number): void {
  next = at;
  while (part(bytes, next, end)) {
    if (isText(bytes, valueAt, valueEnd, IDENTITY)) continue;
    head.transferEncoding = true;
    head.chunked = isText(bytes, valueAt, valueEnd, CHUNKED);
  }
}

/** Connection (RFC 9110 §7.6.1). */
function options(head: Head, bytes: DataView, at: number, end: number): void {
  head.fields |= RequestField.connection;
  // Most often it is one word.
  if (value(bytes, at, end) && option(head, bytes)) return;
  next = at;
  while (part(bytes, next, end)) option(head, bytes);
}

/** Is the value at hand one of the options that matter? */
function option(head: Head, bytes: DataView): boolean {
  if (isText(bytes, valueAt, valueEnd, KEEP_ALIVE)) {
    head.keepAlive = true;
    head.fields |= RequestField.keepAlive;
    return true;
  }
  if (isText(bytes, valueAt, valueEnd, CLOSE)) return (head.close = true);
  return isText(bytes, valueAt, valueEnd, UPGRADE) && (head.connectionUpgrade = true);
}
