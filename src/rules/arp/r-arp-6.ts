import { hopsTaken } from '../addresses.ts';
import { object, subject } from '../../text/particles.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { seenFlows } from '../seen-flows.ts';
import { arpAnd, asksOf, hasLinkLayer, NO_QUESTION_REASONS, noQuestion } from './asks.ts';
import { askOf, type Forwarded, forwardedOn } from './forwarded.ts';

export const rule: CaptureRule = {
  id: 'R-ARP-6',
  chapter: 'arp',
  scope: 'capture',
  statement: {
    en: 'A router asks by ARP for the next hop, not for the packet’s destination',
    ko: '라우터는 패킷의 목적지가 아니라 다음 홉의 MAC 주소를 ARP로 찾는다',
  },
  reality: {
    en: 'So it is (RFC 1812 §5.2.4.2): the routing table names the next hop, and ARP is asked for that one. Only on the destination’s own network are the two the same.',
    ko: '그렇습니다 (RFC 1812 §5.2.4.2). 라우팅 테이블이 다음 홉을 정하고 ARP는 그 주소를 찾습니다. 둘이 같은 것은 목적지가 있는 네트워크뿐입니다.',
  },
  rfc: ['RFC 1812 §5.2.4.2', 'RFC 826'],
  vantages: ['gateway-outside', 'router'],
  reasons: ['next-hop', 'destination-asked', 'last-hop', 'cached', 'no-router-here', ...NO_QUESTION_REASONS],
  needs: [],
  check(capture) {
    const all = forwardedOn(capture);
    const onward = all.filter((each) => each.last !== true);
    const found = onePerPair(onward).map((each) => judge(capture, each, all));
    const telling = found.filter((each) => each.reason !== 'cached');
    if (telling.length > 0) return telling.slice(0, 8);
    if (found.length > 0) return found.slice(0, 1);
    return [nothingOnward(capture, all)];
  },
};

function onePerPair(list: Forwarded[]): Forwarded[] {
  const first = new Map<string, Forwarded>();
  for (const each of list) if (!first.has(`${each.router} ${each.next}`)) first.set(`${each.router} ${each.next}`, each);
  return [...first.values()];
}

function judge(capture: CaptureFacts, each: Forwarded, all: Forwarded[]): Finding {
  const { router, next, packet } = each;
  const ask = askOf(capture, router, next, packet.time);
  if (ask === undefined)
    return skipped('cached', [packet.number], {
      en: `router ${router} passes packet ${packet.number} for ${packet.destination} on to ${next} without asking: it knows its next hop`,
      ko: `라우터 ${router}은(는) ${packet.destination}에 가는 ${packet.number}번 패킷을 묻지 않고 ${next}에 넘깁니다. 다음 홉을 이미 알고 있습니다`,
    });
  const reply = ask.replies.find((r) => r.mac === next) ?? ask.replies[0];
  const wanted = all.find((other) => other.router === router && other.next === next && other.destination === ask.target);
  if (wanted === undefined)
    return confirmed('next-hop', [ask.packet, reply.packet, packet.number], {
      en: `router ${ask.address} asks for ${ask.target} in packet ${ask.packet} and gives packet ${packet.number}, whose destination is ${packet.destination}, to the MAC address answered, ${next}: ${ask.target} is its next hop, and nobody asks for ${packet.destination}`,
      ko: `라우터 ${ask.address}에서 ${ask.packet}번 패킷으로 ${object(ask.target)} 찾고, 목적지가 ${packet.destination}인 ${object(`${packet.number}번 패킷`)} 응답받은 MAC ${next}에 넘겼습니다. ${subject(ask.target)} 다음 홉이며, ${object(packet.destination)} 찾는 ARP는 없습니다`,
    });
  // One router behind the address: a balancer that translates has it, or a router answers in another's name.
  const back = wanted.fromClient ? wanted.flow.response : wanted.flow.request;
  if (wanted.last === undefined || back?.hopLimit === undefined || hopsTaken(back.hopLimit) < 2)
    return skipped('last-hop', [ask.packet, reply.packet, wanted.packet.number], {
      en: `router ${ask.address} asks for ${ask.target} and gives it packet ${wanted.packet.number}, whose destination that is: on the last network, next hop and destination are the same`,
      ko: `라우터 ${ask.address}에서 ${object(ask.target)} 찾아 그곳이 목적지인 ${object(`${wanted.packet.number}번 패킷`)} 넘겼습니다. 마지막 네트워크에서는 다음 홉과 목적지가 같습니다`,
    });
  return contradicted('destination-asked', [ask.packet, reply.packet, wanted.packet.number], {
    en: `router ${ask.address} asks for ${ask.target} itself, the destination of packet ${wanted.packet.number}, though packets from there have passed further routers: somebody answers in its name (proxy ARP or a balancer), or its route says that it is on this network`,
    ko: `라우터 ${ask.address}에서 ${wanted.packet.number}번 패킷의 목적지인 ${object(ask.target)} 직접 찾았습니다. 거기서 오는 패킷은 다른 라우터를 더 지난 것이므로 누군가 대신 답했거나(proxy ARP, 로드 밸런서) 경로가 이 네트워크로 잘못 잡힌 것입니다`,
  });
}

function nothingOnward(capture: CaptureFacts, all: Forwarded[]): Finding {
  const [each] = all;
  if (each === undefined && asksOf(capture).length === 0 && !hasLinkLayer(capture)) return noQuestion(capture);
  const seen =
    each === undefined
      ? {
          en: 'no packet is here that one router surely gives to another by ARP',
          ko: '한 라우터가 ARP로 찾은 다른 라우터에 넘긴 것이 분명한 패킷이 없습니다',
        }
      : {
          en: `what routers give to this link is for hosts on it, as packet ${each.packet.number} for ${each.destination}`,
          ko: `라우터가 이 링크에 넘긴 것은 ${each.packet.number}번 패킷(${each.destination})처럼 모두 이 링크의 호스트에 가는 것입니다`,
        };
  return notVisible(
    'no-router-here',
    each === undefined ? [] : [each.packet.number],
    {
      en: `${seen.en}: which next hop a router asks for is seen between two routers`,
      ko: `${seen.ko}. 라우터가 어느 다음 홉을 찾는지는 두 라우터 사이에서 보입니다`,
    },
    {
      text: {
        en: 'capture between two routers, as on the outside of the gateway',
        ko: '게이트웨이 바깥쪽처럼 두 라우터 사이에서 캡처하세요',
      },
      command: `tcpdump -i <outside> -w outside.pcap '${arpAnd(seenFlows(capture)[0]?.server)}'`,
    },
  );
}
