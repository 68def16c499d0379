import { type Head, RequestField } from './head-parts.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;

/** Sorts out the few fields that matter by first letter; `first` is lower case. `end` is the line's LF. */
export function header(head: Head, bytes: Uint8Array, at: number, end: number, first: number): void {
  if (end - at < 5) return;
  switch (first) {
    case 0x68: // h
      if (named(bytes, at, end, 'host') && head.hostEnd === 0 && value(bytes, valueAt, end)) {
        head.hostAt = valueAt;
        head.hostEnd = valueEnd;
        head.fields |= RequestField.host;
      }
      return;
    case 0x63: // c
      if ((bytes[at + 2] | 0x20) === 0x6e) content(head, bytes, at, end);
      return;
    case 0x74: // t
      if (named(bytes, at, end, 'transfer-encoding')) codings(head, bytes, valueAt, end);
      return;
    case 0x61: // a
      if ((bytes[at + 2] | 0x20) === 0x63) accept(head, bytes, at, end);
      return;
    case 0x75: // u
      if ((bytes[at + 1] | 0x20) === 0x73) {
        if (named(bytes, at, end, 'user-agent')) head.fields |= RequestField.userAgent;
      } else if (named(bytes, at, end, 'upgrade') && value(bytes, valueAt, end)) {
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
    case 0x66: // f
      if (named(bytes, at, end, 'forwarded')) head.fields |= RequestField.sentOn;
      return;
    case 0x76: // v
      if (named(bytes, at, end, 'via')) head.fields |= RequestField.sentOn;
      return;
    case 0x78: // x
      if (named(bytes, at, end, 'x-forwarded-for') || named(bytes, at, end, 'x-real-ip')) head.fields |= RequestField.sentOn;
      return;
    case 0x65: // e
      if (named(bytes, at, end, 'expect') && value(bytes, valueAt, end) && same(bytes, valueAt, valueEnd, '100-continue')) {
        head.expectContinue = true;
      }
      return;
  }
}

/** Accept and Accept-*. */
function accept(head: Head, bytes: Uint8Array, at: number, end: number): void {
  if (named(bytes, at, end, 'accept')) {
    head.fields |= RequestField.accept;
    if (!value(bytes, valueAt, end)) return;
    head.acceptAt = valueAt;
    head.acceptEnd = valueEnd;
  } else if (named(bytes, at, end, 'accept-encoding')) head.fields |= RequestField.acceptEncoding;
  else if (named(bytes, at, end, 'accept-language')) head.fields |= RequestField.acceptLanguage;
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
