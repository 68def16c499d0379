import type { CaptureFacts } from '../facts.ts';
import type { JoinedBy } from '../hops.ts';
import type { Clocks, Order } from './clocks.ts';
import { type Found, MAX_JOINS } from './found.ts';
import { joinByPayload } from './payload.ts';
import { pairsOf } from './pairs.ts';
import { type Passing, type Sighting, sightingOf } from './sighting.ts';

/** Connections looked at in each capture, about 300 bytes each while joining. */
export const MAX_CONNECTIONS = 100_000;
/** Connections with one client's initial number that are compared with each other: more are no coincidence but an attack. */
const MAX_ALIKE = 32;

/** Both sides of one router show a connection's beginning this near to each other, in nanoseconds. */
const TOGETHER = 5e6;

/** Joins connections; gives how many were not looked at. */
export function joinConnections(captures: CaptureFacts[], clocks: Clocks, found: Found[]): number {
  const begun: Sighting[] = [];
  const older: Sighting[] = [];
  let left = 0;
  for (const capture of captures) {
    const twins = captures.length === 1 ? twinsIn(capture) : undefined;
    let count = 0;
    for (const connection of capture.connections) {
      if (count++ >= MAX_CONNECTIONS) {
        left += capture.connections.count - MAX_CONNECTIONS;
        break;
      }
      if (twins !== undefined && !twins.has(connection.id)) continue;
      const sighting = sightingOf(capture, connection);
      (sighting.clientIsn === undefined ? older : begun).push(sighting);
    }
  }
  const joined = new Set<Sighting>();
  const join = (by: JoinedBy) => (a: Sighting, b: Sighting) => {
    joined.add(a).add(b);
    if (found.length >= MAX_JOINS) left++;
    else add(captures, clocks, found, a, b, by);
  };
  left += joinAlike(begun, (s) => s.clientIsn, hasSameNumbers, join('sequence-numbers'));
  const moved = begun.filter((s) => !joined.has(s) && s.synAckTimestamp !== undefined);
  left += joinAlike(moved, (s) => s.synTimestamp, hasSameTimestamps, join('timestamps'));
  left += joinByPayload(captures, older, begun, join('payload'));
  return left;
}

/**
 * Of one capture alone: connections that began together and carried as much as another one, and those without a beginning. Only
 * these can be two sides of one, and only their packets are worth reading.
 */
function twinsIn(capture: CaptureFacts): Set<number> {
  const waiting = new Map<string, { id: number; time: number }[]>();
  const found = new Set<number>();
  const older: number[] = [];
  let count = 0;
  for (const { id, firstTime, fromClient, fromServer, handshake } of capture.connections) {
    if (count++ >= MAX_CONNECTIONS) break;
    if (handshake === undefined || handshake.syn.length + handshake.synAck.length === 0) {
      older.push(id);
      continue;
    }
    const key = `${fromClient.payloadBytes} ${fromServer.payloadBytes} ${handshake.syn.length} ${handshake.synAck.length}`;
    const list = waiting.get(key)?.filter(({ time }) => Math.abs(firstTime - time) < TOGETHER) ?? [];
    for (const other of list) found.add(id).add(other.id);
    list.push({ id, time: firstTime });
    waiting.set(key, list.slice(-MAX_ALIKE));
  }
  if (older.length > 0) return new Set([...capture.connections].slice(0, MAX_CONNECTIONS).map(({ id }) => id));
  return found;
}

function joinAlike(
  sightings: Sighting[],
  keyOf: (s: Sighting) => number | undefined,
  isSame: (a: Sighting, b: Sighting) => boolean,
  join: (a: Sighting, b: Sighting) => void,
): number {
  const byKey = new Map<number, Sighting[]>();
  let left = 0;
  for (const sighting of sightings) {
    const key = keyOf(sighting);
    if (key === undefined) continue;
    const alike = byKey.get(key);
    if (alike === undefined) byKey.set(key, [sighting]);
    else if (alike.length < MAX_ALIKE) alike.push(sighting);
    else left++;
  }
  for (const alike of byKey.values())
    for (const [i, a] of alike.entries()) for (const b of alike.slice(i + 1)) if (isSame(a, b)) join(a, b);
  return left;
}

function add(captures: CaptureFacts[], clocks: Clocks, found: Found[], a: Sighting, b: Sighting, by: JoinedBy): void {
  const order = orderOf(a, b);
  if (a.fromClient && b.fromClient) clocks.seen(a.capture, a.fromClient.time, b.capture, b.fromClient.time, true, order);
  if (a.fromServer && b.fromServer) clocks.seen(a.capture, a.fromServer.time, b.capture, b.fromServer.time, false, order);
  const pairs = (): ReturnType<typeof pairsOf> => pairsOf(captures, a, b, by === 'timestamps');
  found.push({ kind: 'connection', a: a.capture, b: b.capture, aId: a.connection, bId: b.connection, by, order, pairs });
}

/** Both initial numbers where both captures know both; else the SYN's own marks besides its number. */
function hasSameNumbers(a: Sighting, b: Sighting): boolean {
  if (a.capture === b.capture && a.ends === b.ends) return false;
  if (a.serverIsn !== undefined && b.serverIsn !== undefined) return a.serverIsn === b.serverIsn;
  if (a.synTimestamp !== undefined && b.synTimestamp !== undefined && a.synTimestamp !== b.synTimestamp) return false;
  return a.serverPort === b.serverPort && (a.synWindow === b.synWindow || a.synWindow === undefined || b.synWindow === undefined);
}

/** A firewall moved the sequence numbers: the timestamps of SYN and SYN+ACK, 64 bits together, are left (RFC 7323 §3). */
const hasSameTimestamps = (a: Sighting, b: Sighting): boolean =>
  a.synAckTimestamp === b.synAckTimestamp && a.serverPort === b.serverPort && a.ends !== b.ends;

/** Hop limits fall on the way (RFC 791 §3.1): the capture with the greater one is nearer to the sender. */
function orderOf(a: Sighting, b: Sighting): Order {
  const byClient = fall(a.fromClient, b.fromClient);
  if (byClient !== 0) return byClient;
  const byServer = -fall(a.fromServer, b.fromServer) as Order;
  if (byServer !== 0 || a.capture !== b.capture) return byServer;
  // One capture, no router between: the order in the file is all there is.
  return Math.sign((b.fromClient?.number ?? 0) - (a.fromClient?.number ?? 0)) as Order;
}

const fall = (a: Passing | undefined, b: Passing | undefined): Order =>
  a === undefined || b === undefined ? 0 : (Math.sign(a.hopLimit - b.hopLimit) as Order);
