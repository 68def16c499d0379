/** Words of a block: 64 bytes. */
const BLOCK = 16;
const FIRST_BLOCKS = 64;

/**
 * Keeps lists of 32-bit words of any length outside of V8's heap, where they cost the garbage collector nothing: in chained blocks
 * of one growing array. Blocks that are given back are used again.
 */
export class Blocks {
  private words = new Uint32Array(0);
  /** Of each block in use the next one of its list, of each free block the next free one; 0 none, they count from 1. */
  private next = new Uint32Array(0);
  private free = 0;

  /** Keeps the first `count` words; returns what `read` and `drop` know them by, never 0. */
  keep(from: Uint32Array, count: number): number {
    let first = 0;
    let last = 0;
    for (let at = 0; at < count; at += BLOCK) {
      if (this.free === 0) this.grow();
      const block = this.free;
      this.free = this.next[block - 1];
      this.next[block - 1] = 0;
      if (last === 0) first = block;
      else this.next[last - 1] = block;
      last = block;
      const { words } = this;
      const to = (block - 1) * BLOCK;
      for (let i = 0; i < BLOCK; i++) words[to + i] = from[at + i];
    }
    return first;
  }

  /** Copies a list back, rounded up to whole blocks. */
  read(first: number, to: Uint32Array): void {
    const { words, next } = this;
    for (let block = first, at = 0; block !== 0; block = next[block - 1], at += BLOCK) {
      const from = (block - 1) * BLOCK;
      for (let i = 0; i < BLOCK; i++) to[at + i] = words[from + i];
    }
  }

  /** Gives a list's blocks back. */
  drop(first: number): void {
    const { next } = this;
    let last = first;
    while (next[last - 1] !== 0) last = next[last - 1];
    next[last - 1] = this.free;
    this.free = first;
  }

  private grow(): void {
    const from = this.next.length;
    const to = Math.max(FIRST_BLOCKS, 2 * from);
    const words = new Uint32Array(to * BLOCK);
    const next = new Uint32Array(to);
    words.set(this.words);
    next.set(this.next);
    for (let i = from; i < to; i++) next[i] = i + 1 < to ? i + 2 : 0;
    this.words = words;
    this.next = next;
    this.free = from + 1;
  }
}
