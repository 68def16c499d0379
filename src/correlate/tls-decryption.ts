import { chainRanges, inflateCertificate } from '../dissect/tls/certificate-chain.ts';
import {
  certificateRanges,
  type ClientHello,
  parseClientHello,
  parseServerHello,
  protocolNames,
  readExtensionList,
  type ServerHello,
} from '../dissect/tls/handshake.ts';
import { isWhole, type Secrets, type TlsKeys } from '../dissect/tls/key-log.ts';
import { alertLevelName, alertName, ContentType, ExtensionType, HandshakeType, isTls13 } from '../dissect/tls/names.ts';
import type { SealedRecord } from '../dissect/tls/sealed-record.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { SealedReason, TlsSession } from './model.ts';
import type { RecordTap } from './record-tap.ts';
import { SealedRecords } from './sealed-records.ts';
import type { StreamParser } from './stream-parser.ts';
import { ApplicationData } from './tls-application-data.ts';
import { noteChain } from './tls-session.ts';
import { type Agreed, answered, greeted, greetedOld, overheadOf, reasonOf } from './tls-agreed.ts';
import { Epoch, Lane } from './tls-lane.ts';
import { type MessageReader, readMessages } from './tls-messages.ts';
import { RecordPieces, WAITING_BYTES, type WaitingRecord } from './tls-record-pieces.ts';
import { HANDSHAKE_LIMIT, Side } from './tls-side.ts';

/** Handshake messages that are read. */
const WANTED = new Set<number>([
  HandshakeType.clientHello,
  HandshakeType.serverHello,
  HandshakeType.endOfEarlyData,
  HandshakeType.encryptedExtensions,
  HandshakeType.certificate,
  HandshakeType.finished,
  HandshakeType.keyUpdate,
  HandshakeType.compressedCertificate,
]);

/** Takes the protection off one connection's records as far as keys are known, and hands their contents on. */
export class TlsDecryption implements MessageReader {
  /** What was opened is fed to this, in pieces by the packets that carried them. */
  private readonly inner: StreamParser;
  private readonly keys: TlsKeys;
  private readonly session: TlsSession;
  private readonly emitAlert: (fromClient: boolean, level: string, description: string, packet: number, time: number) => void;
  private readonly lanes: [Lane, Lane] = [new Lane(true), new Lane(false)];
  private readonly pieces: [RecordPieces, RecordPieces];
  private readonly messages: [Side, Side];
  private agreed: Agreed | undefined;
  /** What a handshake under the protection of the last one agrees on (renegotiation); in use with each side's ChangeCipherSpec. */
  private next: Agreed | undefined;
  private waiting: WaitingRecord[] | undefined;
  private waitingBytes = 0;
  /** No room was left to wait. */
  private gaveUp = false;
  private roomless = false;
  /** The connection's end waits for late keys. */
  patient = false;
  private readonly application: ApplicationData;
  private readonly tally: SealedRecords;
  private shown: RecordTap | undefined;
  private ends: { direction: 0 | 1; how: 'fin' | 'reset' | 'capture-end'; packet: number; time: number }[] = [];

  constructor(
    keys: TlsKeys,
    session: TlsSession,
    budget: HeldBytes,
    inner: StreamParser,
    emitAlert: (fromClient: boolean, level: string, description: string, packet: number, time: number) => void,
  ) {
    this.keys = keys;
    this.session = session;
    this.inner = inner;
    this.emitAlert = emitAlert;
    this.pieces = [new RecordPieces(budget), new RecordPieces(budget)];
    this.messages = [new Side(budget), new Side(budget)];
    this.application = new ApplicationData(session, inner);
    this.tally = new SealedRecords((session.decryption = { opened: 0, sealed: 0, reasons: [] }));
  }

  get tap(): RecordTap | undefined {
    return this.shown;
  }

  set tap(tap: RecordTap | undefined) {
    this.shown = this.application.tap = tap;
  }

  /** Directions here are those of TLS: the client of the handshake is 0. */
  clientHello(bytes: Uint8Array, hello: ClientHello): void {
    if (hello.randomAt >= 0) this.agreed = greeted(bytes, hello);
  }

  /** In SSL 2.0's form, whose challenge is the last of it. */
  oldClientHello(rest: Uint8Array, challengeBytes: number): void {
    this.agreed = greetedOld(rest, challengeBytes);
  }

