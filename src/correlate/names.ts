import type { Lookup } from './model.ts';
import { RecentMap } from './recent-map.ts';

/** Lookups of one name by one client at one time: A, AAAA and HTTPS are asked together and serve one purpose. */
export interface NameGroup {
  client: string;
  name: string;
  lookups: Lookup[];
  /** When the first connection went to one of the answers; infinite while none did. A later question is a new action. */
  usedAt: number;
  last: number;
}

/** A question this much later than the one before is a new action. */
const GROUP_NANOSECONDS = 5e9;
const GROUP_LOOKUPS = 16;
/** Clients remembered, and names and addresses for each. */
const CLIENT_LIMIT = 2048;
const NAME_LIMIT = 256;
const ADDRESS_LIMIT = 1024;

/** What one client has learnt from DNS. */
class Client {
  readonly names: RecentMap<string, NameGroup>;
  readonly addresses = new RecentMap<string, NameGroup>(ADDRESS_LIMIT);

  constructor(forgotten: (group: NameGroup) => void) {
    this.names = new RecentMap(NAME_LIMIT, forgotten);
  }
}

/** Which name stands behind an address, client by client. Every table is bounded, oldest out first. */
export class NameBook {
  evicted = 0;
  private readonly clients: RecentMap<string, Client>;
  /** Gets groups that no connection used, once nothing more can be learnt of them. */
  private readonly unused: (group: NameGroup) => void;

  constructor(unused: (group: NameGroup) => void) {
    this.unused = unused;
    this.clients = new RecentMap(CLIENT_LIMIT, (client) => this.leave(client));
  }

  answered(lookup: Lookup): void {
    const client = this.client(lookup.client.address);
    const group = this.group(client, lookup);
    for (const address of lookup.addresses) client.addresses.set(address, group);
  }

  /** The lookup will not change any more; one that was never answered is met here for the first time. */
  final(lookup: Lookup): void {
    if (lookup.end === undefined) this.group(this.client(lookup.client.address), lookup);
  }

  /** Who told this client that address, if anybody did. */
  find(client: string, address: string): NameGroup | undefined {
    return this.clients.get(client)?.addresses.get(address);
  }

  end(): void {
    for (const [, client] of this.clients.entries()) this.leave(client);
  }

  private leave(client: Client): void {
    for (const [, group] of client.names.entries()) if (group.usedAt === Number.POSITIVE_INFINITY) this.unused(group);
  }

  private client(address: string): Client {
    let client = this.clients.get(address);
    if (client === undefined) {
      client = new Client((group) => {
        this.evicted++;
        if (group.usedAt === Number.POSITIVE_INFINITY) this.unused(group);
      });
      this.clients.set(address, client);
    }
    return client;
  }

  private group(client: Client, lookup: Lookup): NameGroup {
    const key = lookup.name.toLowerCase();
    let group = client.names.get(key);
    if (group !== undefined) {
      if (group.lookups.includes(lookup)) return group;
      if (lookup.start > group.usedAt || lookup.start - group.last > GROUP_NANOSECONDS || group.lookups.length >= GROUP_LOOKUPS) {
        if (group.usedAt === Number.POSITIVE_INFINITY) this.unused(group);
        group = undefined;
      }
    }
    if (group === undefined) {
      group = { client: lookup.client.address, name: lookup.name, lookups: [lookup], usedAt: Number.POSITIVE_INFINITY, last: lookup.start };
      client.names.set(key, group);
      return group;
    }
    group.lookups.push(lookup);
    group.last = Math.max(group.last, lookup.start);
    return group;
  }
}
