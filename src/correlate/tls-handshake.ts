import { encryptedDnsOf } from '../dissect/dns/encrypted.ts';
import { certificateRanges, parseClientHello, parseServerHello } from '../dissect/tls/handshake.ts';
import { ja4 } from '../dissect/tls/ja4.ts';
import { HandshakeType, handshakeTypeName, isTls13, versionName } from '../dissect/tls/names.ts';
import { suiteId, suiteName } from '../dissect/tls/suites.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { TlsSession } from './model.ts';
import type { TlsDecryption } from './tls-decryption.ts';
import type { MessageReader } from './tls-messages.ts';
import { newSession, noteChain } from './tls-session.ts';
import { HANDSHAKE_LIMIT, Side } from './tls-side.ts';

const TLS12 = 0x0303;
const TLS13 = 0x0304;
const NO_BYTES = new Uint8Array(0);
const NO_AGES: readonly number[] = [];

/** What the handshake's messages in the clear say of a connection. */
export class TlsHandshake implements MessageReader {
  /** Live: grows while the connection lasts. `clientHelloTime` is the time of the hello's first packet. */
  readonly session: TlsSession;
  /** Where keys were asked for. */
  decryption: TlsDecryption | undefined = undefined;
  protected readonly sides: readonly [Side, Side];
  /** 0 until a ServerHello told. */
  protected version = 0;
  /** The connection's "client" turned out to be the TLS server. */
  private flipped = false;
  private sessionId: Uint8Array = NO_BYTES;
  private pskAges: readonly number[] = NO_AGES;

  constructor(connection: number, budget: HeldBytes) {
    this.sides = [new Side(budget), new Side(budget)];
    this.session = newSession(connection);
  }

  protected isClient(side: Side): boolean {
    return (side === this.sides[0]) !== this.flipped;
  }

  protected direction(side: Side): 0 | 1 {
    return this.isClient(side) ? 0 : 1;
  }

  /** A message's header is known. False: its body is not looked at. */
  startMessage(side: Side, type: number, length: number): boolean {
    const { session } = this;
    if (handshakeTypeName(type) === undefined || length > 1 << 20) {
      // Not a message: encrypted, and the ChangeCipherSpec was not seen.
      side.encrypted = true;
      return false;
    }
    // A full handshake, whatever the session ids look like (RFC 5246 §7.3).
    if (
      type === HandshakeType.serverKeyExchange ||
      type === HandshakeType.serverHelloDone ||
      type === HandshakeType.certificate
    ) {
      if (!this.isClient(side)) session.resumed = false;
    }
    const wanted =
      type === HandshakeType.clientHello ||
      type === HandshakeType.serverHello ||
      type === HandshakeType.helloRetryRequest ||
      (type === HandshakeType.certificate &&
        (this.isClient(side) ? session.clientCertificates : session.certificateNames) === undefined);
    if (wanted && length <= HANDSHAKE_LIMIT) return true;
    side.messageSkip = length;
    return false;
  }

  message(side: Side, type: number, bytes: Uint8Array, at: number, end: number): void {
    if (type === HandshakeType.clientHello) this.clientHello(side, bytes, at, end);
    else if (type === HandshakeType.serverHello) this.serverHello(side, bytes, at, end);
    else if (type === HandshakeType.helloRetryRequest) this.session.helloRetryPacket ??= side.packet;
    else noteChain(this.session, this.isClient(side), bytes, certificateRanges(bytes, at, end));
  }

  protected clientHelloPlace(side: Side): boolean {
    const { session } = this;
    if (session.clientHelloPacket !== undefined) return false;
    this.flipped = side === this.sides[1];
    session.clientHelloPacket = side.packet;
    session.clientHelloFirstPacket = side.messagePacket;
    session.clientHelloTime = side.messageTime;
    return true;
  }

  private clientHello(side: Side, bytes: Uint8Array, at: number, end: number): void {
    const { session } = this;
    // After a HelloRetryRequest the client greets again with the same offers (RFC 8446 §4.1.2).
    if (!this.clientHelloPlace(side)) return;
    const hello = parseClientHello(bytes, at, end);
    this.pskAges = hello.pskAges;
    if (hello.earlyData) session.earlyData = 'offered';
    this.decryption?.clientHello(bytes, hello);
    if (hello.serverName !== undefined) session.sni = hello.serverName;
    session.alpnOffered = hello.alpn;
    session.encryptedDns ??= encryptedDnsOf(session.sni, hello.alpn);
    if (hello.brokenAt === undefined) session.ja4 = ja4(hello, bytes);
    this.sessionId = bytes.slice(hello.sessionIdAt, hello.sessionIdEnd);
  }

  protected helloWhole(side: Side): void {
    side.helloOpen = false;
    this.session.serverHelloPacket = side.packet;
    this.session.serverHelloTime = side.time;
  }

  private serverHello(side: Side, bytes: Uint8Array, at: number, end: number): void {
    const { session } = this;
    if (session.serverHelloPacket !== undefined) return;
    if (session.clientHelloPacket === undefined) this.flipped = side === this.sides[0];
    const hello = parseServerHello(bytes, at, end);
    if (hello.brokenAt !== undefined && hello.version === TLS12) hello.version = versionBySuite(hello.cipherSuite);
    this.decryption?.serverHello(bytes, hello);
    if (session.earlyData === 'offered' && (!hello.preSharedKey || hello.helloRetryRequest)) session.earlyData = 'rejected';
    if (session.earlyData === 'rejected') {
      // It counts as never sent.
      session.firstApplicationDataPacket = undefined;
      session.firstApplicationDataTime = undefined;
    }
    this.version = hello.version;
    if (hello.version !== 0) session.version = versionName(hello.version);
    if (hello.cipherSuite >= 0) {
      session.cipher = suiteName(hello.cipherSuite);
      session.cipherId = suiteId(hello.cipherSuite);
    }
    if (isTls13(hello.version)) {
      for (const each of this.sides) each.encrypted = false;
    }
    if (hello.helloRetryRequest) {
      session.helloRetryPacket ??= side.packet;
      return;
    }
    session.serverHelloPacket = side.packet;
    session.serverHelloTime = side.time;
    side.helloOpen = side.left > 0;
    if (hello.alpn !== undefined) session.alpn = hello.alpn;
    if (hello.version !== 0) session.alpnVisible = !isTls13(hello.version);
    if (isTls13(hello.version)) {
      // A session's ticket has an age; a key that both sides had from elsewhere has none (RFC 8446 §4.2.11).
      session.externalPsk = (hello.preSharedKey && this.pskAges[hello.pskSelected] === 0) || undefined;
      session.resumed = hello.preSharedKey && !session.externalPsk;
    } else if (session.clientHelloPacket !== undefined) {
      session.resumed = same(bytes, hello.sessionIdAt, hello.sessionIdEnd, this.sessionId);
    }
  }
}

/** TLS 1.3 says so in an extension, which may be in what is missing; its suites are its own (RFC 8446 appendix B.4). 0: not known. */
function versionBySuite(suite: number): number {
  if (suite < 0) return 0;
  return suite >> 8 === 0x13 ? TLS13 : TLS12;
}

/** The server repeats the client's session id, which is not empty. */
function same(bytes: Uint8Array, at: number, end: number, id: Uint8Array): boolean {
  if (end - at !== id.length || id.length === 0) return false;
  for (let i = 0; i < id.length; i++) if (bytes[at + i] !== id[i]) return false;
  return true;
}
