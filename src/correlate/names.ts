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
/** Clients remembered, and groups over all of them. */
const CLIENT_LIMIT = 4096;
const GROUP_LIMIT = 16384;

/** What one client has learnt from DNS: groups by name in lower case, and by the addresses they led to. */
class Client {
  readonly names = new Map<string, NameGroup>();
  readonly addresses = new Map<string, NameGroup>();
}

/** Which name stands behind an address, client by client. Bounded, oldest out first. */
export class NameBook {
  evicted = 0;
  private readonly clients = new RecentMap<string, Client>(CLIENT_LIMIT);
  /** Every group, in the order they were made: a ring. */
  private readonly ring: (NameGroup | undefined)[] = [];
  private at = 0;
  /** Gets groups that no connection used, once nothing more can be learnt of them. */
  private readonly unused: (group: NameGroup) => void;

  constructor(unused: (group: NameGroup) => void) {
    this.unused = unused;
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
    for (let i = 0; i < this.ring.length; i++) {
      const group = this.ring[(this.at + i) % this.ring.length];
      if (group !== undefined) this.leave(group);
    }
    this.ring.length = 0;
  }

  private leave(group: NameGroup): void {
    if (group.usedAt === Number.POSITIVE_INFINITY) this.unused(group);
    const client = this.clients.get(group.client);
    if (client === undefined) return;
    const key = group.name.toLowerCase();
    if (client.names.get(key) === group) client.names.delete(key);
    for (const lookup of group.lookups)
      for (const address of lookup.addresses) if (client.addresses.get(address) === group) client.addresses.delete(address);
  }

  private client(address: string): Client {
    let client = this.clients.get(address);
    if (client === undefined) {
      client = new Client();
      this.clients.set(address, client);
    }
    return client;
  }

  private keep(group: NameGroup): void {
    if (this.ring.length < GROUP_LIMIT) {
      this.ring.push(group);
      return;
    }
    const oldest = this.ring[this.at];
    this.ring[this.at] = group;
    this.at = (this.at + 1) % GROUP_LIMIT;
    if (oldest === undefined) return;
    this.evicted++;
    this.leave(oldest);
  }

  private group(client: Client, lookup: Lookup): NameGroup {
    const key = lookup.name.toLowerCase();
    let group = client.names.get(key);
    if (group !== undefined) {
      if (group.lookups.includes(lookup)) return group;
      if (lookup.start > group.usedAt || lookup.start - group.last > GROUP_NANOSECONDS || group.lookups.length >= GROUP_LOOKUPS)
        group = undefined;
    }
    if (group === undefined) {
      group = {
        client: lookup.client.address,
        name: lookup.name,
        lookups: [lookup],
        usedAt: Number.POSITIVE_INFINITY,
        last: lookup.start,
      };
      client.names.set(key, group);
      this.keep(group);
      return group;
    }
    group.lookups.push(lookup);
    group.last = Math.max(group.last, lookup.start);
    return group;
  }
}
