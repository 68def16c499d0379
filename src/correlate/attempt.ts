/** What became of one of several connections that a client tried to open for one purpose. */
export type AttemptOutcome =
  /** It carries the journey. */
  | 'used'
  /** Opened, without a request. */
  | 'unused'
  | 'refused'
  | 'unreachable'
  | 'unanswered'
  /** Answered, perhaps too late; the client let it go without a byte. */
  | 'abandoned';

export interface Attempt {
  connection: number;
  outcome: AttemptOutcome;
  packets: number[];
}
