import type { Head } from '../dissect/http/head.ts';
import { knownMethod } from '../dissect/http/start-line.ts';
import { CUT_MARK, valueText } from '../dissect/http/value.ts';
import type { Exchange } from './model.ts';

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
    requestPackets: [],
    responsePackets: [],
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
  exchange.method = knownMethod(bytes, head.at, head.methodEnd) ?? valueText(bytes, head.at, head.methodEnd, head.ascii);
  if (head.targetEnd > head.targetAt) {
    exchange.target = valueText(bytes, head.targetAt, head.targetEnd, head.ascii);
    if (head.targetCut) exchange.target += CUT_MARK;
    // Absolute-form or authority-form (RFC 9112 §3.2).
    if (bytes[head.targetAt] !== 0x2f) {
      exchange.target = withoutUser(exchange.target);
      absolute(exchange, exchange.target);
    }
  }
  if (head.hostEnd > 0) exchange.host = withoutUser(valueText(bytes, head.hostAt, head.hostEnd, head.ascii));
  exchange.requestFields = head.fields;
  if (head.acceptEnd > 0) exchange.accept = acceptText(head, bytes);
  if (head.refererEnd > 0) exchange.referer = withoutUser(valueText(bytes, head.refererAt, head.refererEnd, head.ascii));
}

/** Of most requests of programs that are no browsers. */
const ANYTHING = '*/*';

function acceptText(head: Head, bytes: Uint8Array): string {
  const { acceptAt: at, acceptEnd: end } = head;
  if (end - at === 3 && bytes[at] === 0x2a && bytes[at + 1] === 0x2f && bytes[at + 2] === 0x2a) return ANYTHING;
  return valueText(bytes, at, end, head.ascii);
}

/** Name and password before a host (RFC 3986 §3.2.1) are credentials: nobody gets to see them. */
export function withoutUser(text: string): string {
  return text.includes('@') ? text.replace(/^((?:[a-z][a-z0-9+.-]*:)?\/\/|)[^/?#@]*@/i, '$1') : text;
}

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

const REASONS: Record<number, string> = {
  200: 'OK',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  404: 'Not Found',
};

export function fillResponse(exchange: Exchange, head: Head, bytes: Uint8Array): void {
  if (exchange.method === undefined) exchange.version = versionText(head.version);
  exchange.status = head.status;
  if (head.reasonEnd > head.reasonAt) exchange.reason = reason(head, bytes);
  if (head.locationEnd > 0) exchange.location = withoutUser(valueText(bytes, head.locationAt, head.locationEnd, head.ascii));
  if (head.contentLength >= 0) exchange.contentLength = head.contentLength;
  if (head.contentTypeEnd > 0) exchange.contentType = valueText(bytes, head.contentTypeAt, head.contentTypeEnd, head.ascii);
}

/** The usual phrases without a new string each. */
function reason(head: Head, bytes: Uint8Array): string {
  const usual = REASONS[head.status];
  if (usual !== undefined && usual.length === head.reasonEnd - head.reasonAt) {
    let i = 0;
    while (i < usual.length && usual.charCodeAt(i) === bytes[head.reasonAt + i]) i++;
    if (i === usual.length) return usual;
  }
  return valueText(bytes, head.reasonAt, head.reasonEnd, head.ascii);
}
