import { bareName, hostPort, sameName } from '../../correlate/host-names.ts';
import type { Journey, Lookup, Stage } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { notVisible, skipped, unknown } from '../findings.ts';
import { byProxy, toProxy } from '../http/by-proxy.ts';
import { bothDirections, connectionOf, exchangeOf, openedBy, tlsAround, tlsOf } from '../needs.ts';
import { isAddress, sentHere } from '../origin.ts';
import type { Advice, Finding, JourneySubject, Need } from '../rule.ts';
import { firstFrom, isMulticast, isUpstream, questionsOf } from './questions.ts';

/** How a journey came by its address. */
export type Asking =
  /** It asked itself, and waited. */
  | { how: 'own'; lookups: Lookup[] }
  | { how: 'multicast'; lookups: Lookup[] }
  /** Questions of a resolver to name servers. */
  | { how: 'upstream'; lookups: Lookup[] }
  /** An answer that was there already. */
  | { how: 'earlier'; lookup: Lookup }
  /** It goes over a connection that was open. */
  | { how: 'reused' }
  /** Its URL has an address for a name. */
  | { how: 'literal' }
  /** The connection is older than the capture. */
  | { how: 'late' }
  /** This client's questions do not pass where the capture was taken. */
  | { how: 'elsewhere' }
  /** Nobody asked here. `other`: an answer for another name has the address. */
  | { how: 'none'; other: Lookup | undefined };

const OWN_LIMIT = 32;
/** Where names are not asked for by those whose packets pass. */
const BEHIND = ['server', 'last-router', 'router', 'cache-front', 'cache-back', 'balancer-front', 'balancer-back'];

const stageOf = (journey: Journey, kind: Stage['kind']): Stage | undefined => journey.stages.find((s) => s.kind === kind);

let last: { journey: Journey; capture: CaptureFacts; asking: Asking } | undefined;

/** Several rules ask this of the same journey, one after the other. */
export function askingOf(subject: JourneySubject): Asking {
  if (last?.journey !== subject.journey || last.capture !== subject.capture) last = { ...subject, asking: findAsking(subject) };
  return last.asking;
}

function findAsking(subject: JourneySubject): Asking {
  const { capture, journey } = subject;
  const lookup = journey.lookup === undefined ? undefined : capture.lookups.get(journey.lookup);
  const stage = stageOf(journey, 'dns');
  if (stage !== undefined && !stage.reused && lookup !== undefined) {
    const lookups = inStage(capture, lookup, stage);
    if (lookups.every(isMulticast)) return { how: 'multicast', lookups };
    return { how: lookups.every(isUpstream) ? 'upstream' : 'own', lookups };
  }
  const connection = connectionOf(subject);
  const stream = exchangeOf(subject)?.stream ?? 1;
  if (stageOf(journey, 'tcp')?.reused && (stream > 1 || beganHere(subject))) return { how: 'reused' };
  if (journey.quic !== undefined && stageOf(journey, 'tls')?.reused) return { how: 'reused' };
  if (isLiteral(subject)) return { how: 'literal' };
  const related = lookup !== undefined && isFor(lookup, nameOf(subject));
  if (lookup !== undefined && related) return { how: 'earlier', lookup };
  if (connection === undefined) return { how: 'none', other: lookup };
  if (!beganHere(subject)) return { how: 'late' };
  const asks = capture.asksNames(connection.client.address);
  const syn = connection.handshake?.syn[0];
  const here = syn === undefined ? undefined : sentHere(capture, syn);
  const behind = capture.vantage.kind !== undefined && BEHIND.includes(capture.vantage.kind);
  if (!asks && (here === false || behind)) return { how: 'elsewhere' };
  return { how: 'none', other: lookup };
}

const beganHere = (subject: JourneySubject): boolean => (connectionOf(subject)?.handshake?.syn.length ?? 0) > 0;

