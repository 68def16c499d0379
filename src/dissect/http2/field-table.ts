import { VALUE_LIMIT, valueText } from '../http/value.ts';
import { huffman } from './huffman.ts';

/** An entry's cost beside its bytes (RFC 7541 §4.1, RFC 9204 §3.2.1). */
export const ENTRY_COST = 32;
/** Of a larger table only so much is kept; what lies behind it counts as not seen. */
export const TABLE_LIMIT = 128 * 1024;

export interface Entry {
  /** Undefined: taken from an entry that was not seen. */
  name: string | undefined;
  /** Undefined: not kept, because nobody asked for it. */
  value: string | undefined;
  nameBytes: number;
  valueBytes: number;
}

/** Bytes that all tables together may hold; whoever asks is told whether there is room. */
export interface Budget {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** Most tables stay empty. */
const NONE: Entry[] = [];
export const GONE: Entry = { name: undefined, value: undefined, nameBytes: 0, valueBytes: 0 };

export const costOf = (entry: Entry): number => ENTRY_COST + Math.max(0, entry.nameBytes) + entry.valueBytes;

/** The dynamic table of HPACK and QPACK: a queue that forgets its oldest entries. */
export class FieldTable {
  size = 0;
  /** The oldest first; those before `from` are gone. */
  private entries: Entry[] = NONE;
  private from = 0;
  private readonly budget: Budget | undefined;

  constructor(budget: Budget | undefined) {
    this.budget = budget;
  }

  get count(): number {
    return this.entries.length - this.from;
  }

  /** 1: the newest. */
  newest(nth: number): Entry | undefined {
    return nth <= this.count ? this.entries[this.entries.length - nth] : undefined;
  }

  /** False: the budget has no room. */
  push(entry: Entry): boolean {
    const cost = costOf(entry);
    if (this.budget?.take(cost) === false) return false;
    if (this.entries === NONE) this.entries = [];
    this.entries.push(entry);
    this.size += cost;
    return true;
  }

  /** The oldest go until no more than `size` is left. */
  evict(size: number): void {
    while (this.size > size && this.from < this.entries.length) {
      const cost = costOf(this.entries[this.from]);
      this.entries[this.from++] = GONE;
      this.size -= cost;
      this.budget?.give(cost);
    }
    if (this.from > 64 && 2 * this.from > this.entries.length) {
      this.entries.splice(0, this.from);
      this.from = 0;
    }
  }
}

// Used up within one call, so one does for all decoders. A value may be longer than what is shown of it.
const scratch = new Uint8Array(VALUE_LIMIT + 4);

/** A string's length in clear, below 0 where it is none; a coded one is kept for `shown`. */
export const lengthOf = (bytes: Uint8Array, at: number, end: number, coded: boolean): number =>
  coded ? huffman(bytes, at, end, scratch) : end - at;

/** The string of which `lengthOf` was asked last. */
export function shown(bytes: Uint8Array, at: number, end: number, coded: boolean, length: number): string {
  return coded ? valueText(scratch, 0, Math.min(length, scratch.length)) : valueText(bytes, at, end);
}
