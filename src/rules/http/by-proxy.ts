import { asksProxy } from '../../correlate/http-exchange.ts';
import type { Exchange } from '../../correlate/model.ts';
import { exchangeOf } from '../needs.ts';
import type { JourneySubject } from '../rule.ts';

/** The journey's request is for the proxy itself to read. */
export function toProxy(subject: JourneySubject): boolean {
  const x = exchangeOf(subject);
  return x !== undefined && asksProxy(x);
}

/** The answered CONNECT (RFC 9110 §9.3.6) through whose tunnel a journey's request goes: the connection is to a proxy. */
export function tunnelOf(subject: JourneySubject): Exchange | undefined {
  const x = exchangeOf(subject);
  if (x === undefined || x.quic !== undefined) return undefined;
  return subject.capture.exchangesOn(x.connection).findLast((before) => before.upgraded === 'connect' && before.id < x.id);
}

/** The client looks up the proxy's name, if any, and not the one that it asks the proxy for. */
export const byProxy = (subject: JourneySubject): boolean => toProxy(subject) || tunnelOf(subject) !== undefined;
