import { subject, topic } from '../text/particles.ts';
import type { Connection, Exchange } from '../correlate/model.ts';
import type { CaptureFacts } from './facts.ts';
import type { PacketFacts } from './packet.ts';
import { first, onItsLink, type SeenFlow } from './seen-flows.ts';
import type { Place, VantageEvidence, VantageKind } from './vantage.ts';

const FORWARDED = /^(x-forwarded-for|forwarded|x-varnish|via)[ \t]*:/im;
const CACHED = /^(age|x-cache|x-cache-status|cf-cache-status|x-varnish|x-proxy-cache)[ \t]*:/im;
const CHECKS = 4;
/** HTTP heads that are read. */
const HEADS = 50;
/** Health checks keep their interval to about this part of it. */
const REGULAR = 0.25;

export interface Proxied {
  kinds: VantageKind[];
  evidence: VantageEvidence[];
}

/** The head of the HTTP message that a packet begins. */
export const headText = (packet: PacketFacts | undefined): string => {
  const text = Buffer.from(packet?.payload.subarray(0, 4096) ?? []).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? text : text.slice(0, end);
};

/** Requests come in here and go out again: the front and the back of a cache or balancer at once. */
export function proxyBetween(flows: SeenFlow[], capture: CaptureFacts): Place | undefined {
  const fronts = new Map<string, Exchange[]>();
  const backends = new Set<string>();
  let found: { front: Exchange; back: Exchange } | undefined;
  const ends = new Map(flows.map((flow) => [flow.connection?.id, flow]));
  const exchanges = [...first(capture.exchanges)].sort((a, b) => (a.requestTime ?? 0) - (b.requestTime ?? 0));
  for (const exchange of exchanges) {
    const flow = ends.get(exchange.connection);
    if (flow === undefined) continue;
    const key = `${exchange.method} ${exchange.target}`;
    const fits = (front: Exchange): boolean => isPassedOn(capture, front, exchange, ends.get(front.connection) as SeenFlow, flow);
    const front = onItsLink(flow.request) ? fronts.get(key)?.findLast(fits) : undefined;
    if (front !== undefined) {
      backends.add(flow.server);
      found ??= { front, back: exchange };
    } else if (onItsLink(flow.response)) fronts.set(key, [...(fronts.get(key) ?? []), exchange]);
  }
  if (found === undefined) return undefined;
  const { front, back } = found;
  const takes = ends.get(front.connection) as SeenFlow;
  const cached = [...fronts.values()].flat().some((each) => CACHED.test(headText(packetOf(capture, each.responsePacket))));
  const cache = cached && backends.size < 2;
  return {
    kinds: cache ? ['cache-front', 'cache-back'] : ['balancer-front', 'balancer-back'],
    evidence: [
      {
        text: {
          en: `${takes.server} gets ${front.method} ${pathOf(front)} (packet ${front.requestPacket}), and the same request goes on to ${ends.get(back.connection)?.server} (packet ${back.requestPacket}): both sides of a ${cache ? 'cache' : 'balancer or another proxy'}`,
          ko: `${takes.server}에 온 ${front.method} ${pathOf(front)} 요청이(${front.requestPacket}번 패킷) 그대로 ${ends.get(back.connection)?.server}에 전달됩니다(${back.requestPacket}번 패킷). ${cache ? '캐시' : '로드 밸런서 같은 프록시'}의 양쪽이 모두 보입니다`,
        },
        packets: [front.requestPacket, back.requestPacket].filter((each) => each !== undefined),
      },
    ],
  };
}

