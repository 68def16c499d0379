import { CryptoStream } from '../dissect/quic/crypto-stream.ts';
import { FrameReader, FrameType } from '../dissect/quic/frames.ts';
import { type LongHeader, PacketType } from '../dissect/quic/header.ts';
import { checkRetry, type Opened, openInitial, openPacket, type PacketKeys } from '../dissect/quic/keys.ts';
import { isGoogleVersion, versionOf } from '../dissect/quic/versions.ts';
import { parseClientHello, parseServerHello } from '../dissect/tls/handshake.ts';
import { quicJa4 } from '../dissect/tls/ja4.ts';
import { ExtensionType, HandshakeType, versionName } from '../dissect/tls/names.ts';
import { suiteId, suiteName } from '../dissect/tls/suites.ts';
import type { QuicConnection } from './model.ts';
import { closeOf } from './quic-close.ts';
import { type ConnectionIds, insideOf, type QuicDecryption } from './quic-decryption.ts';

/** Connection ids remembered of each side. */
export const ID_LIMIT = 8;
/** Initial packets of one connection that are opened, in search of its hellos or to see whose they are. */
export const OPEN_LIMIT = 256;

const NO_IDS: readonly string[] = [];

/** Bytes as a string of as many characters: an id of eight bytes takes a tenth of what an array of them does. */
export const idText = (bytes: Uint8Array, at: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('latin1');

export function sameId(id: string, bytes: Uint8Array, at: number, end: number): boolean {
  if (id.length !== end - at) return false;
  for (let i = 0; i < id.length; i++) if (id.charCodeAt(i) !== bytes[at + i]) return false;
  return true;
}

/** One side of a connection: the ids that it chose, and its handshake as far as its Initial packets carry it. */
class Side {
  ids = NO_IDS;
  /** No more of its handshake is looked for. */
  done = false;
  stream: CryptoStream | undefined;
  keys: PacketKeys | undefined;
  keysVersion = -1;
  /** The packet number that would come next. */
  expected = 0;

  learn(bytes: Uint8Array, at: number, end: number): void {
    if (this.ids.length < ID_LIMIT && !this.has(bytes, at, end)) this.ids = [...this.ids, idText(bytes, at, end)];
  }

  has(bytes: Uint8Array, at: number, end: number): boolean {
    for (const id of this.ids) if (sameId(id, bytes, at, end)) return true;
    return false;
  }

  /** Other keys from now on. An unfinished hello comes again from its beginning, and need not be the same. */
  restart(): void {
    this.stream = undefined;
    this.dropKeys();
  }

  finish(): void {
    this.done = true;
    this.stream = undefined;
  }

  dropKeys(): void {
    this.keys = undefined;
    this.keysVersion = -1;
  }
}

/** A QUIC connection while it lasts: what is needed to read its Initial packets (RFC 9001 §5.2), and the record. */
export class QuicState implements ConnectionIds {
  readonly record: QuicConnection;
  /** The flow's first sender is this connection's client. */
  readonly clientIsA: boolean;
  readonly client = new Side();
  readonly server = new Side();
  /** The id that the Initial keys come from; undefined where the client's first packet was not seen. */
  private keyId: string | undefined;
  private opens = 0;
  /** A packet was opened: what it says of the version holds. */
  private confirmed = false;
  /** Where there are keys. */
  decryption: QuicDecryption | undefined;
  /** The flow's key, where there are journeys: the connection's ends as they take them. */
  flowKey: Uint32Array | undefined;
  /** Its journeys are out; its record is. */
  told = false;
  final = false;
  /** Told of ids that the client may use for the server from anywhere (RFC 9000 §9). */
  announced: ((id: string) => void) | undefined;

  constructor(record: QuicConnection, clientIsA: boolean) {
    this.record = record;
    this.clientIsA = clientIsA;
  }

  /** Bytes of unfinished hellos, and of what follows them. */
  get held(): number {
    return (this.client.stream?.held ?? 0) + (this.server.stream?.held ?? 0) + (this.decryption?.held ?? 0);
  }

  /** Some of the two hellos may still come. */
  get wanting(): boolean {
    return !this.client.done || !this.server.done;
  }

  /** No more hellos are looked for. */
  giveUp(): void {
    for (const side of [this.client, this.server]) {
      side.finish();
      side.dropKeys();
    }
  }

  /** Of an id that is not known: as long as the newest one that is. */
  shortIdEnd(fromClient: boolean, bytes: Uint8Array, at: number, end: number): number {
    const { ids } = fromClient ? this.server : this.client;
    for (const id of ids)
      if (id.length > 0 && end - at > id.length && sameId(id, bytes, at + 1, at + 1 + id.length)) return at + 1 + id.length;
    return at + 1 + (ids.length === 0 ? 0 : ids[ids.length - 1].length);
  }

  learnId(fromClient: boolean, bytes: Uint8Array, at: number, end: number): void {
    (fromClient ? this.client : this.server).learn(bytes, at, end);
    if (!fromClient) this.announced?.(idText(bytes, at, end));
  }

  /** Do the packet's ids say that it is one of this connection's? Empty ones say nothing. */
  owns(fromClient: boolean, bytes: Uint8Array, h: LongHeader): boolean {
    const { dcidAt, dcidEnd, scidAt, scidEnd } = h;
    if (!h.idsWhole) return false;
    if (!fromClient && scidEnd > scidAt && this.server.has(bytes, scidAt, scidEnd)) return true;
    if (dcidEnd === dcidAt) return false;
    if (!fromClient) return this.client.has(bytes, dcidAt, dcidEnd);
    if (this.keyId !== undefined && sameId(this.keyId, bytes, dcidAt, dcidEnd)) return true;
    return this.server.has(bytes, dcidAt, dcidEnd);
  }

  /** The client's first packet, captured behind an answer to it: they have the client's own id in common. */
  adopts(fromClient: boolean, bytes: Uint8Array, h: LongHeader): boolean {
    if (!fromClient || this.keyId !== undefined || !h.idsWhole || !this.client.has(bytes, h.scidAt, h.scidEnd)) return false;
    this.keyFrom(bytes, h);
    return true;
  }

  /** This is the client's first packet: its destination id gives the Initial keys. */
  keyFrom(bytes: Uint8Array, h: LongHeader): void {
    if (h.idsWhole) this.keyId = idText(bytes, h.dcidAt, h.dcidEnd);
  }

  /** The Initial packet opened with this connection's keys; after many of them no more are tried. */
  tryOpen(fromClient: boolean, bytes: Uint8Array, end: number, h: LongHeader): Opened | undefined {
    const side = fromClient ? this.client : this.server;
    if (this.keyId === undefined || this.opens++ >= OPEN_LIMIT) return undefined;
    if (side.keysVersion !== h.version) {
      const { keys, opened } = openInitial(Buffer.from(this.keyId, 'latin1'), fromClient, bytes, end, h, side.expected);
      side.keys = keys;
      side.keysVersion = h.version;
      return opened;
    }
    return side.keys === undefined ? undefined : openPacket(side.keys, bytes, end, h, side.expected);
  }

  /** A packet with a long header. `opened`: what is in it, where that is known already. */
  packet(
    fromClient: boolean,
    bytes: Uint8Array,
    end: number,
    h: LongHeader,
    number: number,
    time: number,
    opened?: Opened,
  ): void {
    const { record } = this;
    if (!this.confirmed && record.negotiationPacket !== undefined && h.type < PacketType.retry)
      record.version = versionOf(h.version).name;
    switch (h.type) {
      case PacketType.negotiation:
        this.negotiation(fromClient, number);
        return;
      case PacketType.retry:
        this.retry(fromClient, bytes, h, number);
        return;
      case PacketType.zeroRtt:
        record.earlyDataPacket ??= number;
        this.decryption?.long(fromClient, bytes, end, h, number, time);
        return;
      case PacketType.handshake:
        this.decryption?.long(fromClient, bytes, end, h, number, time);
        break;
      case PacketType.initial:
        if (this.decryption?.tap !== undefined) this.show(fromClient, bytes, end, h, number, time, opened);
        if (this.wanting) this.initial(fromClient, opened ?? this.tryOpen(fromClient, bytes, end, h), h, number, time);
    }
    if (h.type === PacketType.unknown || !h.idsWhole) return;
    (fromClient ? this.client : this.server).learn(bytes, h.scidAt, h.scidEnd);
    if (!fromClient) this.announced?.(idText(bytes, h.scidAt, h.scidEnd));
    if (!fromClient && this.client.ids.length === 0) this.client.learn(bytes, h.dcidAt, h.dcidEnd);
  }

  /** An Initial packet for who looks into packets; one whose keys come from its own id shows itself. */
  private show(
    fromClient: boolean,
    bytes: Uint8Array,
    end: number,
    h: LongHeader,
    packet: number,
    time: number,
    known: Opened | undefined,
  ): void {
    if (fromClient && this.keyId !== undefined && sameId(this.keyId, bytes, h.dcidAt, h.dcidEnd)) return;
    const opened = known ?? this.tryOpen(fromClient, bytes, end, h);
    const inside = insideOf(this.record);
    if (opened !== undefined) this.decryption?.tap?.opened({ fromClient, level: 'Initial', opened, inside, packet, time });
  }

  /** An id that the client uses for the server, learnt from a packet that these keys open: a new one (RFC 9000 §5.1.1). */
  learnServerId(bytes: Uint8Array, h: LongHeader): void {
    this.server.learn(bytes, h.dcidAt, h.dcidEnd);
  }

  /** RFC 9000 §6: the client may begin again in another version. */
  private negotiation(fromClient: boolean, number: number): void {
    if (fromClient) return;
    this.record.negotiationPacket ??= number;
    // Another version may need another hello.
    this.client.done = false;
    this.client.restart();
  }

  /** RFC 9000 §17.2.5: one at most, before any other answer; from then on the keys come from the id that it gives. */
  private retry(fromClient: boolean, bytes: Uint8Array, h: LongHeader, number: number): void {
    const { record, keyId } = this;
    if (fromClient || !h.idsWhole || record.retryPacket !== undefined || record.serverHelloPacket !== undefined) return;
    if (keyId !== undefined && checkRetry(bytes, h, Buffer.from(keyId, 'latin1')) === false) return;
    record.retryPacket = number;
    this.server.learn(bytes, h.scidAt, h.scidEnd);
    this.keyId = idText(bytes, h.scidAt, h.scidEnd);
    this.client.restart();
    this.server.restart();
  }

  private initial(fromClient: boolean, opened: Opened | undefined, h: LongHeader, number: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    if (opened === undefined) return;
    // A server may answer in another version (RFC 9368 §2.3); what it chose holds.
    if (!fromClient || this.record.serverHelloPacket === undefined) this.record.version = versionOf(h.version).name;
    this.confirmed = this.record.clientKnown = true;
    side.expected = Math.max(side.expected, opened.packetNumber + 1);
    if (side.done) return;
    side.stream ??= new CryptoStream();
    const { stream } = side;
    const { payload } = opened;
    const frames = new FrameReader(payload, 0, payload.length, isGoogleVersion(h.version));
    while (frames.next()) {
      if (frames.type === FrameType.crypto) stream.add(frames.offset, payload, frames.dataAt, frames.dataEnd);
      else if (frames.type === FrameType.close)
        this.record.close ??= closeOf(fromClient, frames, payload, undefined, number, time);
    }
    for (let message = stream.message(); message !== undefined; message = stream.message()) {
      if (fromClient) this.clientHello(message.type, message.bytes, number, time);
      else this.serverHello(message.type, message.bytes, number, time);
      if (side.done) break;
    }
    if (stream.overflowed) side.finish();
    if (!this.wanting) this.giveUp();
  }

  private clientHello(type: number, bytes: Uint8Array, number: number, time: number): void {
    const { record } = this;
    this.client.finish();
    if (type !== HandshakeType.clientHello) return;
    const hello = parseClientHello(bytes, 4, bytes.length);
    if (hello.randomAt >= 0) this.decryption?.clientHello(bytes.slice(hello.randomAt, hello.randomAt + 32));
    record.clientHelloPacket ??= number;
    record.clientHelloTime ??= time;
    record.alpnOffered = [...hello.alpn];
    if (hello.serverName !== undefined) record.sni = hello.serverName;
    record.encryptedClientHello = hello.extensions.some(({ type }) => type === ExtensionType.encryptedClientHello);
    if (hello.brokenAt === undefined) record.ja4 = quicJa4(hello, bytes);
    this.agree();
  }

  private serverHello(type: number, bytes: Uint8Array, number: number, time: number): void {
    const { record } = this;
    const hello = type === HandshakeType.serverHello ? parseServerHello(bytes, 4, bytes.length) : undefined;
    if (hello?.helloRetryRequest) {
      // The ServerHello follows in the same stream (RFC 8446 §4.1.4).
      record.helloRetryPacket ??= number;
      return;
    }
    this.server.finish();
    if (hello === undefined) return;
    record.serverHelloPacket = number;
    record.serverHelloTime = time;
    record.tlsVersion = versionName(hello.version);
    record.resumed = hello.preSharedKey;
    if (hello.cipherSuite >= 0) {
      record.cipher = suiteName(hello.cipherSuite);
      record.cipherId = suiteId(hello.cipherSuite);
      this.decryption?.serverHello(hello.cipherSuite);
    }
    this.agree();
  }

  /** The server's choice is encrypted; of one offer it can only be that one (RFC 9001 §8.1). */
  private agree(): void {
    const { record } = this;
    if (record.alpnVisible) return;
    if (record.serverHelloPacket !== undefined && record.alpnOffered.length === 1) record.alpn = record.alpnOffered[0];
  }
}
