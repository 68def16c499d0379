import { RequestField } from '../../dissect/http/head-parts.ts';
import { confirmed, contradicted, unknown } from '../findings.ts';
import { requestHeadCut } from '../http-head.ts';
import { aCarrier, exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { aRequest, REQUEST_REASONS, requestText } from './needs.ts';

const BOOK: [number, string][] = [
  [RequestField.host, 'Host'],
  [RequestField.userAgent, 'User-Agent'],
  [RequestField.accept, 'Accept'],
  [RequestField.acceptLanguage, 'Accept-Language'],
  [RequestField.acceptEncoding, 'Accept-Encoding'],
  [RequestField.keepAlive, 'Connection: keep-alive'],
];

export const rule: JourneyRule = {
  id: 'R-HTTP-2',
  chapter: 'http',
  scope: 'journey',
  statement: {
    en: 'The request carries Host, User-Agent, Accept, Accept-Language, Accept-Encoding and Connection: keep-alive',
    ko: '요청에는 Host, User-Agent, Accept, Accept-Language, Accept-Encoding, Connection: keep-alive가 있다',
  },
  reality: {
    en: 'Only Host must be there in HTTP/1.1 (RFC 9112 §3.2); the others are what browsers send, other programs send fewer. HTTP/1.1 keeps the connection without being asked (RFC 9112 §9.3), and HTTP/2 and HTTP/3 forbid Connection (RFC 9113 §8.2.2).',
    ko: 'HTTP/1.1에서 반드시 있어야 하는 것은 Host뿐입니다 (RFC 9112 §3.2). 나머지는 브라우저가 보내는 것이고, 다른 프로그램은 덜 보냅니다. HTTP/1.1은 요청하지 않아도 연결을 유지하고(RFC 9112 §9.3), HTTP/2와 HTTP/3은 Connection을 금지합니다(RFC 9113 §8.2.2).',
  },
  rfc: ['RFC 9112 §3.2', 'RFC 9112 §9.3', 'RFC 9113 §8.2.2'],
  vantages: ['client'],
  reasons: ['all-present', 'some-missing', 'no-connection-field', 'fields-unknown', 'head-cut', ...REQUEST_REASONS],
  needs: [aCarrier, aRequest],
  check(subject) {
    const exchange = exchangeOf(subject);
    if (exchange === undefined) throw new Error('no request');
    const { requestFields: bits, requestPacket: packet, requestHeadPacket, version } = exchange;
    if (bits === undefined || (exchange.http2?.unknownFields ?? 0) > 0)
      return unknown('fields-unknown', [packet], {
        en: `the fields of the request in packet ${packet} could not all be read`,
        ko: `${packet}번 패킷의 요청 필드를 모두 읽을 수 없었습니다`,
      });
    if (requestHeadCut(subject.capture, exchange))
      return unknown('head-cut', [packet], {
        en: `the headers of the request in packet ${packet} were not captured whole: which fields it has cannot be told`,
        ko: `${packet}번 패킷의 요청 헤더가 온전히 캡처되지 않아 어떤 필드가 있는지 알 수 없습니다`,
      });
    const newer = version === '2' || version === '3';
    const missing = BOOK.filter(([bit]) => (bits & bit) === 0 && !(newer && bit === RequestField.keepAlive)).map(
      ([, name]) => name,
    );
    const there = BOOK.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => (newer && name === 'Host' ? ':authority' : name));
    const packets = [packet, requestHeadPacket];
    const have = {
      en: `${requestText(exchange)} in packet ${packet} has ${there.length === 0 ? 'none of them' : there.join(', ')}`,
      ko: `${packet}번 패킷의 ${requestText(exchange)} 요청에 있는 것: ${there.length === 0 ? '없음' : there.join(', ')}`,
    };
    if (newer)
      return contradicted('no-connection-field', packets, {
        en: `${have.en}; HTTP/${version} has no Connection field${missing.length === 0 ? '' : `, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing too`}`,
        ko: `${have.ko}. HTTP/${version}에는 Connection 필드가 없습니다${missing.length === 0 ? '' : `. 그 밖에 없는 것: ${missing.join(', ')}`}`,
      });
    if (missing.length > 0)
      return contradicted('some-missing', packets, {
        en: `${have.en}; not ${missing.join(', ')}`,
        ko: `${have.ko}. 없는 것: ${missing.join(', ')}`,
      });
    return confirmed('all-present', packets, have);
  },
};
