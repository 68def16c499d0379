import { type HopFinding, journeyOf } from '../hop-text.ts';
import type { HopJoin, Hops, PacketPair } from '../hops.ts';
import { notVisible } from '../findings.ts';
import type { PacketFacts } from '../packet.ts';
import type { Advice } from '../rule.ts';

/** Joins of two captures that are looked at for a packet which both have. */
const TRIED = 5;

/** One packet at two places. */
export interface Passage {
  join: HopJoin;
  pair: PacketPair;
  /** As the place nearer to the client has it, and the other one. */
  near: PacketFacts;
  far: PacketFacts;
  /** By the hop limit. */
  routers: number;
  journey: number | undefined;
}

const made = new WeakMap<Hops, Passage[]>();

/** One packet for every two places that follow each other along the path: of any two places where nothing tells their order. */
export function passagesOf(hops: Hops): Passage[] {
  const known = made.get(hops);
  if (known !== undefined) return known;
  const tried = new Map<string, number>();
  const found = new Map<string, Passage>();
  for (const join of hops.joins) {
    if (join.kind === 'exchange') continue;
    const key = `${join.from} ${join.to}`;
    const count = tried.get(key) ?? 0;
    if (found.has(key) || count >= TRIED) continue;
    tried.set(key, count + 1);
    const passage = passageOf(hops, join);
    if (passage !== undefined) found.set(key, passage);
  }
  const all = [...found.values()];
  const next = all.filter(({ join }) => join.from === join.to || isNext(hops, join, found));
  const list = next.length > 0 ? next : all;
  made.set(hops, list);
  return list;
}

/** No other capture lies between that shows the same. */
function isNext(hops: Hops, { from, to }: HopJoin, found: Map<string, Passage>): boolean {
  const [a, b] = [hops.path.indexOf(from), hops.path.indexOf(to)];
  if (a < 0 || b < 0) return true;
  const between = hops.path.slice(Math.min(a, b) + 1, Math.max(a, b));
  return !between.some(
    (each) =>
      (found.has(`${from} ${each}`) || found.has(`${each} ${from}`)) &&
      (found.has(`${each} ${to}`) || found.has(`${to} ${each}`)),
  );
}

function passageOf(hops: Hops, join: HopJoin): Passage | undefined {
  const { pairs } = join;
  const pair = pairs.find((each) => each.fromClient) ?? pairs[0];
  if (pair === undefined) return undefined;
  const near = hops.captures[join.from].packet(pair.from);
  const far = hops.captures[join.to].packet(pair.to);
  if (near?.hopLimit === undefined || far?.hopLimit === undefined) return undefined;
  // One capture that has a packet twice just so has no second place.
  if (join.from === join.to && near.hopLimit === far.hopLimit) return undefined;
  const journey = join.kind === 'connection' ? journeyOf(hops.captures[join.from], join.fromId) : undefined;
  return { join, pair, near, far, routers: Math.abs(near.hopLimit - far.hopLimit), journey };
}

/** "02:… → 02:…", as far as the capture has it: "any" has the sender alone. */
export const macsText = ({ sourceMac, destinationMac }: PacketFacts): string =>
  [sourceMac, destinationMac].filter((each) => each !== undefined).join(' → ');

/** What a rule between two places says where one alone was captured. */
export function onePlace(hops: Hops, says: { en: string; ko: string }, advice: Advice): HopFinding[] {
  return hops.captures.slice(0, 1).map((capture) => ({ ...notVisible('one-place', [], says, advice), capture: capture.index }));
}
