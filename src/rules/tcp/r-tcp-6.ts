import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, skipped, unknown } from '../findings.ts';
import { aConnection, connectionOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { type Segment, segmentsOf } from '../segments.ts';

/** Early and late segments among which a pair is looked for. */
const LOOK = 64;

export const rule: JourneyRule = {
  id: 'R-TCP-6',
  chapter: 'tcp',
  scope: 'journey',
  statement: {
    en: 'Sequence numbers put what arrives in another order back in order',
    ko: '순서 번호 덕분에 뒤바뀌어 도착한 것도 순서대로 맞춰진다',
  },
  reality: {
    en: 'So it is (RFC 9293 §3.4): what comes early waits behind the hole and is handed to the application only when the hole is filled. On one path reordering is rare; a hole is mostly a loss.',
    ko: '실제로 그렇습니다 (RFC 9293 §3.4). 먼저 온 것은 빈 곳 뒤에서 기다렸다가 빈 곳이 채워진 뒤에야 응용 프로그램에 전달됩니다. 한 경로에서 순서가 바뀌는 일은 드물고, 빈 곳은 대개 손실입니다.',
  },
  rfc: ['RFC 9293 §3.4'],
  vantages: ['client', 'server'],
  reasons: ['reordered', 'hole-filled', 'in-order', 'hole-left'],
  needs: [aConnection],
  check(subject) {
    const { capture } = subject;
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const late = connection.outOfOrder;
    const ahead = connection.segments?.previousNotCaptured ?? [];
    const missing = connection.fromClient.missingBytes + connection.fromServer.missingBytes;
    const cut = connection.traits?.includes('cut-payload') ?? false;
    if (missing > 0 && !cut)
      return unknown('hole-left', ahead.slice(0, 3), {
        en: `${missing} bytes of the connection never appear in this capture: whether they arrived, and in which order, it cannot tell`,
        ko: `연결의 ${missing}바이트가 이 캡처에 없습니다. 도착했는지, 어떤 순서로 도착했는지 알 수 없습니다`,
      });
    const pair = filledHole(capture, connection, late) ?? filledHole(capture, connection, connection.retransmissions);
    if (pair === undefined)
      return skipped('in-order', [connection.firstPacket, connection.lastPacket], {
        en: 'everything on this connection was captured in the order of its sequence numbers: there was nothing to put in order',
        ko: '이 연결의 모든 것이 순서 번호대로 잡혔습니다: 맞출 것이 없었습니다',
      });
    const [early, filler] = pair;
    const whole = {
      en: cut
        ? ''
        : `; by the numbers the stream is whole: ${connection.fromClient.streamBytes} bytes from the client, ${connection.fromServer.streamBytes} from the server, none missing`,
      ko: cut
        ? ''
        : `. 번호대로 맞추면 빠진 것이 없습니다: 클라이언트가 보낸 것 ${connection.fromClient.streamBytes}바이트, 서버가 보낸 것 ${connection.fromServer.streamBytes}바이트`,
    };
    const how =
      late.length > 0
        ? { reason: 'reordered', en: 'arrived late', ko: '늦게 도착해' }
        : { reason: 'hole-filled', en: 'sent again', ko: '다시 보내져' };
    return confirmed(how.reason, [early.number, filler.number], {
      en: `packet ${filler.number} (sequence number ${filler.sequence}, ${how.en}) belongs before packet ${early.number} (${early.sequence})${whole.en}`,
      ko: `${filler.number}번 패킷(순서 번호 ${filler.sequence})은 ${how.ko} ${early.number}번 패킷(${early.sequence})보다 앞에 놓입니다${whole.ko}`,
    });
  },
};

/** A segment that came behind a hole, and the one of these that filled it. */
function filledHole(capture: CaptureFacts, c: Connection, fillers: number[]): [Segment, Segment] | undefined {
  const ahead = segmentsOf(capture, c, (c.segments?.previousNotCaptured ?? []).slice(0, LOOK));
  for (const filler of segmentsOf(capture, c, fillers.slice(0, LOOK))) {
    const early = ahead.find(
      (each) =>
        each.number < filler.number && each.fromClient === filler.fromClient && ((filler.sequence - each.sequence) | 0) < 0,
    );
    if (early !== undefined) return [early, filler];
  }
  return undefined;
}
