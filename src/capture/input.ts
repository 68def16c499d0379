import { closeSync, fstatSync, readSync } from 'node:fs';
import { ANNEX_BYTES, type Words } from './batch.ts';
import type { Spool } from './spool.ts';

/** Bytes asked for at once: smaller pieces cost system calls, larger ones leave the processor's cache. */
export const CHUNK_BYTES = 1 << 20;

/** Why a supply ended before its time. */
export interface Failure extends Words {
  code: string;
}

/** Where bytes come from: a regular file, a stream, a decompressor on top of either. */
export interface Supply {
  /**
   * Puts bytes into `buffer` from `at` up to below `limit` and returns how many: at least one, or 0 at the end. What is there is
   * given at once, without waiting for a full buffer. A system error is thrown.
   */
  read(buffer: Uint8Array, at: number, limit: number): number | Promise<number>;
  /** Set when the end that `read` reported was none. */
  readonly failure?: Failure | undefined;
  /** Bytes of the file taken so far (compressed ones where it is compressed). */
  readonly position: number;
  /** Somebody waits in `read` for nothing: it gives 0. */
  stop?(): void;
  close(): void;
}

/** A regular file: read in place, without a stream's copies and turns of the event loop. Standard input's descriptor stays open. */
export class FileSupply implements Supply {
  position = 0;
  failure: Failure | undefined;
  readonly #fd: number;
  readonly #size: number;

  /** `size`: when it was opened. It may grow; that it shrinks is told. */
  constructor(fd: number, size = 0) {
    this.#fd = fd;
    this.#size = size;
  }

  read(buffer: Uint8Array, at: number, limit: number): number {
    const count = readSync(this.#fd, buffer, at, limit - at, this.position);
    this.position += count;
    if (count === 0) this.#checkEnd();
    return count;
  }

  #checkEnd(): void {
    const now = fstatSync(this.#fd).size;
    const before = Math.max(this.#size, this.position);
    // Files of /proc have no size at all.
    if (this.#size > 0 && now < before)
      this.failure = {
        code: 'file-shrank',
        en: `the file had ${before} bytes and has ${now} now: what was cut off is missing`,
        ko: `${before}바이트였는데 지금은 ${now}바이트입니다. 잘린 부분은 없습니다`,
      };
  }

  close(): void {
    if (this.#fd !== 0) closeSync(this.#fd);
  }
}

/**
 * A window on the capture's bytes: `buffer[start … end)` is there and not consumed. Readers move `start`; `fill` moves what is left
 * to the front and reads behind it, so whatever was handed out of the buffer is void after it.
 */
export class Input {
  buffer: Uint8Array;
  /** Nothing is read at or above; ANNEX_BYTES of the buffer follow. */
  annexAt: number;
  start = 0;
  end = 0;
  /** Offset of `buffer[0]` in the (decompressed) file. */
  base = 0;
  failure: Failure | undefined;
  readonly supply: Supply;
  readonly #spool: Spool | undefined;
  readonly #chunk: number;
  #ended = false;

  /** `head`: what was read of the supply before it came here. */
  constructor(supply: Supply, head: Uint8Array, spool?: Spool, chunk = CHUNK_BYTES) {
    this.supply = supply;
    this.#spool = spool;
    this.#chunk = Math.max(chunk, head.length);
    this.annexAt = this.#chunk;
    this.buffer = new Uint8Array(this.#chunk + ANNEX_BYTES);
    this.buffer.set(head);
    this.end = head.length;
    spool?.write(head, 0, head.length);
  }

  /** Waits until `need` unconsumed bytes are there. False when the supply ends before. */
  async fill(need: number): Promise<boolean> {
    if (this.end - this.start >= need) return true;
    if (this.#ended) return false;
    this.#makeRoom(need);
    const limit = Math.min(this.annexAt, Math.max(need, this.#chunk));
    while (this.end < need) {
      const count = await this.#read(limit);
      if (count === 0) {
        this.#ended = true;
        return false;
      }
      this.#spool?.write(this.buffer, this.end, count);
      this.end += count;
    }
    return true;
  }

  #makeRoom(need: number): void {
    const left = this.end - this.start;
    if (need > this.annexAt) {
      const larger = new Uint8Array(need + this.#chunk + ANNEX_BYTES);
      larger.set(this.buffer.subarray(this.start, this.end));
      this.buffer = larger;
      this.annexAt = need + this.#chunk;
    } else if (this.start > 0) {
      this.buffer.copyWithin(0, this.start, this.end);
    }
    this.base += this.start;
    this.start = 0;
    this.end = left;
  }

  async #read(limit: number): Promise<number> {
    try {
      const count = this.supply.read(this.buffer, this.end, limit);
      const got = typeof count === 'number' ? count : await count;
      if (got === 0) this.failure = this.supply.failure;
      return got;
    } catch (error) {
      const why = (error as Error).message;
      const at = this.base + this.end;
      this.failure = { code: 'read-error', en: `reading stopped at ${at}: ${why}`, ko: `위치 ${at}에서 읽기를 멈춤: ${why}` };
      return 0;
    }
  }

  /** What has come is all there is. */
  stop(): void {
    this.#ended = true;
    this.supply.stop?.();
  }

  close(): void {
    this.#ended = true;
    this.supply.close();
    this.#spool?.close();
  }
}
