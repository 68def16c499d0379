import { ConnectionFacts, clientSide, portOf } from './connection-facts.ts';
import type { Attempt, AttemptOutcome } from './attempt.ts';
import type { Conversation, Try } from './conversation.ts';
import { KEY_A, KEY_B, KEY_VERSION } from './flow-table.ts';
import { LIST_LIMIT } from './model.ts';
import { inOrder } from './packet-list.ts';
import * as R from './tcp-record.ts';

/** After its last SYN a silent address is given up, after a refusal the next one is tried, within this time. */
const SILENCE_NANOSECONDS = 70e9;
const FALLBACK_NANOSECONDS = 5e9;

/** The one that loses is let go as soon as the other one, or its own answer, is there; later it is a spare connection. */
const LETGO_NANOSECONDS = 1e9;

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
    answered: f.word(R.SYN_ACK_PACKET) !== 0 ? f.time(R.SYN_ACK_TIME) : Number.NEGATIVE_INFINITY,
    established,
    over: closed ? f.time(R.CLOSE_TIME) : Number.POSITIVE_INFINITY,
    last: f.time(R.LAST_TIME),
    resolution: c.resolution,
    card: c.card,
    journey: undefined,
  };
}

export const attemptOf = ({ connection, outcome, packets }: Try): Attempt => ({ connection, outcome, packets });

/** Gone to another address than `c` for the same port. Of one that is over only `attempt` is left. */
function sibling(c: Conversation, u: Conversation): boolean {
  if (u === c) return false;
  if (u.attempt !== undefined || c.attempt !== undefined) {
    const [a, b] = [tryOf(u).server, tryOf(c).server];
    return a.port === b.port && a.address !== b.address;
  }
  const [mine, theirs] = [serverSide(c), serverSide(u)];
  if (portOf(c.page, c.base, mine) !== portOf(u.page, u.base, theirs)) return false;
  const i = c.base + (mine === 0 ? KEY_A : KEY_B);
  const j = u.base + (theirs === 0 ? KEY_A : KEY_B);
  for (let word = 0; word < KEY_B - KEY_A; word++) if (c.page.words[i + word] !== u.page.words[j + word]) return true;
  return c.page.words[c.base + KEY_VERSION] !== u.page.words[u.base + KEY_VERSION];
}

const serverSide = (c: Conversation): 0 | 1 => (clientSide(c.page, c.base) === 0 ? 1 : 0);

/** It came to nothing beside that one: no byte was sent over it, and it is not open. */
function lost(t: Try, beside: Try): boolean {
  if (t.outcome !== 'abandoned') return t.outcome !== 'used' && t.outcome !== 'unused';
  const there = Math.min(beside.established, t.over);
  return t.over - Math.max(there, t.answered) <= LETGO_NANOSECONDS;
}

/** None of them has an answer yet, and none has gone to the address that `c` goes to. */
export function awaits(users: Conversation[], c: Conversation): boolean {
  for (const u of users) if (u.attempt !== undefined || u.page.words[u.base + R.ACK_PACKET] !== 0 || !sibling(c, u)) return false;
  return users.length > 0;
}

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
  if (!users.some((u) => sibling(c, u))) return NONE;
  const t = tryOf(c);
  const at = users.indexOf(c);
  const losers: Conversation[] = [];
  let next = t;
  for (let i = at - 1; i >= 0; i--) {
    if (!sibling(c, users[i])) continue;
    const before = tryOf(users[i]);
    if (!lost(before, t) || !ledTo(before, next)) continue;
    losers.unshift(users[i]);
    next = before;
  }
  for (let i = at + 1; at >= 0 && i < users.length; i++) {
    if (!sibling(c, users[i])) continue;
    const after = tryOf(users[i]);
    if (lost(after, t) && after.opened < t.established && after.opened - t.last <= SILENCE_NANOSECONDS) losers.push(users[i]);
  }
  return losers.length === 0 ? NONE : losers;
}

/** `c` came to nothing, and another attempt for the same purpose got further, may still do so, or lasted longer. */
export function bettered(c: Conversation, users: Conversation[]): boolean {
  if (users.length < 2 || !users.some((u) => sibling(c, u))) return false;
  const t = tryOf(c);
  for (const u of users) if (sibling(c, u) && further(u, t) && losersOf(u, users).includes(c)) return true;
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
