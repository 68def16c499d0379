/** A block cipher that OpenSSL 3 no longer offers: captures of its time have it. */
export interface OldCipher {
  readonly blockBytes: number;
  /** Deciphers the block at `at` into `into`, which is one block long. */
  decipher(bytes: Uint8Array, at: number, into: Uint8Array): void;
}
