import { Spool } from '../capture/spool.ts';
import { type Entry, HEAD, merged } from './section-runs.ts';

/** Bytes of records in memory before they go to the file. */
const MEMORY = 4 << 20;
const LEAST = 1 << 16;

/**
 * Records of one section of a report, which come in the order in which they become final and leave in the order of their
 * packets. Past a few megabytes they wait in a temporary file without a name, in sorted runs that are merged when they leave:
 * what is in memory does not grow with their number.
 */
export class Section {
  /** Order key (a double), length, record, and so on. */
  private bytes = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);
  private used = 0;
  private count = 0;
  private sorted = true;
  private last = Number.NEGATIVE_INFINITY;
  private spool: Spool | undefined;
  /** Where the runs in the file begin, and where the last one ends. */
  private readonly edges = [0];
  private readonly memory: number;

  constructor(memory = MEMORY) {
    this.memory = memory;
  }

  /** The record is copied. Records of one key leave in the order in which they came. */
  add(order: number, record: Uint8Array): void {
    const size = HEAD + record.length;
    if (this.used + size > this.memory && this.count > 0) this.spill();
    if (this.used + size > this.bytes.length) this.widen(size);
    this.view.setFloat64(this.used, order, true);
    this.view.setUint32(this.used + 8, record.length, true);
    this.bytes.set(record, this.used + HEAD);
    this.used += size;
    this.count++;
    if (order < this.last) this.sorted = false;
    this.last = order;
  }

  /** Gives every record in order, and lets them go. A record is valid during the call. */
  drain(each: (record: Uint8Array, n: number) => void): void {
    let n = 0;
    if (this.spool === undefined) for (const { at, length } of this.inOrder()) each(this.bytes.subarray(at, at + length), n++);
    else {
      this.spill();
      merged(this.spool.fd, this.edges, (record) => each(record, n++));
      this.spool.close();
      this.spool = undefined;
      this.edges.length = 1;
    }
    this.empty();
    this.bytes = new Uint8Array(0);
  }

  private widen(size: number): void {
    const wider = new Uint8Array(Math.max(this.used + size, Math.min(this.memory, Math.max(LEAST, 2 * this.bytes.length))));
    wider.set(this.bytes.subarray(0, this.used));
    this.bytes = wider;
    this.view = new DataView(wider.buffer);
  }

  private inOrder(): Entry[] {
    const entries: Entry[] = [];
    for (let at = HEAD; at <= this.used; ) {
      const length = this.view.getUint32(at - 4, true);
      entries.push({ order: this.view.getFloat64(at - HEAD, true), at, length });
      at += length + HEAD;
    }
    return this.sorted ? entries : entries.sort((a, b) => a.order - b.order || a.at - b.at);
  }

  private spill(): void {
    this.spool ??= new Spool();
    let run = this.bytes;
    if (!this.sorted) {
      run = new Uint8Array(this.used);
      let to = 0;
      for (const { at, length } of this.inOrder()) {
        run.set(this.bytes.subarray(at - HEAD, at + length), to);
        to += HEAD + length;
      }
    }
    this.spool.write(run, 0, this.used);
    if (this.spool.failure !== undefined) throw new Error(`the report's temporary file cannot be written: ${this.spool.failure}`);
    this.edges.push(this.spool.size);
    this.empty();
  }

  private empty(): void {
    this.used = 0;
    this.count = 0;
    this.sorted = true;
    this.last = Number.NEGATIVE_INFINITY;
  }
}
