import type { Batch } from './capture/batch.ts';
import type { Packets } from './dissect/packets.ts';

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

interface ByFlow {
  count: number;
  /** Where each connection's packets begin in `packets`. */
  begins: Uint32Array;
  packets: Uint32Array;
}

/** What is kept of every packet for browsing: 31 bytes. The rest is read again from the file. Packets count from 1. */
export class PacketIndex {
  count = 0;
  private readonly pieces: Piece[] = [];
  private readonly linkTypes: number[] = [];
  private sorted: ByFlow | undefined;

  add(batch: Batch, p: Packets): void {
    for (let row = 0; row < batch.count; row++) {
      const i = this.count & (ROWS - 1);
      if (i === 0) this.pieces.push(piece());
      const to = this.pieces[this.count >> SHIFT];
      to.offset[i] = batch.offset[row];
      to.time[i] = p.time[row];
      to.caplen[i] = batch.caplen[row];
      to.wirelen[i] = batch.wirelen[row];
      to.flow[i] = p.flow[row];
      to.stack[i] = p.stack[row];
      to.link[i] = this.link(batch.linkType[row]);
      this.count++;
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
    const { begins, packets } = this.byFlow();
    for (let i = begins[flow] ?? 0; i < (begins[flow + 1] ?? 0) && found.length < limit; i++) {
      const time = this.time(packets[i]);
      if (time >= from && time <= to) found.push(packets[i]);
    }
    return found;
  }

  /** Up to `limit` packets of a connection from this packet on; with a negative limit those last before it. In file order. */
  ofFlowFrom(flow: number, packet: number, limit: number): number[] {
    if (flow < 0) return [];
    const { begins, packets } = this.byFlow();
    const begin = begins[flow] ?? 0;
    const end = begins[flow + 1] ?? begin;
    let low = begin;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (packets[middle] < packet) low = middle + 1;
      else high = middle;
    }
    const part =
      limit < 0 ? packets.subarray(Math.max(begin, low + limit), low) : packets.subarray(low, Math.min(end, low + limit));
    return [...part];
  }

  /** Packets sorted by connection, made when first asked for: 4 bytes a packet. */
  private byFlow(): ByFlow {
    if (this.sorted?.count === this.count) return this.sorted;
    let flows = 0;
    for (let n = 1; n <= this.count; n++) flows = Math.max(flows, this.flow(n) + 1);
    const begins = new Uint32Array(flows + 1);
    for (let n = 1; n <= this.count; n++) if (this.flow(n) >= 0) begins[this.flow(n) + 1]++;
    for (let flow = 0; flow < flows; flow++) begins[flow + 1] += begins[flow];
    const packets = new Uint32Array(begins[flows]);
    const next = begins.slice();
    for (let n = 1; n <= this.count; n++) if (this.flow(n) >= 0) packets[next[this.flow(n)]++] = n;
    this.sorted = { count: this.count, begins, packets };
    return this.sorted;
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
