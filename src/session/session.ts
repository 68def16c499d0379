import type { Problem } from '../capture/batch.ts';
import type { Unreadable } from './capture-records.ts';
import type { Connection, Exchange, Journey, Lookup, StageKind, TlsSession, QuicConnection } from '../correlate/model.ts';
import type { Owner } from '../correlate/owners.ts';
import type { Text } from '../text/text.ts';
import type { Layer } from '../dissect/protocol.ts';
import type { Turn } from './follow.ts';
import type { CaptureFacts } from '../rules/facts.ts';
import type { Judgement } from '../rules/rule.ts';
import type { Statistics } from './statistics.ts';
import type { ListName } from '../correlate/tcp-lists.ts';
import type { Sighting } from './sightings.ts';
import type { Trouble } from './trouble.ts';

/** One packet decoded for the screen: field tree, bytes, and one line about it. */
export interface Decoded {
  number: number;
  /** Nanoseconds since the session's base second. */
  time: number;
  bytes: Uint8Array;
  wireLength: number;
  layers: Layer[];
  summary: PacketSummary;
}

/** A line of the packet list. */
export interface PacketSummary {
  number: number;
  time: number;
  source: string;
  destination: string;
  /** Innermost protocol, upper case: "HTTP", "TCP", "ARP". */
  protocol: string;
  length: number;
  info: string;
  /** Sent again, late, without a window …: `info` begins with it. */
  noted?: boolean;
}

export interface Progress {
  packets: number;
  bytes: number;
  /** Absent for pipes. */
  size?: number;
  done: boolean;
}

/** What lists are searched and sorted by: of every journey at hand in memory. */
export interface JourneyHead
  extends Pick<Journey, 'id' | 'name' | 'url' | 'method' | 'status' | 'outcome' | 'responseBytes' | 'page'> {
  /** Milliseconds as HAR counts; -1: not known. */
  total: number;
  /** The stage that took longest. */
  longest: StageKind | undefined;
}

export function headOf(j: Journey): JourneyHead {
  let longest: Journey['stages'][number] | undefined;
  for (const stage of j.stages)
    if (!stage.reused && (longest === undefined || stage.end - stage.start > longest.end - longest.start)) longest = stage;
  return {
    id: j.id,
    name: j.name,
    url: j.url,
    method: j.method,
    status: j.status,
    outcome: j.outcome,
    page: j.page,
    responseBytes: j.responseBytes,
    total: j.har.total,
    longest: longest?.kind,
  };
}

/** A packet as a capture file has it. */
export interface RawPacket {
  bytes: Uint8Array;
  wireLength: number;
  linkType: number;
  /** Since 1970; nanoseconds of that second. */
  seconds: number;
  nanoseconds: number;
}

/** How a live capture stands. A number that is not there is not available, which is not the same as 0. */
export interface LiveView {
  interfaces: string[];
  running: boolean;
  paused: boolean;
  /** Captured while paused, not on screen yet. */
  unseen?: number;
  dropped?: number;
  interfaceDropped?: number;
  /** Newest last. */
  notes: Text[];
}

/**
 * What the screens ask an open capture. Everything is synchronous and bounded by what one screen shows; while the file is
 * still being read, answers are those so far and `version` grows with each change.
 */
export interface SessionView {
  /** Every record of the capture, as rules ask for it. */
  readonly facts?: CaptureFacts;
  readonly file: string;
  readonly version: number;
  /** Absent: not a live capture. */
  live?(): LiveView;
  progress(): Progress;
  problems(): Problem[];
  /** A key log has grown since the capture was read, which it does not open whole: read anew it may be. */
  readonly newKeys?: boolean;
  /** What went wrong on the wire, as far as packets show: what was not answered, broken off, sent again …, most telling first. */
  troubleOnTheWire?(): readonly Trouble[];
  /** Numbers of the packets behind a trouble with segments, the first `most`. */
  packetsInTrouble?(kind: ListName, most: number): number[];
  /** "2023-02-08 07:07:36.829816000" in UTC for a time of the session. */
  clockText(time: number): string;
  /** Time of the first packet. */
  readonly firstTime: number;
  journeyCount(): number;
  /** In order of start. The whole of it may have to be fetched: for what is on screen only. */
  journey(index: number): Journey;
  journeyHead(index: number): JourneyHead;
  connection(id: number): Connection | undefined;
  /** Live captures only: the process of a TCP connection, open or ended. */
  owner?(connection: number): Owner | 'unknown' | undefined;
  exchange(id: number): Exchange | undefined;
  lookup(index: number): Lookup | undefined;
  tls(connection: number): TlsSession | undefined;
  /** Ids of connections and indexes of lookups go from 0 up to these; those that have not ended yet have no record. */
  connectionCount(): number;
  lookupCount(): number;
  journeyOfId(id: number): Journey | undefined;
  /** Absent: none are known. */
  quicConnection?(id: number): QuicConnection | undefined;
  /** Their ids go from 0 up to this; those that are still open have no record. */
  quicCount?(): number;
  /** What was said on a connection that has ended, or on a QUIC connection by its flow, in order; bounded. */
  follow(connection: number): readonly Turn[];
  /** Indexes of the journeys of a journey's page, itself among them; the first 500. */
  pageOf(index: number): readonly number[];
  /** Numbers of a connection's packets in file order; the first 100,000. */
  packetsOf(connection: number): number[];
  /** Segments of one direction with payload, at most `most`, evenly chosen: `offset` counts bytes of the stream. */
  segmentsOf(
    connection: number,
    from: 'client' | 'server',
    most: number,
  ): readonly { packet: number; time: number; offset: number }[];
  packetCount(): number;
  /** Why `packet` gives nothing for packets that are there. */
  readonly unreadable?: Unreadable | undefined;
  packet(number: number): Decoded | undefined;
  packetSummary(number: number): PacketSummary | undefined;
  /** Absent: packets cannot be written anew. */
  rawPacket?(number: number): RawPacket | undefined;
  /** The TCP connection of a packet; undefined: none. */
  connectionOf?(number: number): number | undefined;
  /** The flow of a packet of a QUIC connection. */
  quicFlowOf?(number: number): number | undefined;
  /** Packet numbers of a journey: its stages' packets and the rest of its connection's between start and end, in file order. */
  journeyPackets(index: number): number[];
  /** The stage of a journey that a packet belongs to. */
  stageOf(index: number, packet: number): StageKind | undefined;
  /** The book's verdicts on a journey, in the book's order; of a journey that is under way, those so far. */
  verdicts(index: number): Judgement[];
  /** Verdicts about the capture as a whole. Undefined while it is read, and where it is so large that somebody would wait. */
  captureVerdicts(): readonly Judgement[] | undefined;
  /** The packet as every open capture has it, in the order of its way; absent or empty: one capture is open. */
  sightings?(packet: number): readonly Sighting[];
  /** Packets per time bin and bytes by protocol, for the summary screen. */
  statistics(): Statistics;
}
