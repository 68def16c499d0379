import { be16, fromHex, join, text, u8 } from '../frames.ts';

/** TLS on the wire, from its parts. */

const be24 = (value: number): Uint8Array => u8((value >> 16) & 255, (value >> 8) & 255, value & 255);
export const sized8 = (...parts: Uint8Array[]): Uint8Array => join(u8(join(...parts).length), ...parts);
export const sized16 = (...parts: Uint8Array[]): Uint8Array => join(be16(join(...parts).length), ...parts);
export const sized24 = (...parts: Uint8Array[]): Uint8Array => join(be24(join(...parts).length), ...parts);

export const record = (type: number, payload: Uint8Array, version = 0x0303): Uint8Array =>
  join(u8(type), be16(version), sized16(payload));
export const handshake = (type: number, body: Uint8Array): Uint8Array => join(u8(type), sized24(body));
export const extension = (type: number, ...data: Uint8Array[]): Uint8Array => join(be16(type), sized16(...data));

export const serverName = (name: string): Uint8Array => extension(0, sized16(u8(0), sized16(text(name))));
export const alpn = (...names: string[]): Uint8Array => extension(16, sized16(...names.map((name) => sized8(text(name)))));
export const versions = (...list: number[]): Uint8Array => extension(43, sized8(...list.map(be16)));
export const keyShares = (...groups: number[]): Uint8Array =>
  extension(51, sized16(...groups.map((group) => join(be16(group), sized16(new Uint8Array(32))))));

export interface HelloParts {
  version?: number;
  random?: Uint8Array;
  sessionId?: Uint8Array;
  suites?: number[];
  extensions?: Uint8Array[];
}

/** The body of a ClientHello (RFC 8446 §4.1.2). */
export function clientHello(parts: HelloParts = {}): Uint8Array {
  const {
    version = 0x0303,
    random = new Uint8Array(32).fill(7),
    sessionId = u8(),
    suites = [0x1301, 0xc02f],
    extensions = [],
  } = parts;
  return join(
    be16(version),
    random,
    sized8(sessionId),
    sized16(...suites.map(be16)),
    u8(1, 0),
    ...(extensions.length > 0 ? [sized16(...extensions)] : []),
  );
}

/** The body of a ServerHello (RFC 8446 §4.1.3). */
export function serverHello(parts: HelloParts & { suite?: number } = {}): Uint8Array {
  const { version = 0x0303, random = new Uint8Array(32).fill(8), sessionId = u8(), suite = 0xc02f, extensions = [] } = parts;
  return join(
    be16(version),
    random,
    sized8(sessionId),
    be16(suite),
    u8(0),
    ...(extensions.length > 0 ? [sized16(...extensions)] : []),
  );
}

/** The body of a ServerHello of drafts up to 21 (draft-ietf-tls-tls13-18 §4.1.3). */
export const draftServerHello = (draft: number, suite: number, ...extensions: Uint8Array[]): Uint8Array =>
  join(be16(0x7f00 | draft), new Uint8Array(32).fill(8), be16(suite), sized16(...extensions));

export const RETRY_RANDOM = fromHex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');

export const changeCipherSpec = record(20, u8(1));
export const applicationData = (size: number): Uint8Array => record(23, new Uint8Array(size).fill(0xee));
export const alert = (level: number, description: number): Uint8Array => record(21, u8(level, description));

/** An SSL 2.0 ClientHello that offers TLS 1.0 (RFC 5246 appendix E.2). */
export function oldClientHello(version = 0x0301): Uint8Array {
  const specs = fromHex('00002f 000005 010080 0700c0');
  const body = join(u8(1), be16(version), be16(specs.length), be16(0), be16(16), specs, new Uint8Array(16).fill(9));
  return join(be16(0x8000 | body.length), body);
}

export { CERTIFICATE } from './certificate.ts';
