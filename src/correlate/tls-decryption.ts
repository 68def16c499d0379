import { chainRanges, inflateCertificate } from '../dissect/tls/certificate-chain.ts';
import { cipherParameters } from '../dissect/tls/cipher-parameters.ts';
import { type ClientHello, protocolNames, readExtensionList, type ServerHello } from '../dissect/tls/handshake.ts';
import type { Secrets, TlsKeys } from '../dissect/tls/key-log.ts';
import { alertLevelName, alertName, ContentType, ExtensionType, HandshakeType, isTls13 } from '../dissect/tls/names.ts';
import type { SealedRecord } from '../dissect/tls/sealed-record.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { SealedReason, TlsSession } from './model.ts';
import type { RecordTap } from './record-tap.ts';
import type { StreamParser } from './stream-parser.ts';
import { noteChain } from './tls-session.ts';
import { type Agreed, Epoch, Lane } from './tls-lane.ts';
import { type MessageReader, readMessages } from './tls-messages.ts';
import { RecordPieces } from './tls-record-pieces.ts';
import { HANDSHAKE_LIMIT, Side } from './tls-side.ts';

/** Encrypted bytes of one connection that wait for keys which may still come. */
export const WAITING_BYTES = 256 << 10;

const ENCRYPT_THEN_MAC = 22;
const KEY_UPDATE = 24;
const COMPRESSED_CERTIFICATE = 25;
const END_OF_EARLY_DATA = 5;

const isWhole = (s: Secrets): boolean =>
  s.master !== undefined ||
  s.premaster !== undefined ||
  (s.client !== undefined && s.server !== undefined && s.clientHandshake !== undefined && s.serverHandshake !== undefined);

