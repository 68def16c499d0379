import { together, topic, toward } from '../text/particles.ts';
import { addressClass } from './addresses.ts';
import type { CaptureFacts } from './facts.ts';
import type { PacketFacts } from './packet.ts';
import { cookedDirection, type SeenFlow } from './seen-flows.ts';
import type { Place, VantageEvidence, VantageKind } from './vantage.ts';
import { behindProxy, cacheHeader, regularChecks } from './vantage-proxy.ts';

/** The link of the clients: the client's own interface, or the inside of its gateway where several of them pass. */
export function nearClient(flows: SeenFlow[], capture: CaptureFacts): Place {
  const requests = flows.map((flow) => flow.request as PacketFacts);
  const [shown] = requests;
  const answer = flows[0].response;
  const evidence: VantageEvidence[] = [
    {
      text: {
        en: `${shown.source} sends with TTL ${shown.hopLimit}, as packets leave their sender (packet ${shown.number})${farText(answer).en}`,
        ko: `${shown.source}의 패킷은 처음 나갈 때의 TTL ${shown.hopLimit} 그대로입니다(${shown.number}번 패킷)${farText(answer).ko}`,
      },
      packets: [shown.number, ...(answer === undefined ? [] : [answer.number])],
    },
  ];
  if (addressClass(shown.source as string) === 'private')
    evidence.push({
      text: { en: `${shown.source} is a private address`, ko: `${topic(shown.source)} 사설 주소입니다` },
      packets: [shown.number],
    });
  const proxied = behindProxy(flows, capture);
  if (proxied !== undefined) return { kinds: proxied.kinds, evidence: [...evidence, ...proxied.evidence] };
  const devices = byMac(requests);
  const cooked = cookedDirection(shown);
  if (devices.length > 1 || cooked === 'in') return { kinds: ['gateway-inside'], evidence: [...evidence, severalText(devices)] };
  // One link, one client: what it sends the gateway receives. The likelier of the two comes first.
  return { kinds: cooked === 'out' ? ['client'] : ['client', 'gateway-inside'], evidence };
}

const farText = (answer: PacketFacts | undefined): { en: string; ko: string } =>
  answer === undefined
    ? { en: '', ko: '' }
    : {
        en: `; ${answer.source} answers from further away, with ${answer.hopLimit} (packet ${answer.number})`,
        ko: `. 응답하는 ${topic(answer.source)} 멀리 있어 TTL ${toward(answer.hopLimit)} 도착합니다(${answer.number}번 패킷)`,
      };

function severalText(devices: PacketFacts[]): VantageEvidence {
  const shown = devices.slice(0, 3);
  const names = shown.map((each) => `${each.source} (${each.sourceMac ?? '?'})`).join(', ');
  return {
    text: {
      en: `${devices.length} device${devices.length === 1 ? '' : 's'} of this network send through it: ${names}`,
      ko: `이 네트워크의 기기 ${devices.length}대가 이곳을 지나 보냅니다: ${names}`,
    },
    packets: shown.map((each) => each.number),
  };
}

/** One packet of each sending MAC address. */
function byMac(packets: PacketFacts[]): PacketFacts[] {
  const found = new Map<string, PacketFacts>();
  for (const each of packets) if (each.sourceMac !== undefined && !found.has(each.sourceMac)) found.set(each.sourceMac, each);
  return [...found.values()];
}

/** The link of the servers: a server's own interface, or its last router's. */
export function nearServer(flows: SeenFlow[], capture: CaptureFacts): Place {
  const responses = flows.map((flow) => flow.response as PacketFacts);
  const [shown] = responses;
  const { request } = flows[0];
  const far =
    request === undefined
      ? { en: '', ko: '' }
      : {
          en: `; ${request.source} comes from further away, with ${request.hopLimit} (packet ${request.number})`,
          ko: `. 요청하는 ${topic(request.source)} 멀리서 TTL ${toward(request.hopLimit)} 도착합니다(${request.number}번 패킷)`,
        };
  const evidence: VantageEvidence[] = [
    {
      text: {
        en: `${shown.source} answers with TTL ${shown.hopLimit}, as packets leave their sender (packet ${shown.number})${far.en}`,
        ko: `응답하는 ${shown.source}의 패킷은 처음 나갈 때의 TTL ${shown.hopLimit} 그대로입니다(${shown.number}번 패킷)${far.ko}`,
      },
      packets: [shown.number, ...(request === undefined ? [] : [request.number])],
    },
  ];
  const served = flows.filter((flow) => flow.kind !== 'dns');
  if (served.length === 0) return { kinds: [answersByItself(flows) ? 'name-server' : 'resolver'], evidence };
  const cache = cacheHeader(served, capture);
  if (cache !== undefined) return { kinds: ['cache-front'], evidence: [...evidence, cache] };
  const devices = byMac(responses);
  if (devices.length > 1) return { kinds: ['last-router'], evidence: [...evidence, severalText(devices)] };
  return { kinds: cookedDirection(shown) === 'out' ? ['server'] : ['server', 'last-router'], evidence };
}

/** DNS answers that say "authoritative" (RFC 1035 §4.1.1). */
const answersByItself = (flows: SeenFlow[]): boolean =>
  flows.some(({ response }) => response !== undefined && (response.payload[2] & 4) !== 0);

/** Client and server are neighbours: their link is both places, unless more of one side pass it than of the other. */
export function onOneLink(flows: SeenFlow[], capture: CaptureFacts): Place {
  const request = flows[0].request as PacketFacts;
  const response = flows[0].response as PacketFacts;
  const evidence: VantageEvidence[] = [
    {
      text: {
        en: `${request.source} and ${response.source} are neighbours: both send with the TTL that packets begin with, ${request.hopLimit} and ${response.hopLimit}`,
        ko: `${together(request.source)} ${topic(response.source)} 이웃입니다: 두 쪽 모두 패킷이 시작하는 TTL(${request.hopLimit}, ${response.hopLimit}) 그대로입니다`,
      },
      packets: [request.number, response.number],
    },
  ];
  const asked = flows.every((flow) => flow.kind === 'dns');
  if (asked) return { kinds: ['client', answersByItself(flows) ? 'name-server' : 'resolver'], evidence };
  const served = flows.filter((flow) => flow.kind !== 'dns');
  const cache = cacheHeader(served, capture);
  const server: VantageKind = cache === undefined ? 'server' : 'cache-front';
  if (cache !== undefined) evidence.push(cache);
  const proxied = behindProxy(served, capture) ?? regularChecks(served, capture);
  const client: VantageKind[] = proxied?.kinds ?? ['client'];
  if (proxied !== undefined) evidence.push(...proxied.evidence);
  const clients = byMac(served.map((flow) => flow.request as PacketFacts));
  const servers = byMac(served.map((flow) => flow.response as PacketFacts));
  if (clients.length > 1 && servers.length === 1) return { kinds: [server], evidence: [...evidence, severalText(clients)] };
  if (servers.length > 1 && clients.length === 1) return { kinds: client, evidence: [...evidence, severalText(servers)] };
  return { kinds: [...client, server], evidence };
}
