import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { contradicted, unknown } from '../findings.ts';
import { aConnection, connectionOf, exchangeOf, fromItsBeginning } from '../needs.ts';
import type { JourneyRule, JourneySubject } from '../rule.ts';
import { durationText } from '../segments.ts';
import { isHere } from './ends.ts';

/** Light in glass takes 1 ms for 200 km, and it has to come back (ITU-T G.652: a refractive index of about 1.47). */
const KILOMETRES_PER_MILLISECOND = 100;
/** Korea to the nearest of the US mainland's west coast is about 8,300 km. */
const PACIFIC = 8000;
const LEAST = (PACIFIC / KILOMETRES_PER_MILLISECOND) * 1e6;

export const rule: JourneyRule = {
  id: 'R-IP-8',
  chapter: 'ip',
  scope: 'journey',
  statement: {
    en: 'The packets cross the Pacific to the server in the US and come back',
    ko: '패킷은 태평양을 건너 미국의 서버까지 갔다가 돌아온다',
  },
  reality: {
    en: 'No packet says where a server stands, but light in glass takes 1 ms there and back for every 100 km: an answer within 80 ms did not cross the Pacific. Large sites answer from an edge near to the reader (anycast, RFC 4786; CDN). A longer time proves nothing: links and hosts are slow for many reasons.',
    ko: '서버가 어디에 있는지는 어느 패킷에도 없습니다. 그러나 빛이 광섬유로 100 km를 왕복하는 데 1 ms가 걸리므로, 80 ms 안에 온 응답은 태평양을 건너지 않았습니다. 큰 사이트는 사용자 가까이에 있는 엣지에서 응답합니다 (애니캐스트, RFC 4786; CDN). 더 오래 걸렸다고 해서 멀다는 증거는 아닙니다. 느린 이유는 여러 가지입니다.',
  },
  rfc: ['RFC 4786', 'RFC 2681'],
  vantages: ['client'],
  reasons: ['too-near', 'far-or-slow', 'no-round-trip'],
  needs: [aConnection],
  check(subject) {
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const measured = roundTrip(subject, connection);
    const server = hostPort(connection.server);
    if (measured === undefined)
      return (
        fromItsBeginning(subject) ??
        unknown('no-round-trip', [connection.firstPacket], {
          en: `no exchange with ${server} in this capture tells a whole round trip`,
          ko: `이 캡처에는 ${server}까지의 왕복 시간을 알 수 있는 패킷이 없습니다`,
        })
      );
    const { time, packets } = measured;
    const took = durationText(time);
    if (time >= LEAST)
      return unknown('far-or-slow', packets, {
        en: `the round trip to ${server} took ${took} (packets ${packets.join(', ')}): it may stand across the Pacific (at least ${LEAST / 1e6} ms), or nearer behind something slow`,
        ko: `${server}까지의 왕복 시간은 ${took}입니다 (${packets.join(', ')}번 패킷). 태평양 건너편(최소 ${LEAST / 1e6} ms)일 수도 있고, 가깝지만 느린 것일 수도 있습니다`,
      });
    const most = Math.max(1, Math.ceil((time / 1e6) * KILOMETRES_PER_MILLISECOND));
    return contradicted('too-near', packets, {
      en: `the round trip to ${server} took ${took} (packets ${packets.join(', ')}): who answered there is at most ${most} km of fibre away, and the Pacific takes at least ${LEAST / 1e6} ms`,
      ko: `${server}까지의 왕복 시간은 ${took}입니다 (${packets.join(', ')}번 패킷). 여기서 응답한 쪽은 광섬유로 길어야 ${most} km 거리에 있습니다. 태평양을 오가려면 적어도 ${LEAST / 1e6} ms가 걸립니다`,
    });
  },
};

/** Nanoseconds that the way there and back took at most: the least of what the handshake and the request tell. */
function roundTrip(subject: JourneySubject, c: Connection): Measured | undefined {
  const { capture } = subject;
  const exchange = exchangeOf(subject);
  const found = [ofHandshake(capture, c)];
  const { requestEndPacket: asked, responsePacket: answered } = exchange ?? {};
  if (asked !== undefined && answered !== undefined && isHere(capture.packet(asked)))
    found.push(since(capture, asked, [answered]));
  return found.filter((each) => each !== undefined).sort((p, q) => p.time - q.time)[0];
}

/** From SYN to the client's ACK is a round trip everywhere on the way; from SYN to its answer only where the client sends. */
function ofHandshake(capture: CaptureFacts, c: Connection): Measured | undefined {
  const { syn = [], synAck = [], ack } = c.handshake ?? {};
  if (syn.length === 0) return undefined;
  // Of several the one whose timestamp the answer echoes (RFC 7323 §3.2); else the first, which can only be too early.
  const echo = synAck.length === 0 ? undefined : capture.packet(synAck[0])?.tcp?.options.timestamps?.echo;
  const sent = syn.find((n) => echo !== undefined && capture.packet(n)?.tcp?.options.timestamps?.value === echo) ?? syn[0];
  if (synAck.length > 0 && ack !== undefined) return since(capture, sent, [synAck[0], ack]);
  if (!isHere(capture.packet(sent))) return undefined;
  const answer = synAck[0] ?? (c.close.how === 'refused' ? c.close.packets[0] : undefined);
  return answer === undefined ? undefined : since(capture, sent, [answer]);
}

interface Measured {
  time: number;
  packets: number[];
}

function since(capture: CaptureFacts, from: number, to: number[]): Measured | undefined {
  const time = capture.timeOf(to[to.length - 1]) - capture.timeOf(from);
  return time < 0 ? undefined : { time, packets: [from, ...to] };
}
