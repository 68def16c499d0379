import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = 8 << 20;
const COPY = 1 << 16;

/**
 * Records of one section of a report, which come in the order in which they become final and leave in the order of their
 * packets. Past a few megabytes they wait in a temporary file without a name; only an index stays in memory.
 */
export class Section {
  private records: Uint8Array[] = [];
  private size = 0;
  private fd = -1;
  private written = 0;
  /** Order key, offset and length of the records in the file. */
  private index = new Float64Array(0);
  private inFile = 0;
  private orders: number[] = [];

  add(order: number, record: Uint8Array): void {
    this.records.push(record);
    this.orders.push(order);
    this.size += record.length;
    if (this.size > MEMORY) this.spill();
  }

  /** Gives every record in order, and lets them go. A record is valid during the call. */
  drain(each: (record: Uint8Array, n: number) => void): void {
    if (this.inFile === 0) {
      const order = this.orders.map((_, i) => i).sort((a, b) => this.orders[a] - this.orders[b] || a - b);
      order.forEach((i, n) => {
        each(this.records[i], n);
      });
    } else {
      this.spill();
      this.drainFile(each);
    }
    this.records = [];
    this.orders = [];
  }

  private drainFile(each: (record: Uint8Array, n: number) => void): void {
    const rows = Uint32Array.from({ length: this.inFile }, (_, i) => i);
    rows.sort((a, b) => this.index[3 * a] - this.index[3 * b] || a - b);
    let buffer = new Uint8Array(COPY);
    for (let n = 0; n < rows.length; n++) {
      const offset = this.index[3 * rows[n] + 1];
      const length = this.index[3 * rows[n] + 2];
      if (length > buffer.length) buffer = new Uint8Array(length);
      readSync(this.fd, buffer, 0, length, offset);
      each(buffer.subarray(0, length), n);
    }
    closeSync(this.fd);
    this.fd = -1;
  }

  private spill(): void {
    if (this.fd < 0) this.fd = nameless();
    const total = this.inFile + this.records.length;
    if (3 * total > this.index.length) {
      const wider = new Float64Array(Math.max(3 * total, this.index.length * 2));
      wider.set(this.index);
      this.index = wider;
    }
    let offset = this.written;
    for (let i = 0; i < this.records.length; i++) {
      const at = 3 * this.inFile++;
      this.index[at] = this.orders[i];
      this.index[at + 1] = offset;
      this.index[at + 2] = this.records[i].length;
      offset += this.records[i].length;
    }
    const bytes = Buffer.concat(this.records);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at, bytes.length - at, this.written + at);
    this.written = offset;
    this.records = [];
    this.orders = [];
    this.size = 0;
  }
}

/** A private temporary file that is gone when the program is. */
function nameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'wirebook-'));
  const fd = openSync(join(folder, 'section'), 'wx+', 0o600);
  rmSync(folder, { recursive: true });
  return fd;
}
