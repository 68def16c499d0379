import { LIST_LIMIT, type SegmentKind } from './model.ts';
import * as R from './tcp-record.ts';

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

/** Notes a SYN after the first in the connection's record, where there is room; true when it is there. */
export function keepSyn(words: Uint32Array, base: number, packet: number): boolean {
  for (let i = base + R.SYN_AGAIN; i < base + R.SYN_AGAIN + R.SYN_AGAIN_PACKETS; i++) {
    if (words[i] !== 0) continue;
    words[i] = packet;
    return true;
  }
  return false;
}

/** The SYNs after the first of a connection that has no lists yet; undefined when there are none. */
export function keptSyns(words: Uint32Array, base: number): number[] | undefined {
  const at = base + R.SYN_AGAIN;
  if (words[at] === 0) return undefined;
  const packets: number[] = [words[at]];
  for (let i = 1; i < R.SYN_AGAIN_PACKETS && words[at + i] !== 0; i++) packets.push(words[at + i]);
  return packets;
}

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

  /** Takes over what the record alone has known. */
  static ofSyns(packets: number[]): Lists {
    const lists = new Lists();
    lists.packets.syn = packets;
    lists.packets.retransmissions = packets.slice();
    return lists;
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
