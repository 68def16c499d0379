/** Length in bits of each octet's code (RFC 7541 Appendix B), 0 to 255. The code is canonical, so lengths say it all. */
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22,
  23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22,
  21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26,
  27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26,
  26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];
const LONGEST = 30;
/** Codes up to this long are found with one look. */
const QUICK = 8;

/** By length: the first code, the first octet's place in `ORDER`, and how many codes there are. */
const FIRST = new Int32Array(LONGEST + 1);
const PLACE = new Uint16Array(LONGEST + 1);
const COUNT = new Uint16Array(LONGEST + 1);
/** Octets in order of their codes. */
const ORDER = new Uint8Array(256);
/** By the next eight bits: length and octet of the code they begin with, 0 for longer ones. */
const TABLE = new Uint16Array(1 << QUICK);

{
  let code = 0;
  let place = 0;
  for (let length = 1; length <= LONGEST; length++) {
    code <<= 1;
    FIRST[length] = code;
    PLACE[length] = place;
    for (let octet = 0; octet < 256; octet++) {
      if (LENGTHS[octet] !== length) continue;
      ORDER[place++] = octet;
      if (length <= QUICK) TABLE.fill((length << 8) | octet, code << (QUICK - length), (code + 1) << (QUICK - length));
      code++;
    }
    COUNT[length] = place - PLACE[length];
  }
}

/** What `huffman` returns for a string that no encoder makes (RFC 7541 §5.2): EOS in it, padding of eight bits or other than ones. */
export const BAD_HUFFMAN = -1;

/**
 * Decodes a string literal into `out` as far as there is room; returns the whole string's length, which may be larger. No code
 * is shorter than five bits, so the result is at most 1.6 times as long as its code.
 */
export function huffman(bytes: Uint8Array, at: number, end: number, out: Uint8Array): number {
  const total = (end - at) * 8;
  let length = 0;
  let position = 0;
  while (position < total) {
    const i = at + (position >> 3);
    const pair = (bytes[i] << 8) | (i + 1 < end ? bytes[i + 1] : 0xff);
    const quick = TABLE[(pair >> (8 - (position & 7))) & 0xff];
    let size = quick >> 8;
    let octet = quick & 0xff;
    if (size === 0 || position + size > total) {
      let code = 0;
      let place = -1;
      for (size = 0; place < 0 && size < LONGEST && position + size < total; ) {
        const bit = position + size;
        code = (code << 1) | ((bytes[at + (bit >> 3)] >> (7 - (bit & 7))) & 1);
        size++;
        const nth = code - FIRST[size];
        if (nth >= 0 && nth < COUNT[size]) place = PLACE[size] + nth;
      }
      // What is left over must be the beginning of EOS, which is all ones.
      if (place < 0) return size < 8 && code === (1 << size) - 1 ? length : BAD_HUFFMAN;
      octet = ORDER[place];
    }
    if (length < out.length) out[length] = octet;
    length++;
    position += size;
  }
  return length;
}
