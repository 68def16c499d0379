import { type Cipher, type CipherGCMTypes, createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { type CipherParameters, cipherParameters } from '../tls/cipher-parameters.ts';
import { expandLabel } from '../tls/derive.ts';
import { LONG_FORM } from './header.ts';
import { type Opened, unmasked } from './keys.ts';

const NONCE = 12;
const SAMPLE = 16;
/** Header protection takes its sample as if the packet number had this many bytes (RFC 9001 §5.4.2). */
const LONGEST_NUMBER = 4;
/** A short header's bit for the keys in use (RFC 9001 §6). */
const KEY_PHASE = 4;
const FIVE_ZEROS = new Uint8Array(5);
/** Key updates that may have passed unseen; packets in a row that may fail before no more are tried. */
const UNSEEN_UPDATES = 2;
const ATTEMPT_LIMIT = 1024;

/** The key and IV of one generation. */
class PacketCipher {
  readonly secret: Uint8Array;
  private readonly parameters: CipherParameters;
  private readonly key: KeyObject;
  private readonly iv: Uint8Array;
  private readonly nonce = new Uint8Array(NONCE);

  constructor(parameters: CipherParameters, secret: Uint8Array, prefix: string) {
    this.parameters = parameters;
    this.secret = secret;
    const { prf, keyBytes } = parameters;
    this.key = createSecretKey(expandLabel(prf, secret, `${prefix} key`, keyBytes));
    this.iv = expandLabel(prf, secret, `${prefix} iv`, NONCE);
    this.nonce.set(this.iv.subarray(0, NONCE));
  }

  /** RFC 9001 §5.3 */
  open(packetNumber: number, header: Uint8Array, bytes: Uint8Array, at: number, end: number): Buffer | undefined {
    const { nonce, iv, parameters } = this;
    const { tagBytes } = parameters;
    if (end - at < tagBytes) return undefined;
    let rest = packetNumber;
    for (let i = NONCE - 1; i >= 4; i--) {
      nonce[i] = iv[i] ^ (rest % 256);
      rest = Math.floor(rest / 256);
    }
    const decipher = createDecipheriv(parameters.algorithm as CipherGCMTypes, this.key, nonce, { authTagLength: tagBytes });
    const ccm = parameters.algorithm.endsWith('-ccm');
    decipher.setAuthTag(bytes.subarray(end - tagBytes, end));
    decipher.setAAD(header, ccm ? { plaintextLength: end - at - tagBytes } : undefined);
    try {
      const plain = decipher.update(bytes.subarray(at, end - tagBytes));
      decipher.final();
      return plain;
    } catch {
      return undefined;
    }
  }
}

/**
 * Takes the protection off one side's packets of one level (0-RTT, Handshake, 1-RTT), from its traffic secret (RFC 9001 §5; of
 * QUIC version 2 with the labels of RFC 9369 §3.3.2). Follows key updates (RFC 9001 §6).
 */
export class PacketProtection {
  readonly suite: number;
  /** Key updates that were followed. */
  updates = 0;
  private readonly parameters: CipherParameters;
  private readonly prefix: string;
  private readonly headerKey: Uint8Array;
  /** AES in ECB mode gives a block for each block, so one object serves all packets. */
  private readonly headerCipher: Cipher | undefined;
  private cipher: PacketCipher;
  private before: PacketCipher | undefined;
  /** Of the updates to come. */
  private after: PacketCipher[] = [];
  private phase = 0;
  /** The lowest packet number that the keys in use have opened. */
  private since = 0;
  private failures = 0;

  private constructor(suite: number, parameters: CipherParameters, secret: Uint8Array, second: boolean) {
    this.suite = suite;
    this.parameters = parameters;
    this.prefix = second ? 'quicv2' : 'quic';
    this.cipher = new PacketCipher(parameters, secret, this.prefix);
    this.headerKey = expandLabel(parameters.prf, secret, `${this.prefix} hp`, parameters.keyBytes);
    if (parameters.algorithm !== 'chacha20-poly1305')
      this.headerCipher = createCipheriv(`aes-${8 * parameters.keyBytes}-ecb`, this.headerKey, null).setAutoPadding(false);
  }

  /** Undefined: a suite that QUIC has no protection with, or a secret of another length than its hash's. */
  static of(suite: number, secret: Uint8Array, second: boolean): PacketProtection | undefined {
    if (suite >> 8 !== 0x13) return undefined;
    const parameters = cipherParameters(suite);
    if (parameters === undefined || parameters.tagBytes !== 16) return undefined;
    if (secret.length !== (parameters.prf === 'sha384' ? 48 : 32)) return undefined;
    return new PacketProtection(suite, parameters, secret, second);
  }

  /** So many packets failed one after the other that no more are tried. */
  get exhausted(): boolean {
    return this.failures > ATTEMPT_LIMIT;
  }

  /**
   * The packet from `at` to `end`, whose number begins at `numberAt`. `expected`: the number that would come next. Undefined: it
   * is too short, or these are not its keys.
   */
  open(bytes: Uint8Array, at: number, numberAt: number, end: number, expected: number): Opened | undefined {
    if (end - numberAt < LONGEST_NUMBER + SAMPLE || this.exhausted) return undefined;
    const mask = this.mask(bytes.subarray(numberAt + LONGEST_NUMBER, numberAt + LONGEST_NUMBER + SAMPLE));
    const long = (bytes[at] & LONG_FORM) !== 0;
    const { header, first, numberLength, packetNumber } = unmasked(bytes, at, numberAt, mask, expected);
    const payloadAt = numberAt + numberLength;
    const payload = long
      ? this.cipher.open(packetNumber, header, bytes, payloadAt, end)
      : this.byPhase(first & KEY_PHASE ? 1 : 0, packetNumber, header, bytes, payloadAt, end);
    this.failures = payload === undefined ? this.failures + 1 : 0;
    return payload === undefined ? undefined : { first, packetNumber, numberLength, payload, payloadAt };
  }

  private byPhase(phase: number, number: number, header: Buffer, bytes: Uint8Array, at: number, end: number): Buffer | undefined {
    if (phase === this.phase) {
      const opened = this.cipher.open(number, header, bytes, at, end);
      if (opened === undefined) return this.later(phase, number, header, bytes, at, end);
      if (number < this.since) this.since = number;
      return opened;
    }
    if (this.before !== undefined && number < this.since) {
      const opened = this.before.open(number, header, bytes, at, end);
      if (opened !== undefined) return opened;
    }
    return this.later(phase, number, header, bytes, at, end);
  }

  /** With the keys of the updates to come. Only what they open moves on to them, so that nobody but the sender can. */
  private later(phase: number, number: number, header: Buffer, bytes: Uint8Array, at: number, end: number): Buffer | undefined {
    let before = this.cipher;
    for (let updates = 1; updates <= UNSEEN_UPDATES; updates++) {
      const after = (this.after[updates - 1] ??= this.next(before));
      if (((this.phase + updates) & 1) === phase) {
        const opened = after.open(number, header, bytes, at, end);
        if (opened !== undefined) {
          this.before = before;
          this.cipher = after;
          this.after = [];
          this.phase = phase;
          this.since = number;
          this.updates += updates;
          return opened;
        }
      }
      before = after;
    }
    return undefined;
  }

  private next(cipher: PacketCipher): PacketCipher {
    const { parameters, prefix } = this;
    const secret = expandLabel(parameters.prf, cipher.secret, `${prefix} ku`, cipher.secret.length);
    return new PacketCipher(parameters, secret, prefix);
  }

  /** RFC 9001 §5.4.3, §5.4.4 */
  private mask(sample: Uint8Array): Uint8Array {
    if (this.headerCipher !== undefined) return this.headerCipher.update(sample);
    // The sample is counter and nonce as OpenSSL takes them in one.
    return createCipheriv('chacha20', this.headerKey, sample).update(FIVE_ZEROS);
  }
}
