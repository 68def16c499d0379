import type { FlowTable } from './flow-table.ts';

/** Slots compared when one must go, and those looked at for them. */
const CANDIDATES = 8;
const MOST_TRIES = 256;

/** Ended connections that wait for late packets: a ring of slots with the ids they had. */
export class Lingering {
  private readonly slots: Int32Array;
  private readonly ids: Uint32Array;
  private head = 0;
  private count = 0;

  constructor(limit: number) {
    this.slots = new Int32Array(limit);
    this.ids = new Uint32Array(limit);
  }

  /** Adds one; `leave` gets the slot and id of the one that has waited longest, when the ring is full. */
  add(slot: number, id: number, leave: (slot: number, id: number) => void): void {
    const limit = this.slots.length;
    if (this.count === limit) {
      const at = this.head;
      this.head = (at + 1) % limit;
      this.count--;
      leave(this.slots[at], this.ids[at]);
    }
    const tail = (this.head + this.count++) % limit;
    this.slots[tail] = slot;
    this.ids[tail] = id;
  }
}

/** Goes round the slots of a table and says which of the next few has been idle longest. */
export class Hand {
  private at = 0;
  declare private readonly first: number;
  declare private readonly lastTime: number;

  /** Where a record has its first packet (a word; 0: the slot is free) and its last time (a double). */
  constructor(first: number, lastTime: number) {
    this.first = first;
    this.lastTime = lastTime;
  }

  /** The slot, or -1. Where `among` is given, only slots that have something there, and never `keep`. */
  idlest(table: FlowTable, among?: readonly unknown[], keep = -1): number {
    const total = among === undefined ? table.slotCount : among.length;
    let best = -1;
    let bestTime = Number.POSITIVE_INFINITY;
    let found = 0;
    for (let tries = 0; found < CANDIDATES && tries < MOST_TRIES; tries++) {
      this.at = (this.at + 1) % total;
      if (among !== undefined && (this.at === keep || among[this.at] === undefined)) continue;
      const page = table.page(this.at);
      const base = table.base(this.at);
      if (page.words[base + this.first] === 0) continue;
      found++;
      const last = page.doubles[(base >> 1) + this.lastTime];
      if (last >= bestTime) continue;
      bestTime = last;
      best = this.at;
    }
    return best;
  }
}
