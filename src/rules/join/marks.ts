import type { CaptureFacts } from '../facts.ts';
import type { HopJoin, JoinedBy } from '../hops.ts';
import type { Clocks, Order } from './clocks.ts';
import { type Found, MAX_JOINS } from './found.ts';

/** One message (a query, an ICMP message) as a capture shows it, under a key of what does not change on its way. */
export interface Mark {
  capture: number;
  id: number;
  /** The message's own packet, and the answer's where there is one. */
  packet: number;
  answer?: number | undefined;
  /** Who sent it to whom, as written in this capture: translation changes it. */
  ends: string;
  fromClient: boolean;
}

/** Messages of one key that are compared with each other. */
const MAX_ALIKE = 64;
/** The same message is not longer on its way than this, in nanoseconds (RFC 9293 §3.4.1 has two minutes for a segment's life). */
const MAX_WAY = 120e9;
/** Of one key, the nearest in time counts when the next one is this many times as far. */
const CLEARLY = 4;
/** In one capture both sides of a router lie this near to each other. */
const MAX_INSIDE = 1e9;

/** Joins messages of the same key; gives how many were left out because it is not clear which is which, or are too many. */
export function joinMarks(
  captures: CaptureFacts[],
  clocks: Clocks,
  found: Found[],
  groups: Iterable<Mark[]>,
  kind: HopJoin['kind'],
  by: JoinedBy,
): number {
  let left = 0;
  for (const group of groups) {
    if (group.length < 2) continue;
    if (group.length > MAX_ALIKE) {
      left += group.length;
      continue;
    }
    for (const [i, a] of group.entries())
      for (const b of group.slice(i + 1)) {
        const clear = isSame(captures, clocks, group, a, b, kind);
        if (clear && found.length < MAX_JOINS) add(captures, clocks, found, a, b, kind, by);
        else if (clear) left++;
      }
  }
  return left;
}

function isSame(captures: CaptureFacts[], clocks: Clocks, group: Mark[], a: Mark, b: Mark, kind: HopJoin['kind']): boolean {
  const translated = a.ends !== b.ends;
  // Twice in one capture with the same hop limit is sent again or a copy, not another hop.
  if (a.capture === b.capture && (hopsOf(captures, a) === hopsOf(captures, b) || (kind === 'lookup' && !translated)))
    return false;
  const likeB = group.filter((m) => m.capture === b.capture && m !== a && (m.ends !== a.ends) === translated);
  const likeA = group.filter((m) => m.capture === a.capture && m !== b && (m.ends !== b.ends) === translated);
  const clock = clocks.offset(a.capture, b.capture);
  const distance = (x: Mark, y: Mark): number => Math.abs(timeOf(captures, y) - timeOf(captures, x) - (clock?.offset ?? 0));
  if (clock !== undefined && distance(a, b) > (a.capture === b.capture ? MAX_INSIDE : MAX_WAY)) return false;
  if (likeA.length === 1 && likeB.length === 1) return true;
  if (clock === undefined) return false;
  const own = distance(a, b);
  const others = [
    ...likeB.filter((m) => m !== b).map((m) => distance(a, m)),
    ...likeA.filter((m) => m !== a).map((m) => distance(m, b)),
  ];
  return others.every((each) => each >= own * CLEARLY && each > clock.uncertainty * 2);
}

function add(
  captures: CaptureFacts[],
  clocks: Clocks,
  found: Found[],
  a: Mark,
  b: Mark,
  kind: HopJoin['kind'],
  by: JoinedBy,
): void {
  const fall = Math.sign(hopsOf(captures, a) - hopsOf(captures, b));
  let order = (a.fromClient ? fall : -fall) as Order;
  if (order === 0 && a.capture === b.capture) order = Math.sign(b.packet - a.packet) as Order;
  const answered = a.answer !== undefined && b.answer !== undefined;
  clocks.seen(a.capture, timeOf(captures, a), b.capture, timeOf(captures, b), a.fromClient, order);
  if (answered) {
    const [one, other] = [captures[a.capture].timeOf(a.answer ?? 0), captures[b.capture].timeOf(b.answer ?? 0)];
    clocks.seen(a.capture, one, b.capture, other, !a.fromClient, order);
  }
  const pairs = [{ from: a.packet, to: b.packet, fromClient: a.fromClient }];
  if (answered) pairs.push({ from: a.answer ?? 0, to: b.answer ?? 0, fromClient: !a.fromClient });
  found.push({ kind, a: a.capture, b: b.capture, aId: a.id, bId: b.id, by, order, pairs: () => pairs });
}

const timeOf = (captures: CaptureFacts[], mark: Mark): number => captures[mark.capture].timeOf(mark.packet);
const hopsOf = (captures: CaptureFacts[], mark: Mark): number => captures[mark.capture].packet(mark.packet)?.hopLimit ?? 0;

/** A table of marks by key that takes at most so many. */
export class MarkTable {
  readonly groups = new Map<string, Mark[]>();
  left = 0;
  private count = 0;
  private readonly most: number;

  constructor(most = 200_000) {
    this.most = most;
  }

  add(key: string, mark: Mark): void {
    if (this.count >= this.most) {
      this.left++;
      return;
    }
    this.count++;
    const group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, [mark]);
    else group.push(mark);
  }
}
