import { u16, u24, u32 } from '../bytes.ts';
import { ExtensionType } from './names.ts';

/** Named bounds of what one hello may put into lists; the rest is left out. */
export const EXTENSION_LIMIT = 256;
export const SUITE_LIMIT = 1024;
export const LIST_ITEM_LIMIT = 64;

/** An extension's type and the place of its data. */
export interface Extension {
  type: number;
  /** Where its type stands. */
  at: number;
  dataAt: number;
  end: number;
}

/** What a hello of either side says. Offsets are those of the bytes given. */
export interface Hello {
  /** The version field; TLS 1.3 has its own in `supported_versions`. */
  legacyVersion: number;
  randomAt: number;
  sessionIdAt: number;
  sessionIdEnd: number;
  extensions: Extension[];
  /** Where the message did not fit; undefined when all of it did. What came before is there. */
  brokenAt?: number;
}

/** RFC 8446 §4.1.2, RFC 5246 §7.4.1.2. */
export interface ClientHello extends Hello {
  cipherSuites: number[];
  suitesAt: number;
  suitesEnd: number;
  /** RFC 6066 §3. */
  serverName?: string;
  /** RFC 7301. */
  alpn: string[];
  supportedVersions: number[];
  /** Groups with a key share. */
  keyShares: number[];
  preSharedKey: boolean;
  /** Of each identity that is offered: its obfuscated_ticket_age, 0 where no server's ticket is meant (RFC 8446 §4.2.11). */
  pskAges: number[];
  earlyData: boolean;
  /** Encrypted Client Hello: the server name is that of the outer hello. */
  encryptedHello: boolean;
}

/** RFC 8446 §4.1.3, RFC 5246 §7.4.1.3. */
export interface ServerHello extends Hello {
  /** `supported_versions` where present, else the version field. */
  version: number;
  cipherSuite: number;
  suiteAt: number;
  /** A HelloRetryRequest is a ServerHello with this random (RFC 8446 §4.1.3). */
  helloRetryRequest: boolean;
  alpn?: string;
  preSharedKey: boolean;
  /** Which of the identities offered the server has taken. */
  pskSelected: number;
  keyShare?: number;
}

const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

