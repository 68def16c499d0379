import { isHttp3 } from '../correlate/quic-decryption.ts';
import { HeldBytes } from '../correlate/held-bytes.ts';
import { QuicStreams, type StreamReader } from '../correlate/quic-streams.ts';
import type { OpenedPacket, PacketTap } from '../correlate/quic-tap.ts';
import { Http3Frames, type Http3Sink } from '../dissect/http3/stream-frames.ts';
import type { Layer } from '../dissect/protocol.ts';
import { CryptoStream } from '../dissect/quic/crypto-stream.ts';
import { FrameReader, FrameType, StreamBit } from '../dissect/quic/frames.ts';
import { openedLayer } from '../dissect/quic/opened-layer.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { messagesLayer } from '../dissect/tls/plaintext.ts';
import { BEFORE, BEHIND, type CapturedPackets, KEPT, Rereading, REPLAY_BYTES } from './rereading.ts';

const NOTHING = new Uint8Array(0);

/** Frames of opened packets: their handshake messages, and their streams in order. */
class Contents implements PacketTap, StreamReader {
  /** The packet whose bytes are at hand: of a stream, that which carried them. */
  carrier = 0;
  private inside: string | undefined;
  private readonly http3: Http3Frames;
  private readonly streams: QuicStreams;
  private readonly messages = new Map<string, CryptoStream>();
  private readonly frames = new FrameReader(NOTHING, 0, 0);
  private readonly packet: (packet: OpenedPacket) => void;
  private readonly layer: (packet: number, layer: Layer) => void;
  private readonly wanted: (packet: number) => boolean;

  constructor(
    packet: (packet: OpenedPacket) => void,
    layer: (packet: number, layer: Layer) => void,
    wanted: (packet: number) => boolean,
    sink?: Http3Sink,
  ) {
    this.packet = packet;
    this.layer = layer;
    this.wanted = wanted;
    this.http3 = new Http3Frames(sink);
    this.streams = new QuicStreams(this, new HeldBytes());
  }

  opened(opened: OpenedPacket): void {
    this.inside = opened.inside;
    this.packet(opened);
    const { frames } = this;
    const { fromClient, level, packet, time } = opened;
    const { payload } = opened.opened;
    frames.begin(payload, 0, payload.length);
    while (frames.next()) {
      const { dataAt, dataEnd, offset, type, values } = frames;
      if (frames.isStream) {
        const fin = (type & StreamBit.fin) !== 0;
        this.streams.data(fromClient, values[0], offset, payload, dataAt, dataEnd, fin, packet, time);
      } else if (type === FrameType.resetStream) this.streams.reset(fromClient, values[0], values[1], values[2], packet, time);
      else if (type === FrameType.crypto) this.crypto(fromClient, level, payload.subarray(dataAt, dataEnd), offset, packet);
    }
  }

  finish(): void {
    this.streams.finish();
  }

  data(fromClient: boolean, id: number, bytes: Uint8Array, at: number, end: number, _last: boolean, packet: number): void {
    if (!isHttp3(this.inside)) return;
    this.carrier = packet;
    const layer = this.http3.next(fromClient, id, bytes.slice(at, end), this.wanted(packet));
    if (layer !== undefined) this.layer(packet, layer);
  }

  gap(fromClient: boolean, id: number): void {
    this.http3.miss(fromClient, id);
  }

  aborted(): void {}
  unwanted(): void {}
  end(): void {}

  private crypto(fromClient: boolean, level: string, bytes: Uint8Array, offset: number, packet: number): void {
    const key = `${fromClient}${level}`;
    let stream = this.messages.get(key);
    if (stream === undefined) this.messages.set(key, (stream = new CryptoStream()));
    stream.add(offset, bytes, 0, bytes.length);
    for (let message = stream.message(); message !== undefined; message = stream.message())
      if (this.wanted(packet)) this.layer(packet, messagesLayer(message.bytes, message.bytes.length, true));
  }
}

/** The layers of one QUIC connection's packets. */
export class QuicReplay {
  readonly connection: number;
  readonly version: number;
  /** Packets from this one on have their layers. */
  from: number;
  private readonly reading: Rereading;
  private readonly layers = new Map<number, Layer[]>();

  constructor(source: CapturedPackets, connection: number, keys: TlsKeys, packet: number) {
    this.connection = connection;
    this.version = keys.version;
    this.from = source.packetsFrom(connection, packet, -BEFORE)[0] ?? packet;
    const wanted = (each: number): boolean => each >= this.from;
    const contents = new Contents(
      (each) => {
        if (wanted(each.packet)) this.add(each.packet, openedLayer(each.level, each.opened));
      },
      (each, layer) => this.add(each, layer),
      wanted,
    );
    const silent = { opened: () => {}, missed: () => {} };
    this.reading = new Rereading(source, connection, keys, silent, contents);
  }

  layersOf(packet: number): Layer[] {
    const { numbers } = this.reading;
    while ((numbers.at(-1 - BEHIND) ?? 0) < packet) {
      if (!this.reading.feed()) break;
      this.forget();
    }
    if (this.reading.bytes > REPLAY_BYTES && (numbers.at(-1) ?? 0) < packet) {
      const title = 'Decrypted QUIC, too far into its connection to be opened here';
      return [{ protocol: 'quic.decrypted', title, at: 0, end: 0, fields: [], bytes: NOTHING }];
    }
    return this.layers.get(packet) ?? [];
  }

  private add(packet: number, layer: Layer): void {
    const list = this.layers.get(packet);
    if (list === undefined) this.layers.set(packet, [layer]);
    else list.push(layer);
  }

  private forget(): void {
    for (const packet of this.layers.keys()) {
      if (this.layers.size <= KEPT) break;
      this.layers.delete(packet);
      this.from = Math.max(this.from, packet + 1);
    }
  }
}

/** Reads a QUIC connection again, as far as its streams carry no more than `most` bytes; `sink` is told what HTTP/3 says in which packet. */
export function readHttp3(
  source: CapturedPackets,
  connection: number,
  keys: TlsKeys,
  most: number,
  sink: (packet: () => number) => Http3Sink,
): void {
  let bytes = 0;
  const contents: Contents = new Contents(
    (each) => {
      bytes += each.opened.payload.length;
    },
    () => {},
    () => false,
    sink(() => contents.carrier),
  );
  const reading = new Rereading(source, connection, keys, { opened: () => {}, missed: () => {} }, contents);
  while (bytes <= most && reading.feed());
  contents.finish();
}
