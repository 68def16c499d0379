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
  const lists = c?.lists;
  return {
    id: f.id,
    client: f.client,
    server: f.server,
    clientKnown: (f.word(R.STATE) & R.CLIENT_KNOWN) !== 0,
    firstPacket: f.word(R.FIRST),
    lastPacket: f.word(R.LAST),
    firstTime: f.time(R.FIRST_TIME),
    lastTime: f.time(R.LAST_TIME),
    fromClient: direction(f.word(R.PACKETS + client), c?.half(client)),
    fromServer: direction(f.word(R.PACKETS + server), c?.half(server)),
    handshake: handshake(f),
    history: historyText(f.words, f.at, client),
    close: { how, first: packets.length > 0 && how !== 'unreachable' ? f.firstCloser : undefined, packets },
    retransmissions: f.retransmissions,
    outOfOrder: lists?.get('outOfOrder') ?? NONE,
    duplicateAcks: lists?.get('duplicateAcks') ?? NONE,
    segments: lists?.kinds(),
    counts: lists?.cut(),
    windowScale: f.windowScale,
    traits: f.traits,
    application: c?.application ?? c?.parser?.protocol,
    http2: c?.http2,
    process: undefined,
  };
}
