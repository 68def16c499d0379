import { type ListName, SEGMENT_KINDS } from './tcp-lists.ts';

/** What may be noted of a packet; its place here is its bit. */
const NAMES: readonly ListName[] = ['retransmissions', 'outOfOrder', 'duplicateAcks', ...SEGMENT_KINDS];
const BIT = new Map(NAMES.map((name, i) => [name, 2 ** i]));
const START = 1024;

/**
 * What was noted of every packet, for those that read a capture packet by packet (lists of records stop growing). Eight bytes a
 * packet that anything was noted of, nothing for the others.
 */
export class SegmentMarks {
  private packets = new Uint32Array(START);
  private bits = new Uint32Array(START);
  private count = 0;
  private readonly tallies = new Map<ListName, { count: number; first: number }>();

  note(list: ListName, packet: number): void {
    const bit = BIT.get(list);
    if (bit === undefined) return;
    const { count } = this;
    if (count === 0 || this.packets[count - 1] < packet) this.insert(count, packet, bit);
    else {
      // Mostly the packet at hand; of a reset it is known later that it ended nothing.
      const at = this.place(packet);
      if (this.packets[at] !== packet) this.insert(at, packet, bit);
      else if (Math.floor(this.bits[at] / bit) % 2 === 1) return;
      else this.bits[at] += bit;
    }
    const tally = this.tallies.get(list);
    if (tally === undefined) this.tallies.set(list, { count: 1, first: packet });
    else {
      tally.count++;
      tally.first = Math.min(tally.first, packet);
    }
  }

  /** How many packets this was noted of, and the first of them; undefined: of none. */
  tally(list: ListName): Readonly<{ count: number; first: number }> | undefined {
    return this.tallies.get(list);
  }

  /** Their numbers, the first `most`. */
  packetsOf(list: ListName, most: number): number[] {
    const found: number[] = [];
    const bit = BIT.get(list);
    for (let i = 0; bit !== undefined && i < this.count && found.length < most; i++)
      if (Math.floor(this.bits[i] / bit) % 2 === 1) found.push(this.packets[i]);
    return found;
  }

  /** What was noted of a packet, under the names that records have; mostly nothing. */
  of(packet: number): readonly ListName[] {
    const at = this.place(packet);
    if (at === this.count || this.packets[at] !== packet) return [];
    const bits = this.bits[at];
    return NAMES.filter((_, i) => (bits & (2 ** i)) !== 0);
  }

  /** The first place with this packet or a later one. */
  private place(packet: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.packets[middle] < packet) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insert(at: number, packet: number, bit: number): void {
    if (this.count === this.packets.length) {
      this.packets = widened(this.packets);
      this.bits = widened(this.bits);
    }
    this.packets.copyWithin(at + 1, at, this.count);
    this.bits.copyWithin(at + 1, at, this.count);
    this.packets[at] = packet;
    this.bits[at] = bit;
    this.count++;
  }
}

function widened(list: Uint32Array): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(list.length * 2);
  wider.set(list);
  return wider;
}
