import { createCipheriv, createDecipheriv } from 'node:crypto';

const BLOCK = 16;

/**
 * Galois/Counter Mode (NIST SP 800-38D) of a block cipher that OpenSSL has in ECB and CTR alone, as Camellia (RFC 6367): `cipher`
 * is its name with the key's bits. The content, or undefined where the tag is another one. The nonce has 12 bytes.
 */
export function openGcm(
  cipher: string,
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
  tag: Uint8Array,
): Uint8Array | undefined {
  const once = (block: Uint8Array): Uint8Array => createCipheriv(`${cipher}-ecb`, key, null).setAutoPadding(false).update(block);
  const counter = new Uint8Array(BLOCK);
  counter.set(nonce);
  counter[BLOCK - 1] = 1;
  const mask = once(counter);
  const hash = ghash(once(new Uint8Array(BLOCK)), additional, sealed);
  for (let i = 0; i < BLOCK; i++) if ((hash[i] ^ mask[i]) !== tag[i]) return undefined;
  counter[BLOCK - 1] = 2;
  return createDecipheriv(`${cipher}-ctr`, key, counter).update(sealed);
}

/** GHASH (§6.4) over both, each filled up with zeros, and their lengths. */
function ghash(key: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array {
  const padded = (length: number): number => Math.ceil(length / BLOCK) * BLOCK;
  const all = new Uint8Array(padded(additional.length) + padded(sealed.length) + BLOCK);
  all.set(additional);
  all.set(sealed, padded(additional.length));
  const view = new DataView(all.buffer);
  view.setUint32(all.length - 12, additional.length * 8);
  view.setUint32(all.length - 4, sealed.length * 8);
  const h = new DataView(key.buffer, key.byteOffset);
  let [y0, y1, y2, y3] = [0, 0, 0, 0];
  for (let at = 0; at < all.length; at += BLOCK) {
    const x = [y0 ^ view.getUint32(at), y1 ^ view.getUint32(at + 4), y2 ^ view.getUint32(at + 8), y3 ^ view.getUint32(at + 12)];
    let [v0, v1, v2, v3] = [h.getUint32(0), h.getUint32(4), h.getUint32(8), h.getUint32(12)];
    y0 = y1 = y2 = y3 = 0;
    for (let bit = 0; bit < 128; bit++) {
      const on = -((x[bit >> 5] >>> (31 - (bit & 31))) & 1);
      y0 ^= v0 & on;
      y1 ^= v1 & on;
      y2 ^= v2 & on;
      y3 ^= v3 & on;
      const carry = -(v3 & 1) & 0xe1000000;
      v3 = (v3 >>> 1) | (v2 << 31);
      v2 = (v2 >>> 1) | (v1 << 31);
      v1 = (v1 >>> 1) | (v0 << 31);
      v0 = (v0 >>> 1) ^ carry;
    }
  }
  const out = new DataView(new ArrayBuffer(BLOCK));
  [y0, y1, y2, y3].forEach((word, i) => void out.setUint32(4 * i, word));
  return new Uint8Array(out.buffer);
}
