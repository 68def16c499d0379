import { confirmed, contradicted } from '../findings.ts';
import { exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { partsOf, WITH_PARTS, withParts } from './parts.ts';

export const rule: JourneyRule = {
  id: 'R-PAGE-1',
  chapter: 'page',
  scope: 'journey',
  statement: {
    en: 'After the HTML the browser asks for what the page needs',
    ko: '브라우저는 HTML을 받은 뒤 페이지에 필요한 것을 요청한다',
  },
  reality: {
    en: 'It need not wait for the end of the HTML: it asks as soon as it has read a reference, and earlier where it was told in advance (103 Early Hints, RFC 8297; preload). What it has in its cache it does not ask for. The Referer tells which page it was for (RFC 9110 §10.1.3).',
    ko: 'HTML이 끝날 때까지 기다릴 필요는 없습니다. 참조를 읽는 대로 요청하고, 미리 안내받으면(103 Early Hints, RFC 8297; preload) 더 일찍 요청합니다. 캐시에 있는 것은 요청하지 않습니다. 어느 페이지 때문인지는 Referer에 있습니다(RFC 9110 §10.1.3).',
  },
  rfc: ['RFC 9110 §10.1.3', 'RFC 8297'],
  vantages: ['client'],
  reasons: ['after-html', 'before-html', ...WITH_PARTS],
  needs: [withParts],
  check(subject) {
    const { capture, journey } = subject;
    const x = exchangeOf(subject);
    const parts = partsOf(capture, journey.id);
    const began = x?.responseTime ?? Number.POSITIVE_INFINITY;
    const early = parts.find((p) => p.start < began);
    if (early !== undefined)
      return contradicted('before-html', [x?.requestPacket, early.packet, x?.responsePacket], {
        en: `${early.url} was asked for in packet ${early.packet}, before the first byte of the page came in packet ${x?.responsePacket}: the client had been told of it otherwise`,
        ko: `${early.url} 요청(${early.packet}번 패킷)은 페이지의 첫 바이트(${x?.responsePacket}번 패킷)보다 먼저 나갔습니다: 클라이언트는 다른 방법으로 알고 있었습니다`,
      });
    const during = parts.filter((p) => p.start < (x?.responseEndTime ?? began)).length;
    const shown = parts.slice(0, 6);
    return confirmed('after-html', [x?.requestPacket, x?.responsePacket, ...shown.map((p) => p.packet)], {
      en: `${parts.length === 1 ? '1 request names' : `${parts.length} requests name`} the page of packet ${x?.responsePacket} as Referer, the first in packet ${shown[0].packet} (${shown[0].url})${during > 0 ? `; ${during} of them before its HTML had ended` : ''}`,
      ko: `${x?.responsePacket}번 패킷의 페이지를 Referer로 밝힌 요청이 ${parts.length}개이고, 첫 요청은 ${shown[0].packet}번 패킷(${shown[0].url})입니다${during > 0 ? `. 그중 ${during}개는 HTML이 끝나기 전에 나갔습니다` : ''}`,
    });
  },
};
