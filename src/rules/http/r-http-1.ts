import { confirmed, contradicted } from '../findings.ts';
import { aCarrier, exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { aRequest, REQUEST_REASONS, requestText } from './needs.ts';

export const rule: JourneyRule = {
  id: 'R-HTTP-1',
  chapter: 'http',
  scope: 'journey',
  statement: {
    en: 'The request begins with the line "GET <path> HTTP/1.1"',
    ko: '요청은 "GET <경로> HTTP/1.1"이라는 줄로 시작한다',
  },
  reality: {
    en: 'In HTTP/1.1 with the method that fits (RFC 9112 §3). HTTP/2 and HTTP/3 have no such line but pseudo-header fields :method, :scheme, :authority, :path (RFC 9113 §8.3.1, RFC 9114 §4.3.1). To a proxy the whole URL stands in it (RFC 9112 §3.2.2).',
    ko: 'HTTP/1.1에서 알맞은 메서드로 그렇게 합니다 (RFC 9112 §3). HTTP/2와 HTTP/3에는 그런 줄이 없고 :method, :scheme, :authority, :path라는 의사 헤더 필드가 있습니다 (RFC 9113 §8.3.1, RFC 9114 §4.3.1). 프록시에는 URL 전체를 적습니다 (RFC 9112 §3.2.2).',
  },
  rfc: ['RFC 9112 §3', 'RFC 9113 §8.3.1'],
  vantages: ['client', 'balancer-back', 'server'],
  reasons: ['request-line', 'pseudo-header', 'other-version', 'other-method', 'absolute-form', ...REQUEST_REASONS],
  needs: [aCarrier, aRequest],
  check(subject) {
    const exchange = exchangeOf(subject);
    if (exchange === undefined) throw new Error('no request');
    const { version, method, target, requestPacket: packet } = exchange;
    const line = {
      en: `the request in packet ${packet} begins with "${requestText(exchange)} HTTP/${version}"`,
      ko: `${packet}번 패킷의 요청은 "${requestText(exchange)} HTTP/${version}"(으)로 시작합니다`,
    };
    if (version === '0.9')
      return contradicted('other-version', [packet], {
        en: `the request in packet ${packet} is "${requestText(exchange)}" without a version: HTTP/0.9`,
        ko: `${packet}번 패킷의 요청은 버전 없는 "${requestText(exchange)}"입니다: HTTP/0.9`,
      });
    if (version === '2' || version === '3')
      return contradicted('pseudo-header', [packet], {
        en: `the request in packet ${packet} is HTTP/${version}: no line, but pseudo-header fields :method ${method ?? '?'}, :path ${target ?? '?'}`,
        ko: `${packet}번 패킷의 요청은 HTTP/${version}입니다: 줄이 아니라 의사 헤더 필드 :method ${method ?? '?'}, :path ${target ?? '?'}입니다`,
      });
    if (version !== '1.1') return contradicted('other-version', [packet], line);
    if (method !== 'GET')
      return contradicted('other-method', [packet], { en: `${line.en}: another method`, ko: `${line.ko}: 메서드가 다릅니다` });
    if (target?.startsWith('/') !== true)
      return contradicted('absolute-form', [packet], {
        en: `${line.en}: a whole URL, as for a proxy, not a path`,
        ko: `${line.ko}: 경로가 아니라 프록시에 적는 것과 같은 URL 전체입니다`,
      });
    return confirmed('request-line', [packet], line);
  },
};
