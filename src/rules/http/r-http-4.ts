import type { Connection, Exchange } from '../../correlate/model.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import type { CaptureFacts } from '../facts.ts';
import { aCarrier, anAnswer, bothDirections, connectionOf, endOf, exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { requestsOn } from '../close/requests.ts';
import { segmentsOf } from '../segments.ts';
import { aRequest, REQUEST_REASONS, requestText } from './needs.ts';

const HEAD_END = '\r\n\r\n';

export const rule: JourneyRule = {
  id: 'R-HTTP-4',
  chapter: 'http',
  scope: 'journey',
  statement: { en: 'Content-Length is the size of the body', ko: 'Content-Length는 본문의 크기이다' },
  reality: {
    en: 'Where it is there and the message has a body (RFC 9110 §8.6); it counts the bytes as sent, compressed if they are. Chunked bodies have none (RFC 9112 §7.1), with HEAD and 304 it tells a size that is not sent, and HTTP/2 ends a body with END_STREAM (RFC 9113 §8.1).',
    ko: '그 필드가 있고 본문이 있을 때 그렇습니다 (RFC 9110 §8.6). 압축했다면 압축된, 보낸 그대로의 바이트를 셉니다. chunked 본문에는 없고(RFC 9112 §7.1), HEAD와 304에서는 보내지 않는 크기를 알리며, HTTP/2는 END_STREAM으로 본문을 끝냅니다(RFC 9113 §8.1).',
  },
  rfc: ['RFC 9110 §8.6', 'RFC 9112 §6', 'RFC 9113 §8.1.1'],
  vantages: ['client'],
  reasons: [
    'equal',
    'chunked',
    'until-close',
    'end-stream',
    'no-body-sent',
    'no-body',
    'truncated',
    'excess',
    'no-answer',
    'capture-ended',
    'not-captured',
    ...REQUEST_REASONS,
  ],
  needs: [aCarrier, aRequest, bothDirections, anAnswer],
  check(subject) {
    const exchange = exchangeOf(subject);
    const c = connectionOf(subject);
    if (exchange === undefined) throw new Error('no request');
    const {
      contentLength: length,
      responseBodyBytes: body,
      responseFraming: framing,
      status,
      responsePacket,
      responseEndPacket,
    } = exchange;
    const packets = [exchange.responseHeadPacket ?? responsePacket, responseEndPacket];
    const what = requestText(exchange);
    if (responsePacket === undefined || (status === undefined && exchange.version !== '0.9'))
      return skipped('no-answer', [exchange.requestPacket], {
        en: `there is no answer to ${what} in packet ${exchange.requestPacket}`,
        ko: `${exchange.requestPacket}번 패킷의 ${what} 요청에 대한 응답이 없습니다`,
      });
    const bodiless =
      exchange.method === 'HEAD' || status === 304 || status === 204 || (status ?? 200) < 200 || exchange.upgraded !== undefined;
    if (bodiless)
      return length !== undefined && length > 0
        ? contradicted('no-body-sent', packets, {
            en: `the answer to ${what} in packet ${responsePacket} says Content-Length ${length}, but ${exchange.method === 'HEAD' ? 'an answer to HEAD' : `a ${status}`} has no body: 0 bytes were sent`,
            ko: `${what}에 대한 ${responsePacket}번 패킷의 응답은 Content-Length로 ${length}바이트라고 알리지만, ${exchange.method === 'HEAD' ? 'HEAD에 대한 응답' : `${status} 응답`}에는 본문이 없습니다: 0바이트를 보냈습니다`,
          })
        : skipped('no-body', packets, {
            en: `the answer to ${what} in packet ${responsePacket} (${status}) has no body and tells no length`,
            ko: `${what}에 대한 ${responsePacket}번 패킷의 응답(${status})에는 본문도 길이도 없습니다`,
          });
    // What a hole hides of the body is counted by its sequence numbers.
    if (!exchange.whole && !(exchange.complete && body === length))
      return unknown('not-captured', packets, {
        en: `bytes of the answer to ${what} were not captured: ${body} are here${length === undefined ? '' : ` of the ${length} that Content-Length tells`}`,
        ko: `${what}에 대한 응답의 일부가 잡히지 않았습니다: 여기 있는 것은 ${body}바이트${length === undefined ? '' : ` (Content-Length는 ${length})`}입니다`,
      });
    if (framing === 'chunked')
      return contradicted('chunked', packets, {
        en: `the answer to ${what} in packet ${responsePacket} has no Content-Length: its ${body} bytes came in chunks, each with its own size`,
        ko: `${what}에 대한 ${responsePacket}번 패킷의 응답에는 Content-Length가 없습니다: 본문 ${body}바이트가 저마다 크기를 적은 조각(chunk)으로 왔습니다`,
      });
    if (length === undefined)
      return exchange.version === '2' || exchange.version === '3'
        ? contradicted('end-stream', packets, {
            en: `the answer to ${what} in packet ${responsePacket} tells no length: its ${body} bytes end with ${exchange.version === '2' ? 'END_STREAM' : 'the stream (FIN)'}`,
            ko: `${what}에 대한 ${responsePacket}번 패킷의 응답은 길이를 알리지 않습니다: 본문 ${body}바이트가 ${exchange.version === '2' ? 'END_STREAM' : '스트림의 끝(FIN)'}으로 끝납니다`,
          })
        : contradicted('until-close', packets, {
            en: `the answer to ${what} in packet ${responsePacket} tells no length: its ${body} bytes end with the connection`,
            ko: `${what}에 대한 ${responsePacket}번 패킷의 응답은 길이를 알리지 않습니다: 본문 ${body}바이트가 연결과 함께 끝납니다`,
          });
    const { closedIn, lastPacket } = endOf(subject);
    const end = exchange.http2?.reset?.packet ?? closedIn;
    if (!exchange.complete || body < length) {
      if (end === undefined)
        return unknown('capture-ended', [...packets, lastPacket], {
          en: `Content-Length is ${length}, and ${body} bytes of the body came before the capture ends`,
          ko: `Content-Length는 ${length}이고, 캡처가 끝나기 전까지 본문 ${body}바이트가 왔습니다`,
        });
      return contradicted('truncated', [packets[0], end], {
        en: `Content-Length in packet ${packets[0]} promised ${length} bytes, ${body} came before the ${exchange.http2?.reset === undefined ? 'connection' : 'stream'} ended in packet ${end}`,
        ko: `${packets[0]}번 패킷의 Content-Length는 ${length}바이트를 약속했지만, ${end}번 패킷에서 ${exchange.http2?.reset === undefined ? '연결' : '스트림'}이 끝날 때까지 ${body}바이트만 왔습니다`,
      });
    }
    const more = c === undefined ? 0 : excess(subject.capture, c, exchange);
    if (more > 0)
      return contradicted('excess', packets, {
        en: `Content-Length in packet ${packets[0]} says ${length}, but the server sent ${more} bytes more on the connection, which belong to no answer`,
        ko: `${packets[0]}번 패킷의 Content-Length는 ${length}이지만, 서버는 어느 응답에도 속하지 않는 ${more}바이트를 더 보냈습니다`,
      });
    if (body !== length)
      return contradicted('excess', packets, {
        en: `Content-Length in packet ${packets[0]} says ${length}, the body has ${body} bytes`,
        ko: `${packets[0]}번 패킷의 Content-Length는 ${length}이지만 본문은 ${body}바이트입니다`,
      });
    return confirmed('equal', packets, {
      en: `Content-Length in packet ${packets[0]} is ${length}, and ${body} bytes of body came, the last in packet ${responseEndPacket}`,
      ko: `${packets[0]}번 패킷의 Content-Length는 ${length}이고 본문 ${body}바이트가 왔습니다. 마지막은 ${responseEndPacket}번 패킷입니다`,
    });
  },
};

/** Bytes behind the only answer of a connection in the clear, which no request asked for. */
function excess(capture: CaptureFacts, c: Connection, exchange: Exchange): number {
  const { responsePacket, responseHeadPacket, scheme, version } = exchange;
  if (scheme !== 'http' || version === '2' || responsePacket === undefined || responsePacket !== responseHeadPacket) return 0;
  if (requestsOn(capture, c).packets.length !== 1 || c.fromServer.missingBytes > 0) return 0;
  const [first] = segmentsOf(capture, c, [responsePacket]);
  const text = first === undefined ? '' : Buffer.from(first.payload).toString('latin1');
  const head = text.indexOf(HEAD_END);
  if (!text.startsWith(`HTTP/${version}`) || head < 0 || !/^HTTP\/1\.[01] [2-5]/.test(text)) return 0;
  if (c.handshake?.synAck.length !== 1) return 0;
  const synAck = segmentsOf(capture, c, c.handshake.synAck)[0];
  if (synAck === undefined || first.sequence !== synAck.end) return 0;
  return c.fromServer.streamBytes - head - HEAD_END.length - exchange.responseBodyBytes;
}
