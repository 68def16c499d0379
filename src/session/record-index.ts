import { randomBytes } from 'node:crypto';

const FIRST = 1 << 10;
const SEED = randomBytes(4).readUInt32LE();

/** What records are found by; a pair are two texts that must both be right. */
export type Key = string | number | readonly [string, string];

export function sameKey(a: Key, b: Key): boolean {
  return typeof a === 'object' && typeof b === 'object' ? a[0] === b[0] && a[1] === b[1] : a === b;
}

/**
 * Which records have a key, as they come: 8 bytes a key, and as many again once somebody has asked. Keys are kept as hashes, seeded
 * so that nobody can choose names that fall together; whoever asks compares the key itself.
 */
export class RecordIndex {
  private count = 0;
  private hashes = new Uint32Array(FIRST);
  private ids = new Uint32Array(FIRST);
  /** So many are in their chains; those that came since are linked when somebody asks, some 20 ns each. */
  private linked = 0;
  private heads = new Int32Array(0);
  private next = new Int32Array(0);

  add(key: Key, id: number): void {
    if (this.count === this.ids.length) {
      this.hashes = widened(this.hashes);
      this.ids = widened(this.ids);
    }
    this.hashes[this.count] = hashOf(key);
    this.ids[this.count++] = id;
  }

  /** Ids of the records that may have the key, each once, lowest first. */
  candidates(key: Key): number[] {
    this.link();
    const hash = hashOf(key);
    const found: number[] = [];
    for (let at = this.heads[hash & (this.heads.length - 1)]; at >= 0; at = this.next[at])
      if (this.hashes[at] === hash) found.push(this.ids[at]);
    return [...new Set(found)].sort((a, b) => a - b);
  }

  private link(): void {
    const { hashes, count } = this;
    if (this.heads.length < hashes.length) {
      this.heads = new Int32Array(hashes.length).fill(-1);
      this.next = new Int32Array(hashes.length);
      this.linked = 0;
    }
    const { heads, next } = this;
    for (let at = this.linked; at < count; at++) {
      const bucket = hashes[at] & (heads.length - 1);
      next[at] = heads[bucket];
      heads[bucket] = at;
    }
    this.linked = count;
  }
}

function widened(list: Uint32Array): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(list.length * 2);
  wider.set(list);
  return wider;
}

/** FNV-1a with a seed and a last mix. */
function hashOf(key: Key): number {
  let hash = SEED;
  if (typeof key === 'number') hash = Math.imul(hash ^ key, 0x9e3779b1);
  else if (typeof key === 'string') hash = hashText(key, hash);
  // Another round between the two, so that what ends one does not begin the other.
  else hash = hashText(key[1], Math.imul(hashText(key[0], hash), 0x9e3779b1));
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function hashText(text: string, from: number): number {
  let hash = from;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