/** A record that waits for its keys. */
interface Waiting {
  direction: 0 | 1;
  type: number;
  version: number;
  pieces: RecordPieces;
  packet: number;
  time: number;
  agreed: Agreed;
}

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
  private secrets: Secrets | undefined;
  /** `keys.version` when they were last looked for. */
  private lookedAt = -1;
  private waiting: Waiting[] | undefined;
  private waitingBytes = 0;
  /** No room was left to wait. */
  private gaveUp = false;
  private roomless = false;
  /** The connection's end waits for late keys. */
  patient = false;
  tap: RecordTap | undefined;
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
    session.decryption = { opened: 0, sealed: 0, reasons: [] };
  }

  /** Directions here are those of TLS: the client of the handshake is 0. */
  clientHello(bytes: Uint8Array, hello: ClientHello): void {
    if (hello.randomAt < 0) return;
    const suites = hello.earlyData ? hello.cipherSuites.filter((suite) => suite >> 8 === 0x13).slice(0, 4) : [];
    this.greeted(bytes.slice(hello.randomAt, hello.randomAt + 32), suites);
  }

  /** In SSL 2.0's form: its challenge, the last bytes of it, is the random, with zeros before it (RFC 5246 appendix E.2). */
  oldClientHello(rest: Uint8Array, challengeBytes: number): void {
    if (challengeBytes > 32 || rest.length < challengeBytes) return;
    const clientRandom = new Uint8Array(32);
    clientRandom.set(rest.subarray(rest.length - challengeBytes), 32 - challengeBytes);
    this.greeted(clientRandom, []);
  }

  private greeted(clientRandom: Uint8Array, earlySuites: number[]): void {
    this.agreed = {
      clientRandom,
      serverRandom: new Uint8Array(32),
      version: 0,
      suite: -1,
      encryptThenMac: false,
      compression: 0,
      earlyData: earlySuites.length > 0,
      earlySuites,
    };
    this.secrets = undefined;
    this.lookedAt = -1;
  }

  serverHello(bytes: Uint8Array, hello: ServerHello): void {
    if (this.agreed === undefined || hello.randomAt < 0) return;
    this.agreed = {
      ...this.agreed,
      serverRandom: bytes.slice(hello.randomAt, hello.randomAt + 32),
      version: hello.version,
      suite: hello.cipherSuite,
      encryptThenMac: hello.extensions.some((extension) => extension.type === ENCRYPT_THEN_MAC),
      // Behind the suite; TLS 1.3 has none.
      compression: isTls13(hello.version) ? 0 : bytes[hello.suiteAt + 2],
    };
  }

  changeCipherSpec(direction: 0 | 1): void {
    this.lanes[direction].restart();
  }

  /** Is a record worth collecting? Where no keys can come it is passed over as if none had been asked for. */
  get collecting(): boolean {
    return this.found() !== undefined || (this.keys.growing && !this.gaveUp && this.agreed !== undefined);
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
    if (this.found() === undefined) {
      this.wait(direction, type, version, packet, time);
      return false;
    }
    this.release();
    const opened = this.open(direction, pieces, type, version, packet, time);
    pieces.clear();
    return opened;
  }

  /** A record passes whose bytes are not at hand, or not all; its border is known. */
  pass(direction: 0 | 1, type: number, length: number, why: SealedReason | undefined, packet: number, time: number): void {
    this.pieces[direction].free();
    this.release();
    this.lanes[direction].skip(length, undefined);
    this.sealed(why ?? this.reason(), packet);
    this.tap?.missed(direction === 0);
    if (type === ContentType.applicationData && this.lanes[direction].epoch === Epoch.application)
      this.inner.gap(direction === 0, Math.max(0, length - this.overhead(direction)), packet, time);
  }

  /** Bytes are missing, and with them the records' borders. */
  lose(direction: 0 | 1, length: number, packet: number, time: number): void {
    this.pieces[direction].free();
    this.release();
    this.lanes[direction].lose(length);
    this.tap?.missed(direction === 0);
    this.messages[direction].messagesLost = true;
    this.messages[direction].messageSkip = 0;
    this.messages[direction].dropCarry();
    if (this.lanes[direction].epoch === Epoch.application) this.inner.gap(direction === 0, length, packet, time);
  }

  end(direction: 0 | 1, how: 'fin' | 'reset' | 'capture-end', packet: number, time: number): void {
    if (this.waiting !== undefined) this.keys.refresh?.();
    this.release();
    this.pieces[direction].free();
    this.messages[direction].dropCarry();
    if (this.waits) this.ends.push({ direction, how, packet, time });
    else this.inner.end(direction === 0, how, packet, time);
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
    for (const { direction, how, packet, time } of ends) this.inner.end(direction === 0, how, packet, time);
  }

  /** Records wait, and whoever asks has the patience. */
  get waits(): boolean {
    return this.patient && this.waiting !== undefined;
  }

  /** Opens what waits, where its keys have come since. True: they have, and nothing will wait any more. */
  release(): boolean {
    if (this.found() === undefined) return false;
    if (this.waiting === undefined) return true;
    const { waiting, agreed } = this;
    this.waiting = undefined;
    this.waitingBytes = 0;
    for (const each of waiting) {
      this.agreed = each.agreed;
      this.open(each.direction, each.pieces, each.type, each.version, each.packet, each.time);
      each.pieces.free();
    }
    this.agreed = agreed;
    this.lateEnds();
    return true;
  }

  private found(): Secrets | undefined {
    if (this.agreed !== undefined && this.lookedAt !== this.keys.version) {
      this.lookedAt = this.keys.version;
      this.secrets = this.keys.find(this.agreed.clientRandom);
    }
    if (this.secrets === undefined || this.gaveUp || !this.keys.growing) return this.secrets;
    // A client writes its keys one by one, as it comes to have them: the first do not open what the next are for.
    return isWhole(this.secrets) ? this.secrets : undefined;
  }

  private wait(direction: 0 | 1, type: number, version: number, packet: number, time: number): void {
    const pieces = this.pieces[direction];
    const copy = this.waitingBytes > WAITING_BYTES ? undefined : pieces.copy();
    if (copy === undefined || this.agreed === undefined) {
      this.giveUp();
      this.pass(direction, type, pieces.end - pieces.at, undefined, packet, time);
      return;
    }
    this.waitingBytes += copy.end;
    this.waiting ??= [];
    this.waiting.push({ direction, type, version, pieces: copy, packet, time, agreed: this.agreed });
    pieces.clear();
  }

  /** Some of the keys may be there: they open what they are for. */
  private giveUp(): void {
    this.gaveUp = true;
    if (this.release()) return;
    for (const { direction, pieces, packet } of this.waiting ?? []) {
      this.lanes[direction].skip(pieces.end - pieces.at, undefined);
      this.sealed('no-keys', packet);
      pieces.free();
    }
    this.waiting = undefined;
  }

  private open(direction: 0 | 1, pieces: RecordPieces, type: number, version: number, packet: number, time: number): boolean {
    const lane = this.lanes[direction];
    const record: SealedRecord = { type, version, bytes: pieces.bytes, at: pieces.at, end: pieces.end };
    const { secrets, agreed } = this;
    const content = secrets === undefined || agreed === undefined ? undefined : lane.open(record, secrets, agreed);
    if (content === undefined) {
      lane.skip(record.end - record.at, record.bytes.subarray(record.at, record.end));
      lane.doubt = Math.min(lane.doubt + 1, 8);
      this.sealed(this.reason(), packet);
      this.tap?.missed(direction === 0);
      if (type === ContentType.applicationData && lane.epoch === Epoch.application)
        this.inner.gap(direction === 0, Math.max(0, record.end - record.at - this.overhead(direction)), packet, time);
      return false;
    }
    if (this.session.decryption !== undefined) this.session.decryption.opened++;
    let inner = type;
    let end = content.length;
    if (type === ContentType.applicationData && (agreed?.version === 0 || isTls13(agreed?.version ?? 0))) {
      // The content's type stands behind it, zeros behind that (RFC 8446 §5.2).
      while (end > 0 && content[end - 1] === 0) end--;
      if (end === 0) return true;
      inner = content[--end];
    }
    this.content(direction, inner, content, end, pieces, packet, time);
    if (this.tap !== undefined) {
      const packets = pieces.packets.slice(0, pieces.count);
      const tls13 = isTls13(this.agreed?.version ?? 0);
      const inside = this.inner.protocol;
      this.tap.opened({ fromClient: direction === 0, type: inner, bytes: content, end, packets, packet, tls13, inside });
    }
    return true;
  }

  private content(
    direction: 0 | 1,
    type: number,
    bytes: Uint8Array,
    end: number,
    pieces: RecordPieces,
    packet: number,
    time: number,
  ): void {
    if (type === ContentType.applicationData) this.data(direction, bytes, end, pieces, time);
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

  /**
   * Hands on a record's content by the packets that carried it. What the server sends can be read when the record is whole:
   * that is the time of all of it. What the client sends was on its way with its first packet.
   */
  private data(direction: 0 | 1, bytes: Uint8Array, end: number, pieces: RecordPieces, time: number): void {
    const { ends, packets, times } = pieces;
    const lead = this.lanes[direction].lead;
    const last = pieces.count - 1;
    this.session.firstApplicationDataPacket ??= packets[0];
    this.session.firstApplicationDataTime ??= times[0];
    for (let i = 0, at = 0; i <= last && at < end; i++) {
      const stop = i === last ? end : Math.min(end, Math.max(at, ends[i] - lead));
      if (stop > at) this.inner.data(direction === 0, bytes, at, stop, packets[i], direction === 0 ? times[i] : time);
      at = stop;
    }
  }

  startMessage(side: Side, type: number, length: number): boolean {
    const wanted =
      type === HandshakeType.encryptedExtensions ||
      type === HandshakeType.certificate ||
      type === COMPRESSED_CERTIFICATE ||
      type === HandshakeType.finished ||
      type === KEY_UPDATE ||
      type === END_OF_EARLY_DATA;
    if (wanted && length <= HANDSHAKE_LIMIT) return true;
    side.messageSkip = length;
    return false;
  }

  message(side: Side, type: number, bytes: Uint8Array, at: number, end: number): void {
    const direction = side === this.messages[0] ? 0 : 1;
    const lane = this.lanes[direction];
    const { session, agreed, secrets } = this;
    if (!isTls13(agreed?.version ?? 0) && type !== END_OF_EARLY_DATA) return;
    if (type === HandshakeType.encryptedExtensions) {
      session.alpnVisible = true;
      for (const extension of readExtensionList(bytes, at, end))
        if (extension.type === ExtensionType.alpn) session.alpn = protocolNames(bytes, extension.dataAt, extension.end)[0];
    } else if (type === HandshakeType.certificate) this.certificate(direction, bytes, at, end);
    else if (type === COMPRESSED_CERTIFICATE) {
      const inflated = inflateCertificate(bytes, at, end);
      if (inflated !== undefined) this.certificate(direction, inflated, 0, inflated.length);
    } else if (type === KEY_UPDATE) lane.update();
    else if (secrets !== undefined && agreed !== undefined) {
      lane.advance(secrets, agreed);
      if (type === HandshakeType.finished && direction === 0) {
        session.finishedPacket = side.packet;
        session.finishedTime = side.time;
      }
    }
  }

  private certificate(direction: 0 | 1, bytes: Uint8Array, at: number, end: number): void {
    if (direction === 0 || this.session.certificateNames !== undefined) return;
    noteChain(this.session, bytes, chainRanges(bytes, at, end));
  }

  private reason(): SealedReason {
    const { agreed } = this;
    if (agreed === undefined) return 'no-client-hello';
    if (agreed.version === 0) return 'no-server-hello';
    if (this.found() === undefined) return 'no-keys';
    return cipherParameters(agreed.suite) === undefined ? 'cipher-not-supported' : 'keys-do-not-fit';
  }

  private sealed(why: SealedReason, packet: number): void {
    const { decryption } = this.session;
    if (decryption === undefined) return;
    decryption.sealed++;
    const known = decryption.reasons.find((each) => each.why === why);
    if (known === undefined) decryption.reasons.push({ why, records: 1, packet });
    else known.records++;
  }

  /** Bytes of a record that are no content, as far as they are always the same. */
  private overhead(direction: 0 | 1): number {
    const parameters = cipherParameters(this.agreed?.suite ?? -1);
    const typed = isTls13(this.agreed?.version ?? 0) ? 1 : 0;
    return parameters === undefined ? 0 : this.lanes[direction].lead + parameters.tagBytes + parameters.macBytes + typed;
  }
}
