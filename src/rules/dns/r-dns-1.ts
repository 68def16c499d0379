import { hostPort } from '../../correlate/host-names.ts';
import type { Lookup } from '../../correlate/model.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { connectionOf, openedBy } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { askingOf, WITHOUT_QUESTION, withoutQuestion } from './asking.ts';
import { firstFrom, questionsOf } from './questions.ts';

export const rule: JourneyRule = {
  id: 'R-DNS-1',
  chapter: 'dns',
  scope: 'journey',
  statement: {
    en: 'A DNS answer with the address comes before the first packet to that address',
    ko: '그 주소로 가는 첫 패킷보다 주소가 담긴 DNS 응답이 먼저 온다',
  },
  reality: {
    en: 'So it is where the name is asked for at all: caches, literal addresses and reused connections need no question. With several addresses the client may connect while another answer is still on its way (RFC 8305 §3).',
    ko: '이름을 묻는 경우에는 그렇습니다. 캐시, 주소를 직접 쓴 URL, 재사용한 연결은 묻지 않습니다. 주소가 여럿이면 다른 응답을 기다리면서 먼저 연결하기도 합니다 (RFC 8305 §3).',
  },
  rfc: ['RFC 1034 §5.3.1', 'RFC 8305 §3'],
  vantages: ['client', 'gateway-inside', 'gateway-outside'],
  reasons: ['answer-first', 'connection-first', 'no-connection', 'failed', ...WITHOUT_QUESTION],
  needs: [],
  check(subject) {
    const { capture, journey } = subject;
    const asking = askingOf(subject);
    if (asking.how !== 'own' && asking.how !== 'earlier' && asking.how !== 'multicast') {
      const late = asking.how === 'none' ? askedTooLate(subject) : undefined;
      return late ?? (withoutQuestion(subject, asking) as NonNullable<ReturnType<typeof withoutQuestion>>);
    }
    if (asking.how === 'multicast') return withoutQuestion(subject, asking) ?? unknown('failed', [], journeyText(journey.name));
    const opened = openedBy(subject);
    if (opened === undefined) {
      const lookups = asking.how === 'own' ? asking.lookups : [asking.lookup];
      const packets = lookups.flatMap((l) => [l.packet, l.answerPacket]);
      return skipped('no-connection', packets, {
        en: `${journey.name} was asked for in packet ${lookups[0].packet}, and no connection followed in this capture`,
        ko: `${lookups[0].packet}번 패킷에서 ${journey.name} 이름을 물었지만 이 캡처에는 뒤따른 연결이 없습니다`,
      });
    }
    const lookup = journey.lookup === undefined ? undefined : capture.lookups.get(journey.lookup);
    const { first } = opened;
    if (lookup?.answerPacket === undefined || lookup.end === undefined)
      return unknown('failed', [first], journeyText(journey.name));
    const server = hostPort(opened.server);
    const ms = ((capture.timeOf(first) - lookup.end) / 1e6).toFixed(1);
    if (lookup.answerPacket < first)
      return confirmed('answer-first', [lookup.packet, lookup.answerPacket, first], {
        en: `the answer in packet ${lookup.answerPacket} gives ${opened.server.address} for ${lookup.name}; the first packet to ${server} is packet ${first}, ${ms} ms later`,
        ko: `${lookup.answerPacket}번 응답이 ${lookup.name}의 주소로 ${opened.server.address} 값을 알려 주었고, ${server}에 가는 첫 패킷은 ${ms} ms 뒤의 ${first}번입니다`,
      });
    return tooLate(lookup, first, server);
  },
};

const journeyText = (name: string) => ({
  en: `the answer for ${name} cannot be told from this capture`,
  ko: `이 캡처로는 ${name}에 대한 응답을 알 수 없습니다`,
});

const tooLate = (lookup: Lookup, first: number, server: string) =>
  contradicted('connection-first', [first, lookup.packet, lookup.answerPacket], {
    en: `packet ${first} went to ${server} before the answer for ${lookup.name} came in packet ${lookup.answerPacket}: the client had the address from elsewhere`,
    ko: `${lookup.name}의 응답(${lookup.answerPacket}번)보다 먼저 ${first}번 패킷이 ${server}에 갔습니다: 클라이언트는 주소를 다른 곳에서 알고 있었습니다`,
  });

/** A question for this very name, sent before the connection was opened and answered with its address only after. */
function askedTooLate(subject: Parameters<typeof connectionOf>[0]) {
  const { capture, journey } = subject;
  const connection = connectionOf(subject);
  const syn = connection?.handshake?.syn[0];
  if (connection === undefined || syn === undefined) return undefined;
  const asked = questionsOf(capture, connection.client.address, journey.name);
  const opened = capture.timeOf(syn);
  for (let i = firstFrom(asked, opened - 5e9); i < asked.length && asked[i].start <= opened; i++) {
    const lookup = capture.lookups.get(asked[i].index);
    if (lookup?.end === undefined || lookup.end <= opened || !lookup.addresses.includes(connection.server.address)) continue;
    return tooLate(lookup, syn, hostPort(connection.server));
  }
  return undefined;
}
