import { hostPort } from '../../correlate/host-names.ts';
import { contradicted, skipped } from '../findings.ts';
import { aConnection, connectionOf, exchangeOf, tlsAround } from '../needs.ts';
import { notHttp } from '../tls/clear.ts';
import type { JourneyRule } from '../rule.ts';
import { layersText } from './layers.ts';

export const rule: JourneyRule = {
  id: 'R-ENC-4',
  chapter: 'encapsulation',
  scope: 'journey',
  statement: {
    en: 'The presentation and the session layer add headers of their own',
    ko: '표현 계층과 세션 계층이 각자 헤더를 붙인다',
  },
  reality: {
    en: 'The OSI picture has no bytes here: HTTP follows right behind TCP (RFC 1122 §1.1.3 knows no such layers). TLS is the nearest thing: its record stands between TCP and HTTP.',
    ko: 'OSI 그림의 이 두 층에는 바이트가 없습니다. HTTP는 TCP 바로 뒤에 옵니다 (RFC 1122 §1.1.3에는 그런 층이 없습니다). 가장 가까운 것은 TCP와 HTTP 사이에 있는 TLS 레코드입니다.',
  },
  rfc: ['RFC 1122 §1.1.3', 'RFC 8446 §5.1'],
  vantages: ['client'],
  reasons: ['no-such-header', 'tls-record', 'no-request'],
  needs: [aConnection],
  check(subject) {
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const tls = tlsAround(subject);
    const number = exchangeOf(subject)?.requestPacket ?? tls?.firstApplicationDataPacket;
    if (number === undefined || (tls !== undefined && exchangeOf(subject) === undefined && notHttp(connection, tls)))
      return skipped('no-request', [connection.firstPacket], {
        en: `no HTTP request was captured on the connection to ${hostPort(connection.server)}`,
        ko: `${hostPort(connection.server)}(으)로 연 연결에서 HTTP 요청이 잡히지 않았습니다`,
      });
    const shown = layersText(subject.capture, number);
    if (tls !== undefined)
      return contradicted('tls-record', [number], {
        en: `packet ${number} holds ${shown.en}: the TLS record is all there is between TCP and the request, and no session header`,
        ko: `${number}번 패킷의 층은 ${shown.ko}입니다: TCP와 요청 사이에는 TLS 레코드뿐이고 세션 헤더는 없습니다`,
      });
    return contradicted('no-such-header', [number], {
      en: `packet ${number} holds ${shown.en}: HTTP follows TCP without a byte between them`,
      ko: `${number}번 패킷의 층은 ${shown.ko}입니다: TCP와 HTTP 사이에 한 바이트도 없습니다`,
    });
  },
};
