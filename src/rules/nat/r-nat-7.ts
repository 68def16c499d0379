import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, notVisible, skipped } from '../findings.ts';
import { across, fileText, type HopFinding } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
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
  reasons: ['shared', 'one-device', 'others-unseen', ...NO_TRANSLATION_REASONS],
  needs: [],
  check(hops) {
    const byAddress = new Map<string, Crossing[]>();
    for (const each of sourceTranslations(hops)) {
      const key = `${each.join.from} ${each.join.to} ${each.far.client.address}`;
      const list = byAddress.get(key);
      if (list === undefined) byAddress.set(key, [each]);
      else list.push(each);
    }
    const groups = [...byAddress.values()];
    const shared = new Set(groups.filter((each) => devicesOf(each).size > 1).map(([each]) => each.far.client.address));
    // Where one capture inside shows several devices, another that shows one of them says nothing more.
    const telling = groups.filter((each) => devicesOf(each).size > 1 || !shared.has(each[0].far.client.address));
    const found = telling.map((each) => judge(hops, each));
    return found.length > 0 ? found : [noTranslation(hops)];
  },
};

/** At most so many mappings in a sentence. */
const TOLD = 4;

/** Connections outside that are looked through for ones that nobody inside is seen to have. */
const LOOK = 10_000;

function devicesOf(list: Crossing[]): Map<string, Crossing> {
  const devices = new Map<string, Crossing>();
  for (const each of list) if (!devices.has(each.near.client.address)) devices.set(each.near.client.address, each);
  return devices;
}

/** The first packet of a connection that left from this address and is in no capture inside. */
function nobodys(hops: Hops, { join, far }: Crossing): number | undefined {
  const known = new Set<number>();
  for (const each of hops.joins) {
    if (each.kind !== 'connection') continue;
    if (each.to === join.to) known.add(each.toId);
    if (each.from === join.to) known.add(each.fromId);
  }
  let looked = 0;
  for (const c of hops.captures[join.to].connections) {
    if (looked++ >= LOOK) return undefined;
    if (c.client.address === far.client.address && !known.has(c.id)) return c.firstPacket;
  }
  return undefined;
}

function judge(hops: Hops, list: Crossing[]): HopFinding {
  const devices = devicesOf(list);
  const told = [...devices.values()].slice(0, TOLD);
  const [{ join, far }] = told;
  const packets = told.map((c) => (c.outgoing ?? c.incoming)?.from);
  const others = told.map((c) => (c.outgoing ?? c.incoming)?.to);
  const mappings = told.map((c) => `${hostPort(c.near.client)} → ${hostPort(c.far.client)}`).join(', ');
  const unknownOnes = devices.size < 2 ? nobodys(hops, told[0]) : undefined;
  if (unknownOnes !== undefined)
    return across(
      notVisible(
        'others-unseen',
        packets,
        {
          en: `${told[0].near.client.address} used ${far.client.address} (${mappings}), and so did packet ${unknownOnes} of ${fileText(hops, join.to)}, which is not in ${fileText(hops, join.from)}: whose it is, is seen inside the gateway`,
          ko: `${told[0].near.client.address} 기기가 ${object(far.client.address)} 썼고 (${mappings}), ${fileText(hops, join.to)}의 ${unknownOnes}번 패킷도 그 주소를 썼지만 ${fileText(hops, join.from)}에는 없습니다. 누구의 것인지는 게이트웨이 안쪽에서 보입니다`,
        },
        {
          text: {
            en: 'capture at the inside of the gateway, and give that file too',
            ko: '게이트웨이 안쪽에서 캡처해 그 파일도 함께 주세요',
          },
          command: `tcpdump -i <inside> -w inside.pcap host ${told[0].near.server.address}`,
        },
      ),
      join,
      [...others, unknownOnes],
    );
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
