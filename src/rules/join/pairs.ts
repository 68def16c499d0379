import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import type { PacketPair } from '../hops.ts';
import type { PacketFacts } from '../packet.ts';
import type { Sighting } from './sighting.ts';

/** Packets of a connection that are compared in each capture. */
const MAX_PACKETS = 2000;
/** FIN, SYN, RST, ACK: PSH and the ECN bits may change on the way (RFC 3168). */
const KEPT_FLAGS = 0x17;

interface Side {
  packets: PacketFacts[];
  fromClient: boolean[];
  timestamps: boolean;
}

/**
 * The packets of one connection that two captures show. What both show in another number of copies is left out. `moved`: a
 * firewall changed the sequence numbers, so that only distances from the initial ones are the same.
 */
export function pairsOf(captures: CaptureFacts[], a: Sighting, b: Sighting, moved: boolean): PacketPair[] {
  const one = read(captures[a.capture], a.connection);
  const other = read(captures[b.capture], b.connection);
  if (one === undefined || other === undefined) return [];
  const timestamps = one.timestamps && other.timestamps;
  const inA = byKey(one, moved ? a : {}, timestamps);
  const inB = byKey(other, moved ? b : {}, timestamps);
  const pairs: PacketPair[] = [];
  for (const [key, numbers] of inA) {
    const same = inB.get(key);
    if (same?.length !== numbers.length) continue;
    for (const [i, from] of numbers.entries()) pairs.push({ from, to: same[i], fromClient: key.startsWith('c') });
  }
  return pairs.sort((p, q) => p.from - q.from);
}

function read(capture: CaptureFacts, id: number): Side | undefined {
  const connection: Connection | undefined = capture.connections.get(id);
  if (connection === undefined) return undefined;
  const side: Side = { packets: [], fromClient: [], timestamps: false };
  for (const number of capture.packetsOf(id, undefined, undefined, MAX_PACKETS)) {
    const packet = capture.packet(number);
    if (packet?.tcp === undefined) continue;
    if (packet.tcp.options.timestamps !== undefined) side.timestamps = true;
    side.packets.push(packet);
    side.fromClient.push(packet.source === connection.client.address && packet.sourcePort === connection.client.port);
  }
  return side;
}

/** What does not change on the way. Sequence numbers count from the initial ones given. */
function byKey(side: Side, { clientIsn = 0, serverIsn = 0 }: Partial<Sighting>, timestamps: boolean): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [i, packet] of side.packets.entries()) {
    const { tcp } = packet;
    if (tcp === undefined) continue;
    const [own, others] = side.fromClient[i] ? [clientIsn, serverIsn] : [serverIsn, clientIsn];
    const sequence = (tcp.sequence - own) >>> 0;
    const acknowledgment = (tcp.flags & 0x10) === 0 ? 0 : (tcp.acknowledgment - others) >>> 0;
    const clock = timestamps ? tcp.options.timestamps : undefined;
    const key = `${side.fromClient[i] ? 'c' : 's'}${sequence}.${acknowledgment}.${packet.payloadLength}.${tcp.flags & KEPT_FLAGS}.${clock?.value}.${clock?.echo}`;
    const list = found.get(key);
    if (list === undefined) found.set(key, [packet.number]);
    else list.push(packet.number);
  }
  return found;
}
