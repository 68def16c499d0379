import type { Lookup } from '../../correlate/model.ts';
import { plain } from '../dns/questions.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { chainTo, referredServers, referredZone } from './chain.ts';
import { type Call, labels, legsOf, lookupsOfLegs } from './legs.ts';
import { aliasesOf, PER_CALL, passedOn, perCall } from './needs.ts';

export const rule: CaptureRule = {
  id: 'R-RES-1',
  chapter: 'resolver',
  scope: 'capture',
  statement: {
    en: 'A resolver that knows nothing asks the root, then the TLD, then the authoritative server',
    ko: '아무것도 모르는 리졸버는 루트, TLD, 권한 서버의 순서로 묻는다',
  },
  reality: {
    en: 'In this order, each answer a referral to the next (RFC 1034 §5.3.3). But a resolver at work knows the root and the TLDs for days (their NS records live 2 to 6 days), primes its list of roots first (RFC 9609), and may have the root zone itself (RFC 8806). A forwarder asks another resolver instead.',
    ko: '이 순서가 맞고, 각 응답이 다음 서버를 알려 줍니다(RFC 1034 §5.3.3). 하지만 일하는 리졸버는 루트와 TLD를 며칠 동안 기억하고(NS 레코드의 수명이 2~6일), 루트 목록부터 확인하며(RFC 9609), 루트 영역을 직접 갖고 있기도 합니다(RFC 8806). 전달만 하는 서버는 다른 리졸버에 묻습니다.',
  },
  rfc: ['RFC 1034 §5.3.3', 'RFC 9609', 'RFC 8806'],
  vantages: ['resolver'],
  reasons: ['in-order', 'forwarded', 'partly-known', 'not-linked', 'from-cache', 'under-way', 'unfinished', ...PER_CALL],
  needs: [],
  check: (capture) => perCall(capture, (call) => judge(capture, call)),
};

function judge(capture: CaptureFacts, call: Call): Finding {
  const passed = passedOn(capture, call);
  if (passed !== undefined) return contradicted('forwarded', passed.packets, passed.says);
  const legs = legsOf(capture);
  const during = legs.during(call, aliasesOf(capture, call));
  const asked = call.legs.map((leg) => leg.packet);
  if (during.length === 0) {
    const before = legs.underWay(call);
    if (before !== undefined)
      return skipped('under-way', [before.packet, ...asked], {
        en: `${call.resolver} was asking for ${call.name} already (packet ${before.packet}) when packet ${asked[0]} came`,
        ko: `${asked[0]}번 패킷이 왔을 때 ${call.resolver}에서는 이미 ${call.name} 이름을 묻고 있었습니다(${before.packet}번 패킷)`,
      });
    if (call.end === undefined)
      return unknown('unfinished', asked, {
        en: `the question in packet ${asked[0]} for ${call.name} has no answer and caused no question that was captured`,
        ko: `${asked[0]}번 패킷의 ${call.name} 질문에는 응답이 없고, 그 때문에 나간 질문도 잡히지 않았습니다`,
      });
    return skipped('from-cache', [...asked, ...lookupsOfLegs(capture, call.legs).map((l) => l.answerPacket ?? 0)], {
      en: `${call.resolver} answered packet ${asked[0]} (${call.name}) without asking anybody: it had the answer`,
      ko: `${call.resolver}에서 ${asked[0]}번 패킷(${call.name})에 아무에게도 묻지 않고 답했습니다: 이미 알고 있었습니다`,
    });
  }
  const upstream = lookupsOfLegs(capture, during);
  const all = lookupsOfLegs(capture, legs.inTime(call));
  const types = call.legs.map((leg) => leg.type);
  const chain = chainTo(call.name, types, upstream, all);
  const packets = [asked[0], ...chain.flatMap((l) => [l.packet, l.answerPacket ?? 0])];
  if (chain.length === 0)
    return unknown('unfinished', [asked[0], ...upstream.slice(0, 6).map((l) => l.packet)], {
      en: `${call.resolver} asked ${upstream.length} times because of packet ${asked[0]}, but no server with authority answered for ${call.name} in this capture`,
      ko: `${call.resolver}에서 ${asked[0]}번 패킷 때문에 ${upstream.length}번 물었지만, 이 캡처에서 ${call.name}에 대해 권한 있는 서버가 답한 것은 없습니다`,
    });
  const way = wayText(chain);
  const zone = referredZone(chain[0]);
  if (zone !== undefined && labels(zone) === 1 && chain.length >= 3)
    return confirmed('in-order', packets, {
      en: `for ${call.name} (packet ${asked[0]}) ${call.resolver} asked ${way.en}`,
      ko: `${call.name} 질문(${asked[0]}번 패킷)을 위해 ${call.resolver}에서 차례로 물었습니다: ${way.ko}`,
    });
  const above = upstream.find((l) => labels(referredZone(l) ?? '') === 1 && !chain.includes(l));
  if (above !== undefined)
    return unknown('not-linked', [asked[0], above.packet, ...packets.slice(1)], {
      en: `${call.resolver} asked the root server ${above.server.address} (packet ${above.packet}), and ${way.en}; but the referral does not name the server that was asked next`,
      ko: `${call.resolver}에서 루트 서버 ${above.server.address}에 물었고(${above.packet}번 패킷) ${way.ko}. 하지만 안내에 그다음으로 물은 서버가 없습니다`,
    });
  return skipped('partly-known', packets, {
    en: `for ${call.name} (packet ${asked[0]}) ${call.resolver} began at ${chain[0].server.address}: the servers above it were known. It asked ${way.en}`,
    ko: `${call.name} 질문(${asked[0]}번 패킷)을 위해 ${call.resolver}에서는 ${chain[0].server.address}부터 물었습니다: 그 위의 서버는 이미 알고 있었습니다. ${way.ko}`,
  });
}

function wayText(chain: Lookup[]): { en: string; ko: string } {
  const steps = chain.map((l) => {
    const zone = referredZone(l);
    const [next] = referredServers(l);
    const at = `${l.server.address}`;
    if (zone === undefined)
      return {
        en: `${at} (packet ${l.packet}), which answered with authority for ${plain(l.name)} in packet ${l.answerPacket}`,
        ko: `${at} (${l.packet}번, 권한 있는 응답 ${l.answerPacket}번)`,
      };
    const what = labels(zone) === 1 ? 'the root server' : labels(zone) === 2 ? 'the TLD server' : 'the server';
    return {
      en: `${what} ${at} (packet ${l.packet}), which named ${next} for "${zone}" in packet ${l.answerPacket}`,
      ko: `${labels(zone) === 1 ? '루트 서버' : labels(zone) === 2 ? 'TLD 서버' : '서버'} ${at} (${l.packet}번, "${zone}" 영역의 ${next} 안내 ${l.answerPacket}번)`,
    };
  });
  return { en: steps.map((s) => s.en).join('; then '), ko: steps.map((s) => s.ko).join(' → ') };
}
