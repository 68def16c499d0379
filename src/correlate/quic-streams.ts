import type { HeldBytes } from './held-bytes.ts';

/** Streams of one connection that are open at once; past it the oldest is let go. */
export const QUIC_STREAM_LIMIT = 4096;
/** Bytes and pieces of one direction of a stream that wait behind a hole; past it the hole is taken for lost. */
export const HELD_BYTES_PER_QUIC_STREAM = 4 << 20;
export const HELD_PIECES_PER_QUIC_STREAM = 8192;
/** Bytes that a reset stream's final size may add to it: more is nonsense. */
const UNSEEN_LIMIT = 2 ** 40;
/** Ended streams beyond the lowest open one that are remembered, by type. */
const CLOSED_LIMIT = 4096;

/** Gets what streams carry, each direction of each stream in its order. `bytes` are valid during the call only. */
export interface StreamReader {
  /** `last`: the sender ends its direction with these bytes; there may be none. */
  data(
    fromClient: boolean,
    id: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    last: boolean,
    packet: number,
    time: number,
  ): void;
  /** So many bytes were not captured, or found no room. */
  gap(fromClient: boolean, id: number, length: number, packet: number, time: number): void;
  /** RESET_STREAM: the sender gave its direction up. STOP_SENDING: its peer, `fromClient`, wants no more of the other direction. */
  aborted(fromClient: boolean, id: number, code: number, packet: number, time: number): void;
  unwanted(fromClient: boolean, id: number, code: number, packet: number, time: number): void;
  /** Nothing more comes of any stream. */
  end(): void;
}

interface Piece {
  offset: number;
  bytes: Uint8Array;
  packet: number;
  time: number;
}

/** One direction of a stream. */
class Half {
  next = 0;
  /** Behind a hole, sorted, without overlap. */
  pieces: Piece[] = NONE;
  held = 0;
  /** Where it ends, once that is known. */
  size = Number.POSITIVE_INFINITY;
  over = false;
  finPacket = 0;
  finTime = 0;
}

const NONE: Piece[] = [];
const NOTHING = new Uint8Array(0);

/** Streams of one type (its two lowest bits) that have ended: a frame that comes again must not begin them anew. */
class Closed {
  private floor: number;
  private readonly above = new Set<number>();

  constructor(type: number) {
    this.floor = type;
  }

  has(id: number): boolean {
    return id < this.floor || this.above.has(id);
  }

  add(id: number): void {
    this.above.add(id);
    while (this.above.delete(this.floor)) this.floor += 4;
    if (this.above.size <= CLOSED_LIMIT) return;
    // Those in between were never seen, or have been open for very long.
    this.floor = Math.min(...this.above) + 4;
    for (const each of this.above) if (each < this.floor) this.above.delete(each);
    while (this.above.delete(this.floor)) this.floor += 4;
  }
}

/** Puts the data of one connection's STREAM frames in order (RFC 9000 §2.2). Bytes that came first count. */
export class QuicStreams {
  private readonly reader: StreamReader;
  private readonly budget: HeldBytes;
  private readonly streams = new Map<number, [Half, Half]>();
  private readonly closed = [new Closed(0), new Closed(1), new Closed(2), new Closed(3)];

  constructor(reader: StreamReader, budget: HeldBytes) {
    this.reader = reader;
    this.budget = budget;
  }

  data(
    fromClient: boolean,
    id: number,
    offset: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    fin: boolean,
    packet: number,
    time: number,
  ): void {
    const half = this.half(fromClient, id);
    if (half === undefined || half.over) return;
    const stop = offset + end - at;
    if (fin && half.size === Number.POSITIVE_INFINITY) {
      half.size = Math.max(stop, half.next);
      half.finPacket = packet;
      half.finTime = time;
    }
    if (stop <= half.next && half.size > half.next) return;
    if (offset > half.next) {
      this.hold(half, fromClient, id, offset, bytes, at, end, packet, time);
      return;
    }
    this.deliver(half, fromClient, id, bytes, Math.min(end, at + half.next - offset), end, packet, time);
    this.drain(half, fromClient, id);
  }

  reset(fromClient: boolean, id: number, code: number, size: number, packet: number, time: number): void {
    const half = this.half(fromClient, id);
    if (half === undefined || half.over) return;
    // What was sent before counts, as far as it was captured.
    while (half.pieces.length > 0) this.skip(half, fromClient, id);
    if (half.over) return;
    this.jump(half, fromClient, id, Math.min(size, half.next + UNSEEN_LIMIT), packet, time);
    half.over = true;
    this.reader.aborted(fromClient, id, code, packet, time);
    this.ended(id);
  }

