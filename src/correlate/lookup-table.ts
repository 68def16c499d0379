import { randomBytes } from 'node:crypto';
import type { Lookup } from './model.ts';

/** Words of a key: client address (4), server address (4), ports, transaction id with transport and, from bit 20 on, IP version. */
export const KEY_CLIENT = 0;
export const KEY_SERVER = 4;
export const KEY_PORTS = 8;
export const KEY_ID = 9;
const VERSION_SHIFT = 20;
/** Kept with the key, not part of it: an answer may come without its question. */
export const NAME_HASH = 10;
export const TYPE = 11;
const FILLED = 12;
// And what the table needs: all of a question in neighbouring places in memory. Slots count from 1, 0 none. The time is a double.
const HASH = 12;
const NEXT = 13;
const OLDER = 14;
const NEWER = 15;
const TIME = 8;
const WORDS = 18;

/** Questions whose answer came are remembered this many answers long, to know a second answer from one to nothing. */
export const ANSWERED_LIMIT = 1024;

const NONE = -1;
const FIRST_SLOTS = 64;

/**
 * Questions in flight, found by who asked whom with which id; chained hash over records, so that a question costs no key
 * object and no string. At most `limit` wait at once: then the oldest must go. The hash is seeded, so that nobody can aim
 * questions at one chain.
 */
export class PendingTable {
  /** Fill this before `find`. But for IPv6 only the first word of an address counts. */
  readonly key = new Uint32Array(FILLED);
  /** Questions without an answer. */
  size = 0;

