import { hostPort } from '../../correlate/host-names.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped } from '../findings.ts';
import { connectionOf, exchangeOf, keyLogAdvice, overQuic, readableRequest, sealedSide, tlsOf } from '../needs.ts';
import type { Finding, JourneyRule, JourneySubject, Need } from '../rule.ts';
import { helloWhole } from '../tls/clear.ts';
import { atOnce } from './parts.ts';
import { requestAt } from '../names/request-at.ts';

/** Requests of one connection that are compared. */
const MOST = 1000;

/** Without keys the version that was agreed upon still tells where it is HTTP/1.1. */
const notHttp1: Need<JourneySubject> = (subject) => {
  const tls = tlsOf(subject);
  if (tls === undefined || tls.clientHelloPacket === undefined || exchangeOf(subject) !== undefined) return undefined;
  const only1 = tls.alpn === 'http/1.1' || (tls.alpn === undefined && helloWhole(tls) && !tls.alpnOffered.includes('h2'));
  if (!only1) return undefined;
  return skipped('http-1', [tls.clientHelloPacket, tls.serverHelloPacket], {
    en: `the connection carries no HTTP/2: ${tls.alpn === undefined ? 'the client did not offer it' : 'http/1.1 was agreed upon'} in the TLS handshake`,
    ko: `이 연결은 HTTP/2가 아닙니다: TLS 핸드셰이크에서 ${tls.alpn === undefined ? '클라이언트가 제안하지 않았습니다' : 'http/1.1로 정했습니다'}`,
  });
};

export const rule: JourneyRule = {
  id: 'R-PAGE-5',
  chapter: 'page',
  scope: 'journey',
  statement: {
    en: 'HTTP/2 carries several requests at the same time over one connection',
    ko: 'HTTP/2는 연결 하나로 여러 요청을 동시에 나른다',
  },
  reality: {
    en: 'It can: each request is a stream of its own (RFC 9113 §5). A client that asks for one thing after the other uses the streams one after the other. HTTP/3 does the same over QUIC (RFC 9114).',
    ko: '그럴 수 있습니다. 요청마다 스트림이 하나입니다(RFC 9113 §5). 하나씩 차례로 요청하는 클라이언트는 스트림도 차례로 씁니다. HTTP/3은 QUIC에서 같은 일을 합니다(RFC 9114).',
  },
  rfc: ['RFC 9113 §5', 'RFC 9114'],
  vantages: ['client', 'server'],
  reasons: ['at-once', 'one-by-one', 'one-request', 'http-1', 'no-keys', 'no-request', 'no-connection', 'quic'],
  needs: [overQuic, notHttp1, readableRequest],
  check(subject) {
    const { capture } = subject;
    const connection = connectionOf(subject);
    const x = exchangeOf(subject);
    if (connection === undefined || x === undefined)
      return overQuic(subject) ?? notVisible('no-keys', [], { en: 'no request', ko: '요청 없음' }, keyLogAdvice);
    if (x.version !== '2')
      return skipped('http-1', [x.requestPacket], {
        en: `the request in packet ${requestAt(x)} to ${hostPort(connection.server)} is HTTP/${x.version}`,
        ko: `${hostPort(connection.server)}에 보낸 ${requestAt(x)}번 패킷의 요청은 HTTP/${x.version}입니다`,
      });
    if (x.sealed !== undefined) return sealedSide(capture, x);
    return ofConnection(capture, connection.id, hostPort(connection.server));
  },
};

const known = new WeakMap<CaptureFacts, Map<number, Finding>>();

/** Judged once for a connection, however many requests it has. */
function ofConnection(capture: CaptureFacts, connection: number, server: string): Finding {
  let findings = known.get(capture);
  if (findings === undefined) known.set(capture, (findings = new Map()));
  let found = findings.get(connection);
  if (found === undefined) {
    found = judge(capture, connection, server);
    findings.set(connection, found);
  }
  return found;
}

function judge(capture: CaptureFacts, connection: number, server: string): Finding {
  const requests = capture
    .exchangesOn(connection)
    .slice(0, MOST)
    .flatMap((x) =>
      x.requestTime === undefined || x.version !== '2'
        ? []
        : [
            {
              stream: x.stream,
              packet: x.requestPacket,
              start: x.requestTime,
              end: x.responseEndTime ?? Number.POSITIVE_INFINITY,
            },
          ],
    )
    .sort((a, b) => a.start - b.start);
  if (requests.length < 2)
    return skipped('one-request', [requests[0]?.packet], {
      en: `the HTTP/2 connection to ${server} carries one request only`,
      ko: `${server}에 연 HTTP/2 연결에는 요청이 하나뿐입니다`,
    });
  const most = atOnce(requests).map((i) => requests[i]);
  if (most.length === 1)
    return contradicted(
      'one-by-one',
      requests.slice(0, 8).map((r) => r.packet),
      {
        en: `the ${requests.length} requests on the HTTP/2 connection to ${server} went one after the other`,
        ko: `${server}에 연 HTTP/2 연결에서 요청 ${requests.length}개가 하나씩 차례로 갔습니다`,
      },
    );
  return confirmed(
    'at-once',
    most.slice(0, 8).map((r) => r.packet),
    {
      en: `${most.length} requests were under way at the same time on one HTTP/2 connection to ${server}`,
      ko: `${server}에 연 HTTP/2 연결 하나에서 요청 ${most.length}개가 동시에 진행되었습니다`,
    },
  );
}
