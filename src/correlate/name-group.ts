import type { Conversation, JourneyLookup, NameGroup } from './conversation.ts';
import type { Lookup } from './model.ts';
import { added, EMPTY } from './packet-list.ts';
import * as R from './tcp-record.ts';

/** A question this much later than the one before is a new action. */
export const GROUP_NANOSECONDS = 5e9;
const GROUP_LOOKUPS = 16;
/** Somebody who asks again this soon, from another port and without an answer, is another caller; later it is a repeat. */
const CALL_NANOSECONDS = 0.25e9;
/** How many of a client's groups of one name are looked through for calls that are made at once. */
export const CALL_STEPS = 8;
/** Connections remembered of a group. */
const USERS_LIMIT = 16;

/** Asked soon enough, and before a connection made use of the answers. */
const open = (group: NameGroup, lookup: Lookup): boolean =>
  lookup.start - group.last <= GROUP_NANOSECONDS && lookup.start <= group.usedAt && group.lookups.length < GROUP_LOOKUPS;

/**
 * The same question was in flight already, from another port: programs, or threads of one, that ask at the same moment ask
 * each for itself. What one of them asks (A, AAAA) comes from one port as a rule.
 */
function otherCall(group: NameGroup, lookup: Lookup): boolean {
  for (const l of group.lookups) {
    if (l.type !== lookup.type || l.transport !== lookup.transport) continue;
    // Some ask several servers at once.
    if (l.client.port === lookup.client.port || l.server.address !== lookup.server.address) continue;
    const [first, second] = l.start <= lookup.start ? [l, lookup] : [lookup, l];
    if (second.start < (first.end ?? Number.POSITIVE_INFINITY) && second.start - first.start < CALL_NANOSECONDS) return true;
  }
  return false;
}

function samePort(group: NameGroup, lookup: Lookup): boolean {
  for (const l of group.lookups) if (l.client.port === lookup.client.port) return true;
  return false;
}

/** The group that a lookup is in, or belongs to; `newest` is the newest of its client and name. */
export function groupFor(newest: NameGroup, lookup: Lookup): NameGroup | undefined {
  let free: NameGroup | undefined;
  let group: NameGroup | undefined = newest;
  for (let steps = 0; group !== undefined && steps < CALL_STEPS; steps++, group = group.older) {
    if (group.lookups.includes(lookup)) return group;
    if (lookup.start - group.last > GROUP_NANOSECONDS) break;
    if (!open(group, lookup) || otherCall(group, lookup)) continue;
    if (samePort(group, lookup)) return group;
    free ??= group;
  }
  return free;
}

/** Lookups that a call made before it was known to be one of its own: they leave their groups for this new one. */
export function takeCall(group: NameGroup, lookup: Lookup): JourneyLookup[] {
  let taken: JourneyLookup[] = EMPTY;
  let from = group.older;
  for (let steps = 0; from !== undefined && steps < CALL_STEPS; steps++, from = from.older) {
    if (from.usedAt !== Number.POSITIVE_INFINITY || !open(from, lookup)) break;
    const own = from.lookups.filter((l) => l.client.port === lookup.client.port);
    if (own.length === 0 || own.length === from.lookups.length) continue;
    for (const l of own) from.lookups.splice(from.lookups.indexOf(l), 1);
    from.addresses = from.lookups.flatMap((l) => l.addresses);
    taken = taken.concat(own);
  }
  if (taken.length > 0) {
    group.lookups.unshift(...taken);
    group.addresses = taken.flatMap((l) => l.addresses);
  }
  return taken;
}

/** Calls made at the same moment, before a packet, that led to no connection: some programs look up twice to connect once. */
export function idleCalls(group: NameGroup, before = Number.POSITIVE_INFINITY): NameGroup[] {
  let found: NameGroup[] = EMPTY;
  if (group.lookups.length === 0) return found;
  const { start } = group.lookups[0];
  for (let g = group.older, i = 0; g !== undefined && at(g, start) && i < CALL_STEPS; g = g.older, i++)
    if (idle(g, before)) found = added(found, g);
  for (let g = group.newer, i = 0; g !== undefined && at(g, start) && i < CALL_STEPS; g = g.newer, i++)
    if (idle(g, before)) found = added(found, g);
  return found;
}

const at = ({ lookups }: NameGroup, time: number): boolean =>
  lookups.length > 0 && Math.abs(lookups[0].start - time) < CALL_NANOSECONDS;
const idle = ({ usedAt, lookups }: NameGroup, before: number): boolean =>
  usedAt === Number.POSITIVE_INFINITY && lookups[0].packet < before;

/** TCP's connections and QUIC's are numbered apart. */
export const firstPacket = (c: Conversation): number => c.page.words[c.base + R.FIRST];

/** A connection goes to one of the answers. */
export function use(group: NameGroup, c: Conversation, opened: number): void {
  group.usedAt = Math.min(group.usedAt, opened);
  if (group.users.length >= USERS_LIMIT) return;
  if (group.users.length === 0) group.users = [c];
  else {
    let at = group.users.length;
    while (at > 0 && firstPacket(group.users[at - 1]) > firstPacket(c)) at--;
    group.users.splice(at, 0, c);
  }
}

/** Its journey is out, or was told as a part of another one's. */
export function leave(group: NameGroup, c: Conversation): void {
  const at = group.users.indexOf(c);
  if (at >= 0 && group.users.length === 1) group.users = EMPTY;
  else if (at >= 0) group.users.splice(at, 1);
}
