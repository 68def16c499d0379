import { randomBytes } from 'node:crypto';
import { PLACE, viewOf } from '../capture/integers.ts';
import type { Packets } from '../dissect/packets.ts';

const PAGE_SHIFT = 12;
const PAGE_ROWS = 1 << PAGE_SHIFT;
/** Bits of a word's place in a page; cut to them, V8 knows that what is added to it does not overflow. */
export const PAGE_WORDS = (1 << 20) - 1;
const FIRST_ENTRIES = 1024;
/** More than any table has: with a word above it a slot still fits in a double's 53 bits. */
const SLOTS = 2 ** 21;
/** Entries of the index are at most twice as many as flows, and a power of two. */
const SLOTS_MASK = 2 ** 24 - 1;

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

  declare private readonly recordWords: number;
  /** [slot + 1, hash] pairs; 0 is free. */
  private index = new Int32Array(2 * FIRST_ENTRIES);
  private mask = FIRST_ENTRIES - 1;
  private readonly free: number[] = [];
  private used = 0;
  private readonly seed = randomBytes(4).readInt32LE(0) | 1;
  /** The slot that the last look-up or insertion gave, or -1. */
  private last = -1;
  // The key that was not found, in signed words: those fit in V8's small integers.
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
    return Math.imul(slot & (PAGE_ROWS - 1), this.recordWords) & PAGE_WORDS;
  }

  /** The slot of the row's flow; or -1, and the row's key is loaded for `insert`. */
  find(p: Packets, row: number): number {
    const ip = p.ipAt[row];
    const version = p.ipVersion[row];
    if (version === 4) return this.find4(p.bytes, ip + 12, ip + 16, p.sourcePort[row], p.destinationPort[row]);
    return this.find6(version, p.bytes, ip + 8, ip + 24, p.sourcePort[row], p.destinationPort[row]);
  }

  /** The slot that the last call gave is looked at first: the next row is of the same flow as often as not. */
  private find4(bytes: Uint8Array, sourceAt: number, destinationAt: number, source: number, destination: number): number {
    const view = viewOf(bytes);
    const a = view.getInt32(sourceAt & PLACE);
    const b = view.getInt32(destinationAt & PLACE);
    const ports = (source << 16) | destination;
    const swapped = (destination << 16) | source;
    const { index, mask } = this;
    let hash = 0;
    let i = -1;
    for (let slot = this.last; ; ) {
      if (slot >= 0) {
        const { words } = this.page(slot);
        const at = this.base(slot);
        const known = words[at + KEY_PORTS] | 0;
        const first = words[at + KEY_A] | 0;
        const second = words[at + KEY_B] | 0;
        const forward = known === ports && first === a && second === b;
        if ((forward || (known === swapped && first === b && second === a)) && words[at + KEY_VERSION] === 4) {
          this.reversed = !forward;
          return (this.last = slot);
        }
      }
      if (i < 0) {
        hash = hash4(a, b, source, destination, this.seed);
        i = hash & mask;
      } else i = (i + 1) & mask;
      while (index[2 * (i & SLOTS_MASK) + 1] !== hash && index[2 * (i & SLOTS_MASK)] !== 0) i = (i + 1) & mask;
      slot = index[2 * (i & SLOTS_MASK)] - 1;
      if (slot < 0) break;
    }
    this.version = 4;
    this.ports = ports;
    this.a0 = a;
    this.b0 = b;
    this.hash = hash;
    return -1;
  }

  private find6(
    version: number,
    bytes: Uint8Array,
    sourceAt: number,
    destinationAt: number,
    source: number,
    destination: number,
  ): number {
    this.key6(version, bytes, sourceAt, destinationAt, source, destination);
    if (this.last >= 0 && this.same(this.last)) return this.last;
    const { index, mask, hash } = this;
    for (let i = hash & mask; index[2 * i] !== 0; i = (i + 1) & mask)
      if (index[2 * i + 1] === hash && this.same(index[2 * i] - 1)) return (this.last = index[2 * i] - 1);
    return -1;
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
    if (version === 4) return this.find4(bytes, sourceAt, destinationAt, source, destination);
    return this.find6(version, bytes, sourceAt, destinationAt, source, destination);
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
    const { hash } = this;
    words.fill(0, at, at + this.recordWords);
    words[at + KEY_A] = this.a0;
    words[at + KEY_B] = this.b0;
    if (this.version !== 4) {
      words[at + KEY_A + 1] = this.a1;
      words[at + KEY_A + 2] = this.a2;
      words[at + KEY_A + 3] = this.a3;
      words[at + KEY_B + 1] = this.b1;
      words[at + KEY_B + 2] = this.b2;
      words[at + KEY_B + 3] = this.b3;
    }
    words[at + KEY_PORTS] = this.ports;
    words[at + KEY_VERSION] = this.version;
    words[at + KEY_HASH] = hash;
    this.reversed = false;
    this.last = slot;
    this.count++;
    if (this.count * 2 > this.mask + 1) this.grow();
    this.put(slot, hash);
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
    if (this.last === slot) this.last = -1;
    this.free.push(slot);
    this.count--;
  }

  /** Every slot in use, in no order. */
  slots(): number[] {
    const slots: number[] = [];
    for (let i = 0; i <= this.mask; i++) if (this.index[2 * i] !== 0) slots.push(this.index[2 * i] - 1);
    return slots;
  }

  /**
   * Takes all flows out, at the end of a capture: their slots in the order of word `id` of their records, which stay readable. At
   * once because each alone would be a place in the index to be fetched from memory.
   */
  drain(id: number): Int32Array {
    const keys = new Float64Array(this.count);
    let count = 0;
    for (let i = 0; i <= this.mask; i++) {
      const slot = this.index[2 * i] - 1;
      if (slot >= 0) keys[count++] = this.page(slot).words[this.base(slot) + id] * SLOTS + slot;
    }
    keys.sort();
    this.index = new Int32Array(2 * FIRST_ENTRIES);
    this.mask = FIRST_ENTRIES - 1;
    this.count = 0;
    this.last = -1;
    return Int32Array.from(keys, (key) => key % SLOTS);
  }

  private key6(
    version: number,
    bytes: Uint8Array,
    sourceAt: number,
    destinationAt: number,
    source: number,
    destination: number,
  ): void {
    const view = viewOf(bytes);
    this.version = version;
    this.ports = (source << 16) | destination;
    this.swapped = (destination << 16) | source;
    this.a0 = view.getInt32(sourceAt);
    this.a1 = view.getInt32(sourceAt + 4);
    this.a2 = view.getInt32(sourceAt + 8);
    this.a3 = view.getInt32(sourceAt + 12);
    this.b0 = view.getInt32(destinationAt);
    this.b1 = view.getInt32(destinationAt + 4);
    this.b2 = view.getInt32(destinationAt + 8);
    this.b3 = view.getInt32(destinationAt + 12);
    const { seed } = this;
    const a = mix(this.a0, this.a1, seed) ^ mix(this.a2, this.a3, seed);
    const b = mix(this.b0, this.b1, seed) ^ mix(this.b2, this.b3, seed);
    this.hash = hash4(a, b, source, destination, seed);
  }

  /** Whether the slot's flow has the addresses and ports that `key6` has loaded. */
  private same(slot: number): boolean {
    const { words } = this.page(slot);
    const at = this.base(slot);
    if (words[at + KEY_VERSION] !== this.version) return false;
    const ports = words[at + KEY_PORTS] | 0;
    this.reversed = ports !== this.ports || !this.is(words, at, KEY_A, KEY_B);
    return !this.reversed || (ports === this.swapped && this.is(words, at, KEY_B, KEY_A));
  }

  /** Whether the IPv6 addresses are what is looked for, the sender's at `a` of the key. */
  private is(words: Uint32Array, at: number, a: number, b: number): boolean {
    return (
      (words[at + a] | 0) === this.a0 &&
      (words[at + b] | 0) === this.b0 &&
      (words[at + a + 1] | 0) === this.a1 &&
      (words[at + a + 2] | 0) === this.a2 &&
      (words[at + a + 3] | 0) === this.a3 &&
      (words[at + b + 1] | 0) === this.b1 &&
      (words[at + b + 2] | 0) === this.b2 &&
      (words[at + b + 3] | 0) === this.b3
    );
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

/** The same for both directions. */
function hash4(a: number, b: number, source: number, destination: number, seed: number): number {
  const sum = (mix(a, source, seed) + mix(b, destination, seed)) | 0;
  const h = Math.imul(sum ^ (sum >>> 16), 0x45d9f3b);
  return h ^ (h >>> 15);
}

function mix(a: number, b: number, seed: number): number {
  const sum = Math.imul(a ^ seed, 0x9e3779b1) ^ Math.imul((b + 0x7f4a7c15) | 0, 0x85ebca6b);
  const h = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
