import type { Lookup } from './model.ts';
import { leadsTo } from './name-match.ts';
import { NameGroup, NO_LOOKUPS } from './conversation.ts';
import { CALL_STEPS, GROUP_NANOSECONDS, groupFor, takeCall } from './name-group.ts';
import { GROUP_LIMIT, NameStore } from './name-store.ts';
import { PairTable } from './pair-table.ts';

/** Answered addresses remembered by client, at least. */
const ADDRESS_LIMIT = 2 * GROUP_LIMIT;
/** And about how many bytes their lookups may hold together: an answer may have hundreds of addresses. */
export const NAME_BYTES_LIMIT = 64 << 20;
/** How many of a client's groups of one name are looked through for an address. */
const NAME_STEPS = 64;
/** A name that was looked up longer ago served something else first. */
export const FRESH_NANOSECONDS = 5e9;

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
  private readonly store = new NameStore();
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
    this.store.live = true;
    return this.add(lookup);
  }

  /** Hands out groups that no connection has used, newest first, one after the other. */
  eachUnused(limit: number, each: (group: NameGroup) => void): void {
    const { store } = this;
    for (let n = store.made - 1, left = limit; n >= store.first && left > 0; n--) {
      if (store.usedAt(n) !== Number.POSITIVE_INFINITY) continue;
      each(store.at(n) as NameGroup);
      left--;
    }
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
      const other = known ? this.store.at(byCard.value[0]) : undefined;
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
    const group = this.byAddress.find(client, address) ? this.store.at(this.byAddress.value[0]) : undefined;
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
    const group = this.cards && byCard.find(card, address) ? this.store.at(byCard.value[0]) : undefined;
    if (group === undefined || !group.addresses.includes(address) || time < byCard.value[1] * 1e9) return undefined;
    return card === '' && time - group.last > FRESH_NANOSECONDS ? undefined : pick(group, address, time, packet);
  }

  get knowsCards(): boolean {
    return this.cards;
  }

  /** The client's newest group of this very name that led to the address: a name in the request breaks a tie of addresses. */
  findNamed(client: string, address: string, key: string, time: number, packet: number): NameGroup | undefined {
    let group = this.byName.find(client, key) ? this.named(this.byName.value[0], client, key) : undefined;
    for (let steps = 0; group !== undefined && group.lookups !== NO_LOOKUPS && steps < NAME_STEPS; steps++) {
      if (serves(group, address, packet)) return pick(group, address, time, packet);
      group = group.older;
    }
    return undefined;
  }

  /** Some other lookup of the same client, of this name, told the group's name: by an HTTPS record, a service, an alias. */
  led(group: NameGroup, name: string): boolean {
    const { store } = this;
    const last = Math.max(store.first, store.made - NAME_STEPS);
    for (let n = store.made - 1; n >= last; n--) {
      if (n === group.number || store.client(n) !== group.client) continue;
      if (leadsTo(store.at(n) as NameGroup, name, group)) return true;
    }
    return false;
  }

  end(): void {
    while (this.store.first < this.store.made) this.leaveOldest();
  }

  private named(number: number, client: string, key: string): NameGroup | undefined {
    const group = this.store.at(number);
    return group?.client === client && group.key === key ? group : undefined;
  }

  private add(lookup: Lookup): NameGroup {
    const { store, byName } = this;
    store.settle();
    const key = lookup.name.toLowerCase();
    const client = lookup.client.address;
    const older = byName.find(client, key) ? byName.value[0] : -1;
    // Nothing that was asked so long ago has to do with this lookup.
    const near = store.has(older) && lookup.start - store.last(older) <= GROUP_NANOSECONDS;
    const newest = near ? this.named(older, client, key) : undefined;
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
    const group = new NameGroup(store, store.made, client, lookup.name, key, [lookup], lookup.start, weight);
    byName.put(group.number);
    if (store.made - store.first === GROUP_LIMIT) this.evict();
    store.add(group, older);
    if (newest !== undefined)
      for (const moved of takeCall(group, lookup))
        for (const address of moved.addresses) this.byAddress.set(client, address, group.number);
    this.makeRoom();
    return group;
  }

  /** The group made last stays, whatever it weighs. */
  private makeRoom(): void {
    while (this.weight > NAME_BYTES_LIMIT && this.store.made - this.store.first > 1) this.evict();
  }

  private evict(): void {
    this.evicted++;
    this.leaveOldest();
  }

  private leaveOldest(): void {
    const { store } = this;
    if (store.usedAt(store.first) === Number.POSITIVE_INFINITY) this.unused(store.oldest());
    else if (store.holders(store.first) > 0) this.left(store.oldest());
    this.weight -= store.dropOldest();
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
  const { pointers, records } = lookup;
  if (pointers !== undefined) for (const data of pointers) weight += 32 + data.length;
  if (records !== undefined) for (const record of records) weight += 128 + record.name.length + record.data.length;
  return weight;
}