  serverHello(bytes: Uint8Array, hello: ServerHello): void {
    if (this.agreed !== undefined) this.agreed = answered(this.agreed, bytes, hello);
    // Early data is sealed with the key of the session that is resumed (RFC 8446 §4.2.10).
    if (!hello.preSharedKey || hello.helloRetryRequest) this.application.settle(false);
  }

  /** A side goes on to other keys. */
  changeCipherSpec(direction: 0 | 1): void {
    const { lanes, next } = this;
    lanes[direction].restart();
    if (next === undefined || next.version === 0) return;
    lanes[direction].renewed = next;
    if (lanes[1 - direction].renewed !== next) return;
    this.agreed = next;
    this.next = undefined;
    for (const lane of lanes) lane.renewed = undefined;
  }

  private agreedOf(direction: 0 | 1): Agreed | undefined {
    return this.lanes[direction].renewed ?? this.agreed;
  }

  /** Is a record of this side worth collecting? Where no keys can come it is passed over as if none had been asked for. */
  collecting(direction: 0 | 1): boolean {
    return this.found(direction) !== undefined || (this.keys.growing && !this.gaveUp && this.agreed !== undefined);
  }

  begin(direction: 0 | 1): void {
    this.pieces[direction].clear();
    this.roomless = false;
  }

  take(direction: 0 | 1, bytes: Uint8Array, at: number, end: number, total: number, packet: number, time: number): void {
    if (!this.pieces[direction].add(bytes, at, end, total, packet, time)) this.roomless = true;
  }

  /** A record that was collected is whole. False: it stays sealed, or has to wait. */
  record(direction: 0 | 1, type: number, version: number, packet: number, time: number): boolean {
    const pieces = this.pieces[direction];
    if (this.roomless) {
      this.pass(direction, type, pieces.end - pieces.at, 'no-room', packet, time);
      return false;
    }
    if (this.found(direction) === undefined || !this.drain()) {
      this.wait(direction, type, version, packet, time);
      return false;
    }
    const opened = this.open(direction, pieces, type, version, packet, time);
    pieces.clear();
    return opened;
  }

  /** A record passes whose bytes are not at hand, or not all; its border is known. */
  pass(direction: 0 | 1, type: number, length: number, why: SealedReason | undefined, packet: number, time: number): void {
    this.pieces[direction].free();
    this.drain();
    this.lanes[direction].skip(length, undefined);
    this.tally.sealed(direction, why ?? this.reason(direction), type === ContentType.applicationData, packet);
    this.unread(direction, type, length, packet, time);
  }

  /** A record was not opened. */
  private unread(direction: 0 | 1, type: number, length: number, packet: number, time: number): void {
    this.tap?.missed(direction === 0);
    if (type === ContentType.changeCipherSpec) this.changeCipherSpec(direction);
    if (type === ContentType.applicationData && this.carriesData(direction, packet))
      this.inner.gap(
        direction === 0,
        Math.max(0, length - overheadOf(this.agreedOf(direction), this.lanes[direction].lead)),
        packet,
        time,
      );
  }

  /** The side's handshake is over. Where its end was not read: TLS 1.3's server has ended it before the client does. */
  private carriesData(direction: 0 | 1, packet: number): boolean {
    if (this.lanes[direction].epoch === Epoch.application) return true;
    const { finishedPacket } = this.session;
    return direction === 1 && isTls13(this.agreed?.version ?? 0) && finishedPacket !== undefined && packet > finishedPacket;
  }

  /** Bytes are missing, and with them the records' borders. */
  lose(direction: 0 | 1, length: number, packet: number, time: number): void {
    this.pieces[direction].free();
    this.drain();
    this.lanes[direction].lose(length);
    this.tap?.missed(direction === 0);
    this.messages[direction].messagesLost = true;
    this.messages[direction].messageSkip = 0;
    this.messages[direction].dropCarry();
    if (this.carriesData(direction, packet)) this.inner.gap(direction === 0, length, packet, time);
  }

  end(direction: 0 | 1, how: 'fin' | 'reset' | 'capture-end', packet: number, time: number): void {
    if (this.waiting !== undefined) this.keys.refresh?.();
    this.drain();
    this.pieces[direction].free();
    this.messages[direction].dropCarry();
    if (this.waits) this.ends.push({ direction, how, packet, time });
    else {
      this.application.release();
      this.inner.end(direction === 0, how, packet, time);
    }
  }

