import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import { LONG_FORM, type LongHeader, RETRY_TAG } from './header.ts';
import { isReservedVersion, versionOf } from './versions.ts';

/** What protects one side's Initial packets. Anybody who saw the client's first packet has it (RFC 9001 §5.2). */
export interface PacketKeys {
  key: Uint8Array;
  iv: Uint8Array;
  /** Header protection. */
  hp: Uint8Array;
}

/** A packet without its protection. */
export interface Opened {
  /** The first byte as it was before header protection. */
  first: number;
  packetNumber: number;
  numberLength: number;
  payload: Buffer;
  /** Where the payload's first byte stands in the packet; AES-GCM keeps the order and number of bytes. */
  payloadAt: number;
}

const TAG = 16;
const SAMPLE = 16;
/** Header protection takes its sample as if the packet number had this many bytes (RFC 9001 §5.4.2). */
const LONGEST_NUMBER = 4;

const BLOCK = 64;
const HASH = 32;
const inner = new Uint8Array(BLOCK + HASH);
const outer = new Uint8Array(BLOCK + HASH);

/**
 * HMAC-SHA-256 (RFC 2104) with a key of at most one block, of data no longer than a hash. A connection takes five; `hash` leaves
 * no object of its own to be collected, as `createHmac` does.
 */
function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  for (let i = 0; i < BLOCK; i++) {
    const byte = i < key.length ? key[i] : 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  inner.set(data, BLOCK);
  digest(inner.subarray(0, BLOCK + data.length), outer, BLOCK);
  const result = new Uint8Array(HASH);
  digest(outer, result, 0);
  return result;
}

function digest(data: Uint8Array, to: Uint8Array, at: number): void {
  const text = hash('sha256', data, 'binary');
  for (let i = 0; i < HASH; i++) to[at + i] = text.charCodeAt(i);
}

/** What HKDF-Expand-Label (RFC 8446 §7.1) hashes for `length` bytes, up to one hash's, and an empty context. */
function labelInfo(label: string, length: number): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  // Behind the label: the context's length, and the counter of HKDF-Expand's only block (RFC 5869 §2.3).
  return Uint8Array.of(0, length, name.length, ...name, 0, 1);
}

const CLIENT = labelInfo('client in', HASH);
const SERVER = labelInfo('server in', HASH);
const labels = (prefix: string): Uint8Array[] => [
  labelInfo(`${prefix} key`, 16),
  labelInfo(`${prefix} iv`, 12),
  labelInfo(`${prefix} hp`, 16),
];
const FIRST = labels('quic');
const SECOND = labels('quicv2');

/** Keys of one side's Initial packets (RFC 9001 §5.1, §5.2); undefined for versions whose salt is not known. */
export function initialKeys(version: number, id: Uint8Array, fromClient: boolean): PacketKeys | undefined {
  const { salt, second } = versionOf(version);
  if (salt === undefined) return undefined;
  const secret = hmac(hmac(salt, id), fromClient ? CLIENT : SERVER);
  const [key, iv, hp] = second ? SECOND : FIRST;
  return { key: hmac(secret, key).slice(0, 16), iv: hmac(secret, iv).slice(0, 12), hp: hmac(secret, hp).slice(0, 16) };
}

/** Versions in which somebody who offers a reserved one may have protected his packet. */
const SPOKEN = [0x00000001, 0xff00001d, 0x6b3343cf];

/** Keys of one side's Initial packets and the packet opened with them; of a reserved version (RFC 9000 §15) the tag tells whose. */
export function openInitial(
  id: Uint8Array,
  fromClient: boolean,
  bytes: Uint8Array,
  end: number,
  h: LongHeader,
  expected = 0,
): { keys: PacketKeys | undefined; opened: Opened | undefined } {
  const versions = isReservedVersion(h.version) ? SPOKEN : [h.version];
  let keys: PacketKeys | undefined;
  for (const version of versions) {
    keys = initialKeys(version, id, fromClient);
    const opened = keys === undefined ? undefined : openPacket(keys, bytes, end, h, expected);
    if (opened !== undefined) return { keys, opened };
  }
  return { keys, opened: undefined };
}