const text = (bytes: Uint8Array, at: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('utf8');

/** Drafts of TLS 1.3 up to 21 name themselves in the ServerHello, which has neither session id nor compression method. */
export const isShortHello = (version: number): boolean => version >= 0x7f00 && version <= 0x7f15;

/** Version, random and session id, which both hellos begin with; where they end, -1 when they do not fit. */
function readHead(bytes: Uint8Array, at: number, end: number, hello: Hello): number {
  if (end - at < 2) return broken(hello, at);
  hello.legacyVersion = u16(bytes, at);
  if (end - at < 35) return broken(hello, at + 2);
  hello.randomAt = at + 2;
  if (isShortHello(hello.legacyVersion)) return at + 34;
  const idEnd = at + 35 + bytes[at + 34];
  if (idEnd > end) return broken(hello, at + 34);
  hello.sessionIdAt = at + 35;
  hello.sessionIdEnd = idEnd;
  return idEnd;
}

function broken(hello: Hello, at: number): -1 {
  hello.brokenAt = at;
  return -1;
}

function readExtensions(bytes: Uint8Array, at: number, end: number, hello: Hello): void {
  if (at === end) return;
  if (end - at < 2) {
    hello.brokenAt = at;
    return;
  }
  const stop = at + 2 + u16(bytes, at);
  if (stop > end) hello.brokenAt = at;
  at += 2;
  for (const limit = Math.min(stop, end); at < limit; ) {
    const next = limit - at < 4 ? limit + 1 : at + 4 + u16(bytes, at + 2);
    if (next > limit) {
      hello.brokenAt = at;
      return;
    }
    if (hello.extensions.length < EXTENSION_LIMIT) hello.extensions.push({ type: u16(bytes, at), at, dataAt: at + 4, end: next });
    at = next;
  }
}

/** The extensions of an EncryptedExtensions message (RFC 8446 §4.3.1). */
export function readExtensionList(bytes: Uint8Array, at: number, end: number): Extension[] {
  const hello: Hello = { legacyVersion: 0, randomAt: -1, sessionIdAt: at, sessionIdEnd: at, extensions: [] };
  readExtensions(bytes, at, end, hello);
  return hello.extensions;
}

/** The strings of a ProtocolNameList (RFC 7301 §3.1). */
export function protocolNames(bytes: Uint8Array, at: number, end: number): string[] {
  const names: string[] = [];
  for (let i = at + 2; i < end && names.length < LIST_ITEM_LIMIT; i += 1 + bytes[i]) {
    if (i + 1 + bytes[i] > end) break;
    names.push(text(bytes, i + 1, i + 1 + bytes[i]));
  }
  return names;
}

/** The first host name of a ServerNameList (RFC 6066 §3). */
function hostName(bytes: Uint8Array, at: number, end: number): string | undefined {
  for (let i = at + 2; i + 3 <= end; ) {
    const next = i + 3 + u16(bytes, i + 1);
    if (next > end) return undefined;
    if (bytes[i] === 0) return text(bytes, i + 3, next);
    i = next;
  }
  return undefined;
}

/** The body of a ClientHello, without the handshake header. Bears any bytes; what fits is there. */
export function parseClientHello(bytes: Uint8Array, at: number, end: number): ClientHello {
  const hello: ClientHello = {
    legacyVersion: 0,
    randomAt: -1,
    sessionIdAt: at,
    sessionIdEnd: at,
    extensions: [],
    cipherSuites: [],
    suitesAt: at,
    suitesEnd: at,
    alpn: [],
    supportedVersions: [],
    keyShares: [],
    preSharedKey: false,
    pskAges: [],
    earlyData: false,
    encryptedHello: false,
  };
  let i = readHead(bytes, at, end, hello);
  if (i < 0) return hello;
  const suitesEnd = end - i < 2 ? end + 1 : i + 2 + u16(bytes, i);
  if (suitesEnd > end) hello.brokenAt = i;
  hello.suitesAt = Math.min(i + 2, end);
  hello.suitesEnd = Math.min(suitesEnd, end);
  for (let s = hello.suitesAt; s + 2 <= hello.suitesEnd && hello.cipherSuites.length < SUITE_LIMIT; s += 2)
    hello.cipherSuites.push(u16(bytes, s));
  if (hello.brokenAt !== undefined) return hello;
  i = suitesEnd;
  const compressionEnd = i < end ? i + 1 + bytes[i] : end + 1;
  if (compressionEnd > end) {
    hello.brokenAt = i;
    return hello;
  }
  readExtensions(bytes, compressionEnd, end, hello);
  for (const extension of hello.extensions) readClientExtension(bytes, extension, hello);
  return hello;
}

function readClientExtension(bytes: Uint8Array, { type, dataAt, end }: Extension, hello: ClientHello): void {
  switch (type) {
    case ExtensionType.serverName:
      hello.serverName ??= hostName(bytes, dataAt, end);
      break;
    case ExtensionType.alpn:
      hello.alpn = protocolNames(bytes, dataAt, end);
      break;
    case ExtensionType.supportedVersions:
      for (let i = dataAt + 1; i + 2 <= end && hello.supportedVersions.length < LIST_ITEM_LIMIT; i += 2)
        hello.supportedVersions.push(u16(bytes, i));
      break;
    case ExtensionType.keyShare:
      for (let i = dataAt + 2; i + 4 <= end && hello.keyShares.length < LIST_ITEM_LIMIT; i += 4 + u16(bytes, i + 2))
        hello.keyShares.push(u16(bytes, i));
      break;
    case ExtensionType.preSharedKey:
      hello.preSharedKey = true;
      pskAges(hello.pskAges, bytes, dataAt, end);
      break;
    case ExtensionType.earlyData:
      hello.earlyData = true;
      break;
    case ExtensionType.encryptedClientHello:
      hello.encryptedHello = true;
      break;
  }
}

function pskAges(ages: number[], bytes: Uint8Array, at: number, end: number): void {
  const stop = Math.min(end, at + 2 + u16(bytes, at));
  for (let i = at + 2; i + 2 <= stop && ages.length < LIST_ITEM_LIMIT; ) {
    const age = i + 2 + u16(bytes, i);
    if (age + 4 > stop) return;
    ages.push(u32(bytes, age));
    i = age + 4;
  }
}

/** The body of a ServerHello, without the handshake header. */
export function parseServerHello(bytes: Uint8Array, at: number, end: number): ServerHello {
  const hello: ServerHello = {
    legacyVersion: 0,
    randomAt: -1,
    sessionIdAt: at,
    sessionIdEnd: at,
    extensions: [],
    version: 0,
    cipherSuite: -1,
    suiteAt: at,
    helloRetryRequest: false,
    preSharedKey: false,
    pskSelected: -1,
  };
  const i = readHead(bytes, at, end, hello);
  hello.version = hello.legacyVersion;
  if (hello.randomAt >= 0) hello.helloRetryRequest = RETRY_RANDOM.compare(bytes, hello.randomAt, hello.randomAt + 32) === 0;
  if (i < 0) return hello;
  if (end - i < 3) {
    hello.brokenAt = i;
    return hello;
  }
  hello.suiteAt = i;
  hello.cipherSuite = u16(bytes, i);
  readExtensions(bytes, isShortHello(hello.legacyVersion) ? i + 2 : i + 3, end, hello);
  for (const { type, dataAt, end: dataEnd } of hello.extensions) {
    if (type === ExtensionType.supportedVersions && dataEnd - dataAt === 2) hello.version = u16(bytes, dataAt);
    else if (type === ExtensionType.alpn) hello.alpn = protocolNames(bytes, dataAt, dataEnd)[0];
    else if (type === ExtensionType.preSharedKey) {
      hello.preSharedKey = true;
      if (dataEnd - dataAt === 2) hello.pskSelected = u16(bytes, dataAt);
    } else if (type === ExtensionType.keyShare && dataEnd - dataAt >= 2) hello.keyShare = u16(bytes, dataAt);
  }
  return hello;
}

/** Where the certificates of a Certificate message of TLS 1.2 and older lie (RFC 5246 §7.4.2): pairs of at and end. */
export function certificateRanges(bytes: Uint8Array, at: number, end: number): number[] {
  const ranges: number[] = [];
  if (end - at < 3) return ranges;
  const stop = Math.min(end, at + 3 + u24(bytes, at));
  for (let i = at + 3; i + 3 <= stop && ranges.length < 2 * LIST_ITEM_LIMIT; ) {
    const next = i + 3 + u24(bytes, i);
    if (next > stop) break;
    ranges.push(i + 3, next);
    i = next;
  }
  return ranges;
}

/** A ClientHello in SSL 2.0's form, by which old clients greeted servers of any version (RFC 5246 appendix E.2). */
export interface OldClientHello {
  version: number;
  cipherSuites: number[];
  /** Bytes of the record, its 2-byte header included. */
  length: number;
}

/**
 * Does an SSL 2.0 ClientHello begin here? Undefined: no. `more`: too few bytes to say. It is told by its header's top bit,
 * message type 1, a known version, and three lengths that add up.
 */
export function parseOldClientHello(bytes: Uint8Array, at: number, end: number): OldClientHello | 'more' | undefined {
  const have = end - at;
  if (have > 0 && (bytes[at] & 0x80) === 0) return undefined;
  if (have > 2 && bytes[at + 2] !== 1) return undefined;
  if (have > 4 && !((bytes[at + 3] === 3 && bytes[at + 4] <= 3) || u16(bytes, at + 3) === 2)) return undefined;
  if (have < 11) return 'more';
  const length = 2 + (u16(bytes, at) & 0x7fff);
  const specs = u16(bytes, at + 5);
  const sessionId = u16(bytes, at + 7);
  const challenge = u16(bytes, at + 9);
  if (specs === 0 || specs % 3 !== 0 || challenge < 16 || challenge > 32 || sessionId > 32) return undefined;
  if (11 + specs + sessionId + challenge !== length) return undefined;
  const cipherSuites: number[] = [];
  // Three bytes each; those of TLS begin with a zero.
  for (let i = at + 11; i + 3 <= Math.min(end, at + 11 + specs) && cipherSuites.length < SUITE_LIMIT; i += 3) {
    if (bytes[i] === 0) cipherSuites.push(u16(bytes, i + 1));
  }
  return { version: u16(bytes, at + 3), cipherSuites, length };
}
