import type { HopJoin } from '../hops.ts';

/** Captures in order from the client to the server, as the joins between them say; those that no ordered join names are left out. */
export function pathOf(count: number, joins: Iterable<HopJoin>): number[] {
  const votes = new Map<number, number>();
  for (const { from, to, ordered } of joins) {
    if (!ordered || from === to) continue;
    votes.set(from * count + to, (votes.get(from * count + to) ?? 0) + 1);
    votes.set(to * count + from, (votes.get(to * count + from) ?? 0) - 1);
  }
  const isBefore = (a: number, b: number): boolean => (votes.get(a * count + b) ?? 0) > 0;
  const waiting = new Set([...votes.keys()].map((key) => Math.floor(key / count)).sort((p, q) => p - q));
  const path: number[] = [];
  while (waiting.size > 0) {
    const all = [...waiting];
    // Contradicting votes could make a ring: then the first one of it goes first.
    const next = all.find((at) => !all.some((other) => isBefore(other, at))) ?? all[0];
    waiting.delete(next);
    path.push(next);
  }
  return path;
}
