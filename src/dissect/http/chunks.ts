export interface DecodedBody {
  bytes: Uint8Array;
  /** False when the captured bytes end early, are damaged, or the result passes the limit: then `bytes` is what there is before. */
  complete: boolean;
  problem?: string;
}

const LF = 0x0a;
const CR = 0x0d;

/** Undoes the chunked coding (RFC 9112 §7.1): extensions and trailers are left out. Captured bytes may end anywhere. */
export function dechunk(bytes: Uint8Array): DecodedBody {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let at = 0;
  const result = (complete: boolean, problem?: string): DecodedBody => {
    const body = { bytes: out.subarray(0, length), complete };
    return problem === undefined ? body : { ...body, problem };
  };
  for (;;) {
    const lineEnd = bytes.indexOf(LF, at);
    if (lineEnd < 0) return result(false, 'chunks end early');
    const size = sizeOf(bytes, at, lineEnd);
    if (size < 0) return result(false, `no chunk size at byte ${at} of the body`);
    if (size === 0) return result(true);
    at = lineEnd + 1;
    const piece = bytes.subarray(at, Math.min(at + size, bytes.length));
    out.set(piece, length);
    length += piece.length;
    if (piece.length < size) return result(false, 'chunks end early');
    at += size;
    if (bytes[at] === CR) at++;
    if (at >= bytes.length) return result(false, 'chunks end early');
    if (bytes[at] !== LF) return result(false, `no line end behind the chunk at byte ${at} of the body`);
    at++;
  }
}

/** The hexadecimal size a chunk's line begins with, -1 where there is none. */
function sizeOf(bytes: Uint8Array, at: number, end: number): number {
  let size = 0;
  let i = at;
  for (; i < end; i++) {
    const digit = digitOf(bytes[i]);
    if (digit < 0) break;
    size = Math.min(size * 16 + digit, Number.MAX_SAFE_INTEGER);
  }
  const next = bytes[i];
  return i > at && (next === CR || next === LF || next === 0x3b || next === 0x20 || next === 0x09) ? size : -1;
}

function digitOf(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const letter = c | 0x20;
  return c >= 0x41 && letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
