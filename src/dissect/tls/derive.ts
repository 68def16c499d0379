import { createHash, createHmac } from 'node:crypto';

/** Hashes that key derivation of TLS uses, as OpenSSL names them. */
export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384';

const hmac = (hash: HashName, key: Uint8Array, ...data: Uint8Array[]): Buffer => {
  const h = createHmac(hash, key);
  for (const each of data) h.update(each);
  return h.digest();
};

/** HKDF-Expand-Label (RFC 8446 §7.1) with an empty context, for up to 255 bytes. */
export function expandLabel(hash: HashName, secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.from([0, length, name.length, ...name, 0]);
  const blocks: Buffer[] = [];
  for (let have = 0, n = 1; have < length; n++) {
    const block = hmac(hash, secret, blocks[blocks.length - 1] ?? Buffer.alloc(0), info, Uint8Array.of(n));
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** P_hash (RFC 5246 §5). */
function expand(hash: HashName, secret: Uint8Array, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  let a: Uint8Array = seed;
  for (let have = 0; have < length; ) {
    a = hmac(hash, secret, a);
    const block = hmac(hash, secret, a, seed);
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** The pseudorandom function: of TLS 1.2 (RFC 5246 §5), or where `hash` is undefined of TLS 1.0 and 1.1 (RFC 2246 §5). */
export function prf(hash: HashName | undefined, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Buffer {
  const whole = Buffer.concat([Buffer.from(label, 'latin1'), seed]);
  if (hash !== undefined) return expand(hash, secret, whole, length);
  const half = Math.ceil(secret.length / 2);
  const result = expand('md5', secret.subarray(0, half), whole, length);
  const other = expand('sha1', secret.subarray(secret.length - half), whole, length);
  for (let i = 0; i < length; i++) result[i] ^= other[i];
  return result;
}

/** Digest of these bytes one behind the other; MD5 and SHA-1 are what SSL 3.0 is made of. */
export function digest(hash: HashName, ...data: Uint8Array[]): Buffer {
  const h = createHash(hash);
  for (const each of data) h.update(each);
  return h.digest();
}

/** What SSL 3.0 has instead of a PRF (RFC 6101 §6.1, §6.2.2): MD5 of SHA-1, each block salted with "A", "BB", "CCC". */
export function sslExpand(secret: Uint8Array, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let n = 1; 16 * blocks.length < length; n++) {
    const salt = Buffer.alloc(n, 'A'.charCodeAt(0) + n - 1);
    blocks.push(digest('md5', secret, digest('sha1', salt, secret, seed)));
  }
  return Buffer.concat(blocks).subarray(0, length);
}
