import type { JourneyHead } from './session.ts';

/** What lists show of every journey, in order of start. Journeys come as they end: they are put in order when somebody looks. */
export class JourneyList {
  private readonly heads: JourneyHead[] = [];
  private starts = new Float64Array(1024);
  /** So many are in order; behind them are those that came since. */
  private ordered = 0;

  get count(): number {
    return this.heads.length;
  }

  add(head: JourneyHead, start: number): void {
    const count = this.heads.push(head);
    if (count > this.starts.length) {
      const wider = new Float64Array(this.starts.length * 2);
      wider.set(this.starts);
      this.starts = wider;
    }
    this.starts[count - 1] = start;
  }

  at(index: number): JourneyHead {
    this.order();
    return this.heads[index];
  }

  /** Places of the first `most` journeys of a page. */
  ofPage(page: number, most: number): number[] {
    this.order();
    const { heads } = this;
    const found: number[] = [];
    for (let i = 0; i < heads.length && found.length < most; i++) if (heads[i].page === page) found.push(i);
    return found;
  }

  /** How many started at this time or before. */
  startedBy(time: number): number {
    this.order();
    return this.after(time, this.heads.length);
  }

  /** The place behind those of the first `count` that started at this time or before. */
  private after(time: number, count: number): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Those that came are merged with the ones that started later than the first of them; of one start, who came first is first. */
  private order(): void {
    const { heads, starts, ordered } = this;
    if (ordered === heads.length) return;
    this.ordered = heads.length;
    const come = Array.from({ length: heads.length - ordered }, (_, i) => ({
      head: heads[ordered + i],
      start: starts[ordered + i],
    }));
    come.sort((a, b) => a.start - b.start);
    const first = this.after(come[0].start, ordered);
    const later = heads.slice(first, ordered);
    const laterStarts = starts.slice(first, ordered);
    let at = first;
    let next = 0;
    for (const { head, start } of come) {
      while (next < later.length && laterStarts[next] <= start) {
        heads[at] = later[next];
        starts[at++] = laterStarts[next++];
      }
      heads[at] = head;
      starts[at++] = start;
    }
    for (; next < later.length; next++) {
      heads[at] = later[next];
      starts[at++] = laterStarts[next];
    }
  }
}
