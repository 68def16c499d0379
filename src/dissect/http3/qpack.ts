import type { FieldSink } from '../http2/hpack.ts';
import {
  type Budget,
  costOf,
  ENTRY_COST,
  type Entry,
  FieldTable,
  GONE,
  lengthOf,
  shown,
  TABLE_LIMIT,
} from '../http2/field-table.ts';
import { BAD, last, readNumber } from '../http2/primitives.ts';
import { Instruction, Line, LineForm, readInstruction, readLine } from './field-lines.ts';
import { QPACK_STATIC_COUNT, QPACK_STATIC_NAMES, QPACK_STATIC_VALUES } from './static-table.ts';

/** Of an instruction in pieces so much is kept. */
const INSTRUCTION_LIMIT = 64 * 1024;

const NOTHING = new Uint8Array(0);
const line = new Line();

/** What `decode` returns: the section was read; it is none; or it needs an entry that has not come yet. */
export const Section = { read: 0, bad: 1, blocked: 2 } as const;

/**
 * Reads the field sections of one direction with the table that its encoder stream fills (RFC 9204). Where a part of that stream
 * was not seen, the table is not known any more: fields that refer to it are unknown, never wrong.
 */
export class QpackDecoder {
  /** Inserts of the encoder, all of them; means nothing once some were not seen. */
  inserted = 0;
  /** A part of the encoder stream was not seen. */
  lost = false;
  private readonly table: FieldTable;
  private capacity = 0;
  /** SETTINGS_QPACK_MAX_TABLE_CAPACITY of the other side; -1 not seen. */
  private most = -1;
  private carry: Uint8Array = NOTHING;
  private readonly wants: (name: string) => boolean;

  constructor(wants: (name: string) => boolean, budget?: Budget) {
    this.wants = wants;
    this.table = new FieldTable(budget);
  }

  get count(): number {
    return this.table.count;
  }

  /** As RFC 9204 §3.2.1 counts. */
  get tableSize(): number {
    return this.table.size;
  }

  /** What the other side allows. */
  allow(capacity: number): void {
    this.most = capacity;
  }

  lose(): void {
    this.table.evict(0);
    this.lost = true;
    this.carry = NOTHING;
  }

  /** Gives back what it holds. */
  end(): void {
    this.table.evict(0);
    this.carry = NOTHING;
  }

  /** The next bytes of the encoder stream; `each` is told where instructions end. False: what cannot be was in them. */
  instructions(
    bytes: Uint8Array,
    at: number,
    end: number,
    each?: (from: number, to: number, whole: Uint8Array) => void,
  ): boolean {
    if (this.lost) return true;
    const carried = this.carry.length;
    const whole = carried === 0 ? bytes : Buffer.concat([this.carry, bytes.subarray(at, end)]);
    const stop = carried === 0 ? end : whole.length;
    let i = carried === 0 ? at : 0;
    this.carry = NOTHING;
    while (i < stop) {
      const next = readInstruction(line, whole, i, stop);
      if (next === BAD) break;
      if (!this.take(whole)) {
        this.lose();
        return false;
      }
      each?.(i, next, whole);
      i = next;
    }
    if (i < stop) this.carry = whole.slice(i, stop);
    if (this.carry.length <= INSTRUCTION_LIMIT) return true;
    this.lose();
    return false;
  }

  /** Reads a whole field section (RFC 9204 §4.5). `force`: without the entries that have not come. */
  decode(bytes: Uint8Array, at: number, end: number, sink: FieldSink, force = false): number {
    const [required, base, first] = this.prefix(bytes, at, end);
    if (first === BAD) return Section.bad;
    if (required > this.inserted && !this.lost && !force) return Section.blocked;
    for (let i = first; i < end; ) {
      i = readLine(line, bytes, i, end);
      if (i === BAD || !this.field(line, bytes, base, sink)) return Section.bad;
    }
    return Section.read;
  }

  /** Does a section have to wait? */
  blocks(bytes: Uint8Array, at: number, end: number): boolean {
    const [required, , first] = this.prefix(bytes, at, end);
    return first !== BAD && required > this.inserted && !this.lost;
  }

  /** Required Insert Count, Base, and where the field lines begin (RFC 9204 §4.5.1). */
  prefix(bytes: Uint8Array, at: number, end: number): [required: number, base: number, first: number] {
    let i = readNumber(bytes, at, end, 8);
    if (i === BAD || i >= end) return [0, 0, BAD];
    const required = this.required(last.number);
    const negative = (bytes[i] & 0x80) !== 0;
    i = readNumber(bytes, i, end, 7);
    if (i === BAD || Number.isNaN(required)) return [0, Number.NaN, i];
    return [required, negative ? required - last.number - 1 : required + last.number, i];
  }

