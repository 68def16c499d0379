import { createCipheriv, createHmac } from 'node:crypto';
import { be16, be32, fromHex, join, u8 } from '../frames.ts';
import * as tls from '../tls/build.ts';

/** QUIC on the wire, from its parts, by the RFCs' own words and not by what `src/` has. */

export const VERSION_1 = 1;
export const VERSION_2 = 0x6b3343cf;
export const DRAFT_29 = 0xff00001d;
export const RESERVED = 0x1a2a3a4a;

const SALTS: Record<number, string> = {
  [VERSION_1]: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  [VERSION_2]: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
  [DRAFT_29]: 'afbfec289993d24c9e9786f19c6111e04390a899',
};
/** Google's, by the address of their source: net/third_party/quiche/src/quic/core/crypto/crypto_utils.cc. */
export const T050 = 0x54303530;
export const T051 = 0x54303531;
SALTS[T050] = '7ff579e5acd072915580304c43a2367c60488310';
SALTS[T051] = '7a4edef4e7ccee5fa4506c19124fc8ccda6e033d';
const RETRY_SECRETS: Record<number, [key: string, nonce: string]> = {
  [VERSION_1]: ['be0c690b9f66575a1d766b54e368c84e', '461599d35d632bf2239825bb'],
  [VERSION_2]: ['8fb4b01b56ac48e260fbcbcead7ccc92', 'd86969bc2d7c6d9990efb04a'],
};

/** A variable-length integer (RFC 9000 §16) of at least `size` bytes. */
export function varint(value: number, size = 1): Uint8Array {
  if (value < 64 && size <= 1) return u8(value);
  if (value < 16_384 && size <= 2) return be16(0x4000 | value);
  if (value < 2 ** 30 && size <= 4) return be32(0x80000000 + value);
  return join(be32(0xc0000000 + Math.floor(value / 2 ** 32)), be32(value % 2 ** 32));
}

const sized = (id: Uint8Array): Uint8Array => join(u8(id.length), id);

/** RFC 8446 §7.1 */
function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const name = new TextEncoder().encode(`tls13 ${label}`);
  const info = join(be16(length), u8(name.length), name, u8(0, 1));
  return new Uint8Array(createHmac('sha256', secret).update(info).digest()).slice(0, length);
}

export interface Keys {
  key: Uint8Array;
  iv: Uint8Array;
  hp: Uint8Array;
}

/** RFC 9001 §5.2; any salt does for versions that have none. */
export function keys(version: number, id: Uint8Array, fromServer = false): Keys {
  const initial = createHmac('sha256', fromHex(SALTS[version] ?? SALTS[VERSION_1]))
    .update(id)
    .digest();
  const secret = expandLabel(initial, fromServer ? 'server in' : 'client in', 32);
  const label = version === VERSION_2 ? 'quicv2' : 'quic';
  return {
    key: expandLabel(secret, `${label} key`, 16),
    iv: expandLabel(secret, `${label} iv`, 12),
    hp: expandLabel(secret, `${label} hp`, 16),
  };
}

export interface PacketParts {
  version?: number;
  dcid?: Uint8Array;
  scid?: Uint8Array;
  token?: Uint8Array;
  number?: number;
  numberLength?: number;
  /** Bytes of the length field. */
  lengthSize?: number;
  frames?: Uint8Array;
  /** The id that the keys come from, where it is not `dcid`. */
  keyId?: Uint8Array;
  fromServer?: boolean;
  /** The version whose salt is taken. */
  salt?: number;
  /** PADDING to this many bytes of payload. */
  pad?: number;
}

const typeBits = (version: number, type: number): number => (version === VERSION_2 ? (type + 1) & 3 : type) << 4;

