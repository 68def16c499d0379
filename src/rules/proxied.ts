import type { Exchange } from '../correlate/model.ts';
import type { CaptureFacts } from './facts.ts';
import type { HopJoin, Hops } from './hops.ts';

/** What the joins say of proxies: which requests were sent on as which, and which captures stand behind which address. */
export interface Proxied {
  /** Requests sent on for this one, nearest capture first. */
  behind(capture: number, exchange: number): HopJoin[];
  /** The request in front for which this one was sent on. */
  inFront(capture: number, exchange: number): HopJoin | undefined;
  /** Captures that show requests sent on by the proxy at this address, for those in front that this capture shows. */
  capturesBehind(capture: number, server: string): number[];
}

const made = new WeakMap<Hops, Proxied>();

export function proxiedOf(hops: Hops): Proxied {
  const known = made.get(hops);
  if (known !== undefined) return known;
  const behind = new Map<string, HopJoin[]>();
  const inFront = new Map<string, HopJoin>();
  const captures = new Map<string, Set<number>>();
  for (const join of hops.joins) {
    if (join.kind !== 'exchange') continue;
    const front = `${join.from} ${join.fromId}`;
    behind.set(front, [...(behind.get(front) ?? []), join]);
    const back = `${join.to} ${join.toId}`;
    const other = inFront.get(back);
    if (other === undefined || distance(hops, join) < distance(hops, other)) inFront.set(back, join);
    const exchange = hops.captures[join.from].exchanges.get(join.fromId);
    const server = hops.captures[join.from].connections.get(exchange?.connection ?? -1)?.server.address;
    const key = `${join.from} ${server}`;
    captures.set(key, (captures.get(key) ?? new Set()).add(join.to));
  }
  for (const list of behind.values()) list.sort((p, q) => distance(hops, p) - distance(hops, q));
  const proxied: Proxied = {
    behind: (capture, exchange) => behind.get(`${capture} ${exchange}`) ?? [],
    inFront: (capture, exchange) => inFront.get(`${capture} ${exchange}`),
    capturesBehind: (capture, server) => [...(captures.get(`${capture} ${server}`) ?? [])],
  };
  made.set(hops, proxied);
  return proxied;
}

function distance({ path }: Hops, { from, to }: HopJoin): number {
  return from === to ? 0 : Math.abs(path.indexOf(to) - path.indexOf(from));
}

/**
 * Was the capture `back` running while this exchange of `front` went on, without any request of its kind that no request in front
 * claims? Then what is not in it was not sent.
 */
export function wasWatched(hops: Hops, front: CaptureFacts, exchange: Exchange, back: CaptureFacts): boolean {
  const clock = hops.clockOffset(front.index, back.index);
  if (clock === undefined || exchange.requestTime === undefined || exchange.responseTime === undefined) return false;
  const from = exchange.requestTime + clock.offset - clock.uncertainty;
  const to = exchange.responseTime + clock.offset + clock.uncertainty;
  if (from < back.firstTime || to > back.lastTime) return false;
  if (back.dropped !== undefined && back.dropped > 0) return false;
  const proxied = proxiedOf(hops);
  return !alike(back, exchange).some((other) => {
    const time = other.requestTime ?? 0;
    return time >= from && time <= to && proxied.inFront(back.index, other.id) === undefined;
  });
}

const indexes = new WeakMap<CaptureFacts, Map<string, Exchange[]>>();

/** The capture's requests of this method and path. */
function alike(capture: CaptureFacts, exchange: Exchange): Exchange[] {
  let index = indexes.get(capture);
  if (index === undefined) {
    index = new Map();
    for (const each of capture.exchanges) {
      const key = `${each.method} ${each.target}`;
      const list = index.get(key);
      if (list === undefined) index.set(key, [each]);
      else list.push(each);
    }
    indexes.set(capture, index);
  }
  return index.get(`${exchange.method} ${exchange.target}`) ?? [];
}

/** "GET /style.css": no query, which may carry secrets, and of a length that a sentence bears. */
export const requestText = ({ method, target }: Exchange): string =>
  `${method ?? '…'} ${(target ?? '').replace(/[?#].*$/s, '').slice(0, 80)}`.trim();
