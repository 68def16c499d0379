import type { HashName } from './derive.ts';
import { suiteName } from './suites.ts';

/** How a cipher suite protects records. */
export interface CipherParameters {
  kind: 'aead' | 'block' | 'stream';
  /** OpenSSL's name; those that OpenSSL 3 no longer has are in `old-ciphers/`. */
  algorithm: string;
  keyBytes: number;
  /** Export suites: bytes of the key that is made of the weak one (RFC 2246 §6.3.1); 0 others. */
  exportBytes: number;
  /** Block: the block's length; AEAD: the part of the nonce that comes from the key block in TLS 1.2. */
  ivBytes: number;
  /** AEAD: bytes of the tag. */
  tagBytes: number;
  /** AEAD in TLS 1.2: bytes of the nonce that stand before each record's ciphertext. */
  explicitBytes: number;
  mac: HashName | undefined;
  macBytes: number;
  /** Of key derivation in TLS 1.2 and 1.3. */
  prf: 'sha256' | 'sha384';
}

const MACS: Record<string, [HashName, number]> = {
  MD5: ['md5', 16],
  SHA: ['sha1', 20],
  SHA256: ['sha256', 32],
  SHA384: ['sha384', 48],
};

/** Ciphers without AEAD: OpenSSL's name, bytes of key and block. DES is triple DES with three times the same key. */
const CIPHERS: Record<string, [string, number, number, number?]> = {
  AES_128_CBC: ['aes-128-cbc', 16, 16],
  AES_256_CBC: ['aes-256-cbc', 32, 16],
  CAMELLIA_128_CBC: ['camellia-128-cbc', 16, 16],
  CAMELLIA_256_CBC: ['camellia-256-cbc', 32, 16],
  ARIA_128_CBC: ['aria-128-cbc', 16, 16],
  ARIA_256_CBC: ['aria-256-cbc', 32, 16],
  '3DES_EDE_CBC': ['des-ede3-cbc', 24, 8],
  DES_CBC: ['des-cbc', 8, 8],
  RC4_128: ['rc4', 16, 0],
  IDEA_CBC: ['idea-cbc', 16, 8],
  SEED_CBC: ['seed-cbc', 16, 16],
  NULL: ['null', 0, 0],
  DES40_CBC: ['des-cbc', 5, 8, 8],
  RC2_CBC_40: ['rc2-cbc', 5, 8, 16],
  RC4_40: ['rc4', 5, 0, 16],
};

/** What a suite's name says (RFC 5246 appendix C, RFC 5288, RFC 6655, RFC 7905, RFC 8446 appendix B.4); undefined: not supported. */
export function cipherParameters(suite: number): CipherParameters | undefined {
  // "ECDHE_RSA_WITH_AES_128_GCM_SHA256", "AES_128_GCM_SHA256"
  const name = suiteName(suite)
    .replace(/^TLS_/, '')
    .replace(/^.*_WITH_/, '');
  const prf = name.endsWith('SHA384') ? 'sha384' : 'sha256';
  if (/^CHACHA20_POLY1305(_SHA256)?$/.test(name)) return aead('chacha20-poly1305', 32, 12, 16, 0, prf);
  const gcm = /^(AES|ARIA|CAMELLIA)_(128|256)_GCM/.exec(name);
  if (gcm !== null) return aead(`${gcm[1].toLowerCase()}-${gcm[2]}-gcm`, Number(gcm[2]) / 8, 4, 16, 8, prf);
  const ccm = /^AES_(128|256)_CCM(_8)?/.exec(name);
  if (ccm !== null) return aead(`aes-${ccm[1]}-ccm`, Number(ccm[1]) / 8, 4, ccm[2] === undefined ? 16 : 8, 8, prf);
  const cut = name.lastIndexOf('_');
  const cipher = CIPHERS[name.slice(0, cut)];
  const mac = MACS[name.slice(cut + 1)];
  if (cipher === undefined || mac === undefined) return undefined;
  const kind = cipher[2] > 0 ? 'block' : 'stream';
  return {
    kind,
    algorithm: cipher[0],
    keyBytes: cipher[1],
    exportBytes: cipher[3] ?? 0,
    ivBytes: cipher[2],
    tagBytes: 0,
    explicitBytes: 0,
    mac: mac[0],
    macBytes: mac[1],
    prf,
  };
}

function aead(
  algorithm: string,
  keyBytes: number,
  ivBytes: number,
  tagBytes: number,
  explicitBytes: number,
  prf: 'sha256' | 'sha384',
): CipherParameters {
  return {
    kind: 'aead',
    algorithm,
    keyBytes,
    exportBytes: 0,
    ivBytes,
    tagBytes,
    explicitBytes,
    mac: undefined,
    macBytes: 0,
    prf,
  };
}
