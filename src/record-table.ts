import { RecordStore } from './record-store.ts';
import type { Table } from './rules/facts.ts';

/** Records of one kind by id, in order of id where they are walked through. */
export class RecordTable<T> extends RecordStore<T> implements Table<T> {
  count = 0;
  /** The highest id; -1: none. */
  highest = -1;

  override set(key: number, record: T): void {
    if (!this.has(key)) this.count++;
    if (key > this.highest) this.highest = key;
    super.set(key, record);
  }

  *entries(): IterableIterator<[number, T]> {
    for (let id = 0; id <= this.highest; id++) {
      const record = this.get(id);
      if (record !== undefined) yield [id, record];
    }
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const [, record] of this.entries()) yield record;
  }
}
