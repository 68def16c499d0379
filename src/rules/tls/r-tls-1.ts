import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { aConnection, bothDirections, connectionOf, exchangeOf, tlsOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { durationText, serverText } from '../segments.ts';
import { clientHelloFacts, isCut } from './clear.ts';

const HTTPS = 443;

export const rule: JourneyRule = {
  id: 'R-TLS-1',
  chapter: 'tls',
  scope: 'journey',
  statement: {
    en: 'On port 443 a TLS handshake stands between TCP and HTTP',
    ko: '443번 포트에서는 TCP와 HTTP 사이에 TLS 핸드셰이크가 있다',
  },
  reality: {
    en: 'So it is (RFC 9110 §4.2.2): one round trip with TLS 1.3 (RFC 8446 §2), two with TLS 1.2 (RFC 5246 §7.3), one when a session is resumed. With 0-RTT the request goes with the ClientHello (RFC 8446 §2.3); QUIC has the handshake within its own (RFC 9001).',
    ko: '실제로 그렇습니다 (RFC 9110 §4.2.2). TLS 1.3은 왕복 한 번(RFC 8446 §2), TLS 1.2는 두 번(RFC 5246 §7.3), 세션을 재개하면 한 번입니다. 0-RTT에서는 요청이 ClientHello와 함께 가고(RFC 8446 §2.3), QUIC은 자체 핸드셰이크 안에 TLS를 담습니다(RFC 9001).',
  },
  rfc: ['RFC 9110 §4.2.2', 'RFC 8446 §2', 'RFC 5246 §7.3'],
  vantages: ['client', 'balancer-front'],
  reasons: [
    'tls-between',
    'early-data',
    'no-tls',
    'plain-on-443',
    'handshake-failed',
    'not-established',
    'mid-stream',
    'unfinished',
  ],
  needs: [aConnection, bothDirections],
  check(subject) {
    const { capture } = subject;
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const tls = tlsOf(subject);
    const exchange = exchangeOf(subject);
    const server = serverText(c);
    const { port } = c.server;
    const syn = c.handshake;
    if (syn !== undefined && syn.synAck.length === 0)
      return skipped('not-established', syn.syn.slice(0, 4), {
        en: `no connection to ${server.en} came about`,
        ko: `${server.ko}와의 연결이 이루어지지 않았습니다`,
      });
    if (
      tls === undefined ||
      (exchange !== undefined && exchange.scheme === 'http' && before(exchange.requestPacket, tls.clientHelloPacket))
    ) {
      const packet = exchange?.requestPacket ?? c.firstPacket;
      if (port !== HTTPS)
        return skipped('no-tls', [syn?.ack, packet], {
          en: `port ${port} and no TLS: ${exchange === undefined ? 'no ClientHello is on the connection' : `the request in packet ${packet} follows the TCP handshake directly`}`,
          ko: `${port}번 포트이고 TLS가 없습니다: ${exchange === undefined ? '이 연결에 ClientHello가 없습니다' : `${packet}번 패킷의 요청이 TCP 핸드셰이크에 바로 이어집니다`}`,
        });
      if (exchange === undefined)
        return c.fromClient.payloadBytes + c.fromServer.payloadBytes === 0
          ? skipped('no-tls', [c.firstPacket], {
              en: `no data at all was sent to ${server.en}`,
              ko: `${server.ko}로 아무 데이터도 보내지 않았습니다`,
            })
          : unknown('mid-stream', [c.firstPacket], {
              en: `port 443, but no ClientHello was captured: the connection is older than the capture, or carries something else`,
              ko: '443번 포트이지만 ClientHello가 잡히지 않았습니다: 캡처보다 오래된 연결이거나 다른 것을 싣고 있습니다',
            });
      return contradicted('plain-on-443', [syn?.ack, packet], {
        en: `port 443, but the HTTP request in packet ${packet} follows the TCP handshake without TLS`,
        ko: `443번 포트이지만 ${packet}번 패킷의 HTTP 요청이 TLS 없이 TCP 핸드셰이크에 이어집니다`,
      });
    }
    const hello = tls.clientHelloPacket;
    if (hello === undefined)
      return unknown('mid-stream', [c.firstPacket], {
        en: `TLS goes on to ${server.en}, but its handshake ${isCut(c) ? 'was not captured whole' : 'is older than the capture'}`,
        ko: `${server.ko}로 TLS가 이어지지만 핸드셰이크는 ${isCut(c) ? '온전히 캡처되지 않았습니다' : '캡처보다 오래되었습니다'}`,
      });
    const data = tls.firstApplicationDataPacket;
    const early = data !== undefined && (tls.serverHelloPacket === undefined || data < tls.serverHelloPacket);
    if (early && clientHelloFacts(capture, c, tls)?.earlyData !== false)
      return contradicted('early-data', [hello, data, tls.serverHelloPacket], {
        en: `the client sent application data in packet ${data}, together with its ClientHello (packet ${hello}) and before the ServerHello: 0-RTT`,
        ko: `클라이언트가 ServerHello보다 먼저, ClientHello(${hello}번)와 함께 ${data}번 패킷에서 응용 데이터를 보냈습니다: 0-RTT`,
      });
    const alert = tls.alerts.find((each) => each.level === 'fatal' || each.description !== 'close_notify');
    if (tls.finishedPacket === undefined && data === undefined) {
      if (alert !== undefined)
        return contradicted('handshake-failed', [hello, tls.serverHelloPacket, alert.packet], {
          en: `the TLS handshake that began in packet ${hello} failed: the ${alert.from} sent the alert ${alert.description} in packet ${alert.packet}, and no HTTP followed`,
          ko: `${hello}번 패킷에서 시작한 TLS 핸드셰이크가 실패했습니다: ${alert.from === 'client' ? '클라이언트' : '서버'}가 ${alert.packet}번 패킷에서 알림 ${alert.description}을(를) 보냈고 HTTP는 없었습니다`,
        });
      if (c.close.packets.length > 0)
        return contradicted('handshake-failed', [hello, tls.serverHelloPacket, c.close.packets[0]], {
          en: `the TLS handshake that began in packet ${hello} did not come to its end: the connection was closed in packet ${c.close.packets[0]}`,
          ko: `${hello}번 패킷에서 시작한 TLS 핸드셰이크가 끝나지 않았습니다: ${c.close.packets[0]}번 패킷에서 연결이 닫혔습니다`,
        });
      return unknown('unfinished', [hello, tls.serverHelloPacket], {
        en: `the TLS handshake began in packet ${hello}; its end is not in the capture`,
        ko: `TLS 핸드셰이크가 ${hello}번 패킷에서 시작했지만 그 끝은 캡처에 없습니다`,
      });
    }
    const took =
      tls.finishedTime !== undefined && tls.clientHelloTime !== undefined ? tls.finishedTime - tls.clientHelloTime : undefined;
    const kind = `${tls.version ?? 'TLS'}${tls.resumed ? ' resumed' : ''}`;
    const rest = {
      en: `${took === undefined ? '' : `, ${durationText(took)}`}${port === HTTPS ? '' : `; on port ${port}, not 443`}`,
      ko: `${took === undefined ? '' : `, ${durationText(took)}`}${port === HTTPS ? '' : `, 443번이 아닌 ${port}번 포트`}`,
    };
    return confirmed('tls-between', [syn?.ack, hello, tls.serverHelloPacket, tls.finishedPacket, data], {
      en: `TCP was up${syn?.ack === undefined ? '' : ` with packet ${syn.ack}`}, ClientHello in packet ${hello}, the handshake over with packet ${tls.finishedPacket ?? data} (${kind}${rest.en})${data === undefined ? ', no application data followed' : `, first application data in packet ${data}`}`,
      ko: `TCP 연결${syn?.ack === undefined ? '' : `(${syn.ack}번 패킷)`} 다음 ${hello}번 패킷에서 ClientHello, ${tls.finishedPacket ?? data}번 패킷에서 핸드셰이크가 끝났습니다 (${kind.replace(' resumed', ' 재개')}${rest.ko}). ${data === undefined ? '응용 데이터는 없었습니다' : `첫 응용 데이터는 ${data}번 패킷에 있습니다`}`,
    });
  },
};

const before = (a: number | undefined, b: number | undefined): boolean => a !== undefined && (b === undefined || a < b);
