// Filters of the lists. A large list is looked at in slices, so that no key waits for the whole of it.
import type { Domain } from '../filter/domain.ts';
import { FilterError } from '../filter/error.ts';
import { journeys, type Subject, Subject as JourneySubject } from '../filter/journeys.ts';
import { type Packet, packets } from '../filter/packets.ts';
import { type Filter, parse } from '../filter/parser.ts';
import type { SessionView } from '../session/session.ts';
import { connectionSubject, connections, lookupSubject, lookups } from '../filter/records.ts';
import { type Filtered, type Matches, type Model, put, type Short } from './model.ts';
export type { Filtered } from './model.ts';
import { sorted } from './sort.ts';

/** How many rows are looked at in one go: those whose heads tell all, and those that must be fetched. */
const HEADS = 4000;
const RECORDS = 500;
/** Milliseconds: what else is to be done does not wait longer. */
const PATIENCE = 6;

const remembered = new Map<string, Filter<unknown> | FilterError>();

function compiled<S>(list: Filtered, domain: Domain<S>, text: string): Filter<S> | FilterError {
  const key = `${list} ${text}`;
  let known = remembered.get(key);
  if (known === undefined) {
    if (remembered.size > 20) remembered.clear();
    try {
      known = parse(text, domain) as Filter<unknown>;
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      known = error;
    }
    remembered.set(key, known);
  }
  return known as Filter<S> | FilterError;
}

/** Rows that are nothing but their words. */
const WORDS: Domain<string> = {
  field: () => undefined,
  elsewhere: (name) =>
    journeys.field(name) && {
      en: 'this is a field of journeys: press 1 and filter there; here words are looked for',
      ko: '여정의 필드입니다. 1을 눌러 여정 목록에서 거르세요. 여기서는 글자를 찾습니다',
    },
  searched: (text) => text.toLowerCase(),
  fields: [],
};
const DOMAINS = { journeys, packets, connections, dns: lookups, book: WORDS, waterfall: journeys, problems: WORDS };
type AnyDomain = Domain<Subject> | Domain<Packet> | Domain<string>;
export const domainOf = (list: Filtered): AnyDomain => DOMAINS[list];

export const isShort = (list: string): list is Short => list === 'book' || list === 'waterfall' || list === 'problems';

/** The rows of a short list that its filter finds; `text`: the words of a row. */
export function wordsFound<T>(
  model: Model,
  list: 'book' | 'problems',
  rows: readonly T[],
  text: (row: T) => string,
): readonly T[] {
  const wanted = model.short[list] ?? '';
  const filter = wanted === '' ? undefined : compiled(list, WORDS, wanted);
  return filter === undefined || filter instanceof FilterError ? rows : rows.filter((row) => filter.test(text(row)));
}

/** What is wrong with a filter, where something is. */
export function mistake(list: Filtered, text: string): FilterError | undefined {
  const filter = compiled(list, domainOf(list) as Domain<unknown>, text);
  return filter instanceof FilterError ? filter : undefined;
}

/** The filter that a list has; empty: none. */
export const filterOf = (model: Model, list: Filtered): string =>
  list === 'journeys'
    ? model.filter
    : list === 'packets'
      ? model.packetFilter
      : ((isShort(list) ? model.short[list] : model.lists[list]?.text) ?? '');

/** Lists what matches, from the top. A filter with a mistake changes nothing. */
export function filterBy(model: Model, list: Filtered, text: string, session: SessionView): Model {
  if (mistake(list, text) !== undefined) return model;
  const next = put(withFilter(model, list, text), list, { cursor: 0, top: 0 });
  return sorted(look(next, session), session);
}

export function withFilter(model: Model, list: Filtered, text: string): Model {
  const matches = text.trim() === '' ? undefined : { indices: [], scanned: 0 };
  if (list === 'journeys') return { ...model, filter: text, matches };
  if (list === 'packets') return { ...model, packetFilter: text, packetMatches: matches };
  if (isShort(list)) return { ...model, short: { ...model.short, [list]: text.trim() === '' ? undefined : text } };
  return { ...model, lists: { ...model.lists, [list]: matches && { text, matches } } };
}

/** Some rows are left to be looked at. */
export function unfinished(model: Model, session: SessionView): boolean {
  const left = (matches: Matches | undefined, all: number): boolean =>
    matches !== undefined && ((matches.again ?? matches).scanned < all || matches.again !== undefined);
  if (model.sorting !== undefined || unjudged(model, session)) return true;
  return (
    left(model.matches, session.journeyCount()) ||
    left(model.packetMatches, packetsToLookAt(model, session)) ||
    left(model.lists.connections?.matches, session.connectionCount()) ||
    left(model.lists.dns?.matches, session.lookupCount())
  );
}

