import { type Outcome, STAGE_KINDS } from '../correlate/model.ts';
import type { JourneyHead } from './session.ts';

const SHIFT = 12;
const ROWS = 1 << SHIFT;
const FIRST = 1024;

/** Heads in the order they came. */
interface Piece {
  id: Uint32Array;
  page: Uint32Array;
  /** NaN: none. */
  status: Float64Array;
  responseBytes: Float64Array;
  total: Float64Array;
  /** Numbers in `outcomes`, and in `STAGE_KINDS` from 1 on. */
  outcome: Uint8Array;
  longest: Uint8Array;
  /** Searched and sorted by: as they are, since reading them from bytes would cost more than keeping them. */
  name: string[];
  url: (string | undefined)[];
  method: (string | undefined)[];
}

/**
 * What lists show of every journey, in order of start. Journeys come as they end: they are put in order when somebody looks.
 * About 80 bytes each and their texts, none of them an object: a large capture has a hundred thousand.
 */
export class JourneyList {
  count = 0;
  private readonly pieces: Piece[] = [];
  private readonly outcomes: Outcome[] = [];
  /** By place in the list: which head is there, and when its journey started. */
  private heads = new Uint32Array(FIRST);
  private starts = new Float64Array(FIRST);
  /** So many are in order; behind them are those that came since. */
  private ordered = 0;

  add(head: JourneyHead, start: number): void {
    const { count } = this;
    const i = count & (ROWS - 1);
    if (i === 0) this.pieces.push(piece());
    const to = this.pieces[count >> SHIFT];
    to.id[i] = head.id;
    to.page[i] = head.page;
    to.status[i] = head.status ?? Number.NaN;
    to.responseBytes[i] = head.responseBytes ?? Number.NaN;
    to.total[i] = head.total;
    to.outcome[i] = this.outcomeOf(head.outcome);
    to.longest[i] = head.longest === undefined ? 0 : STAGE_KINDS.indexOf(head.longest) + 1;
    to.name.push(head.name);
    to.url.push(head.url);
    to.method.push(head.method);
    if (count === this.starts.length) this.widen();
    this.heads[count] = count;
    this.starts[count] = start;
    this.count++;
  }

  at(index: number): JourneyHead {
    this.order();
    return new ListedHead(this, this.heads[index]);
  }

  /** Places of the first `most` journeys of a page. */
  ofPage(page: number, most: number): number[] {
    this.order();
    const found: number[] = [];
    for (let i = 0; i < this.count && found.length < most; i++) {
      const nth = this.heads[i];
      if (this.pieceOf(nth).page[nth & (ROWS - 1)] === page) found.push(i);
    }
    return found;
  }

  /** How many started at this time or before. */
  startedBy(time: number): number {
    this.order();
    return this.after(time, this.count);
  }

  pieceOf(nth: number): Piece {
    return this.pieces[nth >> SHIFT];
  }

  outcome(nth: number): Outcome {
    return this.outcomes[this.pieceOf(nth).outcome[nth & (ROWS - 1)]];
  }

  private outcomeOf(outcome: Outcome): number {
    const known = this.outcomes.indexOf(outcome);
    return known < 0 ? this.outcomes.push(outcome) - 1 : known;
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
    const { heads, starts, ordered, count } = this;
    if (ordered === count) return;
    this.ordered = count;
    const come = Array.from({ length: count - ordered }, (_, i) => ({ head: heads[ordered + i], start: starts[ordered + i] }));
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

  private widen(): void {
    const heads = new Uint32Array(this.heads.length * 2);
    heads.set(this.heads);
    this.heads = heads;
    const starts = new Float64Array(this.starts.length * 2);
    starts.set(this.starts);
    this.starts = starts;
  }
}

/** One head of the list, read from there as it is asked. */
class ListedHead implements JourneyHead {
  private readonly list: JourneyList;
  private readonly nth: number;

  constructor(list: JourneyList, nth: number) {
    this.list = list;
    this.nth = nth;
  }

  get id(): number {
    return this.piece.id[this.i];
  }
  get page(): number {
    return this.piece.page[this.i];
  }
  get status(): number | undefined {
    return known(this.piece.status[this.i]);
  }
  get responseBytes(): number | undefined {
    return known(this.piece.responseBytes[this.i]);
  }
  get total(): number {
    return this.piece.total[this.i];
  }
  get outcome(): Outcome {
    return this.list.outcome(this.nth);
  }
  get longest(): JourneyHead['longest'] {
    return STAGE_KINDS[this.piece.longest[this.i] - 1];
  }
  get name(): string {
    return this.piece.name[this.i];
  }
  get url(): string | undefined {
    return this.piece.url[this.i];
  }
  get method(): string | undefined {
    return this.piece.method[this.i];
  }

  private get piece(): Piece {
    return this.list.pieceOf(this.nth);
  }
  private get i(): number {
    return this.nth & (ROWS - 1);
  }
}

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

function piece(): Piece {
  return {
    id: new Uint32Array(ROWS),
    page: new Uint32Array(ROWS),
    status: new Float64Array(ROWS),
    responseBytes: new Float64Array(ROWS),
    total: new Float64Array(ROWS),
    outcome: new Uint8Array(ROWS),
    longest: new Uint8Array(ROWS),
    name: [],
    url: [],
    method: [],
  };
}
