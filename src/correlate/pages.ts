import type { Exchange } from './model.ts';
import { PairTable } from './pair-table.ts';

export interface Place {
  page: number;
  parent: number | null;
  why: 'redirect' | 'referer' | 'push' | undefined;
  /** The answer that redirected, or the request whose URL is the Referer, or for which the server pushed. */
  packet: number | undefined;
}

/** What was fetched, as its redirect must know it. */
interface Fetched {
  journey: number;
  place: Place;
  url: string | undefined;
}

/** URLs remembered, over all clients. */
const URL_LIMIT = 8192;

/** Longer ones are not remembered. */
export const URL_LENGTH_LIMIT = 2048;

/** "http://host" by host, as requests write that: the same few come again and again. */
const ORIGINS = { http: new Map<string, string>(), https: new Map<string, string>() };
const ORIGINS_LIMIT = 1024;
const NAME_LENGTH = 255;
const SLASH = 0x2f;

/** "http://host/path" of an exchange, as far as its head says; `host` is that of its head, else the address it went to. */
export function urlOf(exchange: Exchange, host: string): string | undefined {
  const { target, scheme } = exchange;
  if (target === undefined) return undefined;
  if (target.charCodeAt(0) !== SLASH) return /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? target : undefined;
  return (ORIGINS[scheme].get(host) ?? originOf(scheme, host)) + target;
}

function originOf(scheme: 'http' | 'https', host: string): string {
  const name = host.toLowerCase();
  const port = scheme === 'http' ? ':80' : ':443';
  const origin = `${scheme}://${name.endsWith(port) ? name.slice(0, -port.length) : name}`;
  const known = ORIGINS[scheme];
  if (known.size >= ORIGINS_LIMIT) known.clear();
  if (host.length <= NAME_LENGTH) known.set(host, origin);
  return origin;
}

/** Which journey caused which: by redirect (Location), else by Referer. A page is the tree below a journey without parent. */
export class PageBook {
  /** Values: journey, page, packet. */
  private readonly fetched = new PairTable(URL_LIMIT, 3);
  private readonly redirects = new PairTable(URL_LIMIT, 3, this.fetched);

  parent(client: string, journey: number, exchange: Exchange, url: string | undefined): Place {
    const place: Place = { page: journey, parent: null, why: undefined, packet: undefined };
    if (url === undefined || url.length > URL_LENGTH_LIMIT) return place;
    if (this.redirects.find(client, url)) {
      follow(place, 'redirect', this.redirects.value);
      this.redirects.delete(client, url);
    } else if (exchange.referer !== undefined && this.fetched.find(client, exchange.referer))
      follow(place, 'referer', this.fetched.value);
    // The pair that was asked for at first: client and URL are not hashed again.
    this.fetched.putAs(this.redirects, journey, place.page, exchange.requestPacket);
    return place;
  }

  finished(client: string, { journey, place, url }: Fetched, exchange: Exchange): void {
    const { location, status } = exchange;
    if (location === undefined || url === undefined || status === undefined || status < 300 || status > 399) return;
    if (location.length + url.length > URL_LENGTH_LIMIT || !URL.canParse(location, url)) return;
    const target = new URL(location, url);
    target.hash = '';
    this.redirects.set(client, target.href, journey, place.page, exchange.responsePacket);
  }
}

function follow(place: Place, why: 'redirect' | 'referer', [journey, page, packet]: Uint32Array): void {
  place.why = why;
  place.parent = journey;
  place.page = page;
  place.packet = packet;
}
