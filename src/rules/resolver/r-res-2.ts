import { isAuthoritative } from '../dns/questions.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { referredZone } from './chain.ts';
import type { Leg } from './leg.ts';
import { legsOf, lookupsOfLegs } from './legs.ts';
import { behindTheResolver, PER_CALL } from './needs.ts';

/** A resolver's questions that are read for their answers, and name servers that are told of. */
const READ = 64;
const TOLD = 6;

export const rule: CaptureRule = {
  id: 'R-RES-2',
  chapter: 'resolver',
  scope: 'capture',
  statement: {
    en: 'It is the resolver that asks each server in turn; the servers do not ask each other',
    ko: '리졸버가 서버마다 차례로 묻는다. 서버끼리는 서로 묻지 않는다',
  },
  reality: {
    en: 'So it is (RFC 1034 §4.3.1, §5.3.3): the resolver asks without RD, the root and the TLD answer with a referral (NS records, no AA), and only the authoritative server answers with AA. An arrow from root to TLD, or a server that "asks the upper one", is wrong. A forwarder does ask another resolver.',
    ko: '그렇습니다(RFC 1034 §4.3.1, §5.3.3). 리졸버는 RD 없이 묻고, 루트와 TLD는 안내(NS 레코드, AA 없음)로 답하며, 권한 서버만 AA를 켜고 답합니다. 루트에서 TLD로 가는 화살표나 "상위 서버에 묻는다"는 말은 틀립니다. 전달만 하는 서버는 다른 리졸버에 묻습니다.',
  },
  rfc: ['RFC 1034 §4.3.1', 'RFC 1034 §5.3.3', 'RFC 1035 §4.1.1'],
  vantages: ['resolver', 'name-server'],
  reasons: ['resolver-asks', 'server-asks', 'forwarded', ...PER_CALL],
  needs: [],
  check(capture) {
    const legs = legsOf(capture);
    const forwarders = [...legs.forwarded]
      .filter(([address]) => !legs.upstream.has(address))
      .slice(0, READ)
      .map(([address, list]) =>
        contradicted('forwarded', [list[0].packet], {
          en: `${address} asks no name server in turn: it passes what it is asked on to the resolver ${list[0].server} (packet ${list[0].packet})`,
          ko: `${address} 서버는 네임 서버에 차례로 묻지 않고, 받은 질문을 리졸버 ${list[0].server}에 넘깁니다(${list[0].packet}번 패킷)`,
        }),
      );
    // Questions of one that is asked by a resolver are told of there.
    const asked = new Set([...legs.upstream.values()].flatMap((list) => list.map((leg) => leg.server)));
    const asking = [...legs.upstream].filter(([resolver]) => !asked.has(resolver)).slice(0, READ);
    const found = asking.map(([resolver, list]) => judge(capture, resolver, list));
    return [...found, ...forwarders, ...behindTheResolver(capture)];
  },
};

function judge(capture: CaptureFacts, resolver: string, list: Leg[]): Finding {
  const upstream = legsOf(capture).upstream;
  const first = new Map<string, Leg>();
  for (const leg of list) if (!first.has(leg.server)) first.set(leg.server, leg);
  const servers = [...first.keys()];
  const guilty = servers.find((server) => upstream.has(server));
  if (guilty !== undefined) {
    const [own] = upstream.get(guilty) as Leg[];
    return contradicted('server-asks', [(first.get(guilty) as Leg).packet, own.packet], {
      en: `${guilty}, which ${resolver} asks as a name server, asks ${own.server} for ${own.name} itself in packet ${own.packet}`,
      ko: `${resolver}에서 네임 서버로서 묻는 ${guilty} 서버가 ${own.packet}번 패킷에서 스스로 ${own.server}에 ${own.name} 이름을 물었습니다`,
    });
  }
  const read = lookupsOfLegs(capture, list.slice(0, READ));
  const referrals = read.filter((l) => referredZone(l) !== undefined);
  const final = read.filter((l) => isAuthoritative(l) === true);
  const shown = servers.slice(0, TOLD).map((server) => (first.get(server) as Leg).packet);
  const packets = [...shown, referrals[0]?.answerPacket, final[0]?.answerPacket];
  const more = servers.length > TOLD ? ', …' : '';
  const names = servers.slice(0, TOLD).join(', ') + more;
  return confirmed('resolver-asks', packets, {
    en: `all ${list.length} questions to ${names} come from ${resolver}, without RD; ${referrals.length} of the answers read are referrals, ${final.length} have authority (AA), and none of these servers asks anybody`,
    ko: `${names}에 간 질문 ${list.length}개는 모두 ${resolver}에서 RD 없이 보낸 것입니다. 읽은 응답 가운데 ${referrals.length}개는 안내이고 ${final.length}개는 권한 있는 응답(AA)이며, 이 서버들은 아무에게도 묻지 않았습니다`,
  });
}
