import { confirmed, contradicted, notVisible, unknown } from '../findings.ts';
import { across, type HopFinding, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import type { PacketFacts } from '../packet.ts';
import type { Advice, Finding, HopsRule } from '../rule.ts';
import { macsText, NOTHING_REASONS, onePlace, type Passage, passagesOf, sameMacs, withoutMacs } from './passages.ts';

export const rule: HopsRule = {
  id: 'R-L2-3',
  chapter: 'link',
  scope: 'hops',
  statement: {
    en: 'A switch passes the frame on by its MAC address without changing it',
    ko: '스위치는 MAC 주소를 보고 프레임을 바꾸지 않은 채 전달한다',
  },
  reality: {
    en: 'So it is (IEEE 802.1D); it floods frames for addresses it has not learnt, and puts in or takes out a VLAN tag between its ports (IEEE 802.1Q).',
    ko: '그렇습니다 (IEEE 802.1D). 아직 배우지 못한 주소의 프레임은 모든 포트로 보내고, 포트에 따라 VLAN 태그를 넣거나 뺍니다 (IEEE 802.1Q).',
  },
  rfc: ['IEEE 802.1D', 'IEEE 802.1Q'],
  vantages: ['client', 'gateway-inside', 'server', 'last-router'],
  reasons: ['unchanged', 'vlan-tag', 'changed', 'macs-differ', 'routers-between', ...NOTHING_REASONS],
  needs: [],
  check(hops) {
    const passages = passagesOf(hops);
    if (passages.length === 0)
      return onePlace(
        hops,
        {
          en: 'the same frame is captured at one place only: that a switch leaves it as it is shows at two of its ports',
          ko: '같은 프레임을 한 곳에서만 잡았습니다. 스위치가 바꾸지 않는다는 것은 두 포트에서 잡아야 보입니다',
        },
        { ...twoPorts, place: 'inside', file: 'gateway-inside.pcap' },
        false,
      );
    const near = passages.filter(({ routers }) => routers === 0);
    if (near.length === 0) return [routersBetween(hops, passages[0])];
    return near.map((passage) => judge(hops, passage));
  },
};

const twoPorts = {
  text: {
    en: 'capture at two ports of one switch at once, as at the client and at the gateway’s inside, and give both files',
    ko: '클라이언트와 게이트웨이 안쪽처럼 스위치의 두 포트에서 동시에 캡처해 두 파일을 함께 주세요',
  },
};

const advice = (packet: PacketFacts): Advice => ({
  ...twoPorts,
  command: `tcpdump -i <inside> -w gateway-inside.pcap host ${packet.destination}`,
});

function routersBetween(hops: Hops, { join, pair, near, far, journey }: Passage): HopFinding {
  const same = samePacketText(hops, join, pair);
  const finding = notVisible(
    'routers-between',
    [pair.from],
    {
      en: `${same.en}, but a router is between (hop limits ${near.hopLimit} and ${far.hopLimit}): no two places here are of one network`,
      ko: `${same.ko}. 그러나 사이에 라우터가 있습니다(TTL ${near.hopLimit}, ${far.hopLimit}). 같은 네트워크의 두 곳이 아닙니다`,
    },
    advice(near),
  );
  return across(finding, join, [pair.to], journey);
}

function judge(hops: Hops, passage: Passage): HopFinding {
  const { join, pair, near, far, journey } = passage;
  const same = samePacketText(hops, join, pair);
  const packets = [pair.from];
  const add = (finding: Finding): HopFinding => across(finding, join, [pair.to], journey);
  if (near.sourceMac === undefined || far.sourceMac === undefined) return add(withoutMacs(passage, same, advice(near)));
  if (!sameMacs(near, far))
    return add(
      unknown('macs-differ', packets, {
        en: `${same.en} with other MAC addresses (${macsText(near)}, ${macsText(far)}), though no router has counted: what lies between is no plain switch`,
        ko: `${same.ko}. 라우터는 없는데 MAC 주소가 다릅니다(${macsText(near)}, ${macsText(far)}). 사이에 있는 것은 보통의 스위치가 아닙니다`,
      }),
    );
  const length = sameBytes(near, far);
  if (length === undefined)
    return add(
      contradicted('changed', packets, {
        en: `${same.en} with the same MAC addresses (${macsText(near)}), but not with the same bytes`,
        ko: `${same.ko}. MAC 주소(${macsText(near)})는 같지만 바이트가 다릅니다`,
      }),
    );
  const [tag, other] = [vlanOf(near), vlanOf(far)];
  if (tag !== other)
    return add(
      contradicted('vlan-tag', packets, {
        en: `${same.en}: its MAC addresses and all it carries are the same, but its VLAN tag is ${tag ?? 'absent'} here and ${other ?? 'absent'} there`,
        ko: `${same.ko}. MAC 주소와 내용은 같지만 VLAN 태그가 다릅니다. 한쪽: ${tag ?? '없음'}, 다른 쪽: ${other ?? '없음'}`,
      }),
    );
  return add(
    confirmed('unchanged', packets, {
      en: `${same.en}: the same MAC addresses (${macsText(near)}), the same hop limit ${near.hopLimit} and the same ${length} bytes behind`,
      ko: `${same.ko}. MAC 주소(${macsText(near)}), TTL ${near.hopLimit}, 그 뒤의 ${length}바이트가 모두 같습니다`,
    }),
  );
}

const vlanOf = (packet: PacketFacts): number | undefined => {
  const value = packet.field('vlan.id')?.value;
  return typeof value === 'number' ? value : undefined;
};

/** From the IP header on, as far as both were captured and the packet reaches; undefined where a byte differs. */
function sameBytes(a: PacketFacts, b: PacketFacts): number | undefined {
  const from = (packet: PacketFacts): Uint8Array => {
    const layer = packet.layers.find(({ protocol }) => protocol === 'ip' || protocol === 'ipv6');
    if (layer === undefined) return packet.bytes.subarray(0, 0);
    const total = packet.ipVersion === 4 ? packet.field('ip.len')?.value : undefined;
    const end = typeof total === 'number' && total > 0 ? layer.at + total : packet.bytes.length;
    const bytes = packet.bytes.slice(layer.at, Math.min(end, packet.bytes.length));
    const sum = packet.field(packet.tcp === undefined ? 'udp.checksum' : 'tcp.checksum');
    // A network card fills it in behind the capture.
    if (sum !== undefined && [a, b].some((each) => each.checksum === 'unfilled'))
      bytes.fill(0, sum.at - layer.at, sum.end - layer.at);
    return bytes;
  };
  const [one, other] = [from(a), from(b)];
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) if (one[i] !== other[i]) return undefined;
  return length;
}
