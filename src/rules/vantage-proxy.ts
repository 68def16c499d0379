import type { Exchange } from '../correlate/model.ts';
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
  kind: VantageKind;
  evidence: VantageEvidence[];
}

/** The head of the HTTP message that a packet begins. */
export const headText = (packet: PacketFacts | undefined): string => {
  const text = Buffer.from(packet?.payload.subarray(0, 4096) ?? []).toString('latin1');
  return text.slice(0, Math.max(0, text.indexOf('\r\n\r\n')) || text.length);
};

/** One host on this link takes requests and makes the same again: the front and the back of a cache or balancer at once. */
export function proxyBetween(flows: SeenFlow[], capture: CaptureFacts): Place | undefined {
  const serving = new Set<string>();
  const asking = new Set<string>();
  for (const flow of flows) {
    if (flow.kind !== 'tcp') continue;
    if (onItsLink(flow.response)) serving.add(flow.server);
    if (onItsLink(flow.request)) asking.add(flow.client);
  }
  const hosts = [...serving].filter((each) => asking.has(each));
  if (hosts.length === 0) return undefined;
  const into = new Map<string, Exchange[]>();
  const backends = new Set<string>();
  let found: { front: Exchange; back: Exchange; host: string } | undefined;
  const exchanges = [...first(capture.exchanges)].sort((a, b) => (a.requestTime ?? 0) - (b.requestTime ?? 0));
  for (const exchange of exchanges) {
    const connection = capture.connections.get(exchange.connection);
    if (connection === undefined) continue;
    const key = (host: string): string => `${host} ${exchange.method} ${exchange.target}`;
    const { server, client } = connection;
    if (hosts.includes(server.address)) into.set(key(server.address), [...(into.get(key(server.address)) ?? []), exchange]);
    if (!hosts.includes(client.address)) continue;
    backends.add(`${server.address} ${server.port}`);
    const front = into
      .get(key(client.address))
      ?.find((each) => (each.responseTime ?? Number.POSITIVE_INFINITY) > (exchange.requestTime ?? 0));
    if (front !== undefined) found ??= { front, back: exchange, host: client.address };
  }
  if (found === undefined) return undefined;
  const { front, back, host } = found;
  const cache = [...into.values()].flat().some((each) => CACHED.test(headText(packetOf(capture, each.responsePacket))));
  const packets = [front.requestPacket, back.requestPacket].filter((each) => each !== undefined);
  return {
    kinds: cache && backends.size < 2 ? ['cache-front', 'cache-back'] : ['balancer-front', 'balancer-back'],
    evidence: [
      {
        text: {
          en: `${host} gets ${front.method} ${front.target} (packet ${front.requestPacket}) and asks the same of another host (packet ${back.requestPacket}): both sides of a ${cache ? 'cache' : 'balancer or proxy'}`,
          ko: `${host}는 ${front.method} ${front.target} 요청을 받고(${front.requestPacket}번 패킷) 같은 요청을 다른 호스트에 보냅니다(${back.requestPacket}번 패킷). ${cache ? '캐시' : '로드 밸런서나 프록시'}의 양쪽입니다`,
        },
        packets,
      },
    ],
  };
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
      kind: /varnish/i.test(headText(packet)) ? 'cache-back' : 'balancer-back',
      evidence: [
        {
          text: {
            en: `the request in packet ${packet.number} has the header ${said[1]}: ${packet.source} passes it on for somebody else`,
            ko: `${packet.number}번 패킷의 요청에 ${said[1]} 헤더가 있습니다: ${packet.source}는 다른 누군가의 요청을 전달하고 있습니다`,
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

/** Connections of one host to one server at regular intervals: health checks. */
export function regularChecks(flows: SeenFlow[]): Proxied | undefined {
  const series = new Map<string, PacketFacts[]>();
  for (const { kind, client, connection, request } of flows) {
    if (kind !== 'tcp' || connection === undefined || request === undefined) continue;
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
      kind: 'balancer-back',
      evidence: [
        {
          text: {
            en: `${packets[0].source} connects to ${packets[0].destination} every ${seconds} s (${packets.length} times): health checks`,
            ko: `${packets[0].source}가 ${packets[0].destination}에 ${seconds}초마다 연결합니다(${packets.length}번). 상태 확인입니다`,
          },
          packets: packets.slice(0, CHECKS).map((each) => each.number),
        },
      ],
    };
  }
  return undefined;
}
