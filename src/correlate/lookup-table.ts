import { randomBytes } from 'node:crypto';
import type { Lookup } from './model.ts';

/** Words of a key: client address (4), server address (4), ports, transaction id with transport and IP version. */
export const KEY_CLIENT = 0;
export const KEY_SERVER = 4;
export const KEY_PORTS = 8;
export const KEY_ID = 9;
const KEY_WORDS = 10;
/** Kept with the key, not part of it: an answer may come without its question. */
export const NAME_HASH = 10;
export const TYPE = 11;
const WORDS = 12;

/** Questions whose answer came are remembered this many answers long, to know a second answer from one to nothing. */
export const ANSWERED_LIMIT = 1024;

const NONE = -1;
const FIRST_SLOTS = 64;

/**
 * Questions in flight, found by who asked whom with which id; chained hash over columns, so that a question costs no key
 * object and no string. At most `limit` wait at once: then the oldest must go. The hash is seeded, so that nobody can aim
 * questions at one chain.
 */
export class PendingTable {
  /** Fill this before `find` and `insert`. */
  readonly key = new Uint32Array(WORDS);
  /** Questions without an answer. */
  size = 0;

  private readonly limit: number;
  private readonly seed = randomBytes(4).readInt32LE(0);
  private words = new Uint32Array(0);
  private hashes = new Int32Array(0);
  private next = new Int32Array(0);
  private older = new Int32Array(0);
  private newer = new Int32Array(0);
  private times = new Float64Array(0);
  private readonly lookups: (Lookup | undefined)[] = [];
  private heads = new Int32Array(0);
  private freeSlot = NONE;
  private oldest = NONE;
  private newest = NONE;
  /** Ring of answered slots. */
  private readonly answered = new Int32Array(ANSWERED_LIMIT).fill(NONE);
  private answeredAt = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The newest slot with this key, or -1. */
  find(): number {
    if (this.heads.length === 0) return NONE;
    const hash = this.hash();
    return this.match(this.heads[hash & (this.heads.length - 1)], hash);
  }

  /** The next older slot with the same key. */
  findNext(slot: number): number {
    return this.match(this.next[slot], this.hashes[slot]);
  }

  /** Undefined: its answer came already. */
  lookup(slot: number): Lookup | undefined {
    return this.lookups[slot];
  }

  word(slot: number, word: number): number {
    return this.words[slot * WORDS + word];
  }

  get full(): boolean {
    return this.size >= this.limit;
  }

  /** The question that has waited longest, or -1. */
  get oldestSlot(): number {
    return this.oldest;
  }

  time(slot: number): number {
    return this.times[slot];
  }

  insert(lookup: Lookup, time: number): void {
    if (this.freeSlot === NONE) this.grow();
    const slot = this.freeSlot;
    this.freeSlot = this.next[slot];
    const { words, key } = this;
    for (let i = 0; i < WORDS; i++) words[slot * WORDS + i] = key[i];
    const hash = this.hash();
    this.hashes[slot] = hash;
    const bucket = hash & (this.heads.length - 1);
    this.next[slot] = this.heads[bucket];
    this.heads[bucket] = slot;
    this.lookups[slot] = lookup;
    this.times[slot] = time;
    this.append(slot);
    this.size++;
  }

  /** Asked again: waits from now on. */
  touch(slot: number, time: number): void {
    this.times[slot] = time;
    if (slot === this.newest) return;
    this.unlinkAge(slot);
    this.append(slot);
  }

  /** Its answer came: no longer in flight, but still found for a while, without its lookup. */
  settle(slot: number): void {
    this.unlinkAge(slot);
    this.size--;
    this.lookups[slot] = undefined;
    const last = this.answered[this.answeredAt];
    if (last !== NONE) this.release(last);
    this.answered[this.answeredAt] = slot;
    this.answeredAt = (this.answeredAt + 1) % ANSWERED_LIMIT;
  }

  /** Takes a question in flight out and gives its lookup. */
  remove(slot: number): Lookup {
    const lookup = this.lookups[slot] as Lookup;
    this.unlinkAge(slot);
    this.size--;
    this.lookups[slot] = undefined;
    this.release(slot);
    return lookup;
  }

  private hash(): number {
    const { key } = this;
    let h = this.seed;
    for (let i = 0; i < KEY_WORDS; i++) {
      h = Math.imul(h ^ key[i], 0x9e3779b1);
      h ^= h >>> 15;
    }
    return h;
  }

  private match(from: number, hash: number): number {
    const { words, key } = this;
    for (let slot = from; slot !== NONE; slot = this.next[slot]) {
      if (this.hashes[slot] !== hash) continue;
      const base = slot * WORDS;
      let i = 0;
      while (i < KEY_WORDS && words[base + i] === key[i]) i++;
      if (i === KEY_WORDS) return slot;
    }
    return NONE;
  }

  private append(slot: number): void {
    this.older[slot] = this.newest;
    this.newer[slot] = NONE;
    if (this.newest === NONE) this.oldest = slot;
    else this.newer[this.newest] = slot;
    this.newest = slot;
  }

  private unlinkAge(slot: number): void {
    const older = this.older[slot];
    const newer = this.newer[slot];
    if (older === NONE) this.oldest = newer;
    else this.newer[older] = newer;
    if (newer === NONE) this.newest = older;
    else this.older[newer] = older;
  }

  private release(slot: number): void {
    const bucket = this.hashes[slot] & (this.heads.length - 1);
    if (this.heads[bucket] === slot) this.heads[bucket] = this.next[slot];
    else {
      let before = this.heads[bucket];
      while (this.next[before] !== slot) before = this.next[before];
      this.next[before] = this.next[slot];
    }
    this.next[slot] = this.freeSlot;
    this.freeSlot = slot;
  }

  private grow(): void {
    const from = this.hashes.length;
    const slots = Math.max(FIRST_SLOTS, Math.min(2 * from, this.limit + ANSWERED_LIMIT));
    const copy = <T extends { set(from: T): void }>(to: T, old: T): T => {
      to.set(old);
      return to;
    };
    this.words = copy(new Uint32Array(slots * WORDS), this.words);
    this.hashes = copy(new Int32Array(slots), this.hashes);
    this.next = copy(new Int32Array(slots), this.next);
    this.older = copy(new Int32Array(slots), this.older);
    this.newer = copy(new Int32Array(slots), this.newer);
    this.times = copy(new Float64Array(slots), this.times);
    let buckets = 1;
    while (buckets < slots) buckets *= 2;
    this.heads = new Int32Array(buckets).fill(NONE);
    // No slot is free when the table grows: all of them are in chains. Older ones first, so that the newest heads its chain.
    const order = Array.from({ length: from }, (_, slot) => slot).sort((a, b) => this.age(a) - this.age(b));
    for (const slot of order) {
      const bucket = this.hashes[slot] & (buckets - 1);
      this.next[slot] = this.heads[bucket];
      this.heads[bucket] = slot;
    }
    for (let slot = slots - 1; slot >= from; slot--) {
      this.next[slot] = this.freeSlot;
      this.freeSlot = slot;
      this.lookups[slot] = undefined;
    }
  }

  private age(slot: number): number {
    return this.lookups[slot]?.index ?? -1;
  }
}
