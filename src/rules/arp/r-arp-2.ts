import { object, topic } from '../../text/particles.ts';
import { addressClass } from '../addresses.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, notVisible, skipped, unknown } from '../findings.ts';
import type { PacketFacts } from '../packet.ts';
import type { Advice, CaptureRule, Finding } from '../rule.ts';
import { type SeenFlow, seenFlows } from '../seen-flows.ts';
import { asksOf, MAX_GROUPS } from './asks.ts';
import { isOwn, wayOut, type WayOut } from './way-out.ts';

export const rule: CaptureRule = {
  id: 'R-ARP-2',
  chapter: 'arp',
  scope: 'capture',
  statement: {
    en: 'Before the first packet leaves for another network, the gateway’s MAC address is learnt by ARP',
    ko: '다른 네트워크에 첫 패킷을 보내기 전에 ARP로 게이트웨이의 MAC 주소를 알아낸다',
  },
  reality: {
    en: 'When nothing is known yet it comes before everything, before the DNS query too, which needs that address as well (RFC 826, RFC 1122 §2.3.2). Mostly the entry is in the cache already. IPv6 uses Neighbor Discovery (RFC 4861).',
    ko: '아무것도 모를 때는 DNS 질의보다도 먼저입니다. DNS 질의를 보내는 데도 그 주소가 필요하기 때문입니다 (RFC 826, RFC 1122 §2.3.2). 대개는 이미 캐시에 있습니다. IPv6에서는 NDP를 씁니다 (RFC 4861).',
  },
  rfc: ['RFC 826', 'RFC 1122 §2.3.2', 'RFC 4861 §7.2'],
  vantages: ['client', 'gateway-inside'],
  reasons: [
    'before-everything',
    'cached',
    'learnt-otherwise',
    'ndp',
    'loopback',
    'same-network',
    'behind-a-router',
    'no-link-layer',
    'nothing-tells',
    'nothing-sent',
  ],
  needs: [],
  check(capture) {
    const found = [...firstOut(capture).values()].map(({ packet, out }) => judge(capture, packet, out));
    return found.length > 0 ? found.slice(0, MAX_GROUPS) : [nobodyLeaves(capture)];
  },
};

interface Leaving {
  packet: PacketFacts;
  out: WayOut;
}

/** The first packet for another network of each host on this link, IPv4 and IPv6 apart. */
function firstOut(capture: CaptureFacts): Map<string, Leaving> {
  const first = new Map<string, Leaving>();
  const flows = seenFlows(capture).flatMap(({ request, response }) => (request === undefined ? [] : [{ request, response }]));
  flows.sort((a, b) => a.request.number - b.request.number);
  for (const { request, response } of flows) {
    const key = `${request.sourceMac ?? request.source} ${request.ipVersion}`;
    if (first.has(key) || !isOwn(request)) continue;
    const out = wayOut(capture, request, response);
    if (out.to === 'far') first.set(key, { packet: request, out });
  }
  return first;
}

function judge(capture: CaptureFacts, packet: PacketFacts, { mac, gateway }: WayOut): Finding {
  const { number, source, destination } = packet;
  if (mac === undefined) return noMac(capture, packet);
  const name = gateway?.address ?? mac;
  if (packet.ipVersion === 6) {
    const asked = [...capture.resolutionsOf(gateway?.address ?? '')].find((r) => r.answerMac === mac && r.kind === 'ndp');
    return skipped('ndp', [asked?.packet, asked?.answerPacket, number], {
      en: `${source} speaks IPv6, which has no ARP: ${asked === undefined ? 'it knew' : `packets ${asked.packet} and ${asked.answerPacket} (Neighbor Discovery) tell it`} the MAC address ${mac} to which packet ${number} goes`,
      ko: `${topic(source)} IPv6로 통신하므로 ARP를 쓰지 않습니다. ${number}번 패킷을 보내는 MAC 주소 ${topic(mac)} ${asked === undefined ? '이미 알고 있었습니다' : `NDP(${asked.packet}번, ${asked.answerPacket}번 패킷)로 알아냈습니다`}`,
    });
  }
  const ask = asksOf(capture).find((each) => isFor(each, packet) && each.replies.some((r) => r.mac === mac && r.packet < number));
  const reply = ask?.replies.find((r) => r.mac === mac);
  if (ask !== undefined && reply !== undefined) {
    const lookup = isLookup(packet) ? { en: ', a DNS query', ko: ' (DNS 질의)' } : { en: '', ko: '' };
    return confirmed('before-everything', [ask.packet, reply.packet, number], {
      en: `${source} asks for ${ask.target} in packet ${ask.packet} and gets ${mac} in packet ${reply.packet}; only then its first packet for another network leaves, ${number} for ${destination}${lookup.en}`,
      ko: `${source}에서 ${ask.packet}번 패킷으로 ${object(ask.target)} 찾아 ${reply.packet}번에서 ${object(mac)} 받은 뒤에야 다른 네트워크에 가는 첫 패킷 ${number}번(${destination})이 나갑니다${lookup.ko}`,
    });
  }
  const heard = asksOf(capture).find(
    (each) => each.mac === mac && each.packet < number && (each.target === source || each.kind === 'announcement'),
  );
  if (heard !== undefined)
    return skipped('learnt-otherwise', [heard.packet, number], {
      en: `${source} does not ask: packet ${heard.packet} from ${heard.address} itself tells it the MAC address ${mac}, to which packet ${number} goes`,
      ko: `${source}에서 묻지 않았습니다. ${heard.address}에서 온 ${heard.packet}번 패킷이 ${number}번 패킷을 보낼 MAC 주소 ${object(mac)} 알려 주었습니다`,
    });
  return skipped('cached', [number], {
    en: `${source} sends packet ${number} for ${destination} to ${name} at once, without asking: the gateway’s MAC address ${mac} was in its cache when the capture began`,
    ko: `${source}에서 ${destination}에 가는 ${number}번 패킷을 묻지 않고 바로 ${name}에 보냅니다. 게이트웨이의 MAC 주소 ${topic(mac)} 캡처를 시작할 때 이미 캐시에 있었습니다`,
  });
}