function inStage(capture: CaptureFacts, lookup: Lookup, stage: Stage): Lookup[] {
  const list = questionsOf(capture, lookup.client.address, lookup.name);
  const found: Lookup[] = [];
  for (let i = firstFrom(list, stage.start); i < list.length && found.length < OWN_LIMIT && list[i].start <= stage.end; i++) {
    const each = stage.packets.includes(list[i].packet) ? capture.lookups.get(list[i].index) : undefined;
    if (each !== undefined) found.push(each);
  }
  return found.length > 0 ? found : [lookup];
}

/** The name that the client itself uses: of its ClientHello or its request. Of a proxy, which it asks for others, that of the TLS with it. */
export const nameOf = (subject: JourneySubject): string | undefined =>
  byProxy(subject) ? proxyName(subject) : bareName(exchangeOf(subject)?.host) || tlsOf(subject)?.sni || undefined;

const proxyName = (subject: JourneySubject): string | undefined => (toProxy(subject) ? tlsAround(subject)?.sni : undefined);

function isLiteral(subject: JourneySubject): boolean {
  const name = nameOf(subject);
  return name !== undefined && isAddress(name);
}

/** A connection to an address that an answer has, which names nobody: a preconnect, or an address that was typed. */
export const nameless = (lookup: Lookup, packets: (number | undefined)[]): Finding =>
  unknown('nameless', packets, {
    en: `the answer for ${lookup.name} in packet ${lookup.answerPacket} has this address, but the connection names no host: whether it used that answer, or was given the address, the packets do not tell`,
    ko: `${lookup.answerPacket}번의 ${lookup.name} 응답에 이 주소가 있지만 연결에는 호스트 이름이 없습니다: 그 응답을 쓴 것인지 주소를 직접 받은 것인지 패킷으로는 알 수 없습니다`,
  });

/** Asked for this name, or for an alias of it; of a connection that names nobody, any will do. */
const isFor = (lookup: Lookup, name: string | undefined): boolean =>
  name === undefined || sameName(name, lookup.name) || lookup.aliases.some((alias) => sameName(alias, name));

/** The client asked over and over, for seconds: no answer came, and it is not the capture that ended too soon. */
export const patient = (lookups: Lookup[]): boolean =>
  Math.max(...lookups.map((l) => l.lastAsked)) - Math.min(...lookups.map((l) => l.start)) >= 1e9;

export const packetsOfLookups = (lookups: Lookup[]): number[] =>
  lookups
    .flatMap((l) => [l.packet, ...l.repeats, ...(l.answerPacket === undefined ? [] : [l.answerPacket])])
    .sort((a, b) => a - b);

/** "A in packet 3, AAAA in packet 4" */
export const typesText = (lookups: Lookup[]): { en: string; ko: string } => ({
  en: lookups.map((l) => `${l.type} in packet ${l.packet}`).join(', '),
  ko: lookups.map((l) => `${l.packet}번 패킷 ${l.type}`).join(', '),
});

export const atTheClient = (address: string): Advice => ({
  text: { en: 'capture at the client itself', ko: '클라이언트에서 직접 캡처하세요' },
  command: `tcpdump -i any -w client.pcap 'port 53 or port 853 or host ${address}'`,
});

