import type { Exchange } from './model.ts';
import type { StreamParser } from './stream-parser.ts';

/** What the parser met that is worth a count in the report. */
export type HttpProblem =
  /** A head beyond `HEAD_LIMIT`. */
  | 'http-head-too-long'
  /** An unfinished head let go because of `CARRY_BUDGET`. */
  | 'http-heads-held'
  /** A request beyond `PIPELINE_LIMIT`. */
  | 'http-pipeline-limit'
  /** Content-Length that is no number or two numbers, or a Transfer-Encoding that leaves the end open (RFC 9112 §6.3). */
  | 'http-length-conflict'
  | 'http-bad-chunk'
  /** Bytes between messages that are no message. */
  | 'http-garbage';

/** Who uses the parser. One object may serve all connections. */
export interface HttpHooks {
  nextId(): number;
  /** A request's head was read, or that of a response whose request was not seen. The record still changes. */
  started(exchange: Exchange): void;
  /**
   * The record is final. `complete`: the response was read to its end; else the connection or the capture ended before, and
   * `responseEndPacket` is the latest packet that was seen of it.
   */
  finished(exchange: Exchange, complete: boolean): void;
  /**
   * After a 101 or an answered CONNECT the connection speaks another protocol: "websocket", "h2c", … as the Upgrade field
   * names it in lower case, or "connect". Both directions go on in the parser that is returned, if any.
   */
  tunnel?(protocol: string, exchange: Exchange): StreamParser | undefined;
  problem?(code: HttpProblem, connection: number, packet: number): void;
  /** Of targets that do not say themselves; "http" where absent. */
  scheme?: 'http' | 'https';
  /** One for all parsers. A parser that is let go without `end` leaves its share in it. */
  budget?: CarryBudget;
}

/** Bytes of unfinished heads that are held. */
export interface CarryBudget {
  carried: number;
}
