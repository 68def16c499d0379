import type { Conversation, NameGroup } from './conversation.ts';
import type { Lookup } from './model.ts';
import { EMPTY } from './packet-list.ts';

/** A question this much later than the one before is a new action. */
const GROUP_NANOSECONDS = 5e9;
const GROUP_LOOKUPS = 16;
/** Somebody who asks again this soon, from another port and without an answer, is another caller; later it is a repeat. */
const CALL_NANOSECONDS = 1e9;
/** How many of a client's groups of one name are looked through for calls that are made at once. */
const CALL_STEPS = 8;
/** Connections remembered of a group. */
const USERS_LIMIT = 16;

export function newGroup(lookup: Lookup, key: string, number: number, weight: number, older: NameGroup | undefined): NameGroup {
  const group: NameGroup = {
    client: lookup.client.address,
    name: lookup.name,
    key,
    lookups: [lookup],
    addresses: EMPTY,
    usedAt: Number.POSITIVE_INFINITY,
    last: lookup.start,
    weight,
    number,
    journeyId: -1,
    older,
    newer: undefined,
    users: EMPTY,
    told: false,
    owned: false,
    resolution: undefined,
  };
  if (older !== undefined) older.newer = group;
  return group;
}

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

const samePort = (group: NameGroup, lookup: Lookup): boolean => group.lookups.some((l) => l.client.port === lookup.client.port);

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
export function takeCall(group: NameGroup, lookup: Lookup): Lookup[] {
  let taken: Lookup[] = EMPTY;
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

/** A connection goes to one of the answers. */
export function use(group: NameGroup, c: Conversation, opened: number): void {
  group.usedAt = Math.min(group.usedAt, opened);
  if (group.users.length >= USERS_LIMIT) return;
  if (group.users === EMPTY) group.users = [c];
  else {
    let at = group.users.length;
    while (at > 0 && group.users[at - 1].id > c.id) at--;
    group.users.splice(at, 0, c);
  }
}

/** Its journey is out, or was told as a part of another one's. */
export function leave(group: NameGroup, c: Conversation): void {
  const at = group.users.indexOf(c);
  if (at >= 0) group.users.splice(at, 1);
}
