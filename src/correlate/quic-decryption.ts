import { CryptoStream } from '../dissect/quic/crypto-stream.ts';
import { FrameReader, FrameType, StreamBit } from '../dissect/quic/frames.ts';
import { type LongHeader, PacketType } from '../dissect/quic/header.ts';
import type { Opened } from '../dissect/quic/keys.ts';
import { PacketProtection } from '../dissect/quic/protection.ts';
import { versionOf } from '../dissect/quic/versions.ts';
import type { Secrets, TlsKeys } from '../dissect/tls/key-log.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { QuicConnection, SealedReason } from './model.ts';
import { closeOf } from './quic-close.ts';
import { noteHandshake } from './quic-handshake.ts';
import type { QuicStreams } from './quic-streams.ts';
import type { PacketTap } from './quic-tap.ts';

/** Encrypted packets of one connection that wait for keys which may still come, or for a hello that comes behind them. */
export const WAITING_BYTES = 256 << 10;
/** Suites of TLS 1.3 that QUIC uses; packets for which keys are made by trial. */
const SUITES = [0x1301, 0x1302, 0x1303];
const TRIAL_LIMIT = 256;

/** Levels of protection beside Initial, in the order of `Lane.levels`. */
const Level = { early: 0, handshake: 1, application: 2 } as const;
const NAMES = ['0-RTT', 'Handshake', '1-RTT'] as const;
/** Of packet numbers: 0-RTT and 1-RTT share one (RFC 9000 §12.3). */
const spaceOf = (level: number): number => (level === Level.handshake ? 0 : 1);
type LevelNumber = (typeof Level)[keyof typeof Level];

/** One side's protection, the numbers that would come next, and its handshake. */
class Lane {
  readonly levels: (PacketProtection | undefined)[] = [undefined, undefined, undefined];
  readonly expected = [0, 0];
  readonly messages = new CryptoStream();
}

/** A packet that waits. */
interface Sealed {
  fromClient: boolean;
  level: LevelNumber;
  bytes: Uint8Array;
  /** Where its number begins; of a short header -1, as the length of the id may not be known yet. */
  numberAt: number;
  packet: number;
  time: number;
}

/** Who knows the connection's ids. */
export interface ConnectionIds {
  /** Where the destination id of a packet with a short header ends. */
  shortIdEnd(fromClient: boolean, bytes: Uint8Array, at: number, end: number): number;
  learnId(fromClient: boolean, bytes: Uint8Array, at: number, end: number): void;
}

/** The protocol that the server chose; before it is known, HTTP/3 where the client offers it. */
export const insideOf = (record: QuicConnection): string | undefined =>
  record.alpnVisible ? record.alpn : record.alpnOffered.find((name) => name.startsWith('h3'));

/** HTTP/3, or a draft of it. */
export const isHttp3 = (alpn: string | undefined): boolean => alpn !== undefined && /^h3(-\d+)?$/.test(alpn);

/** Takes the protection off one connection's packets as far as keys are known, and hands on what their frames carry. */
export class QuicDecryption {
  tap: PacketTap | undefined;
  /** Where streams go, once something has been opened that may carry them. */
  private streams: QuicStreams | undefined;
  private readonly record: QuicConnection;
  private readonly keys: TlsKeys;
  private readonly ids: ConnectionIds;
  private readonly budget: HeldBytes;
  private readonly inside: () => QuicStreams | undefined;
  private readonly lanes: [Lane, Lane] = [new Lane(), new Lane()];
  private readonly frames = new FrameReader(new Uint8Array(0), 0, 0);
  private random: Uint8Array | undefined;
  private suite = -1;
  private second = false;
  private secrets: Secrets | undefined;
  private lookedAt = -1;
  private waiting: Sealed[] | undefined;
  private waitingBytes = 0;
  private trials = 0;
  private asked = false;
  private gaveUp = false;

  /** `inside`: asked once, when the first stream is opened. */
  constructor(
    record: QuicConnection,
    keys: TlsKeys,
    ids: ConnectionIds,
    budget: HeldBytes,
    inside: () => QuicStreams | undefined,
  ) {
    this.record = record;
    this.keys = keys;
    this.ids = ids;
    this.budget = budget;
    this.inside = inside;
    record.decryption = { opened: 0, sealed: 0, reasons: [] };
  }

  /** Bytes of unfinished handshake messages. */
  get held(): number {
    return this.lanes[0].messages.held + this.lanes[1].messages.held;
  }

