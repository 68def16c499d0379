import type { Head } from './head-parts.ts';
import { viewOf, word } from './words.ts';

/** Methods that make a line without a version believable: RFC 9110 §9.3, PATCH, WebDAV and its kin, UPnP, and others seen. */
const METHODS = `GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH LINK UNLINK PURGE
  PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH ORDERPATCH ACL BIND UNBIND REBIND MKREDIRECTREF UPDATEREDIRECTREF
  VERSION-CONTROL REPORT CHECKOUT CHECKIN UNCHECKOUT MKWORKSPACE UPDATE LABEL MERGE BASELINE-CONTROL MKACTIVITY MKCALENDAR
  BCOPY BMOVE BDELETE BPROPFIND BPROPPATCH POLL QUERY M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE SOURCE
  RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA CCM_POST BITS_POST SSTP_DUPLEX_POST`.split(/\s+/);

/** No method is longer than this. */
export const METHOD_LIMIT = 32;

const SPACE = 0x20;
const SLASH = 0x2f;

// tchar, RFC 9110 §5.6.2.
const TOKEN = new Uint8Array(256);
for (const c of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") TOKEN[c.charCodeAt(0)] = 1;

const BY_LETTER: string[][] = Array.from({ length: 256 }, () => []);
for (const method of METHODS) BY_LETTER[method.charCodeAt(0)].push(method);

/** The method as one of the known strings, or undefined. Nothing is allocated. */
export function knownMethod(bytes: Uint8Array, at: number, end: number): string | undefined {
  return at < end ? methodIn(viewOf(bytes), at, end) : undefined;
}

function methodIn(bytes: DataView, at: number, end: number): string | undefined {
  const methods = BY_LETTER[bytes.getUint8(at)];
  for (let i = 0; i < methods.length; i++)
    if (methods[i].length === end - at && matches(bytes, at, end, methods[i]) === end - at) return methods[i];
  return undefined;
}

/** How many of `text`'s characters the range begins with. */
function matches(bytes: DataView, at: number, end: number, text: string): number {
  const most = Math.min(text.length, end - at);
  let i = 0;
  while (i < most && bytes.getUint8(at + i) === text.charCodeAt(i)) i++;
  return i;
}

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

const HTTP = word('HTTP');
const ONE_ONE = word('/1.1');

/** 10 or 11 for "HTTP/1.0", "HTTP/1.1", "HTTP/1." and the like in exactly this range, else 0. HTTP/2 is no HTTP/1. */
function version(bytes: DataView, at: number, end: number): number {
  const length = end - at;
  if (length < 6 || length > 8 || bytes.getInt32(at, true) !== HTTP) return 0;
  if (length === 8 && bytes.getInt32(at + 4, true) === ONE_ONE) return 11;
  const major = bytes.getUint8(at + 5);
  if (bytes.getUint8(at + 4) !== SLASH || (major !== 0x31 && major !== 0x30)) return 0;
  if (length > 6 && bytes.getUint8(at + 6) !== 0x2e) return 0;
  if (length > 7 && !isDigit(bytes.getUint8(at + 7))) return 0;
  return major === 0x30 || (length === 8 && bytes.getUint8(at + 7) === 0x30) ? 10 : 11;
}

/** "HTTP/1.1": a word, a slash, a digit. */
function looksLikeVersion(bytes: DataView, at: number, end: number): boolean {
  let i = at;
  while (i < end && bytes.getUint8(i) >= 0x41 && bytes.getUint8(i) <= 0x5a) i++;
  return i > at && i + 1 < end && bytes.getUint8(i) === SLASH && isDigit(bytes.getUint8(i + 1));
}

/**
 * Request line, RFC 9112 §3: method, target, version. Words may be parted by more than one space, a target may hold some
 * (senders get both wrong). Without a version it is HTTP/0.9 or a mistake: only for a known method. `cut`: the line has no
 * end because bytes are missing; then it counts as far as it goes.
 */
export function requestLine(head: Head, bytes: DataView, at: number, end: number, cut: boolean): boolean {
  let methodEnd = at;
  const stop = Math.min(end, at + METHOD_LIMIT + 1);
  while (methodEnd < stop && TOKEN[bytes.getUint8(methodEnd)] === 1) methodEnd++;
  if (methodEnd === at || (methodEnd < end && bytes.getUint8(methodEnd) !== SPACE)) return false;
  head.methodEnd = methodEnd;
  while (end > methodEnd && bytes.getUint8(end - 1) === SPACE) end--;
  let targetAt = methodEnd;
  while (targetAt < end && bytes.getUint8(targetAt) === SPACE) targetAt++;
  head.targetAt = targetAt;
  let versionAt = end;
  if (end - targetAt > 8 && bytes.getInt32(end - 8, true) === HTTP && bytes.getInt32(end - 4, true) === ONE_ONE) versionAt -= 8;
  while (versionAt > targetAt && bytes.getUint8(versionAt - 1) !== SPACE) versionAt--;
  if (versionAt > targetAt) {
    head.version = version(bytes, versionAt, end);
    if (head.version > 0) {
      let targetEnd = versionAt - 1;
      while (targetEnd > targetAt && bytes.getUint8(targetEnd - 1) === SPACE) targetEnd--;
      head.targetEnd = targetEnd;
      return true;
    }
  }
  if (methodIn(bytes, at, methodEnd) === undefined) return false;
  if (cut) {
    head.version = 11;
    let targetEnd = targetAt;
    while (targetEnd < end && bytes.getUint8(targetEnd) !== SPACE) targetEnd++;
    head.targetEnd = targetEnd;
    head.targetCut = targetEnd === end;
    return targetEnd > targetAt;
  }
  if (versionAt > targetAt && looksLikeVersion(bytes, versionAt, end)) return false;
  head.version = 9;
  head.targetEnd = end;
  return true;
}

/** Status line, RFC 9112 §4: version, three digits, and a reason that may be absent with its space. */
export function statusLine(head: Head, bytes: DataView, at: number, end: number): boolean {
  if (end - at < 12 || bytes.getUint8(at + 8) !== SPACE) return false;
  head.version = version(bytes, at, at + 8);
  if (head.version === 0) return false;
  let i = at + 9;
  while (i < end && bytes.getUint8(i) === SPACE) i++;
  if (i + 3 > end) return false;
  const hundreds = bytes.getUint8(i) - 0x30;
  const tens = bytes.getUint8(i + 1) - 0x30;
  const ones = bytes.getUint8(i + 2) - 0x30;
  if (hundreds < 0 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return false;
  if (i + 3 < end && bytes.getUint8(i + 3) !== SPACE) return false;
  head.status = hundreds * 100 + tens * 10 + ones;
  head.statusAt = i;
  let reasonEnd = end;
  while (reasonEnd > i + 3 && bytes.getUint8(reasonEnd - 1) === SPACE) reasonEnd--;
  head.reasonAt = Math.min(i + 4, reasonEnd);
  head.reasonEnd = reasonEnd;
  return head.status >= 100;
}

/**
 * May the line that begins here, and whose end need not be in the range, become a start line? `sure`: only where the version
 * or a whole known method says so already. Looks at the first few dozen bytes.
 */
export function mayStart(array: Uint8Array, at: number, end: number, response: boolean, sure = false): boolean {
  const bytes = viewOf(array);
  if (response) {
    const found = matches(bytes, at, end, 'HTTP/1.');
    if (found === Math.min(7, end - at)) return end - at < 9 ? !sure : bytes.getUint8(at + 8) === SPACE;
    return found === 5 && bytes.getUint8(at + 5) === 0x30 && end - at > 8 && bytes.getUint8(at + 8) === SPACE;
  }
  const stop = Math.min(end, at + METHOD_LIMIT + 1);
  let i = at;
  while (i < stop && TOKEN[bytes.getUint8(i)] === 1) i++;
  if (i === at || i - at > METHOD_LIMIT) return false;
  if (i === end) return !sure;
  const c = bytes.getUint8(i);
  if (c === 0x0d || c === 0x0a) return methodIn(bytes, at, i) !== undefined;
  if (c !== SPACE) return false;
  return !sure || methodIn(bytes, at, i) !== undefined;
}
