import type { Connection } from '../../correlate/model.ts';
import type { Text } from '../../text/text.ts';
import { durationText, sideText } from '../segments.ts';
import { type Closing, other } from './closing.ts';

const NAMES = { client: { en: 'client', ko: '클라이언트' }, server: { en: 'server', ko: '서버' } } as const;

/** The packets that show how a connection was closed, in order. */
export function closePackets({ fin, acknowledged, reset, closeNotify, kind }: Closing): number[] {
  const numbers = [fin.client, fin.server, acknowledged.client, acknowledged.server].map((each) => each?.number);
  if (kind === 'reset' || kind === 'fin-then-reset') numbers.push(closeNotify?.number, reset?.number);
  return [...new Set(numbers.filter((each) => each !== undefined))].sort((a, b) => a - b);
}

/** "server 192.0.2.80:80 sent FIN in packet 14, the client's FIN in packet 15 carries the ACK …": who closed, and how. */
export function closeText(c: Connection, closing: Closing): Text {
  const { kind, first, fin, acknowledged, reset, closeNotify, idle, foreign } = closing;
  if (first === undefined) return { en: 'no FIN and no RST was captured', ko: 'FIN도 RST도 잡히지 않았습니다' };
  const a = sideText(c, first);
  const b = NAMES[other(first)];
  const own = fin[first];
  const theirs = fin[other(first)];
  const answer = acknowledged[first];
  const last = acknowledged[other(first)];
  const waited =
    idle >= 1e9
      ? { en: ` after ${durationText(idle)} without data`, ko: ` 데이터 없이 ${durationText(idle)} 뒤` }
      : { en: '', ko: '' };
  const opened = {
    en: `${a.en} sent FIN in packet ${own?.number}${waited.en}`,
    ko: `${a.ko}가${waited.ko} ${own?.number}번 패킷에서 FIN을 보냈습니다`,
  };
  const ended =
    last === undefined
      ? { en: ', whose ACK is not in the capture', ko: ' (그 ACK는 캡처에 없습니다)' }
      : { en: `, acknowledged in packet ${last.number}`, ko: ` (ACK는 ${last.number}번)` };
  const alien =
    foreign === undefined
      ? { en: '', ko: '' }
      : {
          en: ` (its TTL is ${foreign.reset}, that of the packets before ${foreign.usual}: somebody on the way may have sent it in that name)`,
          ko: ` (이 RST의 TTL은 ${foreign.reset}, 앞선 패킷의 TTL은 ${foreign.usual}입니다: 경로 위의 누군가가 그 이름으로 보냈을 수 있습니다)`,
        };
  switch (kind) {
    case 'four':
      return {
        en: `${opened.en}, the ${b.en} acknowledged it in packet ${answer?.number} and sent its own FIN in packet ${theirs?.number}${ended.en}`,
        ko: `${opened.ko}. ${b.ko}가 ${answer?.number}번에서 ACK를, ${theirs?.number}번에서 자기 FIN을 보냈습니다${ended.ko}`,
      };
    case 'three':
      return {
        en: `${opened.en}, the ${b.en}'s FIN in packet ${theirs?.number} carries the ACK of it${ended.en}: three segments`,
        ko: `${opened.ko}. ${b.ko}의 FIN(${theirs?.number}번)이 그 ACK를 함께 싣습니다${ended.ko}: 세그먼트 셋입니다`,
      };
    case 'simultaneous':
      return {
        en: `${opened.en}, and the ${b.en} its own in packet ${theirs?.number} before it had seen that one (it acknowledges ${theirs?.acknowledgment}, not ${own?.end}): a simultaneous close`,
        ko: `${opened.ko}. ${b.ko}도 그것을 보기 전에 ${theirs?.number}번에서 자기 FIN을 보냈습니다 (응답 번호는 ${own?.end} 대신 ${theirs?.acknowledgment}): 동시에 닫았습니다`,
      };
    case 'one-side':
      return {
        en: `${opened.en}${answer === undefined ? '' : `, the ${b.en} acknowledged it in packet ${answer.number}`}; a FIN of the ${b.en} is not in the capture`,
        ko: `${opened.ko}.${answer === undefined ? '' : ` ${b.ko}가 ${answer.number}번에서 ACK를 보냈습니다.`} ${b.ko}의 FIN은 캡처에 없습니다`,
      };
    case 'reset':
      return {
        en: `${a.en} ended the connection by RST in packet ${reset?.number}${waited.en}, without a FIN${alien.en}`,
        ko: `${a.ko}가${waited.ko} ${reset?.number}번 패킷의 RST로 FIN 없이 연결을 끝냈습니다${alien.ko}`,
      };
    case 'fin-then-reset': {
      const by = reset?.fromClient ? NAMES.client : NAMES.server;
      const notify =
        closeNotify === undefined
          ? { en: '', ko: '' }
          : {
              en: `, the ${b.en} answered with what looks like a TLS close_notify (packet ${closeNotify.number})`,
              ko: ` ${b.ko}가 TLS close_notify로 보이는 것(${closeNotify.number}번)으로 답했고`,
            };
      const both =
        theirs === undefined
          ? { en: '', ko: '' }
          : { en: ` and sent FIN in packet ${theirs.number}`, ko: ` ${theirs.number}번에서 FIN을 보냈고` };
      return {
        en: `${opened.en}${notify.en}${theirs === undefined ? '' : closeNotify === undefined ? `, the ${b.en} sent FIN in packet ${theirs.number}` : both.en}; RST from the ${by.en} in packet ${reset?.number} ended the connection`,
        ko: `${opened.ko}.${notify.ko}${both.ko} ${by.ko}가 ${reset?.number}번 패킷의 RST로 연결을 끝냈습니다`,
      };
    }
    default:
      return { en: 'no FIN and no RST was captured', ko: 'FIN도 RST도 잡히지 않았습니다' };
  }
}
