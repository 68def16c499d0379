import { ANNEX_BYTES, Batch } from '../capture/batch.ts';
import { Correlator } from '../correlate/correlator.ts';
import type { PacketTap } from '../correlate/quic-tap.ts';
import type { OpenedRecord, RecordTap } from '../correlate/record-tap.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import type { PlainRecord } from '../dissect/tls/plaintext.ts';

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
/** Packets of the connection before the one looked at whose layers are made with it, for a look back; and those read behind it. */
export const BEFORE = 64;
export const BEHIND = 64;
/** Packets of one connection whose layers are kept. */
export const KEPT = 512;

/** For one chunk, whoever reads it. */
let shared: Batch | undefined;

function chunk(): Batch {
  if (shared === undefined) {
    shared = new Batch();
    shared.bytes = new Uint8Array(CHUNK_BYTES + ANNEX_BYTES);
    shared.annexAt = CHUNK_BYTES;
  }
  return shared;
}

export interface PlainTap {
  opened(record: PlainRecord): void;
  missed(fromClient: boolean): void;
}

/** Reads one connection again from its first packet on, on the analysis' own path. */
export class Rereading implements RecordTap {
  /** The capture's numbers of the packets read, in their order. */
  readonly numbers: number[] = [];
  bytes = 0;
  private readonly source: CapturedPackets;
  private readonly connection: number;
  private readonly correlator: Correlator;
  private readonly tap: PlainTap;

  constructor(source: CapturedPackets, connection: number, keys: TlsKeys, tap: PlainTap, quic?: PacketTap) {
    this.source = source;
    this.connection = connection;
    this.tap = tap;
    this.correlator = new Correlator({}, { keys });
    this.correlator.finder.tap = this;
    this.correlator.quic.tap = quic && { opened: (each) => quic.opened({ ...each, packet: this.number(each.packet) }) };
    this.correlator.baseSeconds = 0;
  }

  /** Reads the next packets. False: there are none, or too many were read. */
  feed(): boolean {
    const { source, numbers } = this;
    const batch = chunk();
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
