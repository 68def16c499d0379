import type { JourneyHead, SessionView } from '../session.ts';
import { type Model, put, type Sort, SORTS } from './model.ts';
import { STAGE_KINDS } from '../correlate/model.ts';

/** What a journey is sorted by: large numbers and names that come late stand last; what is not known stands last, too. */
const KEY: Record<Exclude<Sort['by'], 'start'>, (head: JourneyHead) => number | string> = {
  duration: (h) => -h.total,
  stage: (h) => (h.longest === undefined ? STAGE_KINDS.length : STAGE_KINDS.indexOf(h.longest)),
  status: (h) => -(h.status ?? 0),
  bytes: (h) => -(h.responseBytes ?? -1),
  name: (h) => h.url ?? h.name,
};

/** The next order, the cursor on the journey that it was on. */
export function nextSort(model: Model, session: SessionView): Model {
  const by = SORTS[(SORTS.indexOf(model.sort?.by ?? 'start') + 1) % SORTS.length];
  return sorted({ ...model, sort: by === 'start' ? undefined : { by }, order: undefined }, session);
}

/** The list in its order. */
export function sorted(model: Model, session: SessionView): Model {
  if (model.sort === undefined || model.sort.by === 'start')
    return model.order === undefined ? model : { ...model, order: undefined };
  const key = KEY[model.sort.by];
  const all = session.journeyCount();
  const indices = model.matches === undefined ? Array.from({ length: all }, (_, i) => i) : model.matches.indices.slice();
  const keys = new Map(indices.map((i) => [i, key(session.journeyHead(i))]));
  indices.sort((a, b) => {
    const [x, y] = [keys.get(a)!, keys.get(b)!];
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  const next = { ...model, order: indices };
  if (model.anchor === undefined || model.places.journeys.cursor === 0) return next;
  const cursor = indices.findIndex((i) => session.journeyHead(i).id === model.anchor);
  return cursor < 0 ? next : put(next, 'journeys', { cursor, top: Math.max(0, cursor - 5) });
}
