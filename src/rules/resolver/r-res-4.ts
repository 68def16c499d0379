import type { Lookup } from '../../correlate/model.ts';
import { isAuthoritative } from '../dns/questions.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import type { Leg } from './leg.ts';
import { type Call, legsOf, lookupsOfLegs } from './legs.ts';
import { aliasesOf, PER_CALL, passedOn, perCall } from './needs.ts';

/** Seconds by which two TTLs of one record may differ from the time between them: both are whole seconds. */
const ROUNDING = 1.5;
/** Pairs of questions that are looked at for TTLs that count down. */
const PAIRS = 1000;

export const rule: CaptureRule = {
  id: 'R-RES-4',
  chapter: 'resolver',
  scope: 'capture',
  statement: {
    en: 'A resolver that has the answer in its cache gives it at once, without asking anybody',
    ko: '답이 캐시에 있는 리졸버는 아무에게도 묻지 않고 바로 답한다',
  },
  reality: {
    en: 'So it is, and the TTL that it gives has grown smaller by the time that has passed. It may ask again before an answer runs out (prefetch) and may give one that has run out where nobody answers (RFC 8767). At the client a smaller TTL is the only sign.',
    ko: '그렇습니다. 그때 알려 주는 TTL은 지난 시간만큼 줄어 있습니다. 만료되기 전에 미리 다시 묻기도 하고(prefetch), 아무도 답하지 않으면 만료된 답을 주기도 합니다(RFC 8767). 클라이언트에서는 줄어든 TTL만이 단서입니다.',
  },
  rfc: ['RFC 1034 §5.3.3', 'RFC 1035 §7.3', 'RFC 8767'],
  vantages: ['resolver', 'client'],
  reasons: [
    'from-cache',
    'counted-down',
    'had-to-ask',
    'asked-again',
    'under-way',
    'authoritative',
    'forwarded',
    'unanswered',
    ...PER_CALL,
  ],
  needs: [],
  check(capture) {
    return [...perCall(capture, (call) => judge(capture, call)), ...countedDown(capture)];
  },
};

function judge(capture: CaptureFacts, call: Call): Finding {
  const legs = legsOf(capture);
  const lookups = lookupsOfLegs(capture, call.legs);
  const packets = lookups.flatMap((l) => [l.packet, l.answerPacket ?? l.packet]);
  const during = legs.during(call, aliasesOf(capture, call));
  const [first] = lookups;
  if (during.length > 0) {
    const passed = passedOn(capture, call);
    const same = during.find((leg) => leg.name === call.name && call.legs.some((l) => l.type === leg.type));
    const kept = same === undefined ? undefined : keptAnswer(legs.upstream.get(call.resolver) ?? [], same);
    if (kept !== undefined && same !== undefined)
      return contradicted('asked-again', [kept.packet, first.packet, same.packet], {
        en: `${call.resolver} had an answer for ${call.name} ${kept.type} (asked in packet ${kept.packet}) that still held, and asked ${same.server} again in packet ${same.packet} before it answered`,
        ko: `${call.resolver}에는 아직 유효한 ${call.name} ${kept.type} 응답이 있었는데도(${kept.packet}번 패킷에서 물음), 답하기 전에 ${same.packet}번 패킷으로 ${same.server}에 다시 물었습니다`,
      });
    if (passed !== undefined) return passed;
    return skipped('had-to-ask', [...packets, during[0].packet], {
      en: `${call.resolver} did not have the answer for ${call.name}: packet ${first.packet} made it ask ${during.length} times, first in packet ${during[0].packet}`,
      ko: `${call.resolver}에는 ${call.name}의 답이 없었습니다: ${first.packet}번 패킷 때문에 ${during.length}번 물었고 처음은 ${during[0].packet}번 패킷입니다`,
    });
  }
  if (call.end === undefined)
    return unknown('unanswered', packets, {
      en: `no answer to packet ${first.packet} (${call.name}) is in the capture`,
      ko: `${first.packet}번 패킷(${call.name})에 대한 응답이 캡처에 없습니다`,
    });
  if (lookups.some((l) => isAuthoritative(l) === true))
    return skipped('authoritative', packets, {
      en: `${call.resolver} has authority for ${call.name} itself (AA in packet ${first.answerPacket}): that is no cache`,
      ko: `${call.resolver} 서버가 ${call.name}의 권한 서버이기도 합니다(${first.answerPacket}번 패킷의 AA): 캐시가 아닙니다`,
    });
  const before = legs.underWay(call);
  if (before !== undefined)
    return skipped('under-way', [before.packet, ...packets], {
      en: `${call.resolver} was asking for ${call.name} already (packet ${before.packet}) when packet ${first.packet} came`,
      ko: `${first.packet}번 패킷이 왔을 때 ${call.resolver}에서는 이미 ${call.name} 이름을 묻고 있었습니다(${before.packet}번 패킷)`,
    });
  const ms = ((call.end - call.start) / 1e6).toFixed(3);
  return confirmed('from-cache', packets, {
    en: `${call.resolver} answered ${call.name} (packet ${first.packet}) in ${ms} ms and asked nobody: from its cache`,
    ko: `${call.resolver}에서 ${call.name} 질문(${first.packet}번 패킷)에 아무에게도 묻지 않고 ${ms} ms 만에 답했습니다: 캐시에 있던 답입니다`,
  });
}