  /** One field line of a section with this base; NaN: of entries nothing is known. False: a string that is none. */
  field(l: Line, bytes: Uint8Array, base: number, sink: FieldSink): boolean {
    const { form } = l;
    const indexed = form === LineForm.indexed || form === LineForm.indexedPostBase;
    let name: string | undefined;
    let nameBytes = -1;
    if (form === LineForm.literal) {
      nameBytes = lengthOf(bytes, l.nameAt, l.nameEnd, l.nameHuffman);
      if (nameBytes < 0) return false;
      name = shown(bytes, l.nameAt, l.nameEnd, l.nameHuffman, nameBytes);
    } else if (l.isStatic) {
      if (l.index >= QPACK_STATIC_COUNT) return false;
      name = QPACK_STATIC_NAMES[l.index];
      nameBytes = name.length;
      const value = QPACK_STATIC_VALUES[l.index];
      if (indexed) {
        sink.field(name, value, nameBytes, value.length);
        return true;
      }
    } else {
      const absolute = form === LineForm.indexedPostBase || form === LineForm.namePostBase ? base + l.index : base - l.index - 1;
      const entry = this.entry(absolute);
      if (indexed) {
        if (entry === undefined) sink.field(undefined, undefined, -1, -1);
        else sink.field(entry.name, entry.value, entry.nameBytes, entry.valueBytes);
        return true;
      }
      if (entry !== undefined) ({ name, nameBytes } = entry);
    }
    const valueBytes = lengthOf(bytes, l.valueAt, l.valueEnd, l.valueHuffman);
    if (valueBytes < 0) return false;
    const wanted = name !== undefined && this.wants(name);
    const value = wanted ? shown(bytes, l.valueAt, l.valueEnd, l.valueHuffman, valueBytes) : undefined;
    sink.field(name, value, nameBytes, valueBytes);
    return true;
  }

  /** Of the encoded one (RFC 9204 §4.5.1.1); NaN where it cannot be told. */
  private required(encoded: number): number {
    if (encoded === 0) return 0;
    if (this.lost) return Number.NaN;
    const most = Math.floor(this.most / ENTRY_COST);
    // Without the other side's settings only so long as the number cannot have begun anew.
    if (this.most < 0) return this.inserted <= Math.floor(this.capacity / ENTRY_COST) ? encoded - 1 : Number.NaN;
    if (most === 0 || encoded > 2 * most) return Number.NaN;
    const highest = this.inserted + most;
    const wrapped = Math.floor(highest / (2 * most)) * 2 * most;
    let required = wrapped + encoded - 1;
    if (required > highest) required -= 2 * most;
    return required <= 0 ? Number.NaN : required;
  }

  /** By absolute index. */
  private entry(absolute: number): Entry | undefined {
    return this.lost || !(absolute < this.inserted) ? undefined : this.table.newest(this.inserted - absolute);
  }

  /** The instruction at hand. */
  private take(bytes: Uint8Array): boolean {
    const { form, index } = line;
    if (form === Instruction.capacity) {
      this.capacity = Math.min(index, TABLE_LIMIT);
      this.table.evict(this.capacity);
      return true;
    }
    if (form === Instruction.duplicate) return this.insert({ ...(this.entry(this.inserted - index - 1) ?? GONE) });
    let name: string | undefined;
    let nameBytes = -1;
    if (form === Instruction.literalName) {
      nameBytes = lengthOf(bytes, line.nameAt, line.nameEnd, line.nameHuffman);
      if (nameBytes < 0) return false;
      name = shown(bytes, line.nameAt, line.nameEnd, line.nameHuffman, nameBytes);
    } else if (line.isStatic) {
      if (index >= QPACK_STATIC_COUNT) return false;
      name = QPACK_STATIC_NAMES[index];
      nameBytes = name.length;
    } else {
      const entry = this.entry(this.inserted - index - 1);
      if (entry !== undefined) ({ name, nameBytes } = entry);
    }
    const valueBytes = lengthOf(bytes, line.valueAt, line.valueEnd, line.valueHuffman);
    if (valueBytes < 0) return false;
    const wanted = name !== undefined && this.wants(name);
    const value = wanted ? shown(bytes, line.valueAt, line.valueEnd, line.valueHuffman, valueBytes) : undefined;
    return this.insert({ name, value, nameBytes, valueBytes });
  }

  private insert(entry: Entry): boolean {
    const cost = costOf(entry);
    this.table.evict(this.capacity - cost);
    this.inserted++;
    // A table larger than what is kept, or no room: entries are numbered on, and this one and those before are not known.
    if (cost > this.capacity || !this.table.push(entry)) this.table.evict(0);
    return true;
  }
}
