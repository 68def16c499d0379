/** What became of one of several connections that a client tried to open for one purpose. */
export type AttemptOutcome =
  /** It carries the journey. */
  | 'used'
  /** Answered and not closed, without a byte. */
  | 'unused'
  | 'refused'
  | 'unreachable'
  | 'unanswered'
  /** Answered, perhaps too late, and closed without a byte. */
  | 'abandoned';

export interface Attempt {
  connection: number;
  outcome: AttemptOutcome;
  packets: number[];
}
