/** What `readNumber` and `readString` return where a number or a string does not fit (RFC 7541 §5). */
export const BAD = -1;
/** Larger numbers mean nothing in any header block. */
const LARGEST = 0x7fffffff;

/** What was read last, so that nothing is allocated: a number, of a string its length; where its bytes begin, and their code. */
export const last = { number: 0, at: 0, huffman: false };

/** An integer in the lower `bits` of its first byte (RFC 7541 §5.1); returns the offset behind it, or `BAD`. */
export function readNumber(bytes: Uint8Array, at: number, end: number, bits: number): number {
  if (at >= end) return BAD;
  const most = (1 << bits) - 1;
  let number = bytes[at] & most;
  let i = at + 1;
  last.number = number;
  if (number < most) return i;
  for (let scale = 1; i < end && scale <= LARGEST; scale *= 128) {
    const octet = bytes[i++];
    number += (octet & 0x7f) * scale;
    if (octet >= 0x80) continue;
    last.number = number;
    return number <= LARGEST ? i : BAD;
  }
  return BAD;
}

/** A string whose length stands in the lower `bits`, below the bit that tells its code (§5.2); returns the offset behind it. */
export function readString(bytes: Uint8Array, at: number, end: number, bits = 7): number {
  last.at = readNumber(bytes, at, end, bits);
  if (last.at === BAD || last.number > end - last.at) return BAD;
  last.huffman = (bytes[at] & (1 << bits)) !== 0;
  return last.at + last.number;
}
