import { addressClass, hopsTaken, isFresh } from './addresses.ts';
import type { CaptureFacts } from './facts.ts';
import type { PacketFacts } from './packet.ts';
import { cookedDirection, onItsLink, type SeenFlow, seenFlows } from './seen-flows.ts';
import type { Place, Vantage, VantageKind } from './vantage.ts';
import { nearClient, nearServer, onOneLink } from './vantage-ends.ts';
import { bothSidesOfNat, bothSidesOfRouter } from './vantage-gateway.ts';
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
          ko: `${client}와 ${server}는 같은 호스트에 있습니다. 루프백 인터페이스이므로 클라이언트이면서 서버입니다`,
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
    const place = placeOfFlow(flow);
    if (place !== undefined) places[place].push(flow);
  }
  const outside = translatedByOwner(places);
  if (outside !== undefined) return outside;
  const found = [
    ...(places.client.length > 0 ? [nearClient(places.client, capture)] : []),
    ...(places.server.length > 0 ? [nearServer(places.server, capture)] : []),
  ];
  // A server asks for names, too: what it serves says more of the place.
  if (found.length === 2 && places.client.every((flow) => flow.kind === 'dns')) found.shift();
  if (found.length > 0)
    return { kinds: [...new Set(found.flatMap((each) => each.kinds))], evidence: found.flatMap((each) => each.evidence) };
  if (places.link.length > 0) return onOneLink(places.link, capture);
  return places.between.length > 0 ? farFromBoth(places.between, capture) : undefined;
}

function placeOfFlow(flow: SeenFlow): 'client' | 'server' | 'link' | 'between' | undefined {
  const fromClient = onItsLink(flow.request);
  const fromServer = onItsLink(flow.response);
  // The sender of a packet that leaves this host with less than any host begins with is a router, not the end.
  if (fromClient === undefined && fromServer === undefined) return undefined;
  if (fromClient && fromServer) return cookedEnd(flow) ?? 'link';
  if (fromClient) return 'client';
  return fromServer ? 'server' : 'between';
}

const cookedEnd = (flow: SeenFlow): 'client' | 'server' | undefined => {
  if (cookedDirection(flow.request) === 'out' && cookedDirection(flow.response) !== 'out') return 'client';
  return cookedDirection(flow.response) === 'out' && cookedDirection(flow.request) !== 'out' ? 'server' : undefined;
};

/** The gateway's own questions leave fresh, those it passes on for others from the same address one less. */
function translatedByOwner(places: { client: SeenFlow[]; between: SeenFlow[] }): Place | undefined {
  for (const passed of places.between) {
    const own = places.client.find((flow) => flow.client === passed.client);
    if (own?.request?.hopLimit === undefined || passed.request?.hopLimit === undefined) continue;
    if (hopsTaken(passed.request.hopLimit) !== 1) continue;
    return {
      kinds: ['gateway-outside'],
      evidence: [
        {
          text: {
            en: `packets from ${own.client} leave with TTL ${own.request.hopLimit} (its own, packet ${own.request.number}) and with ${passed.request.hopLimit} (passed on for others, packet ${passed.request.number}): the outside of a gateway that translates addresses`,
            ko: `${own.client}에서 나온 패킷에 TTL ${own.request.hopLimit}(자기 것, ${own.request.number}번 패킷)과 TTL ${passed.request.hopLimit}(남의 것을 넘긴 것, ${passed.request.number}번 패킷)이 함께 있습니다. 주소를 변환하는 게이트웨이의 바깥쪽입니다`,
          },
          packets: [own.request.number, passed.request.number],
        },
      ],
    };
  }
  return undefined;
}

/** Neither end is on this link. One router behind all requests: the outside of the first gateway. */
function farFromBoth(flows: SeenFlow[], capture: CaptureFacts): Place {
  const requests = flows.map((flow) => flow.request).filter((each) => each?.hopLimit !== undefined) as PacketFacts[];
  const [shown] = requests.length > 0 ? requests : flows.map((flow) => flow.response as PacketFacts);
  const hops = new Set(requests.map((each) => hopsTaken(each.hopLimit as number)));
  const senders = new Set(requests.map((each) => each.sourceMac));
  const answer = flows.find((flow) => flow.request === shown)?.response;
  const says = {
    text: {
      en: `neither end is on this link: ${shown.source} arrives with TTL ${shown.hopLimit}${answer === undefined ? '' : `, ${answer.source} with ${answer.hopLimit}`}`,
      ko: `이 링크에는 양쪽 끝이 없습니다: ${shown.source}의 패킷은 TTL ${shown.hopLimit}${answer === undefined ? '' : `, ${answer.source}의 패킷은 TTL ${answer.hopLimit}`}로 보입니다`,
    },
    packets: [shown.number, ...(answer === undefined ? [] : [answer.number])],
  };
  const clients = [...new Set(requests.map((each) => each.source as string))];
  const inner = clients.some((each) => addressClass(each) === 'private' || addressClass(each) === 'unique-local');
  const owner = ownerOf(capture, shown.source as string);
  const translated = owner !== undefined && owner.mac === shown.sourceMac && !isFresh(shown.hopLimit as number);
  if (hops.size !== 1 || !hops.has(1) || senders.size !== 1 || (inner && !translated))
    return { kinds: ['router'], evidence: [says] };
  const evidence = [
    says,
    {
      text: {
        en: `every request has passed one router, the sender ${shown.sourceMac ?? 'on this link'}: the outside of the clients’ gateway`,
        ko: `모든 요청이 라우터 하나(보낸 쪽 ${shown.sourceMac ?? '이 링크의 상대'})를 지났습니다. 클라이언트 게이트웨이의 바깥쪽입니다`,
      },
      packets: [shown.number],
    },
  ];
  if (translated)
    evidence.push({
      text: {
        en: `${shown.source} is that router’s own address (ARP, packet ${owner.packet}), yet these packets are not its own: it translates addresses`,
        ko: `${shown.source}는 그 라우터 자신의 주소인데(${owner.packet}번 패킷의 ARP) 이 패킷들은 라우터가 만든 것이 아닙니다. 주소를 변환하고 있습니다`,
      },
      packets: [owner.packet],
    });
  return { kinds: ['gateway-outside'], evidence };
}

/** Whose MAC has this address, by ARP or NDP in the capture. */
export function ownerOf(capture: CaptureFacts, address: string): { mac: string; packet: number } | undefined {
  for (const each of capture.resolutionsOf(address)) {
    if (each.targetAddress === address && each.answerMac !== undefined && each.answerPacket !== undefined)
      return { mac: each.answerMac, packet: each.answerPacket };
    if (each.senderAddress === address) return { mac: each.senderMac, packet: each.packet };
  }
  return undefined;
}
