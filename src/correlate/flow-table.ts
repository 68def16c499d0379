import { randomBytes } from 'node:crypto';
import { u32 } from '../dissect/bytes.ts';
import type { Packets } from '../dissect/packets.ts';

const PAGE_SHIFT = 12;
const PAGE_ROWS = 1 << PAGE_SHIFT;

/** The key at the head of every flow record, in 32-bit words. "a" is the sender of the first packet. */
export const KEY_A = 0;
export const KEY_B = 4;
export const KEY_PORTS = 8;
export const KEY_VERSION = 9;
export const KEY_HASH = 10;
export const KEY_WORDS = 11;

/** Some records of a table; one buffer seen as words and as doubles. */
export interface Page {
  words: Uint32Array;
  doubles: Float64Array;
}

/**
 * Flows by address pair and port pair, both directions one flow: an open-addressing hash over fixed-size records in pages.
 * No object and no string a packet or a flow. The hash is seeded, so that nobody can aim packets at one bucket.
 */
export class FlowTable {
  readonly pages: Page[] = [];
  /** Flows in the table now. */
  count = 0;
  /** After `find` and `insert`: the row was sent by "b". */
  reversed = false;

  private readonly recordWords: number;
  /** [slot + 1, hash] pairs; 0 is free. */
  private index = new Int32Array(2 * 1024);
  private mask = 1023;
  private readonly free: number[] = [];
  private used = 0;
  private readonly seed = randomBytes(4).readInt32LE(0) | 1;
  private a0 = 0;
  private a1 = 0;
  private a2 = 0;
  private a3 = 0;
  private b0 = 0;
  private b1 = 0;
  private b2 = 0;
  private b3 = 0;
  private ports = 0;
  private swapped = 0;
  private version = 0;
  private hash = 0;

  /** `recordWords`: size of a record in 32-bit words, even, key included. */
  constructor(recordWords: number) {
    this.recordWords = recordWords;
  }

  /** Slots there are, used or free. */
  get slotCount(): number {
    return this.pages.length << PAGE_SHIFT;
  }

  page(slot: number): Page {
    return this.pages[slot >> PAGE_SHIFT];
  }

  /** Word index of a slot's record in its page; halve it for `doubles`. */
  base(slot: number): number {
    return (slot & (PAGE_ROWS - 1)) * this.recordWords;
  }

  /** The slot of the row's flow, or -1. Leaves the row's key loaded for `insert`. */
  find(p: Packets, row: number): number {
    const ip = p.ipAt[row];
    const four = p.ipVersion[row] === 4;
    this.key(p.ipVersion[row], p.bytes, ip + (four ? 12 : 8), ip + (four ? 16 : 24), p.sourcePort[row], p.destinationPort[row]);
    return this.seek();
  }

