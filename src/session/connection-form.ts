import type { CloseHow, Connection, Handshake } from '../correlate/model.ts';
import { putDirection, putEndpoint, putPackets, takeDirection, takeEndpoint, takePackets, type Whole } from './form-parts.ts';
import type { Form, Packing, Taking } from './packing.ts';

/** Connections, without keys but for what few of them have. */
export const CONNECTIONS: Form<Connection> = {
  put(to, connection) {
    to.number(connection.id);
    putEndpoint(to, connection.client);
    putEndpoint(to, connection.server);
    to.put(connection.clientKnown);
    to.number(connection.firstPacket);
    to.number(connection.lastPacket);
    to.number(connection.firstTime);
    to.number(connection.lastTime);
    putDirection(to, connection.fromClient);
    putDirection(to, connection.fromServer);
    putHandshake(to, connection.handshake);
    to.word(connection.history);
    to.word(connection.close.how);
    to.put(connection.close.first);
    putPackets(to, connection.close.packets);
    putPackets(to, connection.retransmissions);
    putPackets(to, connection.outOfOrder);
    putPackets(to, connection.duplicateAcks);
    to.put(connection.segments);
    to.put(connection.counts);
    to.put(connection.windowScale);
    to.put(connection.traits);
    to.put(connection.application);
    to.put(connection.http2);
    to.put(connection.process);
  },
  take(from) {
    const connection: Whole<Connection> = {
      id: from.number(),
      client: takeEndpoint(from),
      server: takeEndpoint(from),
      clientKnown: from.value() as boolean,
      firstPacket: from.number(),
      lastPacket: from.number(),
      firstTime: from.number(),
      lastTime: from.number(),
      fromClient: takeDirection(from),
      fromServer: takeDirection(from),
      handshake: takeHandshake(from),
      history: from.word(),
      close: {
        how: from.word() as CloseHow,
        first: from.some<'client' | 'server'>(),
        packets: takePackets(from),
      },
      retransmissions: takePackets(from),
      outOfOrder: takePackets(from),
      duplicateAcks: takePackets(from),
      segments: from.some(),
      counts: from.some(),
      windowScale: from.some(),
      traits: from.some(),
      application: from.some<string>(),
      http2: from.some(),
      process: from.some(),
    };
    return connection;
  },
};

function putHandshake(to: Packing, handshake: Handshake | undefined): void {
  to.put(handshake !== undefined);
  if (handshake === undefined) return;
  putPackets(to, handshake.syn);
  putPackets(to, handshake.synAck);
  to.put(handshake.ack);
  to.put(handshake.rtt);
}

function takeHandshake(from: Taking): Handshake | undefined {
  if (from.value() !== true) return undefined;
  const handshake: Whole<Handshake> = {
    syn: takePackets(from),
    synAck: takePackets(from),
    ack: from.some<number>(),
    rtt: from.some<number>(),
  };
  return handshake;
}
