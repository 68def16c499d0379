import { hostPort } from '../../correlate/host-names.ts';
import type { Connection, Endpoint, Exchange } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import type { HopJoin, Hops } from '../hops.ts';
import { forwardedFor, requestHead } from '../http-head.ts';
import { crossingsOf, destinationChanged, sourceChanged } from '../nat/translations.ts';

/** A request, or a connection, that something handed on to a server of its choice. */
export interface Handed {
  capture: number;
  /** Of the request's packet, or the first of the connection, behind. */
  packet: number;
  time: number;
  connection: Connection;
  exchange?: Exchange;
  /** Who handed it on, as the servers see it; of a rewritten destination the address that it had. */
  by: string;
  server: Endpoint;
  /** "X-Forwarded-For: 203.0.113.7" */
  says?: string;
  join?: HopJoin;
}

const MOST = 100_000;
const made = new WeakMap<Hops, Handed[]>();

/** Everything handed on that a capture behind shows, in order of time: by joins, and by a proxy's words in the request. */
export function handedOn(hops: Hops): Handed[] {
  const known = made.get(hops);
  if (known !== undefined) return known;
  const found: Handed[] = [];
  const joins = new Map<string, HopJoin>();
  for (const join of hops.joins) if (join.kind === 'exchange') joins.set(`${join.to} ${join.toId}`, join);
  for (const capture of hops.captures) {
    let count = 0;
    for (const exchange of capture.exchanges) {
      if (count++ >= MOST) break;
      const handed = ofExchange(capture, exchange, joins.get(`${capture.index} ${exchange.id}`));
      if (handed !== undefined) found.push(handed);
    }
  }
  for (const { join, near, far, outgoing, protocol } of spread(hops)) {
    const connection = hops.captures[join.to].connections.get(join.toId);
    if (connection === undefined || outgoing === undefined || protocol !== 'TCP') continue;
    const [packet, time] = [outgoing.to, hops.captures[join.to].timeOf(outgoing.to)];
    found.push({ capture: join.to, packet, time, connection, by: hostPort(near.server), server: far.server, join });
  }
  found.sort((p, q) => p.capture - q.capture || p.time - q.time);
  made.set(hops, found);
  return found;
}

const spread = (hops: Hops): ReturnType<typeof crossingsOf> =>
  crossingsOf(hops).filter((crossing) => destinationChanged(crossing) && !sourceChanged(crossing));

function ofExchange(capture: CaptureFacts, exchange: Exchange, join: HopJoin | undefined): Handed | undefined {
  const connection = capture.connections.get(exchange.connection);
  if (connection === undefined || exchange.requestPacket === undefined) return undefined;
  const head = requestHead(capture, exchange);
  const told = head && forwardedFor(head);
  const via = head?.fields.get('via');
  if (join === undefined && told === undefined && via === undefined) return undefined;
  const name = head?.fields.has('x-forwarded-for')
    ? 'X-Forwarded-For'
    : head?.fields.has('forwarded')
      ? 'Forwarded'
      : 'X-Real-IP';
  return {
    capture: capture.index,
    packet: exchange.requestPacket,
    time: exchange.requestTime ?? 0,
    connection,
    exchange,
    by: connection.client.address,
    server: connection.server,
    ...(told !== undefined ? { says: `${name}: ${told}` } : via !== undefined ? { says: `Via: ${via}` } : {}),
    ...(join === undefined ? {} : { join }),
  };
}

/** Servers that one balancer used, as one capture shows them; and those that it asks how they are. */
export function serversOf(handed: Handed[], by: string, capture: number): Set<string> {
  return new Set(handed.filter((h) => h.by === by && h.capture === capture).map((h) => hostPort(h.server)));
}
