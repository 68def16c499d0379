import type { HopJoin } from '../hops.ts';

/** Captures in order from the client to the server, as the joins between them say; those that no ordered join names are left out. */
export function pathOf(count: number, joins: Iterable<HopJoin>): number[] {
  const votes = new Map<number, number>();
  for (const { from, to, ordered } of joins) {
    if (!ordered || from === to) continue;
    votes.set(from * count + to, (votes.get(from * count + to) ?? 0) + 1);
    votes.set(to * count + from, (votes.get(to * count + from) ?? 0) - 1);
  }
  const behind = (at: number): number => {
    let sum = 0;
    for (let other = 0; other < count; other++) if ((votes.get(other * count + at) ?? 0) > 0) sum++;
    return sum;
  };
  const named = Array.from({ length: count }, (_, i) => i).filter((i) =>
    [...votes.keys()].some((k) => Math.floor(k / count) === i),
  );
  // The order is whole, so the number of captures before one is its place.
  return named
    .map((at) => ({ at, place: behind(at) }))
    .sort((p, q) => p.place - q.place || p.at - q.at)
    .map(({ at }) => at);
}
