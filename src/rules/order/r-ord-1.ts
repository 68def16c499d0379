import { hostPort } from '../../correlate/host-names.ts';
import { OUTCOME } from '../../text/messages.ts';
import { askingOf } from '../dns/asking.ts';
import { isMulticast } from '../dns/questions.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { bothDirections, connectionOf, exchangeOf, fromItsBeginning, overQuic, tlsOf } from '../needs.ts';
import { Flag } from '../packet.ts';
import type { Finding, JourneyRule, JourneySubject, Need } from '../rule.ts';
import { requestAt } from '../names/request-at.ts';

interface Step {
  en: string;
  ko: string;
  start: number;
  end: number;
  first: number | undefined;
  last: number | undefined;
}

/** A journey over a connection that was open has but the last two steps. */
const ownConnection: Need<JourneySubject> = (subject) => {
  const { journey } = subject;
  const connection = connectionOf(subject);
  const x = exchangeOf(subject);
  if (connection === undefined)
    return (
      overQuic(subject) ??
      skipped('no-connection', journey.stages[0]?.packets.slice(0, 4) ?? [], {
        en: `${journey.name} was looked up, and no connection followed: there is no order to judge`,
        ko: `${journey.name} 이름을 물었지만 뒤따른 연결이 없어 순서를 따질 것이 없습니다`,
      })
    );
  if (x === undefined || x.stream === 1 || !journey.stages.some((s) => s.kind === 'tcp' && s.reused)) return undefined;
  return skipped('connection-reused', [connection.handshake?.syn[0], x.requestPacket], {
    en: `the request in packet ${requestAt(x)} uses the connection to ${hostPort(connection.server)} that was open: DNS, TCP and TLS did not happen again`,
    ko: `${requestAt(x)}번 패킷의 요청은 이미 열려 있던 ${hostPort(connection.server)} 연결을 썼습니다: DNS, TCP, TLS 단계가 다시 일어나지 않았습니다`,
  });
};

export const rule: JourneyRule = {
  id: 'R-ORD-1',
  chapter: 'order',
  scope: 'journey',
  statement: {
    en: 'The steps follow each other: DNS, TCP, TLS (for https), HTTP, close',
    ko: '단계는 DNS, TCP, (https면) TLS, HTTP, 종료의 순서로 이어진다',
  },
  reality: {
    en: 'For each request, not for a capture, and only the steps that happen: a kept answer and an open connection leave some out. Steps overlap where a client connects before every answer is there (RFC 8305), sends data with the SYN (RFC 7413), with the ClientHello (RFC 8446 §2.3) or before the server’s Finished (RFC 7918). On a cold cache ARP comes even before DNS: the question needs a next hop too.',
    ko: '캡처 전체가 아니라 요청마다, 그리고 일어난 단계만 그렇습니다. 캐시된 응답이나 열린 연결이 있으면 일부가 빠집니다. 모든 응답이 오기 전에 연결하거나(RFC 8305), SYN이나(RFC 7413) ClientHello와 함께(RFC 8446 §2.3), 또는 서버의 Finished보다 먼저(RFC 7918) 데이터를 보내면 단계가 겹칩니다. ARP 캐시가 비어 있으면 DNS보다 ARP가 먼저입니다. 질문도 다음 홉을 알아야 나가기 때문입니다.',
  },
  rfc: ['RFC 9110 §3', 'RFC 8305 §3', 'RFC 8446 §2.3'],
  vantages: ['client', 'server'],
  reasons: [
    'in-order',
    'dns-overlap',
    'overlap',
    'not-to-the-end',
    'connection-reused',
    'no-connection',
    'quic',
    'mid-stream',
    'one-direction',
  ],
  needs: [ownConnection, fromItsBeginning, bothDirections],
  check(subject) {
    const { capture, journey } = subject;
    const connection = connectionOf(subject);
    if (connection === undefined) return unknown('no-connection', [], { en: journey.name, ko: journey.name });
    const late = dnsOverlap(subject);
    if (late !== undefined) return late;
    const steps = stepsOf(subject);
    for (let i = 1; i < steps.length; i++) {
      const [before, step] = [steps[i - 1], steps[i]];
      if (step.start >= before.end) continue;
      return contradicted('overlap', [before.last, step.first], {
        en: `${step.en} began in packet ${step.first}, before ${before.en} was over in packet ${before.last}`,
        ko: `${before.ko} 단계가 ${before.last}번 패킷에서 끝나기 전에 ${step.ko} 단계가 ${step.first}번 패킷에서 시작되었습니다`,
      });
    }
    const packets = steps.flatMap((s) => [s.first, s.last]);
    const way = steps.map((s) => `${s.en} (packet ${s.first}${s.last === s.first ? '' : `-${s.last}`})`).join(', ');
    const wayKo = steps.map((s) => `${s.ko} (${s.first}${s.last === s.first ? '' : `~${s.last}`}번)`).join(', ');
    const used = connection.fromClient.payloadBytes > 0;
    if (!used || journey.outcome === 'refused' || journey.outcome === 'timed-out' || journey.outcome === 'unanswered')
      return skipped('not-to-the-end', packets, {
        en: `the journey ended before a request was answered (${OUTCOME[journey.outcome].en}); as far as it went it is in order: ${way}`,
        ko: `요청에 응답이 오기 전에 여정이 끝났습니다(${OUTCOME[journey.outcome].ko}). 거기까지의 순서는 맞습니다: ${wayKo}`,
      });
    const ahead = capture.resolutions.count > 0 ? arpAhead(subject) : undefined;
    const arp = ahead === undefined ? '' : `; ARP in packet ${ahead} came before all of them`;
    const arpKo = ahead === undefined ? '' : `. ARP(${ahead}번 패킷)가 이 모두보다 먼저였습니다`;
    return confirmed('in-order', packets, { en: `in order: ${way}${arp}`, ko: `순서대로입니다: ${wayKo}${arpKo}` });
  },
};

