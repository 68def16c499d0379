import type { Lookup } from './model.ts';
import { RecentMap } from './recent-map.ts';

/** Lookups of one name by one client at one time: A, AAAA and HTTPS are asked together and serve one purpose. */
export interface NameGroup {
  client: string;
  name: string;
  lookups: Lookup[];
  /** A connection went to one of the answers. */
  used: boolean;
  last: number;
}

/** A question this much later than the one before is a new action. */
const GROUP_NANOSECONDS = 5e9;
const GROUP_LIMIT = 4096;
const ADDRESS_LIMIT = 16384;

/** What each client has learnt from DNS: which name stands behind an address. Both tables are bounded, oldest out first. */
export class NameBook {
  evicted = 0;
  private readonly groups: RecentMap<string, NameGroup>;
  private readonly addresses = new RecentMap<string, NameGroup>(ADDRESS_LIMIT);
  /** Gets groups that no connection used, once nothing more can be learnt of them. */
  private readonly unused: (group: NameGroup) => void;

  constructor(unused: (group: NameGroup) => void) {
    this.unused = unused;
    this.groups = new RecentMap<string, NameGroup>(GROUP_LIMIT, (group) => {
      this.evicted++;
      if (!group.used) unused(group);
    });
  }

  answered(lookup: Lookup): void {
    const group = this.group(lookup);
    for (const address of lookup.addresses) this.addresses.set(`${lookup.client.address} ${address}`, group);
  }

  /** The lookup will not change any more; one that was never answered is met here for the first time. */
  final(lookup: Lookup): void {
    this.group(lookup);
  }

  /** Who told this client that address, if anybody did. */
  find(client: string, address: string): NameGroup | undefined {
    return this.addresses.get(`${client} ${address}`);
  }

  end(): void {
    for (const [, group] of this.groups.entries()) if (!group.used) this.unused(group);
  }

  private group(lookup: Lookup): NameGroup {
    const key = `${lookup.client.address} ${lookup.name.toLowerCase()}`;
    let group = this.groups.get(key);
    if (group?.lookups.includes(lookup)) return group;
    if (group !== undefined && (lookup.start - group.last > GROUP_NANOSECONDS || group.lookups.length >= 16)) {
      if (!group.used) this.unused(group);
      this.groups.delete(key);
      group = undefined;
    }
    if (group === undefined) {
      group = { client: lookup.client.address, name: lookup.name, lookups: [], used: false, last: 0 };
      this.groups.set(key, group);
    }
    group.lookups.push(lookup);
    group.last = Math.max(group.last, lookup.start);
    return group;
  }
}
