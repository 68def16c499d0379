import type { Exchange } from '../../correlate/model.ts';
import { confirmed, contradicted, unknown } from '../findings.ts';
import { aCarrier, anAnswer, bothDirections, endOf, exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { aRequest, REQUEST_REASONS, requestText } from './needs.ts';

export const rule: JourneyRule = {
  id: 'R-HTTP-3',
  chapter: 'http',
  scope: 'journey',
  statement: {
    en: 'The server answers on the same connection with 200 OK: success',
    ko: '서버는 같은 연결로 200 OK(성공)를 답한다',
  },
  reality: {
    en: 'On the same connection always (on the same stream in HTTP/2). 200 is one answer of many (RFC 9110 §15): 3xx sends the client elsewhere or to its cache, 4xx and 5xx are errors, 1xx come before the answer; and a connection may break in the middle.',
    ko: '늘 같은 연결로 답합니다 (HTTP/2에서는 같은 스트림). 200은 많은 응답 중 하나입니다 (RFC 9110 §15): 3xx는 다른 곳이나 캐시로 보내고, 4xx와 5xx는 오류이며, 1xx는 응답 앞에 옵니다. 연결이 도중에 끊길 수도 있습니다.',
  },
  rfc: ['RFC 9110 §15', 'RFC 9112 §9.2'],
  vantages: ['client', 'server'],
  reasons: [
    'ok',
    'other-success',
    'redirect',
    'not-modified',
    'client-error',
    'server-error',
    'switching',
    'no-status',
    'cut-off',
    'no-answer',
    'capture-ended',
    'not-captured',
    ...REQUEST_REASONS,
  ],
  needs: [aCarrier, aRequest, bothDirections, anAnswer],
  check(subject) {
    const exchange = exchangeOf(subject);
    if (exchange === undefined) throw new Error('no request');
    const { status, requestPacket, responsePacket, responseEndPacket, complete } = exchange;
    const what = requestText(exchange);
    const reset = exchange.http2?.reset;
    const { closedIn, lastPacket, lost } = endOf(subject);
    const end = reset?.packet ?? closedIn;
    const broken = end !== undefined;
    if (status === undefined && responsePacket !== undefined && exchange.version === '0.9')
      return contradicted('no-status', [requestPacket, responsePacket], {
        en: `${what} (packet ${requestPacket}) was answered on the same connection in packet ${responsePacket}, but an HTTP/0.9 answer has no status`,
        ko: `${what} 요청(${requestPacket}번)에 같은 연결의 ${responsePacket}번 패킷에서 응답이 왔지만 HTTP/0.9 응답에는 상태가 없습니다`,
      });
    if (status === undefined) {
      if (lost || !exchange.whole)
        return unknown('not-captured', [requestPacket], {
          en: `no answer to ${what} (packet ${requestPacket}) is in this capture, which lost packets`,
          ko: `${what} 요청(${requestPacket}번)에 대한 응답이 이 캡처에 없지만, 캡처가 패킷을 놓쳤습니다`,
        });
      if (broken)
        return contradicted('no-answer', [requestPacket, end], {
          en: `no answer came to ${what} in packet ${requestPacket}: the ${reset === undefined ? 'connection' : 'stream'} was closed in packet ${end}`,
          ko: `${requestPacket}번 패킷의 ${what} 요청에 응답이 오지 않았습니다: ${end}번 패킷에서 ${reset === undefined ? '연결' : '스트림'}이 닫혔습니다`,
        });
      return unknown('capture-ended', [requestPacket, lastPacket], {
        en: `no answer to ${what} in packet ${requestPacket} before the capture ends`,
        ko: `캡처가 끝날 때까지 ${requestPacket}번 패킷의 ${what} 요청에 대한 응답이 없습니다`,
      });
    }
    const told = {
      en: `${what} (packet ${requestPacket}) was answered on the same connection with ${statusText(exchange)} in packet ${responsePacket}`,
      ko: `${what} 요청(${requestPacket}번)에 같은 연결의 ${responsePacket}번 패킷에서 ${statusText(exchange)} 응답이 왔습니다`,
    };
    const packets = [requestPacket, responsePacket];
    if (status === 101)
      return contradicted('switching', packets, {
        en: `${told.en}: another protocol follows`,
        ko: `${told.ko}: 다른 프로토콜로 바뀝니다`,
      });
    if (!complete && status >= 200 && status < 300 && exchange.upgraded === undefined) {
      if (broken)
        return contradicted('cut-off', [...packets, end], {
          en: `${told.en}, but the ${reset === undefined ? 'connection' : 'stream'} ended in packet ${end} before the answer was whole (${exchange.responseBodyBytes} bytes of the body came)`,
          ko: `${told.ko}. 하지만 응답이 다 오기 전에 ${end}번 패킷에서 ${reset === undefined ? '연결' : '스트림'}이 끝났습니다 (본문 ${exchange.responseBodyBytes}바이트만 왔습니다)`,
        });
      return unknown('capture-ended', [...packets, lastPacket], {
        en: `${told.en}, but the capture ends before the answer is whole`,
        ko: `${told.ko}. 하지만 응답이 다 오기 전에 캡처가 끝납니다`,
      });
    }
    if (status === 200) return confirmed('ok', [...packets, responseEndPacket], told);
    if (status < 300)
      return contradicted('other-success', packets, {
        en: `${told.en}: a success, but not 200`,
        ko: `${told.ko}: 성공이지만 200은 아닙니다`,
      });
    if (status === 304)
      return contradicted('not-modified', packets, {
        en: `${told.en}: the client's copy is still good, no body is sent`,
        ko: `${told.ko}: 클라이언트가 가진 것이 아직 유효하므로 본문을 보내지 않습니다`,
      });
    if (status < 400) {
      const to = exchange.location === undefined ? '' : ` ${exchange.location.slice(0, 120)}`;
      return contradicted('redirect', packets, {
        en: `${told.en}: it sends the client elsewhere${to === '' ? '' : `, to${to}`}`,
        ko: `${told.ko}: 다른 곳으로 보냅니다${to === '' ? '' : ` (${to.trim()})`}`,
      });
    }
    if (status < 500)
      return contradicted('client-error', packets, {
        en: `${told.en}: the server holds the request to be wrong`,
        ko: `${told.ko}: 서버가 요청이 잘못되었다고 봅니다`,
      });
    return contradicted('server-error', packets, { en: `${told.en}: the server failed`, ko: `${told.ko}: 서버가 실패했습니다` });
  },
};

const statusText = ({ status, reason }: Exchange): string =>
  reason === undefined ? String(status) : `${status} ${reason.slice(0, 40)}`;
