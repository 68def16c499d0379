import type { CaptureFacts } from '../facts.ts';
import type { Hops } from '../hops.ts';
import { Clocks } from './clocks.ts';
import { joinConnections } from './connections.ts';
import { joinExchanges } from './exchanges.ts';
import { type Found, Join } from './found.ts';
import { joinIcmp } from './icmp.ts';
import { joinLookups } from './lookups.ts';
import { pathOf } from './path.ts';
import { joinTwice } from './twice.ts';

/**
 * Joins captures of the same traffic, given in any order. Time and memory are linear in connections, lookups and exchanges,
 * and bounded (`Hops.left` counts what was left out); a join's packets are read when its `pairs` are asked for.
 */
export function buildHops(captures: CaptureFacts[]): Hops {
  const clocks = new Clocks(captures.length);
  const found: Found[] = [];
  // Connections first: their numbers leave no doubt, and the clocks that they solve tell alike messages apart.
  let left = joinConnections(captures, clocks, found);
  for (const join of [joinLookups, joinIcmp, joinExchanges]) left += join(captures, clocks, found);
  left += joinTwice(captures, found);
  const joins = found.map(
    (each) => new Join(each, each.order === 0 && each.a !== each.b ? clocks.order(each.a, each.b) : each.order),
  );
  return { captures, joins, path: pathOf(captures.length, joins), left, clockOffset: (from, to) => clocks.offset(from, to) };
}
