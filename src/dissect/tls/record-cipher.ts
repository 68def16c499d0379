import { type CipherGCMTypes, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { CipherParameters } from './cipher-parameters.ts';
import { digest, expandLabel, type HashName, prf, sslExpand } from './derive.ts';
import { openGcm } from './gcm.ts';
import { BlockCipher, StreamCipher } from './mac-ciphers.ts';
import { additional, putSequence, type RecordCipher, type SealedRecord } from './sealed-record.ts';

const HEADER = 5;
const NONCE = 12;
const ADDITIONAL = 13;

/** AES-GCM, AES-CCM, ChaCha20-Poly1305, ARIA-GCM and Camellia-GCM in TLS 1.2 (RFC 5288, 6655, 7905) and 1.3 (RFC 8446 §5.2, §5.3). */
export class AeadCipher implements RecordCipher {
  readonly lead: number;
  private readonly algorithm: CipherGCMTypes;
  private readonly tagBytes: number;
  private readonly key: KeyObject;
  private readonly iv: Uint8Array;
  private readonly tls13: boolean;
  private readonly ccm: boolean;
  /** The cipher that OpenSSL does not have in this mode, and its key. */
  private readonly byHand: { cipher: string; key: Uint8Array } | undefined;
  private readonly nonce = new Uint8Array(NONCE);
  private readonly header: Uint8Array;
  private readonly options: { authTagLength: number };

  constructor(parameters: CipherParameters, key: Uint8Array, iv: Uint8Array, tls13: boolean) {
    this.algorithm = parameters.algorithm as CipherGCMTypes;
    this.tagBytes = parameters.tagBytes;
    this.options = { authTagLength: parameters.tagBytes };
    this.ccm = parameters.algorithm.endsWith('-ccm');
    const camellia = /^(camellia-\d+)-gcm$/.exec(parameters.algorithm);
    this.byHand = camellia === null ? undefined : { cipher: camellia[1], key };
    this.key = createSecretKey(key);
    this.iv = iv;
    this.tls13 = tls13;
    this.lead = tls13 ? 0 : parameters.explicitBytes;
    this.header = new Uint8Array(tls13 ? HEADER : ADDITIONAL);
    this.nonce.set(iv.subarray(0, NONCE));
  }

  open(sequence: number, record: SealedRecord): Uint8Array | undefined {
    const { bytes, at, end } = record;
    const length = end - at - this.lead - this.tagBytes;
    if (length < 0) return undefined;
    const { nonce, iv, header } = this;
    if (this.lead > 0) {
      nonce.set(iv);
      nonce.set(bytes.subarray(at, at + this.lead), iv.length);
    } else {
      // The first four bytes are those of the IV.
      putSequence(nonce, NONCE - 8, sequence);
      for (let i = NONCE - 8; i < NONCE; i++) nonce[i] ^= iv[i];
    }
    if (this.tls13) {
      header[0] = record.type;
      header[1] = record.version >> 8;
      header[2] = record.version & 255;
      header[3] = (end - at) >> 8;
      header[4] = (end - at) & 255;
    } else additional(header, sequence, record, length);
    const tagAt = end - this.tagBytes;
    if (this.byHand !== undefined) {
      const { cipher, key } = this.byHand;
      return openGcm(cipher, key, nonce, header, bytes.subarray(at + this.lead, tagAt), bytes.subarray(tagAt, end));
    }
    const decipher = createDecipheriv(this.algorithm, this.key, nonce, this.options);
    decipher.setAuthTag(bytes.subarray(tagAt, end));
    decipher.setAAD(header, this.ccm ? { plaintextLength: length } : undefined);
    try {
      // CCM says here already that a tag is wrong.
      const content = decipher.update(bytes.subarray(at + this.lead, tagAt));
      decipher.final();
      return content;
    } catch {
      return undefined;
    }
  }
}

/** One direction of TLS 1.3 from its traffic secret (RFC 8446 §7.3). */
export function trafficCipher(parameters: CipherParameters, secret: Uint8Array): RecordCipher {
  const key = expandLabel(parameters.prf, secret, 'key', parameters.keyBytes);
  return new AeadCipher(parameters, key, expandLabel(parameters.prf, secret, 'iv', NONCE), true);
}

/** The secret after a KeyUpdate (RFC 8446 §7.2). */
export function updatedSecret(parameters: CipherParameters, secret: Uint8Array): Uint8Array {
  return expandLabel(parameters.prf, secret, 'traffic upd', secret.length);
}

export interface OlderSession {
  parameters: CipherParameters;
  /** 0x0300 (SSL 3.0) to 0x0303. */
  version: number;
  master: Uint8Array;
  clientRandom: Uint8Array;
  serverRandom: Uint8Array;
  encryptThenMac: boolean;
}

const SSL3 = 0x0300;

const prfHash = (version: number, parameters: CipherParameters): HashName | undefined =>
  version >= 0x0303 ? parameters.prf : undefined;

/** The master secret from a premaster secret (RFC 5246 §8.1), where it is not an extended one (RFC 7627). */
export function masterSecret(session: Omit<OlderSession, 'master' | 'encryptThenMac'>, premaster: Uint8Array): Uint8Array {
  const seed = Buffer.concat([session.clientRandom, session.serverRandom]);
  if (session.version === SSL3) return sslExpand(premaster, seed, 48);
  return prf(prfHash(session.version, session.parameters), premaster, 'master secret', seed, 48);
}

/** RFC 2246 §6.3.1: the keys in use are made of the 40 bits of the key block, the IVs of nothing secret. */
function exportKeys(session: OlderSession, weak: Buffer[], ivBytes: number): [Buffer[], Buffer[]] {
  const { parameters, clientRandom, serverRandom } = session;
  const hash = prfHash(session.version, parameters);
  const seed = Buffer.concat([clientRandom, serverRandom]);
  if (session.version === SSL3) return sslExportKeys(session, weak, ivBytes);
  const keys = ['client write key', 'server write key'].map((label, i) =>
    prf(hash, weak[i], label, seed, parameters.exportBytes),
  );
  const ivs = prf(hash, Buffer.alloc(0), 'IV block', seed, 2 * ivBytes);
  return [keys, [ivs.subarray(0, ivBytes), ivs.subarray(ivBytes)]];
}

/** RFC 6101 §6.2.2.1 */
function sslExportKeys(session: OlderSession, weak: Buffer[], ivBytes: number): [Buffer[], Buffer[]] {
  const { parameters, clientRandom, serverRandom } = session;
  const seeds = [Buffer.concat([clientRandom, serverRandom]), Buffer.concat([serverRandom, clientRandom])];
  const keys = seeds.map((seed, i) => digest('md5', weak[i], seed).subarray(0, parameters.exportBytes));
  return [keys, seeds.map((seed) => digest('md5', seed).subarray(0, ivBytes))];
}

/** Both directions of SSL 3.0 (RFC 6101 §6.2.2) and TLS 1.0 to 1.2, the client's first, from the key block (RFC 5246 §6.3). */
export function olderCiphers(session: OlderSession): [RecordCipher, RecordCipher] {
  const { parameters, version } = session;
  const { macBytes, keyBytes, kind } = parameters;
  // From TLS 1.1 on a block cipher's IV stands in each record.
  const ivBytes = kind === 'block' && version >= 0x0302 ? 0 : parameters.ivBytes;
  const seed = Buffer.concat([session.serverRandom, session.clientRandom]);
  const length = 2 * (macBytes + keyBytes + ivBytes);
  const ssl3 = version === SSL3;
  const block = ssl3
    ? sslExpand(session.master, seed, length)
    : prf(prfHash(version, parameters), session.master, 'key expansion', seed, length);
  let at = 0;
  const take = (bytes: number): Buffer => block.subarray(at, (at += bytes));
  const macs = [take(macBytes), take(macBytes)];
  let keys = [take(keyBytes), take(keyBytes)];
  let ivs = [take(ivBytes), take(ivBytes)];
  if (parameters.exportBytes > 0) [keys, ivs] = exportKeys(session, keys, ivBytes);
  const make = (i: 0 | 1): RecordCipher => {
    if (kind === 'aead') return new AeadCipher(parameters, keys[i], ivs[i], false);
    if (kind === 'stream') return new StreamCipher(parameters, keys[i], macs[i], ssl3);
    return new BlockCipher(parameters, keys[i], ivs[i], macs[i], session.encryptThenMac, ssl3);
  };
  return [make(0), make(1)];
}
