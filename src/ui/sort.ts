import { STAGE_KINDS } from '../correlate/model.ts';
import type { JourneyHead, SessionView } from '../session.ts';
import { journeyAt, type Model, put, type Sort, SORTS } from './model.ts';

/** What is not known stands last. Whole numbers of less than 2^31, so that a key and a place fit into one double. */
const MOST = 2 ** 31 - 1;
const NUMBER: Partial<Record<Sort['by'], (head: JourneyHead) => number>> = {
  duration: (h) => (h.total < 0 ? MOST : MOST - 1 - Math.min(MOST - 1, Math.round(h.total * 1000))),
  stage: (h) => (h.longest === undefined ? STAGE_KINDS.length : STAGE_KINDS.indexOf(h.longest)),
  status: (h) => MOST - (h.status ?? 0),
  bytes: (h) => MOST - Math.min(MOST, (h.responseBytes ?? -1) + 1),
};
const nameOf = (head: JourneyHead): string => head.url ?? head.name;

/** Names are sorted in runs of so many, which are merged pair by pair, a piece at a time. */
const RUN = 2048;

/** The next order, the cursor on the journey that it was on. */
export function nextSort(model: Model, session: SessionView): Model {
  const by = SORTS[(SORTS.indexOf(model.sort?.by ?? 'start') + 1) % SORTS.length];
  return sorted({ ...model, sort: by === 'start' ? undefined : { by } }, session);
}

/** The list in its order; where that takes long, it goes on with `sortOn`. */
export function sorted(model: Model, session: SessionView): Model {
  const by = model.sort?.by;
  if (by === undefined) return model.order === undefined && model.sorting === undefined ? model : inOrder(model, undefined);
  const indices = model.matches?.indices ?? Array.from({ length: session.journeyCount() }, (_, i) => i);
  const key = NUMBER[by];
  if (key !== undefined)
    return inOrder(
      model,
      byNumber(indices, (i) => key(session.journeyHead(i))),
    );
  return sortOn({ ...model, sorting: { left: indices.slice(), runs: [] } }, session);
}

/** A typed array of numbers is sorted without calling anything: a key and its place in one number each. */
function byNumber(indices: readonly number[], key: (index: number) => number): number[] {
  const places = 2 ** 22;
  if (indices.length > places) return indices.slice();
  const pairs = new Float64Array(indices.length);
  for (let place = 0; place < indices.length; place++) pairs[place] = key(indices[place]) * places + place;
  pairs.sort();
  const out = new Array<number>(indices.length);
  for (let place = 0; place < out.length; place++) out[place] = indices[pairs[place] % places];
  return out;
}

/** One piece of sorting by name. */
export function sortOn(model: Model, session: SessionView): Model {
  const { sorting } = model;
  if (sorting === undefined) return model;
  const { left, runs } = sorting;
  if (left.length > 0) {
    const run = left.splice(Math.max(0, left.length - RUN)).map((i) => ({ i, name: nameOf(session.journeyHead(i)) }));
    run.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.i - b.i));
    runs.push(run.map(({ i }) => i));
  } else if (runs.length > 1) {
    runs.push(merged(runs.shift()!, runs.shift()!, (i) => nameOf(session.journeyHead(i))));
  }
  return left.length === 0 && runs.length <= 1 ? inOrder(model, runs[0] ?? []) : { ...model, sorting: { left, runs } };
}

function merged(a: readonly number[], b: readonly number[], name: (index: number) => string): number[] {
  const out: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [name(a[i]), name(b[j])];
    out.push(x < y || (x === y && a[i] < b[j]) ? a[i++] : b[j++]);
  }
  while (i < a.length) out.push(a[i++]);
  while (j < b.length) out.push(b[j++]);
  return out;
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
