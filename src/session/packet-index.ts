import type { Batch } from '../capture/batch.ts';
import type { Packets } from '../dissect/packets.ts';

const SHIFT = 16;
const ROWS = 1 << SHIFT;

interface Piece {
  offset: Float64Array;
  time: Float64Array;
  caplen: Uint32Array;
  wirelen: Uint32Array;
  flow: Int32Array;
  stack: Uint16Array;
  link: Uint8Array;
}

/** So many packets at a time are sorted by connection, as they come. */
const RUN_SHIFT = 14;
const RUN = 1 << RUN_SHIFT;

/** What is kept of every packet for browsing: 35 bytes. The rest is read again from the file. Packets count from 1. */
export class PacketIndex {
  count = 0;
  private readonly pieces: Piece[] = [];
  private readonly linkTypes: number[] = [];
  /** Packets of connections in runs: by connection, then in file order. What came since the last run is looked through. */
  private readonly runs: Uint32Array[] = [];
  private readonly places = new Uint16Array(RUN);
  private readonly spare = new Uint16Array(RUN);
  private readonly ends = new Uint32Array(256);

  add(batch: Batch, p: Packets): void {
    for (let row = 0; row < batch.count; ) {
      const i = this.count & (ROWS - 1);
      if (i === 0) this.pieces.push(piece());
      // A run ends where a piece ends.
      const end = Math.min(batch.count, row + RUN - (i & (RUN - 1)));
      const to = this.pieces[this.count >> SHIFT];
      to.offset.set(batch.offset.subarray(row, end), i);
      to.time.set(p.time.subarray(row, end), i);
      to.caplen.set(batch.caplen.subarray(row, end), i);
      to.wirelen.set(batch.wirelen.subarray(row, end), i);
      to.flow.set(p.flow.subarray(row, end), i);
      to.stack.set(p.stack.subarray(row, end), i);
      for (let each = row; each < end; each++) to.link[i + each - row] = this.link(batch.linkType[each]);
      this.count += end - row;
      row = end;
      if ((this.count & (RUN - 1)) === 0) this.runs.push(this.sortedRun(this.count - RUN));
    }
  }

  has(packet: number): boolean {
    return Number.isInteger(packet) && packet >= 1 && packet <= this.count;
  }

  offset = (packet: number): number => this.pieces[(packet - 1) >> SHIFT].offset[(packet - 1) & (ROWS - 1)];
  time = (packet: number): number => this.pieces[(packet - 1) >> SHIFT].time[(packet - 1) & (ROWS - 1)];
  caplen = (packet: number): number => this.pieces[(packet - 1) >> SHIFT].caplen[(packet - 1) & (ROWS - 1)];
  wirelen = (packet: number): number => this.pieces[(packet - 1) >> SHIFT].wirelen[(packet - 1) & (ROWS - 1)];
  /** TCP connection, -1 none. */
  flow = (packet: number): number => this.pieces[(packet - 1) >> SHIFT].flow[(packet - 1) & (ROWS - 1)];
  stack = (packet: number): number => this.pieces[(packet - 1) >> SHIFT].stack[(packet - 1) & (ROWS - 1)];
  linkType = (packet: number): number => this.linkTypes[this.pieces[(packet - 1) >> SHIFT].link[(packet - 1) & (ROWS - 1)]];

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
      for (let i = this.placeIn(run, flow, first); i < run.length && this.flow(run[i]) === flow; i++) yield run[i];
    }
    for (let n = Math.max(first, this.runs.length * RUN + 1); n <= this.count; n++) if (this.flow(n) === flow) yield n;
  }

  private *backward(flow: number, last: number): Generator<number> {
    const sorted = this.runs.length * RUN;
    for (let n = Math.min(last, this.count); n > sorted; n--) if (this.flow(n) === flow) yield n;
    for (let at = Math.min(this.runs.length - 1, (last - 1) >> RUN_SHIFT); at >= 0; at--) {
      const run = this.runs[at];
      for (let i = this.placeIn(run, flow, last + 1) - 1; i >= 0 && this.flow(run[i]) === flow; i--) yield run[i];
    }
  }

  /** Where the connection's packets from this one on begin in a run. */
  private placeIn(run: Uint32Array, flow: number, packet: number): number {
    let low = 0;
    let high = run.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.flow(run[middle]);
      if (other < flow || (other === flow && run[middle] < packet)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The packets behind `begin` that belong to connections, by connection: a byte of its number at a time, the lowest first. */
  private sortedRun(begin: number): Uint32Array {
    const flows = this.pieces[begin >> SHIFT].flow.subarray(begin & (ROWS - 1), (begin & (ROWS - 1)) + RUN);
    let [from, to] = [this.places, this.spare];
    let length = 0;
    let most = 0;
    for (let i = 0; i < RUN; i++) {
      if (flows[i] < 0) continue;
      from[length++] = i;
      if (flows[i] > most) most = flows[i];
    }
    for (let shift = 0; most >> shift > 0 && shift < 32; shift += 8) {
      const ends = this.ends.fill(0);
      for (let i = 0; i < length; i++) ends[(flows[from[i]] >> shift) & 0xff]++;
      for (let byte = 1; byte < 256; byte++) ends[byte] += ends[byte - 1];
      for (let i = length - 1; i >= 0; i--) to[--ends[(flows[from[i]] >> shift) & 0xff]] = from[i];
      [from, to] = [to, from];
    }
    const run = new Uint32Array(length);
    for (let i = 0; i < length; i++) run[i] = begin + from[i] + 1;
    return run;
  }

  private link(linkType: number): number {
    const known = this.linkTypes.indexOf(linkType);
    if (known >= 0) return known;
    if (this.linkTypes.length < 255) this.linkTypes.push(linkType);
    return this.linkTypes.length - 1;
  }
}

function piece(): Piece {
  return {
    offset: new Float64Array(ROWS),
    time: new Float64Array(ROWS),
    caplen: new Uint32Array(ROWS),
    wirelen: new Uint32Array(ROWS),
    flow: new Int32Array(ROWS),
    stack: new Uint16Array(ROWS),
    link: new Uint8Array(ROWS),
  };
}
