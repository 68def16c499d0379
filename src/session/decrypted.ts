import { ANNEX_BYTES, Batch } from '../capture/batch.ts';
import { Correlator } from '../correlate/correlator.ts';
import type { OpenedRecord, RecordTap } from '../correlate/record-tap.ts';
import type { Layer } from '../dissect/protocol.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { type PlainRecord, Plaintext } from '../dissect/tls/plaintext.ts';

/** What is read of a capture again. */
export interface CapturedPackets {
  /** Up to `limit` packets of a connection from this one on; with a negative limit those last before it. In file order. */
  packetsFrom(connection: number, packet: number, limit: number): number[];
  bytesOf(packet: number): Uint8Array | undefined;
  wireLengthOf(packet: number): number;
  linkTypeOf(packet: number): number;
  /** Nanoseconds since the capture's base second. */
  timeOf(packet: number): number;
}

/** Bytes of a connection that are read up to the packet looked at, at most: decrypting them takes less than a second. */
export const REPLAY_BYTES = 64 << 20;
const PACKET_COST = 64;
/** Read at a time: packets, and their bytes. */
const CHUNK_ROWS = 64;
const CHUNK_BYTES = 1 << 20;
/** A connection's secrets are found with its greeting: no more than so many chunks are read for it. */
const GREETING_CHUNKS = 16;
/** Packets of the connection before the one looked at whose layers are made with it, for a look back; and those read behind it. */
const BEFORE = 64;
const BEHIND = 64;
/** Packets whose layers are kept. */
const KEPT = 512;

/**
 * What TLS carries in the packets of one connection at a time: they are read again from its first one, on the path that the
 * analysis took, and opened with the keys at hand. Only what lies around the packet looked at is kept, in memory.
 */
export class Decrypted {
  private readonly packets: CapturedPackets;
  private readonly keys: () => TlsKeys | undefined;
  private replay: Replay | undefined;

  constructor(packets: CapturedPackets, keys: () => TlsKeys | undefined) {
    this.packets = packets;
    this.keys = keys;
  }

  /** Layers of a connection's packet, outermost first, each with its own bytes; none where nothing was opened. */
  layersOf(connection: number, packet: number): Layer[] {
    const keys = this.keys();
    if (keys === undefined || keys.size === 0) return [];
    const { replay } = this;
    if (replay?.connection !== connection || replay.version !== keys.version || packet < replay.from)
      this.replay = new Replay(this.packets, connection, keys.settled, packet);
    return (this.replay as Replay).layersOf(packet);
  }

  /** A connection's own secrets as lines of a key log; nothing where there are none. For a file that shall have them, and no other use. */
  secretsOf(connection: number): string {
    const keys = this.keys()?.settled;
    if (keys === undefined || keys.size === 0) return '';
    const reading = new Rereading(this.packets, connection, keys, { opened: () => {}, missed: () => {} });
    for (let chunk = 0; chunk < GREETING_CHUNKS && keys.foundLines === '' && reading.feed(); chunk++);
    return keys.foundLines;
  }

  /** A connection's opened records in their order, from its first one on, as far as they hold no more than `most` bytes. */
  recordsOf(connection: number, most: number): PlainRecord[] {
    const keys = this.keys();
    if (keys === undefined || keys.size === 0) return [];
    const records: PlainRecord[] = [];
    let bytes = 0;
    const gaps = new Set<boolean>();
    const opened = (record: PlainRecord): void => {
      bytes += record.bytes.length;
      if (bytes <= most) records.push(gaps.delete(record.fromClient) ? { ...record, behindGap: true } : record);
    };
    const missed = (fromClient: boolean): void => void gaps.add(fromClient);
    const reading = new Rereading(this.packets, connection, keys.settled, { opened, missed });
    while (bytes <= most && reading.feed());
    return records;
  }
}

interface PlainTap {
  opened(record: PlainRecord): void;
  missed(fromClient: boolean): void;
}

/** Reads one connection again from its first packet on, on the analysis' own path. */
class Rereading implements RecordTap {
  /** The capture's numbers of the packets read, in their order. */
  readonly numbers: number[] = [];
  bytes = 0;
  private readonly source: CapturedPackets;
  private readonly connection: number;
  private readonly correlator: Correlator;
  private readonly batch = new Batch();
  private readonly tap: PlainTap;

  constructor(source: CapturedPackets, connection: number, keys: TlsKeys, tap: PlainTap) {
    this.source = source;
    this.connection = connection;
    this.tap = tap;
    this.batch.bytes = new Uint8Array(CHUNK_BYTES + ANNEX_BYTES);
    this.batch.annexAt = CHUNK_BYTES;
    this.correlator = new Correlator({}, { keys });
    this.correlator.finder.tap = this;
    this.correlator.baseSeconds = 0;
  }