/** An earlier answer to the same question of the resolver that could still be kept. */
function keptAnswer(upstream: readonly Leg[], again: Leg): Leg | undefined {
  const at = upstream.indexOf(again);
  for (let i = at - 1; i >= 0 && i > at - 512; i--) {
    const leg = upstream[i];
    if (leg.name !== again.name || leg.type !== again.type || leg.server !== again.server) continue;
    if (leg.end !== undefined && leg.end <= again.start && (leg.expires ?? 0) > again.start) return leg;
  }
  return undefined;
}

/** Where only the client's side is seen: the same record twice, and its TTL has fallen by just the time between. */
function countedDown(capture: CaptureFacts): Finding[] {
  const found: Finding[] = [];
  const earlier = new Map<string, Leg>();
  let pairs = 0;
  for (const list of legsOf(capture).seenFromOutside.values())
    for (const leg of list) {
      if (leg.expires === undefined || leg.end === undefined) continue;
      const key = `${leg.server} ${leg.type} ${leg.name}`;
      const before = earlier.get(key);
      earlier.set(key, leg);
      if (before?.end === undefined || pairs++ >= PAIRS) continue;
      const finding = fallen(capture, before, leg);
      if (finding !== undefined) found.push(finding);
    }
  return found;
}

function fallen(capture: CaptureFacts, before: Leg, leg: Leg): Finding | undefined {
  const [first, second] = lookupsOfLegs(capture, [before, leg]);
  if (isAuthoritative(second) !== false) return undefined;
  const [high, low] = [ttlOf(first), ttlOf(second)];
  const apart = ((leg.end as number) - (before.end as number)) / 1e9;
  if (high === undefined || low === undefined || high - low < 2 || Math.abs(high - low - apart) > ROUNDING) return undefined;
  return confirmed('counted-down', [first.answerPacket, second.packet, second.answerPacket], {
    en: `${leg.server} gave ${leg.name} a TTL of ${high} s in packet ${first.answerPacket} and of ${low} s in packet ${second.answerPacket}, ${apart.toFixed(1)} s later: the second answer is the same one, kept`,
    ko: `${leg.server}에서 ${leg.name}의 TTL을 ${first.answerPacket}번 패킷에서는 ${high}초, ${apart.toFixed(1)}초 뒤 ${second.answerPacket}번 패킷에서는 ${low}초로 알려 주었습니다: 보관해 둔 같은 답입니다`,
  });
}

const ttlOf = (l: Lookup): number | undefined => l.records?.find((r) => r.section === 'answer' && r.type === l.type)?.ttl;
