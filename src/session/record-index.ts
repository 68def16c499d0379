import { randomBytes } from 'node:crypto';

const FIRST = 1 << 10;
const SEED = randomBytes(4).readUInt32LE();

/**
 * Which records have a key, as they come: 16 bytes a key. Keys are kept as hashes, seeded so that nobody can choose names that
 * fall together; whoever asks compares the key itself.
 */
export class RecordIndex {
  private count = 0;
  private heads = new Int32Array(FIRST).fill(-1);
  private next = new Int32Array(FIRST);
  private hashes = new Uint32Array(FIRST);
  private ids = new Uint32Array(FIRST);

  add(key: string | number, id: number): void {
    if (this.count === this.ids.length) this.grow();
    const hash = hashOf(key);
    const bucket = hash & (this.heads.length - 1);
    this.hashes[this.count] = hash;
    this.ids[this.count] = id;
    this.next[this.count] = this.heads[bucket];
    this.heads[bucket] = this.count++;
  }

  /** Ids of the records that may have the key, each once, lowest first. */
  candidates(key: string | number): number[] {
    const hash = hashOf(key);
    const found: number[] = [];
    for (let at = this.heads[hash & (this.heads.length - 1)]; at >= 0; at = this.next[at])
      if (this.hashes[at] === hash) found.push(this.ids[at]);
    return [...new Set(found)].sort((a, b) => a - b);
  }

  private grow(): void {
    const size = this.ids.length * 2;
    const wider = <T extends Int32Array | Uint32Array>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    this.next = wider(this.next, new Int32Array(size));
    this.hashes = wider(this.hashes, new Uint32Array(size));
    this.ids = wider(this.ids, new Uint32Array(size));
    this.heads = new Int32Array(size).fill(-1);
    for (let at = 0; at < this.count; at++) {
      const bucket = this.hashes[at] & (size - 1);
      this.next[at] = this.heads[bucket];
      this.heads[bucket] = at;
    }
  }
}

/** FNV-1a with a seed and a last mix. */
function hashOf(key: string | number): number {
  let hash = SEED;
  if (typeof key === 'number') hash = Math.imul(hash ^ key, 0x9e3779b1);
  else for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
