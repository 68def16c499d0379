import { bareName, plainName } from '../../correlate/host-names.ts';
import { confirmed, contradicted } from '../findings.ts';
import { exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { partsOf, WITH_PARTS, withParts } from './parts.ts';

export const rule: JourneyRule = {
  id: 'R-PAGE-6',
  chapter: 'page',
  scope: 'journey',
  statement: {
    en: 'Some of what a page needs comes from other hosts',
    ko: '페이지에 필요한 것 가운데 일부는 다른 호스트에서 온다',
  },
  reality: {
    en: 'Advertising, analytics, fonts and content networks are hosts of their own, each with its own lookup, connection and TLS handshake, unless one connection may serve them too (RFC 9113 §9.1.1). A page may as well have everything at home.',
    ko: '광고, 분석, 글꼴, 콘텐츠 네트워크는 별도의 호스트이고, 저마다 이름 조회와 연결, TLS 핸드셰이크가 필요합니다. 연결 하나를 함께 쓸 수도 있습니다(RFC 9113 §9.1.1). 모두 한 호스트에 있는 페이지도 있습니다.',
  },
  rfc: ['RFC 9110 §10.1.3', 'RFC 9113 §9.1.1'],
  vantages: ['client'],
  reasons: ['other-hosts', 'one-host', ...WITH_PARTS],
  needs: [withParts],
  check(subject) {
    const x = exchangeOf(subject);
    const parts = partsOf(subject.capture, subject.journey.id);
    const home = plainName(bareName(x?.host) ?? subject.journey.name);
    const foreign = new Map(parts.filter((p) => p.host !== home).map((p) => [p.host, p]));
    if (foreign.size === 0)
      return contradicted('one-host', [x?.requestPacket, ...parts.slice(0, 8).map((p) => p.packet)], {
        en: `every request of the page of ${home} that can be read (${parts.length}) goes to ${home} itself`,
        ko: `${home} 페이지의 요청 가운데 읽을 수 있는 ${parts.length}개는 모두 ${home} 호스트로 갔습니다`,
      });
    const shown = [...foreign.values()].slice(0, 6);
    return confirmed('other-hosts', [x?.requestPacket, ...shown.map((p) => p.packet)], {
      en: `the page of ${home} made the client ask ${shown.map((p) => `${p.host} (packet ${p.packet})`).join(', ')} as well`,
      ko: `${home} 페이지 때문에 클라이언트는 다른 호스트에도 요청했습니다: ${shown.map((p) => `${p.host} (${p.packet}번 패킷)`).join(', ')}`,
    });
  },
};