/**
 * Takes header protection (RFC 9001 §5.4) and packet protection (§5.3) off a whole Initial packet. Undefined: it is not whole,
 * or the keys are not its keys. `expected`: the packet number that would come next.
 */
export function openPacket(keys: PacketKeys, bytes: Uint8Array, end: number, h: LongHeader, expected = 0): Opened | undefined {
  const { at, numberAt } = h;
  if (!h.whole || h.end > end || h.end - numberAt < LONGEST_NUMBER + SAMPLE) return undefined;
  const sample = bytes.subarray(numberAt + LONGEST_NUMBER, numberAt + LONGEST_NUMBER + SAMPLE);
  const mask = createCipheriv('aes-128-ecb', keys.hp, null).setAutoPadding(false).update(sample);
  const { header, first, numberLength, packetNumber } = unmasked(bytes, at, numberAt, mask, expected);
  const payloadAt = numberAt + numberLength;
  const nonce = Buffer.from(keys.iv);
  // The number's upper half is 0 for a packet this early.
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ (packetNumber >>> 0)) >>> 0, 8);
  const payload = decrypt(keys.key, nonce, header, bytes, payloadAt, h.end);
  return payload === undefined ? undefined : { first, packetNumber, numberLength, payload, payloadAt };
}

/** A header without its protection, of which `mask` is what the sample gave (RFC 9001 §5.4.1). */
export function unmasked(
  bytes: Uint8Array,
  at: number,
  numberAt: number,
  mask: Uint8Array,
  expected: number,
): { header: Buffer; first: number; numberLength: number; packetNumber: number } {
  const first = bytes[at] ^ (mask[0] & ((bytes[at] & LONG_FORM) !== 0 ? 0x0f : 0x1f));
  const numberLength = (first & 3) + 1;
  const header = Buffer.from(bytes.subarray(at, numberAt + numberLength));
  header[0] = first;
  let truncated = 0;
  for (let i = 0; i < numberLength; i++) {
    const byte = bytes[numberAt + i] ^ mask[i + 1];
    header[numberAt - at + i] = byte;
    truncated = truncated * 256 + byte;
  }
  return { header, first, numberLength, packetNumber: wholeNumber(truncated, numberLength, expected) };
}

function decrypt(key: Uint8Array, nonce: Buffer, aad: Buffer, bytes: Uint8Array, at: number, end: number): Buffer | undefined {
  if (end - at < TAG) return undefined;
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG });
  decipher.setAAD(aad);
  decipher.setAuthTag(bytes.subarray(end - TAG, end));
  const plain = decipher.update(bytes.subarray(at, end - TAG));
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

/** RFC 9000 §A.3: the number nearest to the one expected with these last bytes. */
export function wholeNumber(truncated: number, length: number, expected: number): number {
  const window = 2 ** (8 * length);
  const candidate = expected - (expected % window) + truncated;
  if (candidate <= expected - window / 2) return candidate + window;
  return candidate > expected + window / 2 && candidate >= window ? candidate - window : candidate;
}

/**
 * Is a Retry packet's integrity tag right (RFC 9001 §5.8)? `id`: the destination connection id of the client's first Initial.
 * Undefined where the version's key is not known, or the packet is not whole.
 */
export function checkRetry(bytes: Uint8Array, h: LongHeader, id: Uint8Array): boolean | undefined {
  const { retry } = versionOf(h.version);
  if (retry === undefined || !h.whole) return undefined;
  const cipher = createCipheriv('aes-128-gcm', retry.key, retry.nonce, { authTagLength: RETRY_TAG });
  cipher.setAAD(Buffer.concat([Buffer.of(id.length), id, bytes.subarray(h.at, h.tokenEnd)]));
  cipher.final();
  return cipher.getAuthTag().compare(bytes, h.tokenEnd, h.tokenEnd + RETRY_TAG) === 0;
}
