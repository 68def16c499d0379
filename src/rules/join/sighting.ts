import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { Flag, type PacketFacts } from '../packet.ts';

/** One connection as one capture shows it: what of it survives routers and translation (RFC 3022 §4.1 leaves these alone). */
export interface Sighting {
  capture: number;
  connection: number;
  serverPort: number;
  /** Both ends as this capture writes them. */
  ends: string;
  clientIsn?: number;
  serverIsn?: number;
  /** Of the SYN: value of its timestamps option, its window. */
  synTimestamp?: number;
  synWindow?: number;
  synAckTimestamp?: number;
  /** First packets of either side, for hop limits and times. */
  fromClient?: Passing;
  fromServer?: Passing;
}

export interface Passing {
  number: number;
  time: number;
  hopLimit: number;
}

/** Packets read to find the numbers of a connection whose SYN or SYN+ACK is not here. */
const BEGINNING = 6;

/** Without `clientIsn` the connection's beginning is not in the capture. */
export function sightingOf(capture: CaptureFacts, connection: Connection): Sighting {
  const { handshake } = connection;
  const sighting: Sighting = {
    capture: capture.index,
    connection: connection.id,
    serverPort: connection.server.port,
    ends: `${hostPort(connection.client)} ${hostPort(connection.server)}`,
  };
  if (handshake === undefined) return sighting;
  const syn = handshake.syn.length === 0 ? undefined : capture.packet(handshake.syn[0]);
  const synAck = handshake.synAck.length === 0 ? undefined : capture.packet(handshake.synAck[0]);
  if (syn?.tcp !== undefined) {
    sighting.clientIsn = syn.tcp.sequence;
    sighting.synWindow = syn.tcp.window;
    sighting.synTimestamp = syn.tcp.options.timestamps?.value;
    sighting.fromClient = passing(syn);
  }
  if (synAck?.tcp !== undefined) {
    sighting.serverIsn = synAck.tcp.sequence;
    sighting.synAckTimestamp = synAck.tcp.options.timestamps?.value;
    sighting.clientIsn ??= (synAck.tcp.acknowledgment - 1) >>> 0;
    sighting.fromServer = passing(synAck);
  }
  if (sighting.clientIsn !== undefined && synAck === undefined) readThird(capture, connection, sighting);
  return sighting;
}

/** Where only the client's direction was captured, its first ACK tells the server's number: one more (RFC 9293 §3.5). */
function readThird(capture: CaptureFacts, connection: Connection, sighting: Sighting): void {
  for (const number of capture.packetsOf(connection.id, undefined, undefined, BEGINNING)) {
    const packet = capture.packet(number);
    if (packet?.tcp === undefined) continue;
    const { flags, sequence, acknowledgment } = packet.tcp;
    const isClients = packet.source === connection.client.address && packet.sourcePort === connection.client.port;
    if (!isClients || (flags & (Flag.ack | Flag.syn | Flag.rst)) !== Flag.ack) continue;
    if (sequence === ((sighting.clientIsn ?? 0) + 1) >>> 0) sighting.serverIsn = (acknowledgment - 1) >>> 0;
    return;
  }
}

export function passing(packet: PacketFacts): Passing {
  return { number: packet.number, time: packet.time, hopLimit: packet.hopLimit ?? 0 };
}
