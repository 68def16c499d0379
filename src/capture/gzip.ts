import { createGunzip, type Gunzip } from 'node:zlib';
import type { Failure, Supply } from './input.ts';
import { ByteQueue } from './stream.ts';

/**
 * Compressed bytes handed over at once. zlib keeps back what a piece gave when it finds an error in it, so pieces begin small and
 * grow with what went before: garbled data costs a small part of what is good, and large files still go in large pieces. A piece
 * becomes 1032 times as many bytes at most, which bounds what waits in memory.
 */
const LEAST_PIECE = 64;
const MOST_PIECE = 32 << 10;
const PIECE_PART = 64;
/** Room for what comes out in one go; an error also costs what is in there. */
const OUTPUT_BYTES = 64 << 10;

const GZIP_MAGIC = [0x1f, 0x8b];

export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === GZIP_MAGIC[0] && bytes[1] === GZIP_MAGIC[1];
}

/** Decompresses another supply, several members one after the other included (RFC 1952, section 2.2). */
export class GzipSupply implements Supply {
  failure: Failure | undefined;
  readonly #source: Supply;
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  readonly #queue = new ByteQueue();
  readonly #piece = new Uint8Array(MOST_PIECE);
  /** Bytes read of the source before it was known to be gzip. */
  #head: Uint8Array;
  #ended = false;
  #given = 0;
  #wake: (() => void) | undefined;

  constructor(source: Supply, head: Uint8Array) {
    this.#source = source;
    this.#head = head;
    // The stream flows all the time; what bounds it is that it gets one piece only when the queue is empty.
    this.#gunzip.on('data', (bytes: Uint8Array) => this.#queue.push(bytes));
    this.#gunzip.on('end', () => this.#stop());
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => this.#fail(error));
  }

  get position(): number {
    return this.#source.position;
  }

  read(buffer: Uint8Array, at: number, limit: number): number | Promise<number> {
    return this.#queue.length > 0 ? this.#take(buffer, at, limit) : this.#wait(buffer, at, limit);
  }

  async #wait(buffer: Uint8Array, at: number, limit: number): Promise<number> {
    while (this.#queue.length === 0 && !this.#ended) await this.#step();
    return this.#take(buffer, at, limit);
  }

  #take(buffer: Uint8Array, at: number, limit: number): number {
    const count = this.#queue.take(buffer, at, limit);
    this.#given += count;
    return count;
  }

  async #step(): Promise<void> {
    const piece = await this.#compressed();
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (piece.length > 0) this.#gunzip.write(piece, () => resolve());
      else this.#gunzip.end();
    });
  }

  async #compressed(): Promise<Uint8Array> {
    const head = this.#head;
    if (head.length > 0) {
      this.#head = head.subarray(0, 0);
      return head;
    }
    const wanted = Math.min(MOST_PIECE, Math.max(LEAST_PIECE, Math.floor(this.#source.position / PIECE_PART)));
    const count = await this.#source.read(this.#piece, 0, wanted);
    return this.#piece.subarray(0, count);
  }

  #fail(error: NodeJS.ErrnoException): void {
    const done = this.#given + this.#queue.length;
    if (this.#source.failure !== undefined) {
      this.failure = this.#source.failure;
    } else if (error.code === 'Z_BUF_ERROR') {
      this.failure = {
        code: 'truncated-file',
        en: `gzip data cut off, ${done} bytes decompressed`,
        ko: `gzip 데이터가 끊김, ${done}바이트까지 풂`,
      };
    } else {
      this.failure = {
        code: 'bad-gzip',
        en: `gzip data garbled (${error.message}), ${done} bytes decompressed before`,
        ko: `${error.message}, 그 앞까지 ${done}바이트를 풂`,
      };
    }
    this.#stop();
  }

  #stop(): void {
    this.#ended = true;
    this.#wake?.();
  }

  close(): void {
    this.#stop();
    this.#gunzip.destroy();
    this.#source.close();
  }
}
