import { topic, toward } from '../text/particles.ts';
import { addressClass, hopsTaken } from './addresses.ts';
import type { CaptureFacts } from './facts.ts';
import type { PacketFacts } from './packet.ts';
import { first, onItsLink, type SeenFlow } from './seen-flows.ts';
import type { Place, VantageEvidence } from './vantage.ts';

/**
 * An address of this link under which packets of others are sent: they have passed one router, the one that has the address.
 * Its own packets leave with the TTL that they begin with, or ARP says whose it is.
 */
export function translatedByOwner(places: { client: SeenFlow[]; between: SeenFlow[] }, capture: CaptureFacts): Place | undefined {
  for (const { client, request } of places.between) {
    if (request === undefined || !passedOnce(request)) continue;
    const own = places.client.find((flow) => flow.client === client)?.request;
    const owner = ownerOf(capture, client);
    if (own !== undefined) return { kinds: ['gateway-outside'], evidence: [ownToo(request, own)] };
    if (owner?.mac === request.sourceMac && owner !== undefined)
      return { kinds: ['gateway-outside'], evidence: [ownedBy(request, owner.packet)] };
  }
  for (const { server, response } of places.between) {
    if (response === undefined || !passedOnce(response)) continue;
    const owner = ownerOf(capture, server);
    if (owner !== undefined && owner.mac === response.sourceMac)
      return { kinds: ['balancer-front'], evidence: [ownedBy(response, owner.packet)] };
  }
  return undefined;
}

const passedOnce = (packet: PacketFacts): boolean => onItsLink(packet) === false && hopsTaken(packet.hopLimit as number) === 1;

const ownToo = (passed: PacketFacts, own: PacketFacts): VantageEvidence => ({
  text: {
    en: `packets from ${own.source} leave with TTL ${own.hopLimit} (its own, packet ${own.number}) and with ${passed.hopLimit} (passed on for others, packet ${passed.number}): the outside of a gateway that translates addresses`,
    ko: `${own.source}에서 나온 패킷에 TTL ${own.hopLimit}(자기 것, ${own.number}번 패킷)과 TTL ${passed.hopLimit}(남의 것을 넘긴 것, ${passed.number}번 패킷)이 함께 있습니다. 주소를 변환하는 게이트웨이의 바깥쪽입니다`,
  },
  packets: [own.number, passed.number],
});

const ownedBy = (passed: PacketFacts, packet: number): VantageEvidence => ({
  text: {
    en: `${passed.source} is an address of this link (${passed.sourceMac}, packet ${packet}), yet packet ${passed.number} from it has passed a router (TTL ${passed.hopLimit}): whoever has the address translates for others`,
    ko: `${topic(passed.source)} 이 링크에 있는 주소인데(${passed.sourceMac}, ${packet}번 패킷) 거기서 온 ${passed.number}번 패킷은 이미 라우터를 하나 지났습니다(TTL ${passed.hopLimit}). 이 주소를 가진 장비가 남의 주소를 변환해 주는 것입니다`,
  },
  packets: [packet, passed.number],
});

/** Neither end is on this link. One router behind all requests: the outside of the first gateway. */
export function farFromBoth(flows: SeenFlow[], capture: CaptureFacts): Place {
  // What strangers send to the gateway's own address comes from the other side.
  const translators = new Set(
    flows.filter(({ request }) => request !== undefined && passedOnce(request)).map((flow) => flow.client),
  );
  const outgoing = flows.filter((flow) => !translators.has(flow.server));
  const requests = outgoing.map((flow) => flow.request).filter((each) => onItsLink(each) !== undefined) as PacketFacts[];
  const shown = requests[0] ?? flows.find((flow) => onItsLink(flow.response) !== undefined)?.response;
  const answer = flows.find((flow) => flow.request === shown)?.response;
  const says = {
    text: {
      en: `neither end is on this link: ${shown.source} arrives with TTL ${shown.hopLimit} (packet ${shown.number})${answer === undefined ? '' : `, ${answer.source} with ${answer.hopLimit} (packet ${answer.number})`}`,
      ko: `이 링크에는 양쪽 끝이 없습니다. ${shown.source}의 패킷은 TTL ${toward(shown.hopLimit)} ${answer === undefined ? `도착합니다(${shown.number}번)` : `도착하고(${shown.number}번), ${answer.source}의 패킷은 TTL ${toward(String(answer.hopLimit))} 도착합니다(${answer.number}번)`}`,
    },
    packets: [shown.number, ...(answer === undefined ? [] : [answer.number])],
  };
  const senders = new Set(requests.map((each) => each.sourceMac));
  const oneBehind = requests.length > 0 && requests.every(passedOnce) && senders.size === 1;
  if (!oneBehind) return { kinds: ['router'], evidence: [says] };
  const inner = requests.some((each) => ['private', 'unique-local'].includes(addressClass(each.source as string)));
  const own = inner && shown.sourceMac !== undefined ? addressOf(capture, shown.sourceMac) : undefined;
  // A private address goes on between private routers; where its router has a public one, it goes out.
  if (inner && (own === undefined || addressClass(own.address) !== 'global')) return { kinds: ['router'], evidence: [says] };
  const behind = {
    text: {
      en: `every request has passed one router, ${own?.address ?? shown.sourceMac ?? 'the sender of this link'}: the outside of the clients’ gateway`,
      ko: `모든 요청이 라우터 하나(${own?.address ?? shown.sourceMac ?? '이 링크에서 보내는 쪽'})를 지났습니다. 클라이언트 게이트웨이의 바깥쪽입니다`,
    },
    packets: [...(own === undefined ? [] : [own.packet]), shown.number],
  };
  return { kinds: ['gateway-outside'], evidence: [says, behind] };
}

