import type { JourneyHead, SessionView } from '../session.ts';
import { OUTCOME } from '../text/messages.ts';
import { type Model, put } from './model.ts';

/** Lists what contains the text, from the top. */
export function filterBy(model: Model, filter: string, session: SessionView): Model {
  const next = put({ ...model, filter }, 'journeys', { cursor: 0, top: 0 });
  return { ...next, matches: filter === '' ? undefined : matchesOf(next, session, undefined) };
}

/** Looks at the journeys after those of `known`, or at all. */
export function matchesOf(model: Model, session: SessionView, known: Model['matches']): Model['matches'] {
  const all = session.journeyCount();
  const indices = known === undefined ? [] : [...known.indices];
  const wanted = model.filter.toLowerCase();
  for (let i = known?.scanned ?? 0; i < all; i++) if (textOf(session.journeyHead(i), model).includes(wanted)) indices.push(i);
  return { indices, scanned: all };
}

function textOf(journey: JourneyHead, model: Model): string {
  const outcome = OUTCOME[journey.outcome][model.language];
  return `${journey.method ?? ''} ${journey.url ?? journey.name} ${journey.name} ${journey.status ?? ''} ${outcome}`.toLowerCase();
}
