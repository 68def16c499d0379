import { confirmed, contradicted, unknown } from '../findings.ts';
import { bothDirections, connectionOf, fromItsBeginning } from '../needs.ts';
import { Flag } from '../packet.ts';
import type { Finding, JourneyRule, JourneySubject } from '../rule.ts';
import { clientText, has, packetsText, type Segment, segmentsOf, serverText } from '../segments.ts';
import { answers, type Opening, openingOf } from './handshake.ts';

export const rule: JourneyRule = {
  id: 'R-TCP-1',
  chapter: 'tcp',
  scope: 'journey',
  statement: {
    en: 'A connection begins with SYN, SYN+ACK, ACK, in that order',
    ko: '연결은 SYN, SYN+ACK, ACK의 순서로 시작한다',
  },
  reality: {
    en: 'So it is (RFC 9293 §3.5). A lost SYN or SYN+ACK is sent again; a refused SYN is answered by RST or an ICMP error; with SYN cookies (RFC 4987 §3.6) the packets look the same; with fast open (RFC 7413) the SYN carries data; QUIC (RFC 9000) has none of the three.',
    ko: '실제로 그렇습니다 (RFC 9293 §3.5). 사라진 SYN이나 SYN+ACK는 다시 보냅니다. 거부된 SYN에는 RST나 ICMP 오류가 옵니다. SYN 쿠키(RFC 4987 §3.6)를 써도 패킷은 같아 보이고, TCP Fast Open(RFC 7413)에서는 SYN이 데이터를 싣습니다. QUIC(RFC 9000)에는 이 셋이 없습니다.',
  },
  rfc: ['RFC 9293 §3.5', 'RFC 4987 §3.6', 'RFC 7413'],
  vantages: ['client', 'server'],
  reasons: [
    'three-way',
    'sent-again',
    'fast-open',
    'refused',
    'refused-by-icmp',
    'unanswered',
    'one-unanswered',
    'simultaneous-open',
    'split-handshake',
    'reset-in-handshake',
    'wrong-acknowledgment',
    'captured-out-of-order',
    'no-ack',
    'no-syn',
    'unreadable',
  ],
  needs: [fromItsBeginning, bothDirections],
  check(subject) {
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const opening = openingOf(subject.capture, connection);
    const { syns, syn, synAck, ack } = opening;
    if (syn === undefined || synAck === undefined) return notAnswered(subject, opening);
    const client = clientText(connection);
    const server = serverText(connection);
    const traits = connection.traits ?? [];
    if (traits.includes('simultaneous-open') || traits.includes('split-handshake') || traits.includes('two-syns')) {
      const simultaneous = traits.includes('simultaneous-open');
      return contradicted(simultaneous ? 'simultaneous-open' : 'split-handshake', [...syns, ...opening.synAcks].map(number), {
        en: `both ends sent a SYN (${packetsText(syns.map(number)).en}): ${simultaneous ? 'a simultaneous open (RFC 9293 §3.5)' : 'a split handshake'}, more than three segments`,
        ko: `양쪽이 모두 SYN을 보냈습니다 (${packetsText(syns.map(number)).ko}): ${simultaneous ? '동시 열기(RFC 9293 §3.5)' : '나뉜 핸드셰이크'}이고 세그먼트가 셋보다 많습니다`,
      });
    }
    if (!answers(synAck, syn))
      return contradicted('wrong-acknowledgment', [syn.number, synAck.number], {
        en: `the SYN+ACK in packet ${synAck.number} acknowledges ${synAck.acknowledgment}, not ${(syn.sequence + 1) >>> 0} as the SYN in packet ${syn.number} asks: it does not answer it`,
        ko: `${synAck.number}번 패킷의 SYN+ACK는 ${synAck.acknowledgment}에 응답하는데, ${syn.number}번 패킷의 SYN이 기다리는 값은 ${(syn.sequence + 1) >>> 0}입니다: 이 SYN에 대한 응답이 아닙니다`,
      });
    if (ack === undefined) return noThird(subject, syn, synAck);
    if (!(syn.number < synAck.number && synAck.number < ack.number))
      return unknown('captured-out-of-order', [syn.number, synAck.number, ack.number], {
        en: `the three are there, but the file has them in another order (SYN in packet ${syn.number}, SYN+ACK in ${synAck.number}, ACK in ${ack.number}): the capture mixed them up, since a SYN+ACK cannot be sent before its SYN arrives`,
        ko: `셋이 모두 있지만 파일에는 다른 순서로 있습니다 (SYN ${syn.number}번, SYN+ACK ${synAck.number}번, ACK ${ack.number}번). SYN이 오기 전에 SYN+ACK를 보낼 수는 없으니 캡처가 순서를 섞은 것입니다`,
      });
    const again = syns.length + opening.synAcks.length - 2;
    const fast = syn.length > 0;
    return confirmed(fast ? 'fast-open' : again > 0 ? 'sent-again' : 'three-way', [syn.number, synAck.number, ack.number], {
      en: `${client.en} sent SYN in packet ${syn.number}, ${server.en} SYN+ACK in packet ${synAck.number}, the client ACK in packet ${ack.number}${again > 0 ? `; SYN was sent ${times(syns.length)}, SYN+ACK ${times(opening.synAcks.length)}` : ''}${fast ? `; the SYN carried ${syn.length} bytes of data (fast open)` : ''}`,
      ko: `${client.ko}가 ${syn.number}번 패킷에서 SYN을, ${server.ko}가 ${synAck.number}번에서 SYN+ACK를, 클라이언트가 ${ack.number}번에서 ACK를 보냈습니다${again > 0 ? `. SYN은 ${syns.length}번, SYN+ACK는 ${opening.synAcks.length}번 보냈습니다` : ''}${fast ? `. SYN에 데이터 ${syn.length}바이트가 실렸습니다 (Fast Open)` : ''}`,
    });
  },
};

