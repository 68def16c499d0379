import { u16 } from '../bytes.ts';
import { ContentType } from './names.ts';

/** Type, version, length (RFC 8446 §5.1). */
export const RECORD_HEADER = 5;
/** RFC 5246 §6.2.3: what a record may carry at most. */
export const RECORD_LIMIT = 16_384 + 2048;

/** Could a record's header stand here? The caller has checked that 5 bytes do. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at];
  if (type < ContentType.changeCipherSpec || type > ContentType.heartbeat || bytes[at + 1] !== 3 || bytes[at + 2] > 4)
    return false;
  const length = u16(bytes, at + 3);
  if (length > RECORD_LIMIT) return false;
  return type === ContentType.changeCipherSpec ? length === 1 : type === ContentType.applicationData || length > 0;
}

/** A ChangeCipherSpec of a renegotiation is encrypted as all else is (RFC 5246 §7.1). */
export function isSealedChange(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === ContentType.changeCipherSpec && bytes[at + 1] === 3 && bytes[at + 2] <= 3 && u16(bytes, at + 3) <= 128;
}

/** The next place from `at` on where a record seems to begin, -1 none. Records of a connection keep to one version. */
export function findRecord(bytes: Uint8Array, at: number, end: number, version: number): number {
  for (let i = at; i + RECORD_HEADER <= end; i++) {
    if (bytes[i + 1] !== 3 || !isRecordHeader(bytes, i)) continue;
    if (version !== 0 && u16(bytes, i + 1) !== version) continue;
    const next = i + RECORD_HEADER + u16(bytes, i + 3);
    if (next + RECORD_HEADER > end || isRecordHeader(bytes, next)) return i;
  }
  return -1;
}
