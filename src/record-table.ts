import { RecordStore } from './record-store.ts';
import type { Table } from './rules/facts.ts';

/** Records of one kind by id, in order of id where they are walked through. */
export class RecordTable<T> extends RecordStore<T> implements Table<T> {
  count = 0;
  /** The highest id; -1: none. */
  highest = -1;
  /** Where a capture grows: the record as it stands, of what is not final yet. Walking through does not ask for it. */
  ahead: ((key: number) => T | undefined) | undefined;

  /** Told of each record that comes. */
  readonly onSet: ((key: number, record: T) => void)[] = [];

  override set(key: number, record: T): void {
    if (!this.has(key)) this.count++;
    for (const tell of this.onSet) tell(key, record);
    if (key > this.highest) this.highest = key;
    super.set(key, record);
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

/** Which records have something in common, by a text or a number of theirs. */
export class RecordIndex {
  private readonly byKey = new Map<string | number, number[]>();
  private readonly keysOf: (record: unknown) => (string | number)[];

  constructor(keysOf: (record: unknown) => (string | number)[]) {
    this.keysOf = keysOf;
  }

  add(id: number, record: unknown): void {
    for (const key of this.keysOf(record)) {
      const list = this.byKey.get(key);
      if (list === undefined) this.byKey.set(key, [id]);
      else insert(list, id);
    }
  }

  /** In their order. */
  ids(key: string | number): readonly number[] {
    return this.byKey.get(key) ?? [];
  }
}

/** Most come in their order, nearly all of the others soon after. */
function insert(list: number[], id: number): void {
  let at = list.length;
  while (at > 0 && list[at - 1] > id) at--;
  if (list[at - 1] !== id) list.splice(at, 0, id);
}
