import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { referredZone } from './chain.ts';
import type { Leg } from './leg.ts';
import { type Call, labels, legsOf, lookupsOfLegs } from './legs.ts';
import { aliasesOf, behindTheResolver, PER_CALL, passedOn, perCall } from './needs.ts';

/** Resolvers and questions that are looked at where clients are not seen. */
const MOST = 100;
const READ = 64;

export const rule: CaptureRule = {
  id: 'R-RES-3',
  chapter: 'resolver',
  scope: 'capture',
  statement: { en: 'Each server is asked for the full name', ko: '서버마다 전체 이름을 묻는다' },
  reality: {
    en: 'Resolvers today tell each server no more than it needs (QNAME minimisation, RFC 9156): the root is asked for "com", the TLD for "my-app.com", and only the authoritative server for the whole name.',
    ko: '요즘 리졸버는 서버마다 필요한 만큼만 알려 줍니다(QNAME 최소화, RFC 9156). 루트에는 "com"을, TLD에는 "my-app.com"을 묻고, 권한 서버에만 전체 이름을 묻습니다.',
  },
  rfc: ['RFC 9156', 'RFC 1034 §5.3.3'],
  vantages: ['resolver', 'name-server'],
  reasons: ['full-name', 'minimised', 'not-asked', 'forwarded', 'only-authoritative', 'ambiguous', ...PER_CALL],
  needs: [],
  check(capture) {
    const legs = legsOf(capture);
    const asking = new Set(legs.calls.map((call) => call.resolver));
    const alone = [...legs.upstream].filter(([resolver]) => !asking.has(resolver)).slice(0, MOST);
    const perClient = perCall(capture, (call) => judge(capture, call)).filter(({ reason }) => !PER_CALL.includes(reason));
    return [...perClient, ...alone.map(([, list]) => atServer(capture, list)), ...behindTheResolver(capture)];
  },
};

function judge(capture: CaptureFacts, call: Call): Finding {
  const passed = passedOn(capture, call);
  if (passed !== undefined) return passed;
  const [question] = call.legs;
  const upstream = lookupsOfLegs(capture, legsOf(capture).during(call, aliasesOf(capture, call)));
  if (upstream.length === 0)
    return skipped('not-asked', [question.packet], {
      en: `${call.resolver} asked no name server because of packet ${question.packet} (${call.name})`,
      ko: `${call.resolver}에서는 ${question.packet}번 패킷(${call.name}) 때문에 네임 서버에 묻지 않았습니다`,
    });
  const part = upstream.filter((l) => l.name.toLowerCase() !== call.name && call.name.endsWith(`.${l.name.toLowerCase()}`));
  const whole = upstream.filter((l) => l.name.toLowerCase() === call.name);
  if (part.length > 0) {
    const told = part.slice(0, 4).map((l) => ({ at: l.server.address, packet: l.packet, name: l.name }));
    const full = whole[0];
    return contradicted('minimised', [question.packet, ...told.map((t) => t.packet), full?.packet], {
      en: `for ${call.name} (packet ${question.packet}) ${told.map((t) => `${t.at} saw only "${t.name}" (packet ${t.packet})`).join(', ')}${full === undefined ? '' : `; the full name went to ${full.server.address} (packet ${full.packet})`}`,
      ko: `${call.name} 질문(${question.packet}번 패킷)을 위해 ${told.map((t) => `${t.at}에는 "${t.name}"만(${t.packet}번 패킷)`).join(', ')} 물었습니다${full === undefined ? '' : `. 전체 이름은 ${full.server.address}에 물었습니다(${full.packet}번 패킷)`}`,
    });
  }
  const referred = whole.filter((l) => referredZone(l) !== undefined);
  if (referred.length === 0)
    return skipped('only-authoritative', [question.packet, ...whole.slice(0, 2).map((l) => l.packet)], {
      en: `for ${call.name} only ${whole[0]?.server.address ?? 'nobody'} was asked, which needs the full name in any case: the servers above it were known`,
      ko: `${call.name} 이름을 위해서는 어차피 전체 이름이 필요한 ${whole[0]?.server.address ?? '서버'}에만 물었습니다: 그 위의 서버는 이미 알고 있었습니다`,
    });
  return confirmed('full-name', [question.packet, ...whole.slice(0, 6).map((l) => l.packet)], {
    en: `${call.resolver} asked ${whole
      .map((l) => `${l.server.address} (packet ${l.packet})`)
      .slice(0, 6)
      .join(', ')} for the full name ${call.name}`,
    ko: `${call.resolver}에서 전체 이름 ${call.name} 그대로 물었습니다: ${whole
      .map((l) => `${l.server.address} (${l.packet}번 패킷)`)
      .slice(0, 6)
      .join(', ')}`,
  });
}

/** At a name server the client's question is not seen: a name below the zone that is referred to is more than it needs. */
function atServer(capture: CaptureFacts, list: Leg[]): Finding {
  const referrals = lookupsOfLegs(capture, list.slice(0, READ)).filter((l) => referredZone(l) !== undefined);
  const [resolver, server] = [list[0].client, list[0].server];
  const longer = referrals.find((l) => labels(l.name.toLowerCase()) > labels(referredZone(l) as string));
  const bare = referrals.filter((l) => l.name.toLowerCase() === referredZone(l));
  const packets = [list[0].packet, ...referrals.slice(0, 4).map((l) => l.packet)];
  // Nobody's host is a TLD; a resolver that wants no more than a referral asks for NS.
  const minimal = bare.find((l) => labels(l.name) === 1 || l.type === 'NS');
  if (minimal !== undefined)
    return contradicted('minimised', [minimal.packet, minimal.answerPacket], {
      en: `${resolver} asked ${minimal.server.address} for no more than "${minimal.name}" ${minimal.type} in packet ${minimal.packet}, just what it needs for the referral in packet ${minimal.answerPacket}`,
      ko: `${resolver}에서 ${minimal.server.address}에 ${minimal.packet}번 패킷으로 "${minimal.name}" ${minimal.type}만 물었습니다. ${minimal.answerPacket}번 안내를 받는 데 꼭 필요한 만큼입니다`,
    });
  if (longer !== undefined && bare.length === 0)
    return confirmed('full-name', [longer.packet, longer.answerPacket], {
      en: `${resolver} asked ${longer.server.address} for ${longer.name} in packet ${longer.packet}, more than the referral to "${referredZone(longer)}" in packet ${longer.answerPacket} needed`,
      ko: `${resolver}에서 ${longer.server.address}에 ${longer.packet}번 패킷으로 ${longer.name} 이름을 물었습니다. ${longer.answerPacket}번의 "${referredZone(longer)}" 안내에 필요한 것보다 깁니다`,
    });
  if (referrals.length === 0)
    return skipped('only-authoritative', packets, {
      en: `${server} refers ${resolver} to nobody here: a server with authority is asked for the full name in any case`,
      ko: `여기서 ${server} 서버는 ${resolver}에 다른 서버를 안내하지 않았습니다: 권한 있는 서버에는 어차피 전체 이름을 묻습니다`,
    });
  return unknown('ambiguous', packets, {
    en: `${resolver} asked for names that are just the zones referred to (packet ${packets[0]}): whether the client wanted more is not seen here`,
    ko: `${resolver}에서 안내받은 영역의 이름을 그대로 물었습니다(${packets[0]}번 패킷): 클라이언트가 더 긴 이름을 원했는지는 여기서 알 수 없습니다`,
  });
}
