import type { Text } from '../text/text.ts';
import { clientSide } from './connection-facts.ts';
import { Conversation } from './conversation.ts';
import { KEY_WORDS, type Page } from './flow-table.ts';
import type { QuicConnection } from './model.ts';
import { inOrder } from './packet-list.ts';
import { quicCloseText } from './quic-close.ts';
import type { QuicState } from './quic-connection.ts';
import * as R from './tcp-record.ts';
import { newSession } from './tls-session.ts';

const HANDSHAKE_NOTE: Text = {
  en: 'QUIC handshake: connecting and TLS in one',
  ko: 'QUIC 핸드셰이크: 연결과 TLS를 한 번에 합니다',
};

const SEALED_NOTE: Text = {
  en: 'QUIC handshake: connecting and TLS in one, over when the client sends under its result',
  ko: 'QUIC 핸드셰이크: 연결과 TLS를 한 번에 합니다. 클라이언트가 그 결과로 암호화해 보낼 때 끝납니다',
};

/** A QUIC connection as the journeys take one: a record of its own with what it has in common with TCP's. */
export function quicConversation(state: QuicState): Conversation {
  const { record } = state;
  const words = new Uint32Array(R.RECORD_WORDS);
  const page: Page = { words, doubles: new Float64Array(words.buffer) };
  words.set((state.flowKey ?? words).subarray(0, KEY_WORDS));
  words[R.STATE] = (state.clientIsA ? 0 : R.CLIENT_IS_B) | (record.clientKnown ? R.CLIENT_KNOWN : 0);
  // Among TCP connections it is none.
  words[R.ID] = 0xffffffff;
  words[R.FIRST] = record.firstPacket;
  page.doubles[R.FIRST_TIME] = record.firstTime;
  const c = new Conversation(record.id, page, 0, { hashes: false });
  c.quic = { id: record.id, closed: undefined, code: undefined, begun: undefined, sealed: true };
  c.tls = { ...newSession(-1), note: HANDSHAKE_NOTE };
  updateConversation(c, state);
  return c;
}

/** Takes over what the record has by now. */
export function updateConversation(c: Conversation, { record }: QuicState): void {
  const { page, tls } = c;
  const { words, doubles } = page;
  const client = clientSide(page, 0);
  words[R.LAST] = record.lastPacket;
  doubles[R.LAST_TIME] = record.lastTime;
  words[R.PACKETS + client] = record.fromClient.packets;
  words[R.PACKETS + 1 - client] = record.fromServer.packets;
  c.half(client).payloadBytes = record.fromClient.payloadBytes;
  c.half(client === 0 ? 1 : 0).payloadBytes = record.fromServer.payloadBytes;
  if (tls !== undefined) handshake(tls, record);
  const { quic } = c;
  if (quic !== undefined) quic.sealed = record.http3 === undefined;
  if (tls !== undefined && tls.finishedPacket === undefined && quic?.begun !== undefined) {
    tls.finishedPacket = quic.begun.packet;
    tls.finishedTime = quic.begun.time;
    tls.note = SEALED_NOTE;
  }
  if (record.close !== undefined) close(c, record, client);
}

function handshake(tls: NonNullable<Conversation['tls']>, record: QuicConnection): void {
  tls.sni = record.sni;
  tls.alpn = record.alpn;
  tls.alpnOffered = record.alpnOffered;
  tls.version = record.tlsVersion;
  tls.clientHelloPacket = record.clientHelloPacket;
  // A Retry or another version takes time before the ClientHello that was answered.
  tls.clientHelloTime = record.clientHelloTime === undefined ? undefined : record.firstTime;
  tls.serverHelloPacket = record.serverHelloPacket;
  tls.serverHelloTime = record.serverHelloTime;
  tls.finishedPacket = record.finishedPacket;
  tls.finishedTime = record.finishedTime;
  const { negotiationPacket, retryPacket, clientHelloPacket, helloRetryPacket, serverHelloPacket, finishedPacket } = record;
  const hellos = [negotiationPacket, retryPacket, clientHelloPacket, helloRetryPacket, serverHelloPacket, finishedPacket];
  tls.packets = inOrder([record.firstPacket, ...hellos.map((packet) => packet ?? 0)]);
}

function close({ page, quic }: Conversation, { close: closed }: QuicConnection, client: 0 | 1): void {
  if (closed === undefined || quic === undefined || quic.closed !== undefined) return;
  const { words, doubles } = page;
  const fromB = (closed.from === 'client') === (client === 1);
  words[R.STATE] |= ((closed.clean ? R.FIN_SEEN : R.RST_SEEN) * 3) | (fromB ? R.FIRST_CLOSER_IS_B : 0);
  words[closed.clean ? R.FIN_PACKET : R.RST_PACKET] = closed.packet;
  doubles[R.CLOSE_TIME] = doubles[R.CLOSE_END] = closed.time;
  quic.closed = quicCloseText(closed);
  quic.code = closed.code;
}
