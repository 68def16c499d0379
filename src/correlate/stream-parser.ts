/**
 * Reads the reassembled bytes of one connection, both directions, as they become contiguous. `bytes` is valid during the
 * call only: what must outlast it is copied, with a named cap. `packet` and `time` (nanoseconds since the session's base
 * second) are those of the segment that carried the bytes. Any bytes must be borne: nothing throws, nothing grows unbounded.
 */
export interface StreamParser {
  /** "http", "tls", "dns": what the bytes are, as tshark names the protocol. */
  readonly protocol: string;
  data(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void;
  /** `length` bytes were never captured. The next `data` continues behind them. */
  gap(fromClient: boolean, length: number, packet: number, time: number): void;
  /** No more bytes from this side: it closed, the connection was reset, or the capture ended. */
  end(fromClient: boolean, how: 'fin' | 'reset' | 'capture-end', packet: number, time: number): void;
}

/** Content decides, not the port: does this look like the start of the protocol? `more`: too few bytes to say. */
export type Guess = 'yes' | 'no' | 'more';

/** Of nothing yet. No integer, so that the field is one of doubles from the start: V8 makes new shapes, and code, of those that become one. */
export const NO_TIME = Number.NaN;
