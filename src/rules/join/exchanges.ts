import type { Exchange } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import type { JoinedBy } from '../hops.ts';
import { cacheSays, forwardedFor, requestHead, responseHead } from '../http-head.ts';
import type { Clocks } from './clocks.ts';
import { type Found, MAX_JOINS } from './found.ts';
import { SameConnections } from './same-connection.ts';

/** Requests that are looked at, in all captures together. */
const MAX_REQUESTS = 100_000;
/** Requests in front that one behind is compared with: the last ones before it. */
const MAX_BEFORE = 32;
/** Requests of one path that are told apart by their order alone, where the clocks are not known. */
const MAX_ORDERED = 64;

/** A request as one capture shows it. */
interface Side {
  capture: number;
  connection: number;
  exchange: Exchange;
  start: number;
  end: number;
  /** Read when first asked for. */
  readonly words: Words;
}

interface Words {
  forwardedFor: string | undefined;
  ids: string[];
  via: boolean;
  fromCache: boolean;
}

/**
 * Joins requests with those that a proxy sent on for them. The proxy's connections are its own, so only its words tell, with method
 * and path: a request id, the client's address in X-Forwarded-For or Forwarded, or Via; and that the one lies within the other's
 * time. What several requests could be is left out; gives how many.
 */
export function joinExchanges(captures: CaptureFacts[], clocks: Clocks, found: Found[]): number {
  const same = new SameConnections(captures, found);
  const { groups, left } = byPath(captures, same);
  const matched = new Set<string>();
  const join = (front: Side, back: Side, by: JoinedBy): void => {
    const key = `${front.capture}.${front.exchange.id} ${back.capture}.${back.exchange.id}`;
    if (matched.has(key) || found.length >= MAX_JOINS) return;
    matched.add(key);
    clocks.seen(front.capture, front.start, back.capture, back.start, true, 1);
    clocks.seen(front.capture, front.end, back.capture, back.end, false, 1);
    found.push({
      kind: 'exchange',
      a: front.capture,
      b: back.capture,
      aId: front.exchange.id,
      bId: back.exchange.id,
      by,
      order: 1,
      pairs: () => [],
    });
  };
  // What is clear without clocks solves them; with them more is clear.
  for (const round of ['alone', 'ordered', 'clocks'] as const)
    for (const group of groups)
      for (const fronts of group.values())
        for (const backs of group.values()) {
          const clock = clocks.offset(fronts[0].capture, backs[0].capture);
          if (clock !== undefined) byTime(fronts, backs, same, clock, join);
          else if (round !== 'clocks') withoutClock(fronts, backs, same, round, join);
        }
  return left;
}

type Joiner = (front: Side, back: Side, by: JoinedBy) => void;

/** Each request behind lies within the time of exactly one in front. */
function byTime(
  fronts: Side[],
  backs: Side[],
  same: SameConnections,
  { offset, uncertainty }: { offset: number; uncertainty: number },
  join: Joiner,
): void {
  const claims = new Map<Side, Side[]>();
  for (const back of backs) {
    const fitting: Side[] = [];
    for (let i = lastBefore(fronts, back.start - offset + uncertainty), seen = 0; i >= 0 && seen < MAX_BEFORE; i--, seen++) {
      const front = fronts[i];
      if (back.end > front.end + offset + uncertainty) continue;
      if (evidence(front, back, same) !== undefined) fitting.push(front);
    }
    if (fitting.length === 1) claims.set(fitting[0], [...(claims.get(fitting[0]) ?? []), back]);
  }
  for (const [front, list] of claims)
    for (const back of list) {
      const by = evidence(front, back, same);
      // A proxy that asked twice for one request: both are its.
      if (by !== undefined) join(front, back, by);
    }
}

function withoutClock(fronts: Side[], backs: Side[], same: SameConnections, round: 'alone' | 'ordered', join: Joiner): void {
  if (fronts.length > MAX_ORDERED || backs.length > MAX_ORDERED) return;
  const asked = fronts.filter((f) => !f.words.fromCache && backs.some((b) => evidence(f, b, same) !== undefined));
  const sent = backs.filter((b) => asked.some((f) => evidence(f, b, same) !== undefined));
  if (asked.length !== sent.length || asked.length === 0) return;
  if (round === 'alone' && asked.length > 1) return;
  let upper = Number.POSITIVE_INFINITY;
  let lower = Number.NEGATIVE_INFINITY;
  for (const [i, front] of asked.entries()) {
    upper = Math.min(upper, sent[i].start - front.start);
    lower = Math.max(lower, sent[i].end - front.end);
  }
  const by = asked.map((front, i) => evidence(front, sent[i], same));
  if (lower > upper || by.includes(undefined)) return;
  for (const [i, front] of asked.entries()) join(front, sent[i], by[i] ?? 'via');
}

