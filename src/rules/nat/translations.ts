import type { Endpoint } from '../../correlate/model.ts';
import { journeyOf } from '../hop-text.ts';
import type { HopJoin, Hops, PacketPair } from '../hops.ts';

/** Something that two captures show (or one, on both sides), with its addresses as either shows them. */
export interface Crossing {
  join: HopJoin;
  protocol: 'TCP' | 'UDP' | 'ICMP';
  /** Client and server at `join.from` and at `join.to`; of ICMP the port is the identifier. */
  near: { client: Endpoint; server: Endpoint };
  far: { client: Endpoint; server: Endpoint };
  /** The first packet from the client, and the first to it, that both show. */
  outgoing: PacketPair | undefined;
  incoming: PacketPair | undefined;
  /** Routers between, by the hop limit of `outgoing`, else of `incoming`. */
  routers: number;
  journey: number | undefined;
}

export const sourceChanged = ({ near, far }: Crossing): boolean => !isSame(near.client, far.client);
export const destinationChanged = ({ near, far }: Crossing): boolean => !isSame(near.server, far.server);
const isSame = (a: Endpoint, b: Endpoint): boolean => a.address === b.address && a.port === b.port;

const made = new WeakMap<Hops, Crossing[]>();

/**
 * What crosses from one capture into another: of each connection, lookup and echo the nearest capture that shows it otherwise, and
 * where none does the farthest one.
 */
export function crossingsOf(hops: Hops): Crossing[] {
  const known = made.get(hops);
  if (known !== undefined) return known;
  const chosen = new Map<string, Crossing>();
  for (const join of hops.joins) {
    if (join.kind === 'exchange' || !join.ordered) continue;
    const crossing = crossingOf(hops, join);
    if (crossing === undefined) continue;
    const changed = sourceChanged(crossing) || destinationChanged(crossing);
    const key = `${join.kind}.${join.from}.${join.fromId}.${changed ? `${text(crossing.far.client)}.${text(crossing.far.server)}` : ''}`;
    const other = chosen.get(key);
    const nearer = other === undefined || distance(hops, join) < distance(hops, other.join);
    if (other === undefined || nearer === changed) chosen.set(key, crossing);
  }
  // What is translated somewhere is not untranslated because a capture before that shows it still as it was.
  const isChanged = (c: Crossing): boolean => sourceChanged(c) || destinationChanged(c);
  const record = ({ join }: Crossing): string => `${join.kind}.${join.from}.${join.fromId}`;
  const changed = new Set([...chosen.values()].filter(isChanged).map(record));
  const list = [...chosen.values()].filter((c) => isChanged(c) || !changed.has(record(c)));
  made.set(hops, list);
  return list;
}

const text = ({ address, port }: Endpoint): string => `${address}/${port}`;

function distance(hops: Hops, { from, to }: HopJoin): number {
  return from === to ? 0 : Math.abs(hops.path.indexOf(to) - hops.path.indexOf(from));
}

function crossingOf(hops: Hops, join: HopJoin): Crossing | undefined {
  const [a, b] = [hops.captures[join.from], hops.captures[join.to]];
  if (join.kind === 'connection') {
    const [one, other] = [a.connections.get(join.fromId), b.connections.get(join.toId)];
    if (one === undefined || other === undefined) return undefined;
    let outgoing = first(one.handshake?.syn, other.handshake?.syn, true);
    let incoming = first(one.handshake?.synAck, other.handshake?.synAck, false);
    // A connection that goes on under other addresses, or whose beginning was missed.
    if (outgoing === undefined || incoming === undefined || join.by === 'payload' || join.fromId === join.toId) {
      const { pairs } = join;
      outgoing = pairs.find((pair) => pair.fromClient);
      incoming = pairs.find((pair) => !pair.fromClient);
    }
    return crossing(hops, join, 'TCP', one, other, outgoing, incoming, journeyOf(a, join.fromId));
  }
  if (join.kind === 'lookup') {
    const [one, other] = [a.lookups.get(join.fromId), b.lookups.get(join.toId)];
    if (one === undefined || other === undefined) return undefined;
    const { pairs } = join;
    return crossing(
      hops,
      join,
      'UDP',
      one,
      other,
      pairs.find((p) => p.fromClient),
      pairs.find((p) => !p.fromClient),
      undefined,
    );
  }
  if (join.by !== 'echo') return undefined;
  const [pair] = join.pairs;
  const [one, other] = [echoEnds(hops, join.from, pair.from), echoEnds(hops, join.to, pair.to)];
  if (one === undefined || other === undefined || !pair.fromClient) return undefined;
  return crossing(hops, join, 'ICMP', one, other, pair, undefined, undefined);
}

const first = (near: number[] | undefined, far: number[] | undefined, fromClient: boolean): PacketPair | undefined =>
  near?.[0] === undefined || far?.[0] === undefined ? undefined : { from: near[0], to: far[0], fromClient };

type Ends = Crossing['near'];

function echoEnds(hops: Hops, capture: number, number: number): Ends | undefined {
  const packet = hops.captures[capture].packet(number);
  const port = Number(packet?.field('icmp.ident')?.value ?? packet?.field('icmpv6.echo.identifier')?.value ?? 0);
  if (packet?.source === undefined || packet.destination === undefined) return undefined;
  return { client: { address: packet.source, port }, server: { address: packet.destination, port: 0 } };
}

function crossing(
  hops: Hops,
  join: HopJoin,
  protocol: Crossing['protocol'],
  near: Ends,
  far: Ends,
  outgoing: PacketPair | undefined,
  incoming: PacketPair | undefined,
  journey: number | undefined,
): Crossing | undefined {
  const pair = outgoing ?? incoming;
  if (pair === undefined) return undefined;
  const hopLimit = (capture: number, packet: number): number => hops.captures[capture].packet(packet)?.hopLimit ?? 0;
  const routers = Math.abs(hopLimit(join.from, pair.from) - hopLimit(join.to, pair.to));
  const ends = ({ client, server }: Ends): Ends => ({ client, server });
  return { join, protocol, near: ends(near), far: ends(far), outgoing, incoming, routers, journey };
}
