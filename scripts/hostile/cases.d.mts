import type { Stream } from './stream.mjs';

export interface Case {
  name: string;
  /** What `n` counts. */
  counts: string;
  n: number;
  full?: number;
  /** Codes of the problems that must be in the report once the bound is reached. */
  tells: string[];
  make(stream: Stream, n: number): Iterable<undefined>;
}

export const cases: Case[];
