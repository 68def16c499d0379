import type { Connection } from '../../correlate/model.ts';
import { fileText, type HopFinding, journeyOf } from '../hop-text.ts';
import type { HopJoin, Hops } from '../hops.ts';
import type { PacketFacts } from '../packet.ts';
import type { Finding } from '../rule.ts';

/** A connection as one capture shows it. */
export interface Place {
  capture: number;
  connection: Connection;
}

/** One connection at all the places that show it, from the client's side to the server's. */
export interface Chain {
  places: Place[];
}

/** One packet at one of the places. */
export interface Seen {
  place: Place;
  packet: PacketFacts;
}

const made = new WeakMap<Hops, { chains: Chain[]; joins: Map<string, HopJoin> }>();

/** Connections that joins show at two places or more. A connection that one capture has twice under the same addresses is none. */
export function chainsOf(hops: Hops): Chain[] {
  return madeOf(hops).chains;
}

function madeOf(hops: Hops): { chains: Chain[]; joins: Map<string, HopJoin> } {
  const known = made.get(hops);
  if (known !== undefined) return known;
  const joins = new Map<string, HopJoin>();
  const parents = new Map<string, string>();
  const root = (key: string): string => {
    let at = key;
    for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) at = up;
    parents.set(key, at);
    return at;
  };
  for (const join of hops.joins) {
    if (join.kind !== 'connection' || (join.from === join.to && join.fromId === join.toId)) continue;
    const [a, b] = [`${join.from}.${join.fromId}`, `${join.to}.${join.toId}`];
    joins.set(`${a} ${b}`, join);
    for (const key of [a, b]) if (!parents.has(key)) parents.set(key, key);
    const [one, other] = [root(a), root(b)];
    if (one !== other) parents.set(other, one);
  }
  const byRoot = new Map<string, Place[]>();
  for (const key of parents.keys()) {
    const [capture, id] = key.split('.').map(Number);
    const connection = hops.captures[capture].connections.get(id);
    if (connection === undefined) continue;
    const list = byRoot.get(root(key));
    if (list === undefined) byRoot.set(root(key), [{ capture, connection }]);
    else list.push({ capture, connection });
  }
  const isBefore = (p: Place, q: Place): boolean =>
    joins.get(`${p.capture}.${p.connection.id} ${q.capture}.${q.connection.id}`)?.ordered ?? false;
  const inOrder = (places: Place[]): Place[] => {
    // A connection from outside goes against the path that most take.
    const before = new Map(places.map((p) => [p, places.filter((q) => isBefore(q, p)).length]));
    const at = (p: Place): number => (before.get(p) ?? 0) * hops.captures.length + hops.path.indexOf(p.capture);
    return places.sort((p, q) => at(p) - at(q));
  };
  const chains = [...byRoot.values()].filter((places) => places.length > 1).map((places) => ({ places: inOrder(places) }));
  const result = { chains, joins };
  made.set(hops, result);
  return result;
}

/** One packet of a direction at all places that show it, where it passes first first; of several one that is at most places. */
export function passage(hops: Hops, { places }: Chain, fromClient: boolean): Seen[] {
  const on = places.filter(({ connection: c }) => (fromClient ? c.fromClient : c.fromServer).packets > 0);
  const [first, ...others] = fromClient ? on : [...on].reverse();
  if (first === undefined) return [];
  let best: Seen[] = [];
  for (const last of [...others].reverse()) {
    const number = shared(hops, first, last, fromClient);
    const packet = number === undefined ? undefined : hops.captures[first.capture].packet(number);
    if (packet?.hopLimit === undefined) continue;
    const seen: Seen[] = [{ place: first, packet }];
    for (const place of others) {
      const far = farOf(hops, first, place, packet.number, fromClient);
      const there = far === undefined ? undefined : hops.captures[place.capture].packet(far);
      if (there?.hopLimit !== undefined) seen.push({ place, packet: there });
    }
    if (seen.length > best.length) best = seen;
    if (best.length > others.length) break;
  }
  return best;
}

const opening = ({ connection: c }: Place, fromClient: boolean): number[] => c.handshake?.[fromClient ? 'syn' : 'synAck'] ?? [];

/** A packet of `a` that `b` has, too. */
function shared(hops: Hops, a: Place, b: Place, fromClient: boolean): number | undefined {
  const [one, other] = [opening(a, fromClient), opening(b, fromClient)];
  if (one.length > 0 && one.length === other.length) return one[0];
  return pairsOf(hops, a, b).find((pair) => pair.fromClient === fromClient)?.near;
}

function farOf(hops: Hops, a: Place, b: Place, number: number, fromClient: boolean): number | undefined {
  const [one, other] = [opening(a, fromClient), opening(b, fromClient)];
  if (one.length === other.length && one.includes(number)) return other[one.indexOf(number)];
  return pairsOf(hops, a, b).find((pair) => pair.near === number)?.far;
}

function pairsOf(hops: Hops, a: Place, b: Place): { near: number; far: number; fromClient: boolean }[] {
  const { joins } = madeOf(hops);
  const [p, q] = [`${a.capture}.${a.connection.id}`, `${b.capture}.${b.connection.id}`];
  const forward = joins.get(`${p} ${q}`)?.pairs;
  if (forward !== undefined) return forward.map(({ from, to, fromClient }) => ({ near: from, far: to, fromClient }));
  return (joins.get(`${q} ${p}`)?.pairs ?? []).map(({ from, to, fromClient }) => ({ near: to, far: from, fromClient }));
}

/** The finding about a chain: its packets by capture, its journey that of the first place. */
export function ofChain(hops: Hops, finding: Finding, seen: { capture: number; packet: number }[], at: Place): HopFinding {
  const byCapture = new Map<number, number[]>();
  for (const { capture, packet } of seen) byCapture.set(capture, [...(byCapture.get(capture) ?? []), packet]);
  const own = [...new Set(byCapture.get(at.capture) ?? [])];
  byCapture.delete(at.capture);
  const elsewhere = [...byCapture].map(([capture, packets]) => ({ capture, packets: [...new Set(packets)] }));
  const journey = journeyOf(hops.captures[at.capture], at.connection.id);
  return {
    ...finding,
    packets: own,
    capture: at.capture,
    ...(elsewhere.length === 0 ? {} : { elsewhere }),
    ...(journey === undefined ? {} : { journey }),
  };
}

/** "64 in packet 7 of client.pcap, 63 in packet 5 of server.pcap" */
export function limitsText(hops: Hops, seen: Seen[]): { en: string; ko: string } {
  return {
    en: seen
      .map(({ place, packet }) => `${packet.hopLimit} in packet ${packet.number} of ${fileText(hops, place.capture)}`)
      .join(', '),
    ko: seen.map(({ place, packet }) => `${fileText(hops, place.capture)} ${packet.number}번 패킷 ${packet.hopLimit}`).join(', '),
  };
}

export const packetsIn = (seen: Seen[]): { capture: number; packet: number }[] =>
  seen.map(({ place, packet }) => ({ capture: place.capture, packet: packet.number }));
