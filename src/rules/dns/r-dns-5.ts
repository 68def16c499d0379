import type { Lookup } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped } from '../findings.ts';
import { openedBy } from '../needs.ts';
import { isLoopback, mayBeSeveral } from '../origin.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { askingOf, atTheClient, nameless, nameOf, packetsOfLookups, WITHOUT_QUESTION, withoutQuestion } from './asking.ts';
import { firstFrom, type Question, questionOf, questionsOf } from './questions.ts';

/** How many of a client's questions for the name are looked back upon. */
const BACK = 256;

export const rule: JourneyRule = {
  id: 'R-DNS-5',
  chapter: 'dns',
  scope: 'journey',
  statement: {
    en: 'Answers are kept: within the TTL the same name is not asked for again',
    ko: '응답은 캐시에 남아, TTL 안에는 같은 이름을 다시 묻지 않는다',
  },
  reality: {
    en: 'Only where the client has a cache. A Linux host without a stub cache asks again every time, each program for itself; browsers keep names with limits of their own; failures are kept by the SOA (RFC 2308 §5).',
    ko: '클라이언트에 캐시가 있을 때만 그렇습니다. 스텁 캐시가 없는 리눅스에서는 프로그램마다 매번 다시 묻습니다. 브라우저에는 나름의 한도가 있고, 실패 응답은 SOA에 따라 보관됩니다 (RFC 2308 §5).',
  },
  rfc: ['RFC 1035 §3.2.1', 'RFC 1034 §5.3.1', 'RFC 2308 §5'],
  vantages: ['client', 'gateway-inside'],
  reasons: ['nameless', 'used-again', 'asked-again', 'first-use', 'expired', 'maybe-several-clients', ...WITHOUT_QUESTION],
  needs: [],
  check(subject) {
    const { capture } = subject;
    const asking = askingOf(subject);
    if (asking.how === 'own') return whetherAgain(capture, asking.lookups);
    if (asking.how !== 'earlier') return withoutQuestion(subject, asking) as Finding;
    const { lookup } = asking;
    const first = openedBy(subject)?.first;
    if (first === undefined) return withoutQuestion(subject, asking) as Finding;
    const packets = [lookup.packet, lookup.answerPacket, first];
    if (mayBeSeveral(capture, lookup.packet)) return severalClients(lookup, packets);
    const q = questionOf(capture, lookup);
    const after = ((capture.timeOf(first) - (lookup.end ?? lookup.start)) / 1e9).toFixed(3);
    if (q?.expires !== undefined && capture.timeOf(first) > q.expires)
      return skipped('expired', packets, {
        en: `the answer for ${lookup.name} in packet ${lookup.answerPacket} had run out when packet ${first} was sent ${after} s later, and no question is in the capture: kept for longer, or known from elsewhere`,
        ko: `${first}번 패킷은 ${lookup.answerPacket}번 응답(${lookup.name})의 TTL이 지난 ${after}초 뒤에 나갔는데 질문은 캡처에 없습니다: 더 오래 보관했거나 다른 곳에서 알았습니다`,
      });
    if (nameOf(subject) === undefined) return nameless(lookup, packets);
    return confirmed('used-again', packets, {
      en: `the answer for ${lookup.name} in packet ${lookup.answerPacket} is used again ${after} s later by packet ${first}, without a question`,
      ko: `${lookup.answerPacket}번의 ${lookup.name} 응답을 ${after}초 뒤 ${first}번 패킷에서 다시 썼고, 새로 묻지 않았습니다`,
    });
  },
};

function whetherAgain(capture: CaptureFacts, lookups: Lookup[]): Finding {
  const [first] = lookups;
  const client = first.client.address;
  for (const lookup of lookups) {
    const before = keptBefore(capture, lookup, lookups);
    if (before?.end === undefined || before.expires === undefined) continue;
    const packets = [before.packet, before.answerPacket, lookup.packet, lookup.answerPacket];
    if (mayBeSeveral(capture, lookup.packet)) return severalClients(lookup, packets);
    const after = ((lookup.start - before.end) / 1e9).toFixed(3);
    const ttl = Math.round((before.expires - before.end) / 1e9);
    const asked = isLoopback(lookup.server.address)
      ? {
          en: `the program kept nothing; it is ${lookup.server.address}, on the same host, that may have kept it`,
          ko: `프로그램은 응답을 보관하지 않았습니다. 보관했다면 같은 컴퓨터의 ${lookup.server.address} 쪽입니다`,
        }
      : {
          en: 'nothing on this host kept it for this program',
          ko: '이 컴퓨터에는 그 프로그램을 위해 응답을 보관한 캐시가 없습니다',
        };
    return contradicted('asked-again', packets, {
      en: `${client} asked again for ${lookup.name} ${lookup.type} in packet ${lookup.packet}, ${after} s after the answer in packet ${before.answerPacket}, which may be kept for ${ttl} s: ${asked.en}`,
      ko: `${client}에서 ${lookup.name} ${lookup.type} 질문을 ${lookup.packet}번 패킷으로 다시 보냈습니다. ${ttl}초 동안 보관해도 되는 ${before.answerPacket}번 응답이 온 지 ${after}초 뒤입니다: ${asked.ko}`,
    });
  }
  return skipped('first-use', packetsOfLookups(lookups).slice(0, 8), {
    en: `packet ${first.packet} is the first question of ${client} for ${first.name} in this capture, or the first after an answer had run out: nothing tells whether answers are kept`,
    ko: `${first.packet}번 패킷은 ${client}에서 ${first.name} 이름을 이 캡처에서 처음으로, 또는 앞선 응답의 TTL이 지난 뒤 처음으로 물은 것입니다: 응답을 보관하는지는 아직 알 수 없습니다`,
  });
}

/** The newest answer to the same question that could still be kept when it was asked again. */
function keptBefore(capture: CaptureFacts, lookup: Lookup, group: Lookup[]): Question | undefined {
  if (lookup.retryOf !== undefined) return undefined;
  // One call may ask over and over, with more room for the answer each time.
  const cut = group.some((l) => l.truncated || l.transport === 'tcp');
  const began = Math.min(...group.map((l) => l.start));
  const list = questionsOf(capture, lookup.client.address, lookup.name);
  const from = firstFrom(list, lookup.start);
  for (let i = from - 1; i >= 0 && i >= from - BACK; i--) {
    const q = list[i];
    if (q.type !== lookup.type || q.end === undefined || q.end > lookup.start || q.expires === undefined) continue;
    // The same message again: its answer was lost on the way from here.
    if (q.id === lookup.id && q.port === lookup.client.port) continue;
    if (q.expires <= lookup.start || (cut && q.start >= began)) continue;
    return q;
  }
  return undefined;
}

const severalClients = (lookup: Lookup, packets: (number | undefined)[]): Finding =>
  notVisible(
    'maybe-several-clients',
    packets,
    {
      en: `${lookup.client.address} stands behind a router and may be several hosts with one address (NAT): whether one of them asked twice cannot be seen here`,
      ko: `${lookup.client.address} 주소는 라우터 뒤에 있어 여러 컴퓨터가 함께 쓰는 주소(NAT)일 수 있습니다: 같은 컴퓨터가 두 번 물었는지 여기서는 알 수 없습니다`,
    },
    atTheClient(lookup.server.address),
  );
