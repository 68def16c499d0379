import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { aConnection, bothDirections, connectionOf, exchangeOf, keyLogAdvice, quicOf, tlsOf } from '../needs.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { hostText, isCut, notHttp, helloCut, helloWhole } from './clear.ts';
import { versionOverQuic } from './over-quic.ts';

export const rule: JourneyRule = {
  id: 'R-TLS-3',
  chapter: 'tls',
  scope: 'journey',
  statement: { en: 'The request is HTTP/1.1', ko: '요청은 HTTP/1.1이다' },
  reality: {
    en: 'Client and server choose with ALPN (RFC 7301): mostly h2 (HTTP/2, RFC 9113), and h3 over QUIC (RFC 9114). In TLS 1.3 the choice is encrypted; only what the client offers is in the clear.',
    ko: '클라이언트와 서버가 ALPN(RFC 7301)으로 고릅니다. 대개 h2(HTTP/2, RFC 9113)이고, QUIC 위에서는 h3(RFC 9114)입니다. TLS 1.3에서는 고른 것이 암호화되고 클라이언트가 내놓은 것만 보입니다.',
  },
  rfc: ['RFC 7301', 'RFC 9113 §3.2', 'RFC 9114'],
  vantages: ['client'],
  reasons: [
    'http-1.1',
    'only-offer',
    'other-version',
    'alpn-h2',
    'alpn-other',
    'alpn-h3',
    'alpn-encrypted',
    'no-alpn',
    'hello-cut',
    'no-request',
    'request-not-captured',
    'not-http',
    'handshake-failed',
    'unfinished',
    'mid-stream',
  ],
  needs: [],
  check(subject) {
    const quic = quicOf(subject);
    if (quic !== undefined) return versionOverQuic(subject, quic);
    const c = connectionOf(subject);
    if (c === undefined) return aConnection(subject) as Finding;
    const oneWay = bothDirections(subject);
    if (oneWay !== undefined) return oneWay;
    const exchange = exchangeOf(subject);
    const tls = tlsOf(subject);
    const host = hostText(c, tls);
    if (exchange !== undefined && exchange.requestPacket === undefined)
      return unknown('request-not-captured', [exchange.responsePacket], {
        en: `the answer in packet ${exchange.responsePacket} is there, the request before it was not captured`,
        ko: `${exchange.responsePacket}번 패킷의 응답은 있지만 그 앞의 요청은 잡히지 않았습니다`,
      });
    if (exchange !== undefined) {
      const packet = exchange.requestPacket;
      const what = {
        en: `the request to ${exchange.host ?? host} in packet ${packet} is HTTP/${exchange.version}`,
        ko: `${exchange.host ?? host}에 보낸 ${packet}번 패킷의 요청은 HTTP/${exchange.version}입니다`,
      };
      return exchange.version === '1.1' ? confirmed('http-1.1', [packet], what) : contradicted('other-version', [packet], what);
    }
    if (tls === undefined)
      return skipped(c.application === undefined ? 'no-request' : 'not-http', [c.firstPacket], {
        en: `the connection to ${c.server.address} port ${c.server.port} carries ${c.application === undefined ? 'no request' : `${c.application}, no HTTP request`}`,
        ko: `${c.server.address}의 ${c.server.port}번 포트로 연 연결에는 ${c.application === undefined ? '' : `${c.application}이(가) 있을 뿐 `}HTTP 요청이 없습니다`,
      });
    if (exchange === undefined && notHttp(c, tls))
      return skipped('not-http', [tls.clientHelloPacket ?? c.firstPacket], {
        en: `the TLS connection to ${host} port ${c.server.port} carries something else than HTTP${tls.alpn === undefined ? '' : ` ("${tls.alpn}")`}`,
        ko: `${host}의 ${c.server.port}번 포트로 연 TLS 연결에는 HTTP가 아닌 것이 있습니다${tls.alpn === undefined ? '' : ` ("${tls.alpn}")`}`,
      });
    const packets = [tls.clientHelloPacket, tls.serverHelloPacket];
    const isOpen = tls.firstApplicationDataPacket === undefined && c.close.packets.length === 0 && tls.alerts.length === 0;
    if (tls.finishedPacket === undefined && isOpen)
      return unknown('unfinished', packets, {
        en: `the TLS handshake with ${host} does not come to its end in this capture`,
        ko: `이 캡처에서는 ${host}의 TLS 핸드셰이크가 끝나지 않습니다`,
      });
    if (tls.serverHelloPacket === undefined || (tls.finishedPacket === undefined && tls.firstApplicationDataPacket === undefined))
      return tls.clientHelloPacket === undefined && tls.firstApplicationDataPacket !== undefined
        ? unknown('mid-stream', [c.firstPacket], {
            en: `the TLS handshake with ${host}, in which the protocol is chosen, ${isCut(c) ? 'was not captured whole' : 'is older than the capture'}`,
            ko: `프로토콜을 고르는 ${host}의 TLS 핸드셰이크가 ${isCut(c) ? '온전히 캡처되지 않았습니다' : '캡처보다 오래되었습니다'}`,
          })
        : skipped('handshake-failed', packets, {
            en: `the TLS handshake with ${host} did not come to its end: no request`,
            ko: `${host}의 TLS 핸드셰이크가 끝나지 않아 요청이 없습니다`,
          });
    if (tls.firstApplicationDataPacket === undefined)
      return skipped('no-request', packets, {
        en: `no request followed the TLS handshake with ${host}`,
        ko: `${host}의 TLS 핸드셰이크 뒤에 요청이 없습니다`,
      });
    if (tls.alpn !== undefined) {
      const chose = {
        en: `the server chose "${tls.alpn}" by ALPN in packet ${tls.serverHelloPacket}`,
        ko: `서버가 ${tls.serverHelloPacket}번 패킷의 ALPN에서 "${tls.alpn}"을(를) 골랐습니다`,
      };
      if (tls.alpn === 'http/1.1') return confirmed('http-1.1', packets, chose);
      if (tls.alpn === 'h2')
        return contradicted('alpn-h2', packets, { en: `${chose.en}: HTTP/2`, ko: `${chose.ko}: HTTP/2입니다` });
      return contradicted('alpn-other', packets, chose);
    }
    if (!helloWhole(tls)) return helloCut(packets, tls.clientHelloPacket);
    const offered = tls.alpnOffered;
    const list = offered.map((each) => `"${each}"`).join(', ');
    const only = offered.every((each) => each === 'http/1.1') && offered.length > 0;
    if (only)
      return confirmed('only-offer', packets, {
        en: `the client offered nothing but "http/1.1" in packet ${tls.clientHelloPacket}, and HTTP/2 over TLS must be agreed on by ALPN (RFC 9113 §3.2)`,
        ko: `클라이언트는 ${tls.clientHelloPacket}번 패킷에서 "http/1.1"만 내놓았고, TLS 위의 HTTP/2는 ALPN으로 합의해야 합니다 (RFC 9113 §3.2)`,
      });
    if (offered.length > 0 && tls.alpnVisible === false)
      return notVisible(
        'alpn-encrypted',
        packets,
        {
          en: `the client offered ${list} to ${host} in packet ${tls.clientHelloPacket}; what the server chose is encrypted in TLS 1.3, and no key log opens it`,
          ko: `클라이언트는 ${tls.clientHelloPacket}번 패킷에서 ${host}에 ${list} 중에 고르게 했습니다. 서버가 고른 것은 TLS 1.3에서 암호화되고 열 수 있는 키 로그가 없습니다`,
        },
        keyLogAdvice,
      );
    return notVisible(
      'no-alpn',
      packets,
      {
        en: `${offered.length === 0 ? 'no ALPN was offered' : `the server chose none of ${list}`}, so it is not HTTP/2; which version the encrypted request has, the clear part does not tell`,
        ko: `${offered.length === 0 ? 'ALPN을 내놓지 않았으므로' : `서버가 ${list} 중 아무것도 고르지 않았으므로`} HTTP/2는 아닙니다. 암호화된 요청의 버전은 보이는 부분으로는 알 수 없습니다`,
      },
      keyLogAdvice,
    );
  },
};
