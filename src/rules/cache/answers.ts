import type { Endpoint, Exchange } from '../../correlate/model.ts';
import { RequestField } from '../../dissect/http/head-parts.ts';
import type { CaptureFacts } from '../facts.ts';
import type { HopJoin, Hops } from '../hops.ts';
import { answerHead, cacheSays, forwardedFor, type Head, requestHead } from '../http-head.ts';
import { proxiedOf, wasWatched } from '../proxied.ts';

/** Where an answer came from, as far as packets behind the cache or the answer's own words tell. */
export type Answer =
  | { from: 'origin' | 'revalidated'; join: HopJoin; back: Exchange; says: string | undefined }
  | { from: 'store'; watched: number }
  | { from: 'said-store' | 'said-revalidated' | 'said-origin'; says: string }
  | { from: 'sent-on' | 'no-answer' | 'unreadable' | 'not-said' };

export function answerOf(hops: Hops, capture: CaptureFacts, exchange: Exchange): Answer {
  const proxied = proxiedOf(hops);
  if (proxied.inFront(capture.index, exchange.id) !== undefined || isSentOn(capture, exchange)) return { from: 'sent-on' };
  const head = answerHead(capture, exchange);
  const says = head && cacheSays(head);
  const [join] = proxied.behind(capture.index, exchange.id);
  const back = join && hops.captures[join.to].exchanges.get(join.toId);
  if (back !== undefined) {
    const asked = back.status === 304 && exchange.status !== 304;
    return { from: asked ? 'revalidated' : 'origin', join, back, says: says?.text };
  }
  if (exchange.status === undefined) return { from: 'no-answer' };
  const server = serverOf(capture, exchange)?.address ?? '';
  for (const other of proxied.capturesBehind(capture.index, server))
    if (wasWatched(hops, capture, exchange, hops.captures[other])) return { from: 'store', watched: other };
  if (says !== undefined) return { from: SAID[says.kind], says: says.text };
  return { from: head === undefined ? 'unreadable' : 'not-said' };
}

const SAID = { hit: 'said-store', revalidated: 'said-revalidated', miss: 'said-origin' } as const;

/** Whom the request was sent to, over TCP or QUIC. */
export const serverOf = (capture: CaptureFacts, { connection, quic }: Exchange): Endpoint | undefined =>
  quic === undefined ? capture.connections.get(connection)?.server : capture.quic.get(quic)?.server;

/** How to capture before and behind a cache. */
export const cacheCommand = (capture: CaptureFacts, exchange: Exchange): string =>
  `tcpdump -i any -w cache.pcap '${exchange.quic === undefined ? 'tcp ' : ''}port ${serverOf(capture, exchange)?.port ?? 80}'`;

/** A proxy's words in the request: it is one that the proxy sent on. */
export function isSentOn(capture: CaptureFacts, exchange: Exchange): boolean {
  if (((exchange.requestFields ?? 0) & RequestField.sentOn) !== 0) return true;
  const head = requestHead(capture, exchange);
  return head !== undefined && (forwardedFor(head) !== undefined || head.fields.has('via'));
}

/** May a shared cache keep this answer (RFC 9111 §3), and for how many seconds may it be used unasked (§4.2.1)? */
export function storable(head: Head): { may: boolean; seconds: number; says: string } {
  const control = head.fields.get('cache-control') ?? '';
  const says = control === '' ? '' : `Cache-Control: ${control}`;
  if (/(^|[\s,])(no-store|private)\b/i.test(control)) return { may: false, seconds: 0, says };
  const age = /s-maxage="?(\d+)/i.exec(control) ?? /max-age="?(\d+)/i.exec(control);
  const seconds = /(^|[\s,])no-cache\b/i.test(control) ? 0 : Number(age?.[1] ?? 0);
  const tag = head.fields.get('etag') ?? head.fields.get('last-modified');
  const told = says || (tag === undefined ? '' : head.fields.has('etag') ? `ETag: ${tag}` : `Last-Modified: ${tag}`);
  return {
    may: age !== null || tag !== undefined || head.fields.has('expires') || /\bpublic\b/i.test(control),
    seconds,
    says: told,
  };
}
