import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, contradicted, skipped } from '../findings.ts';
import { across, fileText, type HopFinding, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import { isPrivate } from '../origin.ts';
import type { HopsRule } from '../rule.ts';
import { topic } from '../../text/particles.ts';
import { arrivesUntranslated, NO_TRANSLATION_REASONS, noTranslation, principal } from './sides.ts';
import { type Crossing, crossingsOf, destinationChanged, sourceChanged } from './translations.ts';

export const rule: HopsRule = {
  id: 'R-NAT-1',
  chapter: 'nat',
  scope: 'hops',
  statement: {
    en: "At the gateway the private source address becomes the gateway's public one; the destination stays",
    ko: '게이트웨이에서 사설 출발지 주소가 게이트웨이의 공인 주소로 바뀌고 목적지는 그대로다',
  },
  reality: {
    en: 'So it is where IPv4 is translated (RFC 3022 §2.2): source address, mostly the port, and both checksums change, and the hop limit falls by one. IPv6 needs no translation; behind carrier-grade NAT there are two of them (RFC 6888).',
    ko: 'IPv4를 변환하는 곳에서는 그렇습니다 (RFC 3022 §2.2): 출발지 주소와 대개 포트, 그리고 체크섬 두 개가 바뀌고 TTL이 1 줄어듭니다. IPv6에는 변환이 필요 없고, 통신사 NAT 뒤에서는 변환이 두 번 일어납니다 (RFC 6888).',
  },
  rfc: ['RFC 3022 §2.2', 'RFC 3022 §4.1', 'RFC 6888'],
  vantages: ['gateway-inside', 'gateway-outside'],
  reasons: [
    'source-translated',
    'private-again',
    'destination-translated',
    'not-translated',
    'no-gateway-between',
    'public-already',
    ...NO_TRANSLATION_REASONS,
  ],
  needs: [],
  check(hops) {
    const found = principal(crossingsOf(hops).filter((c) => c.near.client.address.includes('.')));
    const told = found.map((crossing) => judge(hops, crossing)).filter((each) => each !== undefined);
    if (told.length === 0) return [noTranslation(hops)];
    // Further on it is public already: that says nothing more where its translation was seen.
    const telling = told.filter((each) => each.reason !== 'public-already');
    return telling.length > 0 ? telling : told;
  },
};

function judge(hops: Hops, c: Crossing): HopFinding | undefined {
  const pair = c.outgoing ?? c.incoming;
  if (pair === undefined) return undefined;
  const same = samePacketText(hops, c.join, pair);
  const [before, after] = [hostPort(c.near.client), hostPort(c.far.client)];
  const server = c.protocol === 'ICMP' ? c.near.server.address : hostPort(c.near.server);
  const add = (finding: HopFinding | ReturnType<typeof confirmed>): HopFinding => across(finding, c.join, [pair.to], c.journey);
  if (destinationChanged(c))
    return add(
      skipped('destination-translated', [pair.from], {
        en: `${same.en}: its destination ${server} became ${hostPort(c.far.server)}, which is a port forwarding or a balancer and not the translation of a source`,
        ko: `${same.ko}. 목적지가 바뀌었습니다 (${server} → ${hostPort(c.far.server)}). 이것은 출발지 변환이 아니라 포트 포워딩이나 부하 분산입니다`,
      }),
    );
  if (sourceChanged(c) && isPrivate(c.far.client.address))
    return add(
      contradicted('private-again', [pair.from], {
        en: `${same.en}: source ${before} became ${after}, which is not public either: behind it another translation must follow (carrier-grade NAT, or one gateway behind another)`,
        ko: `${same.ko}. 출발지가 바뀌었지만 (${before} → ${after}) 이것도 공인 주소가 아닙니다. 그 뒤에 변환이 또 있어야 합니다 (통신사 NAT나 이중 공유기)`,
      }),
    );
  if (sourceChanged(c))
    return add(
      confirmed('source-translated', [pair.from], {
        en: `${same.en}: ${pair.fromClient ? 'source' : 'destination'} ${after} is ${before} inside, and ${server} stayed${c.routers > 0 ? `; the hop limit differs by ${c.routers}` : ''}`,
        ko: `${same.ko}. ${pair.fromClient ? '출발지' : '목적지'}가 안쪽에서는 ${before}, 바깥쪽에서는 ${after}이고 ${topic(server)} 그대로입니다${c.routers > 0 ? ` (TTL 차이 ${c.routers})` : ''}`,
      }),
    );
  if (c.routers === 0) return undefined;
  if (!isPrivate(c.near.client.address))
    return add(
      skipped('public-already', [pair.from], {
        en: `${same.en}: ${c.near.client.address} is not private and crossed ${c.routers} router${c.routers === 1 ? '' : 's'} as it is`,
        ko: `${same.ko}. ${topic(c.near.client.address)} 사설 주소가 아니며 라우터 ${c.routers}개를 그대로 지났습니다`,
      }),
    );
  if (isPrivate(c.near.server.address)) return undefined;
  const file = fileText(hops, c.join.to);
  if (arrivesUntranslated(hops, c))
    return add(
      contradicted('not-translated', [pair.from], {
        en: `${same.en}: it arrives at ${server} with its private source ${before}; no gateway on the way translated it`,
        ko: `${same.ko}. 사설 출발지 ${before}인 채로 ${server}에 도착했습니다. 중간에 변환한 게이트웨이가 없습니다`,
      }),
    );
  return add(
    skipped('no-gateway-between', [pair.from], {
      en: `${same.en}: ${before} is still its source after ${c.routers} router${c.routers === 1 ? '' : 's'}; none of those before ${file} translates`,
      ko: `${same.ko}. 라우터 ${c.routers}개를 지난 뒤에도 출발지는 ${before}입니다. ${file} 앞에는 주소를 변환하는 곳이 없습니다`,
    }),
  );
}
