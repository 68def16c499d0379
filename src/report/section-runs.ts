import { readSync } from 'node:fs';

/** Bytes before each record: its order key as a double, its length. */
export const HEAD = 12;

/** Where a record lies. */
export interface Entry {
  order: number;
  at: number;
  length: number;
}

/** Buffers of all runs together, and the least that is read at once. */
const BUFFERS = 16 << 20;
const LEAST = 1 << 12;
const MOST = 1 << 18;

/** One sorted run of the file, read forward. */
class Run {
  /** Key of the record at hand. */
  order = 0;
  readonly number: number;
  private readonly fd: number;
  private offset: number;
  private readonly stop: number;
  private bytes: Uint8Array;
  private view: DataView;
  private at = 0;
  private end = 0;
  private length = 0;

  constructor(fd: number, number: number, from: number, to: number, size: number) {
    this.fd = fd;
    this.number = number;
    this.offset = from;
    this.stop = to;
    this.bytes = new Uint8Array(Math.min(size, to - from));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Goes to the next record; false where there is none. */
  next(): boolean {
    this.at += this.length;
    this.length = 0;
    if (this.end - this.at < HEAD && !this.fill(HEAD)) return false;
    this.order = this.view.getFloat64(this.at, true);
    const length = this.view.getUint32(this.at + 8, true);
    if (this.end - this.at < HEAD + length) this.fill(HEAD + length);
    this.at += HEAD;
    this.length = length;
    return true;
  }

  get record(): Uint8Array {
    return this.bytes.subarray(this.at, this.at + this.length);
  }

  /** Reads on until at least `least` bytes are there; false at the end of the run. */
  private fill(least: number): boolean {
    const rest = this.bytes.subarray(this.at, this.end);
    if (least > this.bytes.length) {
      this.bytes = new Uint8Array(least);
      this.view = new DataView(this.bytes.buffer);
    }
    this.bytes.set(rest);
    this.end = rest.length;
    this.at = 0;
    while (this.end < least) {
      const wanted = Math.min(this.bytes.length - this.end, this.stop - this.offset);
      const count = wanted === 0 ? 0 : readSync(this.fd, this.bytes, this.end, wanted, this.offset);
      if (count === 0) {
        if (this.offset < this.stop) throw new Error(`the report's temporary file ends at ${this.offset} of ${this.stop} bytes`);
        return false;
      }
      this.end += count;
      this.offset += count;
    }
    return true;
  }
}

const before = (a: Run, b: Run): boolean => a.order < b.order || (a.order === b.order && a.number < b.number);

/** Gives the records of all runs by their keys, those of one key by their runs. `edges`: where each run begins, and the end. */
export function merged(fd: number, edges: number[], each: (record: Uint8Array) => void): void {
  const size = Math.min(MOST, Math.max(LEAST, Math.floor(BUFFERS / edges.length)));
  const heap: Run[] = [];
  for (let i = 1; i < edges.length; i++) {
    const run = new Run(fd, i, edges[i - 1], edges[i], size);
    if (run.next()) heap.push(run);
  }
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i);
  while (heap.length > 0) {
    const first = heap[0];
    each(first.record);
    if (!first.next()) {
      const last = heap.pop() as Run;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    sink(heap, 0);
  }
}

function sink(heap: Run[], from: number): void {
  const run = heap[from];
  let i = from;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], run)) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = run;
}