/** Whose MAC has this address, by ARP or NDP in the capture. */
function ownerOf(capture: CaptureFacts, address: string): { mac: string; packet: number } | undefined {
  for (const each of capture.resolutionsOf(address)) {
    if (each.targetAddress === address && each.answerMac !== undefined && each.answerPacket !== undefined)
      return { mac: each.answerMac, packet: each.answerPacket };
    if (each.senderAddress === address) return { mac: each.senderMac, packet: each.packet };
  }
  return undefined;
}

/** An address that this MAC says it has. */
function addressOf(capture: CaptureFacts, mac: string): { address: string; packet: number } | undefined {
  for (const each of capture.resolutions)
    if (each.kind === 'arp' && each.senderMac === mac && addressClass(each.senderAddress) !== 'unspecified')
      return { address: each.senderAddress, packet: each.packet };
  return undefined;
}

/** ARP packets that are looked at. */
const MOST = 2000;

const owned = new WeakMap<CaptureFacts, Map<string, Set<string>>>();

/** Addresses that this MAC has by what it says, or answers. */
export function addressesWith(capture: CaptureFacts, mac: string): Set<string> {
  let index = owned.get(capture);
  if (index === undefined) {
    index = new Map();
    const add = (owner: string | undefined, address: string): void => {
      if (owner === undefined || addressClass(address) === 'unspecified') return;
      const known = index?.get(owner);
      if (known === undefined) index?.set(owner, new Set([address]));
      else known.add(address);
    };
    for (const { senderMac, senderAddress, answerMac, targetAddress } of first(capture.resolutions, MOST)) {
      add(senderMac, senderAddress);
      add(answerMac, targetAddress);
    }
    owned.set(capture, index);
  }
  return index.get(mac) ?? new Set();
}

/** Packets of one direction, from afar, whose receiver has its address on this link. */
export function oneWay(flows: SeenFlow[], capture: CaptureFacts): Place | undefined {
  for (const { request, response } of flows) {
    const packet =
      onItsLink(request) === false && response === undefined
        ? request
        : onItsLink(response) === false && request === undefined
          ? response
          : undefined;
    if (packet?.destinationMac === undefined || packet.destination === undefined) continue;
    const owner = ownerOf(capture, packet.destination);
    if (owner?.mac !== packet.destinationMac) continue;
    return {
      kinds: packet === request ? ['last-router', 'server'] : ['client', 'gateway-inside'],
      evidence: [
        {
          text: {
            en: `${packet.destination} is on this link (${owner.mac}, packet ${owner.packet}) and gets packets from afar (packet ${packet.number}, TTL ${packet.hopLimit}); what it sends does not pass here`,
            ko: `${packet.destination}의 MAC 주소가 이 링크에 있고(${owner.mac}, ${owner.packet}번 패킷) 멀리서 온 패킷을 받습니다(${packet.number}번 패킷, TTL ${packet.hopLimit}). 그쪽에서 보내는 패킷은 여기를 지나지 않습니다`,
          },
          packets: [owner.packet, packet.number],
        },
      ],
    };
  }
  return undefined;
}