const number = (segment: Segment): number => segment.number;
const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

function notAnswered(subject: JourneySubject, { syns, synAcks }: Opening): Finding {
  const connection = connectionOf(subject);
  if (connection === undefined) throw new Error('no connection');
  const client = clientText(connection);
  const server = serverText(connection);
  const told = connection.handshake?.syn[0] ?? connection.handshake?.synAck[0] ?? connection.firstPacket;
  if (syns.length === 0 && synAcks.length === 0)
    return unknown('unreadable', [told], {
      en: `the handshake is in packet ${told}, whose TCP header cannot be read by itself: it came in fragments, or cut`,
      ko: `핸드셰이크는 ${told}번 패킷에 있지만 TCP 헤더를 그 패킷만으로는 읽을 수 없습니다: 조각나거나 잘린 패킷입니다`,
    });
  if (syns.length === 0)
    return unknown('no-syn', synAcks.map(number), {
      en: `the SYN+ACK in packet ${synAcks[0]?.number} is there, the SYN before it was not captured`,
      ko: `${synAcks[0]?.number}번 패킷의 SYN+ACK는 있지만 그 앞의 SYN은 잡히지 않았습니다`,
    });
  const sent = syns.map(number);
  const { close } = connection;
  if (close.how === 'refused')
    return contradicted('refused', [...sent, ...close.packets], {
      en: `${client.en} sent SYN (${packetsText(sent).en}); ${server.en} refused it with RST in packet ${close.packets[0]}`,
      ko: `${client.ko}가 SYN을 보냈지만 (${packetsText(sent).ko}) ${server.ko}가 ${close.packets[0]}번 패킷에서 RST로 거부했습니다`,
    });
  const errors = connection.segments?.icmpErrors ?? [];
  if (close.how === 'unreachable' && errors.length > 0) {
    const from = subject.capture.packet(errors[0])?.source;
    return contradicted('refused-by-icmp', [...sent, ...errors.slice(0, 3)], {
      en: `${client.en} sent SYN to ${server.en} (${packetsText(sent).en}); ${from ?? 'a router'} answered with an ICMP error in packet ${errors[0]}, no SYN+ACK came`,
      ko: `${client.ko}가 ${server.ko}에 SYN을 보냈지만 (${packetsText(sent).ko}) ${errors[0]}번 패킷에서 ICMP 오류가 왔고(보낸 곳: ${from ?? '라우터'}) SYN+ACK는 오지 않았습니다`,
    });
  }
  if (sent.length === 1 && subject.capture.lastTime - syns[0].time < 3e9)
    return unknown('one-unanswered', sent, {
      en: `${client.en} sent one SYN to ${server.en} in packet ${sent[0]}; the capture ends before an answer or a second SYN can be expected`,
      ko: `${client.ko}가 ${sent[0]}번 패킷에서 ${server.ko}에 SYN을 한 번 보냈습니다. 응답이나 두 번째 SYN을 기대하기 전에 캡처가 끝납니다`,
    });
  return contradicted('unanswered', sent, {
    en: `${client.en} sent SYN ${times(sent.length)} to ${server.en} (${packetsText(sent).en}); no SYN+ACK came`,
    ko: `${client.ko}가 ${server.ko}에 SYN을 ${sent.length}번 보냈지만 (${packetsText(sent).ko}) SYN+ACK가 오지 않았습니다`,
  });
}

/** SYN and SYN+ACK without the third: reset by one of the two, or not captured. */
function noThird(subject: JourneySubject, syn: Segment, synAck: Segment): Finding {
  const connection = connectionOf(subject);
  if (connection === undefined) throw new Error('no connection');
  const reset = segmentsOf(subject.capture, connection, connection.close.packets).find((each) => has(each, Flag.rst));
  if (reset !== undefined)
    return contradicted('reset-in-handshake', [syn.number, synAck.number, reset.number], {
      en: `SYN in packet ${syn.number} and SYN+ACK in packet ${synAck.number}, then a RST from the ${reset.fromClient ? 'client' : 'server'} in packet ${reset.number} for the third segment`,
      ko: `${syn.number}번 패킷의 SYN과 ${synAck.number}번의 SYN+ACK 다음에, 세 번째 세그먼트 대신 ${reset.fromClient ? '클라이언트' : '서버'}의 RST가 ${reset.number}번 패킷에서 왔습니다`,
    });
  return unknown('no-ack', [syn.number, synAck.number], {
    en: `SYN in packet ${syn.number} and SYN+ACK in packet ${synAck.number} are there, the third segment is not in the capture`,
    ko: `${syn.number}번의 SYN과 ${synAck.number}번의 SYN+ACK는 있지만 세 번째 세그먼트가 캡처에 없습니다`,
  });
}
