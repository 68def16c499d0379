import type { Endpoint, Journey } from '../../correlate/model.ts';
import { hopsTaken, isFresh } from '../addresses.ts';
import type { CaptureFacts } from '../facts.ts';
import { unknown } from '../findings.ts';
import { aConnection, connectionOf, exchangeOf, quicOf } from '../needs.ts';
import { Flag, type PacketFacts } from '../packet.ts';
import type { JourneySubject, Need } from '../rule.ts';

/** Who talks in a journey, with one packet of each that was captured. */
export interface Ends {
  client: Endpoint;
  server: Endpoint;
  fromClient?: PacketFacts | undefined;
  /** A RST only where the server, or somebody in its name, sent nothing else. */
  fromServer?: PacketFacts | undefined;
}

/** Packets at a connection's beginning that are read where its handshake does not tell one of each side. */
const BEGINNING = 8;

/** Several rules ask for the same journey's, one after the other. */
const made = new WeakMap<Journey, { ends: Ends | undefined }>();

/** By TCP or QUIC; undefined where the journey came to neither. */
export function endsOf(subject: JourneySubject): Ends | undefined {
  let known = made.get(subject.journey);
  if (known === undefined) {
    known = { ends: read(subject) };
    made.set(subject.journey, known);
  }
  return known.ends;
}

function read(subject: JourneySubject): Ends | undefined {
  const { capture } = subject;
  const connection = connectionOf(subject);
  if (connection === undefined) {
    const quic = quicOf(subject);
    if (quic === undefined) return undefined;
    const { client, server } = quic;
    return { client, server, ...sides(capture, client, server, [quic.firstPacket, quic.serverHelloPacket, quic.lastPacket]) };
  }
  const { client, server, handshake } = connection;
  const exchange = exchangeOf(subject);
  const likely = [handshake?.syn[0], handshake?.synAck[0], exchange?.requestPacket, exchange?.responsePacket];
  const found = sides(capture, client, server, likely);
  if (found.fromClient !== undefined && found.fromServer !== undefined) return { client, server, ...found };
  const first = capture.packetsFrom(connection.id, connection.firstPacket, BEGINNING);
  const more = sides(capture, client, server, [...first, connection.lastPacket]);
  return {
    client,
    server,
    fromClient: found.fromClient ?? more.fromClient,
    fromServer: found.fromServer ?? more.fromServer,
  };
}

function sides(
  capture: CaptureFacts,
  client: Endpoint,
  server: Endpoint,
  numbers: (number | undefined)[],
): Pick<Ends, 'fromClient' | 'fromServer'> {
  const packets = numbers.map((n) => (n === undefined ? n : capture.packet(n))).filter((each) => each?.hopLimit !== undefined);
  const from = (end: Endpoint): PacketFacts | undefined => {
    const own = packets.filter(
      // A fragment has no ports.
      (each) => each?.source === end.address && (each.kind === 'fragment' || each.sourcePort === end.port),
    );
    return own.find((each) => each?.tcp === undefined || (each.tcp.flags & Flag.rst) === 0) ?? own[0];
  };
  return { fromClient: from(client), fromServer: from(server) };
}

/** Somebody talks, and at least one of the packets can be read. */
export const talks: Need<JourneySubject> = (subject) => {
  const ends = endsOf(subject);
  if (ends === undefined) return aConnection(subject);
  if (ends.fromClient !== undefined || ends.fromServer !== undefined) return undefined;
  return unknown(NO_PACKET, [], {
    en: `no packet between ${ends.client.address} and ${ends.server.address} can be read`,
    ko: `${ends.client.address}, ${ends.server.address} 사이의 패킷을 읽을 수 없습니다`,
  });
};

/** Reason of the above. */
export const NO_PACKET = 'no-packet';

/** No router has had it, if it began with a usual value. */
export const isHere = (packet: PacketFacts | undefined): boolean => isFresh(packet?.hopLimit ?? 0);

/** Behind so many routers a translating gateway may still be the one that ARP names. */
const NEAR_ROUTERS = 3;
/** Of an address that are looked at. */
const RESOLUTIONS = 16;
/** From here down, both a small beginning and a long way are possible. */
const AMBIGUOUS = 32;

export interface Beginning {
  /** What the sender put into it; undefined: cannot be told. */
  initial: number | undefined;
  /** Seen as it was sent, not inferred. */
  exact: boolean;
}

/** What a packet's TTL or Hop Limit began with. */
export function beginningOf(capture: CaptureFacts, packet: PacketFacts, isClients: boolean): Beginning {
  const seen = packet.hopLimit ?? 0;
  if (isFresh(seen)) return { initial: seen, exact: true };
  const { given, kind } = capture.vantage;
  const atSender = given && kind === (isClients ? 'client' : 'server');
  if (atSender || (hopsTaken(seen) > NEAR_ROUTERS && comesFromOwner(capture, packet))) return { initial: seen, exact: true };
  return { initial: seen <= AMBIGUOUS ? undefined : seen + hopsTaken(seen), exact: false };
}

/** Did ARP or NDP name the frame's sender as the owner of the packet's source address: no router lies between? */
function comesFromOwner(capture: CaptureFacts, packet: PacketFacts): boolean {
  if (packet.source === undefined || packet.sourceMac === undefined) return false;
  return capture
    .resolutionsOf(packet.source)
    .slice(0, RESOLUTIONS)
    .some(
      (each) =>
        (each.senderAddress === packet.source && each.senderMac === packet.sourceMac) ||
        (each.targetAddress === packet.source && each.answerMac === packet.sourceMac),
    );
}

export const limitName = (packet: PacketFacts): string => (packet.ipVersion === 6 ? 'Hop Limit' : 'TTL');
