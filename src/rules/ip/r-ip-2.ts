import { confirmed, contradicted, notVisible, skipped } from '../findings.ts';
import { across, fileText, type HopFinding } from '../hop-text.ts';
import type { HopJoin, Hops } from '../hops.ts';
import type { HopsRule } from '../rule.ts';
import { type Chain, chainsOf, limitsText, ofChain, packetsIn, passage, type Seen } from './chains.ts';
import { limitName } from './ends.ts';

export const rule: HopsRule = {
  id: 'R-IP-2',
  chapter: 'ip',
  scope: 'hops',
  statement: {
    en: 'Every router takes 1 from the TTL of a packet that it passes on; a switch does not',
    ko: '라우터는 패킷을 넘겨줄 때마다 TTL을 1 줄이고, 스위치는 줄이지 않는다',
  },
  reality: {
    en: 'So it is (RFC 1812 §5.3.1; Hop Limit in IPv6, RFC 8200 §3). Routers inside MPLS or a tunnel and transparent firewalls may not be counted. A proxy or a balancer of requests is no router: it opens a connection of its own, which begins anew.',
    ko: '맞습니다 (RFC 1812 §5.3.1, IPv6에서는 Hop Limit, RFC 8200 §3). MPLS나 터널 안의 라우터, 투명 방화벽에서는 줄지 않을 수 있습니다. 프록시나 요청을 나누는 로드 밸런서는 라우터가 아니라 새 연결을 여는 쪽이므로 처음 값에서 다시 시작합니다.',
  },
  rfc: ['RFC 1812 §5.3.1', 'RFC 8200 §3', 'RFC 3443'],
  vantages: ['client', 'gateway-outside', 'router', 'server'],
  reasons: ['falls', 'not-counted', 'same-link', 'one-place', 'not-joined', 'no-traffic'],
  needs: [],
  check(hops) {
    const twice = hops.joins.filter((each) => each.from === each.to && each.fromId === each.toId && each.kind === 'connection');
    const found = [...chainsOf(hops).map((chain) => judge(hops, chain)), ...twice.map((join) => ofPair(hops, join))].filter(
      (each) => each !== undefined,
    );
    if (found.length > 0) return found;
    const others = messages(hops);
    return others.length > 0 ? others : [nothing(hops)];
  },
};

function judge(hops: Hops, chain: Chain): HopFinding | undefined {
  const ways = [passage(hops, chain, true), passage(hops, chain, false)].filter((seen) => seen.length > 1);
  const [way] = ways;
  if (way === undefined) return undefined;
  for (const seen of ways) {
    const at = seen.findIndex((each, i) => i > 0 && isUncounted(seen[i - 1], each));
    if (at > 0) {
      const step = seen.slice(at - 1, at + 1);
      const text = limitsText(hops, step);
      const finding = contradicted('not-counted', [], {
        en: `the same packet has ${limitName(way[0].packet)} ${text.en}, and other MAC addresses: something passed it on without taking 1`,
        ko: `같은 패킷의 ${limitName(way[0].packet)} 값은 ${text.ko}이고 MAC 주소는 서로 다릅니다. 넘겨주면서 값을 줄이지 않은 장비가 있습니다`,
      });
      return ofChain(hops, finding, packetsIn(step), chain.places[0]);
    }
  }
  const falling = ways.find((seen) => routers(seen) > 0);
  const shown = falling ?? way;
  const text = limitsText(hops, shown);
  const name = limitName(shown[0].packet);
  if (falling === undefined)
    return ofChain(
      hops,
      skipped('same-link', [], {
        en: `the same packet has ${name} ${text.en}: no router lies between these places`,
        ko: `같은 패킷의 ${name} 값: ${text.ko}. 이 두 곳 사이에는 라우터가 없습니다`,
      }),
      packetsIn(shown),
      chain.places[0],
    );
  const count = routers(falling);
  return ofChain(
    hops,
    confirmed('falls', [], {
      en: `the same packet has ${name} ${text.en}: ${count} router${count === 1 ? '' : 's'} passed it on`,
      ko: `같은 패킷의 ${name} 값: ${text.ko}. 라우터 ${count}개를 지났습니다`,
    }),
    packetsIn(falling),
    chain.places[0],
  );
}

const routers = (seen: Seen[]): number => (seen[0].packet.hopLimit ?? 0) - (seen[seen.length - 1].packet.hopLimit ?? 0);

/** Two links by their MAC addresses, and still the same value. */
function isUncounted({ packet: a }: Seen, { packet: b }: Seen): boolean {
  if (a.hopLimit !== b.hopLimit || a.destinationMac === undefined || b.destinationMac === undefined) return false;
  return a.sourceMac !== b.sourceMac && a.destinationMac !== b.destinationMac;
}

