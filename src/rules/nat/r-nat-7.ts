import { confirmed, skipped } from '../findings.ts';
import { across, type HopFinding } from '../hop-text.ts';
import { endpointText } from '../needs.ts';
import type { HopsRule } from '../rule.ts';
import { object } from '../../text/particles.ts';
import { NO_TRANSLATION_REASONS, noTranslation, sourceTranslations } from './sides.ts';
import type { Crossing } from './translations.ts';

export const rule: HopsRule = {
  id: 'R-NAT-7',
  chapter: 'nat',
  scope: 'hops',
  statement: {
    en: 'Many devices share one public address, and the gateway tells them apart by port',
    ko: '여러 기기가 공인 주소 하나를 함께 쓰고, 게이트웨이는 포트로 구별한다',
  },
  reality: {
    en: 'So it is (RFC 3022 §2.2, NAPT): outside, an address is no device any more. Behind carrier-grade NAT many homes share one (RFC 6888); IPv6 gives each device its own.',
    ko: '그렇습니다 (RFC 3022 §2.2, NAPT). 바깥에서 보면 주소 하나가 기기 하나를 뜻하지 않습니다. 통신사 NAT 뒤에서는 여러 집이 하나를 함께 쓰고 (RFC 6888), IPv6는 기기마다 자기 주소를 줍니다.',
  },
  rfc: ['RFC 3022 §2.2', 'RFC 6888'],
  vantages: ['gateway-inside', 'gateway-outside'],
  reasons: ['shared', 'one-device', ...NO_TRANSLATION_REASONS],
  needs: [],
  check(hops) {
    const byAddress = new Map<string, Crossing[]>();
    for (const each of sourceTranslations(hops)) {
      const key = `${each.join.from} ${each.join.to} ${each.far.client.address}`;
      const list = byAddress.get(key);
      if (list === undefined) byAddress.set(key, [each]);
      else list.push(each);
    }
    const found = [...byAddress.values()].map((each) => judge(each));
    return found.length > 0 ? found : [noTranslation(hops)];
  },
};

/** At most so many mappings in a sentence. */
const TOLD = 4;

function judge(list: Crossing[]): HopFinding {
  const devices = new Map<string, Crossing>();
  for (const each of list) if (!devices.has(each.near.client.address)) devices.set(each.near.client.address, each);
  const told = [...devices.values()].slice(0, TOLD);
  const [{ join, far }] = told;
  const packets = told.map((c) => (c.outgoing ?? c.incoming)?.from);
  const others = told.map((c) => (c.outgoing ?? c.incoming)?.to);
  const mappings = told.map((c) => `${endpointText(c.near.client)} → ${endpointText(c.far.client)}`).join(', ');
  if (devices.size < 2)
    return across(
      skipped('one-device', packets, {
        en: `only ${told[0].near.client.address} used ${far.client.address} while this was captured (${mappings})`,
        ko: `캡처하는 동안 ${object(far.client.address)} 쓴 기기는 ${told[0].near.client.address} 하나뿐입니다 (${mappings})`,
      }),
      join,
      others,
    );
  return across(
    confirmed('shared', packets, {
      en: `${devices.size} devices share ${far.client.address}, each connection with a port of its own there: ${mappings}`,
      ko: `기기 ${devices.size}대가 ${object(far.client.address)} 함께 쓰고, 연결마다 포트가 다릅니다: ${mappings}`,
    }),
    join,
    others,
  );
}