  /** Nothing more comes: what still waits stays sealed. */
  finish(): void {
    this.patient = false;
    this.giveUp();
    this.lateEnds();
  }

  /** Ends that were seen while records waited: now nothing comes before them any more. */
  private lateEnds(): void {
    const { ends } = this;
    this.ends = [];
    if (ends.length > 0) this.application.release();
    for (const { direction, how, packet, time } of ends) this.inner.end(direction === 0, how, packet, time);
  }

  /** Records wait, and whoever asks has the patience. */
  get waits(): boolean {
    return this.patient && this.waiting !== undefined;
  }

  /** Opens what waits, as far as its keys have come since. True: they have, and nothing will wait any more. */
  release(): boolean {
    return this.drain() && this.found(0) !== undefined;
  }

  /** True: nothing waits. */
  private drain(): boolean {
    const { waiting } = this;
    if (waiting === undefined) return true;
    let count = 0;
    for (; count < waiting.length && this.found(waiting[count].direction) !== undefined; count++) {
      const { direction, pieces, type, version, packet, time } = waiting[count];
      this.open(direction, pieces, type, version, packet, time);
      this.waitingBytes -= pieces.end;
      pieces.free();
    }
    this.waiting = count < waiting.length ? waiting.slice(count) : undefined;
    if (this.waiting !== undefined) return false;
    this.lateEnds();
    return true;
  }

  /** The secrets of this side's records. */
  private found(direction: 0 | 1): Secrets | undefined {
    const { keys } = this;
    const agreed = this.agreedOf(direction);
    if (agreed === undefined) return undefined;
    if (agreed.lookedAt !== keys.version) {
      agreed.lookedAt = keys.version;
      agreed.secrets = keys.find(agreed.clientRandom, isTls13(agreed.version) ? undefined : agreed.sessionId);
    }
    const { secrets } = agreed;
    if (secrets === undefined || this.gaveUp || !keys.growing) return secrets;
    // A client writes its keys one by one, as it comes to have them: the first do not open what the next are for.
    return isWhole(secrets) ? secrets : undefined;
  }

  private wait(direction: 0 | 1, type: number, version: number, packet: number, time: number): void {
    const pieces = this.pieces[direction];
    const copy = this.waitingBytes > WAITING_BYTES ? undefined : pieces.copy();
    if (copy === undefined) {
      this.giveUp();
      this.pass(direction, type, pieces.end - pieces.at, undefined, packet, time);
      return;
    }
    this.waitingBytes += copy.end;
    this.waiting ??= [];
    this.waiting.push({ direction, type, version, pieces: copy, packet, time });
    pieces.clear();
  }

  /** Some of the keys may be there: they open what they are for. */
  private giveUp(): void {
    this.gaveUp = true;
    if (this.drain()) return;
    const { waiting } = this;
    this.waiting = undefined;
    for (const { direction, pieces, type, packet, time } of waiting ?? []) {
      const length = pieces.end - pieces.at;
      pieces.free();
      this.pass(direction, type, length, undefined, packet, time);
    }
  }

  private open(direction: 0 | 1, pieces: RecordPieces, type: number, version: number, packet: number, time: number): boolean {
    const lane = this.lanes[direction];
    const record: SealedRecord = { type, version, bytes: pieces.bytes, at: pieces.at, end: pieces.end };
    const agreed = this.agreedOf(direction);
    const secrets = this.found(direction);
    const content = secrets === undefined || agreed === undefined ? undefined : lane.open(record, secrets, agreed);
    if (content === undefined) {
      lane.skip(record.end - record.at, record.bytes.subarray(record.at, record.end));
      lane.doubt = Math.min(lane.doubt + 1, 8);
      this.tally.sealed(direction, this.reason(direction), type === ContentType.applicationData, packet);
      this.unread(direction, type, record.end - record.at, packet, time);
      return false;
    }
    this.tally.opened(direction, lane.epoch === Epoch.application);
    let inner = type;
    let end = content.length;
    if (type === ContentType.applicationData && (agreed?.version === 0 || isTls13(agreed?.version ?? 0))) {
      // The content's type stands behind it, zeros behind that (RFC 8446 §5.2).
      while (end > 0 && content[end - 1] === 0) end--;
      if (end === 0) return true;
      inner = content[--end];
    }
    if (inner === ContentType.applicationData) {
      const early = direction === 0 && lane.epoch === Epoch.early;
      // One object a record, where a copy of its bytes was made already.
      this.application.take(
        { fromClient: direction === 0, bytes: content, end, lead: lane.lead, carried: pieces, packet, time },
        early,
      );
      return true;
    }
    this.content(direction, inner, content, end, packet, time);
    if (this.tap !== undefined) {
      const packets = pieces.packets.slice(0, pieces.count);
      const tls13 = isTls13(this.agreed?.version ?? 0);
      const inside = this.inner.protocol;
      this.tap.opened({ fromClient: direction === 0, type: inner, bytes: content, end, packets, packet, tls13, inside });
    }
    return true;
  }