/** How `back` tells that it was sent on for `front`. */
function evidence(front: Side, back: Side, same: SameConnections): JoinedBy | undefined {
  if (front === back || same.root(front.capture, front.connection) === same.root(back.capture, back.connection)) return undefined;
  const told = back.words.forwardedFor;
  if (told === undefined && back.words.ids.length === 0 && !back.words.via) return undefined;
  if (front.words.fromCache && back.end - back.start > front.end - front.start) return undefined;
  const forwarded = told !== undefined && same.hasClient(front.capture, front.connection, told);
  if (
    back.words.ids.some((id) => front.words.ids.includes(id)) &&
    (forwarded || told === undefined || front.words.forwardedFor === undefined)
  )
    return isBehind(front, back) ? 'request-id' : undefined;
  if (forwarded) return 'forwarded-for';
  return told === undefined && back.words.via && !front.words.via && front.exchange.status === back.exchange.status
    ? 'via'
    : undefined;
}

/** The one behind took no longer than the one that waited for it. */
const isBehind = (front: Side, back: Side): boolean => back.end - back.start <= front.end - front.start;

function lastBefore(sides: Side[], time: number): number {
  let low = 0;
  let high = sides.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sides[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Requests by method and path, and in each group by capture, in order of time; groups in which nothing can be joined are left out. */
function byPath(captures: CaptureFacts[], same: SameConnections): { groups: Map<number, Side[]>[]; left: number } {
  const byKey = new Map<string, { capture: CaptureFacts; exchange: Exchange }[]>();
  let count = 0;
  let left = 0;
  for (const capture of captures)
    for (const exchange of capture.exchanges) {
      if (exchange.method === undefined || exchange.target === undefined || exchange.requestTime === undefined) continue;
      if (count++ >= MAX_REQUESTS) {
        left++;
        continue;
      }
      const key = `${exchange.method} ${pathOf(exchange.target)}`;
      const list = byKey.get(key);
      if (list === undefined) byKey.set(key, [{ capture, exchange }]);
      else list.push({ capture, exchange });
    }
  const groups: Map<number, Side[]>[] = [];
  for (const list of byKey.values()) {
    if (new Set(list.map((each) => same.root(each.capture.index, each.exchange.connection))).size < 2) continue;
    const group = new Map<number, Side[]>();
    for (const { capture, exchange } of list) {
      const side = sideOf(capture, exchange);
      const sides = group.get(capture.index);
      if (sides === undefined) group.set(capture.index, [side]);
      else sides.push(side);
    }
    for (const sides of group.values()) sides.sort((p, q) => p.start - q.start);
    groups.push(group);
  }
  return { groups, left };
}

/** Forward proxies are asked for whole URLs (RFC 9112 §3.2.2). */
const pathOf = (target: string): string => target.replace(/^https?:\/\/[^/?]*/i, '') || '/';

function sideOf(capture: CaptureFacts, exchange: Exchange): Side {
  const start = exchange.requestTime ?? 0;
  let words: Words | undefined;
  return {
    capture: capture.index,
    connection: exchange.connection,
    exchange,
    start,
    end: Math.max(start, exchange.responseTime ?? exchange.requestEndTime ?? start),
    get words() {
      words ??= wordsOf(capture, exchange);
      return words;
    },
  };
}

function wordsOf(capture: CaptureFacts, exchange: Exchange): Words {
  const request = requestHead(capture, exchange);
  const response = responseHead(capture, exchange);
  const ids = [request?.fields.get('x-request-id'), request?.fields.get('traceparent')?.split('-')[1]];
  return {
    forwardedFor: request && forwardedFor(request),
    ids: ids.filter((id) => id !== undefined),
    via: request?.fields.get('via') !== undefined,
    fromCache: response !== undefined && cacheSays(response)?.kind === 'hit',
  };
}
