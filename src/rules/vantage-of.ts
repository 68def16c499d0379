import { together, topic } from '../text/particles.ts';
import { addressClass } from './addresses.ts';
import type { CaptureFacts } from './facts.ts';
import { cookedDirection, onItsLink, type SeenFlow, seenFlows } from './seen-flows.ts';
import type { Place, Vantage, VantageKind } from './vantage.ts';
import { nearClient, nearServer, onOneLink } from './vantage-ends.ts';
import { bothSidesOfNat, bothSidesOfRouter } from './vantage-gateway.ts';
import { addressesWith, farFromBoth, oneWay, translatedByOwner } from './vantage-outside.ts';
import { proxyBetween } from './vantage-proxy.ts';
import { resolverBetween } from './vantage-resolver.ts';

/** Works out the vantage from the packets; `given` is what the user said. */
export function vantageOf(capture: CaptureFacts, given: VantageKind | undefined): Vantage {
  if (given !== undefined) {
    const evidence = [{ text: { en: 'as you said', ko: '사용자가 지정했습니다' }, packets: [] }];
    return { kind: given, kinds: [given], given: true, evidence };
  }
  const { kinds, evidence } = placeOf(capture);
  return { kind: kinds[0], kinds, given: false, evidence };
}

function placeOf(capture: CaptureFacts): Place {
  const flows = seenFlows(capture);
  const looks = [loopback, bothSidesOfNat, bothSidesOfRouter, resolverBetween, proxyBetween, byHopLimits];
  for (const look of looks) {
    const place = look(flows, capture);
    if (place !== undefined) return place;
  }
  return {
    kinds: [],
    evidence: [
      {
        text: {
          en: 'no connection and no lookup whose TTLs or MAC addresses would tell the place',
          ko: 'TTL이나 MAC 주소로 위치를 알려 줄 연결도 DNS 조회도 없습니다',
        },
        packets: [],
      },
    ],
  };
}

function loopback(flows: SeenFlow[]): Place | undefined {
  const inside = (flow: SeenFlow): boolean => flow.client === flow.server || addressClass(flow.server) === 'loopback';
  const own = flows.filter(inside);
  // systemd-resolved at 127.0.0.53 is in every "any" capture of a client.
  if (own.length === 0 || flows.some((flow) => !inside(flow) && flow.kind !== 'dns')) return undefined;
  const [{ client, server, request }] = own;
  return {
    kinds: ['client', 'server'],
    evidence: [
      {
        text: {
          en: `${client} talks to ${server}, on the same host: a loopback interface, client and server at once`,
          ko: `${together(client)} ${topic(server)} 같은 호스트에 있습니다. 루프백 인터페이스이므로 클라이언트이면서 서버입니다`,
        },
        packets: request === undefined ? [] : [request.number],
      },
    ],
  };
}

/** Which ends of the flows are on the captured link: packets there still have the TTL they began with. */
function byHopLimits(flows: SeenFlow[], capture: CaptureFacts): Place | undefined {
  const places = { client: [] as SeenFlow[], server: [] as SeenFlow[], link: [] as SeenFlow[], between: [] as SeenFlow[] };
  for (const flow of flows) {
    const place = placeOfFlow(flow, capture);
    if (place !== undefined) places[place].push(flow);
  }
  const outside = translatedByOwner(places, capture);
  if (outside !== undefined) return outside;
  const found = [
    ...(places.client.length > 0 ? [nearClient(places.client, capture)] : []),
    ...(places.server.length > 0 ? [nearServer(places.server, capture)] : []),
  ];
  // Both sides' hosts on one link, and not the same ones: what lies between them is a router.
  if (found.length === 2 && !sameHosts(places.client, places.server))
    return { kinds: ['gateway-inside', 'last-router'], evidence: found.flatMap((each) => each.evidence) };
  // A server asks for names, too: what it serves says more of the place.
  if (found.length === 2 && places.client.every((flow) => flow.kind === 'dns')) found.shift();
  if (found.length > 0)
    return { kinds: [...new Set(found.flatMap((each) => each.kinds))], evidence: found.flatMap((each) => each.evidence) };
  if (places.link.length > 0) return onOneLink(places.link, capture);
  return places.between.length > 0 ? farFromBoth(places.between, capture) : oneWay(flows, capture);
}

function placeOfFlow(flow: SeenFlow, capture: CaptureFacts): 'client' | 'server' | 'link' | 'between' | undefined {
  const { request, response } = flow;
  const fromClient = onItsLink(request);
  const fromServer = onItsLink(response);
  if (fromClient && fromServer) return cookedEnd(flow) ?? 'link';
  if (fromClient) return 'client';
  if (fromServer) return 'server';
  if (fromClient === false && fromServer === false) return 'between';
  // One direction alone: its sender is elsewhere, and where its receiver is ARP may tell.
  const [packet, other] = fromClient === false ? [request, response] : [response, request];
  if (packet?.destinationMac === undefined || other !== undefined) return undefined;
  const owned = addressesWith(capture, packet.destinationMac);
  if (owned.size === 0) return undefined;
  return owned.has(packet.destination as string) ? undefined : 'between';
}

const cookedEnd = (flow: SeenFlow): 'client' | 'server' | undefined => {
  if (cookedDirection(flow.request) === 'out' && cookedDirection(flow.response) !== 'out') return 'client';
  return cookedDirection(flow.response) === 'out' && cookedDirection(flow.request) !== 'out' ? 'server' : undefined;
};

/** One host asks here and serves there. */
const sameHosts = (asking: SeenFlow[], serving: SeenFlow[]): boolean =>
  serving.some(({ server, response }) =>
    asking.some(
      ({ client, request }) =>
        client === server || (request?.sourceMac !== undefined && request.sourceMac === response?.sourceMac),
    ),
  );
