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

/** What is kept of every packet for browsing: 31 bytes. The rest is read again from the file. Packets count from 1. */
export class PacketIndex {
  count = 0;
  private readonly pieces: Piece[] = [];
  private readonly linkTypes: number[] = [];

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
    for (let n = 0; n < this.pieces.length; n++) {
      const { flow: flows, time } = this.pieces[n];
      const end = Math.min(ROWS, this.count - n * ROWS);
      for (let i = 0; i < end; i++) {
        if (flows[i] !== flow || time[i] < from || time[i] > to) continue;
        found.push(n * ROWS + i + 1);
        if (found.length >= limit) return found;
      }
    }
    return found;
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