/** What a rule about the client's own questions says of a journey that has none here; undefined: it has. */
export function withoutQuestion(subject: JourneySubject, asking: Asking): Finding | undefined {
  const { journey } = subject;
  const connection = connectionOf(subject);
  const opened = openedBy(subject);
  const first = connection?.firstPacket ?? opened?.first;
  const server = opened === undefined ? journey.name : hostPort(opened.server);
  switch (asking.how) {
    case 'own':
      return undefined;
    case 'multicast':
      return skipped('multicast', packetsOfLookups(asking.lookups), {
        en: `${asking.lookups[0].name} was asked of the neighbours by ${asking.lookups[0].transport === 'mdns' ? 'mDNS (RFC 6762, port 5353)' : 'LLMNR (RFC 4795, port 5355)'}, not of a DNS server`,
        ko: `${asking.lookups[0].name} 이름은 DNS 서버가 아니라 같은 네트워크의 이웃에게 ${asking.lookups[0].transport === 'mdns' ? 'mDNS (RFC 6762, 포트 5353)' : 'LLMNR (RFC 4795, 포트 5355)'} 방식으로 물었습니다`,
      });
    case 'upstream':
      return skipped('resolver-leg', packetsOfLookups(asking.lookups).slice(0, 8), {
        en: `${asking.lookups[0].client.address} asks ${asking.lookups[0].server.address} without wanting recursion (packet ${asking.lookups[0].packet}): that is a resolver's question to a name server, not a client's`,
        ko: `${asking.lookups[0].client.address}에서 ${asking.lookups[0].server.address} 서버로 간 질문은 재귀를 바라지 않습니다 (${asking.lookups[0].packet}번 패킷): 클라이언트가 아니라 리졸버가 네임 서버에 묻는 것입니다`,
      });
    case 'earlier':
      return skipped('cached', [asking.lookup.packet, asking.lookup.answerPacket, first], {
        en: `no question was asked for this: ${asking.lookup.name} had been answered in packet ${asking.lookup.answerPacket} before`,
        ko: `이번에는 묻지 않았습니다: ${asking.lookup.name} 이름의 응답이 ${asking.lookup.answerPacket}번 패킷으로 이미 와 있었습니다`,
      });
    case 'reused':
      return skipped('connection-reused', [opened?.first, exchangeOf(subject)?.requestPacket ?? first], {
        en: `the request goes over the connection to ${server} that was open already: no name had to be looked up`,
        ko: `이미 열려 있던 ${server} 연결로 요청을 보냈으므로 이름을 찾을 필요가 없었습니다`,
      });
    case 'literal':
      return skipped('literal', [first, exchangeOf(subject)?.requestPacket], {
        en: `the URL has the address ${journey.name} itself: there is no name to look up`,
        ko: `URL에 ${journey.name} 주소가 그대로 있으므로 찾을 이름이 없습니다`,
      });
    case 'late':
      if (connection?.traits?.includes('one-direction')) return bothDirections(subject);
      return unknown('mid-stream', [first], {
        en: `the connection to ${server} is older than the capture (no SYN): its question, if there was one, would be older too`,
        ko: `${server} 연결은 캡처보다 먼저 열렸습니다(SYN 없음). 질문이 있었더라도 캡처 전입니다`,
      });
    case 'elsewhere':
      return notVisible(
        'client-elsewhere',
        [first],
        {
          en: `${connection?.client.address} asks for its names elsewhere: no DNS of it passes here, and its SYN in packet ${first} has come through routers`,
          ko: `${connection?.client.address}의 이름 질문은 이곳을 지나지 않습니다. ${first}번 패킷의 SYN은 라우터를 거쳐 온 것입니다`,
        },
        atTheClient(connection?.server.address ?? journey.client),
      );
    case 'none':
      if (isAddress(journey.name) || nameOf(subject) === undefined)
        return skipped('not-asked', [first], {
          en: `no question is in the capture, and nothing here names ${server}: its address was given, or came from where no question is seen`,
          ko: `캡처에 질문이 없고 ${server} 쪽의 이름도 나오지 않습니다: 주소를 직접 썼거나, 보이지 않는 곳에서 얻은 것입니다`,
        });
      return skipped('not-asked', [first], {
        en: `no question for ${nameOf(subject)} is in the capture: the address came from a cache, the hosts file, encrypted DNS, or was asked for before the capture began`,
        ko: `이 캡처에는 ${nameOf(subject)}에 대한 질문이 없습니다: 주소는 캐시, hosts 파일, 암호화된 DNS에서 왔거나 캡처 전에 물은 것입니다`,
      });
  }
}

/** The journey asked for its name itself. */
export const askedItself: Need<JourneySubject> = (subject) => withoutQuestion(subject, askingOf(subject));

/** Its lookups; only after `askedItself`. */
export function ownLookups(subject: JourneySubject): Lookup[] {
  const asking = askingOf(subject);
  return asking.how === 'own' ? asking.lookups : [];
}

/** Reasons that `withoutQuestion` may give. */
export const WITHOUT_QUESTION = [
  'multicast',
  'resolver-leg',
  'cached',
  'connection-reused',
  'literal',
  'mid-stream',
  'one-direction',
  'client-elsewhere',
  'not-asked',
];
