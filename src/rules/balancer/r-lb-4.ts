import { hostPort } from '../../correlate/host-names.ts';
import { sentOn } from '../cache/r-cache-1.ts';
import { confirmed, skipped } from '../findings.ts';
import { across, type HopFinding, journeyOf, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import { requestText } from '../proxied.ts';
import type { HopsRule } from '../rule.ts';
import { type Handed, handedOn } from './forwarded.ts';
import { behindNotCaptured } from './needs.ts';
import { nearest } from './r-lb-1.ts';

export const rule: HopsRule = {
  id: 'R-LB-4',
  chapter: 'balancer',
  scope: 'hops',
  statement: {
    en: 'The balancer forwards the request to the server it chose',
    ko: '로드 밸런서는 고른 서버에 요청을 전달한다',
  },
  reality: {
    en: 'A balancer of requests sends the same method and path on, with the client’s address in X-Forwarded-For or Forwarded (RFC 7239), on a connection of its own that it may have had before; the protocol may differ. One of connections passes the same packets.',
    ko: '요청을 나누는 장치는 같은 메서드와 경로를 자기 연결로(전부터 열려 있던 것일 수도 있음) 넘기면서 클라이언트의 주소를 X-Forwarded-For나 Forwarded(RFC 7239)에 적습니다. 프로토콜이 달라지기도 합니다. 연결을 나누는 장치는 같은 패킷을 넘깁니다.',
  },
  rfc: ['RFC 7239', 'RFC 9110 §7.6'],
  vantages: ['balancer-front', 'balancer-back', 'server'],
  reasons: ['forwarded', 'same-packets', 'says-so', 'one-destination', 'behind-not-captured', 'no-connection'],
  needs: [],
  check(hops) {
    const handed = handedOn(hops);
    const joined = nearest(handed);
    const found = joined.map((each) => fromFront(hops, handed, each));
    // Behind, the request's own words are enough.
    for (const each of handed) if (each.says !== undefined && each.exchange !== undefined) found.push(fromBehind(hops, each));
    if (found.length > 0) return found;
    return [behindNotCaptured(hops, { en: 'to which server the request is forwarded', ko: '요청이 어느 서버로 전달되는지' })];
  },
};

function fromFront(hops: Hops, handed: Handed[], each: Handed): HopFinding {
  const { join } = each;
  if (join === undefined) throw new Error('not joined');
  const front = hops.captures[join.from];
  if (join.kind === 'connection') {
    const connection = front.connections.get(join.fromId);
    const request = front.exchangesOn(join.fromId)[0]?.requestPacket;
    const pair = join.pairs.find((p) => p.from === request) ?? {
      from: connection?.handshake?.syn[0] ?? connection?.firstPacket ?? 0,
      to: each.packet,
      fromClient: true,
    };
    const same = samePacketText(hops, join, pair);
    const several =
      new Set(handed.filter((h) => h.by === each.by && h.capture === each.capture).map((h) => h.server.address)).size > 1;
    const says = {
      en: `${same.en}: ${each.by} became ${hostPort(each.server)}, the rest of the packet is the same`,
      ko: `${same.ko}. 목적지만 바뀌었고 (${each.by} → ${hostPort(each.server)}) 나머지는 같습니다`,
    };
    const finding = several ? confirmed('same-packets', [pair.from], says) : skipped('one-destination', [pair.from], says);
    return across(finding, join, [pair.to], journeyOf(front, join.fromId));
  }
  const exchange = front.exchanges.get(join.fromId);
  if (exchange === undefined || each.exchange === undefined) throw new Error('no exchange');
  const on = sentOn(hops, join, each.exchange);
  const says = each.says === undefined ? { en: '', ko: '' } : { en: `, with ${each.says}`, ko: `, ${each.says}` };
  const finding = confirmed('forwarded', [exchange.requestPacket], {
    en: `${requestText(exchange)} in packet ${exchange.requestPacket}: ${on.en}${says.en}`,
    ko: `${exchange.requestPacket}번 패킷의 ${requestText(exchange)}: ${on.ko}${says.ko}`,
  });
  return across(finding, join, [each.exchange.requestPacket], journeyOf(front, exchange.connection, exchange.id));
}

function fromBehind(hops: Hops, { capture, exchange, connection, says, packet }: Handed): HopFinding {
  const facts = hops.captures[capture];
  const journey = journeyOf(facts, connection.id, exchange?.id);
  const asked = exchange === undefined ? '' : requestText(exchange);
  return {
    capture,
    ...confirmed('says-so', [packet], {
      en: `${asked} in packet ${packet} was forwarded by ${connection.client.address} to ${hostPort(connection.server)}: it says ${says}`,
      ko: `${packet}번 패킷의 ${asked}: ${connection.client.address}에서 ${hostPort(connection.server)} 쪽으로 전달한 요청입니다 (${says})`,
    }),
    ...(journey === undefined ? {} : { journey }),
  };
}
