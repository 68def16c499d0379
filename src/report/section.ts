import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = 8 << 20;
const COPY = 1 << 20;

/**
 * Records of one section of a report, which come in the order in which they become final and leave in the order of
 * their packets. Past a few megabytes they wait in a temporary file without a name; only an index stays in memory.
 */
export class Section {
  private texts: string[] = [];
  private size = 0;
  private fd = -1;
  private written = 0;
  /** Order key, offset and length of the records in the file. */
  private index = new Float64Array(3 * 1024);
  private inFile = 0;
  private orders: number[] = [];

  add(order: number, text: string): void {
    this.texts.push(text);
    this.orders.push(order);
    this.size += text.length;
    if (this.size > MEMORY) this.spill();
  }

  /** Gives every record in order, and lets them go. */
  drain(each: (text: string, n: number) => void): void {
    if (this.inFile === 0) {
      const order = this.texts.map((_, i) => i).sort((a, b) => this.orders[a] - this.orders[b] || a - b);
      order.forEach((i, n) => {
        each(this.texts[i], n);
      });
    } else {
      this.spill();
      this.drainFile(each);
    }
    this.texts = [];
    this.orders = [];
  }

  private drainFile(each: (text: string, n: number) => void): void {
    const rows = Uint32Array.from({ length: this.inFile }, (_, i) => i);
    rows.sort((a, b) => this.index[3 * a] - this.index[3 * b] || a - b);
    let buffer = Buffer.allocUnsafe(COPY);
    for (let n = 0; n < rows.length; n++) {
      const offset = this.index[3 * rows[n] + 1];
      const length = this.index[3 * rows[n] + 2];
      if (length > buffer.length) buffer = Buffer.allocUnsafe(length);
      readSync(this.fd, buffer, 0, length, offset);
      each(buffer.toString('utf8', 0, length), n);
    }
    closeSync(this.fd);
    this.fd = -1;
  }

  private spill(): void {
    if (this.fd < 0) this.fd = nameless();
    const pieces = Buffer.from(this.texts.join(''), 'utf8');
    let offset = this.written;
    for (let i = 0; i < this.texts.length; i++) {
      const length = Buffer.byteLength(this.texts[i], 'utf8');
      if (3 * this.inFile + 3 > this.index.length) {
        const wider = new Float64Array(this.index.length * 2);
        wider.set(this.index);
        this.index = wider;
      }
      this.index.set([this.orders[i], offset, length], 3 * this.inFile++);
      offset += length;
    }
    for (let at = 0; at < pieces.length; ) at += writeSync(this.fd, pieces, at, pieces.length - at, this.written + at);
    this.written += pieces.length;
    this.texts = [];
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
