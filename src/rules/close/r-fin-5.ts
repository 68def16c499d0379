import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import { confirmed, contradicted, unknown } from '../findings.ts';
import { aConnection, bothDirections, connectionOf } from '../needs.ts';
import { Flag } from '../packet.ts';
import type { Advice, JourneyRule } from '../rule.ts';
import { clientText, durationText, has, segmentsOf, serverText } from '../segments.ts';
import { type Closing, closingOf, other } from './closing.ts';
import { closed, established, knownRoles, SETTLED } from './needs.ts';
import { closePackets, closeText } from './words.ts';

export const rule: JourneyRule = {
  id: 'R-FIN-5',
  chapter: 'close',
  scope: 'journey',
  statement: { en: 'The client waits in TIME-WAIT', ko: '클라이언트가 TIME-WAIT 상태로 기다린다' },
  reality: {
    en: 'The side that closed first waits, client or server; after a simultaneous close both do; after a RST nobody (RFC 9293 §3.6, §3.10.7). The state itself is in the host: "ss -tan state time-wait" shows it there for 60 s on Linux.',
    ko: '먼저 닫은 쪽이 기다립니다. 클라이언트일 수도 서버일 수도 있고, 동시에 닫으면 둘 다이며, RST로 끝나면 아무도 기다리지 않습니다 (RFC 9293 §3.6, §3.10.7). 상태 자체는 호스트에 있어, 리눅스에서는 60초 동안 "ss -tan state time-wait"로 볼 수 있습니다.',
  },
  rfc: ['RFC 9293 §3.6', 'RFC 9293 §3.6.1'],
  vantages: ['client', 'server'],
  reasons: [
    'client-waits',
    'client-answers-again',
    'server-waits',
    'both-wait',
    'nobody-waits',
    'half-closed',
    'last-ack-missing',
    'left-open',
    'capture-ended',
    'not-established',
    'roles-unknown',
  ],
  needs: [aConnection, established, bothDirections, closed, knownRoles],
  check(subject) {
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const closing = closingOf(subject.capture, c);
    const { kind, first, acknowledged, after } = closing;
    const packets = closePackets(closing);
    const says = closeText(c, closing);
    const client = clientText(c);
    const server = serverText(c);
    if (kind === 'reset' || kind === 'fin-then-reset')
      return contradicted('nobody-waits', packets, {
        en: `a RST ended the connection, so nobody waits in TIME-WAIT: ${says.en}`,
        ko: `RST가 연결을 끝냈으므로 아무도 TIME-WAIT로 기다리지 않습니다: ${says.ko}`,
      });
    if (kind === 'one-side' || first === undefined) {
      const waiting = first === 'server' ? server : client;
      if (after < SETTLED && closing.idle < SETTLED)
        return unknown('capture-ended', packets, {
          en: `${says.en}, which ends ${durationText(after)} later: whether TIME-WAIT was reached it cannot tell`,
          ko: `${says.ko}. 캡처가 ${durationText(after)} 뒤에 끝나므로 TIME-WAIT에 이르렀는지 알 수 없습니다`,
        });
      return contradicted('half-closed', packets, {
        en: `as far as the capture goes nobody is in TIME-WAIT: ${waiting.en} waits for the other FIN (FIN-WAIT-2). ${says.en}`,
        ko: `캡처가 이어지는 동안 TIME-WAIT인 쪽은 없습니다: ${waiting.ko}가 상대의 FIN을 기다립니다 (FIN-WAIT-2). ${says.ko}`,
      });
    }
    if (kind === 'simultaneous')
      return contradicted(
        'both-wait',
        packets,
        {
          en: `both sides closed at once, so both wait in TIME-WAIT, not the client alone: ${says.en}`,
          ko: `양쪽이 동시에 닫았으므로 클라이언트만이 아니라 둘 다 TIME-WAIT로 기다립니다: ${says.ko}`,
        },
        advice(c),
      );
    if (acknowledged[other(first)] === undefined)
      return unknown('last-ack-missing', packets, {
        en: `${says.en}: TIME-WAIT begins with that ACK`,
        ko: `${says.ko}: TIME-WAIT는 그 ACK에서 시작합니다`,
      });
    if (first === 'server')
      return contradicted(
        'server-waits',
        packets,
        {
          en: `the server closed first, so ${server.en} waits in TIME-WAIT and the client does not: ${says.en}`,
          ko: `서버가 먼저 닫았으므로 TIME-WAIT로 기다리는 쪽은 클라이언트가 아니라 ${server.ko}입니다: ${says.ko}`,
        },
        advice(c),
      );
    const again = answeredAgain(subject.capture, c, closing);
    if (again !== undefined)
      return confirmed('client-answers-again', [...packets, ...again], {
        en: `${client.en} closed first and answered the server's repeated FIN (packet ${again[0]}) with an ACK again in packet ${again[1]}: it waits in TIME-WAIT`,
        ko: `먼저 닫은 ${client.ko}가 다시 온 서버의 FIN(${again[0]}번)에 ${again[1]}번 패킷에서 다시 ACK로 답했습니다: TIME-WAIT로 기다리고 있습니다`,
      });
    return confirmed(
      'client-waits',
      packets,
      {
        en: `the client closed first and acknowledged the other FIN in packet ${acknowledged[other(first)]?.number}, with which ${client.en} enters TIME-WAIT: ${says.en}`,
        ko: `먼저 닫은 ${client.ko}가 상대의 FIN에 ${acknowledged[other(first)]?.number}번 패킷에서 응답하면서 TIME-WAIT로 들어갑니다: ${says.ko}`,
      },
      advice(c),
    );
  },
};

const advice = (c: Connection): Advice => ({
  text: {
    en: 'the state itself is in the host; on the side that closed first, within 60 s on Linux:',
    ko: '상태 자체는 호스트에 있습니다. 먼저 닫은 쪽에서 (리눅스는 60초 안에) 보려면:',
  },
  command: `ss -tan state time-wait | grep ${hostPort(c.server)}`,
});

/** The server's FIN once more, and the client's ACK to it. */
function answeredAgain(capture: Parameters<typeof closingOf>[0], c: Connection, closing: Closing): [number, number] | undefined {
  const fin = closing.finsAgain.find((each) => !each.fromClient);
  if (fin === undefined) return undefined;
  const then = segmentsOf(capture, c, capture.packetsFrom(c.id, fin.number + 1, 8));
  const ack = then.find(
    (each) => each.fromClient && has(each, Flag.ack) && !has(each, Flag.rst) && ((each.acknowledgment - fin.end) | 0) >= 0,
  );
  return ack === undefined ? undefined : [fin.number, ack.number];
}
