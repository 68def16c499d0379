import type { CaptureFacts } from '../facts.ts';
import type { PacketPair } from '../hops.ts';
import type { PacketFacts } from '../packet.ts';
import { type Found, MAX_JOINS } from './found.ts';

/** Both sides of a router lie this near to each other in one capture, in nanoseconds. */
const NEAR = 1e9;
const MAX_PACKETS = 2000;

/**
 * What one capture shows twice with the same addresses: both sides of a router that does not translate, by hop limits that fell.
 * Such a connection or lookup is joined with itself.
 */
export function joinTwice(captures: CaptureFacts[], found: Found[]): number {
  let left = 0;
  const add = (index: number, kind: Found['kind'], id: number, pairs: () => PacketPair[]): void => {
    if (found.length < MAX_JOINS) found.push({ kind, a: index, b: index, aId: id, bId: id, by: BY[kind], order: 1, pairs });
    else left++;
  };
  for (const capture of captures) {
    for (const connection of capture.connections) {
      const copy = connection.segments?.duplicates?.[0];
      if (copy === undefined) continue;
      const isClients = (p: PacketFacts): boolean =>
        p.source === connection.client.address && p.sourcePort === connection.client.port;
      const first = near(capture, connection.id, copy);
      if (pairsIn(first, isClients).length === 0) continue;
      add(capture.index, 'connection', connection.id, () =>
        pairsIn(packetsOf(capture, capture.packetsOf(connection.id, undefined, undefined, MAX_PACKETS)), isClients),
      );
    }
    for (const lookup of capture.lookups) {
      if (lookup.repeats.length === 0 || lookup.transport !== 'udp') continue;
      const pairs = pairsIn(packetsOf(capture, [lookup.packet, ...lookup.repeats]), () => true);
      if (pairs.length > 0) add(capture.index, 'lookup', lookup.index, () => pairs);
    }
  }
  return left;
}

const BY = { connection: 'sequence-numbers', lookup: 'dns-id', icmp: 'echo', exchange: 'via' } as const;

const packetsOf = (capture: CaptureFacts, numbers: number[]): PacketFacts[] =>
  numbers.map((number) => capture.packet(number)).filter((packet) => packet !== undefined);

/** The packets of a connection up to a copy that is near to them. */
function near(capture: CaptureFacts, connection: number, copy: number): PacketFacts[] {
  const time = capture.timeOf(copy);
  return packetsOf(capture, capture.packetsOf(connection, time - NEAR, time, MAX_PACKETS));
}

/** Pairs of the same packet, the second with a smaller hop limit: in the order in which the router had them. */
function pairsIn(packets: PacketFacts[], isClients: (packet: PacketFacts) => boolean): PacketPair[] {
  const waiting = new Map<string, PacketFacts>();
  const pairs: PacketPair[] = [];
  for (const packet of packets) {
    const { tcp } = packet;
    const mark = tcp === undefined ? '' : `${tcp.sequence}.${tcp.acknowledgment}.${tcp.flags}.${tcp.options.timestamps?.value}`;
    const key = `${packet.source}.${packet.sourcePort}.${packet.ipId}.${packet.payloadLength}.${mark}`;
    const earlier = waiting.get(key);
    const fell = earlier !== undefined && (earlier.hopLimit ?? 0) > (packet.hopLimit ?? 0) && packet.time - earlier.time < NEAR;
    if (earlier !== undefined && fell) {
      const fromClient = isClients(packet);
      // What comes back passes the other side first.
      pairs.push(
        fromClient
          ? { from: earlier.number, to: packet.number, fromClient }
          : { from: packet.number, to: earlier.number, fromClient },
      );
      waiting.delete(key);
    } else waiting.set(key, packet);
  }
  return pairs;
}
