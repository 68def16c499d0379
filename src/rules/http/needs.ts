import type { Exchange } from '../../correlate/model.ts';
import { skipped, unknown } from '../findings.ts';
import { connectionOf, exchangeOf, readableRequest, sealedSide } from '../needs.ts';
import type { JourneySubject, Need } from '../rule.ts';
import { serverText } from '../segments.ts';

/** A connection came about, and a request on it can be read. */
export const aRequest: Need<JourneySubject> = (subject) => {
  const c = connectionOf(subject);
  if (c !== undefined && exchangeOf(subject) === undefined && c.handshake !== undefined && c.handshake.synAck.length === 0)
    return skipped('not-established', c.handshake.syn.slice(0, 4), {
      en: `no connection to ${serverText(c).en} came about, so no request was sent`,
      ko: `${serverText(c).ko}와의 연결이 이루어지지 않아 요청을 보내지 않았습니다`,
    });
  const need = readableRequest(subject);
  if (need !== undefined) return need;
  const exchange = exchangeOf(subject) as Exchange;
  if (exchange.sealed === 'request') return sealedSide(subject.capture, exchange);
  if (exchange.requestPacket !== undefined || exchange.method !== undefined) return undefined;
  return unknown('request-not-captured', [exchange.responsePacket], {
    en: `the response in packet ${exchange.responsePacket} is there, the request before it was not captured`,
    ko: `${exchange.responsePacket}번 패킷의 응답은 있지만 그 앞의 요청은 잡히지 않았습니다`,
  });
};

/** "GET /a", cut to what a line can bear. */
export function requestText({ method, target }: Exchange): string {
  const text = `${method ?? '?'} ${target ?? ''}`.trim();
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Reasons that `aRequest` may give. */
export const REQUEST_REASONS = ['not-established', 'request-not-captured'];
