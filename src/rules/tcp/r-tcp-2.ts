import { confirmed, contradicted, unknown } from '../findings.ts';
import { connectionOf, fromItsBeginning } from '../needs.ts';
import { Flag } from '../packet.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { acknowledges, clientText, has, type Segment, segmentsOf, serverText } from '../segments.ts';
import { answers, openingOf } from './handshake.ts';

const CLIENT_NUMBER = 1000;
const SERVER_NUMBER = 2000;

export const rule: JourneyRule = {
  id: 'R-TCP-2',
  chapter: 'tcp',
  scope: 'journey',
  statement: {
    en: 'The SYN has sequence number 1000, the SYN+ACK 2000, and each acknowledges the number of the other plus 1',
    ko: 'SYN의 순서 번호는 1000, SYN+ACK의 순서 번호는 2000이고, 서로 상대의 번호에 1을 더해 응답한다',
  },
  reality: {
    en: 'The arithmetic holds (RFC 9293 §3.4, modulo 2^32). 1000 and 2000 are examples: initial sequence numbers are chosen so that nobody can guess them (RFC 6528, RFC 9293 §3.4.1). Tools often show them relative, beginning at 0.',
    ko: '덧셈은 맞습니다 (RFC 9293 §3.4, 2^32로 나눈 나머지). 1000과 2000은 예일 뿐이고, 처음 순서 번호는 아무도 짐작할 수 없게 고릅니다 (RFC 6528, RFC 9293 §3.4.1). 도구들은 흔히 0에서 시작하는 상대 번호로 보여 줍니다.',
  },
  rfc: ['RFC 9293 §3.4.1', 'RFC 6528'],
  vantages: ['client', 'server'],
  reasons: ['random-isn', 'textbook-numbers', 'wrong-arithmetic', 'unreadable'],
  needs: [fromItsBeginning],
  check(subject) {
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const { syn, synAck, ack } = openingOf(subject.capture, connection);
    const first = syn ?? synAck;
    if (first === undefined)
      return unknown('unreadable', [connection.firstPacket], {
        en: 'the bytes of the handshake are not at hand',
        ko: '핸드셰이크의 바이트를 읽을 수 없습니다',
      });
    const wrong = mistake(syn, synAck, ack);
    if (wrong !== undefined) return wrong;
    const reset = segmentsOf(subject.capture, connection, connection.close.packets).find((each) => has(each, Flag.rst));
    const held = arithmetic(syn, synAck, ack, connection.close.how === 'refused' ? reset : undefined);
    const textbook =
      (syn === undefined || syn.sequence === CLIENT_NUMBER) && (synAck === undefined || synAck.sequence === SERVER_NUMBER);
    if (textbook && syn !== undefined && synAck !== undefined)
      return confirmed('textbook-numbers', [syn.number, synAck.number, ack?.number], {
        en: `the SYN in packet ${syn.number} carried ${CLIENT_NUMBER} and the SYN+ACK in packet ${synAck.number} carried ${SERVER_NUMBER}, as in the book; ${held.en}`,
        ko: `책에서처럼 ${syn.number}번 패킷의 SYN은 ${CLIENT_NUMBER}, ${synAck.number}번 패킷의 SYN+ACK는 ${SERVER_NUMBER}을 실었습니다. ${held.ko}`,
      });
    const odd = syn !== undefined && syn.sequence !== CLIENT_NUMBER ? syn : (synAck ?? first);
    const who = odd === syn ? clientText(connection) : serverText(connection);
    const what = odd === syn ? 'SYN' : 'SYN+ACK';
    const book = odd === syn ? CLIENT_NUMBER : SERVER_NUMBER;
    return contradicted('random-isn', [syn?.number, synAck?.number, ack?.number, held.packet], {
      en: `the ${what} of ${who.en} in packet ${odd.number} carried sequence number ${odd.sequence}, not ${book} (initial numbers are random, RFC 6528); ${held.en}`,
      ko: `${who.ko}가 ${odd.number}번 패킷에서 보낸 ${what}의 순서 번호는 ${book}이 아니라 ${odd.sequence}입니다 (처음 번호는 무작위로 고릅니다, RFC 6528). ${held.ko}`,
    });
  },
};

/** An acknowledgment that does not fit the number it answers. */
function mistake(syn: Segment | undefined, synAck: Segment | undefined, ack: Segment | undefined): Finding | undefined {
  if (syn !== undefined && synAck !== undefined && !answers(synAck, syn)) return wrong(synAck, syn);
  if (synAck !== undefined && ack !== undefined && !acknowledges(ack, synAck.end)) return wrong(ack, synAck);
  return undefined;
}

const wrong = (answer: Segment, asked: Segment): Finding =>
  contradicted('wrong-arithmetic', [asked.number, answer.number], {
    en: `packet ${answer.number} acknowledges ${answer.acknowledgment}, but packet ${asked.number} carried ${asked.sequence}: ${(asked.sequence + 1) >>> 0} was to be expected`,
    ko: `${answer.number}번 패킷은 ${answer.acknowledgment}에 응답하지만 ${asked.number}번 패킷의 번호는 ${asked.sequence}입니다: 기대한 값은 ${(asked.sequence + 1) >>> 0}입니다`,
  });

function arithmetic(
  syn: Segment | undefined,
  synAck: Segment | undefined,
  ack: Segment | undefined,
  reset: Segment | undefined,
): { en: string; ko: string; packet?: number } {
  const sums: string[] = [];
  const kos: string[] = [];
  const add = (answer: Segment, asked: Segment): void => {
    const more = (answer.acknowledgment - asked.sequence) >>> 0;
    sums.push(`packet ${answer.number} acknowledges ${answer.acknowledgment} = ${asked.sequence} + ${more}`);
    kos.push(`${answer.number}번 패킷의 응답 번호 ${answer.acknowledgment} = ${asked.sequence} + ${more}`);
  };
  const answer = synAck ?? reset;
  if (syn !== undefined && answer !== undefined) add(answer, syn);
  if (synAck !== undefined && ack !== undefined) add(ack, synAck);
  if (sums.length === 0)
    return {
      en: 'no answer to it was captured, so the sum cannot be checked',
      ko: '이에 대한 응답이 잡히지 않아 덧셈은 확인할 수 없습니다',
    };
  return { en: `the arithmetic holds: ${sums.join(', ')}`, ko: `덧셈은 맞습니다: ${kos.join(', ')}`, packet: reset?.number };
}
