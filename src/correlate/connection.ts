import type { ConnectionFacts } from './connection-facts.ts';
import type { Half } from './conversation.ts';
import type { Connection, Direction, Handshake } from './model.ts';
import { historyText } from './tcp-history.ts';
import * as R from './tcp-record.ts';

const NONE: number[] = [];

function direction(packets: number, half: Half | undefined): Direction {
  if (half === undefined) return { packets, payloadBytes: 0, streamBytes: 0, missingBytes: 0, streamSha256: undefined };
  const { payloadBytes, streamBytes, missingBytes, hash } = half;
  return { packets, payloadBytes, streamBytes, missingBytes, streamSha256: hash?.digest('hex') };
}

function handshake(f: ConnectionFacts): Handshake | undefined {
  const { syn, synAck } = f;
  if (syn.length === 0 && synAck.length === 0) return undefined;
  const { ackPacket } = f;
  return {
    syn,
    synAck,
    ack: ackPacket === 0 ? undefined : ackPacket,
    rtt: ackPacket === 0 || syn.length === 0 ? undefined : f.time(R.ACK_TIME) - f.time(R.LAST_SYN_TIME),
  };
}

/** The record of a finished connection, in words for people and programs. */
export function connectionOf(f: ConnectionFacts): Connection {
  const { conversation: c, clientSide: client, closePackets: packets, closeHow: how } = f;
  const server: 0 | 1 = client === 0 ? 1 : 0;
  const fromClient = direction(f.word(R.PACKETS + client), c?.half(client));
  const fromServer = direction(f.word(R.PACKETS + server), c?.half(server));
  const shaken = handshake(f);
  const history = historyText(f.words, f.at, client);
  const first = packets.length > 0 && how !== 'unreachable' ? f.firstCloser : undefined;
  const { retransmissions, windowScale, traits } = f;
  const lists = c?.lists;
  const application = c?.application ?? c?.parser?.protocol;
  // What is called comes before: the record gets its shape at once, not key by key.
  return {
    id: f.id,
    client: f.client,
    server: f.server,
    clientKnown: (f.word(R.STATE) & R.CLIENT_KNOWN) !== 0,
    firstPacket: f.word(R.FIRST),
    lastPacket: f.word(R.LAST),
    firstTime: f.time(R.FIRST_TIME),
    lastTime: f.time(R.LAST_TIME),
    fromClient,
    fromServer,
    handshake: shaken,
    history,
    close: { how, first, packets },
    retransmissions,
    outOfOrder: lists?.get('outOfOrder') ?? NONE,
    duplicateAcks: lists?.get('duplicateAcks') ?? NONE,
    segments: lists?.kinds(),
    counts: lists?.cut(),
    windowScale,
    traits,
    application,
    http2: c?.http2,
    process: undefined,
  };
}
