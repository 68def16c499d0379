import type { Exchange, Journey } from '../correlate/model.ts';

/** Pairs of a query that are told apart. */
const PAIRS = 1000;

interface Pair {
  name: string;
  value: string;
}

interface Message {
  httpVersion: string;
  cookies: [];
  headers: Pair[];
  headersSize: number;
  bodySize: number;
}

/** An entry of an HTTP archive (HAR 1.2); names that begin with "_" are our own, as the format allows. */
export interface HarEntry {
  pageref?: string;
  startedDateTime: string;
  time: number;
  request: Message & { method: string; url: string; queryString: Pair[] };
  response: Message & {
    status: number;
    statusText: string;
    content: { size: number; mimeType: string };
    redirectURL: string;
    _transferSize?: number;
    _error?: string;
  };
  cache: Record<string, never>;
  timings: Record<'blocked' | 'dns' | 'connect' | 'ssl' | 'send' | 'wait' | 'receive', number>;
  serverIPAddress?: string;
  connection?: string;
  _journey: number;
  _packets: { request?: number; response?: number; end?: number };
}

/** ISO 8601 in UTC with microseconds, for nanoseconds since a whole second. */
export function harTime(baseSeconds: number, nanoseconds: number): string {
  const seconds = Math.floor(nanoseconds / 1e9);
  const micro = Math.floor((nanoseconds - seconds * 1e9) / 1000);
  const date = new Date((baseSeconds + seconds) * 1000);
  const whole = Number.isNaN(date.getTime()) ? '1970-01-01T00:00:00' : date.toISOString().slice(0, 19);
  return `${whole}.${String(micro).padStart(6, '0')}Z`;
}

/** A request that was read, as an entry. */
export function harEntry(j: Journey, x: Exchange, baseSeconds: number): HarEntry {
  const { blocked, dns, connect, ssl, send, wait, receive, total } = j.har;
  const version = { httpVersion: `HTTP/${x.version}`, cookies: [] as [] };
  const url = j.url ?? '';
  const entry: HarEntry = {
    startedDateTime: harTime(baseSeconds, j.start),
    time: total,
    request: {
      method: x.method ?? '',
      url,
      ...version,
      headers: pairs({ [textual(x) ? 'Host' : ':authority']: x.host, Referer: x.referer, Accept: x.accept }),
      queryString: queryOf(url),
      headersSize: headersSize(x, x.requestHeaderBytes),
      bodySize: x.requestBodyBytes,
    },
    response: {
      status: x.status ?? 0,
      statusText: x.reason ?? '',
      ...version,
      headers: pairs({ 'Content-Type': x.contentType, Location: x.location }),
      content: { size: x.responseBodyBytes, mimeType: x.contentType ?? 'x-unknown' },
      redirectURL: x.location ?? '',
      headersSize: headersSize(x, x.responseHeaderBytes),
      bodySize: x.status === undefined ? -1 : x.responseBodyBytes,
    },
    cache: {},
    // These three must be there and not negative: what did not happen took no time.
    timings: { blocked, dns, connect, ssl, send: Math.max(0, send), wait: Math.max(0, wait), receive: Math.max(0, receive) },
    _journey: j.id,
    _packets: {},
  };
  if (x.responseTransferBytes !== undefined) entry.response._transferSize = x.responseTransferBytes;
  if (j.outcome !== 'complete') entry.response._error = j.outcome;
  if (j.connection !== undefined) entry.connection = String(j.connection);
  else if (j.quic !== undefined) entry.connection = `quic ${j.quic}`;
  if (x.requestPacket !== undefined) entry._packets.request = x.requestPacket;
  if (x.responsePacket !== undefined) entry._packets.response = x.responsePacket;
  if (x.responseEndPacket !== undefined) entry._packets.end = x.responseEndPacket;
  return entry;
}

/** HTTP/2 and HTTP/3 have no head of lines. */
const textual = (x: Exchange): boolean => x.version !== '2' && x.version !== '3';

/** The head's bytes from start line to empty line, where there is one. */
const headersSize = (x: Exchange, bytes: number | undefined): number => (textual(x) ? (bytes ?? -1) : -1);

const pairs = (fields: Record<string, string | undefined>): Pair[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));

function queryOf(url: string): Pair[] {
  const at = url.indexOf('?');
  if (at < 0) return [];
  const query = url.slice(at + 1).split('#', 1)[0];
  return [...new URLSearchParams(query)].slice(0, PAIRS).map(([name, value]) => ({ name, value }));
}
