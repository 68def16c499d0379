import { VALUE_LIMIT, valueText } from '../http/value.ts';
import { huffman } from './huffman.ts';
import { BAD, last, readNumber, readString } from './primitives.ts';
import { STATIC_COUNT, STATIC_NAMES, STATIC_VALUES } from './static-table.ts';

export { BAD } from './primitives.ts';

/** How a field is represented (RFC 7541 §6); `update` changes the table's size and is no field. */
export const Form = { indexed: 0, incremental: 1, without: 2, never: 3, update: 4 } as const;

/** One representation as it stands in a header block: index (or the table's new size), and where its strings lie. */
export class Representation {
  form: number = Form.indexed;
  index = 0;
  nameAt = 0;
  nameEnd = 0;
  nameHuffman = false;
  valueAt = 0;
  valueEnd = 0;
  valueHuffman = false;
}

/** Reads one representation; returns the offset behind it, or `BAD`. */
export function readRepresentation(r: Representation, bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  const bits = first >= 0x80 ? 7 : first >= 0x40 ? 6 : first >= 0x20 ? 5 : 4;
  r.form =
    bits === 7
      ? Form.indexed
      : bits === 6
        ? Form.incremental
        : bits === 5
          ? Form.update
          : first < 0x10
            ? Form.without
            : Form.never;
  let next = readNumber(bytes, at, end, bits);
  if (next === BAD) return BAD;
  r.index = last.number;
  r.nameAt = r.nameEnd = r.valueAt = r.valueEnd = next;
  if (r.form === Form.indexed) return last.number === 0 ? BAD : next;
  if (r.form === Form.update) return next;
  if (r.index === 0) {
    next = readString(bytes, next, end);
    if (next === BAD) return BAD;
    r.nameAt = last.at;
    r.nameEnd = next;
    r.nameHuffman = last.huffman;
  }
  next = readString(bytes, next, end);
  if (next === BAD) return BAD;
  r.valueAt = last.at;
  r.valueEnd = next;
  r.valueHuffman = last.huffman;
  return next;
}

/** The size of an empty table where nothing else was agreed (RFC 9113 §6.5.2), and an entry's cost beside its bytes (§4.1). */
export const DEFAULT_TABLE_SIZE = 4096;
const ENTRY_COST = 32;
/** Of a larger table only so much is kept; what lies behind it counts as not seen. */
export const TABLE_LIMIT = 128 * 1024;

interface Entry {
  /** Undefined: taken from an entry that was not seen. */
  name: string | undefined;
  /** Undefined: not kept, because nobody asked for it. */
  value: string | undefined;
  nameBytes: number;
  valueBytes: number;
}

/** Bytes that all tables together may hold; whoever asks is told whether there is room. */
interface Budget {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** Gets the fields of a block in their order. `nameBytes` below 0: the entry was not seen, nothing is known of it. */
export interface FieldSink {
  field(name: string | undefined, value: string | undefined, nameBytes: number, valueBytes: number): void;
}

// Used up within one call, so one does for all decoders. A value may be longer than what is shown of it.
const representation = new Representation();
const scratch = new Uint8Array(VALUE_LIMIT + 4);

/**
 * Reads the header blocks of one direction (RFC 7541). Where the capture did not see the table from its start, or lost a block,
 * entries before that are not known; the newer ones are, because indexes count from the newest.
 */
export class HpackDecoder {
  /** Every entry since the table was empty was seen. */
  whole = true;
  /** Entries, the oldest first; those before `from` are gone. */
  private entries: Entry[] = NONE;
  private from = 0;
  private size = 0;
  private most = DEFAULT_TABLE_SIZE;
  private updated = false;
  private readonly wants: (name: string) => boolean;
  private readonly budget: Budget | undefined;

  /** `wants`: names whose values are of interest; those of others are only measured. */
  constructor(wants: (name: string) => boolean, budget?: Budget) {
    this.wants = wants;
    this.budget = budget;
  }

  get count(): number {
    return this.entries.length - this.from;
  }

  /** As RFC 7541 §4.1 counts. */
  get tableSize(): number {
    return this.size;
  }

