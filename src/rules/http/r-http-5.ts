import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, contradicted, skipped } from '../findings.ts';
import { aConnection, connectionOf, exchangeOf, quicOf, tlsOf } from '../needs.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { byProxy, tunnelOf } from './by-proxy.ts';
import { notHttp } from '../tls/clear.ts';

export const rule: JourneyRule = {
  id: 'R-HTTP-5',
  chapter: 'http',
  scope: 'journey',
  statement: { en: "The browser asks the server's port 80", ko: '브라우저는 서버의 80번 포트에 요청한다' },
  reality: {
    en: 'Only for http URLs (RFC 9110 §4.2.1). https goes to 443 (RFC 9110 §4.2.2), over TCP or, as HTTP/3, over UDP; with HSTS (RFC 6797) and HTTPS-first a browser never touches 80.',
    ko: 'http URL일 때만 그렇습니다 (RFC 9110 §4.2.1). https는 443번으로 가며 (RFC 9110 §4.2.2) TCP이거나, HTTP/3이면 UDP입니다. HSTS(RFC 6797)나 HTTPS 우선 모드에서는 브라우저가 80번을 쓰지 않습니다.',
  },
  rfc: ['RFC 9110 §4.2.1', 'RFC 9110 §4.2.2'],
  vantages: ['client'],
  reasons: ['port-80', 'port-80-then-https', 'port-443', 'udp-443', 'other-port', 'proxy', 'not-http', 'no-request'],
  needs: [],
  check(subject) {
    const quic = quicOf(subject);
    if (quic !== undefined)
      return contradicted('udp-443', [quic.firstPacket], {
        en: `packet ${quic.firstPacket} goes to UDP port ${quic.server.port} of ${quic.server.address}: QUIC (HTTP/3)`,
        ko: `${quic.firstPacket}번 패킷은 ${quic.server.address}의 UDP ${quic.server.port}번 포트로 갑니다: QUIC (HTTP/3)`,
      });
    const c = connectionOf(subject);
    if (c === undefined) return aConnection(subject) as Finding;
    const exchange = exchangeOf(subject);
    const tls = tlsOf(subject);
    const { port } = c.server;
    const packet = exchange?.requestPacket ?? c.handshake?.syn[0] ?? c.firstPacket;
    const web =
      exchange !== undefined ||
      (tls !== undefined && !notHttp(c, tls)) ||
      (port === 80 && c.application === undefined) ||
      (port === 443 && c.application === undefined);
    if (!web)
      return tls === undefined && c.application === undefined
        ? skipped('no-request', [packet], {
            en: `no request was sent to ${hostPort(c.server)}: what port ${port} was to carry is not known`,
            ko: `${hostPort(c.server)}에 요청을 보내지 않아 ${port}번 포트가 무엇을 실으려 했는지 알 수 없습니다`,
          })
        : skipped('not-http', [packet], {
            en: `the connection to ${hostPort(c.server)} carries ${c.application ?? 'something else'}, not HTTP`,
            ko: `${hostPort(c.server)}(으)로 연 연결에는 HTTP가 아닌 것이 있습니다 (${c.application ?? '알 수 없음'})`,
          });
    const asked = {
      en: `packet ${packet} goes to port ${port} of ${c.server.address}`,
      ko: `${packet}번 패킷은 ${c.server.address}의 ${port}번 포트로 갑니다`,
    };
    if (byProxy(subject))
      return contradicted('proxy', [packet, tunnelOf(subject)?.requestPacket], {
        en: `${asked.en}: that is a proxy, and the port its own`,
        ko: `${asked.ko}: 프록시와 프록시의 포트입니다`,
      });
    if (port === 80) {
      const moved = exchange?.location?.toLowerCase().startsWith('https:') === true && (exchange.status ?? 0) >= 300;
      if (moved)
        return confirmed('port-80-then-https', [packet, exchange?.responsePacket], {
          en: `${asked.en}; the answer in packet ${exchange?.responsePacket} then sends the client to https`,
          ko: `${asked.ko}. ${exchange?.responsePacket}번 패킷의 응답은 클라이언트를 https로 보냅니다`,
        });
      return confirmed('port-80', [packet], asked);
    }
    if (port === 443)
      return contradicted('port-443', [packet, tls?.clientHelloPacket], {
        en: `${asked.en}, the port of https`,
        ko: `${asked.ko}: https의 포트입니다`,
      });
    return contradicted('other-port', [packet], { en: `${asked.en}, not to 80`, ko: `${asked.ko}: 80이 아닙니다` });
  },
};
