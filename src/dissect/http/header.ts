import { type Head, RequestField } from './head-parts.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;

/** Fields that matter. */
const NAMES = [
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'forwarded',
  'host',
  'location',
  'referer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
  'x-forwarded-for',
  'x-real-ip',
] as const;
type Name = (typeof NAMES)[number];

const BY_LETTER: Name[][] = Array.from({ length: 256 }, () => []);
for (const name of NAMES) BY_LETTER[name.charCodeAt(0)].push(name);

/** Sorts out the few fields that matter; `first` is the line's first letter in lower case. `end` is the line's LF. */
export function header(head: Head, bytes: Uint8Array, at: number, end: number, first: number): void {
  if (end - at < 5) return;
  const name = known(BY_LETTER[first], bytes, at, end);
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
      if (value(bytes, from, end) && same(bytes, valueAt, valueEnd, '100-continue')) head.expectContinue = true;
      return;
    default:
      // Forwarded, Via, X-Forwarded-For, X-Real-IP.
      head.fields |= RequestField.sentOn;
  }
}

// Where `known` and `value` leave what they found: two results without an object. Meaningful only until the next call.
let valueAt = 0;
let valueEnd = 0;

/** Which of these is the field's name? White space before the colon is borne (RFC 9112 §5.1). */
function known(names: readonly Name[], bytes: Uint8Array, at: number, end: number): Name | undefined {
  for (let n = 0; n < names.length; n++) {
    const name = names[n];
    let i = at + name.length;
    if (i >= end || (bytes[i] !== COLON && bytes[i] !== SPACE && bytes[i] !== TAB) || !same(bytes, at, i, name)) continue;
    while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
    valueAt = i + 1;
    return i < end && bytes[i] === COLON ? name : undefined;
  }
  return undefined;
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
  head.fields |= RequestField.connection;
  next = at;
  while (part(bytes, next, end)) {
    if (same(bytes, valueAt, valueEnd, 'close')) head.close = true;
    else if (same(bytes, valueAt, valueEnd, 'keep-alive')) {
      head.keepAlive = true;
      head.fields |= RequestField.keepAlive;
    } else if (same(bytes, valueAt, valueEnd, 'upgrade')) head.connectionUpgrade = true;
  }
}
