import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, contradicted, notVisible, skipped } from '../findings.ts';
import { across, fileText, type HopFinding, journeyOf, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import { sentOn } from '../cache/r-cache-1.ts';
import type { HopsRule } from '../rule.ts';
import { healthChecks, repeatedIn } from './checks.ts';
import { type Handed, handedOn, serversOf } from './forwarded.ts';
import { behindNotCaptured } from './needs.ts';

export const rule: HopsRule = {
  id: 'R-LB-1',
  chapter: 'balancer',
  scope: 'hops',
  statement: {
    en: "The name's address is the load balancer's, and there the packet's journey ends",
    ko: '이름의 주소는 로드 밸런서의 것이고 패킷의 여행은 거기서 끝난다',
  },
  reality: {
    en: 'So it is with a balancer of requests (a reverse proxy, RFC 9110 §3.7): it ends the connection and opens another of its own. One that balances connections rewrites the destination and passes the same packets on, or leaves them as they are (direct server return).',
    ko: '요청을 나누는 장치(리버스 프록시, RFC 9110 §3.7)에서는 그렇습니다: 연결을 받아 끝내고 자기 연결을 새로 엽니다. 연결을 나누는 장치는 목적지만 바꾸어 같은 패킷을 넘기거나, 그대로 넘기고 응답은 서버가 직접 보내게 합니다 (DSR).',
  },
  rfc: ['RFC 9110 §3.7', 'RFC 9110 §7.6'],
  vantages: ['balancer-front', 'balancer-back'],
  reasons: ['ends-here', 'passed-on', 'one-server', 'front-not-captured', 'behind-not-captured', 'no-connection'],
  needs: [],
  check(hops) {
    const handed = handedOn(hops);
    const found = nearest(handed).map((each) => judge(hops, handed, each));
    if (found.length > 0) return found;
    if (handed.length > 0) return [frontNotCaptured(hops, handed[0])];
    return [behindNotCaptured(hops, { en: 'whether a balancer stands there', ko: '로드 밸런서가 있는지' })];
  },
};

function frontNotCaptured(hops: Hops, { capture, packet, by, server, says }: Handed): HopFinding {
  const file = fileText(hops, capture);
  const finding = notVisible(
    'front-not-captured',
    [packet],
    {
      en: `packet ${packet} of ${file} is a request that ${by} sent on to ${hostPort(server)} (${says}); whose connection ended there is seen on its front side`,
      ko: `${file}의 ${packet}번 패킷은 ${by} 쪽에서 ${hostPort(server)} 쪽으로 넘긴 요청입니다 (${says}). 그 앞에서 누구의 연결이 끝났는지는 앞쪽에서 보입니다`,
    },
    {
      text: { en: 'capture on the front side as well, and give both files', ko: '앞쪽에서도 캡처해 두 파일을 함께 주세요' },
      command: 'tcpdump -i <front> -w front.pcap tcp',
    },
  );
  return { capture, ...finding };
}

/** Of each request in front, in each capture in front, the nearest capture behind. */
export function nearest(handed: Handed[]): Handed[] {
  const chosen = new Map<string, Handed>();
  for (const each of handed) {
    if (each.join === undefined) continue;
    const { kind, from, fromId } = each.join;
    const key = `${kind} ${from} ${fromId}`;
    if (!chosen.has(key)) chosen.set(key, each);
  }
  return [...chosen.values()];
}

function judge(hops: Hops, handed: Handed[], each: Handed): HopFinding {
  const { join } = each;
  if (join === undefined) throw new Error('not joined');
  const front = hops.captures[join.from];
  const servers = serversOf(handed, each.by, each.capture);
  const isBalancer = servers.size > 1 || checksSeveral(hops, each);
  if (join.kind === 'connection') {
    const connection = front.connections.get(join.fromId);
    const syn = connection?.handshake?.syn[0] ?? connection?.firstPacket ?? 0;
    const same = samePacketText(hops, join, { from: syn, to: each.packet, fromClient: true });
    const says = {
      en: `${same.en}: its destination ${each.by} became ${hostPort(each.server)}, one of ${servers.size}; its journey did not end at the balancer`,
      ko: `${same.ko}. 목적지가 바뀌었습니다 (${each.by} → ${hostPort(each.server)}, 서버 ${servers.size}대 중 하나). 패킷의 여행은 로드 밸런서에서 끝나지 않았습니다`,
    };
    const alone = {
      en: `${same.en}: its destination ${each.by} became ${hostPort(each.server)}; with one server behind it nothing shows a balancer`,
      ko: `${same.ko}. 목적지가 바뀌었지만 (${each.by} → ${hostPort(each.server)}) 뒤에 서버가 하나뿐이라 부하 분산인지 드러나지 않습니다`,
    };
    const finding = isBalancer ? contradicted('passed-on', [syn], says) : skipped('one-server', [syn], alone);
    return across(finding, join, [each.packet], journeyOf(front, join.fromId));
  }
  const exchange = front.exchanges.get(join.fromId);
  const connection = front.connections.get(exchange?.connection ?? -1);
  if (exchange === undefined || connection === undefined || each.exchange === undefined) throw new Error('no exchange');
  const own = [exchange.requestPacket];
  const [client, server] = [hostPort(connection.client), hostPort(connection.server)];
  const on = sentOn(hops, join, each.exchange);
  const told = hops.captures.flatMap((capture) =>
    capture
      .lookupsTelling(connection.server.address)
      .slice(0, 1)
      .map((l) => ({ capture, l })),
  )[0];
  const name =
    told === undefined ? { en: '', ko: '' } : { en: `, the address of ${told.l.name},`, ko: ` (${told.l.name}의 주소)` };
  const finding = isBalancer
    ? confirmed('ends-here', own, {
        en: `the connection of ${client} ends at ${server}${name.en} and ${on.en}, on a connection of its own`,
        ko: `${client}의 연결은 ${server}${name.ko}에서 끝나고, 요청은 다른 연결로 이어집니다: ${on.ko}`,
      })
    : skipped('one-server', own, {
        en: `the connection of ${client} ends at ${server}, a proxy: ${on.en}; with one server behind it nothing shows a balancer`,
        ko: `${client}의 연결은 프록시인 ${server}에서 끝납니다: ${on.ko}. 뒤에 서버가 하나뿐이라 부하 분산인지 드러나지 않습니다`,
      });
  return across(finding, join, [each.exchange.requestPacket], journeyOf(front, exchange.connection, exchange.id));
}

/** Does the machine that handed this on ask several servers how they are? */
export function checksSeveral(hops: Hops, { by, capture }: Handed): boolean {
  const checks = healthChecks(repeatedIn(hops.captures[capture]), () => true).filter(({ client }) => client === by);
  return new Set(checks.map(({ server }) => server)).size > 1;
}