/** The timeline in front has no verdicts yet. */
const unjudged = (model: Model, session: SessionView): boolean =>
  model.screen === 'timeline' &&
  model.journey !== undefined &&
  model.judged !== model.journey.id &&
  model.journey.index < session.journeyCount() &&
  session.progress().done;

/** Has the book's verdicts on the journey in front found, which the session then knows. */
export function judge(model: Model, session: SessionView): Model {
  if (model.journey === undefined || !unjudged(model, session)) return model;
  session.verdicts(model.journey.index);
  return { ...model, judged: model.journey.id };
}

/** Looks at the next rows of the lists that are filtered. */
export function look(model: Model, session: SessionView): Model {
  let next = model;
  if (model.matches !== undefined) {
    const filter = compiled('journeys', journeys, model.filter);
    if (!(filter instanceof FilterError)) {
      const ask = (i: number): boolean => filter.test(new JourneySubject(session, i));
      const matches = advance(model.matches, session.journeyCount(), filter.head ? HEADS : RECORDS, (i) => i, ask);
      if (matches !== model.matches) next = { ...next, matches };
    }
  }
  if (model.packetMatches !== undefined) {
    const filter = compiled('packets', packets, model.packetFilter);
    if (!(filter instanceof FilterError)) {
      const ask = (n: number): boolean => packetMatches(filter, session, n);
      const at = (i: number): number => model.numbers?.[i] ?? i + 1;
      const matches = advance(model.packetMatches, packetsToLookAt(model, session), RECORDS, at, ask);
      if (matches !== model.packetMatches) next = { ...next, packetMatches: matches };
    }
  }
  for (const list of ['connections', 'dns'] as const) {
    const known = model.lists[list];
    if (known === undefined) continue;
    const all = list === 'dns' ? session.lookupCount() : session.connectionCount();
    const ask = (i: number): boolean => matchesFilter(list, known.text, session, i);
    const matches = advance(known.matches, all, RECORDS, (i) => i, ask);
    if (matches !== known.matches) next = { ...next, lists: { ...next.lists, [list]: { ...known, matches } } };
  }
  return next;
}

const packetsToLookAt = (model: Model, session: SessionView): number => model.numbers?.length ?? session.packetCount();

function packetMatches(filter: Filter<Packet>, session: SessionView, number: number): boolean {
  const packet = session.packet(number);
  return packet !== undefined && filter.test(packet);
}

function advance(matches: Matches, all: number, slice: number, at: (i: number) => number, ask: (n: number) => boolean): Matches {
  const under = matches.again ?? matches;
  const end = Math.min(all, under.scanned + slice);
  const found: number[] = [];
  const started = performance.now();
  let i = under.scanned;
  for (; i < end; i++) {
    if (ask(at(i))) found.push(at(i));
    if ((i & 15) === 15 && performance.now() - started > PATIENCE) {
      i++;
      break;
    }
  }
  const same = i === under.scanned;
  // What was found goes behind what is there: a list of many thousands is not copied for each slice.
  for (const each of found) under.indices.push(each);
  const grown: Matches = { indices: under.indices, scanned: i };
  if (matches.again === undefined) return same ? matches : grown;
  return i >= all ? grown : { ...matches, again: grown };
}

/** The list has changed: what matches is looked for anew, and shown when it is known. */
export const anew = (matches: Matches): Matches => ({
  indices: matches.indices,
  scanned: matches.scanned,
  again: { indices: [], scanned: 0 },
});

/** Does a row's record match a filter? */
export function matchesFilter(list: Filtered, text: string, session: SessionView, at: number): boolean {
  if (list === 'packets') {
    const filter = compiled(list, packets, text);
    return !(filter instanceof FilterError) && packetMatches(filter, session, at);
  }
  const filter = compiled(list, domainOf(list) as Domain<Subject>, text);
  if (filter instanceof FilterError) return false;
  if (list === 'journeys' || list === 'waterfall') return filter.test(new JourneySubject(session, at));
  if (list === 'dns') {
    const lookup = session.lookup(at);
    return lookup !== undefined && filter.test(lookupSubject(session, lookup));
  }
  const connection = session.connection(at);
  return connection !== undefined && filter.test(connectionSubject(session, connection));
}
