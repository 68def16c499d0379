import type { CaptureFacts } from '../facts.ts';
import type { PacketFacts } from '../packet.ts';
import { passing, type Sighting } from './sighting.ts';

/** Segments with payload that are remembered, in all captures together, about 150 bytes each while joining. */
const MAX_SEGMENTS = 200_000;
/** Of each connection so many are remembered, and so many of one whose beginning is not there are looked for. */
const MAX_OF_ONE = 2000;
const PROBES = 16;

interface Segment {
  sighting: Sighting;
  packet: number;
  fromClient: boolean;
}

/**
 * Joins connections of which a capture lacks the beginning: a segment with the same sequence number, acknowledgment number,
 * length and bytes is the same one. Gives how many segments were not remembered.
 */
export function joinByPayload(
  captures: CaptureFacts[],
  older: Sighting[],
  begun: Sighting[],
  join: (a: Sighting, b: Sighting) => void,
): number {
  if (older.length === 0 || (captures.length === 1 && older.length < 2)) return 0;
  const bySegment = new Map<string, Segment[]>();
  let left = 0;
  let count = 0;
  for (const sighting of [...older, ...begun])
    for (const [key, packet, fromClient] of segmentsOf(captures[sighting.capture], sighting, MAX_OF_ONE)) {
      if (count >= MAX_SEGMENTS) {
        left++;
        break;
      }
      count++;
      const list = bySegment.get(key);
      if (list === undefined) bySegment.set(key, [{ sighting, packet: packet.number, fromClient }]);
      else list.push({ sighting, packet: packet.number, fromClient });
    }
  const done = new Map<Sighting, Set<Sighting>>();
  for (const sighting of older) {
    const capture = captures[sighting.capture];
    for (const [key, packet, fromClient] of segmentsOf(capture, sighting, PROBES))
      for (const other of bySegment.get(key) ?? []) {
        if (other.sighting === sighting || other.sighting.ends === sighting.ends)
          if (other.sighting.capture === sighting.capture) continue;
        if (done.get(sighting)?.has(other.sighting) || done.get(other.sighting)?.has(sighting)) continue;
        const same = captures[other.sighting.capture].packet(other.packet);
        if (same === undefined || other.fromClient !== fromClient || !hasSameBytes(packet, same)) continue;
        done.set(sighting, (done.get(sighting) ?? new Set()).add(other.sighting));
        join(passingAt(sighting, packet, fromClient), passingAt(other.sighting, same, fromClient));
      }
  }
  return left;
}

function* segmentsOf(capture: CaptureFacts, sighting: Sighting, most: number): Generator<[string, PacketFacts, boolean]> {
  const connection = capture.connections.get(sighting.connection);
  if (connection === undefined) return;
  let found = 0;
  for (const number of capture.packetsOf(sighting.connection, undefined, undefined, MAX_OF_ONE)) {
    const packet = capture.packet(number);
    if (packet?.tcp === undefined || packet.payloadLength < 2) continue;
    const fromClient = packet.source === connection.client.address && packet.sourcePort === connection.client.port;
    yield [`${packet.tcp.sequence}.${packet.tcp.acknowledgment}.${packet.payloadLength}`, packet, fromClient];
    if (++found >= most) return;
  }
}

function hasSameBytes(a: PacketFacts, b: PacketFacts): boolean {
  const length = Math.min(a.payload.length, b.payload.length);
  return Buffer.compare(a.payload.subarray(0, length), b.payload.subarray(0, length)) === 0;
}

/** The sighting with this packet for its hop limits and times. */
function passingAt(sighting: Sighting, packet: PacketFacts, fromClient: boolean): Sighting {
  const { fromClient: _, fromServer: __, ...rest } = sighting;
  return fromClient ? { ...rest, fromClient: passing(packet) } : { ...rest, fromServer: passing(packet) };
}
