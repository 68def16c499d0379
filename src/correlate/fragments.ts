import { randomBytes } from 'node:crypto';
import { ANNEX_BYTES, type Batch } from '../capture/batch.ts';
import { u32 } from '../dissect/bytes.ts';
import { Kind, type Packets } from '../dissect/packets.ts';
import { scanAt } from '../dissect/scan.ts';
import type { Stacks } from '../dissect/stacks.ts';
import { byIpProtocol } from '../dissect/tables.ts';

/** Datagrams waiting for their fragments at once, and the bytes they may hold together; the oldest is dropped first. */
export const MAX_DATAGRAMS = 1024;
export const MAX_FRAGMENT_BYTES = 16 << 20;
/** RFC 791 §3.2 and RFC 8200 §4.5: reassembly is given up after 60 s. */
const TIMEOUT_NANOSECONDS = 60e9;
const MAX_DATAGRAM_BYTES = 65535;
/** Offsets count units of 8 bytes. */
const UNITS = (MAX_DATAGRAM_BYTES + 7) >> 3;
const FIRST_BYTES = 2048;
/** Fragments within fragments (tunnels) of one packet. */
const MAX_NESTING = 4;

/** A datagram whose fragments are coming. Used again for another one when it is done. */
class Waiting {
  /** RFC 791 §2.3: source, destination, protocol, identification; RFC 8200 §4.5 the same without protocol. */
  readonly key = new Uint32Array(10);
  hash = 0;
  since = 0;
  bytes = new Uint8Array(FIRST_BYTES);
  /** Which units have come, a bit each. */
  readonly have = new Uint8Array((UNITS + 7) >> 3);
  units = 0;
  /** Payload length, once the last fragment has come. */
  total = -1;
  /** The highest end that any fragment has. */
  reach = 0;
  cut = false;
  conflict = false;
  protocol = 0;
  /** The next with the same hash; and neighbors in the order of age. */
  next: Waiting | undefined;
  older: Waiting | undefined;
  newer: Waiting | undefined;
}

/**
 * Puts IP fragments together, in any order. Overlaps: bytes that came first stay ("first"). A finished datagram is laid in
 * the batch's annex and the row that completed it is scanned on from there, so that trackers see one packet. Datagrams are
 * found by a seeded hash of numbers; nothing is allocated for a fragment, and for a datagram only until the first are done.
 */
export class FragmentTracker {
  completed = 0;
  /** Units of 8 bytes that came again with the same bytes: fragments captured or sent twice. */
  repeated = 0;
  /** Units that came again with other bytes, and datagrams that had such or two different ends. */
  overlapping = 0;
  conflicting = 0;
  /** Fragments that no datagram can have: beyond 65,535 bytes, left out; not of whole units in the middle, shortened. */
  impossible = 0;
  /** Datagrams dropped unfinished: for want of room, by time, or at the end. */
  dropped = 0;
  private readonly table = new Map<number, Waiting>();
  private readonly spare: Waiting[] = [];
  private oldest: Waiting | undefined;
  private newest: Waiting | undefined;
  private count = 0;
  private held = 0;
  /** Where the next datagram is laid in the annex, and the annex's end. */
  private free = 0;
  private full = 0;
  private readonly key = new Uint32Array(10);
  private readonly seed = randomBytes(4).readInt32LE(0);
  private readonly stacks: Stacks;

  constructor(stacks: Stacks) {
    this.stacks = stacks;
  }

  /** Datagrams that wait now. */
  get waiting(): number {
    return this.count;
  }

  /** The batch's annex is free: nobody reads datagrams any more that were laid there. */
  annex(batch: Batch): void {
    this.free = batch.annexAt;
    this.full = batch.annexAt + ANNEX_BYTES;
  }

  /** Handles fragments in from … to-1; returns the row before which the annex was full, else `to`. */
  rows(p: Packets, from: number, to: number): number {
    for (let row = from; row < to; row++) {
      if (p.kind[row] !== Kind.fragment) continue;
      if (this.free + MAX_NESTING * MAX_DATAGRAM_BYTES > this.full) return row;
      for (let nesting = 0; nesting < MAX_NESTING && p.kind[row] === Kind.fragment; nesting++) {
        const length = this.fragment(p, row, this.free);
        if (length === 0) break;
        this.free += length;
      }
    }
    return to;
  }

  end(): void {
    this.dropped += this.count;
    this.table.clear();
    this.oldest = undefined;
    this.newest = undefined;
    this.count = 0;
    this.held = 0;
  }

