import type { OldCipher } from './old-cipher.ts';

/** RFC 2268 §2: a permutation of 0 to 255 from the digits of pi. */
const PI_TABLE = Buffer.from(
  `d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32
bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626
6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a
961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731
2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e
c5f3db47e5a59c770aa62068fe7fc1ad`.replaceAll('\n', ''),
  'hex',
);

/** RC2 (RFC 2268), whose effective key is as long as the key. */
export class Rc2 implements OldCipher {
  readonly blockBytes = 8;
  private readonly words = new Uint16Array(64);

  constructor(key: Uint8Array) {
    const long = new Uint8Array(128);
    long.set(key);
    for (let i = key.length; i < 128; i++) long[i] = PI_TABLE[(long[i - 1] + long[i - key.length]) & 255];
    const at = 128 - key.length;
    long[at] = PI_TABLE[long[at]];
    for (let i = at - 1; i >= 0; i--) long[i] = PI_TABLE[long[i + 1] ^ long[i + key.length]];
    for (let i = 0; i < 64; i++) this.words[i] = long[2 * i] | (long[2 * i + 1] << 8);
  }

  decipher(bytes: Uint8Array, at: number, into: Uint8Array): void {
    const k = this.words;
    const r = new Uint16Array(4);
    for (let i = 0; i < 4; i++) r[i] = bytes[at + 2 * i] | (bytes[at + 2 * i + 1] << 8);
    let j = 63;
    for (let round = 15; round >= 0; round--) {
      for (let i = 3; i >= 0; i--) {
        const turn = [1, 2, 3, 5][i];
        const a = r[(i + 3) & 3];
        r[i] = (r[i] >>> turn) | (r[i] << (16 - turn));
        r[i] -= k[j--] + (a & r[(i + 2) & 3]) + (~a & r[(i + 1) & 3]);
      }
      if (round === 5 || round === 11) for (let i = 3; i >= 0; i--) r[i] -= k[r[(i + 3) & 3] & 63];
    }
    for (let i = 0; i < 4; i++) {
      into[2 * i] = r[i];
      into[2 * i + 1] = r[i] >>> 8;
    }
  }
}
