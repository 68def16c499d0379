import type { Exchange } from './model.ts';
import { RecentMap } from './recent-map.ts';

export interface Place {
  page: number;
  parent: number | null;
  why?: 'redirect' | 'referer';
}

interface Seen {
  journey: number;
  page: number;
}

/** URLs remembered at once, over all clients; oldest out first. */
const URL_LIMIT = 8192;

/** "http://host/path" of an exchange, as far as its head says. */
export function urlOf(exchange: Exchange): string | undefined {
  if (exchange.target === undefined) return undefined;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(exchange.target)) return exchange.target;
  if (exchange.host === undefined || !exchange.target.startsWith('/')) return undefined;
  return `${exchange.scheme}://${exchange.host.toLowerCase()}${exchange.target}`;
}

/** Which journey caused which: by redirect (Location), else by Referer. A page is the tree below a journey without parent. */
export class PageBook {
  private readonly fetched = new RecentMap<string, Seen>(URL_LIMIT);
  private readonly redirects = new RecentMap<string, Seen>(URL_LIMIT);

  parent(client: string, journey: number, exchange: Exchange): Place {
    const url = urlOf(exchange);
    let place: Place = { page: journey, parent: null };
    if (url !== undefined) {
      const redirect = this.redirects.get(`${client} ${url}`);
      const referer = exchange.referer === undefined ? undefined : this.fetched.get(`${client} ${exchange.referer}`);
      if (redirect !== undefined) {
        this.redirects.delete(`${client} ${url}`);
        place = { page: redirect.page, parent: redirect.journey, why: 'redirect' };
      } else if (referer !== undefined) place = { page: referer.page, parent: referer.journey, why: 'referer' };
      this.fetched.set(`${client} ${url}`, { journey, page: place.page });
    }
    return place;
  }

  finished(client: string, journey: number, exchange: Exchange): void {
    if (exchange.location === undefined || exchange.status === undefined || exchange.status < 300 || exchange.status > 399) return;
    const from = urlOf(exchange);
    if (from === undefined || !URL.canParse(exchange.location, from)) return;
    const page = this.fetched.get(`${client} ${from}`)?.page ?? journey;
    this.redirects.set(`${client} ${new URL(exchange.location, from).href}`, { journey, page });
  }
}
