import { together, topic } from '../../text/particles.ts';
import { type AddressClass, addressClass } from '../addresses.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped } from '../findings.ts';
import { forwardedFor, requestHead } from '../http-head.ts';
import type { Finding, JourneyRule, JourneySubject } from '../rule.ts';
import type { VantageKind } from '../vantage.ts';
import { type Ends, endsOf, isHere, limitName, NO_PACKET, talks } from './ends.ts';

/** Places that a client's packets pass before any gateway has translated them. */
const BEFORE_TRANSLATION: VantageKind[] = ['client', 'gateway-inside'];

const BEHIND_A_PROXY: VantageKind[] = ['cache-back', 'balancer-back'];

export const rule: JourneyRule = {
  id: 'R-IP-1',
  chapter: 'ip',
  scope: 'journey',
  statement: {
    en: "The client's packets carry its private address as source and the server's public address as destination",
    ko: '클라이언트가 보내는 패킷의 출발지는 자신의 사설 주소, 목적지는 서버의 공인 주소다',
  },
  reality: {
    en: 'True behind a gateway that translates IPv4 (RFC 1918). With IPv6 the client mostly has a global address of its own and nothing is translated; behind carrier-grade NAT the address is of 100.64.0.0/10 (RFC 6598); a server in the same house or company is private, too.',
    ko: 'IPv4를 변환하는 게이트웨이 뒤에서는 맞습니다 (RFC 1918). IPv6에서는 클라이언트가 대개 자신의 글로벌 주소를 쓰고 변환하지 않습니다. 통신사 NAT 뒤에서는 100.64.0.0/10 주소를 쓰기도 하고 (RFC 6598), 같은 집이나 회사 안의 서버는 서버도 사설 주소입니다.',
  },
  rfc: ['RFC 1918 §3', 'RFC 6598 §4', 'RFC 4193'],
  vantages: ['client', 'gateway-inside'],
  reasons: [
    'private-to-public',
    'public-source',
    'shared-source',
    'link-local-source',
    'private-server',
    'loopback',
    'behind-a-router',
    'sent-on-by-a-proxy',
    NO_PACKET,
  ],
  needs: [talks],
  check(subject) {
    const ends = endsOf(subject);
    if (ends === undefined) throw new Error('nobody talks');
    const { client, server } = ends;
    const [from, to] = [addressClass(client.address), addressClass(server.address)];
    const packet = ends.fromClient ?? ends.fromServer;
    if (packet === undefined) throw new Error('no packet');
    if (from === 'loopback' || client.address === server.address)
      return skipped('loopback', [packet.number], {
        en: `${client.address} talks with ${server.address} inside one host: no packet leaves it`,
        ko: `${client.address}에서 ${server.address}에 보낸 것은 한 호스트 안의 통신입니다. 패킷이 밖으로 나가지 않습니다`,
      });
    if (isPrivateClass(from) && to === 'global')
      return confirmed('private-to-public', [packet.number], {
        en: `packet ${packet.number}: ${client.address} is private (${kindText(from).en}), ${server.address} is not`,
        ko: `${packet.number}번 패킷: ${topic(client.address)} 사설 주소(${kindText(from).ko})이고 ${topic(server.address)} 공인 주소입니다`,
      });
    return elsewhere(subject, ends, packet.number) ?? contradiction(ends, from, packet.number);
  },
};

/** Requests whose headers are looked at for a proxy's words. */
const LOOK = 1000;
const proxies = new WeakMap<CaptureFacts, Map<string, SaidByAProxy>>();

/** A request's packet, and for whom it says that it was sent on. */
interface SaidByAProxy {
  packet: number;
  client: string;
}

/** Addresses that say of a request that they send it on for somebody (RFC 7239, X-Forwarded-For), with its packet. */
function proxiesIn(capture: CaptureFacts): Map<string, SaidByAProxy> {
  let found = proxies.get(capture);
  if (found !== undefined) return found;
  found = new Map();
  let count = 0;
  for (const exchange of capture.exchanges) {
    if (count++ >= LOOK) break;
    const address = capture.connections.get(exchange.connection)?.client.address;
    if (address === undefined || exchange.requestPacket === undefined || found.has(address)) continue;
    const head = requestHead(capture, exchange);
    const client = head === undefined ? undefined : forwardedFor(head);
    if (client !== undefined) found.set(address, { packet: exchange.requestPacket, client });
  }
  proxies.set(capture, found);
  return found;
}

/** What a header says stands in a line to type only where it can be nothing else. */
const isPlainAddress = (said = ''): boolean => /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)$/i.test(said);

