import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { aConnection, connectionOf, exchangeOf, tlsAround } from '../needs.ts';
import { notHttp } from '../tls/clear.ts';
import type { JourneyRule } from '../rule.ts';
import { isCooked, layersOf, layersText } from './layers.ts';

export const rule: JourneyRule = {
  id: 'R-ENC-1',
  chapter: 'encapsulation',
  scope: 'journey',
  statement: {
    en: 'A packet with an HTTP request holds Ethernet, IP, TCP and HTTP, from the outside to the inside',
    ko: 'HTTP 요청을 나르는 패킷에는 바깥부터 이더넷, IP, TCP, HTTP가 차례로 들어 있다',
  },
  reality: {
    en: 'So it is for http:// on Ethernet. With https TLS lies between TCP and HTTP (RFC 8446), HTTP/3 has UDP and QUIC instead (RFC 9114), and VLANs, PPPoE and tunnels add layers of their own.',
    ko: '이더넷에서 http://를 쓸 때는 그렇습니다. https에서는 TCP와 HTTP 사이에 TLS가 있고(RFC 8446), HTTP/3은 대신 UDP와 QUIC을 쓰며(RFC 9114), VLAN, PPPoE, 터널은 층을 더합니다.',
  },
  rfc: ['RFC 1122 §1.1.3', 'RFC 8446', 'RFC 9114'],
  vantages: ['client'],
  reasons: ['four-layers', 'tls-between', 'more-layers', 'no-ethernet', 'cooked', 'no-request'],
  needs: [aConnection],
  check(subject) {
    const { capture } = subject;
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const exchange = exchangeOf(subject);
    const tls = tlsAround(subject);
    const number = exchange?.requestPacket ?? tls?.firstApplicationDataPacket;
    if (number === undefined || (tls !== undefined && exchangeOf(subject) === undefined && notHttp(connection, tls)))
      return skipped('no-request', [connection.firstPacket], {
        en: `no HTTP request was captured on the connection to ${hostPort(connection.server)}`,
        ko: `${hostPort(connection.server)}(으)로 연 연결에서 HTTP 요청이 잡히지 않았습니다`,
      });
    const layers = layersOf(capture, number);
    const shown = layersText(capture, number);
    if (tls !== undefined)
      return contradicted('tls-between', [number], {
        en: `TLS lies between: packet ${number} holds ${shown.en}${exchange === undefined ? '; what is inside TLS only a key log shows' : ', and HTTP inside of TLS'}`,
        ko: `사이에 TLS가 있습니다: ${number}번 패킷의 층은 ${shown.ko}${exchange === undefined ? '이고, TLS 안은 키 로그가 있어야 보입니다' : '이고, HTTP는 TLS 안에 있습니다'}`,
      });
    const link = layers[0] ?? '';
    if (isCooked(link))
      return unknown('cooked', [number], {
        en: `the capture was taken on "any", which puts a header of its own in Ethernet's place; behind it packet ${number} holds ${shown.en}`,
        ko: `"any"에서 잡은 캡처라 이더넷 자리에 캡처가 만든 헤더가 있습니다. ${number}번 패킷의 층: ${shown.ko}`,
      });
    if (link !== 'eth')
      return contradicted('no-ethernet', [number], {
        en: `there is no Ethernet header on this link: packet ${number} holds ${shown.en}`,
        ko: `이 링크에는 이더넷 헤더가 없습니다: ${number}번 패킷의 층은 ${shown.ko}`,
      });
    const inner = layers.slice(1).filter((each) => each !== 'http' && each !== 'http2' && each !== 'data');
    const plain = inner.length === 2 && (inner[0] === 'ip' || inner[0] === 'ipv6') && inner[1] === 'tcp';
    if (!plain)
      return contradicted('more-layers', [number], {
        en: `more layers than the four: packet ${number} holds ${shown.en}`,
        ko: `네 층보다 많습니다: ${number}번 패킷의 층은 ${shown.ko}`,
      });
    return confirmed('four-layers', [number], {
      en: `packet ${number} holds ${shown.en}`,
      ko: `${number}번 패킷의 층: ${shown.ko}`,
    });
  },
};
