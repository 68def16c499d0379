import type { CaptureFacts } from './facts.ts';

/** One packet as two captures have it, or as one capture has it twice (a router's `any`). */
export interface PacketPair {
  /** Packet numbers in `captures[join.from]` and `captures[join.to]`. */
  from: number;
  to: number;
  /** It travels from the client's side to the server's: it passed `from` first, where `from` is nearer to the client. */
  fromClient: boolean;
}

/** What kept what two captures show recognizable. Never the IP identification alone (RFC 6864). */
export type JoinedBy =
  /** Initial sequence numbers of both sides, or one of them with its SYN's options. */
  | 'sequence-numbers'
  /** Sequence and acknowledgment numbers with the same payload, where no SYN was captured. */
  | 'payload'
  /** TCP timestamps and payload, where a firewall rewrote the sequence numbers. */
  | 'timestamps'
  | 'dns-id'
  | 'inner-header'
  | 'echo'
  /** A proxy's words: X-Forwarded-For, Forwarded (RFC 7239). */
  | 'forwarded-for'
  /** X-Request-Id, traceparent (W3C Trace Context). */
  | 'request-id'
  /** The same request, passed on by a proxy within the time of the one that it answers (RFC 9110 §7.6.3 Via or none). */
  | 'via';

/**
 * A connection, lookup, ICMP message or exchange that two captures show. `from` is nearer to the client than `to` where
 * `ordered` says so. `from === to`: one capture shows it on both sides of a router or a proxy.
 * Of an exchange the two sides are two messages of two connections, joined by a proxy, and `pairs` is empty.
 */
export interface HopJoin {
  from: number;
  to: number;
  /** Of `fromId` and `toId`: connection ids, lookup indexes, ICMP packets' numbers, exchange ids. */
  kind: 'connection' | 'lookup' | 'icmp' | 'exchange';
  fromId: number;
  toId: number;
  by: JoinedBy;
  ordered: boolean;
  /** Packets that both show, in `from`'s order; at most 2,000 of a connection. Read when asked for: ask once. */
  readonly pairs: PacketPair[];
}

/** Several captures of the same traffic, joined. With one capture alone only what it shows twice is in `joins`. */
export interface Hops {
  captures: CaptureFacts[];
  joins: HopJoin[];
  /** Indexes of the captures in order from the client to the server, as far as joins tell; the others are not in it. */
  path: number[];
  /** Records that were not looked at because there were too many. */
  left: number;
  /**
   * Nanoseconds to add to a time of capture `from` to get capture `to`'s clock (each counts from its own base second);
   * undefined where joins in both directions are lacking.
   */
  clockOffset(from: number, to: number): { offset: number; uncertainty: number } | undefined;
}
