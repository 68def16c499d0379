import { type CipherParameters, cipherParameters } from '../dissect/tls/cipher-parameters.ts';
import { Decompressor, DEFLATE } from '../dissect/tls/compression.ts';
import type { Secrets } from '../dissect/tls/key-log.ts';
import { isTls13 } from '../dissect/tls/names.ts';
import { masterSecret, olderCiphers, trafficCipher, updatedSecret } from '../dissect/tls/record-cipher.ts';
import type { RecordCipher, SealedRecord } from '../dissect/tls/sealed-record.ts';
import type { Agreed } from './tls-agreed.ts';

/** Of TLS 1.3, in the order in which a side goes through them; TLS 1.2 has the last one alone. */
export const Epoch = { early: 0, handshake: 1, application: 2 } as const;

interface Keys {
  cipher: RecordCipher;
  secret: Uint8Array;
  parameters: CipherParameters;
}

/** Failing attempts on one direction, and sequence numbers tried for one record after lost bytes. */
export const ATTEMPT_LIMIT = 4096;
const WINDOW = 256;
/** Records of a side's handshake at most, as a rule. */
const FLIGHT = 16;

/** One direction's protection: which keys, which sequence number comes next. */
export class Lane {
  /** Of a later handshake (renegotiation, RFC 5246 §7.4.1.1), once this side has gone on to its keys. */
  renewed: Agreed | undefined;
  /** -1: not known. */
  epoch = -1;
  /** Records that may have passed unseen, at most. */
  doubt = 0;
  sequence = 0;
  private cipher: RecordCipher | undefined;
  private secret: Uint8Array | undefined;
  private parameters: CipherParameters | undefined;
  /** Records that passed before any keys were known: of which epoch each was, nobody can tell. */
  private unkeyed = 0;
  private attempts = 0;
  private decompressor: Decompressor | undefined;
  private readonly client: boolean;

  constructor(client: boolean) {
    this.client = client;
  }

  /** How many protected bytes stand before the content. */
  get lead(): number {
    return this.cipher?.lead ?? 0;
  }

  get exhausted(): boolean {
    return this.attempts > ATTEMPT_LIMIT;
  }

  /** Other keys from the next record on (ChangeCipherSpec of TLS 1.2 and older). */
  restart(): void {
    this.decompressor = undefined;
    this.cipher = undefined;
    this.epoch = -1;
    this.sequence = 0;
    this.doubt = 0;
  }

  /** The record passes unread; `last` are its last bytes where they are known. */
  skip(length: number, last: Uint8Array | undefined): void {
    this.sequence++;
    if (this.cipher === undefined) this.unkeyed++;
    else this.cipher.skip?.(length, last);
  }

  /** So many bytes passed in which nobody knows how many records there were. */
  lose(bytes: number): void {
    this.doubt = Math.min(WINDOW, this.doubt + 1 + Math.ceil(bytes / 24));
  }

  /** The side has ended its use of these keys (Finished, EndOfEarlyData): the next ones, from the next record on. */
  advance(secrets: Secrets, agreed: Agreed): void {
    const next = this.epoch === Epoch.early ? Epoch.handshake : Epoch.application;
    this.take(next, this.keysOf(next, secrets, agreed)[0]);
  }

  /** After a KeyUpdate (RFC 8446 §7.2). */
  update(): void {
    if (this.secret === undefined || this.parameters === undefined) return;
    this.secret = updatedSecret(this.parameters, this.secret);
    this.cipher = trafficCipher(this.parameters, this.secret);
    this.sequence = 0;
    this.doubt = 0;
  }

