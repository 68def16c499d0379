import { toward } from '../text/particles.ts';
import { hopsTaken, isFresh } from './addresses.ts';
import type { CaptureFacts } from './facts.ts';
import type { PacketFacts } from './packet.ts';
import type { SeenFlow } from './seen-flows.ts';
import type { Place } from './vantage.ts';

/** The two copies of one packet follow each other at once. */
const AT_ONCE_NANOSECONDS = 0.2e9;

/** One packet before and after its addresses were translated, in one capture. */
export interface Translated {
  before: SeenFlow & { request: PacketFacts };
  after: SeenFlow & { request: PacketFacts };
}

/**
 * Flows whose first packet is there twice with other addresses: the same TCP sequence number, or the same DNS question under
 * the same id, one router apart.
 */
export function translatedFlows(flows: SeenFlow[]): Translated[] {
  const found: Translated[] = [];
  const waiting = new Map<string, SeenFlow & { request: PacketFacts }>();
  for (const flow of [...flows].sort((a, b) => (a.request?.number ?? 0) - (b.request?.number ?? 0))) {
    const key = keyOf(flow);
    if (flow.request === undefined || key === undefined) continue;
    const other = waiting.get(key);
    const after = { ...flow, request: flow.request };
    if (other !== undefined && isTranslation(other, after)) found.push({ before: other, after });
    else waiting.set(key, after);
  }
  return found;
}

function keyOf({ request, lookup, kind }: SeenFlow): string | undefined {
  if (kind === 'dns' && lookup !== undefined) return `${lookup.id} ${lookup.name} ${lookup.type}`;
  if (request?.tcp === undefined || (request.tcp.flags & 2) === 0) return undefined;
  return `${request.tcp.sequence} ${request.tcp.options.timestamps?.value ?? ''}`;
}

function isTranslation(before: Translated['before'], after: Translated['after']): boolean {
  if (before.client === after.client && before.server === after.server) return false;
  // A resolver that passes a question on makes a packet of its own, and changes the server; so does a balancer of requests.
  const sameOtherEnd = before.client === after.client || before.server === after.server;
  const later = after.request.time - before.request.time;
  return (
    sameOtherEnd && later >= 0 && later < AT_ONCE_NANOSECONDS && before.request.hopLimit === (after.request.hopLimit ?? 0) + 1
  );
}

export function bothSidesOfNat(flows: SeenFlow[]): Place | undefined {
  const [first] = translatedFlows(flows);
  if (first === undefined) return undefined;
  const { before, after } = first;
  const source = before.client !== after.client;
  const [from, to] = source ? [before.client, after.client] : [before.server, after.server];
  return {
    kinds: source ? ['gateway-inside', 'gateway-outside'] : ['balancer-front', 'balancer-back'],
    evidence: [
      {
        text: {
          en: `packets ${before.request.number} and ${after.request.number} are one packet before and after its ${source ? 'source' : 'destination'} was changed from ${from} to ${to}, TTL ${before.request.hopLimit} and ${after.request.hopLimit}: both sides of the translation`,
          ko: `${before.request.number}번과 ${after.request.number}번은 같은 패킷의 변환 전과 후입니다: ${source ? '출발지' : '목적지'} 주소가 ${from}에서 ${toward(to)} 바뀌고 TTL이 ${before.request.hopLimit}에서 ${toward(String(after.request.hopLimit))} 줄었습니다. 변환의 양쪽이 모두 보입니다`,
        },
        packets: [before.request.number, after.request.number],
      },
    ],
  };
}

/** The same packet twice, one router apart, with its addresses as they were. */
export function bothSidesOfRouter(flows: SeenFlow[], capture: CaptureFacts): Place | undefined {
  for (const { request, response, connection, kind, copy: ping } of flows) {
    if (ping?.hopLimit !== undefined && request?.hopLimit !== undefined) {
      const [first, second] = request.hopLimit > ping.hopLimit ? [request, ping] : [ping, request];
      return both(
        first,
        second,
        hopsTaken(first.hopLimit as number) === 0,
        response?.hopLimit !== undefined && isFresh(response.hopLimit),
      );
    }
    if (kind !== 'tcp' || connection === undefined || request?.hopLimit === undefined) continue;
    for (const number of connection.segments?.duplicates?.slice(0, 4) ?? []) {
      const copy = capture.packet(number);
      const original = copy?.source === request.source ? request : response;
      if (copy?.hopLimit === undefined || original?.hopLimit === undefined) continue;
      if (copy.hopLimit !== original.hopLimit - 1) continue;
      const near = hopsTaken(request.hopLimit) === 0;
      const far = response?.hopLimit !== undefined && hopsTaken(Math.max(response.hopLimit, copy.hopLimit)) === 0;
      return both(original, copy, near, far);
    }
  }
  return undefined;
}

function both(first: PacketFacts, second: PacketFacts, near: boolean, far: boolean): Place {
  return {
    kinds: near ? ['gateway-inside', 'gateway-outside'] : far ? ['last-router', 'router'] : ['router'],
    evidence: [
      {
        text: {
          en: `${first.source} is seen with TTL ${first.hopLimit} (packet ${first.number}) and ${second.hopLimit} (packet ${second.number}): both interfaces of a router`,
          ko: `${first.source}의 패킷이 TTL ${first.hopLimit}(${first.number}번 패킷)과 TTL ${toward(second.hopLimit)}(${second.number}번 패킷) 두 번 보입니다. 라우터의 두 인터페이스입니다`,
        },
        packets: [first.number, second.number],
      },
    ],
  };
}
