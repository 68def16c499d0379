import { u16 } from '../dissect/bytes.ts';
import { parseOldClientHello } from '../dissect/tls/handshake.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { alertLevelName, alertName, ContentType, HandshakeType, isTls13 } from '../dissect/tls/names.ts';
import { findRecord, isRecordHeader, isSealedChange, RECORD_HEADER } from '../dissect/tls/records.ts';
import { HeldBytes } from './held-bytes.ts';
import { LIST_LIMIT, type TlsSession } from './model.ts';
import type { Guess, StreamParser } from './stream-parser.ts';
import { TlsDecryption } from './tls-decryption.ts';
import { TlsHandshake } from './tls-handshake.ts';
import { readMessages } from './tls-messages.ts';
import { guessTls, OLD_HELLO_HEADER, type Side } from './tls-side.ts';

/** A hello's header and version, whose first byte is 3 to this day: less of it tells nothing. */
const CUT_HELLO = 4 + 2;
/** Stands for an SSL 2.0 ClientHello where a record's type is asked. */
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
export class TlsParser extends TlsHandshake implements StreamParser {
  readonly protocol = 'tls';

  /** The last `data` held application data: bytes of such a record that is no alert, as far as its length tells. */
  carriesData = false;

  private readonly emit: (session: TlsSession) => void;
  private emitted = false;
  private recordVersion = 0;
  private noteSegment = false;