  private readonly limit: number;
  /** Hash of the key that `find` was asked for last. */
  private hashed = 0;
  private readonly seed = randomBytes(4).readInt32LE(0);
  private words = new Uint32Array(0);
  private doubles = new Float64Array(0);
  private slots = 0;
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
    this.hashed = this.hash();
    return this.slots === 0 ? NONE : this.match(this.heads[this.hashed & (this.heads.length - 1)], this.hashed);
  }

  /** The next older slot with the same key. */
  findNext(slot: number): number {
    const { words } = this;
    const at = slot * WORDS;
    return this.match(words[at + NEXT] - 1, words[at + HASH] | 0);
  }

  /** Undefined: its answer came already. */
  lookup(slot: number): Lookup | undefined {
    return this.lookups[slot];
  }

  /** Is the slot's question of the name and type at hand, as far as the name's hash tells? */
  alike(slot: number): boolean {
    const { words, key } = this;
    const at = slot * WORDS;
    return words[at + NAME_HASH] === key[NAME_HASH] && words[at + TYPE] === key[TYPE];
  }

  get full(): boolean {
    return this.size >= this.limit;
  }

  /** The question that has waited longest, or -1. */
  get oldestSlot(): number {
    return this.oldest;
  }

  time(slot: number): number {
    return this.doubles[slot * (WORDS >> 1) + TIME];
  }

  /** A question with the key that the last `find` was asked for. */
  insert(lookup: Lookup, time: number): void {
    if (this.freeSlot === NONE) this.grow();
    const slot = this.freeSlot;
    const { words, key, heads, hashed } = this;
    const at = slot * WORDS;
    this.freeSlot = words[at + NEXT] - 1;
    words[at + KEY_CLIENT] = key[KEY_CLIENT];
    words[at + KEY_SERVER] = key[KEY_SERVER];
    words[at + KEY_PORTS] = key[KEY_PORTS];
    words[at + KEY_ID] = key[KEY_ID];
    words[at + NAME_HASH] = key[NAME_HASH];
    words[at + TYPE] = key[TYPE];
    if (key[KEY_ID] >>> VERSION_SHIFT === 6) for (let i = 1; i < KEY_PORTS; i++) words[at + i] = key[i];
    const bucket = hashed & (heads.length - 1);
    words[at + HASH] = hashed;
    words[at + NEXT] = heads[bucket] + 1;
    heads[bucket] = slot;
    this.lookups[slot] = lookup;
    this.doubles[(at >> 1) + TIME] = time;
    this.append(slot);
    this.size++;
  }

  /** Asked again: waits from now on. */
  touch(slot: number, time: number): void {
    this.doubles[slot * (WORDS >> 1) + TIME] = time;
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
    const id = key[KEY_ID];
    let h = mixed(mixed(mixed(mixed(this.seed, key[KEY_CLIENT]), key[KEY_SERVER]), key[KEY_PORTS]), id);
    if (id >>> VERSION_SHIFT === 6) for (let i = 1; i < KEY_PORTS; i++) h = mixed(h, key[i]);
    return h;
  }

  private match(from: number, hash: number): number {
    const { words } = this;
    for (let slot = from; slot !== NONE; slot = words[slot * WORDS + NEXT] - 1) {
      const at = slot * WORDS;
      if ((words[at + HASH] | 0) === hash && this.same(at)) return slot;
    }
    return NONE;
  }

  private same(at: number): boolean {
    const { words, key } = this;
    const id = key[KEY_ID];
    if (words[at + KEY_ID] !== id || words[at + KEY_PORTS] !== key[KEY_PORTS]) return false;
    if (words[at + KEY_CLIENT] !== key[KEY_CLIENT] || words[at + KEY_SERVER] !== key[KEY_SERVER]) return false;
    if (id >>> VERSION_SHIFT === 6) for (let i = 1; i < KEY_PORTS; i++) if (words[at + i] !== key[i]) return false;
    return true;
  }

  private append(slot: number): void {
    const { words } = this;
    words[slot * WORDS + OLDER] = this.newest + 1;
    words[slot * WORDS + NEWER] = 0;
    if (this.newest === NONE) this.oldest = slot;
    else words[this.newest * WORDS + NEWER] = slot + 1;
    this.newest = slot;
  }

  private unlinkAge(slot: number): void {
    const { words } = this;
    const older = words[slot * WORDS + OLDER] - 1;
    const newer = words[slot * WORDS + NEWER] - 1;
    if (older === NONE) this.oldest = newer;
    else words[older * WORDS + NEWER] = newer + 1;
    if (newer === NONE) this.newest = older;
    else words[newer * WORDS + OLDER] = older + 1;
  }

  private release(slot: number): void {
    const { words, heads } = this;
    const at = slot * WORDS;
    const bucket = words[at + HASH] & (heads.length - 1);
    if (heads[bucket] === slot) heads[bucket] = words[at + NEXT] - 1;
    else {
      let before = heads[bucket];
      while (words[before * WORDS + NEXT] !== slot + 1) before = words[before * WORDS + NEXT] - 1;
      words[before * WORDS + NEXT] = words[at + NEXT];
    }
    words[at + NEXT] = this.freeSlot + 1;
    this.freeSlot = slot;
  }

  private grow(): void {
    const from = this.slots;
    const slots = Math.max(FIRST_SLOTS, Math.min(2 * from, this.limit + ANSWERED_LIMIT));
    const words = new Uint32Array(slots * WORDS);
    words.set(this.words);
    this.words = words;
    this.doubles = new Float64Array(words.buffer);
    this.slots = slots;
    let buckets = 1;
    while (buckets < slots) buckets *= 2;
    this.heads = new Int32Array(buckets).fill(NONE);
    // No slot is free when the table grows: all of them are in chains. Older ones first, so that the newest heads its chain.
    const order = Array.from({ length: from }, (_, slot) => slot).sort((a, b) => this.age(a) - this.age(b));
    for (const slot of order) {
      const bucket = words[slot * WORDS + HASH] & (buckets - 1);
      words[slot * WORDS + NEXT] = this.heads[bucket] + 1;
      this.heads[bucket] = slot;
    }
    for (let slot = slots - 1; slot >= from; slot--) {
      words[slot * WORDS + NEXT] = this.freeSlot + 1;
      this.freeSlot = slot;
      this.lookups[slot] = undefined;
    }
  }

  private age(slot: number): number {
    return this.lookups[slot]?.index ?? -1;
  }
}

function mixed(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x9e3779b1);
  return h ^ (h >>> 15);
}
