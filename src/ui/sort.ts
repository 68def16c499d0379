import { STAGE_KINDS } from '../correlate/model.ts';
import type { JourneyHead, SessionView } from '../session/session.ts';
import { journeyAt, type Merging, type Model, put, type Sort, SORTS } from './model.ts';

/** What is not known stands last. Whole numbers of less than 2^31, so that a key and a place fit into one double. */
const MOST = 2 ** 31 - 1;
const NUMBER: Partial<Record<Sort['by'], (head: JourneyHead) => number>> = {
  duration: (h) => (h.total < 0 ? MOST : MOST - 1 - Math.min(MOST - 1, Math.round(h.total * 1000))),
  stage: (h) => (h.longest === undefined ? STAGE_KINDS.length : STAGE_KINDS.indexOf(h.longest)),
  status: (h) => MOST - (h.status ?? 0),
  bytes: (h) => MOST - Math.min(MOST, (h.responseBytes ?? -1) + 1),
};
const nameOf = (head: JourneyHead): string => head.url ?? head.name;

/** Journeys are sorted in runs of so many, which are merged pair by pair, a piece at a time: no key waits for the whole of it. */
const RUN = 2048;
/** Of two runs that are merged, at once. */
const PIECE = 8192;
const PLACES = 2 ** 22;
/** Milliseconds: what else is to be done does not wait longer. */
const PATIENCE = 4;

/** The next order, the cursor on the journey that it was on. */
export function nextSort(model: Model, session: SessionView): Model {
  const by = SORTS[(SORTS.indexOf(model.sort?.by ?? 'start') + 1) % SORTS.length];
  return sorted({ ...model, sort: by === 'start' ? undefined : { by } }, session);
}

/** The list in its order; where that takes long, it goes on with `sortOn`. */
export function sorted(model: Model, session: SessionView): Model {
  const by = model.sort?.by;
  if (by === undefined) return model.order === undefined && model.sorting === undefined ? model : inOrder(model, undefined);
  const indices = model.matches?.indices.slice() ?? Array.from({ length: session.journeyCount() }, (_, i) => i);
  // A key and a place fit into one double as long as there are no more places.
  if (NUMBER[by] !== undefined && indices.length > PLACES) return inOrder(model, indices);
  return sortOn({ ...model, sorting: { indices, at: 0, runs: [] } }, session);
}

/** The next pieces of sorting, as many as patience allows. */
export function sortOn(model: Model, session: SessionView): Model {
  const { sorting } = model;
  if (sorting === undefined) return model;
  const { indices, runs } = sorting;
  let { at, merging } = sorting;
  const key = NUMBER[model.sort?.by ?? 'name'];
  const isFirst = key === undefined ? byName(session) : byNumber;
  const started = performance.now();
  do {
    if (at < indices.length) {
      const end = Math.min(indices.length, at + RUN);
      runs.push(key === undefined ? runByName(indices, at, end, session) : runByNumber(indices, at, end, session, key));
      at = end;
    } else {
      if (merging === undefined && runs.length > 1) merging = { a: runs.shift()!, b: runs.shift()!, out: [], i: 0, j: 0 };
      if (merging !== undefined && mergeOn(merging, isFirst)) {
        runs.push(merging.out);
        merging = undefined;
      }
    }
  } while ((at < indices.length || merging !== undefined || runs.length > 1) && performance.now() - started < PATIENCE);
  if (at < indices.length || merging !== undefined || runs.length > 1)
    return { ...model, sorting: { indices, at, runs, ...(merging === undefined ? {} : { merging }) } };
  const [order = []] = runs;
  return inOrder(model, key === undefined ? order : order.map((pair) => indices[pair % PLACES]));
}

/** Numbers that hold a key and a place: a typed array of them is sorted without calling anything. */
function runByNumber(
  indices: readonly number[],
  from: number,
  to: number,
  session: SessionView,
  key: (head: JourneyHead) => number,
): number[] {
  const pairs = new Float64Array(to - from);
  for (let i = from; i < to; i++) pairs[i - from] = key(session.journeyHead(indices[i])) * PLACES + i;
  return Array.from(pairs.sort());
}

function runByName(indices: readonly number[], from: number, to: number, session: SessionView): number[] {
  const run = indices.slice(from, to).map((i) => ({ i, name: nameOf(session.journeyHead(i)) }));
  run.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.i - b.i));
  return run.map(({ i }) => i);
}

/** Does the first run's come before the second one's? */
type IsFirst = (x: number, y: number) => boolean;
const byNumber: IsFirst = (x, y) => x <= y;
const byName =
  (session: SessionView): IsFirst =>
  (x, y) => {
    const [a, b] = [nameOf(session.journeyHead(x)), nameOf(session.journeyHead(y))];
    return a < b || (a === b && x < y);
  };

/** The next piece of two runs; true: they are one. */
function mergeOn(merging: Merging, isFirst: IsFirst): boolean {
  const { a, b, out } = merging;
  let { i, j } = merging;
  const end = Math.min(a.length + b.length, out.length + PIECE);
  while (out.length < end) out.push(j >= b.length || (i < a.length && isFirst(a[i], b[j])) ? a[i++] : b[j++]);
  merging.i = i;
  merging.j = j;
  return end === a.length + b.length;
}

function inOrder(model: Model, order: number[] | undefined): Model {
  const { cursor, top } = model.places.journeys;
  const next: Model = { ...model, order, sorting: undefined };
  // Somebody who has not moved stays at the top.
  if (cursor === 0) return next;
  const at = journeyAt(model, cursor);
  const list = order ?? model.matches?.indices;
  const row = list === undefined ? at : list.indexOf(at);
  return row < 0 ? next : put(next, 'journeys', { cursor: row, top: Math.max(0, row - (cursor - top)) });
}
