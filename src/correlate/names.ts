import type { Lookup } from './model.ts';
import { RecentMap } from './recent-map.ts';

/** Lookups of one name by one client at one time: A, AAAA and HTTPS are asked together and serve one purpose. */
export interface NameGroup {
  client: string;
  name: string;
  /** The name in lower case. */
  key: string;
  lookups: Lookup[];
  /** When the first connection went to one of the answers; infinite while none did. A later question is a new action. */
  usedAt: number;
  last: number;
}

/** A question this much later than the one before is a new action. */
const GROUP_NANOSECONDS = 5e9;
const GROUP_LOOKUPS = 16;
/** Clients remembered, groups over all of them, and for each client addresses and names to look through. */
const CLIENT_LIMIT = 4096;
const GROUP_LIMIT = 16384;
const ADDRESS_LIMIT = 1024;
const RECENT_NAMES = 16;
const NONE: Lookup[] = [];

/** What one client has learnt from DNS, newest last. A connection asks once, so that looking through is cheap enough. */
class Client {
  private readonly addresses: string[] = [];
  private readonly owners: NameGroup[] = [];
  private next = 0;
  private readonly recent: NameGroup[] = [];
  private nextRecent = 0;

  learn(address: string, group: NameGroup): void {
    this.addresses[this.next] = address;
    this.owners[this.next] = group;
    this.next = (this.next + 1) % ADDRESS_LIMIT;
  }

  /** The newest group that led to the address. */
  find(address: string): NameGroup | undefined {
    const { addresses } = this;
    const count = addresses.length;
    for (let n = 1; n <= count; n++) {
      const i = (this.next - n + count) % count;
      if (addresses[i] === address && this.owners[i].lookups !== NONE) return this.owners[i];
    }
    return undefined;
  }

  keep(group: NameGroup): void {
    this.recent[this.nextRecent] = group;
    this.nextRecent = (this.nextRecent + 1) % RECENT_NAMES;
  }

  /** The group of a name asked for a moment ago. */
  named(key: string): NameGroup | undefined {
    let found: NameGroup | undefined;
    for (const group of this.recent) if (group.key === key && (found === undefined || found.last <= group.last)) found = group;
    return found;
  }
}

/** Which name stands behind an address, client by client. Bounded, oldest out first. */
export class NameBook {
  evicted = 0;
  private readonly clients = new RecentMap<string, Client>(CLIENT_LIMIT);
  /** Every group, in the order they were made: a ring. */
  private readonly ring: NameGroup[] = [];
  private at = 0;
  /** Gets groups that no connection used, once nothing more can be learnt of them. */
  private readonly unused: (group: NameGroup) => void;

  constructor(unused: (group: NameGroup) => void) {
    this.unused = unused;
  }

  answered(lookup: Lookup): void {
    const client = this.client(lookup.client.address);
    const group = this.group(client, lookup);
    for (const address of lookup.addresses) client.learn(address, group);
  }

  /** The lookup will not change any more; one that was never answered is met here for the first time. */
  final(lookup: Lookup): void {
    if (lookup.end === undefined) this.group(this.client(lookup.client.address), lookup);
  }

  /** Who told this client that address, if anybody did. */
  find(client: string, address: string): NameGroup | undefined {
    return this.clients.get(client)?.find(address);
  }

  end(): void {
    for (let i = 0; i < this.ring.length; i++) this.leave(this.ring[(this.at + i) % this.ring.length]);
    this.ring.length = 0;
  }

  private client(address: string): Client {
    let client = this.clients.get(address);
    if (client === undefined) {
      client = new Client();
      this.clients.set(address, client);
    }
    return client;
  }

  private group(client: Client, lookup: Lookup): NameGroup {
    const key = lookup.name.toLowerCase();
    const known = client.named(key);
    if (known !== undefined && known.lookups !== NONE) {
      if (known.lookups.includes(lookup)) return known;
      const soon = lookup.start - known.last <= GROUP_NANOSECONDS;
      if (soon && lookup.start <= known.usedAt && known.lookups.length < GROUP_LOOKUPS) {
        known.lookups.push(lookup);
        known.last = Math.max(known.last, lookup.start);
        return known;
      }
    }
    const group: NameGroup = {
      client: lookup.client.address,
      name: lookup.name,
      key,
      lookups: [lookup],
      usedAt: Number.POSITIVE_INFINITY,
      last: lookup.start,
    };
    client.keep(group);
    const oldest = this.ring[this.at];
    this.ring[this.at] = group;
    this.at = (this.at + 1) % GROUP_LIMIT;
    if (oldest !== undefined) {
      this.evicted++;
      this.leave(oldest);
    }
    return group;
  }

  /** Lets a group go: its lookups are free, what still points to it finds it empty. */
  private leave(group: NameGroup): void {
    if (group.usedAt === Number.POSITIVE_INFINITY) this.unused(group);
    group.lookups = NONE;
  }
}