  /** The record's content with the keys in use, or the next ones, and the sequence numbers that it may have. */
  open(record: SealedRecord, secrets: Secrets, agreed: Agreed): Uint8Array | undefined {
    if (this.exhausted) return undefined;
    if (!isTls13(agreed.version) && agreed.version !== 0) {
      this.cipher ??= this.older(secrets, agreed);
      this.epoch = Epoch.application;
      const content = this.cipher === undefined ? undefined : this.attempt(this.cipher, this.sequence, record);
      return content === undefined || agreed.compression !== DEFLATE ? content : this.decompress(content);
    }
    if (this.cipher !== undefined) {
      const content = this.attempt(this.cipher, this.sequence, record);
      if (content !== undefined) return content;
    }
    // An epoch that began before its keys were known is still to be tried.
    const next = this.cipher === undefined ? this.epoch : this.epoch + 1;
    const first = this.epoch < 0 ? (this.client && agreed.earlyData ? Epoch.early : Epoch.handshake) : next;
    for (let epoch = first; epoch <= Epoch.application; epoch++) {
      // A handshake takes a few records, whatever came behind it.
      const from = epoch === Epoch.application ? Math.max(0, this.unkeyed - FLIGHT) : 0;
      for (const keys of this.keysOf(epoch, secrets, agreed)) {
        const content = this.attempt(keys.cipher, from, record, Math.min(this.unkeyed, FLIGHT));
        if (content === undefined) continue;
        const { sequence } = this;
        this.take(epoch, keys);
        this.sequence = sequence;
        return content;
      }
    }
    return this.updated(record);
  }

  private decompress(content: Uint8Array): Uint8Array | undefined {
    this.decompressor ??= new Decompressor();
    return this.decompressor.content(content);
  }

  /** A KeyUpdate may have been among what was lost. */
  private updated(record: SealedRecord): Uint8Array | undefined {
    const { parameters, secret } = this;
    if (this.epoch !== Epoch.application || this.doubt === 0 || parameters === undefined || secret === undefined)
      return undefined;
    const next = updatedSecret(parameters, secret);
    const cipher = trafficCipher(parameters, next);
    const content = this.attempt(cipher, 0, record);
    if (content === undefined) return undefined;
    this.secret = next;
    this.cipher = cipher;
    return content;
  }

  /** Tries sequence numbers from this one on; the right one is remembered. */
  private attempt(cipher: RecordCipher, from: number, record: SealedRecord, more = 0): Uint8Array | undefined {
    for (let sequence = from; sequence <= from + this.doubt + more; sequence++) {
      const content = cipher.open(sequence, record);
      if (content !== undefined) {
        this.sequence = sequence + 1;
        this.doubt = 0;
        return content;
      }
      if (++this.attempts > ATTEMPT_LIMIT) return undefined;
    }
    return undefined;
  }

  private take(epoch: number, keys: Keys | undefined): void {
    this.epoch = epoch;
    this.cipher = keys?.cipher;
    this.secret = keys?.secret;
    this.parameters = keys?.parameters;
    this.sequence = 0;
    this.unkeyed = 0;
  }

  /** Is there a secret for what comes next? */
  keyed(secrets: Secrets | undefined, version: number): boolean {
    if (this.cipher !== undefined || secrets === undefined) return secrets !== undefined;
    if (!isTls13(version)) return secrets.master !== undefined || secrets.premaster !== undefined;
    return this.secretOf(Math.max(this.epoch, Epoch.handshake), secrets) !== undefined;
  }

  private keysOf(epoch: number, secrets: Secrets, agreed: Agreed): Keys[] {
    const secret = this.secretOf(epoch, secrets);
    if (secret === undefined) return [];
    const suites = epoch === Epoch.early ? agreed.earlySuites : [agreed.suite];
    const list: Keys[] = [];
    for (const suite of suites) {
      const parameters = cipherParameters(suite);
      if (parameters?.kind !== 'aead' || secret.length !== (parameters.prf === 'sha384' ? 48 : 32)) continue;
      list.push({ cipher: trafficCipher(parameters, secret), secret, parameters });
    }
    return list;
  }

  private secretOf(epoch: number, secrets: Secrets): Uint8Array | undefined {
    if (epoch === Epoch.early) return secrets.early;
    if (epoch === Epoch.handshake) return this.client ? secrets.clientHandshake : secrets.serverHandshake;
    return this.client ? secrets.client : secrets.server;
  }

  private older(secrets: Secrets, agreed: Agreed): RecordCipher | undefined {
    const parameters = cipherParameters(agreed.suite);
    if (parameters === undefined || agreed.version < 0x0300) return undefined;
    const whole = { ...agreed, parameters };
    const master = secrets.master ?? (secrets.premaster === undefined ? undefined : masterSecret(whole, secrets.premaster));
    return master === undefined ? undefined : olderCiphers({ ...whole, master })[this.client ? 0 : 1];
  }
}
