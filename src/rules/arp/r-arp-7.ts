import { object } from '../../text/particles.ts';
import { onItsLink, seenFlows } from '../seen-flows.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, notVisible, skipped } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { arpAnd, asksOf, NO_QUESTION_REASONS, noQuestion } from './asks.ts';
import { askOf, type Forwarded, forwardedOn } from './forwarded.ts';

export const rule: CaptureRule = {
  id: 'R-ARP-7',
  chapter: 'arp',
  scope: 'capture',
  statement: {
    en: 'The router on the server’s own network asks by ARP for the destination address of the packet, and its owner answers',
    ko: '서버가 있는 네트워크의 라우터는 패킷의 목적지 IP를 ARP로 찾고, 그 주소의 주인이 답한다',
  },
  reality: {
    en: 'So it is on a real Ethernet (RFC 1812 §5.2.4.2), when the router does not know the address yet; the packet waits for the answer. In clouds the network answers itself, and the owner may be a load balancer or a virtual router.',
    ko: '실제 이더넷에서는 그렇습니다 (RFC 1812 §5.2.4.2). 라우터가 아직 모르는 주소일 때만 묻고, 그동안 패킷이 기다립니다. 클라우드에서는 네트워크가 대신 답하며, 주인이 로드 밸런서나 가상 라우터일 수도 있습니다.',
  },
  rfc: ['RFC 1812 §5.2.4.2', 'RFC 826'],
  vantages: ['last-router', 'server', 'balancer-front', 'cache-front'],
  reasons: ['destination-asked', 'cached', 'other-network', 'same-network', ...NO_QUESTION_REASONS],
  needs: [],
  check(capture) {
    const last = new Map<string, Forwarded>();
    for (const each of forwardedOn(capture)) {
      if (!each.fromClient) continue;
      const ask = askOf(capture, each.router, each.next, each.packet.time);
      const isLast = each.last === true || ask?.target === each.destination;
      if (isLast && !last.has(`${each.router} ${each.destination}`)) last.set(`${each.router} ${each.destination}`, each);
    }
    if (last.size === 0) return [elsewhere(capture)];
    return [...last.values()].slice(0, 16).map((each) => judge(capture, each));
  },
};

function judge(capture: CaptureFacts, { router, next, packet, destination, last }: Forwarded): Finding {
  const ask = askOf(capture, router, next, packet.time);
  const reply = ask?.replies.find((each) => each.mac === next);
  if (ask === undefined || reply === undefined || ask.target !== destination || reply.packet > packet.number)
    return skipped('cached', [packet.number, ...(ask === undefined || reply === undefined ? [] : [ask.packet])], {
      en: `router ${router} gives packet ${packet.number} for ${destination} to ${next} without asking first: it knows the address already`,
      ko: `라우터 ${router}에서 ${destination}에 가는 ${object(`${packet.number}번 패킷`)} 먼저 묻지 않고 ${next}에 넘겼습니다. 이미 아는 주소입니다`,
    });
  const owner =
    last === true ? { en: 'its owner', ko: '그 주소의 주인인' } : { en: 'who speaks for it', ko: '그 주소를 대표하는' };
  return confirmed('destination-asked', [ask.packet, reply.packet, packet.number], {
    en: `router ${ask.address} asks for ${destination} in packet ${ask.packet}, ${owner.en}, ${next}, answers in packet ${reply.packet}, and then packet ${packet.number} from ${packet.source} is delivered there`,
    ko: `라우터 ${ask.address}에서 ${ask.packet}번 패킷으로 ${object(destination)} 찾고, ${owner.ko} ${next}에서 ${reply.packet}번으로 답한 뒤, ${packet.source}에서 온 ${packet.number}번 패킷이 전달됩니다`,
  });
}

function elsewhere(capture: CaptureFacts): Finding {
  const [connection] = capture.connections;
  if (asksOf(capture).length === 0 && (connection === undefined || connection.client.address.includes(':'))) {
    const six = noQuestion(capture);
    if (six.reason !== 'no-question') return six;
  }
  const server = connection?.server.address ?? seenFlows(capture)[0]?.server;
  const syn = capture.packet(connection?.handshake?.syn[0] ?? 0);
  const synAck = capture.packet(connection?.handshake?.synAck[0] ?? 0);
  if (connection !== undefined && syn?.sourceMac !== undefined && onItsLink(syn) && onItsLink(synAck))
    return skipped('same-network', [syn.number, synAck?.number], {
      en: `${connection.client.address} and ${server} are on one network (packets ${syn.number} and ${synAck?.number} have the TTL they began with): no router delivers here`,
      ko: `${connection.client.address}, ${server} 둘 다 이 네트워크에 있습니다 (${syn.number}번, ${synAck?.number}번 패킷의 TTL이 처음 그대로입니다): 마지막 라우터가 전달할 일이 없습니다`,
    });
  return notVisible(
    'other-network',
    connection === undefined ? [] : [connection.firstPacket],
    server === undefined
      ? {
          en: 'no packet here is for a server: what its last router asks is not seen',
          ko: '여기에는 서버에 가는 패킷이 없어 그 마지막 라우터의 ARP 질문도 보이지 않습니다',
        }
      : {
          en: `the network of ${server} is not the one captured here: its last router’s questions are not seen`,
          ko: `여기서 잡은 것은 서버 ${server}의 네트워크가 아니므로 그쪽 마지막 라우터의 ARP 질문이 보이지 않습니다`,
        },
    {
      text: {
        en: 'capture at the server or its last router, when it has forgotten the server’s address',
        ko: '서버나 그 마지막 라우터에서, 라우터가 서버 주소를 잊은 상태로 캡처하세요',
      },
      command: `tcpdump -i <server-side> -w last-hop.pcap '${arpAnd(server)}'`,
    },
  );
}
