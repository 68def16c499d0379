import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openGcm } from '../../src/dissect/tls/gcm.ts';
import { oldCipher, unchain } from '../../src/dissect/tls/old-ciphers/cbc.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const zero = new Uint8Array(16);

test.each([
  // RFC 2268 §5, the vector whose effective key is as long as the key.
  ['rc2-cbc', '88bca90e90875a7f0f79c384627bafb2', '2269552ab0f85ca6', '0000000000000000'],
  // RFC 4269 appendix B.1 to B.4.
  ['seed-cbc', '00000000000000000000000000000000', '5ebac6e0054e166819aff1cc6d346cdb', '000102030405060708090a0b0c0d0e0f'],
  ['seed-cbc', '000102030405060708090a0b0c0d0e0f', 'c11f22f20140505084483597e4370f43', '00000000000000000000000000000000'],
  ['seed-cbc', '4706480851e61be85d74bfb3fd956185', 'ee54d13ebcae706d226bc3142cd40d4a', '83a2f8a288641fb9a4e9a5cc2f131c7d'],
  ['seed-cbc', '28dbc3bc49ffd87dcfa509b11d422be7', '9b9b7bfcd1813cb95d0b3618f40f5122', 'b41e6be2eba84a148e2eed84593c5ec7'],
  // Lai, Massey, "A Proposal for a New Block Encryption Standard" (1990), appendix.
  ['idea-cbc', '00010002000300040005000600070008', '11fbed2b01986de5', '0000000100020003'],
])('%s, one block of a published vector', (algorithm, key, sealed, plain) => {
  const cipher = oldCipher(algorithm, bytes(key));
  expect(cipher).toBeDefined();
  if (cipher !== undefined) expect(Buffer.from(unchain(cipher, zero, bytes(sealed))).toString('hex')).toBe(plain);
});

test.each([
  // `openssl enc -provider legacy -nopad -K … -iv …` of OpenSSL 3.0.
  ['rc2-cbc', 'e0f7d25677e1ad44fc5e0974d9bc89daeb66293c1add6c0d84a7740d84165ac3'],
  ['seed-cbc', 'bae215b5fd9a58f2272a66d06e6e5b25d79fd31348bae775151ccf6d8e6a4e98'],
])('%s, chained, as OpenSSL with its legacy provider', (algorithm, sealed) => {
  const cipher = oldCipher(algorithm, bytes('0f1e2d3c4b5a69788796a5b4c3d2e1f0'));
  expect(cipher).toBeDefined();
  const iv = bytes('000102030405060708090a0b0c0d0e0f');
  if (cipher !== undefined)
    expect(Buffer.from(unchain(cipher, iv, bytes(sealed))).toString('hex')).toBe(
      '00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210',
    );
});

test('GCM by hand opens what OpenSSL seals with AES, and nothing that was changed', () => {
  for (let length = 0; length < 70; length++) {
    const [key, nonce, header, plain] = [
      randomBytes(length % 2 === 0 ? 16 : 32),
      randomBytes(12),
      randomBytes(length % 21),
      randomBytes(length),
    ];
    const cipher = createCipheriv(key.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', key, nonce);
    cipher.setAAD(header);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    const open = (bytes: Uint8Array, tag: Uint8Array): Uint8Array | undefined =>
      openGcm(key.length === 16 ? 'aes-128' : 'aes-256', key, nonce, header, bytes, tag);
    expect(open(sealed, cipher.getAuthTag())?.toString()).toBe(plain.toString());
    const tag = Buffer.from(cipher.getAuthTag());
    tag[length % 16] ^= 1;
    expect(open(sealed, tag)).toBeUndefined();
    if (length === 0) continue;
    sealed[length >> 1] ^= 0x80;
    expect(open(sealed, cipher.getAuthTag())).toBeUndefined();
  }
});
