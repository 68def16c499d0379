import type { Groups, NameGroup } from './conversation.ts';
import { NamePacking } from './name-packing.ts';

/** Groups remembered, over all clients. */
export const GROUP_LIMIT = 16384;
/** Groups that were made or looked at most recently stay objects: connections follow their lookups within moments. */
const RECENT = 64;

/** The newest `GROUP_LIMIT` groups in the order they were made. All but a few are packed, until somebody asks for them. */
export class NameStore implements Groups {
  /** Groups `first` … `made`-1 are here: a ring. */
  first = 0;
  made = 0;
  /** Unanswered lookups may still be answered: the capture is live. */
  live = false;
  private readonly ring: (NameGroup | undefined)[] = [];
  private readonly packing = new NamePacking(GROUP_LIMIT);
  private recent: NameGroup[] = [];
  // Of groups that are packed: what is asked for without reading them.
  private readonly packed = new Uint32Array(GROUP_LIMIT);
  private readonly lasts = new Float64Array(GROUP_LIMIT);
  private readonly usedAts = new Float64Array(GROUP_LIMIT);
  private readonly weights = new Int32Array(GROUP_LIMIT);
  /** Of all: what the same client asked for before under this name, and after; numbers from 1, 0 none. */
  private readonly olders = new Uint32Array(GROUP_LIMIT);
  private readonly newers = new Uint32Array(GROUP_LIMIT);

  has(number: number): boolean {
    return number >= this.first && number < this.made;
  }

  at(number: number): NameGroup | undefined {
    return this.has(number) ? (this.ring[number % GROUP_LIMIT] ?? this.unpack(number)) : undefined;
  }

  client(number: number): string {
    return this.ring[number % GROUP_LIMIT]?.client ?? this.packing.client(number);
  }

  older(number: number): NameGroup | undefined {
    return this.has(number) ? this.at(this.olders[number % GROUP_LIMIT] - 1) : undefined;
  }

  newer(number: number): NameGroup | undefined {
    return this.has(number) ? this.at(this.newers[number % GROUP_LIMIT] - 1) : undefined;
  }

  /** When the group's last question was asked; when the first connection went to one of its answers. */
  last(number: number): number {
    const at = number % GROUP_LIMIT;
    return this.ring[at]?.last ?? this.lasts[at];
  }

  usedAt(number: number): number {
    const at = number % GROUP_LIMIT;
    return this.ring[at]?.usedAt ?? this.usedAts[at];
  }

  holders(number: number): number {
    return this.ring[number % GROUP_LIMIT]?.holders ?? 0;
  }

  /** There is room: the oldest has been taken. `older` is a number, or -1. */
  add(group: NameGroup, older: number): void {
    const at = this.made++ % GROUP_LIMIT;
    this.ring[at] = group;
    this.olders[at] = this.newers[at] = 0;
    if (this.has(older)) {
      this.olders[at] = older + 1;
      this.newers[older % GROUP_LIMIT] = this.made;
    }
    this.recent.push(group);
  }

  /** No connection holds the group any more. */
  rest(group: NameGroup): void {
    this.recent.push(group);
  }

  /** Packs what has rested. Nobody may be at work with a group that no connection holds. */
  settle(): void {
    const { recent } = this;
    if (recent.length < 2 * RECENT) return;
    const from = recent.length - RECENT;
    for (let i = 0; i < from; i++) this.pack(recent[i]);
    this.recent = recent.slice(from);
  }

  /** The oldest, as it was; it is gone with `dropOldest`. */
  oldest(): NameGroup {
    return this.ring[this.first % GROUP_LIMIT] ?? this.read(this.first);
  }

  /** Returns its weight. */
  dropOldest(): number {
    const at = this.first++ % GROUP_LIMIT;
    const group = this.ring[at];
    this.ring[at] = undefined;
    if (group !== undefined) {
      group.empty();
      return group.weight;
    }
    this.packing.drop(this.packed[at]);
    return this.weights[at];
  }

  private pack(group: NameGroup): void {
    const at = group.number % GROUP_LIMIT;
    if (this.ring[at] !== group || group.holders > 0 || group.resolution !== undefined) return;
    if (this.live && group.lookups.some(({ end }) => end === undefined)) return;
    const packed = this.packing.write(group);
    if (packed === 0) return;
    this.ring[at] = undefined;
    this.packed[at] = packed;
    this.lasts[at] = group.last;
    this.usedAts[at] = group.usedAt;
    this.weights[at] = group.weight;
  }

  private unpack(number: number): NameGroup {
    const group = this.read(number);
    this.packing.drop(this.packed[number % GROUP_LIMIT]);
    this.ring[number % GROUP_LIMIT] = group;
    this.recent.push(group);
    return group;
  }

  private read(number: number): NameGroup {
    const at = number % GROUP_LIMIT;
    const group = this.packing.read(this.packed[at], this, number, this.lasts[at], this.weights[at]);
    group.usedAt = this.usedAts[at];
    return group;
  }
}
