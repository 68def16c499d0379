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

/** Clients remembered, and URLs for each. */
const CLIENT_LIMIT = 2048;
const URL_LIMIT = 512;

/** "http://host/path" of an exchange, as far as its head says. */
export function urlOf(exchange: Exchange): string | undefined {
  const { target, host } = exchange;
  if (target === undefined) return undefined;
  if (!target.startsWith('/')) return /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? target : undefined;
  return host === undefined ? undefined : `${exchange.scheme}://${host.toLowerCase()}${target}`;
}

class Client {
  readonly fetched = new RecentMap<string, Seen>(URL_LIMIT);
  redirects: Map<string, Seen> | undefined;
}

/** Which journey caused which: by redirect (Location), else by Referer. A page is the tree below a journey without parent. */
export class PageBook {
  private readonly clients = new RecentMap<string, Client>(CLIENT_LIMIT);

  parent(address: string, journey: number, exchange: Exchange, url: string | undefined): Place {
    if (url === undefined) return { page: journey, parent: null };
    const client = this.client(address);
    const redirect = client.redirects?.get(url);
    const referer = exchange.referer === undefined ? undefined : client.fetched.get(exchange.referer);
    let place: Place = { page: journey, parent: null };
    if (redirect !== undefined) {
      client.redirects?.delete(url);
      place = { page: redirect.page, parent: redirect.journey, why: 'redirect' };
    } else if (referer !== undefined) place = { page: referer.page, parent: referer.journey, why: 'referer' };
    client.fetched.set(url, { journey, page: place.page });
    return place;
  }

  finished(address: string, journey: number, exchange: Exchange, url: string | undefined): void {
    const { location, status } = exchange;
    if (location === undefined || url === undefined || status === undefined || status < 300 || status > 399) return;
    if (!URL.canParse(location, url)) return;
    const client = this.client(address);
    const page = client.fetched.get(url)?.page ?? journey;
    client.redirects ??= new Map();
    client.redirects.set(new URL(location, url).href, { journey, page });
    if (client.redirects.size > URL_LIMIT) client.redirects.delete(client.redirects.keys().next().value as string);
  }

  private client(address: string): Client {
    let client = this.clients.get(address);
    if (client === undefined) {
      client = new Client();
      this.clients.set(address, client);
    }
    return client;
  }
}
