import type { Packets } from '../dissect/packets.ts';
import type { Endpoint, Lookup } from './model.ts';

/** Gets each lookup: once at the moment its answer is known, and once when nothing about it can change any more. */
export interface LookupSink {
  answered?(lookup: Lookup): void;
  final(lookup: Lookup): void;
}

export interface LookupOptions {
  /** Fill `Lookup.records` with every record of the answer as text. Costs time and memory. */
  records?: boolean;
  /** Questions waiting for an answer at once; the oldest go first. */
  pendingLimit?: number;
  /** Nanoseconds of packet time after which a question counts as unanswered. */
  timeout?: number;
}

/** What happened besides lookups, for the report. */
export interface LookupCounters {
  /** Questions made final unanswered because the table was full. */
  evicted: number;
  timedOut: number;
  /** Answers to a question that had its answer already. */
  duplicateAnswers: number;
  /** Answers to no question that was seen. */
  unmatchedAnswers: number;
  /** Messages whose header or first question cannot be read. */
  malformed: number;
}

/** UDP ports whose payload is DNS, mDNS or LLMNR. */
export const isDnsPort = (port: number): boolean => port === 53 || port === 5353 || port === 5355;

/** Joins DNS questions and answers. */
export class LookupTracker {
  readonly counters: LookupCounters = { evicted: 0, timedOut: 0, duplicateAnswers: 0, unmatchedAnswers: 0, malformed: 0 };
  readonly sink: LookupSink;

  constructor(sink: LookupSink, _options: LookupOptions = {}) {
    this.sink = sink;
  }

  /** A UDP row with port 53, 5353 or 5355 on either side: its payload is one message. */
  udpRow(_packets: Packets, _row: number): void {}

  /** One message from a TCP stream, without its length prefix. `DnsStream` calls this. */
  tcpMessage(
    _bytes: Uint8Array,
    _at: number,
    _end: number,
    _fromClient: boolean,
    _client: Endpoint,
    _server: Endpoint,
    _packet: number,
    _time: number,
  ): void {}

  /** The capture ended: what is unanswered stays so. */
  end(): void {}
}
