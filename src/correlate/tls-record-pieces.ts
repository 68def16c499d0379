import { RECORD_LIMIT } from '../dissect/tls/records.ts';
import type { HeldBytes } from './held-bytes.ts';

const NOTHING = new Uint8Array(0);
/** Segments of one record that are told apart: one of the largest size takes twelve. */
const PIECES = 64;
const SMALLEST = 2048;

/** An encrypted record that comes in segments, and which packet carried which part of it. */
export class RecordPieces {
  bytes: Uint8Array = NOTHING;
  at = 0;
  end = 0;
  /** Offsets behind each piece, counted from the record's first protected byte. */
  readonly ends: number[] = [];
  readonly packets: number[] = [];
  readonly times: number[] = [];
  /** How many of these are the record's: lists that are emptied are given back, and made anew. */
  count = 0;
  private buffer: Uint8Array = NOTHING;
  private length = 0;
  private readonly budget: HeldBytes;

  constructor(budget: HeldBytes) {
    this.budget = budget;
  }

  /** A record begins. */
  clear(): void {
    this.length = 0;
    this.count = 0;
  }

  /** Nothing is held any longer. */
  free(): void {
    this.clear();
    this.budget.give(this.buffer.length);
    this.bytes = this.buffer = NOTHING;
  }

  /** A part of a record of `total` protected bytes; the only part is not copied. False: there is no room for it. */
  add(bytes: Uint8Array, at: number, end: number, total: number, packet: number, time: number): boolean {
    if (this.length === 0 && end - at === total) {
      this.bytes = bytes;
      this.at = at;
      this.end = end;
    } else if (!this.append(bytes, at, end, total)) return false;
    this.length += end - at;
    const { ends, packets, times } = this;
    const last = this.count - 1;
    if (last >= 0 && (packets[last] === packet || this.count === PIECES)) {
      ends[last] = this.length;
      return true;
    }
    ends[this.count] = this.length;
    packets[this.count] = packet;
    times[this.count++] = time;
    return true;
  }

  /** The same record, held for as long as `free` is not called; undefined: there is no room for it. */
  copy(): RecordPieces | undefined {
    const length = this.end - this.at;
    if (!this.budget.take(length)) return undefined;
    const other = new RecordPieces(this.budget);
    other.buffer = other.bytes = this.bytes.slice(this.at, this.end);
    other.end = other.length = length;
    other.ends.push(...this.ends.slice(0, this.count));
    other.packets.push(...this.packets.slice(0, this.count));
    other.times.push(...this.times.slice(0, this.count));
    other.count = this.count;
    return other;
  }

  private append(bytes: Uint8Array, at: number, end: number, total: number): boolean {
    const need = this.length + end - at;
    if (this.buffer.length < need) {
      const size = Math.min(RECORD_LIMIT, Math.max(need, Math.min(total, Math.max(SMALLEST, 2 * need))));
      if (!this.budget.take(size - this.buffer.length)) return false;
      const grown = new Uint8Array(size);
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    this.buffer.set(bytes.subarray(at, end), this.length);
    this.bytes = this.buffer;
    this.at = 0;
    this.end = need;
    return true;
  }
}

/** Encrypted bytes of one connection that wait for keys which may still come. */
export const WAITING_BYTES = 256 << 10;

/** A record that waits for its keys. */
export interface WaitingRecord {
  direction: 0 | 1;
  type: number;
  version: number;
  pieces: RecordPieces;
  packet: number;
  time: number;
}
