import type { Lookup } from '../../correlate/model.ts';
import { isAuthoritative, offersRecursion, plain } from '../dns/questions.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { type Call, legsOf, lookupsOfLegs } from './legs.ts';
import { aliasesOf, PER_CALL, passedOn, perCall } from './needs.ts';

export const rule: CaptureRule = {
  id: 'R-RES-5',
  chapter: 'resolver',
  scope: 'capture',
  statement: {
    en: 'What the authoritative server answers is what the client gets',
    ko: '권한 서버가 답한 것을 클라이언트가 그대로 받는다',
  },
  reality: {
    en: 'The data is the same; the server answers with AA, the resolver with RA, and the TTL grows smaller in the cache. Filters, DNS64 (RFC 6147) and answers for the region of the client (RFC 7871) change it, and a resolver may ask for the target of a CNAME itself.',
    ko: '데이터는 같습니다. 서버는 AA, 리졸버는 RA를 켜고 답하며, 캐시에 있는 동안 TTL이 줄어듭니다. 필터, DNS64(RFC 6147), 지역별 응답(RFC 7871)은 내용을 바꾸고, 리졸버가 CNAME의 대상을 따로 묻기도 합니다.',
  },
  rfc: ['RFC 1034 §5.3.3', 'RFC 1035 §4.1.1', 'RFC 6147'],
  vantages: ['resolver'],
  reasons: ['same-data', 'changed', 'from-cache', 'forwarded', 'unanswered', 'no-authority', ...PER_CALL],
  needs: [],
  check: (capture) => perCall(capture, (call) => judge(capture, call)),
};

function judge(capture: CaptureFacts, call: Call): Finding {
  const passed = passedOn(capture, call);
  if (passed !== undefined) return passed;
  const told = lookupsOfLegs(capture, call.legs).filter((l) => l.answerPacket !== undefined);
  const asked = call.legs.map((leg) => leg.packet);
  if (told.length === 0)
    return unknown('unanswered', asked, {
      en: `no answer to packet ${asked[0]} (${call.name}) is in the capture`,
      ko: `${asked[0]}번 패킷(${call.name})에 대한 응답이 캡처에 없습니다`,
    });
  const upstream = lookupsOfLegs(capture, legsOf(capture).during(call, aliasesOf(capture, call)));
  const authority = upstream.filter((l) => isAuthoritative(l) === true && l.answerPacket !== undefined);
  if (upstream.length === 0)
    return skipped(
      'from-cache',
      told.flatMap((l) => [l.packet, l.answerPacket ?? l.packet]),
      {
        en: `${call.resolver} answered ${call.name} from its cache (packet ${told[0].answerPacket}): what the authoritative server said came before`,
        ko: `${call.resolver}에서 ${call.name} 질문에 캐시로 답했습니다(${told[0].answerPacket}번 패킷): 권한 서버의 응답은 그 전에 왔습니다`,
      },
    );
  const pairs = told.map((l) => ({ l, source: sourcesOf(l, authority) })).filter(({ source }) => source.length > 0);
  if (pairs.length === 0)
    return unknown('no-authority', [asked[0], ...upstream.slice(0, 4).map((l) => l.packet)], {
      en: `no answer with authority for ${call.name} is among the ${upstream.length} that came to ${call.resolver} meanwhile`,
      ko: `그동안 ${call.resolver}에 온 응답 ${upstream.length}개 가운데 ${call.name}에 대한 권한 있는 응답이 없습니다`,
    });
  const changed = pairs.find(({ l, source }) => !sameData(l, source));
  const packets = pairs.flatMap(({ l, source }) => [
    ...source.map((s) => s.answerPacket ?? s.packet),
    l.answerPacket ?? l.packet,
  ]);
  if (changed !== undefined)
    return contradicted('changed', packets, {
      en: `the authoritative answer for ${changed.l.name} ${changed.l.type} (packet ${changed.source[0].answerPacket}) is ${dataText(changed.source)}, and ${call.resolver} gives the client ${dataText([changed.l])} in packet ${changed.l.answerPacket}`,
      ko: `${changed.l.name} ${changed.l.type}의 권한 있는 응답(${changed.source[0].answerPacket}번 패킷)의 내용은 '${dataText(changed.source)}', ${call.resolver}에서 클라이언트에 준 것(${changed.l.answerPacket}번 패킷)의 내용은 '${dataText([changed.l])}'입니다`,
    });
  const shown = pairs.find(({ l }) => l.addresses.length > 0) ?? pairs[0];
  const recursion = offersRecursion(shown.l) ? 'RA' : 'no RA';
  return confirmed('same-data', packets, {
    en: `${shown.source[0].server.address} answered ${shown.l.name} with ${dataText(shown.source)} (AA, packet ${shown.source[0].answerPacket}), and ${call.resolver} gave ${call.client} the same in packet ${shown.l.answerPacket} (${recursion})`,
    ko: `${shown.source[0].server.address}에서 ${shown.l.name} 질문에 '${dataText(shown.source)}' 내용으로 답했고(AA, ${shown.source[0].answerPacket}번 패킷), ${call.resolver}에서 ${call.client}에 같은 내용을 주었습니다(${recursion}, ${shown.l.answerPacket}번 패킷)`,
  });
}

/** Authoritative answers of the same type for the name and for its aliases. */
function sourcesOf(l: Lookup, authority: readonly Lookup[]): Lookup[] {
  const names = [l.name, ...l.aliases].map(plain);
  const own = authority.filter((a) => a.type === l.type && plain(a.name) === names[0]);
  if (own.length === 0) return [];
  return [...own, ...authority.filter((a) => a.type === l.type && names.slice(1).includes(plain(a.name)))];
}

/** What the client was told all comes from there, and nothing that the last of them said was kept back. */
function sameData(l: Lookup, source: readonly Lookup[]): boolean {
  if (l.rcode !== 'NOERROR' || l.addresses.length === 0) {
    const rcodes = source.map((s) => s.rcode);
    return (
      rcodes.includes(l.rcode) && source.every((s) => s.addresses.length === 0 || l.rcode === 'NOERROR') && sameRecords(l, source)
    );
  }
  return sameRecords(l, source);
}

function sameRecords(l: Lookup, source: readonly Lookup[]): boolean {
  const from = new Set(source.flatMap((s) => dataOf(s)));
  const to = new Set(dataOf(l));
  return [...to].every((each) => from.has(each)) && [...from].every((each) => to.has(each));
}

const dataOf = (l: Lookup): string[] =>
  (l.records ?? []).filter((r) => r.section === 'answer' && r.type === l.type).map((r) => r.data);

function dataText(lookups: readonly Lookup[]): string {
  const data = [...new Set(lookups.flatMap(dataOf))];
  return data.length === 0 ? (lookups[0].rcode === 'NXDOMAIN' ? 'NXDOMAIN' : 'NOERROR, 0 records') : data.slice(0, 4).join(', ');
}
