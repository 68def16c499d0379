import { randomBytes } from 'node:crypto';

/** An entry: two words of the hash (the first is 0 where there is no entry), then the value. */
const VALUE = 2;
const DELETED = -1;
const MOST_VALUES = 3;
const NONE = new Int32Array(0);
/** The first word of a hash has these bits free: one says that there is an entry, the other of which generation it is. */
const USED = 1;
const GENERATION = 2;

/**
 * Numbers by two texts (a client, and a URL, address or name), without the texts: 62 bits of a seeded hash stand for each
 * pair, so that an entry costs no string and no object, and nobody can aim two pairs at one place. Two generations, so that
 * forgetting costs little an entry: it holds at least the newest `limit` pairs and at most twice as many. Both lie in one
 * table, so that a pair that is not there costs one place in memory.
 */
export class PairTable {
  /** What `find` found. */
  readonly value = new Uint32Array(MOST_VALUES);
  declare private readonly words: number;
  private count = 0;
  /** Entries that the young generation takes; none before the first. */
  private room = 0;
  declare private readonly limit: number;
  declare private readonly mask: number;
  private entries = NONE;
  /** What entries of the young generation have in the bit of generations. */
  private young = 0;
  declare private readonly seed: Buffer;
  declare private readonly first: number;
  declare private readonly second: number;
  private high = 0;
  private low = 0;
  /** The text that was hashed last as the first of a pair, as a rule the next one's as well; and its hash. */
  private client = '';
  declare private clientHigh: number;
  declare private clientLow: number;

  /** `limit` is a power of two; a value is one to three numbers below 2^32 - 1. `like`: a table that has the same hashes, for `putAs`. */
  constructor(limit: number, values: number, like?: PairTable) {
    this.seed = like?.seed ?? randomBytes(8);
    this.first = this.seed.readInt32LE(0);
    this.second = this.seed.readInt32LE(4);
    this.clientHigh = this.first;
    this.clientLow = this.second;
    this.words = VALUE + values;
    this.limit = limit;
    this.mask = 4 * limit - 1;
  }

  find(a: string, b: string): boolean {
    this.hash(a, b);
    const { entries, words } = this;
    if (entries === NONE) return false;
    const at = this.place(entries);
    if (entries[at] === 0 || entries[at + VALUE] === DELETED) return false;
    for (let i = VALUE; i < words; i++) this.value[i - VALUE] = entries[at + i];
    return true;
  }

  set(a: string, b: string, x: number, y = 0, z = 0): void {
    this.hash(a, b);
    this.put(x, y, z);
  }

  /** Sets the value of the pair that `find` was asked for last. */
  put(x: number, y = 0, z = 0): void {
    if (this.count >= this.room) this.turn();
    const { entries, words } = this;
    const at = this.place(entries);
    const first = this.high | this.young;
    if (entries[at] !== first) this.count++;
    entries[at] = first;
    entries[at + 1] = this.low;
    entries[at + VALUE] = x;
    if (words > VALUE + 1) entries[at + VALUE + 1] = y;
    if (words > VALUE + 2) entries[at + VALUE + 2] = z;
  }

  /** The next generation; the first one, too, so that what calls this is known to V8 before it is compiled. */
  private turn(): void {
    this.young ^= GENERATION;
    if (this.entries === NONE) this.entries = new Int32Array((this.mask + 1) * this.words);
    else this.forget();
    this.count = 0;
    this.room = this.limit;
  }

  /**
   * Takes out what is of the generation before the last, and moves the others of each run of entries up to where they are
   * found: a place that was free ends a run, and what lies behind it in the table has its place behind it.
   */
  private forget(): void {
    const { entries, mask, words, young } = this;
    const last = mask * words;
    let from = 0;
    while (entries[from] !== 0) from += words;
    for (let left = mask; left > 0; left--) {
      from = from === last ? 0 : from + words;
      const first = entries[from];
      if (first === 0) continue;
      if ((first & GENERATION) !== young) {
        let to = (entries[from + 1] & mask) * words;
        while (to !== from && entries[to] !== 0) to = to === last ? 0 : to + words;
        if (to === from) continue;
        for (let i = 0; i < words; i++) entries[to + i] = entries[from + i];
      }
      entries[from] = 0;
    }
  }

  /** Sets the value of the pair that `other`, which has the same hashes, was asked for last. */
  putAs(other: PairTable, x: number, y = 0, z = 0): void {
    this.high = other.high;
    this.low = other.low;
    this.put(x, y, z);
  }

  delete(a: string, b: string): void {
    this.hash(a, b);
    const { entries } = this;
    if (entries === NONE) return;
    const at = this.place(entries);
    if (entries[at] !== 0) entries[at + VALUE] = DELETED;
  }

  /** Where the hash at hand is, or would be. The table is never more than half full. */
  private place(entries: Int32Array): number {
    const { high, low, mask, words } = this;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * words;
      const first = entries[at];
      if (first === 0 || ((first & ~GENERATION) === high && entries[at + 1] === low)) return at;
    }
  }

  private hash(a: string, b: string): void {
    if (a !== this.client) {
      this.high = this.first;
      this.low = this.second;
      this.mix(a);
      this.client = a;
      this.clientHigh = this.high;
      this.clientLow = this.low;
    }
    // No character: what ends one text does not begin the other.
    this.high = this.clientHigh ^ 0x10000;
    this.low = this.clientLow;
    this.mix(b);
    this.low ^= this.low >>> 16;
    this.high = ((this.high ^ (this.low >>> 11)) & ~GENERATION) | USED;
  }

  private mix(text: string): void {
    let { high, low } = this;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      high = Math.imul(high ^ c, 0x9e3779b1);
      low = Math.imul(low ^ (c + (high >>> 15)), 0x85ebca6b);
    }
    this.high = high;
    this.low = low;
  }
}