const isFor = (ask: { mac: string; address: string }, packet: PacketFacts): boolean =>
  ask.mac === packet.sourceMac || ask.address === packet.source;
const isLookup = (packet: PacketFacts): boolean => packet.destinationPort === 53;

const noMac = (capture: CaptureFacts, packet: PacketFacts): Finding =>
  notVisible(
    'no-link-layer',
    [packet.number],
    {
      en: `packet ${packet.number} has no destination MAC address in this capture (${capture.linkTypes.join(', ')})`,
      ko: `${packet.number}번 패킷의 목적지 MAC 주소가 이 캡처에 없습니다(${capture.linkTypes.join(', ')})`,
    },
    {
      text: { en: 'capture on the one interface and not on "any"', ko: 'any 대신 실제 인터페이스 하나에서 캡처하세요' },
      command: `tcpdump -i <eth0> -w client.pcap 'arp or host ${packet.destination}'`,
    },
  );

function nobodyLeaves(capture: CaptureFacts): Finding {
  const all = seenFlows(capture);
  const flows = all.filter((flow) => flow.request !== undefined) as (SeenFlow & { request: PacketFacts })[];
  const [answered] = all;
  if (answered === undefined)
    return skipped('nothing-sent', [], {
      en: 'no connection, lookup or ping leaves a host here',
      ko: '여기서 호스트를 떠나는 연결, DNS 조회, ping이 없습니다',
    });
  if (flows.length === 0)
    return notVisible(
      'behind-a-router',
      [answered.response?.number],
      {
        en: `only answers to ${answered.client} pass here: what it asked before its first packet left is on another link`,
        ko: `여기는 ${answered.client}에 가는 응답만 지납니다. 첫 패킷을 보내기 전에 물은 것은 다른 링크에 있습니다`,
      },
      clientAdvice(answered.server),
    );
  const inside = flows.find(({ client, server }) => client === server || addressClass(server) === 'loopback');
  if (inside !== undefined && flows.every(({ client, server }) => client === server || addressClass(server) === 'loopback'))
    return skipped('loopback', [inside.request.number], {
      en: `${inside.client} talks inside one host: no gateway is needed`,
      ko: `${topic(inside.client)} 한 호스트 안에서 통신하므로 게이트웨이가 필요 없습니다`,
    });
  const own = flows.filter((flow) => isOwn(flow.request));
  if (own.length === 0)
    return notVisible(
      'behind-a-router',
      [flows[0].request.number],
      {
        en: `packet ${flows[0].request.number} from ${flows[0].client} has passed a router already (TTL ${flows[0].request.hopLimit}): what its sender asked before is not on this link`,
        ko: `${flows[0].client}에서 온 ${topic(`${flows[0].request.number}번 패킷`)} 이미 라우터를 지났습니다(TTL ${flows[0].request.hopLimit}). 보낸 쪽이 그 전에 물은 것은 이 링크에 없습니다`,
      },
      clientAdvice(flows[0].server),
    );
  if (own.every(({ request }) => request.destinationMac === undefined)) return noMac(capture, own[0].request);
  const near = own.find(({ request, response }) => wayOut(capture, request, response).to === 'near');
  const [{ request, server }] = near === undefined ? own : [near];
  if (near !== undefined)
    return skipped('same-network', [request.number], {
      en: `${request.source} talks with ${server}, on its own network: no gateway is needed`,
      ko: `${topic(request.source)} 같은 네트워크의 ${server}에 보내므로 게이트웨이가 필요 없습니다`,
    });
  return unknown('nothing-tells', [request.number], {
    en: `whether ${server} is on the network of ${request.source} or behind a gateway nothing in the capture tells`,
    ko: `${server} 쪽이 ${request.source}와(과) 같은 네트워크인지 게이트웨이 뒤인지는 이 캡처로 알 수 없습니다`,
  });
}

const clientAdvice = (server: string): Advice => ({
  text: {
    en: 'capture at the client, or on the inside of its gateway, from a cold start on',
    ko: '클라이언트나 게이트웨이 안쪽에서, 캐시를 비운 뒤 캡처하세요',
  },
  command: `tcpdump -i <eth0> -w client.pcap 'arp or host ${server}'`,
});