  get waits(): boolean {
    return this.waiting !== undefined;
  }

  clientHello(random: Uint8Array): void {
    if (this.random !== undefined && Buffer.compare(this.random, random) === 0) return;
    this.random = random;
    this.suite = -1;
    this.secrets = undefined;
    this.lookedAt = -1;
    for (const lane of this.lanes) lane.levels.fill(undefined);
  }

  serverHello(suite: number): void {
    this.suite = suite;
    this.release();
  }

  /** A Handshake or 0-RTT packet. */
  long(fromClient: boolean, bytes: Uint8Array, end: number, h: LongHeader, packet: number, time: number): void {
    const level = h.type === PacketType.handshake ? Level.handshake : Level.early;
    this.second = versionOf(h.version).second;
    if (!h.whole || h.end > end) this.sealed('bytes-missing', packet);
    else this.take(fromClient, level, bytes, h.at, h.numberAt, h.end, packet, time);
  }

  /** A packet with a short header, to the datagram's end. */
  short(fromClient: boolean, bytes: Uint8Array, at: number, end: number, wire: number, packet: number, time: number): void {
    if (wire > end) this.sealed('bytes-missing', packet);
    else this.take(fromClient, Level.application, bytes, at, -1, end, packet, time);
  }

  private take(
    fromClient: boolean,
    level: LevelNumber,
    bytes: Uint8Array,
    at: number,
    numberAt: number,
    end: number,
    packet: number,
    time: number,
  ): void {
    if (this.waiting !== undefined) this.release();
    if (this.lanes[fromClient ? 0 : 1].levels[level] === undefined && this.mayCome(level)) {
      this.wait(fromClient, level, bytes.slice(at, end), numberAt < 0 ? -1 : numberAt - at, packet, time);
      return;
    }
    const opened = this.open(fromClient, level, bytes, at, numberAt, end);
    if (opened !== undefined) this.opened(fromClient, level, opened, packet, time);
    else this.sealed(this.reason(), packet);
  }

  /** Opens what waits, where it can be by now. */
  release(): void {
    const { waiting } = this;
    if (waiting === undefined || this.found() === undefined || (this.suite < 0 && !this.gaveUp)) return;
    this.waiting = undefined;
    this.budget.give(this.waitingBytes);
    this.waitingBytes = 0;
    for (const { fromClient, level, bytes, numberAt, packet, time } of waiting)
      this.take(fromClient, level, bytes, 0, numberAt, bytes.length, packet, time);
  }

  /** Nothing more comes. */
  finish(): void {
    this.giveUp();
    this.endStreams();
  }

  /** The connection is over; streams that come nevertheless are not looked at. */
  endStreams(): void {
    this.streams?.finish();
    this.streams = undefined;
    this.asked = true;
  }

  /** What waits is opened as far as it can be, and what was held is let go. */
  giveUp(): void {
    if (this.waiting !== undefined) this.keys.refresh?.();
    this.gaveUp = true;
    this.release();
    for (const { packet } of this.waiting ?? []) this.sealed(this.reason(), packet);
    this.waiting = undefined;
    this.budget.give(this.waitingBytes);
    this.waitingBytes = 0;
    for (const lane of this.lanes) lane.messages.drop();
  }

  /** Is a packet without keys worth being kept? */
  private mayCome(level: LevelNumber): boolean {
    if (this.gaveUp || this.random === undefined) return false;
    return this.found() === undefined ? this.keys.growing : this.suite < 0 && level !== Level.early;
  }

  private wait(fromClient: boolean, level: LevelNumber, bytes: Uint8Array, numberAt: number, packet: number, time: number): void {
    if (this.waitingBytes + bytes.length > WAITING_BYTES || !this.budget.take(bytes.length)) {
      this.giveUp();
      this.sealed('no-room', packet);
      return;
    }
    this.waitingBytes += bytes.length;
    this.waiting ??= [];
    this.waiting.push({ fromClient, level, bytes, numberAt, packet, time });
  }

  private found(): Secrets | undefined {
    if (this.random !== undefined && this.lookedAt !== this.keys.version) {
      this.lookedAt = this.keys.version;
      this.secrets = this.keys.find(this.random);
    }
    const s = this.secrets;
    if (s === undefined || this.gaveUp || !this.keys.growing) return s;
    // A client writes its keys one by one, as it comes to have them.
    return s.clientHandshake && s.serverHandshake && s.client && s.server ? s : undefined;
  }

