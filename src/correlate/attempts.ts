import { ConnectionFacts, clientSide, portOf } from './connection-facts.ts';
import type { Attempt, AttemptOutcome } from './attempt.ts';
import type { Conversation, Try } from './conversation.ts';
import { LIST_LIMIT } from './model.ts';
import { inOrder } from './packet-list.ts';
import * as R from './tcp-record.ts';

/** After its last SYN a silent address is given up, after a refusal the next one is tried, within this time. */
const SILENCE_NANOSECONDS = 70e9;
const FALLBACK_NANOSECONDS = 5e9;

const NONE: Conversation[] = [];

export const talked = (c: Conversation): boolean => c.half(0).payloadBytes > 0 || c.half(1).payloadBytes > 0;

/** What there is to tell of a connection as an attempt; kept where its record is gone. */
export function tryOf(c: Conversation): Try {
  return c.attempt ?? tryFrom(new ConnectionFacts(c.page, c.base, c));
}

export function tryFrom(f: ConnectionFacts): Try {
  const c = f.conversation as Conversation;
  const how = f.closeHow;
  const established = f.word(R.ACK_PACKET) !== 0 ? f.time(R.ACK_TIME) : Number.POSITIVE_INFINITY;
  const closed = f.closePackets.length > 0;
  let outcome: AttemptOutcome = 'abandoned';
  if (talked(c)) outcome = 'used';
  else if (how === 'refused' || how === 'unreachable' || how === 'unanswered') outcome = how;
  else if (!closed) outcome = 'unused';
  const packets = inOrder([...f.handshakePackets, ...f.closePackets]);
  if (packets.length > LIST_LIMIT) packets.length = LIST_LIMIT;
  return {
    connection: f.id,
    client: f.client,
    server: f.server,
    outcome,
    packets,
    opened: f.word(R.SYN_PACKET) !== 0 ? f.time(R.SYN_TIME) : f.time(R.FIRST_TIME),
    established,
    over: closed ? f.time(R.CLOSE_TIME) : Number.POSITIVE_INFINITY,
    last: f.time(R.LAST_TIME),
    resolution: c.resolution,
    card: c.card,
    journey: undefined,
  };
}

export const attemptOf = ({ connection, outcome, packets }: Try): Attempt => ({ connection, outcome, packets });

/** Gone to another address than `c` for the same port. */
function sibling(c: Conversation, t: Try, u: Conversation): boolean {
  if (u === c) return false;
  if (u.attempt !== undefined) return u.attempt.server.port === t.server.port && u.attempt.server.address !== t.server.address;
  if (portOf(u.page, u.base, clientSide(u.page, u.base) === 0 ? 1 : 0) !== t.server.port) return false;
  return new ConnectionFacts(u.page, u.base, u).server.address !== t.server.address;
}

/** It came to nothing: no byte was sent over it, and it is not open. */
const lost = (t: Try): boolean => t.outcome !== 'used' && t.outcome !== 'unused';

/** `next` was tried because `t` was not there yet, or because it had failed. */
function ledTo(t: Try, next: Try): boolean {
  if (t.opened > next.opened || t.established < next.opened) return false;
  const since = t.outcome === 'refused' || t.outcome === 'unreachable' ? FALLBACK_NANOSECONDS : SILENCE_NANOSECONDS;
  return next.opened - Math.min(t.last, t.over) <= since;
}

/**
 * Connections that the client tried beside this one for the same purpose and that came to nothing: those before it one after the
 * other, and those begun while this one was not there yet. `users`: of the same lookups, in order of opening.
 */
export function losersOf(c: Conversation, users: Conversation[]): Conversation[] {
  if (users.length < 2) return NONE;
  const t = tryOf(c);
  const at = users.indexOf(c);
  const losers: Conversation[] = [];
  let next = t;
  for (let i = at - 1; i >= 0; i--) {
    if (!sibling(c, t, users[i])) continue;
    const before = tryOf(users[i]);
    if (!lost(before) || !ledTo(before, next)) continue;
    losers.unshift(users[i]);
    next = before;
  }
  for (let i = at + 1; at >= 0 && i < users.length; i++) {
    if (!sibling(c, t, users[i])) continue;
    const after = tryOf(users[i]);
    if (lost(after) && after.opened < t.established && after.opened - t.last <= SILENCE_NANOSECONDS) losers.push(users[i]);
  }
  return losers.length === 0 ? NONE : losers;
}

/** `c` came to nothing, and another attempt for the same purpose got further, may still do so, or lasted longer. */
export function bettered(c: Conversation, users: Conversation[]): boolean {
  if (users.length < 2) return false;
  const t = tryOf(c);
  for (const u of users) if (sibling(c, t, u) && further(u, t) && losersOf(u, users).includes(c)) return true;
  return false;
}

function further(u: Conversation, than: Try): boolean {
  const t = tryOf(u);
  if (t.outcome === 'used') return true;
  if (t.established !== than.established) return t.established < than.established;
  // Still waiting for its answer, while the other one is over.
  if (u.attempt === undefined && t.outcome === 'unanswered' && than.over < Number.POSITIVE_INFINITY) return true;
  return t.last !== than.last ? t.last > than.last : t.connection > than.connection;
}
