import { topic } from '../../text/particles.ts';
import { addressClass, isFresh, isGroupMac, isLocalMac } from '../addresses.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, unknown } from '../findings.ts';
import { across, fileText, type HopFinding, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import type { HopsRule } from '../rule.ts';
import { seenFlows } from '../seen-flows.ts';
import { macsText, NOTHING_REASONS, onePlace, type Passage, passagesOf } from './passages.ts';

/** Packets of the far side in which a MAC address is looked for. */
const LOOKED_AT = 300;

export const rule: HopsRule = {
  id: 'R-L2-2',
  chapter: 'link',
  scope: 'hops',
  statement: {
    en: 'A MAC address means something on its own network only: it stands in the link layer alone and does not go beyond the router',
    ko: 'MAC 주소는 자기 네트워크 안에서만 의미가 있다: 데이터 링크 계층에만 있고 라우터를 넘어가지 않는다',
  },
  reality: {
    en: 'The frame’s addresses end at the router. The address itself may travel on inside packets: DHCP carries it (chaddr, RFC 2131 §2), an IPv6 address may be made of it (RFC 4291 appendix A). It is not unique in the world either: phones and virtual machines make theirs up.',
    ko: '프레임의 MAC 주소는 라우터에서 끝납니다. 그러나 주소 자체는 패킷 안에 실려 가기도 합니다. DHCP가 담고 (chaddr, RFC 2131 §2), IPv6 주소를 그것으로 만들기도 합니다 (RFC 4291 부록 A). 세상에 하나뿐인 것도 아닙니다. 휴대전화나 가상 머신은 MAC을 지어냅니다.',
  },
  rfc: ['RFC 2131 §2', 'RFC 4291 appendix A', 'RFC 7844'],
  vantages: ['client', 'gateway-inside', 'gateway-outside'],
  reasons: ['left-behind', 'dhcp', 'in-the-address', 'seen-beyond', 'both-networks', ...NOTHING_REASONS],
  needs: [],
  check(hops) {
    const carried = hops.captures.map((capture) => carriedInside(capture)).find((each) => each !== undefined);
    if (carried !== undefined) return [carried];
    const passages = passagesOf(hops).filter(
      (each) => each.routers > 0 && each.near.sourceMac !== undefined && each.far.sourceMac !== undefined,
    );
    if (passages.length > 0) return passages.map((passage) => judge(hops, passage));
    return onePlace(
      hops,
      {
        en: 'no packet is captured on both sides of a router: whether a MAC address goes beyond does not show on one network',
        ko: '라우터의 양쪽에서 잡은 같은 패킷이 없습니다. MAC 주소가 라우터를 넘어가는지는 한 네트워크에서는 보이지 않습니다',
      },
      {
        text: {
          en: 'capture on both sides of the gateway at once and give both files',
          ko: '게이트웨이의 양쪽에서 동시에 캡처해 두 파일을 함께 주세요',
        },
        place: 'outside',
        file: 'outside.pcap',
      },
    );
  },
};

function judge(hops: Hops, { join, pair, near, far, journey }: Passage): HopFinding {
  const same = samePacketText(hops, join, pair);
  // The end's own, or the router's that has passed it on: neither goes beyond the next one.
  const mac = (pair.fromClient ? near : far).sourceMac as string;
  const [seen, other] = pair.fromClient ? [hops.captures[join.to], near] : [hops.captures[join.from], far];
  const beyond = join.from === join.to ? undefined : seenIn(seen, mac);
  const whose = isFresh(other.hopLimit ?? 0) ? other.source : undefined;
  // It sends there itself: that capture shows this network as well, as a mirror port does.
  if (beyond !== undefined && seen.packet(beyond)?.sourceMac === mac)
    return across(
      unknown('both-networks', [pair.from], {
        en: `${same.en}; ${mac} sends packet ${beyond} of ${fileText(hops, seen.index)} itself, so that file shows the network before the router too, and what goes beyond does not show`,
        ko: `${same.ko}. ${fileText(hops, seen.index)}의 ${beyond}번 패킷은 ${mac} 장비가 직접 보낸 것입니다. 이 파일에는 라우터 앞쪽 네트워크도 잡혀 있어 무엇이 라우터를 넘어가는지 알 수 없습니다`,
      }),
      join,
      [pair.to],
      journey,
    );
  if (beyond !== undefined)
    return {
      ...across(
        contradicted('seen-beyond', pair.fromClient ? [pair.from] : [pair.to], {
          en: `${same.en}; ${mac}, the sender’s MAC address before the router, is in packet ${beyond} of ${fileText(hops, seen.index)} too, behind it`,
          ko: `${same.ko}. 라우터 앞에서 보낸 쪽의 MAC 주소 ${topic(mac)} 라우터 뒤인 ${fileText(hops, seen.index)}의 ${beyond}번 패킷에도 있습니다`,
        }),
        join,
        pair.fromClient ? [pair.to, beyond] : [pair.to],
        journey,
      ),
    };
  const made = isLocalMac(mac)
    ? {
        en: `; it is locally administered (given by hand or made up), so it need not be the only one in the world`,
        ko: '. 제조사가 붙인 것이 아니라 임의로 정한 주소이므로 세상에 하나뿐이라고 할 수 없습니다',
      }
    : { en: '', ko: '' };
  const others = macsText(pair.fromClient ? far : near);
  const looked =
    join.from === join.to ? { en: '', ko: '' } : { en: ', and no packet there has it', ko: ', 어느 패킷에도 그 주소가 없습니다' };
  return across(
    confirmed('left-behind', [pair.from], {
      en: `${same.en}: ${mac}${whose === undefined ? '' : `, the MAC address of ${whose},`} is on the one side only; on the other the frame has ${others}${looked.en}${made.en}`,
      ko: `${same.ko}. ${whose === undefined ? '' : `${whose}의 `}MAC 주소 ${topic(mac)} 한쪽에만 있습니다. 다른 쪽 프레임의 주소는 ${others}입니다${looked.ko.replace(/^, /, '. ')}${made.ko}`,
    }),
    join,
    [pair.to],
    journey,
  );
}

/** The first packet that has these six bytes anywhere. */
function seenIn(capture: CaptureFacts, mac: string): number | undefined {
  const wanted = Buffer.from(mac.replaceAll(':', ''), 'hex');
  for (let number = 1; number <= Math.min(capture.packetCount, LOOKED_AT); number++) {
    const { bytes } = capture.packet(number) ?? {};
    if (bytes !== undefined && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(wanted)) return number;
  }
  return undefined;
}

/** A MAC address above the link layer: DHCP's, or one in an IPv6 address that routers pass on. */
function carriedInside(capture: CaptureFacts): HopFinding | undefined {
  for (const { kind, client, packet } of capture.configurations) {
    if (kind !== 'dhcp' || client.mac === undefined) continue;
    return {
      ...contradicted('dhcp', [packet], {
        en: `packet ${packet} carries the MAC address ${client.mac} inside DHCP, four layers up; the frames’ own addresses still end at the router`,
        ko: `${packet}번 패킷은 MAC 주소 ${client.mac}을(를) DHCP 메시지 안에 담고 있습니다. 다만 프레임의 MAC 주소는 라우터에서 끝납니다`,
      }),
      capture: capture.index,
    };
  }
  for (const { request, response } of seenFlows(capture))
    for (const packet of [request, response]) {
      const mac = packet?.source === undefined ? undefined : macInside(packet.source);
      if (packet === undefined || mac === undefined || isGroupMac(mac)) continue;
      // Somebody else's address may look so by chance: here its owner sends, or it has come from afar.
      if (isFresh(packet.hopLimit ?? 0) && packet.sourceMac !== mac) continue;
      return {
        ...contradicted('in-the-address', [packet.number], {
          en: `the source of packet ${packet.number}, ${packet.source}, is made of the MAC address ${mac} (EUI-64): it goes wherever the packet goes`,
          ko: `${packet.number}번 패킷의 출발지 ${topic(packet.source)} MAC 주소 ${mac}(으)로 만든 것(EUI-64)이므로 패킷이 가는 곳마다 따라갑니다`,
        }),
        capture: capture.index,
      };
    }
  return undefined;
}

/** The MAC address of which an IPv6 address was made (RFC 4291 appendix A); link-local ones stay on their link. */
function macInside(address: string): string | undefined {
  if (!address.includes(':') || addressClass(address) === 'link-local') return undefined;
  const groups = address
    .split(':')
    .slice(-4)
    .map((group) => group.padStart(4, '0'));
  const hex = groups.join('');
  if (hex.length !== 16 || hex.slice(6, 10) !== 'fffe') return undefined;
  const first = (Number.parseInt(hex.slice(0, 2), 16) ^ 2).toString(16).padStart(2, '0');
  return [first, hex.slice(2, 4), hex.slice(4, 6), hex.slice(10, 12), hex.slice(12, 14), hex.slice(14, 16)].join(':');
}
