import { u16 } from '../dissect/bytes.ts';
import { certificateNames } from '../dissect/tls/certificate.ts';
import { certificateRanges, parseClientHello, parseOldClientHello, parseServerHello } from '../dissect/tls/handshake.ts';
import {
  alertLevelName,
  alertName,
  ContentType,
  HandshakeType,
  handshakeTypeName,
  isTls13,
  versionName,
} from '../dissect/tls/names.ts';
import { findRecord, isRecordHeader, RECORD_HEADER } from '../dissect/tls/records.ts';
import { suiteId, suiteName } from '../dissect/tls/suites.ts';
import { HeldBytes } from './held-bytes.ts';
import { LIST_LIMIT, type TlsSession } from './model.ts';
import type { Guess, StreamParser } from './stream-parser.ts';
import { type MessageReader, readMessages } from './tls-messages.ts';
import { newSession } from './tls-session.ts';
import { guessTls, HANDSHAKE_LIMIT, OLD_HELLO_HEADER, Side } from './tls-side.ts';

/** Stands for an SSL 2.0 ClientHello where a record's type is asked. */
const NO_BYTES = new Uint8Array(0);
const OLD_HELLO = 0;
/**
 * The shortest Finished of TLS 1.3 as a record: 4 + 32 bytes, the inner type, an 8-byte tag. EndOfEarlyData is shorter, and so
 * is an alert: 2 bytes, the inner type, a tag of 16 or 8.
 */
const SHORTEST_FINISHED = 45;
/** The longest alert of TLS 1.3 as an encrypted record: 2 bytes, the inner type, a 16-byte tag. */
const LONGEST_ALERT = 19;

/**
 * What TLS shows in the clear on one connection (RFC 8446, RFC 5246, SSL 3.0 and the SSL 2.0 greeting): records over
 * segments, handshake messages over records. Encrypted records are stepped over by their length, their bytes not touched.
 *
 * Estimates, where only record types are in the clear. The handshake is finished, up to TLS 1.2, with the second side's first
 * handshake record after its ChangeCipherSpec (its Finished); in TLS 1.3 with the client's first application-data record
 * after the ServerHello that is long enough for a Finished. Application data begins, in TLS 1.3, with the client's next
 * record after that, or with what it sends before the ServerHello (early data); a server that speaks first is not seen. With
 * a client certificate in TLS 1.3, the estimate is early by the records that carry it.
 */
export class TlsParser implements StreamParser, MessageReader {
  readonly protocol = 'tls';
  /** Live: grows while the connection lasts. `clientHelloTime` is the time of the hello's first packet. */
  readonly session: TlsSession;

  /** The last `data` held application data: bytes of such a record that is no alert, as far as its length tells. */
  carriesData = false;

  private readonly emit: (session: TlsSession) => void;
  private emitted = false;
  private readonly sides: readonly [Side, Side];
  /** The connection's "client" turned out to be the TLS server. */
  private flipped = false;
  private recordVersion = 0;
  /** 0 until a ServerHello told. */
  private version = 0;
  private sessionId: Uint8Array = NO_BYTES;
  private noteSegment = false;

  /** `emit` gets the session once, when both sides have ended. `budget`: one for all parsers, for messages in pieces. */
  constructor(connection: number, emit: (session: TlsSession) => void, budget = new HeldBytes()) {
    this.sides = [new Side(budget), new Side(budget)];
    this.session = newSession(connection);
    this.emit = emit;
  }

  static guess(bytes: Uint8Array, at: number, end: number): Guess {
    return guessTls(bytes, at, end);
  }

  data(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    const side = this.sides[fromClient ? 0 : 1];
    if (packet >= side.packet) {
      side.packet = packet;
      side.time = time;
    }
    this.carriesData = side.data && side.left > 0;
    if (side.skip && side.left > end - at && !side.noted) {
      side.left -= end - at;
      return;
    }
    side.segment = packet;
    side.segmentTime = time;
    this.noteSegment = false;
    while (at < end) {
      if (side.left > 0) at = this.body(side, bytes, at, end);
      else if (side.lost) {
        at = findRecord(bytes, at, end, this.recordVersion);
        if (at < 0) break;
        side.lost = false;
      } else at = this.header(side, bytes, at, end);
    }
    if (this.noteSegment) this.note(packet);
  }

  gap(fromClient: boolean, length: number, _packet: number, _time: number): void {
    const side = this.sides[fromClient ? 0 : 1];
    if (side.left >= length && side.left > 0 && side.headLength === 0) {
      this.holeInRecord(side, length);
      return;
    }
    side.lost = true;
    side.left = 0;
    side.headLength = 0;
    side.messagesLost = true;
    side.messageSkip = 0;
    side.dropCarry();
  }

