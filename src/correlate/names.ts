import type { Lookup } from './model.ts';
import { EMPTY } from './packet-list.ts';
import { PairTable } from './pair-table.ts';

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
  /** About how many bytes its lookups hold. */
  weight: number;
  /** In the order they were made. */
  number: number;
  /** The journey under which it was shown while nothing had come of it yet; -1 none. */
  journeyId: number;
  /** What the same client asked for before under this name. */
  older: NameGroup | undefined;
}

/** A question this much later than the one before is a new action. */
const GROUP_NANOSECONDS = 5e9;
const GROUP_LOOKUPS = 16;
/** Groups remembered, over all clients; and answered addresses by client, at least. */
export const GROUP_LIMIT = 16384;
const ADDRESS_LIMIT = 2 * GROUP_LIMIT;
/** And about how many bytes their lookups may hold together: an answer may have hundreds of addresses. */
export const NAME_BYTES_LIMIT = 64 << 20;
/** How many of a client's groups of one name are looked through for an address. */
const NAME_STEPS = 64;
const NONE: Lookup[] = [];

/** Which name stands behind an address, client by client. Bounded, oldest out first. */
export class NameBook {
  /** Groups let go for want of room. */
  evicted = 0;
  /** Numbers of groups: by client and name in lower case, and by client and address; the newest answer counts. */
  private readonly byName = new PairTable(GROUP_LIMIT, 1);
  private readonly byAddress = new PairTable(ADDRESS_LIMIT, 1);
  /** Groups `first` … `made`-1 in the order they were made: a ring. */
  private readonly ring: NameGroup[] = [];
  private first = 0;
  private made = 0;
  private weight = 0;
  /** Gets groups that no connection used, once nothing more can be learnt of them. */
  private readonly unused: (group: NameGroup) => void;

  constructor(unused: (group: NameGroup) => void) {
    this.unused = unused;
  }

  /** The question was sent: to be shown while it waits. */
  asked(lookup: Lookup): void {
    this.add(lookup);
  }

  /** Groups that no connection has used, newest first. */
  unusedGroups(limit: number): NameGroup[] {
    const groups: NameGroup[] = [];
    for (let n = this.made - 1; n >= this.first && groups.length < limit; n--) {
      const group = this.ring[n % GROUP_LIMIT];
      if (group.usedAt === Number.POSITIVE_INFINITY) groups.push(group);
    }
    return groups;
  }

  answered(lookup: Lookup): void {
    const group = this.add(lookup);
    // A group of one lookup, most of them, has that lookup's own list.
    group.addresses = group.addresses === EMPTY ? lookup.addresses : group.addresses.concat(lookup.addresses);
    for (const address of lookup.addresses) this.byAddress.set(group.client, address, group.number);
  }

  /** The lookup will not change any more; one that was never answered is met here for the first time. */
  final(lookup: Lookup): void {
    if (lookup.end === undefined) this.add(lookup);
  }

  /** Who told this client that address, if anybody did: the newest answer counts. */
  find(client: string, address: string): NameGroup | undefined {
    const group = this.byAddress.find(client, address) ? this.group(this.byAddress.value[0]) : undefined;
    return group?.client === client && group.addresses.includes(address) ? group : undefined;
  }

  /** The client's newest group of this very name that led to the address: a name in the request breaks a tie of addresses. */
  findNamed(client: string, address: string, key: string): NameGroup | undefined {
    let group = this.named(client, key);
    for (let steps = 0; group !== undefined && group.lookups !== NONE && steps < NAME_STEPS; steps++) {
      if (group.addresses.includes(address)) return group;
      group = group.older;
    }
    return undefined;
  }

  end(): void {
    while (this.first < this.made) this.leaveOldest();
    this.ring.length = 0;
  }

  private group(number: number): NameGroup | undefined {
    return number >= this.first && number < this.made ? this.ring[number % GROUP_LIMIT] : undefined;
  }

  private named(client: string, key: string): NameGroup | undefined {
    const group = this.byName.find(client, key) ? this.group(this.byName.value[0]) : undefined;
    return group?.client === client && group.key === key ? group : undefined;
  }

  private add(lookup: Lookup): NameGroup {
    const client = lookup.client.address;
    const key = lookup.name.toLowerCase();
    const known = this.named(client, key);
    const weight = weightOf(lookup);
    if (known !== undefined) {
      if (known.lookups.includes(lookup)) return known;
      const soon = lookup.start - known.last <= GROUP_NANOSECONDS;
      if (soon && lookup.start <= known.usedAt && known.lookups.length < GROUP_LOOKUPS) {
        known.lookups.push(lookup);
        known.last = Math.max(known.last, lookup.start);
        known.weight += weight;
        this.weight += weight;
        this.makeRoom();
        return known;
      }
    }
    const group: NameGroup = {
      client,
      name: lookup.name,
      key,
      lookups: [lookup],
      addresses: EMPTY,
      usedAt: Number.POSITIVE_INFINITY,
      last: lookup.start,
      weight,
      older: known,
      number: this.made,
      journeyId: -1,
    };
    this.byName.put(this.made);
    if (this.made - this.first === GROUP_LIMIT) this.evict();
    this.ring[this.made++ % GROUP_LIMIT] = group;
    this.weight += weight;
    this.makeRoom();
    return group;
  }

  /** The group made last stays, whatever it weighs. */
  private makeRoom(): void {
    while (this.weight > NAME_BYTES_LIMIT && this.made - this.first > 1) this.evict();
  }

  private evict(): void {
    this.evicted++;
    this.leaveOldest();
  }

  /** Lets a group go: its lookups are free, what still points to it finds it empty. */
  private leaveOldest(): void {
    const group = this.ring[this.first++ % GROUP_LIMIT];
    this.weight -= group.weight;
    if (group.usedAt === Number.POSITIVE_INFINITY) this.unused(group);
    group.lookups = NONE;
    group.addresses = EMPTY;
    group.older = undefined;
  }
}

/** Bytes that a lookup holds, as far as a sender can make it large. */
function weightOf(lookup: Lookup): number {
  let weight = 512 + lookup.name.length + 48 * lookup.addresses.length;
  for (const alias of lookup.aliases) weight += 32 + alias.length;
  for (const record of lookup.records ?? []) weight += 128 + record.name.length + record.data.length;
  return weight;
}

/** The newest group of a name among a client's last few. */
