import type { OldCipher } from './old-cipher.ts';

const ROUNDS = 8;
const PRIME = 65_537;

/** IDEA (Lai and Massey, 1991; RFC 5469 names its suites). */
export class Idea implements OldCipher {
  readonly blockBytes = 8;
  /** Six words a round and four at the end, of decipherment. */
  private readonly words = new Uint16Array(6 * ROUNDS + 4);

  constructor(key: Uint8Array) {
    const k = new Uint16Array(this.words.length);
    // Eight words at a time, of the key turned left by 25 bits each time.
    let long = BigInt(`0x${Buffer.from(key).toString('hex')}`);
    for (let i = 0; i < k.length; i++) {
      k[i] = Number((long >> BigInt(112 - 16 * (i & 7))) & 0xffffn);
      if ((i & 7) === 7) long = ((long << 25n) | (long >> 103n)) & ((1n << 128n) - 1n);
    }
    for (let round = 0; round <= ROUNDS; round++) {
      const from = 6 * (ROUNDS - round);
      const to = 6 * round;
      const crossed = round > 0 && round < ROUNDS;
      this.words[to] = inverse(k[from]);
      this.words[to + 1] = -k[from + (crossed ? 2 : 1)];
      this.words[to + 2] = -k[from + (crossed ? 1 : 2)];
      this.words[to + 3] = inverse(k[from + 3]);
      if (round === ROUNDS) break;
      this.words[to + 4] = k[from - 2];
      this.words[to + 5] = k[from - 1];
    }
  }

  decipher(bytes: Uint8Array, at: number, into: Uint8Array): void {
    const k = this.words;
    const word = (i: number): number => (bytes[at + 2 * i] << 8) | bytes[at + 2 * i + 1];
    let [a, b, c, d] = [word(0), word(1), word(2), word(3)];
    for (let i = 0; i < 6 * ROUNDS; i += 6) {
      a = product(a, k[i]);
      b = (b + k[i + 1]) & 0xffff;
      c = (c + k[i + 2]) & 0xffff;
      d = product(d, k[i + 3]);
      const e = product(a ^ c, k[i + 4]);
      const f = product(((b ^ d) + e) & 0xffff, k[i + 5]);
      const g = (e + f) & 0xffff;
      [a, b, c, d] = [a ^ f, c ^ f, b ^ g, d ^ g];
    }
    const last = 6 * ROUNDS;
    const out = [product(a, k[last]), c + k[last + 1], b + k[last + 2], product(d, k[last + 3])];
    for (let i = 0; i < 4; i++) {
      into[2 * i] = out[i] >>> 8;
      into[2 * i + 1] = out[i];
    }
  }
}

/** Modulo 2^16 + 1, where 0 stands for 2^16. */
const product = (a: number, b: number): number => (((a || 65_536) * (b || 65_536)) % PRIME) & 0xffff;

/** Its inverse, by Fermat's little theorem. */
function inverse(a: number): number {
  let result = 1;
  let power = a;
  for (let bits = PRIME - 2; bits > 0; bits >>>= 1) {
    if (bits & 1) result = product(result, power);
    power = product(power, power);
  }
  return result;
}