  /** The packet with the keys of its level, once they are known; by trial where no hello has told the suite. */
  private open(
    fromClient: boolean,
    level: LevelNumber,
    bytes: Uint8Array,
    at: number,
    numberAt: number,
    end: number,
  ): Opened | undefined {
    const lane = this.lanes[fromClient ? 0 : 1];
    const expected = lane.expected[spaceOf(level)];
    const from = numberAt < 0 ? this.ids.shortIdEnd(fromClient, bytes, at, end) : numberAt;
    const known = lane.levels[level];
    if (known !== undefined) return known.open(bytes, at, from, end, expected);
    const secret = this.secret(fromClient, level);
    if (secret === undefined || ++this.trials > TRIAL_LIMIT) return undefined;
    const told = level !== Level.early && this.suite >= 0;
    for (const suite of told ? [this.suite] : SUITES) {
      const protection = PacketProtection.of(suite, secret, this.second);
      const opened = protection?.open(bytes, at, from, end, expected);
      if (told || opened !== undefined) lane.levels[level] = protection;
      if (opened !== undefined) return opened;
    }
    return undefined;
  }

  private secret(fromClient: boolean, level: LevelNumber): Uint8Array | undefined {
    const s = this.found();
    if (level === Level.early) return fromClient ? s?.early : undefined;
    if (level === Level.handshake) return fromClient ? s?.clientHandshake : s?.serverHandshake;
    return fromClient ? s?.client : s?.server;
  }

  private opened(fromClient: boolean, level: LevelNumber, opened: Opened, packet: number, time: number): void {
    const { record, frames } = this;
    const lane = this.lanes[fromClient ? 0 : 1];
    const space = spaceOf(level);
    lane.expected[space] = Math.max(lane.expected[space], opened.packetNumber + 1);
    if (record.decryption !== undefined) record.decryption.opened++;
    const updates = lane.levels[level]?.updates ?? 0;
    if (updates > 0) record.keyUpdates = Math.max(record.keyUpdates ?? 0, updates);
    this.tap?.opened({ fromClient, level: NAMES[level], opened, inside: insideOf(record), packet, time });
    const { payload } = opened;
    if (level !== Level.handshake && !this.asked) {
      this.asked = true;
      this.streams = this.inside();
    }
    frames.begin(payload, 0, payload.length);
    while (frames.next()) this.frame(fromClient, level, payload, packet, time);
  }

  private frame(fromClient: boolean, level: LevelNumber, payload: Uint8Array, packet: number, time: number): void {
    const { frames, streams, record } = this;
    const { type, values, offset, dataAt, dataEnd } = frames;
    if (frames.isStream) {
      const fin = (type & StreamBit.fin) !== 0;
      streams?.data(fromClient, values[0], offset, payload, dataAt, dataEnd, fin, packet, time);
      return;
    }
    switch (type) {
      case FrameType.crypto:
        if (level === Level.handshake) this.crypto(fromClient, payload, packet, time);
        return;
      case FrameType.resetStream:
        streams?.reset(fromClient, values[0], values[1], values[2], packet, time);
        return;
      case FrameType.stopSending:
        streams?.stopSending(fromClient, values[0], values[1], packet, time);
        return;
      case FrameType.newConnectionId:
        this.ids.learnId(fromClient, payload, dataAt, dataEnd);
        return;
      case FrameType.close:
      case FrameType.closeApplication:
        record.close ??= closeOf(fromClient, frames, payload, record.alpn, packet, time);
    }
  }

  private crypto(fromClient: boolean, payload: Uint8Array, packet: number, time: number): void {
    const { messages } = this.lanes[fromClient ? 0 : 1];
    messages.add(this.frames.offset, payload, this.frames.dataAt, this.frames.dataEnd);
    for (let message = messages.message(); message !== undefined; message = messages.message())
      noteHandshake(this.record, fromClient, message, packet, time);
  }

  private reason(): SealedReason {
    if (this.random === undefined) return 'no-client-hello';
    if (this.found() === undefined) return 'no-keys';
    return this.suite < 0 ? 'no-server-hello' : 'keys-do-not-fit';
  }

  private sealed(why: SealedReason, packet: number): void {
    const { decryption } = this.record;
    if (decryption === undefined) return;
    decryption.sealed++;
    const known = decryption.reasons.find((each) => each.why === why);
    if (known === undefined) decryption.reasons.push({ why, records: 1, packet });
    else known.records++;
  }
}
