import type { HeldBytes } from './held-bytes.ts';
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
  | 'http-garbage'
  /** A header block beyond `HEAD_LIMIT`, or in more frames than `CONTINUATION_LIMIT`. */
  | 'http2-header-block-too-long'
  | 'http2-continuation-flood'
  /** A header block given up because of `CARRY_BUDGET`. */
  | 'http2-header-blocks-held'
  /** More fields, or bytes of them, than are looked at: small blocks can unfold to large ones. */
  | 'http2-header-list-too-long'
  /** A header block that RFC 7541 does not allow. */
  | 'http2-hpack-error'
  /** A frame that RFC 9113 does not allow. */
  | 'http2-frame-error'
  /** Bytes that are no frames. */
  | 'http2-garbage'
  /** An open stream let go because of `STREAM_LIMIT`. */
  | 'http2-streams-evicted'
  /** A connection whose client asked and took back `RAPID_RESETS` times. */
  | 'http2-rapid-reset'
  /** A frame, or an end in its midst, that RFC 9114 does not allow. */
  | 'http3-frame-error'
  /** A field section, or an instruction, that RFC 9204 does not allow. */
  | 'http3-qpack-error';

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
  /** `exchange` goes on for `old`: a request of HTTP/1 that HTTP/2 answers after an upgrade. */
  replaced?(old: Exchange, exchange: Exchange): void;
  /** A DNS message that one side of an HTTP/2 stream has carried (RFC 8484). */
  dns?(fromClient: boolean, message: Uint8Array, length: number, stream: number, packet: number, time: number): void;
  /** Of targets that do not say themselves; "http" where absent. */
  scheme?: 'http' | 'https';
  /** One for all parsers. A parser that is let go without `end` leaves its share in it. */
  budget?: CarryBudget;
  /** The same for tables of header fields (RFC 7541). */
  tables?: HeldBytes;
}

/** Bytes of unfinished heads that are held. */
export interface CarryBudget {
  carried: number;
}
