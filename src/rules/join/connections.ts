import type { CaptureFacts } from '../facts.ts';
import type { JoinedBy } from '../hops.ts';
import type { Clocks, Order } from './clocks.ts';
import { type Found, MAX_JOINS } from './found.ts';
import { pairsOf } from './pairs.ts';
import { type Passing, type Sighting, sightingOf } from './sighting.ts';

/** Connections looked at in each capture, about 300 bytes each while joining. */
export const MAX_CONNECTIONS = 100_000;
/** Connections with one client's initial number that are compared with each other: more are no coincidence but an attack. */
const MAX_ALIKE = 32;

/** Joins connections by their initial sequence numbers; gives how many connections were not looked at. */
export function joinConnections(captures: CaptureFacts[], clocks: Clocks, found: Found[]): number {
  const byNumber = new Map<number, Sighting[]>();
  let left = 0;
  for (const capture of captures) {
    let count = 0;
    for (const connection of capture.connections) {
      if (count >= MAX_CONNECTIONS) {
        left += capture.connections.count - count;
        break;
      }
      count++;
      const sighting = sightingOf(capture, connection);
      if (sighting?.clientIsn === undefined) continue;
      const alike = byNumber.get(sighting.clientIsn);
      if (alike === undefined) byNumber.set(sighting.clientIsn, [sighting]);
      else if (alike.length < MAX_ALIKE) alike.push(sighting);
      else left++;
    }
  }
  for (const alike of byNumber.values())
    for (const [i, a] of alike.entries())
      for (const b of alike.slice(i + 1)) if (isSame(a, b)) left += add(captures, clocks, found, a, b, 'sequence-numbers');
  return left;
}

function add(captures: CaptureFacts[], clocks: Clocks, found: Found[], a: Sighting, b: Sighting, by: JoinedBy): number {
  if (found.length >= MAX_JOINS) return 1;
  const order = orderOf(a, b);
  if (a.fromClient && b.fromClient) clocks.seen(a.capture, a.fromClient.time, b.capture, b.fromClient.time, true, order);
  if (a.fromServer && b.fromServer) clocks.seen(a.capture, a.fromServer.time, b.capture, b.fromServer.time, false, order);
  found.push({
    kind: 'connection',
    a: a.capture,
    b: b.capture,
    aId: a.connection,
    bId: b.connection,
    by,
    order,
    pairs: () => pairsOf(captures, a, b),
  });
  return 0;
}

/** Both initial numbers where both captures know both; else the SYN's own marks besides its number. */
function isSame(a: Sighting, b: Sighting): boolean {
  if (a.synTimestamp !== undefined && b.synTimestamp !== undefined && a.synTimestamp !== b.synTimestamp) return false;
  if (a.serverIsn !== undefined && b.serverIsn !== undefined) return a.serverIsn === b.serverIsn;
  return a.serverPort === b.serverPort && (a.synWindow === b.synWindow || a.synWindow === undefined || b.synWindow === undefined);
}

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
