import type { CaptureFacts } from './facts.ts';

/** One packet as two captures have it. */
export interface PacketPair {
  /** Packet numbers in `captures[from]` and `captures[to]`. */
  from: number;
  to: number;
}

/** A connection, lookup or exchange that two captures show, by what it was joined. */
export interface HopJoin {
  from: number;
  to: number;
  /** Connection ids in either capture, or lookup indexes, or ICMP packets. */
  kind: 'connection' | 'lookup' | 'icmp' | 'exchange';
  fromId: number;
  toId: number;
  by: 'sequence-numbers' | 'timestamps' | 'payload' | 'dns-id' | 'inner-header' | 'forwarded-for';
  pairs: PacketPair[];
}

/** Several captures of the same traffic, joined. With one capture alone `joins` is empty. */
export interface Hops {
  captures: CaptureFacts[];
  joins: HopJoin[];
  /** Nanoseconds to add to a time of capture `from` to get capture `to`'s clock; undefined where nothing joins them. */
  clockOffset(from: number, to: number): { offset: number; uncertainty: number } | undefined;
}
