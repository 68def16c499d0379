const NOTHING = new Uint8Array(0);

/** Bytes that come in pieces, joined: time in proportion to them, however small the pieces are. */
export class Pieces {
  private buffer: Uint8Array = NOTHING;
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** What was kept, and these behind it; without a copy where nothing was. What was given before stays as it was. */
  with(piece: Uint8Array): Uint8Array {
    if (this.used === 0) return piece;
    const length = this.used + piece.length;
    if (this.buffer.length < length) {
      const grown = new Uint8Array(2 * length);
      grown.set(this.buffer.subarray(0, this.used));
      this.buffer = grown;
    }
    this.buffer.set(piece, this.used);
    return this.buffer.subarray(0, length);
  }

  /** Keeps what `with` gave, from this place on. */
  keep(whole: Uint8Array, from: number): void {
    if (from === 0 && this.used > 0) {
      this.used = whole.length;
      return;
    }
    this.buffer = whole.slice(from);
    this.used = this.buffer.length;
  }

  clear(): void {
    this.buffer = NOTHING;
    this.used = 0;
  }
}