function arpAhead({ journey }: JourneySubject): number | undefined {
  const [first] = journey.stages.filter((s) => !s.reused && s.packets.length > 0);
  return first?.kind === 'arp' ? first.packets[0] : undefined;
}

/** Some answers for the name came only after the connection had been begun. */
function dnsOverlap(subject: JourneySubject): Finding | undefined {
  const asking = askingOf(subject);
  const connection = connectionOf(subject);
  const syn = connection?.handshake?.syn[0];
  if (asking.how !== 'own' || connection === undefined || syn === undefined) return undefined;
  const first = subject.journey.attempts?.[0]?.packets[0] ?? syn;
  const opened = Math.min(syn, first);
  // The same question asked twice at once needs only one answer.
  const late = asking.lookups.find(
    (l) =>
      !isMulticast(l) &&
      l.answerPacket !== undefined &&
      l.answerPacket > opened &&
      !asking.lookups.some((other) => other.type === l.type && (other.answerPacket ?? opened) < opened),
  );
  if (late === undefined) return undefined;
  return contradicted('dns-overlap', [late.packet, opened, late.answerPacket], {
    en: `DNS and TCP overlap: packet ${opened} opens a connection while the ${late.type} answer for ${late.name} is still on its way (it came in packet ${late.answerPacket})`,
    ko: `DNS와 TCP가 겹칩니다: ${late.name}의 ${late.type} 응답이 아직 오는 중인데(${late.answerPacket}번 패킷에 도착) ${opened}번 패킷이 연결을 열었습니다`,
  });
}

function stepsOf(subject: JourneySubject): Step[] {
  const { capture, journey } = subject;
  const connection = connectionOf(subject);
  const steps: Step[] = [];
  const asking = askingOf(subject);
  const step = (en: string, ko: string, start: number, end: number, first?: number, last?: number): void => {
    steps.push({ en, ko, start, end, first, last: last ?? first });
  };
  if (asking.how === 'own' || asking.how === 'multicast') {
    const answered = asking.lookups.filter((l) => l.answerPacket !== undefined);
    const last = answered.sort((a, b) => (a.end as number) - (b.end as number)).at(-1);
    const [asked] = asking.lookups;
    step('DNS', 'DNS', asked.start, last?.end ?? asked.start, asked.packet, last?.answerPacket);
  }
  const handshake = connection?.handshake;
  if (handshake !== undefined) {
    const first = handshake.syn[0] ?? handshake.synAck[0];
    const last = handshake.ack ?? handshake.synAck[0] ?? handshake.syn.at(-1);
    if (first !== undefined) step('TCP', 'TCP', capture.timeOf(first), capture.timeOf(last ?? first), first, last);
  }
  const tls = tlsOf(subject);
  const x = exchangeOf(subject);
  // Behind a CONNECT: TLS is the next request's, or where that cannot be read, comes after the CONNECT.
  const inside = x?.upgraded === 'connect' && (tls?.clientHelloPacket ?? 0) > (x.responsePacket ?? x.requestPacket ?? Infinity);
  const own = !inside || journey.stages.some((s) => s.kind === 'tls' && !s.reused);
  const secure = (): void => {
    if (tls?.clientHelloTime === undefined || !own) return;
    step('TLS', 'TLS', tls.clientHelloTime, tls.finishedTime ?? tls.clientHelloTime, tls.clientHelloPacket, tls.finishedPacket);
  };
  if (!inside) secure();
  if (x?.requestTime !== undefined) {
    const answered = x.responseEndTime ?? x.responseTime;
    step('HTTP', 'HTTP', x.requestTime, answered ?? x.requestTime, x.requestPacket, x.responseEndPacket ?? x.responsePacket);
  }
  if (inside) secure();
  const close = connection?.close;
  if (journey.stages.some((s) => s.kind === 'close') && close !== undefined && close.packets.length > 0) {
    const [first] = close.packets;
    const last = close.packets.at(-1) ?? first;
    // A server's FIN stands behind its last byte in the stream, even where that was lost and came again after it.
    const behind = close.first === 'server' && ((capture.packet(first)?.tcp?.flags ?? 0) & Flag.fin) !== 0;
    const start = Math.max(capture.timeOf(first), behind ? (steps.at(-1)?.end ?? 0) : 0);
    step('close', '종료', start, capture.timeOf(last), first, last);
  }
  return steps;
}