/** Initial (0), 0-RTT (1) or Handshake (2), protected with Initial keys, whoever can read them. */
export function longPacket(type: number, parts: PacketParts = {}): Uint8Array {
  const { version = VERSION_1, dcid = ID, scid = u8(), token = u8(), number = 0, numberLength = 1, lengthSize = 2 } = parts;
  const frames = parts.frames ?? u8(1);
  const payload = join(frames, new Uint8Array(Math.max(4 - numberLength - frames.length, (parts.pad ?? 0) - frames.length, 0)));
  const header = join(
    u8(0xc0 | typeBits(version, type) | (numberLength - 1)),
    be32(version),
    sized(dcid),
    sized(scid),
    type === 0 ? join(varint(token.length), token) : u8(),
    varint(numberLength + payload.length + 16, lengthSize),
    be32(number).slice(4 - numberLength),
  );
  const secrets = keys(parts.salt ?? version, parts.keyId ?? dcid, parts.fromServer);
  const nonce = secrets.iv.slice();
  be32(number).forEach((byte, i) => {
    nonce[8 + i] ^= byte;
  });
  const cipher = createCipheriv('aes-128-gcm', secrets.key, nonce, { authTagLength: 16 });
  cipher.setAAD(header);
  const packet = join(header, cipher.update(payload), cipher.final(), cipher.getAuthTag());
  const at = header.length - numberLength;
  const mask = createCipheriv('aes-128-ecb', secrets.hp, null).update(packet.subarray(at + 4, at + 20));
  packet[0] ^= mask[0] & 0x0f;
  for (let i = 0; i < numberLength; i++) packet[at + i] ^= mask[i + 1];
  return packet;
}

export const initial = (parts: PacketParts): Uint8Array => longPacket(0, parts);

/** A client's first packet, as long as it must be. */
export const firstInitial = (parts: PacketParts): Uint8Array => initial({ pad: 1170, ...parts });

/** RFC 9000 §17.2.5, RFC 9001 §5.8 */
export function retry(parts: { version?: number; dcid?: Uint8Array; scid: Uint8Array; token: Uint8Array; id?: Uint8Array }) {
  const { version = VERSION_1, dcid = u8(), scid, token, id = ID } = parts;
  const packet = join(u8(0xcf | typeBits(version, 3)), be32(version), sized(dcid), sized(scid), token);
  const [key, nonce] = RETRY_SECRETS[version] ?? RETRY_SECRETS[VERSION_1];
  const cipher = createCipheriv('aes-128-gcm', fromHex(key), fromHex(nonce), { authTagLength: 16 });
  cipher.setAAD(join(sized(id), packet));
  cipher.final();
  return join(packet, cipher.getAuthTag());
}

export const negotiation = (dcid: Uint8Array, scid: Uint8Array, ...versions: number[]): Uint8Array =>
  join(u8(0x80), be32(0), sized(dcid), sized(scid), ...versions.map(be32));

export const shortPacket = (dcid: Uint8Array, size = 30): Uint8Array => join(u8(0x41), dcid, new Uint8Array(size).fill(0xee));

export const crypto = (offset: number, data: Uint8Array): Uint8Array => join(u8(6), varint(offset), varint(data.length), data);
export const PING = u8(1);
export const ack = (...pairs: [gap: number, length: number][]): Uint8Array =>
  join(u8(2), varint(5), varint(0), varint(pairs.length), varint(0), ...pairs.flatMap((pair) => pair.map((n) => varint(n))));
export const close = (code: number, reason: string): Uint8Array =>
  join(u8(0x1c), varint(code), varint(0), varint(reason.length), new TextEncoder().encode(reason));

/** The id of RFC 9001 appendix A. */
export const ID = fromHex('8394c8f03e515708');

export const clientHello = (name: string, alpn: string[] = ['h3'], ...more: Uint8Array[]): Uint8Array =>
  tls.handshake(
    1,
    tls.clientHello({ suites: [0x1301], extensions: [tls.serverName(name), tls.alpn(...alpn), tls.versions(0x0304), ...more] }),
  );

const TLS_1_3 = tls.extension(43, be16(0x0304));
export const serverHello = (...more: Uint8Array[]): Uint8Array =>
  tls.handshake(2, tls.serverHello({ suite: 0x1301, extensions: [TLS_1_3, ...more] }));
export const helloRetry = (): Uint8Array =>
  tls.handshake(2, tls.serverHello({ suite: 0x1301, random: tls.RETRY_RANDOM, extensions: [TLS_1_3] }));
