import type { Conversation, Half, Held } from './conversation.ts';

/** Copies held for holes, over all connections; past it the oldest hole of the connection at hand is given up. */
export const HELD_BYTES = 64 << 20;
/** The same for one direction of one connection. */
export const HELD_BYTES_PER_STREAM = 4 << 20;
/** And so many segments: tiny ones cost more than their bytes. */
export const HELD_SEGMENTS_PER_STREAM = 8192;
/** When the receiver has acknowledged the hole, the capture missed it; this much is still waited for a packet captured late. */
export const HELD_BYTES_ACKNOWLEDGED = 64 << 10;

/** What a segment costs besides its bytes: the objects that hold them. */
const SEGMENT_COST = 256;

/** Places at the front of a list that are empty before it is moved up: moving it for each one takes too long. */
const COMPACT_AT = 1024;
const GONE: Held = { sequence: 0, bytes: new Uint8Array(0), length: 0, packet: 0, time: 0 };

/** Gets the bytes of a direction once they are contiguous. */
export interface StreamSink {
  bytes(
    conversation: Conversation,
    direction: 0 | 1,
    bytes: Uint8Array,
    at: number,
    end: number,
    packet: number,
    time: number,
  ): void;
  gap(conversation: Conversation, direction: 0 | 1, length: number, packet: number, time: number): void;
}

/** The first held segment, from one on, that ends behind a sequence number; they are in order and do not overlap. */
export function firstBehind(held: Held[], from: number, sequence: number): number {
  let low = from;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (((held[middle].sequence + held[middle].length - sequence) | 0) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Puts segments in order. Overlaps: the bytes that came first count ("first"), as most systems' receivers do for data
 * already delivered. Sequence numbers are compared modulo 2^32 (RFC 9293 §3.4).
 */
export class Streams {
  /** Bytes held now, and holes given up for want of room. */
  heldBytes = 0;
  givenUp = 0;
  private readonly sink: StreamSink;

  constructor(sink: StreamSink) {
    this.sink = sink;
  }

  /** In-order bytes: `length` on the wire, of which at … end were captured. Returns nothing; the caller moves NEXT. */
  deliver(
    c: Conversation,
    direction: 0 | 1,
    bytes: Uint8Array,
    at: number,
    end: number,
    length: number,
    packet: number,
    time: number,
  ): void {
    const half = c.half(direction);
    const captured = end - at;
    if (captured > 0) {
      half.streamBytes += captured;
      if (half.hash !== undefined) half.hash.update(bytes.subarray(at, end));
      this.sink.bytes(c, direction, bytes, at, end, packet, time);
    }
    if (length > captured) this.miss(c, direction, length - captured, packet, time);
  }

  miss(c: Conversation, direction: 0 | 1, length: number, packet: number, time: number): void {
    c.half(direction).missingBytes += length;
    this.sink.gap(c, direction, length, packet, time);
  }

  /** Keeps a segment beyond a hole, without the parts that are already held; returns how many bytes were new. */
  hold(
    half: Half,
    sequence: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    length: number,
    packet: number,
    time: number,
  ): number {
    half.held ??= [];
    const held = half.held;
    const to = length;
    let i = firstBehind(held, half.heldFrom, sequence);
    let from = 0;
    if (i < held.length && ((held[i].sequence - sequence) | 0) <= 0) {
      from = (held[i].sequence + held[i].length - sequence) | 0;
      i++;
    }
    let news = 0;
    // Fill the spaces between what is held already.
    while (from < to) {
      let stop = to;
      let skip = to;
      if (i < held.length) {
        const gapEnd = (held[i].sequence - sequence) | 0;
        if (gapEnd < to) {
          stop = Math.max(gapEnd, from);
          skip = gapEnd + held[i].length;
        }
      }
      if (stop > from) {
        const copy = bytes.slice(Math.min(at + from, end), Math.min(at + stop, end));
        const piece: Held = { sequence: (sequence + from) >>> 0, bytes: copy, length: stop - from, packet, time };
        if (i === half.heldFrom && i > 0) held[--half.heldFrom] = piece;
        else {
          if (i === held.length) held.push(piece);
          else held.splice(i, 0, piece);
          i++;
        }
        half.heldBytes += copy.length + SEGMENT_COST;
        this.heldBytes += copy.length + SEGMENT_COST;
        news += piece.length;
      }
      from = skip;
      if (i < held.length) i++;
    }
    return news;
  }

  /** Delivers what has become contiguous behind `next`; returns the new next. */
  drain(c: Conversation, direction: 0 | 1, next: number): number {
    const half = c.half(direction);
    const { held } = half;
    if (held === undefined) return next;
    let n = half.heldFrom;
    let at = next;
    for (; n < held.length; n++) {
      const piece = held[n];
      // Not the negative of the way ahead: that would be -0, which is a double to V8, and so would be all that is counted with it.
      const skip = (at - piece.sequence) | 0;
      if (skip < 0) break;
      held[n] = GONE;
      this.release(half, piece);
      if (skip >= piece.length) continue;
      this.deliver(
        c,
        direction,
        piece.bytes,
        Math.min(skip, piece.bytes.length),
        piece.bytes.length,
        piece.length - skip,
        piece.packet,
        piece.time,
      );
      at = (piece.sequence + piece.length) >>> 0;
    }
    half.heldFrom = n;
    if (n === held.length) {
      half.held = undefined;
      half.heldFrom = 0;
    } else if (n >= COMPACT_AT && 2 * n > held.length) {
      held.splice(0, n);
      half.heldFrom = 0;
    }
    return at;
  }

  /** Gives up the hole before the first held piece; returns the new next. */
  skipHole(c: Conversation, direction: 0 | 1, next: number): number {
    const half = c.half(direction);
    const first = half.held?.[half.heldFrom];
    if (first === undefined) return next;
    this.miss(c, direction, (first.sequence - next) >>> 0, first.packet, first.time);
    return this.drain(c, direction, first.sequence);
  }

  /** Nothing more will come: deliver everything held, holes as gaps. */
  flush(c: Conversation, direction: 0 | 1, next: number): number {
    let at = next;
    while (c.half(direction).held !== undefined) at = this.skipHole(c, direction, at);
    return at;
  }

  full(half: Half): boolean {
    return over(half, 1) || this.heldBytes > HELD_BYTES;
  }

  /** The stream, or all together, hold too much: a hole is given up, and more until a quarter of the stream's share is free. */
  makeRoom(c: Conversation, direction: 0 | 1, next: number): number {
    const half = c.half(direction);
    const many = over(half, 1);
    let at = next;
    do {
      this.givenUp++;
      at = this.skipHole(c, direction, at);
    } while (many && half.held !== undefined && over(half, 0.75));
    return at;
  }

  private release(half: Half, piece: Held): void {
    half.heldBytes -= piece.bytes.length + SEGMENT_COST;
    this.heldBytes -= piece.bytes.length + SEGMENT_COST;
  }
}

/** Whether a stream holds more than this share of what it may. */
function over(half: Half, share: number): boolean {
  return (
    (half.held?.length ?? 0) - half.heldFrom > HELD_SEGMENTS_PER_STREAM * share || half.heldBytes > HELD_BYTES_PER_STREAM * share
  );
}