/** One packet, as two captures have it or one has it twice. */
function ofPair(hops: Hops, join: HopJoin): HopFinding | undefined {
  const pair = join.pairs.find((each) => each.fromClient) ?? join.pairs[0];
  if (pair === undefined) return undefined;
  const [near, far] = pair.fromClient ? ([join.from, join.to] as const) : ([join.to, join.from] as const);
  const [first, second] = pair.fromClient ? [pair.from, pair.to] : [pair.to, pair.from];
  const [a, b] = [hops.captures[near].packet(first), hops.captures[far].packet(second)];
  if (a?.hopLimit === undefined || b?.hopLimit === undefined) return undefined;
  const name = limitName(a);
  const where = (capture: number): string => (join.from === join.to ? '' : ` (${fileText(hops, capture)})`);
  const text = {
    en: `the same packet has ${name} ${a.hopLimit} in packet ${first}${where(near)} and ${b.hopLimit} in packet ${second}${where(far)}`,
    ko: `같은 패킷의 ${name} 값이 ${first}번 패킷${where(near)}에서 ${a.hopLimit}, ${second}번 패킷${where(far)}에서 ${b.hopLimit}입니다`,
  };
  const count = a.hopLimit - b.hopLimit;
  const journey = join.kind === 'connection' ? hops.captures[join.from].journeysOn(join.fromId)[0]?.id : undefined;
  if (count <= 0)
    return across(
      skipped('same-link', [pair.from], { en: `${text.en}: no router lies between`, ko: `${text.ko}. 사이에 라우터가 없습니다` }),
      join,
      [pair.to],
      journey,
    );
  return across(
    confirmed('falls', [pair.from], {
      en: `${text.en}: ${count} router${count === 1 ? '' : 's'} passed it on`,
      ko: `${text.ko}. 라우터 ${count}개를 지났습니다`,
    }),
    join,
    [pair.to],
    journey,
  );
}

/** Where no connection was joined: a lookup or an ICMP message of each two captures. */
function messages(hops: Hops): HopFinding[] {
  const done = new Set<string>();
  const found: HopFinding[] = [];
  for (const join of hops.joins) {
    const key = `${join.from} ${join.to}`;
    if ((join.kind !== 'lookup' && join.kind !== 'icmp') || done.has(key)) continue;
    const finding = ofPair(hops, join);
    if (finding === undefined) continue;
    done.add(key);
    found.push(finding);
  }
  return found;
}

function nothing(hops: Hops): HopFinding {
  const at = hops.captures.findIndex((each) => each.connections.count + each.datagrams.count + each.icmp.count > 0);
  if (at < 0)
    return {
      capture: 0,
      ...skipped('no-traffic', [], { en: 'no IP traffic between hosts is here', ko: '호스트 사이의 IP 통신이 없습니다' }),
    };
  const capture = hops.captures[at];
  const [flow] = [
    ...take(capture.connections).map(({ client, server, firstPacket }) => ({
      from: client.address,
      to: server.address,
      firstPacket,
    })),
    ...take(capture.datagrams).map(({ client, server, firstPacket }) => ({
      from: client.address,
      to: server.address,
      firstPacket,
    })),
    ...take(capture.icmp).map(({ source, destination, packet }) => ({ from: source, to: destination, firstPacket: packet })),
  ];
  const advice = {
    text: {
      en: 'capture on the other side of a router at the same time, and give both files: wirebook check near.pcap far.pcap',
      ko: '라우터 건너편에서도 동시에 캡처해 두 파일을 함께 주세요: wirebook check near.pcap far.pcap',
    },
    command: `tcpdump -i <outside> -w far.pcap host ${flow.to}`,
  };
  if (hops.captures.length > 1)
    return {
      capture: at,
      ...notVisible(
        'not-joined',
        [],
        {
          en: 'no packet of these captures was found in another of them: they were not taken of the same traffic, or what they share cannot be recognized',
          ko: '이 캡처들에 함께 나타나는 패킷을 찾지 못했습니다. 서로 다른 통신을 잡았거나, 같은 패킷인지 알아볼 수 없습니다',
        },
        advice,
      ),
    };
  const packet = capture.packet(flow.firstPacket);
  return {
    capture: at,
    ...notVisible(
      'one-place',
      [flow.firstPacket],
      {
        en: `packet ${flow.firstPacket} to ${flow.to} has ${packet === undefined ? 'a TTL' : `${limitName(packet)} ${packet.hopLimit}`} here; what is left of it behind the next router is not in this capture`,
        ko: `${flow.firstPacket}번 패킷(${flow.from}, ${flow.to})의 ${packet === undefined ? 'TTL' : `${limitName(packet)} 값은 여기서 ${packet.hopLimit}`}입니다. 다음 라우터를 지난 뒤의 값은 이 캡처에 없습니다`,
      },
      advice,
    ),
  };
}

function take<T>(table: Iterable<T>): T[] {
  for (const each of table) return [each];
  return [];
}
