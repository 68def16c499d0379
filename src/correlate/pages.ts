import type { Exchange } from './model.ts';
import { UrlTable } from './url-table.ts';

export interface Place {
  page: number;
  parent: number | null;
  why: 'redirect' | 'referer' | undefined;
  /** The answer that redirected, or the request whose URL is the Referer. */
  packet: number | undefined;
}

/** URLs remembered, over all clients. */
const URL_LIMIT = 8192;

/** Longer ones are not remembered. */
export const URL_LENGTH_LIMIT = 2048;

/** "http://host/path" of an exchange, as far as its head says; `host` is that of its head, else the address it went to. */
export function urlOf(exchange: Exchange, host: string): string | undefined {
  const { target } = exchange;
  if (target === undefined) return undefined;
  if (!target.startsWith('/')) return /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? target : undefined;
  return `${exchange.scheme}://${host.toLowerCase()}${target}`;
}

/** Which journey caused which: by redirect (Location), else by Referer. A page is the tree below a journey without parent. */
export class PageBook {
  private readonly fetched = new UrlTable(URL_LIMIT);
  private readonly redirects = new UrlTable(URL_LIMIT);

  parent(client: string, journey: number, exchange: Exchange, url: string | undefined): Place {
    const place: Place = { page: journey, parent: null, why: undefined, packet: undefined };
    if (url === undefined || url.length > URL_LENGTH_LIMIT) return place;
    const redirect = this.redirects.get(client, url);
    const referer = exchange.referer === undefined ? undefined : this.fetched.get(client, exchange.referer);
    const seen = redirect ?? referer;
    if (seen !== undefined) {
      place.page = seen.page;
      place.parent = seen.journey;
      place.why = redirect === undefined ? 'referer' : 'redirect';
      place.packet = seen.packet;
    }
    if (redirect !== undefined) this.redirects.delete(client, url);
    this.fetched.set(client, url, journey, place.page, exchange.requestPacket ?? 0);
    return place;
  }

  finished(client: string, journey: number, exchange: Exchange, url: string | undefined): void {
    const { location, status } = exchange;
    if (location === undefined || url === undefined || status === undefined || status < 300 || status > 399) return;
    if (location.length + url.length > URL_LENGTH_LIMIT || !URL.canParse(location, url)) return;
    const page = this.fetched.get(client, url)?.page ?? journey;
    this.redirects.set(client, new URL(location, url).href, journey, page, exchange.responsePacket ?? 0);
  }
}
