import { readSync } from 'node:fs';

/** Milliseconds: for a writer to come, for it to end, and between looks. */
const FOR_WRITER = 2000;
const FOR_END = 10_000;
const LOOK = 20;
const MOST_BYTES = 64 << 20;
const PIECE = 64 << 10;

const nobody = new Int32Array(new SharedArrayBuffer(4));
const pause = (): unknown => Atomics.wait(nobody, 0, 0, LOOK);

/** What a pipe gave; `ended`: its writer has closed it. */
export interface Piped {
  bytes: Buffer;
  ended: boolean;
}

/** Reads a pipe, opened without blocking, to its end: a shell's `<(…)` may take its time. Waits seconds at most. */
export function readPipe(fd: number, forWriter = FOR_WRITER, forEnd = FOR_END): Piped {
  const pieces: Buffer[] = [];
  const began = performance.now();
  let total = 0;
  let written = false;
  for (; total < MOST_BYTES; ) {
    const piece = Buffer.alloc(PIECE);
    const count = readOr(fd, piece);
    const waited = performance.now() - began;
    if (count > 0) {
      pieces.push(piece.subarray(0, count));
      total += count;
    } else {
      // The end; or before any byte, nobody who writes yet.
      const ended = count === 0 && (written || total > 0);
      if (ended || waited > (count === 0 ? forWriter : forEnd)) return { bytes: Buffer.concat(pieces), ended: count === 0 };
      pause();
    }
    written ||= count !== 0;
  }
  return { bytes: Buffer.concat(pieces), ended: false };
}

/** -1: somebody writes, and there is nothing yet. */
function readOr(fd: number, piece: Buffer): number {
  try {
    return readSync(fd, piece, 0, piece.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1;
    return 0;
  }
}
