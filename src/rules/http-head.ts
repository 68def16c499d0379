import { readCacheFields } from '../correlate/cache-fields.ts';
import type { Exchange } from '../correlate/model.ts';
import type { CaptureFacts } from './facts.ts';

/** A head's first line and those of its fields that rules ask for, by lower-case name; several of one name with commas between. */
export interface Head {
  first: string;
  fields: ReadonlyMap<string, string>;
}

const MAX_HEAD = 16_384;
const MAX_PACKETS = 16;
/** Longer values are cut: they go into sentences. */
const MAX_VALUE = 200;
/** No cookie, no credential is ever looked at. */
const NAMES = new Set([
  'age',
  'cache-control',
  'cache-status',
  'cdn-cache-control',
  'cf-cache-status',
  'connection',
  'date',
  'etag',
  'expires',
  'forwarded',
  'host',
  'if-modified-since',
  'if-none-match',
  'last-modified',
  'pragma',
  'server',
  'traceparent',
  'user-agent',
  'vary',
  'via',
  'x-cache',
  'x-cache-hits',
  'x-cache-status',
  'x-forwarded-for',
  'x-proxy-cache',
  'x-real-ip',
  'x-request-id',
  'x-varnish',
]);

/** Of a request of HTTP/1 that is readable in its packets; undefined inside TLS, in HTTP/2, and where packets lack bytes. */
export function requestHead(capture: CaptureFacts, exchange: Exchange): Head | undefined {
  if (exchange.requestPacket === undefined || exchange.method === undefined) return undefined;
  const before = earlier(
    capture,
    exchange,
    (other) => other.requestPacket === exchange.requestPacket && other.method === exchange.method,
  );
  return headIn(capture, exchange, exchange.requestPackets, exchange.requestPacket, `${exchange.method} `, before);
}

export function responseHead(capture: CaptureFacts, exchange: Exchange): Head | undefined {
  if (exchange.responsePacket === undefined || exchange.status === undefined) return undefined;
  const before = earlier(capture, exchange, (other) => other.responsePacket === exchange.responsePacket);
  return headIn(capture, exchange, exchange.responsePackets, exchange.responsePacket, 'HTTP/1.', before);
}

/** The answer's head, or of one that no packet shows in clear text (TLS with keys, HTTP/2, HTTP/3) its fields about caches. */
export function answerHead(capture: CaptureFacts, exchange: Exchange): Head | undefined {
  const { cacheFields, status, version } = exchange;
  if (cacheFields === undefined || status === undefined) return responseHead(capture, exchange);
  return { first: `HTTP/${version} ${status}`, fields: readCacheFields(cacheFields) };
}

/** The head is of HTTP/1 in clear text, and bytes of it lack in the capture (snapshot length, losses). */
export const requestHeadCut = (capture: CaptureFacts, exchange: Exchange): boolean =>
  mayBeCut(capture, exchange) && requestHead(capture, exchange) === undefined;
export const responseHeadCut = (capture: CaptureFacts, exchange: Exchange): boolean =>
  mayBeCut(capture, exchange) && responseHead(capture, exchange) === undefined;

function mayBeCut(capture: CaptureFacts, exchange: Exchange): boolean {
  if (exchange.scheme !== 'http' || !exchange.version.startsWith('1')) return false;
  const traits = capture.connections.get(exchange.connection)?.traits;
  return traits !== undefined && (traits.includes('cut-payload') || traits.includes('capture-loss'));
}

/** How many messages before this one begin in the same packet. */
const earlier = (capture: CaptureFacts, exchange: Exchange, same: (other: Exchange) => boolean): number =>
  capture.exchangesOn(exchange.connection).filter((other) => other.stream < exchange.stream && same(other)).length;

