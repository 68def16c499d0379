import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { type LongHeader, RETRY_TAG } from './header.ts';
import { versionOf } from './versions.ts';

/** What protects one side's Initial packets. Anybody who saw the client's first packet has it (RFC 9001 §5.2). */
export interface PacketKeys {
  key: Buffer;
  iv: Buffer;
  /** Header protection. */
  hp: Buffer;
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

const HASH = 'sha256';
const TAG = 16;
const SAMPLE = 16;
/** Header protection takes its sample as if the packet number had this many bytes (RFC 9001 §5.4.2). */
const LONGEST_NUMBER = 4;

/** HKDF-Expand-Label (RFC 8446 §7.1) for up to one hash's length, with an empty context. */
function expandLabel(secret: Buffer, label: string, length: number): Buffer {
  const name = `tls13 ${label}`;
  const info = Buffer.alloc(name.length + 5);
  info.writeUInt16BE(length, 0);
  info[2] = name.length;
  info.write(name, 3, 'latin1');
  // The context's length, 0, and the counter of HKDF-Expand's only block (RFC 5869 §2.3).
  info[name.length + 4] = 1;
  return createHmac(HASH, secret).update(info).digest().subarray(0, length);
}

/** Keys of one side's Initial packets (RFC 9001 §5.1, §5.2); undefined for versions whose salt is not known. */
export function initialKeys(version: number, id: Uint8Array, fromClient: boolean): PacketKeys | undefined {
  const { salt, second } = versionOf(version);
  if (salt === undefined) return undefined;
  const initial = createHmac(HASH, salt).update(id).digest();
  const secret = expandLabel(initial, fromClient ? 'client in' : 'server in', 32);
  const label = second ? 'quicv2' : 'quic';
  return {
    key: expandLabel(secret, `${label} key`, 16),
    iv: expandLabel(secret, `${label} iv`, 12),
    hp: expandLabel(secret, `${label} hp`, 16),
  };
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
  const first = bytes[at] ^ (mask[0] & 0x0f);
  const numberLength = (first & 3) + 1;
  const payloadAt = numberAt + numberLength;
  const header = Buffer.from(bytes.subarray(at, payloadAt));
  header[0] = first;
  let truncated = 0;
  for (let i = 0; i < numberLength; i++) {
    const byte = bytes[numberAt + i] ^ mask[i + 1];
    header[numberAt - at + i] = byte;
    truncated = truncated * 256 + byte;
  }
  const packetNumber = wholeNumber(truncated, numberLength, expected);
  const nonce = Buffer.from(keys.iv);
  // The number's upper half is 0 for a packet this early.
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ (packetNumber >>> 0)) >>> 0, 8);
  const payload = decrypt(keys.key, nonce, header, bytes, payloadAt, h.end);
  return payload === undefined ? undefined : { first, packetNumber, numberLength, payload, payloadAt };
}

function decrypt(key: Buffer, nonce: Buffer, aad: Buffer, bytes: Uint8Array, at: number, end: number): Buffer | undefined {
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
function wholeNumber(truncated: number, length: number, expected: number): number {
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