const isPrivateClass = (each: AddressClass): boolean => each === 'private' || each === 'unique-local';

/** Behind a gateway the source is no longer the client's own, or need not be. */
function elsewhere(subject: JourneySubject, ends: Ends, packet: number): Finding | undefined {
  const { capture } = subject;
  const { client, server, fromClient } = ends;
  const advice = {
    text: { en: 'capture at the client itself', ko: '클라이언트에서 직접 캡처하세요' },
    command: `tcpdump -i any -w client.pcap host ${server.address}`,
  };
  const { kinds, given } = capture.vantage;
  const says = proxiesIn(capture).get(client.address);
  if (says !== undefined || (kinds.length > 0 && kinds.every((each) => BEHIND_A_PROXY.includes(each))))
    return notVisible(
      'sent-on-by-a-proxy',
      [packet, says?.packet],
      {
        en: `${client.address} is a proxy that sends other clients' requests on${says === undefined ? '' : ` (so the header in packet ${says.packet} says)`}; the clients' own packets are in front of it`,
        ko: `${topic(client.address)} 다른 클라이언트의 요청을 넘겨주는 프록시입니다${says === undefined ? '' : ` (${says.packet}번 패킷의 헤더)`}. 클라이언트가 보낸 패킷은 프록시 앞쪽에 있습니다`,
      },
      {
        ...advice,
        command: `tcpdump -i any -w client.pcap ${isPlainAddress(says?.client) ? `host ${says?.client} and tcp` : 'tcp'}`,
      },
    );
  const isBefore = kinds.length === 0 || kinds.some((each) => BEFORE_TRANSLATION.includes(each));
  if (isBefore && (isHere(fromClient) || given)) return undefined;
  const how =
    fromClient === undefined
      ? { en: `none of its packets is here`, ko: '보낸 패킷이 여기에는 없습니다' }
      : {
          en: `${limitName(fromClient)} ${fromClient.hopLimit} in packet ${fromClient.number}`,
          ko: `${fromClient.number}번 패킷의 ${limitName(fromClient)} ${fromClient.hopLimit}`,
        };
  return notVisible(
    'behind-a-router',
    [packet],
    {
      en: `${client.address} is not captured where it sends (${how.en}): whether a gateway on the way put this address in place of another is seen only in front of it`,
      ko: `${client.address}에서 보낸 곳이 아닌 데서 잡은 캡처입니다 (${how.ko}). 중간의 게이트웨이에서 다른 주소를 바꿔 넣었는지는 그 앞에서만 보입니다`,
    },
    advice,
  );
}

function contradiction({ client, server }: Ends, from: AddressClass, packet: number): Finding {
  const ends = {
    en: `packet ${packet}: ${client.address} talks with ${server.address}`,
    ko: `${packet}번 패킷: ${topic(client.address)} ${together(server.address)} 통신합니다`,
  };
  if (from === 'global')
    return contradicted('public-source', [packet], {
      en: `${ends.en}; the client's own address is ${client.address.includes(':') ? 'a global IPv6 address' : 'public'}: nothing has to be translated`,
      ko: `${ends.ko}. 클라이언트 자신의 주소가 ${client.address.includes(':') ? '글로벌 IPv6 주소' : '공인 주소'}여서 변환할 것이 없습니다`,
    });
  if (from === 'shared')
    return contradicted('shared-source', [packet], {
      en: `${ends.en}; the client's address is of 100.64.0.0/10, which providers use between their NAT and their customers (RFC 6598): not public, and not private by RFC 1918`,
      ko: `${ends.ko}. 클라이언트 주소가 통신사 NAT와 가입자 사이에 쓰는 100.64.0.0/10에 속합니다 (RFC 6598). 공인 주소도 아니고 RFC 1918의 사설 주소도 아닙니다`,
    });
  if (from === 'link-local')
    return contradicted('link-local-source', [packet], {
      en: `${ends.en}; the client's address is link-local, valid on this link alone (RFC 3927, RFC 4291)`,
      ko: `${ends.ko}. 클라이언트 주소가 이 링크 안에서만 쓰는 링크 로컬 주소입니다 (RFC 3927, RFC 4291)`,
    });
  return contradicted('private-server', [packet], {
    en: `${ends.en}; the source is private as the documents say, but the server's address is not public either`,
    ko: `${ends.ko}. 출발지는 문서대로 사설 주소이지만 서버의 주소도 공인 주소가 아닙니다`,
  });
}

const kindText = (each: AddressClass): { en: string; ko: string } =>
  each === 'unique-local' ? { en: 'RFC 4193', ko: 'RFC 4193' } : { en: 'RFC 1918', ko: 'RFC 1918' };
