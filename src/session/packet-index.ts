import type { Batch } from '../capture/batch.ts';
import type { Packets } from '../dissect/packets.ts';

const SHIFT = 16;
const ROWS = 1 << SHIFT;
/** Offsets of a piece that fit in 32 bits. */
const MOST_SPAN = 2 ** 32;

/** Offsets are from `base` on. What few captures need takes more room from the piece on that needs it. */
interface Piece {
  base: number;
  offset: Uint32Array | Float64Array;
  time: Float64Array;
  caplen: Uint16Array | Uint32Array;
  wirelen: Uint16Array | Uint32Array;
  flow: Int32Array;
  stack: Uint16Array;
  /** Absent: all are of the first link type. */
  link: Uint8Array | undefined;
}

/** So many packets at a time are sorted by connection, as they come. */
const RUN_SHIFT = 14;
const RUN = 1 << RUN_SHIFT;
/** Bits that are sorted by at once. */
const DIGIT = 11;

/**
 * What is kept of every packet for browsing: 24 bytes, a few more where lengths pass 65,535, offsets span 4 GiB or link types
 * differ. The rest is read again from the file. Packets count from 1.
 */
export class PacketIndex {
  count = 0;
  private readonly pieces: Piece[] = [];
  private readonly linkTypes: number[] = [];
  /** Packets of connections in runs: by connection, then in file order, as places in their run. What came since is looked through. */
  private readonly runs: Uint16Array[] = [];
  private readonly places = new Uint16Array(RUN);
  private readonly spare = new Uint16Array(RUN);
  private readonly ends = new Uint32Array(1 << DIGIT);

  add(batch: Batch, p: Packets): void {
    for (let row = 0; row < batch.count; ) {
      const i = this.count & (ROWS - 1);
      if (i === 0) this.pieces.push(piece(batch.offset[row]));
      // A run ends where a piece ends.
      const end = Math.min(batch.count, row + RUN - (i & (RUN - 1)));
      const to = this.pieces[this.count >> SHIFT];
      this.place(to, i, batch, row, end);
      to.caplen.set(batch.caplen.subarray(row, end), i);
      to.wirelen.set(batch.wirelen.subarray(row, end), i);
      to.time.set(p.time.subarray(row, end), i);
      to.flow.set(p.flow.subarray(row, end), i);
      to.stack.set(p.stack.subarray(row, end), i);
      this.count += end - row;
      row = end;
      if ((this.count & (RUN - 1)) === 0) this.runs.push(this.sortedRun(this.count - RUN));
    }
  }

  /** Offsets and link types from `i` on; makes room where lengths need more. */
  private place(to: Piece, i: number, batch: Batch, row: number, end: number): void {
    let lengths = 0;
    for (let each = row, at = i; each < end; each++, at++) {
      lengths |= batch.caplen[each] | batch.wirelen[each];
      const offset = batch.offset[each] - to.base;
      if (!(offset >= 0 && offset < MOST_SPAN) && to.offset instanceof Uint32Array) to.offset = new Float64Array(to.offset);
      to.offset[at] = offset;
      const link = this.link(batch.linkType[each]);
      if (link > 0) to.link ??= new Uint8Array(ROWS);
      if (to.link !== undefined) to.link[at] = link;
    }
    if (lengths >>> 16 > 0 && to.caplen instanceof Uint16Array) {
      to.caplen = new Uint32Array(to.caplen);
      to.wirelen = new Uint32Array(to.wirelen);
    }
  }

  has(packet: number): boolean {
    return Number.isInteger(packet) && packet >= 1 && packet <= this.count;
  }

  offset = (packet: number): number => this.pieceOf(packet).base + this.pieceOf(packet).offset[(packet - 1) & (ROWS - 1)];
  time = (packet: number): number => this.pieceOf(packet).time[(packet - 1) & (ROWS - 1)];
  caplen = (packet: number): number => this.pieceOf(packet).caplen[(packet - 1) & (ROWS - 1)];
  wirelen = (packet: number): number => this.pieceOf(packet).wirelen[(packet - 1) & (ROWS - 1)];
  /** TCP connection, -1 none. */
  flow = (packet: number): number => this.pieceOf(packet).flow[(packet - 1) & (ROWS - 1)];
  stack = (packet: number): number => this.pieceOf(packet).stack[(packet - 1) & (ROWS - 1)];
  linkType = (packet: number): number => this.linkTypes[this.pieceOf(packet).link?.[(packet - 1) & (ROWS - 1)] ?? 0];