  private content(direction: 0 | 1, type: number, bytes: Uint8Array, end: number, packet: number, time: number): void {
    if (type === ContentType.changeCipherSpec) this.changeCipherSpec(direction);
    else if (type === ContentType.alert) {
      if (end === 2) this.emitAlert(direction === 0, alertLevelName(bytes[0]), alertName(bytes[1]), packet, time);
    } else if (type === ContentType.handshake) {
      const side = this.messages[direction];
      side.packet = side.segment = packet;
      side.time = side.segmentTime = time;
      side.length = end;
      readMessages(side, bytes, 0, end, this);
    }
  }

  startMessage(side: Side, type: number, length: number): boolean {
    if (WANTED.has(type) && length <= HANDSHAKE_LIMIT) return true;
    side.messageSkip = length;
    return false;
  }

  message(side: Side, type: number, bytes: Uint8Array, at: number, end: number): void {
    const direction = side === this.messages[0] ? 0 : 1;
    const lane = this.lanes[direction];
    const { session, agreed } = this;
    if (!isTls13(agreed?.version ?? 0) && type !== HandshakeType.endOfEarlyData) {
      this.again(direction, type, bytes, at, end);
      return;
    }
    const secrets = this.found(direction);
    if (type === HandshakeType.encryptedExtensions) {
      session.alpnVisible = true;
      const extensions = readExtensionList(bytes, at, end);
      this.application.settle(extensions.some((extension) => extension.type === ExtensionType.earlyData));
      for (const extension of extensions)
        if (extension.type === ExtensionType.alpn) session.alpn = protocolNames(bytes, extension.dataAt, extension.end)[0];
    } else if (type === HandshakeType.certificate) this.certificate(direction, bytes, at, end);
    else if (type === HandshakeType.compressedCertificate) {
      const inflated = inflateCertificate(bytes, at, end);
      if (inflated !== undefined) this.certificate(direction, inflated, 0, inflated.length);
    } else if (type === HandshakeType.keyUpdate) lane.update();
    else if (secrets !== undefined && agreed !== undefined && lane.epoch !== Epoch.application) {
      // A later Finished, of a client that is asked to authenticate (RFC 8446 §4.6.2), changes no keys.
      // Only a server that takes early data is told of its end (RFC 8446 §4.5).
      if (direction === 0) this.application.settle(type === HandshakeType.endOfEarlyData);
      lane.advance(secrets, agreed);
      if (type === HandshakeType.finished && direction === 0) {
        session.finishedPacket = side.packet;
        session.finishedTime = side.time;
      }
    }
  }

  private certificate(direction: 0 | 1, bytes: Uint8Array, at: number, end: number): void {
    noteChain(this.session, direction === 0, bytes, chainRanges(bytes, at, end));
  }

  /** A handshake in TLS 1.2 or older under the protection of the one before (renegotiation). */
  private again(direction: 0 | 1, type: number, bytes: Uint8Array, at: number, end: number): void {
    if (type === HandshakeType.clientHello && direction === 0) {
      const hello = parseClientHello(bytes, at, end);
      if (hello.randomAt >= 0) this.next = greeted(bytes, hello);
    } else if (type === HandshakeType.serverHello && direction === 1 && this.next !== undefined) {
      this.next = answered(this.next, bytes, parseServerHello(bytes, at, end));
      this.session.renegotiations = (this.session.renegotiations ?? 0) + 1;
    } else if (type === HandshakeType.certificate)
      noteChain(this.session, direction === 0, bytes, certificateRanges(bytes, at, end));
  }

  private reason(direction: 0 | 1): SealedReason {
    const agreed = this.agreedOf(direction);
    return reasonOf(agreed, this.lanes[direction].keyed(this.found(direction), agreed?.version ?? 0));
  }
}
