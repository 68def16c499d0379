import { randomBytes } from 'node:crypto';

/** An entry: two words of the hash (the first is 0 where there is no entry), then the value. */
const VALUE = 2;
const DELETED = -1;
const MOST_VALUES = 3;
const NONE = new Int32Array(0);

/**
 * Numbers by two texts (a client, and a URL, address or name), without the texts: 64 bits of a seeded hash stand for each
 * pair, so that an entry costs no string and no object, and nobody can aim two pairs at one place. Two generations, so that
 * forgetting costs nothing an entry: it holds at least the newest `limit` pairs and at most twice as many.
 */
export class PairTable {
  /** What `find` found. */
  readonly value = new Uint32Array(MOST_VALUES);
  private readonly words: number;
  private count = 0;
  /** Entries that the young generation takes; none before the first. */
  private room = 0;
  private readonly limit: number;
  private readonly mask: number;
  private young = NONE;
  private old = NONE;
  private readonly seed: Buffer;
  private readonly first: number;
  private readonly second: number;
  private high = 0;
  private low = 0;

  /** `limit` is a power of two; a value is one to three numbers below 2^32 - 1. `like`: a table that has the same hashes, for `putAs`. */
  constructor(limit: number, values: number, like?: PairTable) {
    this.seed = like?.seed ?? randomBytes(8);
    this.first = this.seed.readInt32LE(0);
    this.second = this.seed.readInt32LE(4);
    this.words = VALUE + values;
    this.limit = limit;
    this.mask = 2 * limit - 1;
  }

  find(a: string, b: string): boolean {
    this.hash(a, b);
    return this.young !== NONE && (this.read(this.young) || this.read(this.old));
  }

  set(a: string, b: string, x: number, y = 0, z = 0): void {
    this.hash(a, b);
    this.put(x, y, z);
  }

  /** Sets the value of the pair that `find` was asked for last. */
  put(x: number, y = 0, z = 0): void {
    if (this.count >= this.room) this.turn();
    const { young } = this;
    const at = this.place(young);
    if (young[at] === 0) this.count++;
    young[at] = this.high;
    young[at + 1] = this.low;
    young[at + VALUE] = x;
    if (this.words > VALUE + 1) young[at + VALUE + 1] = y;
    if (this.words > VALUE + 2) young[at + VALUE + 2] = z;
  }

  /** The next generation; the first one, too, so that what calls this is known to V8 before it is compiled. */
  private turn(): void {
    const { young, old } = this;
    const length = (this.mask + 1) * this.words;
    this.young = old === NONE ? new Int32Array(length) : old.fill(0);
    this.old = young === NONE ? new Int32Array(length) : young;
    this.count = 0;
    this.room = this.limit;
  }

  /** Sets the value of the pair that `other`, which has the same hashes, was asked for last. */
  putAs(other: PairTable, x: number, y = 0, z = 0): void {
    this.high = other.high;
    this.low = other.low;
    this.put(x, y, z);
  }

  delete(a: string, b: string): void {
    this.hash(a, b);
    for (const table of [this.young, this.old]) {
      if (table === NONE) continue;
      const at = this.place(table);
      if (table[at] !== 0) table[at + VALUE] = DELETED;
    }
  }

  private read(table: Int32Array): boolean {
    const at = this.place(table);
    if (table[at] === 0 || table[at + VALUE] === DELETED) return false;
    for (let i = VALUE; i < this.words; i++) this.value[i - VALUE] = table[at + i];
    return true;
  }

  /** Where the hash at hand is, or would be. A table is never more than half full. */
  private place(table: Int32Array): number {
    const { high, low, mask, words } = this;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * words;
      if (table[at] === 0 || (table[at] === high && table[at + 1] === low)) return at;
    }
  }

  private hash(a: string, b: string): void {
    this.high = this.first;
    this.low = this.second;
    this.mix(a);
    // No character: what ends one text does not begin the other.
    this.high ^= 0x10000;
    this.mix(b);
    this.low ^= this.low >>> 16;
    this.high = (this.high ^ (this.low >>> 11)) | 1;
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
