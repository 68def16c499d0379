import { inOrder } from './packet-list.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { Exchange, TlsSession } from './model.ts';
import type { Text } from '../text/text.ts';
import type { Timeline } from './timeline.ts';
import { inPacketOrder, type Turn } from './turns.ts';

/** An exchange whose other half lies in records for which no keys were given. */
export function sealedHalf(x: Exchange, tls: TlsSession | undefined): Exchange['sealed'] {
  const sides = tls?.decryption?.sealedSides;
  if (sides === undefined) return undefined;
  if (sides.server && x.responsePacket === undefined && x.status === undefined) return 'response';
  return sides.client && x.requestPacket === undefined && x.method === undefined ? 'request' : undefined;
}

const NOTES: Record<'request' | 'response', Text> = {
  request: {
    en: 'estimate: the request stays sealed (the keys of the client’s side are missing), judged by direction only',
    ko: '추정: 클라이언트 쪽 키가 없어 요청이 열리지 않았고, 방향만으로 판단했습니다',
  },
  response: {
    en: 'estimate: the answer stays sealed (the keys of the server’s side are missing), judged by direction only',
    ko: '추정: 서버 쪽 키가 없어 응답이 열리지 않았고, 방향만으로 판단했습니다',
  },
};

/** What the client sent last before this answer, whose request stays sealed. */
export function sealedRequest(x: Exchange, f: ConnectionFacts): Turn | undefined {
  const { responsePacket } = x;
  const turns = f.conversation?.turns;
  if (x.sealed !== 'request' || responsePacket === undefined || turns === undefined) return undefined;
  const before = inPacketOrder(turns, 0).filter((turn) => turn.fromClient && turn.firstPacket < responsePacket);
  const last = before[before.length - 1];
  return last?.rest === undefined && last !== undefined && last.lastPacket < responsePacket ? last : undefined;
}

export function sealedRequestStage(t: Timeline, turn: Turn): void {
  t.add('send', turn.start, turn.end, turn.packets, turn.packetCount, NOTES.request);
}

/** What the server sent from the request on until the client spoke again, or ended the stream. */
export function sealedAnswerStages(t: Timeline, x: Exchange, f: ConnectionFacts): void {
  const { requestEndPacket, http2 } = x;
  const turns = f.conversation?.turns;
  if (requestEndPacket === undefined || turns === undefined) return;
  const until = http2?.reset?.from === 'client' ? http2.reset.packet : undefined;
  let first: Turn | undefined;
  let end = 0;
  const packets: number[] = [];
  let count = 0;
  for (const turn of inPacketOrder(turns, requestEndPacket)) {
    if (turn.rest !== undefined || (until !== undefined && turn.firstPacket >= until)) break;
    if (turn.fromClient) {
      if (until === undefined && first !== undefined) break;
      continue;
    }
    first ??= turn;
    end = turn.end;
    packets.push(...turn.packets);
    count += turn.packetCount;
  }
  if (first === undefined) return;
  t.add('wait', t.cursor, first.start, [first.firstPacket], 1, NOTES.response);
  t.add('receive', first.start, end, inOrder(packets), count, NOTES.response);
}
