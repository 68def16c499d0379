import { LIST_LIMIT, type SegmentKind } from './model.ts';

/** `syn`, `synAck`: those after the first. */
export type ListName = SegmentKind | 'syn' | 'synAck' | 'retransmissions' | 'outOfOrder' | 'duplicateAcks';

/** What segments can be besides plain ones, in the order of the report. */
export const SEGMENT_KINDS: readonly SegmentKind[] = [
  'fastRetransmissions',
  'spuriousRetransmissions',
  'undecided',
  'inconsistentOverlaps',
  'duplicates',
  'repeatedAcks',
  'previousNotCaptured',
  'unseenAcked',
  'keepAlives',
  'keepAliveAcks',
  'zeroWindows',
  'windowProbes',
  'windowProbeAcks',
  'windowFull',
  'synData',
  'urgent',
  'ineffectiveResets',
  'icmpErrors',
];

/** Packet numbers that most connections have none of: a list appears with its first number, and stops growing at its limit. */
export class Lists {
  private readonly packets: Partial<Record<ListName, number[]>> = {};
  private readonly counts: Partial<Record<ListName, number>> = {};

  note(list: ListName, packet: number): void {
    const known = this.packets[list];
    if (known === undefined) {
      this.packets[list] = [packet];
      return;
    }
    if (known.length < LIST_LIMIT) known.push(packet);
    else this.counts[list] = (this.counts[list] ?? LIST_LIMIT) + 1;
  }

  get(list: ListName): number[] | undefined {
    return this.packets[list];
  }

  /** How many were noted, kept or not. */
  count(list: ListName): number {
    return this.counts[list] ?? this.packets[list]?.length ?? 0;
  }

  /** The kinds that occurred, with their packets; undefined when none did. */
  kinds(): Partial<Record<SegmentKind, number[]>> | undefined {
    let kinds: Partial<Record<SegmentKind, number[]>> | undefined;
    for (const kind of SEGMENT_KINDS) {
      const list = this.packets[kind];
      if (list === undefined) continue;
      kinds ??= {};
      kinds[kind] = list;
    }
    return kinds;
  }

  /** Lists that stopped growing, with how many there were; undefined when none did. */
  cut(): Partial<Record<string, number>> | undefined {
    return Object.keys(this.counts).length === 0 ? undefined : this.counts;
  }
}
