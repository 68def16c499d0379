import { readAt, Spool } from '../capture/spool.ts';
import { type Form, Packing, plain } from './packing.ts';

const FIRST_BUFFER = 1 << 14;
const BUFFER = 1 << 20;
/** A record that does not fit makes the buffer grow; with this much left over that is rare. */
const SPARE = 1 << 14;
const CACHE = 512;

/**
 * Records that a screen may ask for again, a large capture's hundreds of thousands of them: kept as bytes in a nameless file,
 * 12 bytes each in memory. Keys are whole numbers from 0 without many holes.
 */
export class RecordStore<T> {
  /** Opened when the buffer is full for the first time: few captures need it. */
  private spool: Spool | undefined;
  private readonly packing = new Packing(FIRST_BUFFER);
  private offsets = new Float64Array(1024);
  private lengths = new Uint32Array(1024);
  private readonly cache = new Map<number, T>();
  private readonly form: Form<T>;

  constructor(form: Form<T> = plain()) {
    this.form = form;
  }

  set(key: number, record: T): void {
    while (key >= this.offsets.length) this.grow();
    const { packing } = this;
    const begin = packing.at;
    this.form.put(packing, record);
    this.offsets[key] = (this.spool?.size ?? 0) + begin;
    this.lengths[key] = packing.at - begin;
    if (this.cache.size > 0) this.cache.delete(key);
    if (packing.at > BUFFER - SPARE) this.flush();
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
    const { packing } = this;
    const from =
      at >= 0 ? packing.take(packing.bytes, at) : packing.take(Buffer.from(readAt(this.opened.fd, this.offsets[key], length)), 0);
    const record = this.form.take(from);
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

  private flush(): void {
    const { packing } = this;
    this.opened.write(packing.bytes, 0, packing.at);
    packing.at = 0;
    if (packing.bytes.length > BUFFER) packing.bytes = Buffer.allocUnsafeSlow(BUFFER);
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