  end(fromClient: boolean, _how: 'fin' | 'reset' | 'capture-end', _packet: number, _time: number): void {
    const side = this.sides[fromClient ? 0 : 1];
    side.ended = true;
    side.dropCarry();
    if (this.sides[0].ended && this.sides[1].ended) this.finish();
  }

  /** Emits the session now, where the connection is let go before both sides ended. */
  finish(): void {
    if (this.emitted) return;
    this.emitted = true;
    this.emit(this.session);
  }

  private isClient(side: Side): boolean {
    return (side === this.sides[0]) !== this.flipped;
  }

  private note(packet: number): void {
    const { packets } = this.session;
    if (packets.length < LIST_LIMIT && !packets.includes(packet)) packets.push(packet);
  }

  /** Reads a record's header, in pieces if need be; returns where its bytes end. */
  private header(side: Side, bytes: Uint8Array, at: number, end: number): number {
    if (side.headLength === 0 && end - at >= RECORD_HEADER && (bytes[at] & 0x80) === 0) {
      this.startRecord(side, bytes, at);
      return side.lost ? at : at + RECORD_HEADER;
    }
    const { head } = side;
    head[side.headLength++] = bytes[at++];
    const old = (head[0] & 0x80) !== 0;
    if (old && (side.records > 0 || parseOldClientHello(head, 0, side.headLength) === undefined)) {
      side.lost = true;
      side.headLength = 0;
      return at;
    }
    if (side.headLength < (old ? OLD_HELLO_HEADER : RECORD_HEADER)) return at;
    side.headLength = 0;
    if (old) this.startOldHello(side);
    else this.startRecord(side, head, 0);
    return at;
  }

  private startRecord(side: Side, bytes: Uint8Array, at: number): void {
    if (!isRecordHeader(bytes, at)) {
      side.lost = true;
      return;
    }
    const { session } = this;
    const type = bytes[at];
    side.records++;
    side.type = type;
    side.length = side.left = u16(bytes, at + 3);
    side.skip =
      type === ContentType.applicationData || side.encrypted || (type !== ContentType.handshake && type !== ContentType.alert);
    side.noted = session.finishedPacket === undefined && type !== ContentType.applicationData;
    side.data = type === ContentType.applicationData && !(isTls13(this.version) && side.length <= LONGEST_ALERT);
    if (side.data) this.carriesData = true;
    this.recordVersion = u16(bytes, at + 1);
    if (type === ContentType.applicationData) this.applicationRecord(side);
    if (type === ContentType.alert && !side.skip && side.length !== 2) side.skip = true;
    if (side.noted) this.noteSegment = true;
    if (side.left === 0) this.endRecord(side);
  }

  private startOldHello(side: Side): void {
    const hello = parseOldClientHello(side.head, 0, OLD_HELLO_HEADER);
    if (hello === undefined || hello === 'more') return;
    side.records++;
    side.type = OLD_HELLO;
    side.length = hello.length;
    side.left = hello.length - OLD_HELLO_HEADER;
    side.skip = true;
    side.noted = true;
    this.noteSegment = true;
    side.messagePacket = side.segment;
    side.messageTime = side.segmentTime;
  }

  private applicationRecord(side: Side): void {
    const { session } = this;
    const tls13 = isTls13(this.version);
    if (tls13 && session.finishedPacket === undefined) {
      // The server's encrypted flight, or what may be the client's Finished.
      side.noted = true;
      return;
    }
    if (session.firstApplicationDataPacket !== undefined || (tls13 && !this.isClient(side))) return;
    session.firstApplicationDataPacket = side.segment;
    session.firstApplicationDataTime = side.segmentTime;
  }

  /** Takes what there is of the record's bytes; returns where they end. */
  private body(side: Side, bytes: Uint8Array, at: number, end: number): number {
    const stop = Math.min(end, at + side.left);
    side.left -= stop - at;
    if (side.noted) this.noteSegment = true;
    if (!side.skip) {
      if (side.type === ContentType.handshake) readMessages(side, bytes, at, stop, this);
      else for (let i = at; i < stop; i++) side.head[side.headLength++ & 1] = bytes[i];
    }
    if (side.left === 0) this.endRecord(side);
    return stop;
  }

