import { confirmed, contradicted, unknown } from '../findings.ts';
import type { PacketFacts } from '../packet.ts';
import type { JourneyRule } from '../rule.ts';
import { type Beginning, beginningOf, endsOf, limitName, NO_PACKET, talks } from './ends.ts';

const TEXTBOOK = [64, 128];

export const rule: JourneyRule = {
  id: 'R-IP-4',
  chapter: 'ip',
  scope: 'journey',
  statement: { en: 'A packet begins with a TTL of 64 or 128', ko: '패킷의 TTL은 64나 128에서 시작한다' },
  reality: {
    en: 'Linux, Android, macOS and iOS begin with 64 (which IANA recommends), Windows with 128. Network gear and some Unix systems begin with 255, and any administrator may set another value. IPv6 calls it Hop Limit (RFC 8200 §3).',
    ko: 'Linux, Android, macOS, iOS는 (IANA가 권하는) 64, Windows는 128에서 시작합니다. 네트워크 장비와 일부 유닉스는 255에서 시작하고, 관리자가 다른 값으로 바꿀 수도 있습니다. IPv6에서는 Hop Limit이라고 합니다 (RFC 8200 §3).',
  },
  rfc: ['RFC 791 §3.1', 'RFC 1700', 'RFC 8200 §3'],
  vantages: ['client', 'server'],
  reasons: ['as-sent', 'inferred', 'other-as-sent', 'other-inferred', 'ambiguous', NO_PACKET],
  needs: [talks],
  check(subject) {
    const { capture } = subject;
    const ends = endsOf(subject);
    const seen: Seen[] = [];
    for (const [packet, isClients] of [
      [ends?.fromClient, true],
      [ends?.fromServer, false],
    ] as const)
      if (packet !== undefined) seen.push({ packet, ...beginningOf(capture, packet, isClients) });
    const told = seen.filter(({ initial }) => initial !== undefined);
    const other = told.find(({ initial }) => !TEXTBOOK.includes(initial as number));
    const numbers = (list: Seen[]): number[] => list.map(({ packet }) => packet.number);
    if (other !== undefined) {
      const list = [other, ...told.filter((each) => each !== other)];
      return contradicted(other.exact ? 'other-as-sent' : 'other-inferred', numbers(list), text(list));
    }
    if (told.length === 0)
      return unknown('ambiguous', numbers(seen), {
        en: `${seen.map((each) => `${limitName(each.packet)} ${each.packet.hopLimit} in packet ${each.packet.number}`).join(', ')}: a beginning of 32 and of 64 are both possible`,
        ko: `${seen.map((each) => `${each.packet.number}번 패킷의 ${limitName(each.packet)} ${each.packet.hopLimit}`).join(', ')}: 32에서 시작했을 수도 64에서 시작했을 수도 있습니다`,
      });
    return confirmed(told.some(({ exact }) => exact) ? 'as-sent' : 'inferred', numbers(told), text(told));
  },
};

interface Seen extends Beginning {
  packet: PacketFacts;
}

function text(list: Seen[]): { en: string; ko: string } {
  return {
    en: list
      .map(({ packet, initial, exact }) =>
        exact
          ? `${packet.source} sends with ${limitName(packet)} ${initial} (packet ${packet.number}, no router has had it yet)`
          : `packet ${packet.number} of ${packet.source} is left with ${limitName(packet)} ${packet.hopLimit}: it most likely began with ${initial}, the next usual value`,
      )
      .join('; '),
    ko: list
      .map(({ packet, initial, exact }) =>
        exact
          ? `${packet.source}에서 보낼 때의 ${limitName(packet)} 값은 ${initial}입니다 (라우터를 지나기 전의 ${packet.number}번 패킷)`
          : `${packet.source}의 ${packet.number}번 패킷에 남은 ${limitName(packet)} 값은 ${packet.hopLimit}입니다. 그 위의 흔한 시작값 ${initial}에서 시작했을 것입니다`,
      )
      .join('. '),
  };
}
