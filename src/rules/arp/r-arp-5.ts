import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { isGroupMac } from '../addresses.ts';
import { seenFlows } from '../seen-flows.ts';
import {
  BROADCAST,
  type Group,
  groupsOf,
  hasLinkLayer,
  MAX_GROUPS,
  noDestination,
  NO_QUESTION_REASONS,
  noQuestion,
} from './asks.ts';

/** Packets behind an answer that are looked at for those which use it. */
const LOOKED_AT = 300;
/** No host forgets what it has just learnt within this, in nanoseconds: Linux keeps it for 15 s at least. */
const KEPT = 10e9;

export const rule: CaptureRule = {
  id: 'R-ARP-5',
  chapter: 'arp',
  scope: 'capture',
  statement: {
    en: 'An ARP answer fills the cache, and while the entry is there nobody asks again',
    ko: 'ARP 응답은 캐시에 저장되고, 항목이 있는 동안에는 다시 묻지 않는다',
  },
  reality: {
    en: 'So it is (RFC 826, RFC 1122 §2.3.2.1). Entries grow old: Linux then asks the known address alone whether it still holds; announcements and the questions of others update entries, too.',
    ko: '그렇습니다 (RFC 826, RFC 1122 §2.3.2.1). 항목은 오래되면 바뀝니다. 리눅스는 아는 주소에만 다시 확인하고, 알림이나 다른 호스트의 질문으로도 항목이 갱신됩니다.',
  },
  rfc: ['RFC 826', 'RFC 1122 §2.3.2.1'],
  vantages: ['client', 'gateway-inside', 'gateway-outside', 'router', 'last-router', 'server'],
  reasons: ['cache-used', 'from-cache', 'asked-again', 'used-once', 'no-answer', 'no-destination-mac', ...NO_QUESTION_REASONS],
  needs: [],
  check(capture) {
    const groups = groupsOf(capture);
    if (groups.length === 0) return [neverAsked(capture)];
    return groups.slice(0, MAX_GROUPS).map((group) => judge(capture, group));
  },
};

function judge(capture: CaptureFacts, { mac, address, target, asks }: Group): Finding {
  const first = asks.find((ask) => ask.replies.length > 0);
  if (first === undefined)
    return notVisible(
      'no-answer',
      asks.map((ask) => ask.packet).slice(0, 4),
      {
        en: `${address} asks for ${target} in packet ${asks[0].packet}, and no answer is here that would fill its cache`,
        ko: `${address}에서 ${asks[0].packet}번 패킷으로 ${target} 주소를 묻지만, 캐시를 채울 응답이 여기에 없습니다`,
      },
      {
        text: { en: `look at the table of ${address}`, ko: `${address}의 이웃 테이블을 보세요` },
        command: `ip neigh show ${target}`,
      },
    );
  const [reply] = first.replies;
  const again = asks.find((ask) => ask.packet > reply.packet && ask.frameTo === BROADCAST && ask.time - reply.time < KEPT);
  if (again !== undefined)
    return contradicted('asked-again', [first.packet, reply.packet, again.packet], {
      en: `${address} got the answer for ${target} in packet ${reply.packet} and asks everybody again in packet ${again.packet}, ${((again.time - reply.time) / 1e9).toFixed(1)} s later: it did not keep it`,
      ko: `${address}에서 ${target} 주소의 응답을 ${reply.packet}번 패킷으로 받고도 ${((again.time - reply.time) / 1e9).toFixed(1)}초 뒤 ${again.packet}번에서 모두에게 다시 묻습니다. 저장하지 않은 것입니다`,
    });
  const used: number[] = [];
  let directions = 0;
  const end = Math.min(capture.packetCount, reply.packet + LOOKED_AT);
  for (let number = reply.packet + 1; number <= end; number++) {
    const packet = capture.packet(number);
    if (packet === undefined || packet.kind === 'arp' || packet.sourceMac !== mac) continue;
    if (packet.destinationMac !== undefined) directions++;
    if (packet.destinationMac === reply.mac) used.push(number);
  }
  if (used.length === 0 && directions === 0 && first.frameTo === undefined)
    return noDestination(capture, [first.packet, reply.packet], `arp or ether host ${reply.mac}`);
  if (used.length < 2)
    return unknown('used-once', [first.packet, reply.packet, ...used], {
      en: `${address} learns the MAC address of ${target} in packet ${reply.packet} and sends it ${used.length === 0 ? 'nothing' : 'one packet'} after that: whether it kept the answer does not show`,
      ko: `${address}에서 ${target} 주소를 ${reply.packet}번 패킷으로 알아낸 뒤 그곳에 보낸 패킷이 ${used.length}개뿐이므로, 저장했는지는 드러나지 않습니다`,
    });
  const check = asks.find((ask) => ask.packet > reply.packet && ask.frameTo !== undefined && ask.frameTo !== BROADCAST);
  const later =
    check === undefined
      ? { en: '', ko: '' }
      : {
          en: ` (packet ${check.packet} asks ${check.frameTo} alone whether the entry still holds)`,
          ko: ` (${check.packet}번 패킷은 항목이 아직 맞는지 ${check.frameTo}에만 확인하는 것입니다)`,
        };
  return confirmed('cache-used', [first.packet, reply.packet, used[0], used[used.length - 1]], {
    en: `${address} asks for ${target} in packet ${first.packet}; after the answer in packet ${reply.packet} it sends ${used.length}${end < capture.packetCount ? ' or more' : ''} packets to ${reply.mac} (${used[0]} to ${used.at(-1)}) without asking everybody again${later.en}`,
    ko: `${address}에서 ${first.packet}번 패킷으로 ${target} 주소를 묻고 ${reply.packet}번으로 응답을 받은 뒤, ${reply.mac}에 패킷 ${used.length}개${end < capture.packetCount ? ' 이상' : ''}(${used[0]}~${used.at(-1)}번)를 다시 묻지 않고 보냅니다${later.ko}`,
  });
}

/** Frames go to one MAC address, and nobody asked for it: that is what a cache is for. */
function neverAsked(capture: CaptureFacts): Finding {
  const none = noQuestion(capture);
  if (none.reason !== 'no-question' || !hasLinkLayer(capture)) return none;
  for (const { request, response } of seenFlows(capture)) {
    const packet = request ?? response;
    if (packet?.ipVersion !== 4 || packet.destinationMac === undefined || isGroupMac(packet.destinationMac)) continue;
    return confirmed('from-cache', [packet.number], {
      en: `${packet.sourceMac} sends packet ${packet.number} for ${packet.destination} to ${packet.destinationMac}, and no ARP is in this capture: it has the entry in its cache`,
      ko: `${packet.sourceMac}에서 ${packet.destination}에 가는 ${packet.number}번 패킷을 ${packet.destinationMac}에 보내는데 이 캡처에 ARP가 없습니다. 캐시에 항목이 있습니다`,
    });
  }
  return none;
}
