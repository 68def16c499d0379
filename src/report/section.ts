import { readAt, Spool } from '../capture/spool.ts';

const MEMORY = 8 << 20;

/**
 * Records of one section of a report, which come in the order in which they become final and leave in the order of their
 * packets. Past a few megabytes they wait in a temporary file without a name; only an index stays in memory.
 */
export class Section {
  private records: Uint8Array[] = [];
  private size = 0;
  private spool: Spool | undefined;
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
    if (this.spool === undefined) {
      const order = this.orders.map((_, i) => i).sort((a, b) => this.orders[a] - this.orders[b] || a - b);
      order.forEach((i, n) => {
        each(this.records[i], n);
      });
    } else {
      this.drainFile(this.spill(), each);
    }
    this.records = [];
    this.orders = [];
  }

  private drainFile(spool: Spool, each: (record: Uint8Array, n: number) => void): void {
    const rows = Uint32Array.from({ length: this.inFile }, (_, i) => i);
    rows.sort((a, b) => this.index[3 * a] - this.index[3 * b] || a - b);
    for (let n = 0; n < rows.length; n++) {
      const at = 3 * rows[n];
      each(readAt(spool.fd, this.index[at + 1], this.index[at + 2]), n);
    }
    spool.close();
    this.spool = undefined;
  }

  private spill(): Spool {
    this.spool ??= new Spool();
    const { spool } = this;
    const total = this.inFile + this.records.length;
    if (3 * total > this.index.length) {
      const wider = new Float64Array(Math.max(3 * total, this.index.length * 2));
      wider.set(this.index);
      this.index = wider;
    }
    let offset = spool.size;
    for (let i = 0; i < this.records.length; i++) {
      const at = 3 * this.inFile++;
      this.index[at] = this.orders[i];
      this.index[at + 1] = offset;
      this.index[at + 2] = this.records[i].length;
      offset += this.records[i].length;
    }
    const bytes = Buffer.concat(this.records);
    spool.write(bytes, 0, bytes.length);
    if (spool.failure !== undefined) throw new Error(`the report's temporary file cannot be written: ${spool.failure}`);
    this.records = [];
    this.orders = [];
    this.size = 0;
    return spool;
  }
}
