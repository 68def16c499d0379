import type { CaptureFacts } from '../facts.ts';
import { contradicted, notVisible, skipped } from '../findings.ts';
import { isLoopback } from '../origin.ts';
import { isMulticast, isUpstream } from '../dns/questions.ts';
import { fileText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import type { Finding, HopsRule } from '../rule.ts';

/** Lookups and connections that are looked through for the first ones. */
const LOOK = 1000;

export const rule: HopsRule = {
  id: 'R-ORD-2',
  chapter: 'order',
  scope: 'hops',
  statement: {
    en: 'Encapsulation, NAT and routing are steps that come after DNS and before TCP or HTTP',
    ko: '캡슐화, NAT, 라우팅은 DNS 다음, TCP나 HTTP 앞에 오는 단계이다',
  },
  reality: {
    en: 'They are no steps in time but happen to every packet: the DNS question, the SYN, the request and the FIN are each encapsulated, routed, and translated where there is NAT.',
    ko: '시간 순서의 단계가 아니라 모든 패킷에 일어나는 일입니다. DNS 질문, SYN, 요청, FIN이 저마다 캡슐화되고 라우팅되며, NAT가 있으면 주소도 바뀝니다.',
  },
  rfc: ['RFC 1122 §1.1.3', 'RFC 1812 §5.2', 'RFC 3022 §2'],
  vantages: ['client', 'gateway-inside', 'gateway-outside'],
  reasons: ['every-packet', 'every-segment', 'translated-too', 'no-question', 'no-connection'],
  needs: [],
  check: (hops) => hops.captures.map((capture) => ({ ...judge(hops, capture), capture: capture.index })),
};

function judge(hops: Hops, capture: CaptureFacts): Finding {
  let question: { index: number; packet: number; server: string } | undefined;
  let looked = 0;
  for (const l of capture.lookups) {
    if (looked++ >= LOOK) break;
    if (isMulticast(l) || isUpstream(l) || isLoopback(l.server.address)) continue;
    question = { index: l.index, packet: l.packet, server: l.server.address };
    break;
  }
  if (capture.connections.count === 0 && question === undefined)
    return skipped('no-connection', [], {
      en: 'the capture has neither a DNS question nor a connection',
      ko: '캡처에 DNS 질문도 연결도 없습니다',
    });
  const instead = question === undefined ? openedAndUsed(capture) : undefined;
  if (instead !== undefined)
    return contradicted('every-segment', [instead.syn, instead.next], {
      en: `the SYN in packet ${instead.syn} is encapsulated (${capture.stackOf(instead.syn)}) and addressed to ${instead.server} for the routers, and so is packet ${instead.next} behind the handshake (${capture.stackOf(instead.next)}): these are no steps before TCP or HTTP`,
      ko: `${instead.syn}번 패킷의 SYN이 캡슐화되어 있고(${capture.stackOf(instead.syn)}) 라우터가 볼 목적지 ${instead.server} 주소가 있으며, 핸드셰이크 뒤의 ${instead.next}번 패킷(${capture.stackOf(instead.next)})도 마찬가지입니다: TCP나 HTTP 앞에 오는 단계가 아닙니다`,
    });
  if (question === undefined) {
    const [{ server }] = capture.connections;
    return notVisible(
      'no-question',
      [],
      {
        en: 'the capture has connections but no DNS question: what happens to it is not seen here',
        ko: '캡처에 연결은 있지만 DNS 질문이 없습니다: 질문에 무슨 일이 일어나는지 여기서는 보이지 않습니다',
      },
      {
        text: { en: 'capture at the client, before it asks for a name', ko: '클라이언트에서, 이름을 묻기 전부터 캡처하세요' },
        command: `tcpdump -i any -w client.pcap 'port 53 or host ${server.address}'`,
      },
    );
  }
  const later = openedAfter(capture, question.packet);
  const facts = capture.packet(question.packet);
  const stack = capture.stackOf(question.packet);
  const other = later === undefined ? '' : `, just as the SYN in packet ${later} (${capture.stackOf(later)})`;
  const otherKo = later === undefined ? '' : `. ${later}번 패킷의 SYN(${capture.stackOf(later)})과 다르지 않습니다`;
  const there = translatedAt(hops, capture, question.index);
  if (there !== undefined && facts?.source !== undefined)
    return {
      ...contradicted('translated-too', [question.packet, there.here ?? later, later], {
        en: `the DNS question in packet ${question.packet} is encapsulated (${stack}) and translated as well: ${facts.source} became ${there.source} in packet ${there.packet}${there.here === undefined ? ` of ${there.file}` : ''}${other}`,
        ko: `${question.packet}번 패킷의 DNS 질문도 캡슐화되고(${stack}) 주소가 바뀝니다: ${facts.source} 주소가 ${there.here === undefined ? `${there.file}의 ` : ''}${there.packet}번 패킷에서는 ${there.source}입니다${otherKo}`,
      }),
      ...(there.capture === capture.index ? {} : { elsewhere: [{ capture: there.capture, packets: [there.packet] }] }),
    };
  return contradicted('every-packet', [question.packet, later], {
    en: `the DNS question in packet ${question.packet} is itself encapsulated (${stack}) and addressed to ${question.server} for the routers${other}: these are no steps after DNS`,
    ko: `${question.packet}번 패킷의 DNS 질문부터 이미 캡슐화되어 있고(${stack}) 라우터가 볼 목적지 ${question.server} 주소가 있습니다${otherKo}: DNS 다음에 오는 단계가 아닙니다`,
  });
}

/** A connection of which the SYN and a later packet of the client show the same. */
function openedAndUsed(capture: CaptureFacts): { syn: number; next: number; server: string } | undefined {
  let looked = 0;
  for (const c of capture.connections) {
    if (looked++ >= LOOK) return undefined;
    const syn = c.handshake?.syn[0];
    const next = c.handshake?.synAck.length === 0 ? undefined : (capture.exchangesOn(c.id)[0]?.requestPacket ?? c.handshake?.ack);
    if (syn !== undefined && next !== undefined) return { syn, next, server: c.server.address };
  }
  return undefined;
}

/** The first connection that was opened after the question. */
function openedAfter(capture: CaptureFacts, packet: number): number | undefined {
  let looked = 0;
  for (const c of capture.connections) {
    const syn = c.handshake?.syn[0];
    if (syn !== undefined && syn > packet) return syn;
    if (looked++ >= LOOK) return undefined;
  }
  return undefined;
}

/** Where the same question is seen with another source address: behind a NAT. */
function translatedAt(hops: Hops, capture: CaptureFacts, lookup: number) {
  const own = capture.lookups.get(lookup)?.client.address;
  for (const join of hops.joins) {
    if (join.kind !== 'lookup' || join.from !== capture.index || join.fromId !== lookup) continue;
    const to = hops.captures.find((each) => each.index === join.to);
    const other = to?.lookups.get(join.toId);
    if (to === undefined || other === undefined || other.client.address === own) continue;
    const here = to.index === capture.index ? other.packet : undefined;
    return { capture: to.index, file: fileText(hops, to.index), packet: other.packet, source: other.client.address, here };
  }
  return undefined;
}
