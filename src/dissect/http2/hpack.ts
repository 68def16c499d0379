import { type Budget, costOf, type Entry, FieldTable, lengthOf, shown, TABLE_LIMIT } from './field-table.ts';
import { BAD, last, readNumber, readString } from './primitives.ts';
import { STATIC_COUNT, STATIC_NAMES, STATIC_VALUES } from './static-table.ts';

export { TABLE_LIMIT } from './field-table.ts';
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

/** The size of an empty table where nothing else was agreed (RFC 9113 §6.5.2). */
export const DEFAULT_TABLE_SIZE = 4096;

/** Gets the fields of a block in their order. `nameBytes` below 0: the entry was not seen, nothing is known of it. */
export interface FieldSink {
  field(name: string | undefined, value: string | undefined, nameBytes: number, valueBytes: number): void;
}

// Used up within one call, so one does for all decoders.
const representation = new Representation();

/**
 * Reads the header blocks of one direction (RFC 7541). Where the capture did not see the table from its start, or lost a block,
 * entries before that are not known; the newer ones are, because indexes count from the newest.
 */
export class HpackDecoder {
  /** Every entry since the table was empty was seen. */
  whole = true;
  private readonly table: FieldTable;
  private most = DEFAULT_TABLE_SIZE;
  private updated = false;
  private readonly wants: (name: string) => boolean;

  /** `wants`: names whose values are of interest; those of others are only measured. */
  constructor(wants: (name: string) => boolean, budget?: Budget) {
    this.wants = wants;
    this.table = new FieldTable(budget);
  }

  get count(): number {
    return this.table.count;
  }

  /** As RFC 7541 §4.1 counts. */
  get tableSize(): number {
    return this.table.size;
  }

  /** SETTINGS_HEADER_TABLE_SIZE of the receiver. Some senders use a larger table without a word of it in their blocks. */
  allow(size: number): void {
    if (!this.updated && size > this.most) this.most = Math.min(size, TABLE_LIMIT);
  }

  /** Something was not seen: nothing that is in the table now can be told by its index any more. */
  lose(): void {
    this.table.evict(0);
    this.whole = false;
  }

  /** Gives back what it holds. */
  end(): void {
    this.table.evict(0);
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
      this.table.evict(this.most);
      return true;
    }
    let name: string | undefined;
    let nameBytes = -1;
    if (r.index === 0) {
      nameBytes = lengthOf(bytes, r.nameAt, r.nameEnd, r.nameHuffman);
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
      const entry = this.table.newest(r.index - STATIC_COUNT);
      if (entry === undefined && this.whole) return false;
      if (r.form === Form.indexed) {
        if (entry !== undefined) sink.field(entry.name, entry.value, entry.nameBytes, entry.valueBytes);
        else sink.field(undefined, undefined, -1, -1);
        return true;
      }
      if (entry !== undefined) {
        name = entry.name;
        nameBytes = entry.nameBytes;
      }
    }
    const wanted = name !== undefined && this.wants(name);
    const valueBytes = lengthOf(bytes, r.valueAt, r.valueEnd, r.valueHuffman);
    if (valueBytes < 0) return false;
    const value = wanted ? shown(bytes, r.valueAt, r.valueEnd, r.valueHuffman, valueBytes) : undefined;
    sink.field(name, value, nameBytes, valueBytes);
    if (r.form === Form.incremental) this.insert({ name, value, nameBytes, valueBytes });
    return true;
  }

  private insert(entry: Entry): void {
    const cost = costOf(entry);
    this.table.evict(this.most - cost);
    // A field larger than the table empties it (RFC 7541 §4.4).
    if (cost > this.most) return;
    if (!this.table.push(entry)) this.lose();
  }
}
