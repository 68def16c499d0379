import { brotliDecompressSync, inflateSync } from 'node:zlib';
import { u16, u24 } from '../bytes.ts';

/** Certificates of one message that are looked at. */
export const CHAIN_LIMIT = 16;
/** A chain is rarely above 10 KB. */
const INFLATED_LIMIT = 1 << 17;

const ZLIB = 1;
const BROTLI = 2;

/** Where the certificates of a Certificate message of TLS 1.3 (RFC 8446 §4.4.2) lie: pairs of at and end. */
export function chainRanges(bytes: Uint8Array, at: number, end: number): number[] {
  const ranges: number[] = [];
  if (end - at < 4) return ranges;
  const list = at + 1 + bytes[at];
  if (list + 3 > end) return ranges;
  const stop = Math.min(end, list + 3 + u24(bytes, list));
  for (let i = list + 3; i + 3 <= stop && ranges.length < 2 * CHAIN_LIMIT; ) {
    const next = i + 3 + u24(bytes, i);
    if (next > stop) break;
    ranges.push(i + 3, next);
    i = next + 2 <= stop ? next + 2 + u16(bytes, next) : stop;
  }
  return ranges;
}

/** The Certificate message inside a CompressedCertificate (RFC 8879 §4); undefined where it cannot be taken out. */
export function inflateCertificate(bytes: Uint8Array, at: number, end: number): Uint8Array | undefined {
  if (end - at < 8) return undefined;
  const algorithm = u16(bytes, at);
  const data = bytes.subarray(at + 8, end);
  const options = { maxOutputLength: INFLATED_LIMIT };
  try {
    if (algorithm === ZLIB) return inflateSync(data, options);
    if (algorithm === BROTLI) return brotliDecompressSync(data, options);
  } catch {
    // Broken, or longer than a chain ever is.
  }
  return undefined;
}