  private fragment(p: Packets, row: number, annex: number): number {
    const time = p.time[row];
    const offset = p.fragmentOffset[row];
    const more = p.fragmentMore[row] !== 0;
    const given = p.payloadLength[row];
    // In the middle only whole units count, as with most receivers.
    const length = more ? given & ~7 : given;
    if (offset + given > MAX_DATAGRAM_BYTES || length !== given) this.impossible++;
    if (offset + given > MAX_DATAGRAM_BYTES) return 0;
    const hash = this.load(p, row);
    let w = this.find(hash);
    if (w !== undefined && time - w.since > TIMEOUT_NANOSECONDS) {
      this.drop(w);
      w = undefined;
    }
    if (w === undefined) w = this.add(hash, time, p.ipProtocol[row]);
    if (offset === 0) w.protocol = p.ipProtocol[row];
    if (p.payloadCaptured[row] < length) w.cut = true;
    if (!more && w.total < 0) w.total = offset + length;
    w.reach = Math.max(w.reach, offset + length);
    if (w.total >= 0 && (w.reach > w.total || (!more && w.total !== offset + length))) this.conflict(w);
    if (offset + length > w.bytes.length) this.grow(w, offset + length);
    this.fill(w, p, row, offset, length);
    if (w.total < 0 || w.units < (w.total + 7) >> 3) return 0;
    const { total, cut, protocol } = w;
    for (let unit = 0; unit < (total + 7) >> 3; unit++) if (!(w.have[unit >> 3] & (1 << (unit & 7)))) return 0;
    this.release(w);
    if (cut) {
      this.dropped++;
      return 0;
    }
    this.completed++;
    p.bytes.set(w.bytes.subarray(0, total), annex);
    scanAt(p, row, byIpProtocol[protocol], annex, annex + total, annex + total, this.stacks);
    return total;
  }

  /** Takes the units that have not come yet, and compares the others. */
  private fill(w: Waiting, p: Packets, row: number, offset: number, length: number): void {
    const at = p.payloadAt[row];
    const captured = p.payloadCaptured[row];
    for (let from = 0; from < length; from += 8) {
      const unit = (offset + from) >> 3;
      const bit = 1 << (unit & 7);
      const to = Math.min(from + 8, captured);
      if (w.have[unit >> 3] & bit) {
        let same = true;
        for (let i = from; i < to; i++) if (w.bytes[offset + i] !== p.bytes[at + i]) same = false;
        if (same) this.repeated++;
        else {
          this.overlapping++;
          this.conflict(w);
        }
        continue;
      }
      w.have[unit >> 3] |= bit;
      w.units++;
      for (let i = from; i < to; i++) w.bytes[offset + i] = p.bytes[at + i];
    }
  }

  private conflict(w: Waiting): void {
    if (!w.conflict) this.conflicting++;
    w.conflict = true;
  }

  private load(p: Packets, row: number): number {
    const { key } = this;
    const at = p.ipAt[row];
    const four = p.ipVersion[row] === 4;
    key.fill(0);
    key[0] = p.fragmentId[row];
    key[1] = four ? p.ipProtocol[row] + 1 : 0;
    const words = four ? 2 : 8;
    for (let i = 0; i < words; i++) key[2 + i] = u32(p.bytes, at + (four ? 12 : 8) + 4 * i);
    let h = this.seed;
    for (let i = 0; i < 10; i++) {
      h = Math.imul(h ^ key[i], 0x9e3779b1);
      h ^= h >>> 15;
    }
    return h | 0;
  }

  private find(hash: number): Waiting | undefined {
    let w = this.table.get(hash);
    while (w !== undefined && !sameKey(w.key, this.key)) w = w.next;
    return w;
  }

  private add(hash: number, time: number, protocol: number): Waiting {
    const w = this.spare.pop() ?? new Waiting();
    w.key.set(this.key);
    w.hash = hash;
    w.since = time;
    w.units = 0;
    w.total = -1;
    w.reach = 0;
    w.cut = false;
    w.conflict = false;
    w.protocol = protocol;
    w.have.fill(0);
    w.next = this.table.get(hash);
    this.table.set(hash, w);
    w.older = this.newest;
    w.newer = undefined;
    if (this.newest !== undefined) this.newest.newer = w;
    else this.oldest = w;
    this.newest = w;
    this.count++;
    this.held += w.bytes.length;
    this.makeRoom(w);
    return w;
  }

  private grow(w: Waiting, need: number): void {
    const bytes = new Uint8Array(Math.min(MAX_DATAGRAM_BYTES, Math.max(need, w.bytes.length * 2)));
    bytes.set(w.bytes);
    this.held += bytes.length - w.bytes.length;
    w.bytes = bytes;
    this.makeRoom(w);
  }

  private makeRoom(keep: Waiting): void {
    while (this.count > MAX_DATAGRAMS || this.held > MAX_FRAGMENT_BYTES) {
      const old = this.oldest === keep ? keep.newer : this.oldest;
      if (old === undefined) return;
      this.drop(old);
    }
  }

  private drop(w: Waiting): void {
    this.dropped++;
    this.release(w);
  }

  /** Takes a datagram out; its bytes stay readable until the next is added. */
  private release(w: Waiting): void {
    if (w.older !== undefined) w.older.newer = w.newer;
    else this.oldest = w.newer;
    if (w.newer !== undefined) w.newer.older = w.older;
    else this.newest = w.older;
    let at = this.table.get(w.hash);
    if (at === w) {
      if (w.next === undefined) this.table.delete(w.hash);
      else this.table.set(w.hash, w.next);
    } else {
      while (at !== undefined && at.next !== w) at = at.next;
      if (at !== undefined) at.next = w.next;
    }
    this.count--;
    this.held -= w.bytes.length;
    if (this.spare.length >= MAX_DATAGRAMS) return;
    // A large buffer is not kept: many of them would be memory that nothing counts.
    if (w.bytes.length > 2 * FIRST_BYTES && this.spare.length > 8) return;
    this.spare.push(w);
  }
}

function sameKey(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = 0; i < 10; i++) if (a[i] !== b[i]) return false;
  return true;
}
