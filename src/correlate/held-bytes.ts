/** Bytes that unfinished messages of all connections together may hold, where one message alone has a limit of its own. */
export const HELD_MESSAGE_BYTES = 32 << 20;

/** Most messages that come in pieces fit in one of these, which go from one connection to the next. */
export const PIECE_BYTES = 4096;
const SPARES = 64;

/** Counts them, and those that found no room. */
export class HeldBytes {
  held = 0;
  refused = 0;
  private readonly spares: Uint8Array[] = [];
  private readonly limit: number;

  constructor(limit = HELD_MESSAGE_BYTES) {
    this.limit = limit;
  }

  /** False: there is no room for so many more. */
  take(bytes: number): boolean {
    if (this.held + bytes > this.limit) {
      this.refused++;
      return false;
    }
    this.held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.held -= bytes;
  }

  /** Room for `bytes` that were taken. What stands in it means nothing. */
  array(bytes: number): Uint8Array {
    return (bytes === PIECE_BYTES ? this.spares.pop() : undefined) ?? new Uint8Array(bytes);
  }

  /** The array is not used any more. */
  recycle(array: Uint8Array): void {
    if (array.length === PIECE_BYTES && this.spares.length < SPARES) this.spares.push(array);
  }
}
