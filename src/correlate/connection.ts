import { recordAddress } from './addresses.ts';
import type { Conversation, Half } from './conversation.ts';
import { KEY_A, KEY_B, KEY_PORTS, KEY_VERSION, type Page } from './flow-table.ts';
import { inOrder } from './packet-list.ts';
import type { CloseHow, Connection, Direction, Endpoint, Handshake } from './model.ts';
import { historyText } from './tcp-history.ts';
import * as R from './tcp-record.ts';

const NONE: number[] = [];

/** 0 when "a" is the client, 1 when "b" is. */
export const clientSide = (page: Page, base: number): 0 | 1 => (page.words[base + R.STATE] & R.CLIENT_IS_B ? 1 : 0);

export function endpoint(page: Page, base: number, side: 0 | 1): Endpoint {
  const { words } = page;
  const ports = words[base + KEY_PORTS];
  return {
    address: recordAddress(page, base + (side === 0 ? KEY_A : KEY_B), words[base + KEY_VERSION]),
    port: side === 0 ? ports >>> 16 : ports & 0xffff,
  };
}

function direction(packets: number, half: Half | undefined): Direction {
  const result: Direction = {
    packets,
    payloadBytes: half?.payloadBytes ?? 0,
    streamBytes: half?.streamBytes ?? 0,
    missingBytes: half?.missingBytes ?? 0,
  };
  if (half?.hash !== undefined) result.streamSha256 = half.hash.digest('hex');
  return result;
}

function handshake(page: Page, base: number, c: Conversation | undefined): Handshake | undefined {
  const { words, doubles } = page;
  const syn = words[base + R.SYN_PACKET];
  const synAck = words[base + R.SYN_ACK_PACKET];
  if (syn === 0 && synAck === 0) return undefined;
  const result: Handshake = {
    syn: syn === 0 ? NONE : [syn, ...(c?.lists?.syn ?? NONE)],
    synAck: synAck === 0 ? NONE : [synAck, ...(c?.lists?.synAck ?? NONE)],
  };
  if (words[base + R.ACK_PACKET] !== 0) {
    result.ack = words[base + R.ACK_PACKET];
    if (syn !== 0) result.rtt = doubles[(base >> 1) + R.ACK_TIME] - doubles[(base >> 1) + R.SYN_TIME];
  }
  return result;
}

export function closeHow(page: Page, base: number): CloseHow {
  const state = page.words[base + R.STATE];
  const client = clientSide(page, base);
  const fins = (state >> 4) & 3;
  if (fins === 3) return 'fin-both';
  if (state & (R.RST_SEEN * 3)) return state & R.RST_ANSWERS_SYN ? 'refused' : 'reset';
  if (fins !== 0) return (fins === 1) === (client === 0) ? 'fin-client-only' : 'fin-server-only';
  const silent = page.words[base + R.PACKETS + 1 - client] === 0;
  return silent && state & (R.SYN_SEEN * 3) && !(state & R.DATA_SEEN) ? 'unanswered' : 'open';
}

function close(page: Page, base: number, client: 0 | 1): Connection['close'] {
  const { words } = page;
  const how = closeHow(page, base);
  const result: Connection['close'] = { how, packets: closePackets(page, base) };
  if (result.packets.length > 0)
    result.first = ((words[base + R.STATE] & R.FIRST_CLOSER_IS_B) !== 0) === (client === 1) ? 'client' : 'server';
  return result;
}

/** The FINs, the packets that acknowledged them, the RST: each once, in order. */
export function closePackets(page: Page, base: number): number[] {
  const { words } = page;
  const packets: number[] = [];
  for (let word = R.FIN_PACKET; word <= R.RST_PACKET; word++) {
    if (word === R.FIN_END || word === R.FIN_END + 1) continue;
    const packet = words[base + word];
    if (packet !== 0) packets.push(packet);
  }
  return inOrder(packets);
}

/** The record of a finished connection, in words for people and programs. */
export function connectionOf(page: Page, base: number, c: Conversation | undefined): Connection {
  const { words, doubles } = page;
  const client = clientSide(page, base);
  const server: 0 | 1 = client === 0 ? 1 : 0;
  const result: Connection = {
    id: words[base + R.ID],
    client: endpoint(page, base, client),
    server: endpoint(page, base, server),
    clientKnown: (words[base + R.STATE] & R.CLIENT_KNOWN) !== 0,
    firstPacket: words[base + R.FIRST],
    lastPacket: words[base + R.LAST],
    firstTime: doubles[(base >> 1) + R.FIRST_TIME],
    lastTime: doubles[(base >> 1) + R.LAST_TIME],
    fromClient: direction(words[base + R.PACKETS + client], c?.halves[client]),
    fromServer: direction(words[base + R.PACKETS + server], c?.halves[server]),
    history: historyText(words, base, client),
    close: close(page, base, client),
    retransmissions: c?.lists?.retransmissions ?? NONE,
    outOfOrder: c?.lists?.outOfOrder ?? NONE,
    duplicateAcks: c?.lists?.duplicateAcks ?? NONE,
  };
  const shake = handshake(page, base, c);
  if (shake !== undefined) result.handshake = shake;
  if (c?.parser !== undefined) result.application = c.parser.protocol;
  return result;
}
