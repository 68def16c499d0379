import type { Head } from '../dissect/http/head.ts';
import { knownMethod } from '../dissect/http/start-line.ts';
import { CUT_MARK, usualText, valueText } from '../dissect/http/value.ts';
import type { Exchange } from './model.ts';
import { EMPTY } from './packet-list.ts';

/** Every key is there from the start, so that all exchanges have one shape. */
export function newExchange(id: number, connection: number, stream: number, scheme: 'http' | 'https'): Exchange {
  return {
    id,
    connection,
    quic: undefined,
    stream,
    version: '1.1',
    method: undefined,
    scheme,
    host: undefined,
    target: undefined,
    referer: undefined,
    location: undefined,
    contentType: undefined,
    accept: undefined,
    requestFields: undefined,
    contentLength: undefined,
    cacheFields: undefined,
    status: undefined,
    reason: undefined,
    requestPacket: undefined,
    requestHeadPacket: undefined,
    requestEndPacket: undefined,
    requestTime: undefined,
    requestEndTime: undefined,
    responsePacket: undefined,
    responseHeadPacket: undefined,
    responseEndPacket: undefined,
    responseTime: undefined,
    responseEndTime: undefined,
    requestPackets: EMPTY,
    responsePackets: EMPTY,
    requestPacketCount: 0,
    responsePacketCount: 0,
    requestHeaderBytes: undefined,
    responseHeaderBytes: undefined,
    sealed: undefined,
    requestTransferBytes: undefined,
    responseTransferBytes: undefined,
    requestBodyBytes: 0,
    responseBodyBytes: 0,
    responseFraming: undefined,
    whole: true,
    complete: undefined,
    upgraded: undefined,
    http2: undefined,
  };
}

const versionText = (version: number): Exchange['version'] => (version === 11 ? '1.1' : version === 10 ? '1.0' : '0.9');

/** What the request's head says. Cookies and credentials are never read. */
export function fillRequest(exchange: Exchange, head: Head, bytes: Uint8Array): void {
  exchange.version = versionText(head.version);
  exchange.method = knownMethod(bytes, head.at, head.methodEnd) ?? valueText(bytes, head.at, head.methodEnd, head.plain);
  if (head.targetEnd > head.targetAt) {
    exchange.target = valueText(bytes, head.targetAt, head.targetEnd, head.plain);
    if (head.targetCut) exchange.target += CUT_MARK;
    // Absolute-form or authority-form (RFC 9112 §3.2).
    if (bytes[head.targetAt] !== 0x2f) {
      exchange.target = withoutUser(exchange.target);
      absolute(exchange, exchange.target);
    }
  }
  if (head.hostEnd > 0) exchange.host = withoutUser(usualText(bytes, head.hostAt, head.hostEnd, head.plain));
  exchange.requestFields = head.fields;
  if (head.acceptEnd > 0) exchange.accept = usualText(bytes, head.acceptAt, head.acceptEnd, head.plain);
  if (head.refererEnd > 0) exchange.referer = withoutUser(valueText(bytes, head.refererAt, head.refererEnd, head.plain));
}

/** Name and password before a host (RFC 3986 §3.2.1) are credentials: nobody gets to see them. */
export function withoutUser(text: string): string {
  return text.includes('@') ? text.replace(/^((?:[a-z][a-z0-9+.-]*:)?\/\/|)[^/?#@]*@/i, '$1') : text;
}

/** The request is for the proxy itself to read: CONNECT, or HTTP/1 with a target in absolute form (RFC 9112 §3.2.2, §3.2.3). */
export const asksProxy = ({ method, target, version }: Exchange): boolean =>
  method === 'CONNECT' || (version !== '2' && version !== '3' && /^https?:\/\//i.test(target ?? ''));

function absolute(exchange: Exchange, target: string): void {
  if (exchange.method === 'CONNECT') {
    exchange.host = target;
    return;
  }
  const parts = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(target);
  if (parts === null) return;
  exchange.host = parts[2];
  if (parts[1].length === 5) exchange.scheme = 'https';
}

export function fillResponse(exchange: Exchange, head: Head, bytes: Uint8Array): void {
  if (exchange.method === undefined) exchange.version = versionText(head.version);
  exchange.status = head.status;
  if (head.reasonEnd > head.reasonAt) exchange.reason = usualText(bytes, head.reasonAt, head.reasonEnd, head.plain);
  if (head.locationEnd > 0) exchange.location = withoutUser(valueText(bytes, head.locationAt, head.locationEnd, head.plain));
  if (head.contentLength >= 0) exchange.contentLength = head.contentLength;
  if (head.contentTypeEnd > 0) exchange.contentType = usualText(bytes, head.contentTypeAt, head.contentTypeEnd, head.plain);
}
