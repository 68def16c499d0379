import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { aConnection, connectionOf, exchangeOf, quicOf, tlsOf } from '../needs.ts';
import { requestText } from '../http/needs.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { segmentsOf } from '../segments.ts';
import { encryptsNothing, hostText, notHttp } from './clear.ts';
import { requestOverQuic } from './over-quic.ts';

/** Client packets behind the handshake that are looked into for clear text. */
const LOOK = 32;
const CLEAR = /^(GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT) \S|^PRI \* HTTP/;

export const rule: JourneyRule = {
  id: 'R-TLS-2',
  chapter: 'tls',
  scope: 'journey',
  statement: { en: 'The HTTP request travels encrypted', ko: 'HTTP 요청은 암호화되어 간다' },
  reality: {
    en: 'With https: after the ClientHello only TLS records follow, and the request is inside (RFC 8446 §5). With http it is readable by everybody on the path. In TLS 1.3 every encrypted record says that it is application data (RFC 8446 §5.2).',
    ko: 'https에서는 ClientHello 뒤로 TLS 레코드만 오고 요청은 그 안에 있습니다 (RFC 8446 §5). http에서는 경로 위의 누구나 읽을 수 있습니다. TLS 1.3에서는 암호화된 레코드가 모두 응용 데이터라고 적혀 있습니다 (RFC 8446 §5.2).',
  },
  rfc: ['RFC 8446 §5', 'RFC 9110 §4.2.2'],
  vantages: ['client'],
  reasons: ['only-records', 'clear-text', 'null-cipher', 'no-request', 'not-http', 'capture-loss', 'sealed-by-quic'],
  needs: [],
  check(subject) {
    const { capture } = subject;
    const quic = quicOf(subject);
    if (quic !== undefined) return requestOverQuic(subject, quic);
    const c = connectionOf(subject);
    if (c === undefined) return aConnection(subject) as Finding;
    const tls = tlsOf(subject);
    const exchange = exchangeOf(subject);
    const host = hostText(c, tls);
    if (exchange?.scheme === 'http' && exchange.requestPacket !== undefined)
      return contradicted('clear-text', [exchange.requestPacket], {
        en: `packet ${exchange.requestPacket} carries the request "${requestText(exchange)}" to ${exchange.host ?? c.server.address} in clear text: anybody on the path can read it`,
        ko: `${exchange.requestPacket}번 패킷이 ${exchange.host ?? c.server.address}에 보내는 요청 "${requestText(exchange)}"을(를) 평문으로 싣고 있습니다: 경로 위의 누구나 읽을 수 있습니다`,
      });
    if (tls === undefined)
      return c.application === undefined || c.application === 'http' || c.application === 'http2'
        ? skipped('no-request', [c.firstPacket], {
            en: `no HTTP request was sent on the connection to ${c.server.address} port ${c.server.port}`,
            ko: `${c.server.address}의 ${c.server.port}번 포트로 연 연결에는 HTTP 요청이 없습니다`,
          })
        : skipped('not-http', [c.firstPacket], {
            en: `the connection to ${c.server.address} carries ${c.application}, not HTTP`,
            ko: `${c.server.address}(으)로 연 연결은 HTTP가 아니라 ${c.application}을(를) 싣고 있습니다`,
          });
    if (exchange === undefined && notHttp(c, tls))
      return skipped('not-http', [tls.clientHelloPacket ?? c.firstPacket], {
        en: `the TLS connection to ${host} port ${c.server.port} carries something else than HTTP${tls.alpn === undefined ? '' : ` ("${tls.alpn}")`}`,
        ko: `${host}의 ${c.server.port}번 포트로 연 TLS 연결에는 HTTP가 아닌 것이 있습니다${tls.alpn === undefined ? '' : ` ("${tls.alpn}")`}`,
      });
    const data = exchange?.requestPacket ?? tls.firstApplicationDataPacket;
    if (data === undefined)
      return skipped('no-request', [tls.clientHelloPacket, tls.finishedPacket], {
        en: `no application data followed the TLS handshake with ${host}: no request was sent`,
        ko: `${host}와(과) 한 TLS 핸드셰이크 뒤에 응용 데이터가 없습니다: 요청을 보내지 않았습니다`,
      });
    if (encryptsNothing(tls))
      return contradicted('null-cipher', [tls.serverHelloPacket, data], {
        en: `client and server agreed on ${tls.cipher} in packet ${tls.serverHelloPacket}, which encrypts nothing`,
        ko: `클라이언트와 서버는 ${tls.serverHelloPacket}번 패킷에서 아무것도 암호화하지 않는 ${tls.cipher}에 합의했습니다`,
      });
    const sent = segmentsOf(capture, c, capture.packetsFrom(c.id, tls.clientHelloFirstPacket ?? data, LOOK)).filter(
      (each) => each.fromClient && each.payload.length > 0,
    );
    const clear = sent.find((each) => CLEAR.test(Buffer.from(each.payload.subarray(0, 16)).toString('latin1')));
    if (clear !== undefined)
      return contradicted('clear-text', [clear.number], {
        en: `packet ${clear.number} begins with "${Buffer.from(clear.payload.subarray(0, 8)).toString('latin1').split(' ')[0]}": a request in clear text`,
        ko: `${clear.number}번 패킷이 "${Buffer.from(clear.payload.subarray(0, 8)).toString('latin1').split(' ')[0]}"(으)로 시작합니다: 평문 요청입니다`,
      });
    if (sent.length === 0)
      return unknown('capture-loss', [tls.clientHelloPacket, data], {
        en: `the bytes that the client sent to ${host} are not in the capture`,
        ko: `클라이언트가 ${host}에 보낸 바이트가 캡처에 없습니다`,
      });
    const opened =
      exchange === undefined
        ? { en: '', ko: '' }
        : {
            en: ` (opened here with your keys: ${requestText(exchange)})`,
            ko: ` (여기서는 주신 키로 열었습니다: ${requestText(exchange)})`,
          };
    return confirmed('only-records', [tls.clientHelloPacket, data], {
      en: `from ${tls.clientHelloPacket === undefined ? '' : 'the ClientHello in '}packet ${tls.clientHelloPacket ?? sent[0].number} on only TLS records go to ${host}; the first application data is in packet ${data}${opened.en}`,
      ko: `${tls.clientHelloPacket ?? sent[0].number}번 패킷${tls.clientHelloPacket === undefined ? '' : '의 ClientHello'}부터 ${host}에는 TLS 레코드만 갑니다. 첫 응용 데이터는 ${data}번 패킷에 있습니다${opened.ko}`,
    });
  },
};
