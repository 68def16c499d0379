import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const KEEP_SIZE = 1;
const PUNCH_HOLE = 2;
const STEP = 16 << 20;

/**
 * The spool: a file that grows at its end and, beyond its limit, is emptied from its beginning, so that offsets stay what they
 * are. Where the file system cannot punch holes, writing ends at the limit.
 */
export class Ring {
  /** Bytes written so far; those below `first` are gone. */
  size = 0;
  first = 0;
  /** How much of the last piece was written, where that failed. */
  partly = 0;
  private readonly fd: number;
  private readonly limit: number;

  constructor(fd: number, limit: number) {
    this.fd = fd;
    this.limit = limit;
  }

  write(bytes: Buffer, length: number): void {
    this.partly = 0;
    while (this.partly < length)
      this.partly += writeSync(this.fd, bytes, this.partly, length - this.partly, this.size + this.partly);
    this.size += length;
    if (this.size - this.first > this.limit) this.empty();
  }

  /** Gives the oldest part of the disk back. */
  private empty(): void {
    const first = Math.floor((this.size - this.limit) / STEP + 1) * STEP;
    if (punch(this.fd, PUNCH_HOLE | KEEP_SIZE, this.first, first - this.first) !== 0)
      throw new Error(`the spool has reached its limit of ${this.limit} bytes, and its beginning cannot be given up here`);
    this.first = first;
  }
}

function punch(fd: number, mode: number, from: number, length: number): number {
  if (process.platform !== 'linux') return -1;
  try {
    // Only now: a capture program can do without.
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const call = koffi.load('libc.so.6').func('int fallocate64(int fd, int mode, int64 offset, int64 length)');
    return call(fd, mode, from, length) as number;
  } catch {
    return -1;
  }
}