  /** SETTINGS_HEADER_TABLE_SIZE of the receiver. Some senders use a larger table without a word of it in their blocks. */
  allow(size: number): void {
    if (!this.updated && size > this.most) this.most = Math.min(size, TABLE_LIMIT);
  }

  /** Something was not seen: nothing that is in the table now can be told by its index any more. */
  lose(): void {
    this.evict(0);
    this.whole = false;
  }

  /** Gives back what it holds. */
  end(): void {
    this.evict(0);
  }

  /** Reads a whole block. False where it is no header block: what follows is not known. */
  decode(bytes: Uint8Array, at: number, end: number, sink: FieldSink): boolean {
    const r = representation;
    for (let i = at; i < end; ) {
      i = readRepresentation(r, bytes, i, end);
      if (i === BAD || !this.take(r, bytes, sink)) {
        this.lose();
        return false;
      }
    }
    return true;
  }

  /** One representation. False: an index that cannot be, a string that is none. */
  take(r: Representation, bytes: Uint8Array, sink: FieldSink): boolean {
    if (r.form === Form.update) {
      this.updated = true;
      this.most = Math.min(r.index, TABLE_LIMIT);
      if (r.index > TABLE_LIMIT) this.whole = false;
      this.evict(this.most);
      return true;
    }
    let name: string | undefined;
    let nameBytes = -1;
    if (r.index === 0) {
      nameBytes = this.read(bytes, r.nameAt, r.nameEnd, r.nameHuffman);
      if (nameBytes < 0) return false;
      name = shown(bytes, r.nameAt, r.nameEnd, r.nameHuffman, nameBytes);
    } else if (r.index <= STATIC_COUNT) {
      name = STATIC_NAMES[r.index];
      nameBytes = name.length;
      if (r.form === Form.indexed) {
        const value = STATIC_VALUES[r.index];
        sink.field(name, value, nameBytes, value.length);
        return true;
      }
    } else {
      const entry = this.entries[this.entries.length - (r.index - STATIC_COUNT)];
      const known = entry !== undefined && r.index - STATIC_COUNT <= this.count;
      if (!known && this.whole) return false;
      if (r.form === Form.indexed) {
        if (known) sink.field(entry.name, entry.value, entry.nameBytes, entry.valueBytes);
        else sink.field(undefined, undefined, -1, -1);
        return true;
      }
      if (known) {
        name = entry.name;
        nameBytes = entry.nameBytes;
      }
    }
    const wanted = name !== undefined && this.wants(name);
    const valueBytes = this.read(bytes, r.valueAt, r.valueEnd, r.valueHuffman);
    if (valueBytes < 0) return false;
    const value = wanted ? shown(bytes, r.valueAt, r.valueEnd, r.valueHuffman, valueBytes) : undefined;
    sink.field(name, value, nameBytes, valueBytes);
    if (r.form === Form.incremental) this.insert({ name, value, nameBytes, valueBytes });
    return true;
  }

  /** The string's length in clear, below 0 where it is none; a coded one is left in `scratch`. */
  private read(bytes: Uint8Array, at: number, end: number, coded: boolean): number {
    return coded ? huffman(bytes, at, end, scratch) : end - at;
  }

  private insert(entry: Entry): void {
    const cost = costOf(entry);
    this.evict(this.most - cost);
    // A field larger than the table empties it (RFC 7541 §4.4).
    if (cost > this.most) return;
    if (this.budget?.take(cost) === false) {
      this.lose();
      return;
    }
    if (this.entries === NONE) this.entries = [];
    this.entries.push(entry);
    this.size += cost;
  }

  /** The oldest go until no more than `size` is left. */
  private evict(size: number): void {
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

/** Most tables stay empty. */
const NONE: Entry[] = [];
const GONE: Entry = { name: undefined, value: undefined, nameBytes: 0, valueBytes: 0 };
const costOf = (entry: Entry): number => ENTRY_COST + Math.max(0, entry.nameBytes) + entry.valueBytes;

function shown(bytes: Uint8Array, at: number, end: number, coded: boolean, length: number): string {
  return coded ? valueText(scratch, 0, Math.min(length, scratch.length)) : valueText(bytes, at, end);
}
