/** Ended connections that wait for late packets: a ring of slots with the ids they had. */
export class Lingering {
  private readonly slots: Float64Array;
  private readonly ids: Float64Array;
  private head = 0;
  private count = 0;

  constructor(limit: number) {
    this.slots = new Float64Array(limit);
    this.ids = new Float64Array(limit);
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
