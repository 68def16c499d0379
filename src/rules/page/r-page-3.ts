import { confirmed, contradicted, skipped } from '../findings.ts';
import { exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { atOnce, partsOf, WITH_PARTS, withParts } from './parts.ts';

export const rule: JourneyRule = {
  id: 'R-PAGE-3',
  chapter: 'page',
  scope: 'journey',
  statement: {
    en: 'A page causes many requests, several of them at the same time',
    ko: '페이지 하나에 요청이 많고, 그중 여럿이 동시에 진행된다',
  },
  reality: {
    en: 'How many depends on the page. Over HTTP/1.1 browsers open up to six connections to a host, as one connection answers in order (RFC 9112 §9.3, §9.4); over HTTP/2 and HTTP/3 one connection carries them all.',
    ko: '얼마나 많은지는 페이지에 달려 있습니다. HTTP/1.1에서는 연결 하나가 순서대로 답하므로 브라우저가 호스트마다 여섯 개까지 연결을 열고(RFC 9112 §9.3, §9.4), HTTP/2와 HTTP/3에서는 연결 하나로 모두 나릅니다.',
  },
  rfc: ['RFC 9112 §9.4', 'RFC 9113 §5'],
  vantages: ['client'],
  reasons: ['at-once', 'one-by-one', 'only-one', ...WITH_PARTS],
  needs: [withParts],
  check(subject) {
    const x = exchangeOf(subject);
    const parts = partsOf(subject.capture, subject.journey.id);
    if (parts.length === 1)
      return skipped('only-one', [x?.responsePacket, parts[0].packet], {
        en: `the page caused only one more request, in packet ${parts[0].packet}`,
        ko: `페이지 때문에 나간 요청은 ${parts[0].packet}번 패킷 하나뿐입니다`,
      });
    const most = atOnce(parts).map((i) => parts[i]);
    const connections = new Set(most.map((p) => p.connection)).size;
    if (most.length === 1)
      return contradicted('one-by-one', [x?.responsePacket, ...parts.slice(0, 8).map((p) => p.packet)], {
        en: `the page's ${parts.length} requests went one after the other: each began when the one before had its answer`,
        ko: `페이지의 요청 ${parts.length}개는 하나씩 차례로 갔습니다: 앞의 응답이 온 뒤에 다음 요청이 나갔습니다`,
      });
    return confirmed('at-once', [x?.responsePacket, ...most.slice(0, 8).map((p) => p.packet)], {
      en: `of the page's ${parts.length} requests ${most.length} were under way at the same time, over ${connections} connection${connections === 1 ? '' : 's'}`,
      ko: `페이지의 요청 ${parts.length}개 가운데 ${most.length}개가 동시에 진행되었습니다 (연결 ${connections}개)`,
    });
  },
};
