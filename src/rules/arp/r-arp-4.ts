import { object, subject, topic } from '../../text/particles.ts';
import { hopsTaken, isFresh } from '../addresses.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import {
  type Ask,
  BROADCAST,
  type Group,
  groupsOf,
  isGateway,
  isRepeated,
  isWithin,
  MAX_GROUPS,
  noDestination,
  NO_QUESTION_REASONS,
  noQuestion,
  numbersOf,
} from './asks.ts';

export const rule: CaptureRule = {
  id: 'R-ARP-4',
  chapter: 'arp',
  scope: 'capture',
  statement: {
    en: 'The ARP request goes to everybody (broadcast); only the owner of the address answers, to the asker alone (unicast)',
    ko: 'ARP 요청은 모두에게 가고(브로드캐스트), 그 주소의 주인만 물은 쪽에 답한다(유니캐스트)',
  },
  reality: {
    en: 'So it is for an address that is not known yet (RFC 826). Linux asks the one it knows again by unicast before it forgets it (RFC 1122 §2.3.2.1); a router may answer for others (proxy ARP, RFC 1027); two answers mean that an address is used twice (RFC 5227).',
    ko: '아직 모르는 주소를 찾을 때는 그렇습니다 (RFC 826). 이미 아는 주소는 잊기 전에 유니캐스트로 다시 확인하기도 하고 (RFC 1122 §2.3.2.1), 라우터가 남을 대신해 답하기도 하며 (proxy ARP, RFC 1027), 답이 둘이면 주소가 겹친 것입니다 (RFC 5227).',
  },
  rfc: ['RFC 826', 'RFC 1122 §2.3.2.1', 'RFC 1027', 'RFC 5227 §2.4'],
  vantages: ['client', 'gateway-inside', 'last-router'],
  reasons: [
    'broadcast-and-owner',
    'unicast-request',
    'two-answers',
    'broadcast-reply',
    'proxy-arp',
    'owner-unclear',
    'unanswered',
    'reply-elsewhere',
    'no-destination-mac',
    ...NO_QUESTION_REASONS,
  ],
  needs: [],
  check(capture) {
    const groups = groupsOf(capture);
    if (groups.length === 0) return [noQuestion(capture)];
    return groups.slice(0, MAX_GROUPS).map((group) => judge(capture, group));
  },
};

function judge(capture: CaptureFacts, group: Group): Finding {
  const { address, target, asks } = group;
  const known = asks.find((ask) => ask.frameTo !== undefined && ask.frameTo !== BROADCAST);
  const twice = asks.find((ask) => ask.replies.length > 1);
  if (twice !== undefined) return twoAnswers(twice);
  const aloud = asks.find((ask) => ask.replies.some((reply) => reply.frameTo === BROADCAST));
  if (aloud !== undefined)
    return contradicted('broadcast-reply', [aloud.packet, aloud.replies[0].packet], {
      en: `${address} asked for ${target} in packet ${aloud.packet}; the answer in packet ${aloud.replies[0].packet} went to everybody, not to the asker alone`,
      ko: `${address}에서 ${aloud.packet}번 패킷으로 ${target} 주소를 찾았고, ${aloud.replies[0].packet}번의 응답은 물은 쪽이 아니라 모두에게 갔습니다`,
    });
  const asked = asks.find((ask) => ask.frameTo === BROADCAST && ask.replies.length > 0);
  const before = asked !== undefined && known !== undefined && asked.packet < known.packet ? asked : undefined;
  const proxy = asks.map((ask) => proxyOf(capture, ask)).find((each) => each !== undefined);
  if (proxy !== undefined) return proxy;
  if (known !== undefined) return directed(known, before);
  if (asked !== undefined) {
    const [reply] = asked.replies;
    return confirmed('broadcast-and-owner', [asked.packet, reply.packet], {
      en: `packet ${asked.packet} asks everybody (${BROADCAST}) for ${target}; ${reply.mac} alone answers, in packet ${reply.packet}, ${reply.frameTo === undefined ? 'to the asker' : `to ${reply.frameTo} alone`}`,
      ko: `${asked.packet}번 패킷은 모두(${BROADCAST})에게 ${target} 주소를 묻고, ${reply.mac} 하나만 ${reply.packet}번 패킷으로 ${reply.frameTo === undefined ? '물은 쪽' : reply.frameTo}에만 답했습니다`,
    });
  }
  const packets = asks.map((ask) => ask.packet).slice(0, 8);
  if (asks.every((ask) => ask.frameTo === undefined)) return noDestination(capture, packets, `arp and host ${target}`);
  if (!isRepeated(asks) && !isWithin(capture, group.mac))
    return notVisible(
      'reply-elsewhere',
      packets,
      {
        en: `${address} asks everybody for ${target} in packet ${numbersOf(packets)}; an answer would go to it alone, and need not pass here`,
        ko: `${address}에서 ${numbersOf(packets)}번 패킷으로 모두에게 ${target} 주소를 묻습니다. 응답은 물은 쪽에만 가므로 여기를 지나지 않을 수 있습니다`,
      },
      {
        text: { en: `capture at ${address} itself`, ko: `${address}에서 직접 캡처하세요` },
        command: `tcpdump -i <eth0> -w arp.pcap arp and host ${target}`,
      },
    );
  return skipped('unanswered', packets, {
    en: `${address} asks everybody for ${target} in packet ${numbersOf(packets)}; nobody answers`,
    ko: `${address}에서 ${numbersOf(packets)}번 패킷으로 모두에게 ${target} 주소를 묻지만 아무도 답하지 않습니다`,
  });
}