  private pieceOf = (packet: number): Piece => this.pieces[(packet - 1) >> SHIFT];

  /** Packets of a connection between two times, ends included, in file order. */
  ofFlow(flow: number, from: number, to: number, limit: number): number[] {
    const found: number[] = [];
    if (flow < 0) return found;
    for (const packet of this.forward(flow, 1)) {
      const time = this.time(packet);
      if (time >= from && time <= to && found.push(packet) >= limit) break;
    }
    return found;
  }

  /** Up to `limit` packets of a connection from this packet on; with a negative limit those last before it. In file order. */
  ofFlowFrom(flow: number, packet: number, limit: number): number[] {
    const found: number[] = [];
    if (flow < 0 || limit === 0) return found;
    for (const each of limit < 0 ? this.backward(flow, packet - 1) : this.forward(flow, packet))
      if (found.push(each) >= Math.abs(limit)) break;
    return limit < 0 ? found.reverse() : found;
  }

  private *forward(flow: number, first: number): Generator<number> {
    for (let at = Math.max(0, (first - 1) >> RUN_SHIFT); at < this.runs.length; at++) {
      const run = this.runs[at];
      const begin = at * RUN + 1;
      for (let i = this.placeIn(run, begin, flow, first); i < run.length && this.flow(begin + run[i]) === flow; i++)
        yield begin + run[i];
    }
    for (let n = Math.max(first, this.runs.length * RUN + 1); n <= this.count; n++) if (this.flow(n) === flow) yield n;
  }

  private *backward(flow: number, last: number): Generator<number> {
    const sorted = this.runs.length * RUN;
    for (let n = Math.min(last, this.count); n > sorted; n--) if (this.flow(n) === flow) yield n;
    for (let at = Math.min(this.runs.length - 1, (last - 1) >> RUN_SHIFT); at >= 0; at--) {
      const run = this.runs[at];
      const begin = at * RUN + 1;
      for (let i = this.placeIn(run, begin, flow, last + 1) - 1; i >= 0 && this.flow(begin + run[i]) === flow; i--)
        yield begin + run[i];
    }
  }

  /** Where the connection's packets from this one on begin in a run, whose first packet is `begin`. */
  private placeIn(run: Uint16Array, begin: number, flow: number, packet: number): number {
    let low = 0;
    let high = run.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const each = begin + run[middle];
      const other = this.flow(each);
      if (other < flow || (other === flow && each < packet)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The packets behind `begin` that belong to connections, by connection: some bits of how far its number is from the lowest at a time, the lowest bits first. */
  private sortedRun(begin: number): Uint16Array {
    const flows = this.pieces[begin >> SHIFT].flow.subarray(begin & (ROWS - 1), (begin & (ROWS - 1)) + RUN);
    let [from, to] = [this.places, this.spare];
    let length = 0;
    let least = 0x7fffffff;
    let most = 0;
    for (let i = 0; i < RUN; i++) {
      const flow = flows[i];
      if (flow < 0) continue;
      from[length++] = i;
      if (flow > most) most = flow;
      if (flow < least) least = flow;
    }
    const mask = (1 << DIGIT) - 1;
    for (let shift = 0; shift < 32 && (most - least) >> shift > 0; shift += DIGIT) {
      const ends = this.ends.fill(0);
      for (let i = 0; i < length; i++) ends[((flows[from[i]] - least) >> shift) & mask]++;
      for (let digit = 1; digit <= mask; digit++) ends[digit] += ends[digit - 1];
      for (let i = length - 1; i >= 0; i--) to[--ends[((flows[from[i]] - least) >> shift) & mask]] = from[i];
      [from, to] = [to, from];
    }
    return from.slice(0, length);
  }

  private link(linkType: number): number {
    const known = this.linkTypes.indexOf(linkType);
    if (known >= 0) return known;
    if (this.linkTypes.length < 255) this.linkTypes.push(linkType);
    return this.linkTypes.length - 1;
  }
}

function piece(base: number): Piece {
  return {
    base,
    offset: new Uint32Array(ROWS),
    time: new Float64Array(ROWS),
    caplen: new Uint16Array(ROWS),
    wirelen: new Uint16Array(ROWS),
    flow: new Int32Array(ROWS),
    stack: new Uint16Array(ROWS),
    link: undefined,
  };
}
