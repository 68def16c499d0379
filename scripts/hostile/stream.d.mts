import type { Case } from './cases.mjs';

export class Stream {
  packets: number;
}

/** The pieces of a case with `n` of whatever it counts. */
export function piecesOf(one: Case, n: number): Iterable<Buffer>;
