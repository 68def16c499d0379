import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, contradicted } from '../findings.ts';
import { across, type HopFinding, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import type { HopsRule } from '../rule.ts';
import { NO_TRANSLATION_REASONS, noTranslation, principal, sourceTranslations } from './sides.ts';
import type { Crossing } from './translations.ts';

export const rule: HopsRule = {
  id: 'R-NAT-2',
  chapter: 'nat',
  scope: 'hops',
  statement: {
    en: "The translation keeps the client's port: 192.168.0.2:54321 becomes 58.123.45.67:54321",
    ko: '변환할 때 클라이언트의 포트는 그대로다: 192.168.0.2:54321이 58.123.45.67:54321이 된다',
  },
  reality: {
    en: 'That is up to the gateway (RFC 4787 §4.2.1, RFC 5382): Linux keeps the port as long as nobody else has it, many home routers and every carrier-grade NAT give another. Of ICMP echoes the identifier takes the port’s place (RFC 5508 §3.1).',
    ko: '게이트웨이가 정하기 나름입니다 (RFC 4787 §4.2.1, RFC 5382). Linux는 다른 곳에서 쓰지 않는 한 포트를 그대로 두지만, 많은 가정용 공유기와 모든 통신사 NAT는 다른 포트를 줍니다. ICMP 에코에서는 식별자가 포트의 역할을 합니다 (RFC 5508 §3.1).',
  },
  rfc: ['RFC 3022 §2.2', 'RFC 4787 §4.2.1', 'RFC 5382', 'RFC 5508 §3.1'],
  vantages: ['gateway-inside', 'gateway-outside'],
  reasons: ['port-kept', 'port-changed', ...NO_TRANSLATION_REASONS],
  needs: [],
  check(hops) {
    const found = principal(sourceTranslations(hops)).map((each) => judge(hops, each));
    return found.length > 0 ? found.filter((each) => each !== undefined) : [noTranslation(hops)];
  },
};

function judge(hops: Hops, c: Crossing): HopFinding | undefined {
  const pair = c.outgoing ?? c.incoming;
  if (pair === undefined) return undefined;
  const same = samePacketText(hops, c.join, pair);
  const [before, after] = [c.near.client, c.far.client];
  const what = c.protocol === 'ICMP' ? { en: 'identifier', ko: '식별자' } : { en: 'port', ko: '포트' };
  const mapping = `${hostPort(before)} → ${hostPort(after)}`;
  const kept = before.port === after.port;
  const says = kept
    ? {
        en: `${same.en}: ${mapping}, the ${what.en} ${before.port} is kept`,
        ko: `${same.ko}. ${mapping}: ${what.ko} ${before.port}번이 그대로입니다`,
      }
    : {
        en: `${same.en}: ${mapping}, the ${what.en} ${before.port} became ${after.port}`,
        ko: `${same.ko}. ${mapping}: ${what.ko}가 바뀌었습니다 (${before.port} → ${after.port})`,
      };
  const finding = kept ? confirmed('port-kept', [pair.from], says) : contradicted('port-changed', [pair.from], says);
  return across(finding, c.join, [pair.to], c.journey);
}
