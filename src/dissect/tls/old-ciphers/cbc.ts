import { Idea } from './idea.ts';
import type { OldCipher } from './old-cipher.ts';
import { Rc2 } from './rc2.ts';
import { Seed } from './seed.ts';

const OLD: Record<string, new (key: Uint8Array) => OldCipher> = { 'idea-cbc': Idea, 'rc2-cbc': Rc2, 'seed-cbc': Seed };

/** The cipher of an algorithm by OpenSSL's name, where it is one of these. */
export function oldCipher(algorithm: string, key: Uint8Array): OldCipher | undefined {
  const Cipher = OLD[algorithm];
  return Cipher === undefined ? undefined : new Cipher(key);
}

/** Cipher block chaining, undone; whole blocks. */
export function unchain(cipher: OldCipher, iv: Uint8Array, bytes: Uint8Array): Uint8Array {
  const { blockBytes } = cipher;
  const plain = new Uint8Array(bytes.length);
  const block = new Uint8Array(blockBytes);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    cipher.decipher(bytes, at, block);
    for (let i = 0; i < blockBytes; i++) plain[at + i] = block[i] ^ (at === 0 ? iv[i] : bytes[at - blockBytes + i]);
  }
  return plain;
}
