import type { Readable } from 'node:stream';
import type { Supply } from './input.ts';

/** A stream is paused while more than this waits to be taken. */
const WAITING_BYTES = 1 << 20;

/** Pieces of bytes in order, taken out in whatever amounts. */
export class ByteQueue {
  readonly #pieces: Uint8Array[] = [];
  #first = 0;
  length = 0;

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  /** Moves bytes to `buffer[at … limit)`; returns how many. */
  take(buffer: Uint8Array, at: number, limit: number): number {
    let to = at;
    while (to < limit && this.#pieces.length > 0) {
      const piece = this.#pieces[0];
      const count = Math.min(piece.length - this.#first, limit - to);
      buffer.set(piece.subarray(this.#first, this.#first + count), to);
      to += count;
      this.#first += count;
      if (this.#first === piece.length) {
        this.#pieces.shift();
        this.#first = 0;
      }
    }
    this.length -= to - at;
    return to - at;
  }
}

/** Standard input, a named pipe, a socket: gives what has come, and waits only when that is nothing. */
export class StreamSupply implements Supply {
  position = 0;
  readonly #stream: Readable;
  readonly #queue = new ByteQueue();
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.on('data', (piece: Uint8Array) => {
      this.#queue.push(piece);
      if (this.#queue.length > WAITING_BYTES) stream.pause();
      this.#wake?.();
    });
    stream.on('error', (error) => this.#end(error));
    stream.on('end', () => this.#end());
    stream.on('close', () => this.#end());
  }

  read(buffer: Uint8Array, at: number, limit: number): number | Promise<number> {
    return this.#queue.length > 0 ? this.#take(buffer, at, limit) : this.#wait(buffer, at, limit);
  }

  async #wait(buffer: Uint8Array, at: number, limit: number): Promise<number> {
    while (this.#queue.length === 0) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return 0;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#take(buffer, at, limit);
  }

  #take(buffer: Uint8Array, at: number, limit: number): number {
    const count = this.#queue.take(buffer, at, limit);
    this.position += count;
    if (this.#queue.length <= WAITING_BYTES && this.#stream.isPaused()) this.#stream.resume();
    return count;
  }

  #end(error?: Error): void {
    this.#error ??= error;
    this.#ended = true;
    this.#wake?.();
  }

  stop(): void {
    this.#end();
  }

  close(): void {
    this.#end();
    this.#stream.destroy();
  }
}
