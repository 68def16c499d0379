import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { across, type HopFinding, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import type { Finding, HopsRule } from '../rule.ts';
import { macsText, NOTHING_REASONS, onePlace, type Passage, passagesOf, sameMacs, withoutMacs } from './passages.ts';

export const rule: HopsRule = {
  id: 'R-L2-1',
  chapter: 'link',
  scope: 'hops',
  statement: {
    en: 'At each router the MAC addresses are replaced, and the IP addresses stay',
    ko: '라우터를 지날 때마다 MAC 주소는 바뀌고 IP 주소는 그대로다',
  },
  reality: {
    en: 'So it is: a router makes a new frame for each packet (RFC 1812 §5.2.1). A gateway that translates changes the source address as well (RFC 3022); a switch changes nothing.',
    ko: '그렇습니다. 라우터는 패킷마다 새 프레임을 만듭니다 (RFC 1812 §5.2.1). 주소를 변환하는 게이트웨이는 출발지 IP도 바꾸고 (RFC 3022), 스위치는 아무것도 바꾸지 않습니다.',
  },
  rfc: ['RFC 1812 §5.2.1', 'RFC 3022 §2'],
  vantages: ['gateway-inside', 'gateway-outside', 'router', 'last-router'],
  reasons: ['replaced', 'replaced-and-translated', 'kept', 'same-network', 'no-hop-counted', ...NOTHING_REASONS],
  needs: [],
  check(hops) {
    const passages = passagesOf(hops);
    if (passages.length === 0)
      return onePlace(
        hops,
        {
          en: 'the same packet is captured at one place only: what a router puts in place of its MAC addresses is seen behind it',
          ko: '같은 패킷을 한 곳에서만 잡았습니다. 라우터가 MAC 주소를 무엇으로 바꾸는지는 그 뒤에서 보입니다',
        },
        {
          text: {
            en: 'capture on both sides of a router at once and give both files: wirebook check inside.pcap outside.pcap',
            ko: '라우터의 양쪽에서 동시에 캡처해 두 파일을 함께 주세요: wirebook check inside.pcap outside.pcap',
          },
          place: 'outside',
          file: 'outside.pcap',
        },
      );
    const found = passages.map((passage) => judge(hops, passage));
    const telling = found.filter(({ reason }) => reason !== 'same-network');
    return telling.length > 0 ? telling : found;
  },
};

function judge(hops: Hops, passage: Passage): HopFinding {
  const { join, pair, near, far, routers } = passage;
  const same = samePacketText(hops, join, pair);
  const macs = `${macsText(near)}, ${macsText(far)}`;
  const packets = [pair.from];
  const add = (finding: Finding): HopFinding => across(finding, join, [pair.to], passage.journey);
  if (near.sourceMac === undefined || far.sourceMac === undefined)
    return add(
      withoutMacs(passage, same, {
        text: { en: 'capture on Ethernet interfaces', ko: '이더넷 인터페이스에서 캡처하세요' },
        command: `tcpdump -i <outside> -w outside.pcap host ${near.destination}`,
      }),
    );
  const kept = sameMacs(near, far);
  if (routers === 0)
    return add(
      kept
        ? skipped('same-network', packets, {
            en: `${same.en}, with the same MAC addresses (${macsText(near)}) and the same hop limit: no router is between`,
            ko: `${same.ko}. MAC 주소(${macsText(near)})도 TTL도 같으므로 사이에 라우터가 없습니다`,
          })
        : unknown('no-hop-counted', packets, {
            en: `${same.en}, with other MAC addresses (${macs}) and the same hop limit ${near.hopLimit}: whatever lies between does not count as a router`,
            ko: `${same.ko}. MAC 주소는 다르지만(${macs}) TTL은 ${near.hopLimit} 그대로입니다. 사이에 있는 장비가 라우터로 세어지지 않습니다`,
          }),
    );
  if (near.sourceMac === far.sourceMac || (near.destinationMac !== undefined && near.destinationMac === far.destinationMac))
    return add(
      contradicted('kept', packets, {
        en: `${same.en}: the hop limit fell from ${near.hopLimit} to ${far.hopLimit}, and yet a MAC address is the same on both sides (${macs})`,
        ko: `${same.ko}. TTL은 ${near.hopLimit}에서 ${far.hopLimit} 쪽으로 달라졌는데 양쪽에 같은 MAC 주소가 있습니다(${macs})`,
      }),
    );
  const addresses = `${near.source} → ${near.destination}`;
  const translated = near.source !== far.source || near.destination !== far.destination;
  const count = { en: `${routers} router${routers === 1 ? '' : 's'}`, ko: `라우터 ${routers}개` };
  if (translated)
    return add(
      confirmed('replaced-and-translated', packets, {
        en: `${same.en}, ${count.en} apart: its MAC addresses are ${macsText(near)} here and ${macsText(far)} there; of the IP addresses ${addresses} a gateway has translated one to ${far.source} → ${far.destination}, which routing alone does not`,
        ko: `${same.ko}(사이에 ${count.ko}). MAC 주소가 ${macsText(near)}, ${macsText(far)}처럼 바뀌었습니다. IP 주소 ${addresses} 가운데 하나는 게이트웨이가 변환해 ${far.source} → ${far.destination}이(가) 되었는데, 라우팅만으로는 바뀌지 않습니다`,
      }),
    );
  return add(
    confirmed('replaced', packets, {
      en: `${same.en}, ${count.en} apart: its MAC addresses are ${macsText(near)} here and ${macsText(far)} there, its IP addresses are ${addresses} at both`,
      ko: `${same.ko}(사이에 ${count.ko}). MAC 주소는 ${macsText(near)}, ${macsText(far)}처럼 바뀌었고 IP 주소는 양쪽 모두 ${addresses}입니다`,
    }),
  );
}
