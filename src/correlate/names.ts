import type { Lookup } from './model.ts';
import { RecentMap } from './recent-map.ts';

/** Lookups of one name by one client at one time: A, AAAA and HTTPS are asked together and serve one purpose. */
export interface NameGroup {
  client: string;
  name: string;
  /** The name in lower case. */
  key: string;
  lookups: Lookup[];
  /** Every address that the lookups were answered with. */
  addresses: string[];
  /** When the first connection went to one of the answers; infinite while none did. A later question is a new action. */
  usedAt: number;
  last: number;
  /** What the same client asked for before. */
  older: NameGroup | undefined;
}

/** A question this much later than the one before is a new action. */
const GROUP_NANOSECONDS = 5e9;
const GROUP_LOOKUPS = 16;
/** Clients remembered, and groups over all of them. */
const CLIENT_LIMIT = 8192;
const GROUP_LIMIT = 16384;
/** How far back a client's groups are looked through: for an address, and for a name asked for a moment ago. */
const ADDRESS_STEPS = 1024;
const NAME_STEPS = 16;
const NONE: Lookup[] = [];

/** Which name stands behind an address, client by client. Bounded, oldest out first. */
export class NameBook {
  evicted = 0;
  /** The newest group of each client; from there `older` leads on. */
  private readonly clients = new RecentMap<string, NameGroup>(CLIENT_LIMIT);
  /** Every group, in the order they were made: a ring. */
  private readonly ring: NameGroup[] = [];
  private at = 0;
  /** Gets groups that no connection used, once nothing more can be learnt of them. */
  private readonly unused: (group: NameGroup) => void;

  constructor(unused: (group: NameGroup) => void) {
    this.unused = unused;
  }

  answered(lookup: Lookup): void {
    const { addresses } = this.add(lookup);
    for (const address of lookup.addresses) addresses.push(address);
  }

  /** The lookup will not change any more; one that was never answered is met here for the first time. */
  final(lookup: Lookup): void {
    if (lookup.end === undefined) this.add(lookup);
  }

  /** Who told this client that address, if anybody did: the newest answer counts. */
  find(client: string, address: string): NameGroup | undefined {
    let group = this.clients.get(client);
    for (let steps = 0; group !== undefined && group.lookups !== NONE && steps < ADDRESS_STEPS; steps++) {
      if (group.addresses.includes(address)) return group;
      group = group.older;
    }
    return undefined;
  }

  /** The client's newest group of this very name that led to the address: a name in the request breaks a tie of addresses. */
  findNamed(client: string, address: string, key: string): NameGroup | undefined {
    let group = this.clients.get(client);
    for (let steps = 0; group !== undefined && group.lookups !== NONE && steps < ADDRESS_STEPS; steps++) {
      if (group.key === key && group.addresses.includes(address)) return group;
      group = group.older;
    }
    return undefined;
  }

  end(): void {
    for (let i = 0; i < this.ring.length; i++) this.leave(this.ring[(this.at + i) % this.ring.length]);
    this.ring.length = 0;
  }

  private add(lookup: Lookup): NameGroup {
    const client = lookup.client.address;
    const key = lookup.name.toLowerCase();
    const newest = this.clients.get(client);
    const known = named(newest, key);
    if (known !== undefined) {
      if (known.lookups.includes(lookup)) return known;
      const soon = lookup.start - known.last <= GROUP_NANOSECONDS;
      if (soon && lookup.start <= known.usedAt && known.lookups.length < GROUP_LOOKUPS) {
        known.lookups.push(lookup);
        known.last = Math.max(known.last, lookup.start);
        return known;
      }
    }
    const group: NameGroup = {
      client,
      name: lookup.name,
      key,
      lookups: [lookup],
      addresses: [],
      usedAt: Number.POSITIVE_INFINITY,
      last: lookup.start,
      older: newest === undefined || newest.lookups === NONE ? undefined : newest,
    };
    this.clients.set(client, group);
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
    group.older = undefined;
  }
}

/** The newest group of a name among a client's last few. */
function named(newest: NameGroup | undefined, key: string): NameGroup | undefined {
  let group = newest;
  for (let steps = 0; group !== undefined && group.lookups !== NONE && steps < NAME_STEPS; steps++) {
    if (group.key === key) return group;
    group = group.older;
  }
  return undefined;
}
