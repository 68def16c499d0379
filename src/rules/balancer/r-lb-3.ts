import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, skipped, unknown } from '../findings.ts';
import { fileText, type HopFinding } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import type { HopsRule } from '../rule.ts';
import { type Handed, handedOn } from './forwarded.ts';
import { behindNotCaptured } from './needs.ts';

/** So many times round the servers are no coincidence any more. */
const ROUNDS = 2;
const TOLD = 8;

export const rule: HopsRule = {
  id: 'R-LB-3',
  chapter: 'balancer',
  scope: 'hops',
  statement: {
    en: 'The balancer chooses the server by an algorithm such as round robin or least connections',
    ko: '로드 밸런서는 라운드 로빈, 최소 연결 같은 방법으로 서버를 고른다',
  },
  reality: {
    en: 'Round robin shows in the order of a handful of requests; least connections, weights, hashes of addresses and stickiness need many, and one request shows nothing. Cloud balancers of connections mostly hash addresses and ports.',
    ko: '라운드 로빈은 요청 몇 개의 순서만으로 드러나지만, 최소 연결이나 가중치, 주소 해시, 고정 세션은 많은 요청이 필요하고 요청 하나로는 아무것도 알 수 없습니다. 클라우드의 연결 분산 장치는 대개 주소와 포트의 해시로 고릅니다.',
  },
  rfc: [],
  vantages: ['balancer-back'],
  reasons: ['round-robin', 'another-choice', 'too-few', 'one-server', 'behind-not-captured', 'no-connection'],
  needs: [],
  check(hops) {
    const groups = new Map<string, Handed[]>();
    for (const each of handedOn(hops)) {
      const key = `${each.capture} ${each.by}`;
      const list = groups.get(key);
      if (list === undefined) groups.set(key, [each]);
      else if (!list.some((other) => other.packet === each.packet)) list.push(each);
    }
    const found = [...groups.values()].map((list) => judge(hops, list));
    if (found.length === 0) return [behindNotCaptured(hops, { en: 'which servers are chosen', ko: '어느 서버가 선택되는지' })];
    // A capture that shows one server alone says nothing where another shows them all.
    const several = found.filter(({ reason }) => reason !== 'one-server');
    return several.length > 0 ? several : found;
  },
};

function judge(hops: Hops, list: Handed[]): HopFinding {
  const [{ capture, by }] = list;
  const order = list.map(({ server }) => hostPort(server));
  const servers = [...new Set(order)];
  const file = fileText(hops, capture);
  const packets = list.slice(0, TOLD).map(({ packet }) => packet);
  const told = order.slice(0, TOLD).join(', ') + (order.length > TOLD ? ', …' : '');
  const about = (finding: ReturnType<typeof confirmed>): HopFinding => ({ ...finding, capture });
  if (servers.length === 1)
    return about(
      skipped('one-server', packets, {
        en: `${by} handed ${order.length} on in ${file}, all to ${servers[0]}: nothing was chosen among several`,
        ko: `${file}에서 ${by} 쪽이 넘긴 ${order.length}개가 모두 ${servers[0]} 쪽으로 갔습니다. 여러 서버 중에서 고른 것이 보이지 않습니다`,
      }),
    );
  const inTurn = order.every((server, i) => (i < servers.length ? server === servers[i] : server === order[i - servers.length]));
  if (inTurn && order.length >= ROUNDS * servers.length)
    return about(
      confirmed('round-robin', packets, {
        en: `${by} gave ${order.length} to ${servers.length} servers strictly in turn: ${told} (${file})`,
        ko: `${by} 쪽에서 ${order.length}개를 서버 ${servers.length}대에 차례대로 넘겼습니다: ${told} (${file})`,
      }),
    );
  if (order.length < ROUNDS * servers.length)
    return about(
      unknown('too-few', packets, {
        en: `${by} handed only ${order.length} on to ${servers.length} servers (${told}): too few to tell how it chooses`,
        ko: `${by} 쪽에서 서버 ${servers.length}대에 ${order.length}개만 넘겨서 (${told}) 고르는 방법을 알기에 너무 적습니다`,
      }),
    );
  const shares = servers.map((server) => `${server} ${order.filter((each) => each === server).length}`).join(', ');
  return about(
    unknown('another-choice', packets, {
      en: `${by} did not give ${order.length} strictly in turn (${told}): ${shares}; weights, least connections or a hash may be behind it, the packets do not say which`,
      ko: `${by} 쪽에서 ${order.length}개를 차례대로 넘기지 않았습니다 (${told}): ${shares}. 가중치, 최소 연결, 해시 중 무엇인지는 패킷으로 알 수 없습니다`,
    }),
  );
}
