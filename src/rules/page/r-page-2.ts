import { confirmed, contradicted, skipped } from '../findings.ts';
import { exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { type Part, partsOf, WITH_PARTS, withParts } from './parts.ts';

export const rule: JourneyRule = {
  id: 'R-PAGE-2',
  chapter: 'page',
  scope: 'journey',
  statement: { en: 'Each resource of a page is one new request', ko: '페이지의 자원 하나마다 새 요청을 하나씩 보낸다' },
  reality: {
    en: 'What is fetched is. What is in the cache or written into the HTML itself causes none; what is cached but old causes a request that is answered by 304 without a body (RFC 9110 §15.4.5); a large file may be fetched in ranges, one request each (RFC 9110 §14).',
    ko: '가져오는 것은 그렇습니다. 캐시에 있거나 HTML 안에 들어 있으면 요청이 없습니다. 캐시에 있지만 오래된 것은 요청하고 본문 없는 304로 답을 받습니다(RFC 9110 §15.4.5). 큰 파일은 범위를 나누어 여러 번 요청하기도 합니다(RFC 9110 §14).',
  },
  rfc: ['RFC 9110 §9.3.1', 'RFC 9110 §14', 'RFC 9110 §15.4.5'],
  vantages: ['client'],
  reasons: ['one-each', 'asked-twice', 'in-ranges', 'nothing-fetched', ...WITH_PARTS],
  needs: [withParts],
  check(subject) {
    const x = exchangeOf(subject);
    const parts = partsOf(subject.capture, subject.journey.id);
    const first = new Map<string, Part>();
    for (const part of parts) {
      // What is sent to a URL is no resource of the page.
      if (part.method !== 'GET') continue;
      const before = first.get(part.url);
      if (before === undefined) {
        first.set(part.url, part);
        continue;
      }
      const ranges = before.status === 206 || part.status === 206;
      return contradicted(ranges ? 'in-ranges' : 'asked-twice', [x?.responsePacket, before.packet, part.packet], {
        en: `${part.url} was asked for in packet ${before.packet} and again in packet ${part.packet}${ranges ? ', in ranges (206)' : ''}`,
        ko: `${part.url} 요청이 ${before.packet}번 패킷과 ${part.packet}번 패킷에 있습니다${ranges ? ' (범위를 나눈 206)' : ''}`,
      });
    }
    const each = [...first.values()];
    if (each.length === 0)
      return skipped('nothing-fetched', [x?.responsePacket, ...parts.slice(0, 8).map((p) => p.packet)], {
        en: `what followed the page fetches nothing: ${parts.length === 1 ? 'a request' : `${parts.length} requests`} other than GET`,
        ko: `페이지 뒤에 나간 요청 ${parts.length}개는 GET이 아니어서 가져온 자원이 없습니다`,
      });
    const old = each.filter((p) => p.status === 304).length;
    return confirmed('one-each', [x?.responsePacket, ...each.slice(0, 8).map((p) => p.packet)], {
      en: `${each.length === 1 ? '1 request for 1 URL' : `${each.length} requests for ${each.length} different URLs, one each`}${old > 0 ? `; ${old} of them answered by 304, from the cache` : ''}`,
      ko: `서로 다른 URL ${each.length}개에 요청이 하나씩, 모두 ${each.length}개입니다${old > 0 ? `. 그중 ${old}개는 304, 곧 캐시에 있던 것입니다` : ''}`,
    });
  },
};
