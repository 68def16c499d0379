import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import type { DecodedBody } from './chunks.ts';
import { type Frame, zstdFrames } from './zstd-frames.ts';

/**
 * The library decodes what is right; what is wrong it may take for right, and then a block of ten bytes keeps it busy for
 * minutes. So each frame's headers are read here first, and the whole may take this long.
 */
const MOST_MILLISECONDS = 1000;
const SMALLEST = 1 << 16;

/** What stops the library from within its callback. */
const FULL = new Error('the limit is reached');

type Library = typeof import('fzstd');
let library: Library | undefined;

/** The zstd coding (RFC 8878, RFC 9659). Checksums are not looked at: TCP's have been. */
export function unzstd(bytes: Uint8Array, limit: number): DecodedBody {
  library ??= createRequire(import.meta.url)('fzstd') as Library;
  const { Decompress } = library;
  const out = new Output(limit);
  const { frames, problem } = zstdFrames(bytes);
  let told = problem;
  const decode = (): void => {
    for (const frame of frames) {
      const before = out.length;
      new Decompress((block) => out.add(block)).push(closed(bytes, frame), true);
      if (frame.whole && frame.contentSize !== undefined && frame.contentSize !== out.length - before)
        throw new Error(`${out.length - before} bytes instead of ${frame.contentSize}`);
    }
  };
  try {
    runInNewContext('decode()', { decode }, { timeout: MOST_MILLISECONDS });
  } catch (error) {
    const slow = (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    if (error === FULL) told = `larger than ${limit} bytes: only its beginning`;
    else told = slow ? 'zstd takes too long to decode: only its beginning' : 'zstd is damaged';
  }
  return told === undefined ? { bytes: out.bytes, complete: true } : { bytes: out.bytes, complete: false, problem: told };
}

/** The frame with the last of its blocks marked as such, and without checksum: what a cut one lacks is no fault to the library. */
function closed(bytes: Uint8Array, frame: Frame): Uint8Array {
  // A Buffer's own slice would share its memory.
  const copy = new Uint8Array(bytes.subarray(frame.at, frame.blocksEnd));
  copy[4] &= ~4;
  copy[frame.lastBlock - frame.at] |= 1;
  return copy;
}

/** Grows up to the limit. */
class Output {
  length = 0;
  private buffer: Uint8Array;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
    this.buffer = new Uint8Array(Math.min(limit, SMALLEST));
  }

  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  add(block: Uint8Array): void {
    const piece = block.subarray(0, this.limit - this.length);
    const length = this.length + piece.length;
    if (length > this.buffer.length) {
      const larger = new Uint8Array(Math.min(this.limit, Math.max(length, 2 * this.buffer.length)));
      larger.set(this.bytes);
      this.buffer = larger;
    }
    this.buffer.set(piece, this.length);
    this.length = length;
    if (piece.length < block.length) throw FULL;
  }
}
