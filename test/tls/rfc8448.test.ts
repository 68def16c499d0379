import { expect, test } from 'vitest';
import { cipherParameters } from '../../src/dissect/tls/cipher-parameters.ts';
import { expandLabel, prf } from '../../src/dissect/tls/derive.ts';
import { Rc4 } from '../../src/dissect/tls/old-ciphers/rc4.ts';
import { trafficCipher } from '../../src/dissect/tls/record-cipher.ts';
import { fromHex } from '../frames.ts';

const AES_128_GCM = 0x1301;
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** RFC 8448 §3, "Simple 1-RTT Handshake". */
const SERVER_HANDSHAKE = fromHex('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38');
const CLIENT_APPLICATION = fromHex('9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5');
const SERVER_APPLICATION = fromHex('a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643');

test('RFC 8448 §3: keys from a traffic secret', () => {
  expect(hexOf(expandLabel('sha256', SERVER_HANDSHAKE, 'key', 16))).toBe('3fce516009c21727d0f2e4e86ee403bc');
  expect(hexOf(expandLabel('sha256', SERVER_HANDSHAKE, 'iv', 12))).toBe('5d313eb2671276ee13000b30');
});

test('RFC 8448 §3: application data and alerts of both sides', () => {
  const parameters = cipherParameters(AES_128_GCM);
  if (parameters === undefined) throw new Error('AES-128-GCM is not known');
  const open = (secret: Uint8Array, sequence: number, hex: string): string | undefined => {
    const record = fromHex(hex);
    const content = trafficCipher(parameters, secret).open(sequence, {
      type: record[0],
      version: 0x0303,
      bytes: record,
      at: 5,
      end: record.length,
    });
    return content === undefined ? undefined : hexOf(content);
  };
  const data = Array.from({ length: 50 }, (_, i) => i.toString(16).padStart(2, '0')).join('');
  const client = `17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc ab 3f 2b 98 19
    a8 a5 b4 6b 39 5b d5 4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21 69 49 15 e4`;
  const server = `17 03 03 00 43 2e 93 7e 11 ef 4a c7 40 e5 38 ad 36 00 5f c4 a4 69 32 fc 32 25 d0 5f 82 aa 1b 36 e3 0e fa
    f9 7d 90 e6 df fc 60 2d cb 50 1a 59 a8 fc c4 9c 4b f2 e5 f0 a2 1c 00 47 c2 ab f3 32 54 0d d0 32 e1 67 c2 95 5d`;
  expect(open(CLIENT_APPLICATION, 0, client)).toBe(`${data}17`);
  // The first record under these keys was a session ticket.
  expect(open(SERVER_APPLICATION, 1, server)).toBe(`${data}17`);
  expect(open(SERVER_APPLICATION, 0, server)).toBeUndefined();
  expect(open(CLIENT_APPLICATION, 1, '17 03 03 00 13 c9 87 27 60 65 56 66 b7 4d 7f f1 15 3e fd 6d b6 d0 b0 e3')).toBe('010015');
  expect(open(SERVER_APPLICATION, 2, '17 03 03 00 13 b5 8f d6 71 66 eb f5 99 d2 47 20 cf be 7e fa 7a 88 64 a9')).toBe('010015');
});

test('the pseudorandom function of TLS 1.2 with SHA-256, by the working group’s test vector', () => {
  const secret = fromHex('9b be 43 6b a9 40 f0 17 b1 76 52 84 9a 71 db 35');
  const seed = fromHex('a0 ba 9f 93 6c da 31 18 27 a6 f7 96 ff d5 19 8c');
  expect(hexOf(prf('sha256', secret, 'test label', seed, 32))).toBe(
    'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a',
  );
});

test('RC4 (RFC 6229: a key of 128 bits, the first 16 bytes)', () => {
  const stream = new Rc4(fromHex('0102030405060708090a0b0c0d0e0f10')).apply(new Uint8Array(16), 0, 16);
  expect(hexOf(stream)).toBe('9ac7cc9a609d1ef7b2932899cde41b97');
});