  private seek(): number {
    const { index, mask, hash } = this;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const entry = index[2 * i];
      if (entry === 0) return -1;
      if (index[2 * i + 1] === hash && this.same(entry - 1)) return entry - 1;
    }
  }

  /**
   * The slot of a flow by its key as a packet's bytes have it, or -1; `reversed` tells the direction. For packets that quote
   * another one. Not between `find` and `insert`.
   */
  lookup(
    version: number,
    bytes: Uint8Array,
    sourceAt: number,
    destinationAt: number,
    source: number,
    destination: number,
  ): number {
    this.key(version, bytes, sourceAt, destinationAt, source, destination);
    return this.seek();
  }

  /** A new zeroed record for the key that the last `find` did not find. */
  insert(): number {
    const slot = this.free.pop() ?? this.used++;
    if (slot >> PAGE_SHIFT === this.pages.length) {
      const buffer = new ArrayBuffer(PAGE_ROWS * this.recordWords * 4);
      this.pages.push({ words: new Uint32Array(buffer), doubles: new Float64Array(buffer) });
    }
    const { words } = this.page(slot);
    const at = this.base(slot);
    words.fill(0, at, at + this.recordWords);
    words[at + KEY_A] = this.a0;
    words[at + KEY_A + 1] = this.a1;
    words[at + KEY_A + 2] = this.a2;
    words[at + KEY_A + 3] = this.a3;
    words[at + KEY_B] = this.b0;
    words[at + KEY_B + 1] = this.b1;
    words[at + KEY_B + 2] = this.b2;
    words[at + KEY_B + 3] = this.b3;
    words[at + KEY_PORTS] = this.ports;
    words[at + KEY_VERSION] = this.version;
    words[at + KEY_HASH] = this.hash;
    this.reversed = false;
    this.count++;
    if (this.count * 2 > this.mask + 1) this.grow();
    this.put(slot, this.hash);
    return slot;
  }

  /** Takes the flow out; its record stays readable until the next `insert`. */
  remove(slot: number): void {
    const { index, mask } = this;
    let i = (this.page(slot).words[this.base(slot) + KEY_HASH] | 0) & mask;
    while (index[2 * i] !== slot + 1) {
      if (index[2 * i] === 0) return;
      i = (i + 1) & mask;
    }
    // Linear probing: move later entries of the run back into the hole.
    for (let j = (i + 1) & mask; index[2 * j] !== 0; j = (j + 1) & mask) {
      const home = index[2 * j + 1] & mask;
      if (((j - home) & mask) >= ((j - i) & mask)) {
        index[2 * i] = index[2 * j];
        index[2 * i + 1] = index[2 * j + 1];
        i = j;
      }
    }
    index[2 * i] = 0;
    this.free.push(slot);
    this.count--;
  }

  /** Every slot in use, in no order. */
  slots(): number[] {
    const slots: number[] = [];
    for (let i = 0; i <= this.mask; i++) if (this.index[2 * i] !== 0) slots.push(this.index[2 * i] - 1);
    return slots;
  }

  private key(
    version: number,
    bytes: Uint8Array,
    sourceAt: number,
    destinationAt: number,
    source: number,
    destination: number,
  ): void {
    this.ports = ((source << 16) | destination) >>> 0;
    this.swapped = ((destination << 16) | source) >>> 0;
    this.version = version;
    this.a0 = u32(bytes, sourceAt);
    this.b0 = u32(bytes, destinationAt);
    if (version === 4) {
      this.a1 = this.a2 = this.a3 = this.b1 = this.b2 = this.b3 = 0;
      this.hash = this.finish(this.mix(this.a0, source) + this.mix(this.b0, destination));
      return;
    }
    this.a1 = u32(bytes, sourceAt + 4);
    this.a2 = u32(bytes, sourceAt + 8);
    this.a3 = u32(bytes, sourceAt + 12);
    this.b1 = u32(bytes, destinationAt + 4);
    this.b2 = u32(bytes, destinationAt + 8);
    this.b3 = u32(bytes, destinationAt + 12);
    this.hash = this.finish(
      this.mix(this.mix(this.a0, this.a1) ^ this.mix(this.a2, this.a3), source) +
        this.mix(this.mix(this.b0, this.b1) ^ this.mix(this.b2, this.b3), destination),
    );
  }

  private mix(a: number, b: number): number {
    let h = Math.imul(a ^ this.seed, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    return h ^ (h >>> 13);
  }

  private finish(sum: number): number {
    let h = Math.imul((sum | 0) ^ ((sum | 0) >>> 16), 0x45d9f3b);
    h ^= h >>> 15;
    return h | 0;
  }

  private same(slot: number): boolean {
    const { words } = this.page(slot);
    const at = this.base(slot);
    if (words[at + KEY_VERSION] !== this.version) return false;
    if (
      words[at + KEY_PORTS] === this.ports &&
      words[at + KEY_A] === this.a0 &&
      words[at + KEY_B] === this.b0 &&
      (this.version === 4 ||
        (words[at + KEY_A + 1] === this.a1 &&
          words[at + KEY_A + 2] === this.a2 &&
          words[at + KEY_A + 3] === this.a3 &&
          words[at + KEY_B + 1] === this.b1 &&
          words[at + KEY_B + 2] === this.b2 &&
          words[at + KEY_B + 3] === this.b3))
    ) {
      this.reversed = false;
      return true;
    }
    if (
      words[at + KEY_PORTS] === this.swapped &&
      words[at + KEY_A] === this.b0 &&
      words[at + KEY_B] === this.a0 &&
      (this.version === 4 ||
        (words[at + KEY_A + 1] === this.b1 &&
          words[at + KEY_A + 2] === this.b2 &&
          words[at + KEY_A + 3] === this.b3 &&
          words[at + KEY_B + 1] === this.a1 &&
          words[at + KEY_B + 2] === this.a2 &&
          words[at + KEY_B + 3] === this.a3))
    ) {
      this.reversed = true;
      return true;
    }
    return false;
  }

  private put(slot: number, hash: number): void {
    let i = hash & this.mask;
    while (this.index[2 * i] !== 0) i = (i + 1) & this.mask;
    this.index[2 * i] = slot + 1;
    this.index[2 * i + 1] = hash;
  }

  private grow(): void {
    const old = this.index;
    this.mask = this.mask * 2 + 1;
    this.index = new Int32Array(2 * (this.mask + 1));
    for (let i = 0; i < old.length; i += 2) if (old[i] !== 0) this.put(old[i] - 1, old[i + 1]);
  }
}
