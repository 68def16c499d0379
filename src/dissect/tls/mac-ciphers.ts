import { createDecipheriv, createHmac } from 'node:crypto';
import type { CipherParameters } from './cipher-parameters.ts';
import { digest, type HashName } from './derive.ts';
import { oldCipher, unchain } from './old-ciphers/cbc.ts';
import type { OldCipher } from './old-ciphers/old-cipher.ts';
import { Rc4 } from './old-ciphers/rc4.ts';
import { additional, type RecordCipher, type SealedRecord } from './sealed-record.ts';

const HEADER = new Uint8Array(13);

/** The MAC of TLS 1.0 to 1.2 over a record's header and these bytes (RFC 5246 §6.2.3.1): is it the one that stands there? */
function macIsRight(
  parameters: CipherParameters,
  key: Uint8Array,
  sequence: number,
  record: SealedRecord,
  data: Uint8Array,
  mac: Uint8Array,
  ssl3: boolean,
): boolean {
  additional(HEADER, sequence, record, data.length);
  if (ssl3) return sslMac(parameters, key, data).equals(mac);
  const right = createHmac(parameters.mac as string, key)
    .update(HEADER)
    .update(data)
    .digest();
  return right.equals(mac);
}

/** The MAC of SSL 3.0 (RFC 6101 §5.2.3.1) over the header at hand, which has no version there, and these bytes. */
function sslMac(parameters: CipherParameters, key: Uint8Array, data: Uint8Array): Buffer {
  const hash = parameters.mac as HashName;
  const padBytes = hash === 'md5' ? 48 : 40;
  const inner = digest(hash, key, Buffer.alloc(padBytes, 0x36), HEADER.subarray(0, 9), HEADER.subarray(11), data);
  return digest(hash, key, Buffer.alloc(padBytes, 0x5c), inner);
}

/** CBC with HMAC: MAC then encrypt (RFC 5246 §6.2.3.2), or encrypt then MAC (RFC 7366). */
export class BlockCipher implements RecordCipher {
  readonly lead: number;
  private readonly parameters: CipherParameters;
  private readonly key: Uint8Array;
  private readonly macKey: Uint8Array;
  private readonly encryptThenMac: boolean;
  private readonly ssl3: boolean;
  private readonly algorithm: string;
  private readonly old: OldCipher | undefined;
  /** TLS 1.0: the last block of the record before; undefined where that was lost. */
  private chained: Uint8Array | undefined;

  /** `iv` is empty where each record has its own. */
  constructor(
    parameters: CipherParameters,
    key: Uint8Array,
    iv: Uint8Array,
    macKey: Uint8Array,
    encryptThenMac: boolean,
    ssl3 = false,
  ) {
    this.ssl3 = ssl3;
    this.parameters = parameters;
    const single = parameters.algorithm === 'des-cbc';
    this.algorithm = single ? 'des-ede3-cbc' : parameters.algorithm;
    this.key = single ? Buffer.concat([key, key, key]) : key;
    this.old = oldCipher(this.algorithm, key);
    this.macKey = macKey;
    this.encryptThenMac = encryptThenMac;
    this.lead = iv.length === 0 ? parameters.ivBytes : 0;
    this.chained = iv.length === 0 ? undefined : iv;
  }

  open(sequence: number, record: SealedRecord): Uint8Array | undefined {
    const { parameters, lead } = this;
    const { macBytes, ivBytes } = parameters;
    const { bytes, at } = record;
    const end = this.encryptThenMac ? record.end - macBytes : record.end;
    const iv = lead > 0 ? bytes.subarray(at, at + lead) : this.chained;
    const length = end - at - lead;
    if (length < ivBytes || length % ivBytes !== 0 || iv === undefined) return undefined;
    if (
      this.encryptThenMac &&
      !macIsRight(parameters, this.macKey, sequence, record, bytes.subarray(at, end), bytes.subarray(end, record.end), false)
    )
      return undefined;
    const sealed = bytes.subarray(at + lead, end);
    const plain =
      this.old === undefined
        ? createDecipheriv(this.algorithm, this.key, iv).setAutoPadding(false).update(sealed)
        : unchain(this.old, iv, sealed);
    const padding = plain[plain.length - 1] + 1;
    const content = plain.length - padding - (this.encryptThenMac ? 0 : macBytes);
    if (content < 0) return undefined;
    // What SSL 3.0 pads with may be anything, and is shorter than a block (RFC 6101 §5.2.3.2).
    if (this.ssl3) {
      if (padding > ivBytes) return undefined;
    } else for (let i = plain.length - padding; i < plain.length; i++) if (plain[i] !== padding - 1) return undefined;
    const result = plain.subarray(0, content);
    if (
      !this.encryptThenMac &&
      !macIsRight(parameters, this.macKey, sequence, record, result, plain.subarray(content, content + macBytes), this.ssl3)
    )
      return undefined;
    if (lead === 0) this.chained = bytes.slice(end - ivBytes, end);
    return result;
  }

  skip(_length: number, last: Uint8Array | undefined): void {
    if (this.lead > 0) return;
    const { ivBytes, macBytes } = this.parameters;
    const tail = this.encryptThenMac ? macBytes : 0;
    const known = last !== undefined && last.length >= ivBytes + tail;
    this.chained = known ? last.slice(last.length - tail - ivBytes, last.length - tail) : undefined;
  }
}

/** RC4 with HMAC, or HMAC alone (RFC 5246 §6.2.3.1). */
export class StreamCipher implements RecordCipher {
  readonly lead = 0;
  private readonly parameters: CipherParameters;
  private readonly macKey: Uint8Array;
  private rc4: Rc4 | undefined;

  private readonly ssl3: boolean;

  constructor(parameters: CipherParameters, key: Uint8Array, macKey: Uint8Array, ssl3 = false) {
    this.ssl3 = ssl3;
    this.parameters = parameters;
    this.macKey = macKey;
    this.rc4 = parameters.algorithm === 'rc4' ? new Rc4(key) : undefined;
  }

  open(sequence: number, record: SealedRecord): Uint8Array | undefined {
    const { bytes, at, end } = record;
    const { macBytes } = this.parameters;
    if (end - at < macBytes) return undefined;
    const after = this.rc4?.copy();
    const plain = after === undefined ? bytes.slice(at, end) : after.apply(bytes, at, end);
    const content = plain.length - macBytes;
    const result = plain.subarray(0, content);
    if (!macIsRight(this.parameters, this.macKey, sequence, record, result, plain.subarray(content), this.ssl3)) return undefined;
    this.rc4 = after;
    return result;
  }

  skip(length: number): void {
    this.rc4?.skip(length);
  }
}
