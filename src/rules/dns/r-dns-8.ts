import { flowOf } from '../../correlate/quic-record.ts';
import type { Lookup } from '../../correlate/model.ts';
import { confirmed, skipped, unknown } from '../findings.ts';
import type { CaptureFacts } from '../facts.ts';
import { exchangeOf, overQuic } from '../needs.ts';
import { mayBeSeveral } from '../origin.ts';
import { firstFrom, type Question, questionsOf } from './questions.ts';
import type { JourneyRule } from '../rule.ts';
import { askedItself, ownLookups, packetsOfLookups, patient, WITHOUT_QUESTION } from './asking.ts';

/** Less of the time to the first byte than this, nobody would call slow. */
const SHARE = 0.1;
/** An answer that waits this long for its use had been asked for in advance. */
const IN_ADVANCE = 1e9;
/** What was asked longer ago than this was another attempt of the user's. */
const GIVEN_UP = 15e9;
/** With another id or port sooner than this it may be another program that asks the same. */
const NEW_ID = 0.9e9;
/** Questions that are looked back upon. */
const BACK = 64;
/** Sooner is the same packet captured twice, not a client that lost patience. */
const PATIENCE = 0.1e9;

export const rule: JourneyRule = {
  id: 'R-DNS-8',
  chapter: 'dns',
  scope: 'journey',
  statement: { en: 'Slow DNS delays the page', ko: 'DNS가 느리면 페이지가 늦어진다' },
  reality: {
    en: 'Where the client waits for it: the request cannot begin before the answer. Kept answers, reused connections and names asked for in advance cost nothing. A lost question costs the most: a stub resolver asks again after seconds (5 s in glibc).',
    ko: '클라이언트가 응답을 기다리는 경우에 그렇습니다. 요청은 응답이 온 뒤에야 시작할 수 있습니다. 캐시된 응답, 재사용한 연결, 미리 물어 둔 이름에는 시간이 들지 않습니다. 질문이 사라지면 가장 오래 걸립니다. 스텁 리졸버는 몇 초(glibc는 5초) 뒤에야 다시 묻습니다.',
  },
  rfc: ['RFC 1035 §4.2.1', 'RFC 8305 §3'],
  vantages: ['client', 'gateway-inside'],
  reasons: ['waited', 'asked-again', 'no-answer', 'small-share', 'in-advance', 'no-page', ...WITHOUT_QUESTION, 'quic'],
  needs: [askedItself],
  check(subject) {
    const { capture, journey } = subject;
    const lookups = ownLookups(subject);
    const [first] = lookups;
    const packets = packetsOfLookups(lookups);
    const stage = journey.stages.find((s) => s.kind === 'dns');
    const waited = stage === undefined ? 0 : stage.end - stage.start;
    const again = lookups.flatMap((l) => l.repeats).find((p) => capture.timeOf(p) - first.start > PATIENCE);
    const lost = lostBefore(capture, first);
    if (lost !== undefined && flowOf(journey) !== undefined) {
      const after = ((first.start - lost.start) / 1e9).toFixed(3);
      return confirmed('asked-again', [lost.packet, ...packets.slice(0, 8)], {
        en: `the question for ${first.name} in packet ${lost.packet} had no answer; packet ${first.packet} asks again with another id or port ${after} s later, and its answer took ${(((stage?.end ?? first.start) - first.start) / 1e6).toFixed(1)} ms more`,
        ko: `${lost.packet}번 패킷의 ${first.name} 질문에 응답이 없어 ${after}초 뒤 ${first.packet}번 패킷에서 다른 ID나 포트로 다시 물었고, 응답까지 ${(((stage?.end ?? first.start) - first.start) / 1e6).toFixed(1)} ms가 더 걸렸습니다`,
      });
    }
    const ms = (waited / 1e6).toFixed(1);
    if (flowOf(journey) === undefined) {
      const quic = overQuic(subject);
      if (quic !== undefined) return quic;
      if (lookups.every((l) => l.answerPacket === undefined))
        return (patient(lookups) ? confirmed : unknown)('no-answer', packets, {
          en: `${first.client.address} asked for ${first.name} ${packets.length} times within ${((capture.timeOf(packets[packets.length - 1]) - first.start) / 1e9).toFixed(3)} s, no answer is in the capture, and nothing was fetched after it`,
          ko: `${first.client.address}에서 ${first.name} 이름을 ${((capture.timeOf(packets[packets.length - 1]) - first.start) / 1e9).toFixed(3)}초 동안 ${packets.length}번 물었지만 캡처에 응답이 없고, 그 뒤에 가져온 것도 없습니다`,
        });
      return skipped('no-page', packets, {
        en: `the lookup of ${first.name} took ${ms} ms, and nothing was fetched after it`,
        ko: `${first.name} 조회에 ${ms} ms가 걸렸고, 그 뒤에 가져온 것은 없습니다`,
      });
    }
    const next = journey.stages.find((s) => s.kind !== 'dns' && s.start >= (stage?.end ?? 0) && s.packets.length > 0);
    if (stage !== undefined && next !== undefined && next.start - stage.end > IN_ADVANCE)
      return skipped('in-advance', [...packets.slice(0, 4), next.packets[0]], {
        en: `the answer for ${first.name} was there ${((next.start - stage.end) / 1e9).toFixed(3)} s before it was used in packet ${next.packets[0]}: nobody waited for it`,
        ko: `${first.name}의 응답은 ${next.packets[0]}번 패킷에서 쓰기 ${((next.start - stage.end) / 1e9).toFixed(3)}초 전에 와 있었습니다: 기다린 사람은 없습니다`,
      });
    const byte = exchangeOf(subject)?.responseTime ?? journey.stages.find((s) => s.kind === 'receive')?.start;
    const whole = (byte ?? journey.end) - journey.start;
    const share = whole > 0 ? waited / whole : 0;
    const percent = (share * 100).toFixed(0);
    const until = byte === undefined ? 'until the end' : 'to the first byte of the answer';
    const untilKo = byte === undefined ? '끝날 때까지' : '응답의 첫 바이트까지';
    if (again !== undefined) {
      const after = ((capture.timeOf(again) - first.start) / 1e9).toFixed(3);
      return confirmed('asked-again', packets.slice(0, 12), {
        en: `the question for ${first.name} in packet ${first.packet} had no answer and was asked again in packet ${again}, ${after} s later: DNS took ${ms} ms, ${percent} % of the time ${until}`,
        ko: `${first.packet}번 패킷의 ${first.name} 질문에 응답이 없어 ${after}초 뒤 ${again}번 패킷에서 다시 물었습니다: DNS에 ${ms} ms, ${untilKo} 걸린 시간의 ${percent} %가 들었습니다`,
      });
    }
    if (share < SHARE)
      return skipped('small-share', packets, {
        en: `DNS was not slow: ${ms} ms, ${percent} % of the ${(whole / 1e6).toFixed(1)} ms ${until}`,
        ko: `DNS는 느리지 않았습니다: ${ms} ms, ${untilKo} 걸린 ${(whole / 1e6).toFixed(1)} ms의 ${percent} %`,
      });
    return confirmed('waited', packets, {
      en: `the client waited ${ms} ms for the address of ${first.name}: ${percent} % of the ${(whole / 1e6).toFixed(1)} ms ${until}`,
      ko: `클라이언트는 ${first.name}의 주소를 ${ms} ms 기다렸습니다: ${untilKo} 걸린 ${(whole / 1e6).toFixed(1)} ms의 ${percent} %`,
    });
  },
};

/** An earlier question for the same, without an answer by then: the client lost patience and asked anew. */
function lostBefore(capture: CaptureFacts, first: Lookup): Question | undefined {
  const list = questionsOf(capture, first.client.address, first.name);
  let lost: Question | undefined;
  const from = firstFrom(list, first.start) - 1;
  for (let i = from; i >= 0 && i > from - BACK && first.start - list[i].start < GIVEN_UP; i--) {
    const q = list[i];
    if (q.type !== first.type) continue;
    if (q.end !== undefined && q.end <= first.start) break;
    if (first.start - q.start > NEW_ID) lost = q;
  }
  return lost === undefined || mayBeSeveral(capture, first.packet) ? undefined : lost;
}
