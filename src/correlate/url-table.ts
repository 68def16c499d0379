import { randomBytes } from 'node:crypto';

/** Which journey asked for a URL. */
export interface Seen {
  journey: number;
  page: number;
  packet: number;
}

/** Words of an entry: two of the hash, journey and page (both plus one, 0 is empty), packet. */
const WORDS = 5;
const HASH = 0;
const JOURNEY = 2;
const PAGE = 3;
const PACKET = 4;

/**
 * URLs by client, without the URLs: 64 bits of a seeded hash stand for each, so that a request costs no string and no object,
 * and nobody can aim two URLs at one place. Two generations as in `RecentMap`: it holds at least the newest `limit` entries.
 */
export class UrlTable {
  /** Entries in the younger generation, and whether there is any at all. */
  private count = 0;
  private readonly limit: number;
  private readonly mask: number;
  private young: Uint32Array | undefined;
  private old: Uint32Array | undefined;
  private readonly seed = randomBytes(8);
  private readonly first = this.seed.readInt32LE(0);
  private readonly second = this.seed.readInt32LE(4);
  private high = 0;
  private low = 0;

  /** `limit` is a power of two. */
  constructor(limit: number) {
    this.limit = limit;
    this.mask = 2 * limit - 1;
  }

  get empty(): boolean {
    return this.young === undefined;
  }

  get(client: string, url: string): Seen | undefined {
    if (this.young === undefined) return undefined;
    this.hash(client, url);
    return this.read(this.young) ?? (this.old === undefined ? undefined : this.read(this.old));
  }

  set(client: string, url: string, journey: number, page: number, packet: number): void {
    this.young ??= new Uint32Array((this.mask + 1) * WORDS);
    this.hash(client, url);
    const { young } = this;
    const at = this.place(young);
    if (young[at + JOURNEY] === 0) this.count++;
    young[at + HASH] = this.high;
    young[at + HASH + 1] = this.low;
    young[at + JOURNEY] = journey + 1;
    young[at + PAGE] = page + 1;
    young[at + PACKET] = packet;
    if (this.count < this.limit) return;
    const gone = this.old ?? new Uint32Array(young.length);
    this.old = young;
    this.young = gone.fill(0);
    this.count = 0;
  }

  /** Its place stays taken; a page of 0 says that nothing is there. */
  delete(client: string, url: string): void {
    this.hash(client, url);
    for (const table of [this.young, this.old]) {
      if (table === undefined) continue;
      const at = this.place(table);
      if (table[at + JOURNEY] !== 0) table[at + PAGE] = 0;
    }
  }

  private read(table: Uint32Array): Seen | undefined {
    const at = this.place(table);
    if (table[at + PAGE] === 0) return undefined;
    return { journey: table[at + JOURNEY] - 1, page: table[at + PAGE] - 1, packet: table[at + PACKET] };
  }

  /** Where the hash at hand is, or would be. A table is never more than half full. */
  private place(table: Uint32Array): number {
    const { high, low, mask } = this;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (table[at + JOURNEY] === 0 || (table[at + HASH] === high && table[at + HASH + 1] === low)) return at;
    }
  }

  private hash(client: string, url: string): void {
    let high = this.first;
    let low = this.second;
    for (let i = 0; i < client.length; i++) {
      const c = client.charCodeAt(i);
      high = Math.imul(high ^ c, 0x9e3779b1);
      low = Math.imul(low ^ (c + (high >>> 15)), 0x85ebca6b);
    }
    high ^= 0x100;
    for (let i = 0; i < url.length; i++) {
      const c = url.charCodeAt(i);
      high = Math.imul(high ^ c, 0x9e3779b1);
      low = Math.imul(low ^ (c + (high >>> 15)), 0x85ebca6b);
    }
    low ^= low >>> 16;
    high ^= low >>> 11;
    this.high = high >>> 0;
    this.low = low >>> 0;
  }
}
