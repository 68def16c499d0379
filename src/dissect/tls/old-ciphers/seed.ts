import type { OldCipher } from './old-cipher.ts';

const ROUNDS = 16;
const GOLDEN = 0x9e3779b9;

/** A S-box of RFC 4269 §2.2: x to this power in GF(2^8) by x^8+x^6+x^5+x+1, times a matrix (its columns), plus a constant. */
function box(power: number, columns: number[], constant: number): Uint8Array {
  const times = (a: number, b: number): number => {
    let product = 0;
    for (let bit = 7; bit >= 0; bit--) {
      product <<= 1;
      if (product & 0x100) product ^= 0x163;
      if ((b >> bit) & 1) product ^= a;
    }
    return product;
  };
  return Uint8Array.from({ length: 256 }, (_, x) => {
    let value = 1;
    for (let i = 0; i < power; i++) value = times(value, x);
    return columns.reduce((sum, column, bit) => ((value >> bit) & 1 ? sum ^ column : sum), constant);
  });
}

/** S-boxes with the masks of the function G (RFC 4269 §2.2), made when the first record wants them. */
let tables: Uint32Array[] | undefined;

function made(): Uint32Array[] {
  const s1 = box(247, [0x2c, 0xd0, 0x69, 0xc2, 0x41, 0x44, 0x58, 0xe2], 0xa9);
  const s2 = box(251, [0xd0, 0x2a, 0xe1, 0x2c, 0x21, 0x30, 0xa2, 0x6c], 0x38);
  const masks = [0x3fcff3fc, 0xfc3fcff3, 0xf3fc3fcf, 0xcff3fc3f];
  return masks.map((mask, i) => Uint32Array.from(i % 2 === 0 ? s1 : s2, (value) => (value * 0x01010101) & mask));
}

function g(x: number): number {
  tables ??= made();
  return (tables[0][x & 255] ^ tables[1][(x >>> 8) & 255] ^ tables[2][(x >>> 16) & 255] ^ tables[3][x >>> 24]) >>> 0;
}

/** SEED (RFC 4269), the Republic of Korea's; its suites: RFC 4162. */
export class Seed implements OldCipher {
  readonly blockBytes = 16;
  private readonly keys: [number, number][] = [];

  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset);
    let [a, b, c, d] = [0, 4, 8, 12].map((at) => view.getUint32(at));
    for (let i = 0; i < ROUNDS; i++) {
      const constant = i === 0 ? GOLDEN : (GOLDEN << i) | (GOLDEN >>> (32 - i));
      this.keys.push([g((a + c - constant) >>> 0), g((b - d + constant) >>> 0)]);
      if (i % 2 === 0) [a, b] = [(a >>> 8) | (b << 24), (b >>> 8) | (a << 24)];
      else [c, d] = [(c << 8) | (d >>> 24), (d << 8) | (c >>> 24)];
    }
  }

  decipher(bytes: Uint8Array, at: number, into: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    let [l0, l1, r0, r1] = [0, 4, 8, 12].map((each) => view.getUint32(each));
    for (let i = ROUNDS - 1; i >= 0; i--) {
      const [k0, k1] = this.keys[i];
      const t0 = r0 ^ k0;
      const x = g((r1 ^ k1 ^ t0) >>> 0);
      const y = g((t0 + x) >>> 0);
      const z = g((x + y) >>> 0);
      [l0, l1, r0, r1] = [r0, r1, l0 ^ (y + z), l1 ^ z];
    }
    const out = new DataView(into.buffer, into.byteOffset);
    [r0, r1, l0, l1].forEach((word, i) => void out.setUint32(4 * i, word));
  }
}