  stopSending(fromClient: boolean, id: number, code: number, packet: number, time: number): void {
    if (!this.closed[id & 3].has(id)) this.reader.unwanted(fromClient, id, code, packet, time);
  }

  /** What waits behind holes is handed on, holes and all. */
  finish(): void {
    for (const [id, halves] of this.streams) this.flush(id, halves);
    this.streams.clear();
    this.reader.end();
  }

  private half(fromClient: boolean, id: number): Half | undefined {
    let halves = this.streams.get(id);
    if (halves === undefined) {
      if (this.closed[id & 3].has(id)) return undefined;
      if (this.streams.size >= QUIC_STREAM_LIMIT) this.evict();
      halves = [new Half(), new Half()];
      this.streams.set(id, halves);
    }
    // Only who began a unidirectional stream sends on it.
    if (id & 2 && ((id & 1) === 0) !== fromClient) return undefined;
    return halves[fromClient ? 0 : 1];
  }

  private evict(): void {
    for (const [id, halves] of this.streams) {
      this.flush(id, halves);
      this.streams.delete(id);
      this.closed[id & 3].add(id);
      return;
    }
  }

  private flush(id: number, halves: [Half, Half]): void {
    halves.forEach((half, i) => {
      while (half.pieces.length > 0) this.skip(half, i === 0, id);
    });
  }

  private deliver(
    half: Half,
    fromClient: boolean,
    id: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    packet: number,
    time: number,
  ): void {
    half.next += end - at;
    const last = half.next >= half.size;
    if (last) half.over = true;
    this.reader.data(fromClient, id, bytes, at, end, last, packet, time);
    if (last) {
      this.drop(half);
      this.ended(id);
    }
  }

  private drain(half: Half, fromClient: boolean, id: number): void {
    while (half.pieces.length > 0 && half.pieces[0].offset <= half.next) {
      const { offset, bytes, packet, time } = half.pieces[0];
      half.pieces.shift();
      this.release(half, bytes.length);
      const from = half.next - offset;
      if (from < bytes.length) this.deliver(half, fromClient, id, bytes, from, bytes.length, packet, time);
    }
    // An end that was told in a frame whose bytes were known already.
    if (!half.over && half.next >= half.size) this.deliver(half, fromClient, id, NOTHING, 0, 0, half.finPacket, half.finTime);
  }

  private hold(
    half: Half,
    fromClient: boolean,
    id: number,
    offset: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    packet: number,
    time: number,
  ): void {
    const stop = offset + end - at;
    if (half.pieces === NONE) half.pieces = [];
    const { pieces } = half;
    // As a rule it goes behind all others.
    let i = pieces.length;
    while (i > 0 && pieces[i - 1].offset + pieces[i - 1].bytes.length > offset) i--;
    for (let from = offset; from < stop; i++) {
      const next = i < pieces.length ? pieces[i].offset : stop;
      if (next > from) {
        const to = Math.min(next, stop);
        const full = half.held + to - from > HELD_BYTES_PER_QUIC_STREAM || pieces.length >= HELD_PIECES_PER_QUIC_STREAM;
        if (full || !this.budget.take(to - from)) {
          while (half.pieces.length > 0) this.skip(half, fromClient, id);
          if (half.over) return;
          this.jump(half, fromClient, id, from, packet, time);
          this.deliver(half, fromClient, id, bytes, at + from - offset, end, packet, time);
          return;
        }
        half.held += to - from;
        pieces.splice(i, 0, { offset: from, bytes: bytes.slice(at + from - offset, at + to - offset), packet, time });
        from = to;
      } else if (i < pieces.length) from = Math.max(from, next + pieces[i].bytes.length);
      else return;
    }
  }

  /** The hole before the first piece that waits is taken for lost. */
  private skip(half: Half, fromClient: boolean, id: number): void {
    const [first] = half.pieces;
    this.jump(half, fromClient, id, first.offset, first.packet, first.time);
    this.drain(half, fromClient, id);
  }

  private jump(half: Half, fromClient: boolean, id: number, to: number, packet: number, time: number): void {
    if (to <= half.next) return;
    const length = to - half.next;
    half.next = to;
    this.reader.gap(fromClient, id, length, packet, time);
  }

  private drop(half: Half): void {
    this.release(half, half.held);
    half.pieces = NONE;
  }

  private release(half: Half, bytes: number): void {
    half.held -= bytes;
    this.budget.give(bytes);
  }

  private ended(id: number): void {
    const halves = this.streams.get(id);
    if (halves === undefined) return;
    const [client, server] = halves;
    const both = id & 2 ? (id & 1 ? server : client).over : client.over && server.over;
    if (!both) return;
    this.streams.delete(id);
    this.closed[id & 3].add(id);
  }
}