function headIn(
  capture: CaptureFacts,
  exchange: Exchange,
  packets: number[],
  first: number,
  begins: string,
  skip: number,
): Head | undefined {
  if (exchange.scheme !== 'http' || !exchange.version.startsWith('1')) return undefined;
  const text = textOf(capture, packets.includes(first) ? packets : [first, ...packets]);
  let at = -1;
  for (let n = 0; n <= skip; n++) {
    at = lineBeginning(text, begins, at + 1);
    if (at < 0) return undefined;
  }
  const end = text.indexOf('\r\n\r\n', at);
  if (end < 0) return undefined;
  const [line, ...rest] = text.slice(at, end).split('\r\n');
  const fields = new Map<string, string>();
  for (const each of rest) {
    const colon = each.indexOf(':');
    const name = each.slice(0, colon).toLowerCase();
    if (colon <= 0 || !NAMES.has(name)) continue;
    const value = each
      .slice(colon + 1)
      .trim()
      .slice(0, MAX_VALUE);
    const known = fields.get(name);
    fields.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return { first: line.slice(0, MAX_VALUE), fields };
}

/** Where a message may begin: at the text's start, after an empty line, or right behind a body. */
function lineBeginning(text: string, begins: string, from: number): number {
  const at = text.indexOf(begins, from);
  return at < 0 || /^[^\r\n]*\r\n/.test(text.slice(at, at + MAX_HEAD)) ? at : -1;
}

/** The stream's bytes that these packets carry, in order of their sequence numbers, each once; up to the first hole. */
function textOf(capture: CaptureFacts, numbers: number[]): string {
  const segments: { sequence: number; bytes: Uint8Array }[] = [];
  for (const number of numbers.slice(0, MAX_PACKETS)) {
    const packet = capture.packet(number);
    if (packet?.tcp !== undefined && packet.payload.length > 0)
      segments.push({ sequence: packet.tcp.sequence, bytes: packet.payload });
  }
  if (segments.length === 0) return '';
  const base = segments.reduce((least, s) => (((s.sequence - least) | 0) < 0 ? s.sequence : least), segments[0].sequence);
  segments.sort((p, q) => ((p.sequence - base) >>> 0) - ((q.sequence - base) >>> 0));
  let text = '';
  for (const { sequence, bytes } of segments) {
    const skip = text.length - ((sequence - base) >>> 0);
    if (skip < 0 || text.length >= MAX_HEAD) break;
    if (skip < bytes.length) text += Buffer.from(bytes.subarray(skip)).toString('latin1');
  }
  return text.slice(0, MAX_HEAD);
}

/** The last hop's client as a proxy tells it: the last of X-Forwarded-For, or of Forwarded's `for` (RFC 7239 §5.2). */
export function forwardedFor(head: Head): string | undefined {
  const last = head.fields.get('x-forwarded-for')?.split(',').at(-1)?.trim();
  if (last) return last.replace(/^\[|\](:\d+)?$/g, '');
  const forwarded = head.fields.get('forwarded')?.split(',').at(-1);
  const address = forwarded?.match(/for="?\[?([0-9a-f.:]+?)\]?(?::\d+)?"?(?:;|$)/i)?.[1];
  return address ?? head.fields.get('x-real-ip');
}

/** What a response says of having come out of a cache: "Age: 12", "X-Cache: HIT" (RFC 9111 §5.1, RFC 9211). */
export function cacheSays(head: Head): { kind: 'hit' | 'revalidated' | 'miss'; text: string } | undefined {
  const age = head.fields.get('age');
  for (const name of ['x-cache', 'cf-cache-status', 'x-cache-status', 'x-proxy-cache', 'cache-status'] as const) {
    const value = head.fields.get(name);
    if (value === undefined) continue;
    const text = `${FIELD_TEXT[name]}: ${value}`;
    // Cache-Status tells a hit by a parameter of that name; several caches of the others: the nearest one is named last.
    if (name === 'cache-status') return { kind: /;\s*hit\b/i.test(value) ? 'hit' : 'miss', text };
    if (/\b(hit|stale|updating)\b/i.test(value.split(',').at(-1) ?? '')) return { kind: 'hit', text };
    if (/\brevalidated\b/i.test(value)) return { kind: 'revalidated', text };
    if (/\b(miss|expired|bypass|dynamic|pass)\b/i.test(value)) return { kind: 'miss', text };
  }
  if (age !== undefined && /^\d+$/.test(age) && Number(age) > 0) return { kind: 'hit', text: `Age: ${age}` };
  if (age !== undefined && /^0+$/.test(age)) return { kind: 'miss', text: `Age: ${age}` };
  return undefined;
}

const FIELD_TEXT = {
  'x-cache': 'X-Cache',
  'cf-cache-status': 'CF-Cache-Status',
  'x-cache-status': 'X-Cache-Status',
  'x-proxy-cache': 'X-Proxy-Cache',
  'cache-status': 'Cache-Status',
} as const;
