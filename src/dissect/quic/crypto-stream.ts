import { u24 } from '../bytes.ts';

/** Bytes of a side's handshake that are put together; what lies beyond is not looked at. */
export const CRYPTO_LIMIT = 1 << 16;
/** Pieces that wait at once: browsers cut a hello into a few dozen and shuffle them. */
export const PIECE_LIMIT = 256;
/** Type and length of a handshake message (RFC 8446 §4). */
const MESSAGE_HEADER = 4;

interface Piece {
  offset: number;
  bytes: Uint8Array;
}

/** A handshake message whose bytes are all there. */
export interface Message {
  type: number;
  /** Its body is `bytes` from 4 on. */
  bytes: Uint8Array;
}

/**
 * Puts the data of CRYPTO frames in order (RFC 9000 §7.5, §19.6), whatever order and size they come in. Bytes that came first
 * are kept. Memory grows with what came, not with what an offset promises.
 */
export class CryptoStream {
  /** Bytes that wait. */
  held = 0;
  /** Data was left out because it lay past a limit. */
  overflowed = false;
  /** Sorted, without overlap. */
  private readonly pieces: Piece[] = [];
  /** Where the message at hand begins. */
  private from = 0;

  /** Copies what is new of the data. */
  add(offset: number, bytes: Uint8Array, at: number, end: number): void {
    let from = Math.max(offset, this.from);
    const stop = Math.min(offset + end - at, CRYPTO_LIMIT);
    if (offset + end - at > CRYPTO_LIMIT) this.overflowed = true;
    const { pieces } = this;
    let i = 0;
    while (i < pieces.length && pieces[i].offset + pieces[i].bytes.length <= from) i++;
    for (; from < stop; i++) {
      const next = i < pieces.length ? pieces[i].offset : stop;
      if (next > from) {
        if (pieces.length >= PIECE_LIMIT) {
          this.overflowed = true;
          return;
        }
        const to = Math.min(next, stop);
        const piece = bytes.slice(at + from - offset, at + to - offset);
        pieces.splice(i, 0, { offset: from, bytes: piece });
        this.held += piece.length;
        from = to;
      } else from = next + pieces[i].bytes.length;
    }
  }

  /** The next message, once all of it is there; it is then let go. One longer than the limit never comes. */
  message(): Message | undefined {
    const header = this.take(MESSAGE_HEADER, false);
    if (header === undefined) return undefined;
    const bytes = this.take(MESSAGE_HEADER + u24(header, 1), true);
    return bytes === undefined ? undefined : { type: bytes[0], bytes };
  }

  /** As much of the message at hand as there is without a hole. */
  beginning(): Uint8Array {
    let end = this.from;
    for (const piece of this.pieces) {
      if (piece.offset > end) break;
      end = piece.offset + piece.bytes.length;
    }
    return this.take(end - this.from, false) ?? new Uint8Array(0);
  }

  /** Lets go of everything that waits. */
  drop(): void {
    this.pieces.length = 0;
    this.held = 0;
  }

  private take(length: number, remove: boolean): Uint8Array | undefined {
    const { pieces, from } = this;
    const stop = from + length;
    let end = from;
    let count = 0;
    while (end < stop && count < pieces.length && pieces[count].offset <= end) {
      end = pieces[count].offset + pieces[count].bytes.length;
      count++;
    }
    if (end < stop) return undefined;
    const whole = new Uint8Array(length);
    for (let i = 0; i < count; i++) {
      const { offset, bytes } = pieces[i];
      const skip = Math.max(0, from - offset);
      const last = Math.min(bytes.length, stop - offset);
      whole.set(bytes.subarray(skip, last), offset + skip - from);
    }
    if (remove) this.dropUntil(stop);
    return whole;
  }

  private dropUntil(stop: number): void {
    const { pieces } = this;
    this.from = stop;
    while (pieces.length > 0 && pieces[0].offset + pieces[0].bytes.length <= stop) {
      this.held -= pieces[0].bytes.length;
      pieces.shift();
    }
  }
}