  /** Reads the next packets. False: there are none, or too many were read. */
  feed(): boolean {
    const { batch, source, numbers } = this;
    const next = source.packetsFrom(this.connection, (numbers.at(-1) ?? 0) + 1, CHUNK_ROWS);
    batch.count = 0;
    batch.firstNumber = numbers.length + 1;
    let at = 0;
    for (const number of next) {
      const bytes = source.bytesOf(number);
      const length = bytes?.length ?? 0;
      if (at + length > CHUNK_BYTES || this.bytes > REPLAY_BYTES) break;
      if (bytes !== undefined) batch.bytes.set(bytes, at);
      const row = batch.count++;
      const time = source.timeOf(number);
      batch.at[row] = at;
      batch.caplen[row] = length;
      batch.wirelen[row] = source.wireLengthOf(number);
      batch.linkType[row] = source.linkTypeOf(number);
      batch.seconds[row] = Math.floor(time / 1e9);
      batch.nanoseconds[row] = time - batch.seconds[row] * 1e9;
      numbers.push(number);
      at += length;
      this.bytes += length + PACKET_COST;
    }
    if (batch.count === 0) return false;
    this.correlator.batch(batch);
    return true;
  }

  opened(record: OpenedRecord): void {
    const { fromClient, type, tls13, inside } = record;
    const packets = record.packets.map((each) => this.number(each));
    const bytes = record.bytes.slice(0, record.end);
    this.tap.opened({ fromClient, type, bytes, packets, packet: this.number(record.packet), tls13, inside });
  }

  missed(fromClient: boolean): void {
    this.tap.missed(fromClient);
  }

  private number(read: number): number {
    return this.numbers[read - 1] ?? 0;
  }
}

/** The layers of one connection's packets. */
class Replay implements PlainTap {
  readonly connection: number;
  readonly version: number;
  /** Packets from this one on have their layers. */
  from: number;
  private readonly reading: Rereading;
  private readonly plaintext = new Plaintext();
  private readonly layers = new Map<number, Layer[]>();
  /** Packets that carry a part of a record, and the one that completes it. */
  private readonly parts = new Map<number, number>();
  /** Records that one packet completed, as they come. */
  private group: PlainRecord[] = [];

  constructor(source: CapturedPackets, connection: number, keys: TlsKeys, packet: number) {
    this.connection = connection;
    this.version = keys.version;
    this.from = source.packetsFrom(connection, packet, -BEFORE)[0] ?? packet;
    this.reading = new Rereading(source, connection, keys, this);
  }

  layersOf(packet: number): Layer[] {
    const { numbers } = this.reading;
    // What it carries may end in a packet behind it.
    while ((numbers.at(-1 - BEHIND) ?? 0) < packet) {
      if (!this.reading.feed()) break;
      this.flush();
      this.forget();
    }
    if (this.reading.bytes > REPLAY_BYTES && (numbers.at(-1) ?? 0) < packet)
      return [note('too far into its connection to be opened here')];
    const whole = this.parts.get(packet);
    const found = this.layers.get(packet) ?? [];
    return whole === undefined ? found : [...found, note(`a part of a record that is whole in packet ${whole}`)];
  }

  opened(record: PlainRecord): void {
    const { packet, packets, type, fromClient } = record;
    for (const each of packets) if (each !== packet) this.parts.set(each, packet);
    const [first] = this.group;
    if (first !== undefined && (first.packet !== packet || first.type !== type || first.fromClient !== fromClient)) this.flush();
    this.group.push(record);
  }

  missed(fromClient: boolean): void {
    this.flush();
    this.plaintext.miss(fromClient);
  }

  private flush(): void {
    const [first] = this.group;
    if (first === undefined) return;
    const { packet } = first;
    const wanted = packet >= this.from;
    const layers = this.plaintext.next(this.group, wanted);
    this.group = [];
    if (wanted) this.layers.set(packet, [...(this.layers.get(packet) ?? []), ...layers]);
  }

  private forget(): void {
    for (const part of this.parts.keys()) if (part < this.from) this.parts.delete(part);
    for (const packet of this.layers.keys()) {
      if (this.layers.size <= KEPT) break;
      this.layers.delete(packet);
      this.from = Math.max(this.from, packet + 1);
    }
  }
}

function note(words: string): Layer {
  return { protocol: 'tls.decrypted', title: `Decrypted TLS, ${words}`, at: 0, end: 0, fields: [], bytes: new Uint8Array(0) };
}
