import type { ConnectionFacts } from './connection-facts.ts';
import type { Half } from './conversation.ts';
import type { Connection, Direction, Handshake } from './model.ts';
import { historyText } from './tcp-history.ts';
import * as R from './tcp-record.ts';

const NONE: number[] = [];

function direction(packets: number, half: Half | undefined): Direction {
  const result: Direction = {
    packets,
    payloadBytes: half?.payloadBytes ?? 0,
    streamBytes: half?.streamBytes ?? 0,
    missingBytes: half?.missingBytes ?? 0,
    streamSha256: undefined,
  };
  if (half?.hash !== undefined) result.streamSha256 = half.hash.digest('hex');
  return result;
}

function handshake(f: ConnectionFacts): Handshake | undefined {
  const { syn, synAck } = f;
  if (syn.length === 0 && synAck.length === 0) return undefined;
  const ack = f.word(R.ACK_PACKET);
  return {
    syn,
    synAck,
    ack: ack === 0 ? undefined : ack,
    rtt: ack === 0 || syn.length === 0 ? undefined : f.time(R.ACK_TIME) - f.time(R.LAST_SYN_TIME),
  };
}

/** The record of a finished connection, in words for people and programs. */
export function connectionOf(f: ConnectionFacts): Connection {
  const c = f.conversation;
  const client = f.clientSide;
  const server: 0 | 1 = client === 0 ? 1 : 0;
  const state = f.word(R.STATE);
  const packets = f.closePackets;
  return {
    id: f.id,
    client: f.client,
    server: f.server,
    clientKnown: (state & R.CLIENT_KNOWN) !== 0,
    firstPacket: f.word(R.FIRST),
    lastPacket: f.word(R.LAST),
    firstTime: f.time(R.FIRST_TIME),
    lastTime: f.time(R.LAST_TIME),
    fromClient: direction(f.word(R.PACKETS + client), c?.half(client)),
    fromServer: direction(f.word(R.PACKETS + server), c?.half(server)),
    handshake: handshake(f),
    history: historyText(f.words, f.at, client),
    close: { how: f.closeHow, first: packets.length > 0 && f.closeHow !== 'unreachable' ? f.firstCloser : undefined, packets },
    retransmissions: f.retransmissions,
    outOfOrder: c?.lists?.get('outOfOrder') ?? NONE,
    duplicateAcks: c?.lists?.get('duplicateAcks') ?? NONE,
    segments: c?.lists?.kinds(),
    counts: c?.lists?.cut(),
    windowScale: f.windowScale,
    traits: f.traits,
    application: c?.application ?? c?.parser?.protocol,
    http2: c?.http2,
    process: undefined,
  };
}
