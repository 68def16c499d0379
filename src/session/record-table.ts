import { type Key, RecordIndex, sameKey } from './record-index.ts';
import { RecordStore } from './record-store.ts';
import type { Table } from '../rules/facts.ts';

type KeysOf<T> = (record: T) => readonly Key[];

const NONE: readonly Key[] = [];

function has(keys: readonly Key[], key: Key): boolean {
  for (let i = 0; i < keys.length; i++) if (sameKey(keys[i], key)) return true;
  return false;
}

/** Records of one kind by id, in order of id where they are walked through. */
export class RecordTable<T> extends RecordStore<T> implements Table<T> {
  count = 0;
  /** The highest id; -1: none. */
  highest = -1;
  /** Where a capture grows: the record as it stands, of what is not final yet. Walking through does not ask for it, nor does an index. */
  ahead: ((key: number) => T | undefined) | undefined;
  private readonly indexes: { keysOf: KeysOf<T>; index: RecordIndex }[] = [];

  override set(key: number, record: T): void {
    const before = this.has(key) && this.indexes.length > 0 ? super.get(key) : undefined;
    if (!this.has(key)) this.count++;
    if (key > this.highest) this.highest = key;
    for (const { keysOf, index } of this.indexes) {
      const known = before === undefined ? NONE : keysOf(before);
      for (const each of keysOf(record)) if (!has(known, each)) index.add(each, key);
    }
    super.set(key, record);
  }

  /**
   * Made before the first record comes and kept as they come: nobody who asks waits for a walk through all of them. Gives what
   * finds the records of a key, in order of id.
   */
  indexBy(keysOf: KeysOf<T>): (key: Key) => T[] {
    const index = new RecordIndex();
    this.indexes.push({ keysOf, index });
    return (key) =>
      index.candidates(key).flatMap((id) => {
        const record = super.get(id);
        return record !== undefined && has(keysOf(record), key) ? [record] : [];
      });
  }

  override get(key: number): T | undefined {
    return super.get(key) ?? this.ahead?.(key);
  }

  *entries(): IterableIterator<[number, T]> {
    for (let id = 0; id <= this.highest; id++) {
      const record = super.get(id);
      if (record !== undefined) yield [id, record];
    }
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const [, record] of this.entries()) yield record;
  }
}
