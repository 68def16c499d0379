import { bufferOf, u16, u24, u32 } from '../bytes.ts';
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
  brokenAt?: number | undefined;
}

/** RFC 8446 §4.1.2, RFC 5246 §7.4.1.2. */
export interface ClientHello extends Hello {
  /** Where the cipher suites lie; `cipherSuites` reads them. */
  suitesAt: number;
  suitesEnd: number;
  /** RFC 6066 §3. */
  serverName?: string | undefined;
  /** RFC 7301. */
  alpn: string[];
  /** Of each identity that is offered: its obfuscated_ticket_age, 0 where no server's ticket is meant (RFC 8446 §4.2.11). */
  pskAges: readonly number[];
  earlyData: boolean;
}

/** RFC 8446 §4.1.3, RFC 5246 §7.4.1.3. */
export interface ServerHello extends Hello {
  /** `supported_versions` where present, else the version field. */
  version: number;
  cipherSuite: number;
  suiteAt: number;
  /** A HelloRetryRequest is a ServerHello with this random (RFC 8446 §4.1.3). */
  helloRetryRequest: boolean;
  alpn?: string | undefined;
  preSharedKey: boolean;
  /** Which of the identities offered the server has taken. */
  pskSelected: number;
}

const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

const NO_AGES: readonly number[] = [];
/** Protocols that most hellos name. */
const USUAL_PROTOCOLS = ['h2', 'http/1.1'];

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
    names.push(protocolName(bytes, i + 1, i + 1 + bytes[i]));
  }
  return names;
}

function protocolName(bytes: Uint8Array, at: number, end: number): string {
  for (const name of USUAL_PROTOCOLS) if (same(bytes, at, end, name)) return name;
  return bufferOf(bytes).toString('utf8', at, end);
}

function same(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (end - at !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The first host name of a ServerNameList (RFC 6066 §3). */
function hostName(bytes: Uint8Array, at: number, end: number): string | undefined {
  for (let i = at + 2; i + 3 <= end; ) {
    const next = i + 3 + u16(bytes, i + 1);
    if (next > end) return undefined;
    if (bytes[i] === 0) return bufferOf(bytes).toString('utf8', i + 3, next);
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
    suitesAt: at,
    suitesEnd: at,
    serverName: undefined,
    alpn: [],
    pskAges: NO_AGES,
    earlyData: false,
    brokenAt: undefined,
  };
  let i = readHead(bytes, at, end, hello);
  if (i < 0) return hello;
  const suitesEnd = end - i < 2 ? end + 1 : i + 2 + u16(bytes, i);
  if (suitesEnd > end) hello.brokenAt = i;
  hello.suitesAt = Math.min(i + 2, end);
  hello.suitesEnd = Math.min(suitesEnd, end);
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
  if (type === ExtensionType.serverName) hello.serverName ??= hostName(bytes, dataAt, end);
  else if (type === ExtensionType.alpn) hello.alpn = protocolNames(bytes, dataAt, end);
  else if (type === ExtensionType.preSharedKey) hello.pskAges = pskAges(bytes, dataAt, end);
  else if (type === ExtensionType.earlyData) hello.earlyData = true;
}

function pskAges(bytes: Uint8Array, at: number, end: number): number[] {
  const ages: number[] = [];
  const stop = Math.min(end, at + 2 + u16(bytes, at));
  for (let i = at + 2; i + 2 <= stop && ages.length < LIST_ITEM_LIMIT; ) {
    const age = i + 2 + u16(bytes, i);
    if (age + 4 > stop) break;
    ages.push(u32(bytes, age));
    i = age + 4;
  }
  return ages;
}

/** The cipher suites that a ClientHello offers. */
export function cipherSuites(bytes: Uint8Array, { suitesAt, suitesEnd }: ClientHello): number[] {
  const suites: number[] = [];
  for (let at = suitesAt; at + 2 <= suitesEnd && suites.length < SUITE_LIMIT; at += 2) suites.push(u16(bytes, at));
  return suites;
}

/** The versions in its extension of that name (RFC 8446 §4.2.1). */
export function supportedVersions(bytes: Uint8Array, { extensions }: ClientHello): number[] {
  const versions: number[] = [];
  for (const { type, dataAt, end } of extensions) {
    if (type !== ExtensionType.supportedVersions) continue;
    for (let at = dataAt + 1; at + 2 <= end && versions.length < LIST_ITEM_LIMIT; at += 2) versions.push(u16(bytes, at));
  }
  return versions;
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
    alpn: undefined,
    preSharedKey: false,
    pskSelected: -1,
    brokenAt: undefined,
  };
  const i = readHead(bytes, at, end, hello);
  hello.version = hello.legacyVersion;
  if (hello.randomAt >= 0) hello.helloRetryRequest = isRetry(bytes, hello.randomAt);
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
    }
  }
  return hello;
}

function isRetry(bytes: Uint8Array, randomAt: number): boolean {
  for (let i = 0; i < RETRY_RANDOM.length; i++) if (bytes[randomAt + i] !== RETRY_RANDOM[i]) return false;
  return true;
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
