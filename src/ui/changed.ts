// What changes in the screens when the session knows more, and where the journeys are then.
import type { SessionView } from '../session/session.ts';
import { anew, look } from './filter.ts';
import { type Model, put } from './model.ts';
import { numbersOf } from './opening.ts';
import { sorted } from './sort.ts';

/** The session knows more than before. */
export function changed(model: Model, session: SessionView): Model {
  const done = session.progress().done;
  let next = model;
  // Journeys may have been put between others: once all are there, they are looked at again.
  const whole = done && model.ended !== true;
  for (const list of ['connections', 'dns'] as const) {
    const known = next.lists[list];
    // Records come when they end, in any order.
    if (whole && known !== undefined)
      next = { ...next, lists: { ...next.lists, [list]: { ...known, matches: anew(known.matches) } } };
  }
  if (next.matches !== undefined) next = look(whole ? { ...next, matches: anew(next.matches) } : next, session);
  if (whole) next = { ...next, ended: true };
  if (next.sort !== undefined && (whole || (next.order?.length ?? 0) * 1.1 < journeysListed(next, session)))
    next = sorted(next, session);
  const { cursor, top } = next.places.journeys;
  // Somebody who has not moved stays at the top; else the cursor stays on its journey, should others be put before it.
  if (cursor > 0 && next.anchor !== undefined && next.matches === undefined && next.order === undefined) {
    const index = findJourney(session, cursor, next.anchor);
    if (index !== undefined && index !== cursor)
      next = put(next, 'journeys', { cursor: index, top: Math.max(0, top + index - cursor) });
  }
  if (next.journey !== undefined) {
    const index = findJourney(session, next.journey.index, next.journey.id);
    if (index !== undefined && index !== next.journey.index) next = { ...next, journey: { ...next.journey, index } };
    if (index !== undefined && next.numbers !== undefined) next = { ...next, numbers: numbersOf(next, next.scope, session) };
  }
  return next;
}

const journeysListed = (model: Model, session: SessionView): number => model.matches?.indices.length ?? session.journeyCount();

/** Where the journey of this id is now: first asked where it was, then around there. */
function findJourney(session: SessionView, index: number, id: number): number | undefined {
  const all = session.journeyCount();
  for (let off = 0; index - off >= 0 || index + off < all; off++) {
    if (index + off < all && session.journeyHead(index + off).id === id) return index + off;
    if (off > 0 && index - off >= 0 && session.journeyHead(index - off).id === id) return index - off;
  }
  return undefined;
}

/** The cursor on the journey that it was on, wherever that is now. */
export function keepAnchor(model: Model, session: SessionView): Model {
  if (model.anchor === undefined || model.order !== undefined) return model;
  const index = findJourney(session, model.journey?.index ?? 0, model.anchor);
  return index === undefined ? model : put(model, 'journeys', { cursor: index, top: Math.max(0, index - 5) });
}
