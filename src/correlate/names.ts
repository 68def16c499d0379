import type { NameGroup } from './conversation.ts';
import type { Lookup } from './model.ts';
import { leadsTo } from './name-match.ts';
import { CALL_STEPS, groupFor, newGroup, takeCall } from './name-group.ts';
import { EMPTY } from './packet-list.ts';
import { PairTable } from './pair-table.ts';

export type { NameGroup } from './conversation.ts';

/** Groups remembered, over all clients; and answered addresses by client, at least. */
export const GROUP_LIMIT = 16384;
const ADDRESS_LIMIT = 2 * GROUP_LIMIT;
/** And about how many bytes their lookups may hold together: an answer may have hundreds of addresses. */
export const NAME_BYTES_LIMIT = 64 << 20;
/** How many of a client's groups of one name are looked through for an address. */
const NAME_STEPS = 64;
/** A name that was looked up longer ago served something else first. */
export const FRESH_NANOSECONDS = 5e9;
const NONE: Lookup[] = [];

/** Which name stands behind an address, client by client. Bounded, oldest out first. */
export class NameBook {
  /** Groups let go for want of room. */
  evicted = 0;
  /** Numbers of groups: by client and name in lower case, and by client and address; the newest answer counts. */
  private readonly byName = new PairTable(GROUP_LIMIT, 1);
  private readonly byAddress = new PairTable(ADDRESS_LIMIT, 1);
  /**
   * By network card and address, where the question went over the other version of IP than the address is of: a group's
   * number, and until which second several clients behind that card may be meant.
   */
  private readonly byCard = new PairTable(GROUP_LIMIT, 2);
  private cards = false;
  /** Groups `first` … `made`-1 in the order they were made: a ring. */
  private readonly ring: NameGroup[] = [];
  private first = 0;
  private made = 0;
  private weight = 0;
  /** Gets groups that no connection used, once nothing more can be learnt of them. */
  private readonly unused: (group: NameGroup) => void;
  /** Gets groups whose connections have journeys that are not out, when they are let go. */
  private readonly left: (group: NameGroup) => void;

  constructor(unused: (group: NameGroup) => void, left: (group: NameGroup) => void = () => {}) {
    this.unused = unused;
    this.left = left;
  }