  /**
   * `emit` gets the session once, when both sides have ended. `budget`: one for all parsers, for messages in pieces. `keys`:
   * what can be opened with them is fed to `inner`.
   */
  constructor(
    connection: number,
    emit: (session: TlsSession) => void,
    budget = new HeldBytes(),
    keys?: TlsKeys,
    inner?: StreamParser,
  ) {
    super(connection, budget);
    this.emit = emit;
    if (keys === undefined || inner === undefined) return;
    this.decryption = new TlsDecryption(keys, this.session, budget, inner, (from, level, description, packet, time) =>
      this.pushAlert(from ? 'client' : 'server', level, description, packet, time),
    );
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
    if (side.skip && side.left > end - at && !side.noted && !side.sealed) {
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

  gap(fromClient: boolean, length: number, packet: number, time: number): void {
    const side = this.sides[fromClient ? 0 : 1];
    if (side.left >= length && side.left > 0 && side.headLength === 0) {
      this.holeInRecord(side, length, packet, time);
      return;
    }
    this.decryption?.lose(this.direction(side), length + (side.sealed ? side.length - side.left : 0), packet, time);
    side.sealed = false;
    side.lost = true;
    side.left = 0;
    side.headLength = 0;
    side.messagesLost = true;
    side.messageSkip = 0;
    this.helloCut(side);
    side.dropCarry();
  }

  /** The rest of a hello is missing, from the capture or for good: it is told as far as it goes. */
  private helloCut(side: Side): void {
    const { carry, carryLength } = side;
    if (carryLength < CUT_HELLO || carry[4] !== 3 || side.encrypted) return;
    if (carry[0] === HandshakeType.clientHello) this.session.clientHelloCut = true;
    if (carry[0] === HandshakeType.clientHello || carry[0] === HandshakeType.serverHello)
      this.message(side, carry[0], carry, 4, carryLength);
  }

  end(fromClient: boolean, how: 'fin' | 'reset' | 'capture-end', packet: number, time: number): void {
    const side = this.sides[fromClient ? 0 : 1];
    side.ended = true;
    side.dropCarry();
    this.decryption?.end(this.direction(side), how, packet, time);
    if (this.waits) return;
    if (this.sides[0].ended && this.sides[1].ended) this.finish();
  }

  /** Records wait for keys that may still come; whoever does not want to wait any longer says `giveUp`. */
  get waits(): boolean {
    return this.decryption?.waits ?? false;
  }

  giveUp(): void {
    this.decryption?.finish();
    if (this.sides[0].ended && this.sides[1].ended) this.finish();
  }

  /** Both sides have ended. */
  get over(): boolean {
    return this.emitted;
  }

  /** Emits the session now, where the connection is let go before both sides ended. */
  finish(): void {
    if (this.emitted) return;
    this.emitted = true;
    this.decryption?.finish();
    this.emit(this.session);
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
    if (!isRecordHeader(bytes, at) && !(side.encrypted && isSealedChange(bytes, at))) {
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
    if (this.decryption !== undefined) this.seal(side, this.decryption);
    if (side.left === 0) this.endRecord(side);
  }

  /** Is the record encrypted, and worth collecting? */
  private seal(side: Side, decryption: TlsDecryption): void {
    side.opened = false;
    side.sealed = side.encrypted || side.type === ContentType.applicationData;
    if (!side.sealed) return;
    side.skip = true;
    if (decryption.collecting(this.direction(side))) decryption.begin(this.direction(side));
    else {
      side.sealed = false;
      decryption.pass(this.direction(side), side.type, side.length, undefined, side.segment, side.segmentTime);
    }
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
    } else if (side.type === OLD_HELLO) {
      if (this.decryption !== undefined) side.hold(bytes, at, stop);
    } else if (side.sealed && stop > at) {
      this.decryption?.take(this.direction(side), bytes, at, stop, side.length, side.segment, side.segmentTime);
    }
    if (side.left === 0) this.endRecord(side);
    return stop;
  }

  private endRecord(side: Side): void {
    const { session } = this;
    if (side.sealed && this.decryption !== undefined) {
      side.sealed = false;
      side.opened = this.decryption.record(this.direction(side), side.type, this.recordVersion, side.packet, side.time);
    }
    switch (side.type) {
      case OLD_HELLO:
        if (this.clientHelloPlace(side))
          this.decryption?.oldClientHello(side.carry.subarray(0, side.carryLength), u16(side.head, 9));
        side.dropCarry();
        break;
      case ContentType.changeCipherSpec:
        // In TLS 1.3 it means nothing (RFC 8446 appendix D.4).
        if (isTls13(this.version)) break;
        // One under protection is noticed where it is opened, in its turn.
        if (!side.encrypted) this.decryption?.changeCipherSpec(this.direction(side));
        side.encrypted = true;
        if (!this.isClient(side) && session.serverHelloPacket !== undefined && session.resumed === undefined)
          session.resumed = true;
        break;
      case ContentType.alert:
        this.alert(side);
        break;
      case ContentType.handshake:
        if (side.helloOpen) this.helloWhole(side);
        if (side.encrypted && side.skip && !side.finished) this.sideFinished(side);
        break;
      case ContentType.applicationData:
        if (isTls13(this.version) && session.finishedPacket === undefined && this.isClient(side) && !side.opened)
          this.clientFinished(side);
        break;
    }
  }

  /** TLS 1.2 and older: the second Finished ends the handshake, whichever side sends it (RFC 5246 §7.3). */
  private sideFinished(side: Side): void {
    side.finished = true;
    if (this.isClient(side)) this.session.clientFinishedTime = side.time;
    const other = side === this.sides[0] ? this.sides[1] : this.sides[0];
    if (!other.finished || isTls13(this.version)) return;
    this.session.finishedPacket = side.packet;
    this.session.finishedTime = side.time;
  }

  private clientFinished(side: Side): void {
    if (side.length < SHORTEST_FINISHED) {
      if (side.length === 19 || side.length === 11) this.sealedAlert(side);
      return;
    }
    this.session.finishedPacket = side.packet;
    this.session.finishedTime = side.time;
  }

  private alert(side: Side): void {
    if (side.skip && !side.opened) this.sealedAlert(side);
    else if (!side.skip) {
      const from = this.isClient(side) ? 'client' : 'server';
      this.pushAlert(from, alertLevelName(side.head[0]), alertName(side.head[1]), side.packet, side.time);
    }
    side.headLength = 0;
  }

  private sealedAlert(side: Side): void {
    this.pushAlert(this.isClient(side) ? 'client' : 'server', 'encrypted', 'encrypted', side.packet, side.time);
  }

  private pushAlert(from: 'client' | 'server', level: string, description: string, packet: number, time: number): void {
    const { alerts } = this.session;
    if (alerts.length < LIST_LIMIT) alerts.push({ packet, time, from, level, description });
  }

  /** A hole that ends inside the record at hand: its border is still known, the messages in it may not be. */
  private holeInRecord(side: Side, length: number, packet: number, time: number): void {
    side.left -= length;
    if (side.sealed) {
      side.sealed = false;
      this.decryption?.pass(this.direction(side), side.type, side.length, 'bytes-missing', packet, time);
    }
    if (!side.skip && side.type === ContentType.handshake) {
      const left = side.messageSkip > 0 ? side.messageSkip : side.carryLength >= 4 ? side.carryNeed - side.carryLength : 0;
      if (left >= length) side.messageSkip = left - length;
      else side.messagesLost = true;
      this.helloCut(side);
      side.dropCarry();
    } else if (side.type === ContentType.alert) side.skip = true;
    if (side.left === 0) this.endRecord(side);
  }
}
