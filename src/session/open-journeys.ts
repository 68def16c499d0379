import type { Journey } from '../correlate/model.ts';

/** Journeys that have not ended, laid between those that have, in order of their start. */
export class OpenJourneys {
  private list: Journey[] = [];
  /** Which rows of the whole list they are, ascending. */
  private rows: number[] = [];

  get count(): number {
    return this.list.length;
  }

  /** `list` in order of start; `endedBefore` tells how many ended journeys start at a time or before. */
  set(list: Journey[], endedBefore: (start: number) => number): void {
    this.list = list;
    this.rows = list.map((journey, rank) => endedBefore(journey.start) + rank);
  }

  /** The open journey of a row, or else how many open ones lie before it. */
  at(row: number): Journey | number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle] < row) low = middle + 1;
      else high = middle;
    }
    return this.rows[low] === row ? this.list[low] : low;
  }
}
