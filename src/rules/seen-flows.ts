import type { Connection, Lookup } from '../correlate/model.ts';
import { isFresh, isUnicast } from './addresses.ts';
import type { CaptureFacts } from './facts.ts';
import type { PacketFacts } from './packet.ts';

/** Flows of each kind that are looked at: enough to tell a place by, and the same work for every capture. */
const LOOKED_AT = 300;

/** Below this a TTL was chosen to run out (traceroute), or the packet has been going round: it tells no place. */
const TELLING = 32;

/** A connection or lookup with one packet of each direction. */
export interface SeenFlow {
  kind: 'tcp' | 'dns' | 'quic' | 'echo';
  client: string;
  server: string;
  request?: PacketFacts | undefined;
  response?: PacketFacts | undefined;
  connection?: Connection;
  lookup?: Lookup;
  /** Of a ping: its request once more, one router away. */
  copy?: PacketFacts | undefined;
}

/** The first flows of a capture whose packets are not inside a tunnel. */
export function seenFlows(capture: CaptureFacts): SeenFlow[] {
  const known = made.get(capture);
  if (known !== undefined) return known;
  const flows = look(capture);
  made.set(capture, flows);
  return flows;
}

const made = new WeakMap<CaptureFacts, SeenFlow[]>();

function look(capture: CaptureFacts): SeenFlow[] {
  const flows: SeenFlow[] = [];
  for (const connection of first(capture.connections)) flows.push(ofConnection(capture, connection));
  for (const lookup of first(capture.lookups)) {
    if (lookup.transport !== 'udp') continue;
    const [client, server] = [lookup.client.address, lookup.server.address];
    const answer = lookup.answerPacket === undefined ? undefined : capture.packet(lookup.answerPacket);
    flows.push({ kind: 'dns', client, server, request: capture.packet(lookup.packet), response: answer, lookup });
  }
  for (const quic of first(capture.quic)) {
    const ends = { client: quic.client.address, server: quic.server.address };
    const packets = [capture.packet(quic.firstPacket), capture.packet(quic.lastPacket)];
    flows.push({ kind: 'quic', ...ends, ...byDirection(ends, packets) });
  }
  flows.push(...echoes(capture));
  return flows.filter((flow) => isUnicast(flow.client) && isUnicast(flow.server) && !tunnelled(capture, flow));
}

/** Pings: ICMP echo requests with the first reply. */
function echoes(capture: CaptureFacts): SeenFlow[] {
  const found = new Map<string, SeenFlow>();
  for (const { type, version, source, destination, packet } of first(capture.icmp)) {
    const asks = type === (version === 4 ? 8 : 128);
    if (!asks && type !== (version === 4 ? 0 : 129)) continue;
    const [client, server] = asks ? [source, destination] : [destination, source];
    const key = `${client} ${server}`;
    const flow: SeenFlow = found.get(key) ?? { kind: 'echo', client, server };
    const read = capture.packet(packet);
    // A traceroute's first ones are sent to run out.
    if (asks && !tells(flow.request)) flow.request = read;
    else if (asks && isCopy(flow.request, read)) flow.copy ??= read;
    else if (!asks) flow.response ??= read;
    found.set(key, flow);
  }
  return [...found.values()];
}

/** The same ping, a router later: only its TTL and what is computed of that differ. */
function isCopy(one: PacketFacts | undefined, other: PacketFacts | undefined): boolean {
  if (one?.hopLimit === undefined || other?.hopLimit === undefined || one.hopLimit < TELLING || one.ipId !== other.ipId)
    return false;
  if (Math.abs(one.hopLimit - other.hopLimit) !== 1) return false;
  const message = (packet: PacketFacts): string => {
    const at = packet.layers.find(({ protocol }) => protocol.startsWith('icmp'))?.at;
    return at === undefined ? '' : Buffer.from(packet.bytes.subarray(at + 4, at + 64)).toString('latin1');
  };
  return message(one) === message(other);
}

function ofConnection(capture: CaptureFacts, connection: Connection): SeenFlow {
  const { handshake } = connection;
  const [exchange] = handshake?.synAck.length ? [] : capture.exchangesOn(connection.id);
  const numbers = [handshake?.syn[0], handshake?.synAck[0], exchange?.requestPacket, exchange?.responsePacket];
  const packets = [...numbers, connection.firstPacket, connection.lastPacket].map((n) =>
    n === undefined ? n : capture.packet(n),
  );
  // A RST may come from whoever stands in the way: it tells no distance where there is anything else.
  const plain = packets.filter((each) => each?.tcp !== undefined && (each.tcp.flags & 4) === 0);
  const ends = { client: connection.client.address, server: connection.server.address };
  return { kind: 'tcp', ...ends, ...byDirection(ends, plain), connection };
}

function byDirection(
  ends: { client: string; server: string },
  packets: (PacketFacts | undefined)[],
): Pick<SeenFlow, 'request' | 'response'> {
  if (ends.client === ends.server) return { request: packets[0] };
  return {
    request: packets.find((each) => each?.source === ends.client && each.destination === ends.server),
    response: packets.find((each) => each?.source === ends.server && each.destination === ends.client),
  };
}

function tunnelled(capture: CaptureFacts, flow: SeenFlow): boolean {
  const packet = flow.request ?? flow.response;
  if (packet === undefined) return false;
  return (
    capture
      .stackOf(packet.number)
      .split(':')
      .filter((layer) => layer === 'ip' || layer === 'ipv6').length > 1
  );
}

export function* first<T>(table: Iterable<T>, limit = LOOKED_AT): Iterable<T> {
  let count = 0;
  for (const each of table) {
    if (count++ >= limit) return;
    yield each;
  }
}

/** Whether a packet is on the link of the host that sent it; undefined where nothing tells. */
export const onItsLink = (packet: PacketFacts | undefined): boolean | undefined =>
  tells(packet) ? isFresh(packet.hopLimit) : undefined;

/** Whether the TTL is one that packets arrive with which were sent to arrive. */
export const tells = (packet: PacketFacts | undefined): packet is PacketFacts & { hopLimit: number } =>
  packet?.hopLimit !== undefined && packet.hopLimit >= TELLING;

/** The direction bit of a Linux cooked capture. */
export function cookedDirection(packet: PacketFacts | undefined): 'in' | 'out' | undefined {
  const { linkType, bytes } = packet ?? {};
  const value = linkType === 113 ? bytes?.[1] : linkType === 276 ? bytes?.[10] : undefined;
  return value === 4 ? 'out' : value === 0 ? 'in' : undefined;
}

/**
 * The MAC address that a packet is sent to. A cooked capture has the sender's alone: there it is where the answer comes from, if
 * that goes the other way through the same host.
 */
export function givenTo(packet: PacketFacts, answer: PacketFacts | undefined): string | undefined {
  if (packet.destinationMac !== undefined) return packet.destinationMac;
  const [there, back] = [cookedDirection(packet), cookedDirection(answer)];
  return there !== undefined && back !== undefined && there !== back ? answer?.sourceMac : undefined;
}
