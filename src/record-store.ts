import { readAt, Spool } from './capture/spool.ts';

const BUFFER = 1 << 20;
const CACHE = 512;

/**
 * Records that a screen may ask for again, a large capture's hundreds of thousands of them: kept as JSON in a nameless file,
 * 12 bytes each in memory. Keys are whole numbers from 0 without many holes.
 */
export class RecordStore<T> {
  private readonly spool = new Spool();
  private readonly buffer = Buffer.allocUnsafe(BUFFER);
  private buffered = 0;
  private offsets = new Float64Array(1024);
  private lengths = new Uint32Array(1024);
  private readonly cache = new Map<number, T>();
  private readonly revive: (plain: T) => T;

  /** `revive` gives a record back what JSON cannot hold. */
  constructor(revive: (plain: T) => T = (plain) => plain) {
    this.revive = revive;
  }

  set(key: number, record: T): void {
    while (key >= this.offsets.length) this.grow();
    const text = JSON.stringify(record);
    // A character is three bytes at most.
    if (this.buffered + text.length * 3 > BUFFER) this.flush();
    const offset = this.spool.size + this.buffered;
    let length: number;
    if (text.length * 3 > BUFFER) {
      const bytes = Buffer.from(text, 'utf8');
      length = bytes.length;
      this.spool.write(bytes, 0, length);
    } else {
      length = this.buffer.write(text, this.buffered, 'utf8');
      this.buffered += length;
    }
    this.offsets[key] = offset;
    this.lengths[key] = length;
    this.cache.delete(key);
  }

  has(key: number): boolean {
    return key < this.lengths.length && this.lengths[key] > 0;
  }

  get(key: number): T | undefined {
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const length = key < this.lengths.length ? this.lengths[key] : 0;
    if (length === 0 || length === undefined) return undefined;
    const at = this.offsets[key] - this.spool.size;
    const bytes = at >= 0 ? this.buffer.subarray(at, at + length) : Buffer.from(readAt(this.spool.fd, this.offsets[key], length));
    const record = this.revive(JSON.parse(bytes.toString('utf8')) as T);
    if (this.cache.size >= CACHE) this.cache.delete(this.cache.keys().next().value as number);
    this.cache.set(key, record);
    return record;
  }

  close(): void {
    this.spool.close();
  }

  private flush(): void {
    this.spool.write(this.buffer, 0, this.buffered);
    this.buffered = 0;
  }

  private grow(): void {
    const offsets = new Float64Array(this.offsets.length * 2);
    offsets.set(this.offsets);
    this.offsets = offsets;
    const lengths = new Uint32Array(this.lengths.length * 2);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }
}
