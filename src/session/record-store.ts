import { readAt, Spool } from '../capture/spool.ts';

const FIRST_BUFFER = 1 << 14;
const BUFFER = 1 << 20;
const CACHE = 512;

/**
 * Records that a screen may ask for again, a large capture's hundreds of thousands of them: kept as JSON in a nameless file,
 * 12 bytes each in memory. Keys are whole numbers from 0 without many holes.
 */
export class RecordStore<T> {
  /** Opened when the buffer is full for the first time: few captures need it. */
  private spool: Spool | undefined;
  private buffer: Buffer = Buffer.allocUnsafe(FIRST_BUFFER);
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
    const most = text.length * 3;
    if (this.buffered + most > this.buffer.length) this.widen(most);
    const offset = (this.spool?.size ?? 0) + this.buffered;
    let length: number;
    if (most > BUFFER) {
      const bytes = Buffer.from(text, 'utf8');
      length = bytes.length;
      this.opened.write(bytes, 0, length);
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
    const at = this.offsets[key] - (this.spool?.size ?? 0);
    const bytes =
      at >= 0 ? this.buffer.subarray(at, at + length) : Buffer.from(readAt(this.opened.fd, this.offsets[key], length));
    const record = this.revive(JSON.parse(bytes.toString('utf8')) as T);
    if (this.cache.size >= CACHE) this.cache.delete(this.cache.keys().next().value as number);
    this.cache.set(key, record);
    return record;
  }

  close(): void {
    this.spool?.close();
  }

  private get opened(): Spool {
    this.spool ??= new Spool();
    return this.spool;
  }

  /** Makes room for `more` bytes, or for none where they go to the file themselves. */
  private widen(more: number): void {
    const wanted = this.buffered + more;
    if (wanted <= BUFFER) {
      const wider = Buffer.allocUnsafe(Math.min(BUFFER, Math.max(wanted, this.buffer.length * 4)));
      wider.set(this.buffer.subarray(0, this.buffered));
      this.buffer = wider;
      return;
    }
    this.opened.write(this.buffer, 0, this.buffered);
    this.buffered = 0;
    if (more <= BUFFER && more > this.buffer.length) this.buffer = Buffer.allocUnsafe(BUFFER);
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