const pathOf = ({ target }: Exchange): string => (target ?? '').replace(/[?#].*$/s, '');

/** Asked while the one in front was waiting, by the host that had been asked or in its client's name. */
function isPassedOn(capture: CaptureFacts, front: Exchange, back: Exchange, takes: SeenFlow, asks: SeenFlow): boolean {
  if (front.connection === back.connection || back.requestTime === undefined) return false;
  if ((front.responseTime ?? Number.POSITIVE_INFINITY) < back.requestTime) return false;
  if (takes.server === asks.client) return true;
  const head = headText(packetOf(capture, back.requestPacket));
  return FORWARDED.test(head) && head.includes(takes.client);
}

const packetOf = (capture: CaptureFacts, number: number | undefined): PacketFacts | undefined =>
  number === undefined ? undefined : capture.packet(number);

/** Requests that say for whom they are passed on: the back of a cache or balancer. */
export function behindProxy(flows: SeenFlow[], capture: CaptureFacts): Proxied | undefined {
  for (const exchange of requestsOn(flows, capture)) {
    const packet = packetOf(capture, exchange.requestPacket);
    const said = FORWARDED.exec(headText(packet));
    if (said === null || packet === undefined) continue;
    return {
      kinds: /varnish|squid|trafficserver/i.test(headText(packet)) ? ['cache-back'] : ['balancer-back', 'cache-back'],
      evidence: [
        {
          text: {
            en: `the request in packet ${packet.number} has the header ${said[1]}: ${packet.source} passes it on for somebody else`,
            ko: `${packet.number}번 패킷의 요청에 ${said[1]} 헤더가 있습니다: ${topic(packet.source)} 다른 누군가의 요청을 전달하고 있습니다`,
          },
          packets: [packet.number],
        },
      ],
    };
  }
  return undefined;
}

/** Answers that say that a cache has them. */
export function cacheHeader(flows: SeenFlow[], capture: CaptureFacts): VantageEvidence | undefined {
  for (const exchange of requestsOn(flows, capture)) {
    const packet = packetOf(capture, exchange.responsePacket);
    const said = CACHED.exec(headText(packet));
    if (said === null || packet === undefined) continue;
    return {
      text: {
        en: `the answer in packet ${packet.number} has the header ${said[1]}, as a cache writes it`,
        ko: `${packet.number}번 패킷의 응답에 캐시가 쓰는 ${said[1]} 헤더가 있습니다`,
      },
      packets: [packet.number],
    };
  }
  return undefined;
}

function* requestsOn(flows: SeenFlow[], capture: CaptureFacts): Iterable<Exchange> {
  let looked = 0;
  for (const { connection } of flows) {
    const exchanges = connection === undefined ? [] : capture.exchangesOn(connection.id).slice(0, 4);
    for (const each of exchanges) {
      if (looked++ >= HEADS) return;
      yield each;
    }
  }
}

/** Nothing is asked, or only whether the server is well; a client that comes back at regular times asks for more. */
function isCheck(capture: CaptureFacts, connection: Connection): boolean {
  const exchanges = capture.exchangesOn(connection.id);
  if (exchanges.length === 0) return connection.fromClient.payloadBytes === 0;
  return exchanges.every(
    ({ method, target }) => method === 'OPTIONS' || /health|check|ping|alive|ready|status/i.test(target ?? ''),
  );
}

/** Connections of one host to one server at regular intervals: health checks. */
export function regularChecks(flows: SeenFlow[], capture: CaptureFacts): Proxied | undefined {
  const series = new Map<string, PacketFacts[]>();
  for (const { kind, client, connection, request } of flows) {
    if (kind !== 'tcp' || connection === undefined || request === undefined || !isCheck(capture, connection)) continue;
    const key = `${client} ${connection.server.address} ${connection.server.port}`;
    series.set(key, [...(series.get(key) ?? []), request]);
  }
  for (const packets of series.values()) {
    const gaps = packets.slice(1).map((each, i) => each.time - packets[i].time);
    const middle = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
    const regular = gaps.filter((gap) => Math.abs(gap - middle) <= middle * REGULAR).length;
    if (packets.length < CHECKS || middle < 0.2e9 || regular < gaps.length * 0.6) continue;
    const seconds = (middle / 1e9).toFixed(1);
    return {
      kinds: ['balancer-back'],
      evidence: [
        {
          text: {
            en: `${packets[0].source} connects to ${packets[0].destination} every ${seconds} s (${packets.length} times): health checks`,
            ko: `${subject(packets[0].source)} ${packets[0].destination}에 ${seconds}초마다 연결합니다(${packets.length}번). 상태 확인입니다`,
          },
          packets: packets.slice(0, CHECKS).map((each) => each.number),
        },
      ],
    };
  }
  return undefined;
}
