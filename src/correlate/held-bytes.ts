/** Bytes that unfinished messages of all connections together may hold, where one message alone has a limit of its own. */
export const HELD_MESSAGE_BYTES = 32 << 20;

/** Counts them, and those that found no room. */
export class HeldBytes {
  held = 0;
  refused = 0;
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
}
