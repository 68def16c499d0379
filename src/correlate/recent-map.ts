/**
 * A map that forgets: it holds at least the newest `limit` entries and at most twice as many. Two generations instead of a
 * deletion an entry, so that a bounded table costs no more than an unbounded one.
 */
export class RecentMap<K, V> {
  private young = new Map<K, V>();
  private old: Map<K, V> | undefined;
  private readonly limit: number;
  private readonly forgotten: ((value: V, key: K) => void) | undefined;

  /** `forgotten` gets each entry that is let go; one that was written again since is not among them. */
  constructor(limit: number, forgotten?: (value: V, key: K) => void) {
    this.limit = limit;
    this.forgotten = forgotten;
  }

  /** Entries, at least: one in both generations counts twice. */
  get size(): number {
    return this.young.size + (this.old?.size ?? 0);
  }

  get(key: K): V | undefined {
    return this.young.get(key) ?? this.old?.get(key);
  }

  set(key: K, value: V): void {
    this.young.set(key, value);
    if (this.young.size < this.limit) return;
    const gone = this.old;
    this.old = this.young;
    this.young = new Map();
    if (this.forgotten === undefined || gone === undefined) return;
    for (const [k, v] of gone) if (!this.old.has(k)) this.forgotten(v, k);
  }

  delete(key: K): void {
    this.young.delete(key);
    this.old?.delete(key);
  }

  /** Every entry, older ones first. */
  *entries(): Iterable<[K, V]> {
    if (this.old !== undefined) for (const entry of this.old) if (!this.young.has(entry[0])) yield entry;
    yield* this.young;
  }
}