  private endRecord(side: Side): void {
    const { session } = this;
    switch (side.type) {
      case OLD_HELLO:
        this.clientHelloPlace(side);
        break;
      case ContentType.changeCipherSpec:
        // In TLS 1.3 it means nothing (RFC 8446 appendix D.4).
        if (isTls13(this.version)) break;
        side.encrypted = true;
        if (!this.isClient(side) && session.serverHelloPacket !== undefined && session.resumed === undefined)
          session.resumed = true;
        break;
      case ContentType.alert:
        this.alert(side);
        break;
      case ContentType.handshake:
        if (side.encrypted && side.skip && !side.finished) this.sideFinished(side);
        break;
      case ContentType.applicationData:
        if (isTls13(this.version) && session.finishedPacket === undefined && this.isClient(side)) this.clientFinished(side);
        break;
    }
  }

  /** TLS 1.2 and older: the second Finished ends the handshake, whichever side sends it (RFC 5246 §7.3). */
  private sideFinished(side: Side): void {
    side.finished = true;
    const other = side === this.sides[0] ? this.sides[1] : this.sides[0];
    if (!other.finished || isTls13(this.version)) return;
    this.session.finishedPacket = side.packet;
    this.session.finishedTime = side.time;
  }

  private clientFinished(side: Side): void {
    if (side.length < SHORTEST_FINISHED) {
      if (side.length === 19 || side.length === 11) this.pushAlert(side, 'encrypted', 'encrypted');
      return;
    }
    this.session.finishedPacket = side.packet;
    this.session.finishedTime = side.time;
  }

  private alert(side: Side): void {
    if (side.skip) this.pushAlert(side, 'encrypted', 'encrypted');
    else this.pushAlert(side, alertLevelName(side.head[0]), alertName(side.head[1]));
    side.headLength = 0;
  }

  private pushAlert(side: Side, level: string, description: string): void {
    const { alerts } = this.session;
    if (alerts.length < LIST_LIMIT)
      alerts.push({ packet: side.packet, time: side.time, from: this.isClient(side) ? 'client' : 'server', level, description });
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
      (type === HandshakeType.certificate && session.certificateNames === undefined);
    if (wanted && length <= HANDSHAKE_LIMIT) return true;
    side.messageSkip = length;
    return false;
  }

  message(side: Side, type: number, bytes: Uint8Array, at: number, end: number): void {
    if (type === HandshakeType.clientHello) this.clientHello(side, bytes, at, end);
    else if (type === HandshakeType.serverHello) this.serverHello(side, bytes, at, end);
    else if (type === HandshakeType.helloRetryRequest) this.session.helloRetryPacket ??= side.packet;
    else if (!this.isClient(side)) {
      const [first, last] = certificateRanges(bytes, at, end);
      if (last !== undefined) this.session.certificateNames = certificateNames(bytes, first, last);
    }
  }

  private clientHelloPlace(side: Side): boolean {
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
    if (hello.serverName !== undefined) session.sni = hello.serverName;
    session.alpnOffered = hello.alpn;
    this.sessionId = bytes.slice(hello.sessionIdAt, hello.sessionIdEnd);
  }

  private serverHello(side: Side, bytes: Uint8Array, at: number, end: number): void {
    const { session } = this;
    if (session.serverHelloPacket !== undefined) return;
    if (session.clientHelloPacket === undefined) this.flipped = side === this.sides[0];
    const hello = parseServerHello(bytes, at, end);
    this.version = hello.version;
    session.version = versionName(hello.version);
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
    if (hello.alpn !== undefined) session.alpn = hello.alpn;
    if (isTls13(hello.version)) session.resumed = hello.preSharedKey;
    else if (session.clientHelloPacket !== undefined) {
      session.resumed = same(bytes, hello.sessionIdAt, hello.sessionIdEnd, this.sessionId);
    }
  }

  /** A hole that ends inside the record at hand: its border is still known, the messages in it may not be. */
  private holeInRecord(side: Side, length: number): void {
    side.left -= length;
    if (!side.skip && side.type === ContentType.handshake) {
      const left = side.messageSkip > 0 ? side.messageSkip : side.carryLength >= 4 ? side.carryNeed - side.carryLength : 0;
      if (left >= length) side.messageSkip = left - length;
      else side.messagesLost = true;
      side.dropCarry();
    } else if (side.type === ContentType.alert) side.skip = true;
    if (side.left === 0) this.endRecord(side);
  }
}

/** The server repeats the client's session id, which is not empty. */
function same(bytes: Uint8Array, at: number, end: number, id: Uint8Array): boolean {
  if (end - at !== id.length || id.length === 0) return false;
  for (let i = 0; i < id.length; i++) if (bytes[at + i] !== id[i]) return false;
  return true;
}