function directed(ask: Ask, before: Ask | undefined): Finding {
  const packets = [
    ...(before === undefined ? [] : [before.packet, before.replies[0].packet]),
    ask.packet,
    ask.replies[0]?.packet,
  ];
  const first = { en: '', ko: '' };
  if (before !== undefined) {
    first.en = `the first question in packet ${before.packet} went to everybody and its owner answered; but `;
    first.ko = `${before.packet}번 패킷의 첫 질문은 모두에게 갔고 주인이 답했습니다. 그러나 `;
  }
  return contradicted(
    'unicast-request',
    packets.filter((each) => each !== undefined),
    {
      en: `${first.en}packet ${ask.packet} asks ${ask.frameTo} alone for ${ask.target}: ${ask.address} has an entry and looks whether it still holds`,
      ko: `${first.ko}${ask.packet}번 패킷은 ${ask.frameTo} 하나에만 ${ask.target} 주소를 묻습니다. ${subject(ask.address)} 이미 가진 항목이 아직 맞는지 확인하는 것입니다`,
    },
  );
}

function twoAnswers({ packet, target, address, replies }: Ask): Finding {
  const [one, other] = replies;
  return contradicted('two-answers', [packet, one.packet, other.packet], {
    en: `${address} asked for ${target} in packet ${packet}, and two answered: ${one.mac} in packet ${one.packet} and ${other.mac} in packet ${other.packet}; the address is used twice, or one of them lies`,
    ko: `${address}에서 ${packet}번 패킷으로 ${target} 주소를 찾았는데 둘이 답했습니다: ${one.packet}번의 ${one.mac}, ${other.packet}번의 ${other.mac}. 주소가 겹쳤거나 하나는 거짓입니다`,
  });
}

/** Who answered does not have the address: packets from it arrive by that MAC and have passed a router. */
function proxyOf(capture: CaptureFacts, ask: Ask): Finding | undefined {
  const [reply] = ask.replies;
  if (reply === undefined) return undefined;
  for (const connection of capture.connectionsTo(ask.target).slice(0, 3)) {
    const number = connection.handshake?.synAck[0];
    const packet = number === undefined ? undefined : capture.packet(number);
    if (packet?.hopLimit === undefined || packet.sourceMac !== reply.mac || isFresh(packet.hopLimit)) continue;
    const packets = [ask.packet, reply.packet, packet.number];
    if (!isGateway(capture, reply.mac, ask.mac) && hopsTaken(packet.hopLimit) < 2)
      return unknown('owner-unclear', packets, {
        en: `everybody is asked for ${ask.target} in packet ${ask.packet} and ${reply.mac} alone answers in packet ${reply.packet}; packet ${packet.number} from there has passed a router (TTL ${packet.hopLimit}): the owner may be a balancer that translates, or a router answers for somebody else`,
        ko: `${ask.packet}번 패킷에서 모두에게 ${object(ask.target)} 찾고 ${reply.mac} 하나만 ${reply.packet}번으로 답했습니다. 거기서 온 ${topic(`${packet.number}번 패킷`)} 라우터를 지났습니다(TTL ${packet.hopLimit}). 주인이 주소를 변환하는 로드 밸런서인지, 라우터가 남을 대신해 답했는지는 알 수 없습니다`,
      });
    return contradicted('proxy-arp', packets, {
      en: `${reply.mac} answers for ${ask.target} in packet ${reply.packet}, but packet ${packet.number} from that address has passed a router (TTL ${packet.hopLimit}): not the owner answered but a router in its name`,
      ko: `${reply.packet}번 패킷에서 ${subject(reply.mac)} ${object(ask.target)} 가졌다고 답했지만, 그 주소에서 온 ${topic(`${packet.number}번 패킷`)} 이미 라우터를 지났습니다(TTL ${packet.hopLimit}). 주인이 아니라 라우터가 대신 답한 것입니다`,
    });
  }
  return undefined;
}