  /** The question was sent: to be shown while it waits. */
  asked(lookup: Lookup): NameGroup {
    return this.add(lookup);
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

  answered(lookup: Lookup): NameGroup {
    const group = this.add(lookup);
    // A group of one lookup, most of them, has that lookup's own list.
    group.addresses = group.addresses.length === 0 ? lookup.addresses : group.addresses.concat(lookup.addresses);
    for (const address of lookup.addresses) this.byAddress.set(group.client, address, group.number);
    return group;
  }

  /** The answer went to this network card ("" where packets name none), which may use another address to connect. */
  answeredCard(card: string, lookup: Lookup, group: NameGroup): void {
    this.cards = true;
    const { byCard } = this;
    const now = Math.max(0, lookup.start / 1e9);
    for (const address of lookup.addresses) {
      const known = byCard.find(card, address);
      const other = known ? this.group(byCard.value[0]) : undefined;
      const doubtful = other !== undefined && other.client !== group.client && lookup.start - other.last <= FRESH_NANOSECONDS;
      const until = doubtful ? Math.ceil(now + FRESH_NANOSECONDS / 1e9) : known && byCard.value[1] > now ? byCard.value[1] : 0;
      byCard.put(group.number, until);
    }
  }

  /** The lookup will not change any more; one that was never answered is met here for the first time. */
  final(lookup: Lookup): NameGroup | undefined {
    return lookup.end === undefined ? this.add(lookup) : undefined;
  }

  /** Who told this client that address, if anybody did: the newest answer counts, of calls made at once the first not used. */
  find(client: string, address: string, time = Number.POSITIVE_INFINITY, packet = time): NameGroup | undefined {
    const group = this.byAddress.find(client, address) ? this.group(this.byAddress.value[0]) : undefined;
    if (group?.client !== client || !group.addresses.includes(address)) return undefined;
    // Of a connection that is met late, answers that came after it are known as well.
    let told: NameGroup | undefined = pick(group, address, time, packet);
    for (let steps = 0; told !== undefined && !serves(told, address, packet); told = told.older)
      if (++steps > CALL_STEPS) return undefined;
    return told;
  }

  /** The same by network card, where some answer went to one that may connect from another address. */
  findByCard(card: string, address: string, time: number, packet: number): NameGroup | undefined {
    const { byCard } = this;
    const group = this.cards && byCard.find(card, address) ? this.group(byCard.value[0]) : undefined;
    if (group === undefined || !group.addresses.includes(address) || time < byCard.value[1] * 1e9) return undefined;
    return card === '' && time - group.last > FRESH_NANOSECONDS ? undefined : pick(group, address, time, packet);
  }

  get knowsCards(): boolean {
    return this.cards;
  }

  /** The client's newest group of this very name that led to the address: a name in the request breaks a tie of addresses. */
  findNamed(client: string, address: string, key: string, time: number, packet: number): NameGroup | undefined {
    let group = this.named(client, key);
    for (let steps = 0; group !== undefined && group.lookups !== NONE && steps < NAME_STEPS; steps++) {
      if (serves(group, address, packet)) return pick(group, address, time, packet);
      group = group.older;
    }
    return undefined;
  }

  /** Some other lookup of the same client, of this name, told the group's name: by an HTTPS record, a service, an alias. */
  led(group: NameGroup, name: string): boolean {
    const last = Math.max(this.first, this.made - NAME_STEPS);
    for (let n = this.made - 1; n >= last; n--) {
      const from = this.ring[n % GROUP_LIMIT];
      if (from !== group && from.client === group.client && leadsTo(from, name, group)) return true;
    }
    return false;
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
    const key = lookup.name.toLowerCase();
    const newest = this.named(lookup.client.address, key);
    const known = newest === undefined ? undefined : groupFor(newest, lookup);
    if (known?.lookups.includes(lookup)) return known;
    const weight = weightOf(lookup);
    this.weight += weight;
    if (known !== undefined) {
      known.lookups.push(lookup);
      known.last = Math.max(known.last, lookup.start);
      known.weight += weight;
      this.makeRoom();
      return known;
    }
    const group = newGroup(lookup, key, this.made, weight, newest);
    this.byName.put(this.made);
    if (this.made - this.first === GROUP_LIMIT) this.evict();
    this.ring[this.made++ % GROUP_LIMIT] = group;
    if (newest !== undefined)
      for (const moved of takeCall(group, lookup))
        for (const address of moved.addresses) this.byAddress.set(group.client, address, group.number);
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
    else if (group.users.length > 0) this.left(group);
    group.lookups = NONE;
    group.addresses = EMPTY;
    group.older = undefined;
  }
}

/** The client had been told the address before this packet. */
function serves(group: NameGroup, address: string, packet: number): boolean {
  for (const l of group.lookups) if ((l.answerPacket ?? packet) < packet && l.addresses.includes(address)) return true;
  return false;
}

/** Of lookups made at the same moment each leads to a connection of its own, in their order; later ones use them again. */
function pick(found: NameGroup, address: string, time: number, packet: number): NameGroup {
  let group = found;
  for (let steps = 0; steps < CALL_STEPS && group.newer !== undefined; steps++) {
    if (!serves(group.newer, address, packet)) break;
    group = group.newer;
  }
  let { older } = group;
  for (let steps = 0; steps < CALL_STEPS && group.usedAt === Number.POSITIVE_INFINITY; steps++, older = older.older) {
    if (older === undefined || older.usedAt !== Number.POSITIVE_INFINITY) break;
    if (time - older.last > FRESH_NANOSECONDS || !serves(older, address, packet)) break;
    group = older;
  }
  return group;
}

/** Bytes that a lookup holds, as far as a sender can make it large. */
function weightOf(lookup: Lookup): number {
  let weight = 512 + lookup.name.length + 48 * lookup.addresses.length;
  for (const alias of lookup.aliases) weight += 32 + alias.length;
  for (const data of lookup.pointers ?? EMPTY) weight += 32 + data.length;
  for (const record of lookup.records ?? []) weight += 128 + record.name.length + record.data.length;
  return weight;
}
