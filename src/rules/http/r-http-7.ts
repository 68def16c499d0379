import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { requestHeadCut, responseHeadCut } from '../http-head.ts';
import { aCarrier, anAnswer, bothDirections, exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { aRequest, REQUEST_REASONS, requestText } from './needs.ts';

export const rule: JourneyRule = {
  id: 'R-HTTP-7',
  chapter: 'http',
  scope: 'journey',
  statement: {
    en: 'The kind of response follows the kind of request',
    ko: '응답의 종류는 요청의 종류를 따른다',
  },
  reality: {
    en: 'The request says what it takes (Accept, RFC 9110 §12.5.1), the response what it is (Content-Type, §8.3); a server may send something else, above all with an error.',
    ko: '요청은 받을 것을 알리고(Accept, RFC 9110 §12.5.1) 응답은 무엇인지 알립니다(Content-Type, §8.3). 서버는 다른 것을 보낼 수도 있고, 특히 오류일 때 그렇습니다.',
  },
  rfc: ['RFC 9110 §12.5.1', 'RFC 9110 §8.3'],
  vantages: ['client', 'server'],
  reasons: [
    'fits',
    'anything',
    'other-type',
    'no-accept',
    'no-type',
    'no-answer',
    'fields-unknown',
    'head-cut',
    ...REQUEST_REASONS,
  ],
  needs: [aCarrier, aRequest, anAnswer],
  check(subject) {
    const exchange = exchangeOf(subject);
    if (exchange === undefined) throw new Error('no request');
    const { accept, contentType, requestPacket, responsePacket } = exchange;
    const what = requestText(exchange);
    const packets = [requestPacket, responsePacket];
    const oneWay = responsePacket === undefined ? bothDirections(subject) : undefined;
    if (oneWay !== undefined) return oneWay;
    if (responsePacket === undefined)
      return skipped('no-answer', packets, {
        en: `there is no answer to ${what} in packet ${requestPacket}`,
        ko: `${requestPacket}번 패킷의 ${what} 요청에 대한 응답이 없습니다`,
      });
    if ((exchange.http2?.unknownFields ?? 0) > 0)
      return unknown('fields-unknown', packets, {
        en: `the fields of ${what} could not all be read`,
        ko: `${what}의 필드를 모두 읽을 수 없었습니다`,
      });
    const cut =
      (contentType === undefined && responseHeadCut(subject.capture, exchange)) ||
      (accept === undefined && requestHeadCut(subject.capture, exchange));
    if (cut)
      return unknown('head-cut', packets, {
        en: `the headers of ${what} (packet ${requestPacket}) and its answer (packet ${responsePacket}) were not captured whole`,
        ko: `${what} 요청(${requestPacket}번 패킷)과 응답(${responsePacket}번 패킷)의 헤더가 온전히 캡처되지 않았습니다`,
      });
    if (contentType === undefined)
      return skipped('no-type', packets, {
        en: `the answer to ${what} in packet ${responsePacket} (${exchange.status ?? 'no status line'}) names no type`,
        ko: `${what}에 대한 ${responsePacket}번 패킷의 응답(${exchange.status ?? '상태 줄 없음'})에는 종류가 없습니다`,
      });
    if (accept === undefined)
      return skipped('no-accept', packets, {
        en: `${what} in packet ${requestPacket} says nothing of the kind it wants (no Accept); the answer is ${shown(contentType)}`,
        ko: `${requestPacket}번 패킷의 ${what} 요청은 원하는 종류를 말하지 않습니다 (Accept 없음). 응답은 ${shown(contentType)}입니다`,
      });
    const range = matching(accept, contentType);
    const both = {
      en: `${what} in packet ${requestPacket} takes "${shown(accept)}", the answer in packet ${responsePacket} is "${shown(contentType)}"`,
      ko: `${requestPacket}번 패킷의 ${what} 요청이 받는 것은 "${shown(accept)}", ${responsePacket}번 패킷의 응답은 "${shown(contentType)}"입니다`,
    };
    if (range === undefined)
      return contradicted('other-type', packets, { en: `${both.en}: another kind`, ko: `${both.ko}: 종류가 다릅니다` });
    if (range === '*/*')
      return confirmed('anything', packets, { en: `${both.en}: anything was welcome`, ko: `${both.ko}: 무엇이든 받습니다` });
    return confirmed('fits', packets, both);
  },
};

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** The media range that takes this type, the closest one; undefined where none does or its weight is 0 (RFC 9110 §12.5.1). */
function matching(accept: string, contentType: string): string | undefined {
  const type = contentType.split(';')[0].trim().toLowerCase();
  const ranges = new Map<string, boolean>();
  for (const part of accept.toLowerCase().split(',')) {
    const [range, ...parameters] = part.split(';').map((each) => each.trim());
    if (range !== '') ranges.set(range, !parameters.some((each) => /^q=0(\.0*)?$/.test(each)));
  }
  for (const range of [type, `${type.split('/')[0]}/*`, '*/*', '*']) {
    const taken = ranges.get(range);
    if (taken !== undefined) return taken ? (range === '*' ? '*/*' : range) : undefined;
  }
  return undefined;
}
