import { u16, u24 } from '../dissect/bytes.ts';
import { knownMethod } from '../dissect/http/start-line.ts';
import { HandshakeType } from '../dissect/tls/names.ts';
import { isRecordHeader, RECORD_HEADER } from '../dissect/tls/records.ts';

const VERSION = Buffer.from('HTTP/1.', 'latin1');
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const HANDSHAKE = 0x16;
/** Bytes of a method, and of a request line, that are looked at. */
const METHOD = 20;
const LINE = 4096;

const stands = (bytes: Uint8Array, at: number, end: number): boolean => {
  if (end - at < VERSION.length) return false;
  for (let i = 0; i < VERSION.length; i++) if (bytes[at + i] !== VERSION[i]) return false;
  return true;
};

/**
 * Does a segment of a connection that nobody understood so far begin with something that is hardly anything else: a status line,
 * a request line, a TLS hello? So begin the next answer after a download that was running when the capture began, and TLS after a
 * long talk in the clear. Most segments cost a look at their first byte.
 */
export function startsLate(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at];
  if (first === HANDSHAKE) return hello(bytes, at, end);
  if (first < 0x41 || first > 0x5a) return false;
  return stands(bytes, at, end) || request(bytes, at, end);
}

function hello(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < RECORD_HEADER + 4 || !isRecordHeader(bytes, at)) return false;
  const type = bytes[at + RECORD_HEADER];
  if (type !== HandshakeType.clientHello && type !== HandshakeType.serverHello) return false;
  // A ClientHello is the only message of its record, a ServerHello at least fits.
  const need = 4 + u24(bytes, at + RECORD_HEADER + 1);
  const length = u16(bytes, at + 3);
  return type === HandshakeType.clientHello ? need === length : need <= length;
}

function request(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at;
  while (i < end && i - at < METHOD && bytes[i] !== SPACE) i++;
  if (bytes[i] !== SPACE || knownMethod(bytes, at, i) === undefined) return false;
  for (const stop = Math.min(end, at + LINE); i < stop && bytes[i] !== LINE_FEED; i++)
    if (bytes[i] === SPACE && stands(bytes, i + 1, end)) return true;
  return false;
}
