import { mac } from '../dissect/bytes.ts';
import type { Packets } from '../dissect/packets.ts';
import { awaits, bettered, losersOf, talked, tryFrom, tryOf } from './attempts.ts';
import { addressOf, type ConnectionFacts, clientSide } from './connection-facts.ts';
import type { Conversation, NameGroup } from './conversation.ts';
import type { Page } from './flow-table.ts';
import { plainName } from './host-names.ts';
import type { Origin } from './journey-beginning.ts';
import type { Journey, Lookup, Resolution } from './model.ts';
import { hidesName, isAddress, isOf } from './name-match.ts';
import { CALL_STEPS, firstPacket, idleCalls, leave, use } from './name-group.ts';
import { FRESH_NANOSECONDS, NameBook } from './names.ts';
import * as R from './tcp-record.ts';
import { Flag } from './tcp-record.ts';

/** Attempts that came to nothing and wait for the journey of the one that did, over all names. */
const HELD_LIMIT = 1024;
export const NOTHING: Origin = { owns: false, tries: [], lookups: undefined };
/** A client that has its answer connects within this time; a later connection needs more than an address to be its. */
const AT_ONCE_NANOSECONDS = 0.5e9;
/** And gives up a question that stays without an answer (resolv.conf's "timeout" and "attempts": 5 s, twice). */
const PATIENCE_NANOSECONDS = 10e9;
const NOBODY: Conversation[] = [];

/** Which lookups led to which connections, and which connections were tried for one purpose. */
export class NameJoins {
  readonly names: NameBook;
  private held = 0;

  /** `unused` gets groups that led to no connection, `orphan` attempts whose better one was never told. */
  constructor(unused: (group: NameGroup) => void, orphan: (journey: Journey) => void) {
    const alone = (group: NameGroup): void => {
      for (const call of idleCalls(group)) {
        group.lookups.push(...call.lookups);
        group.resolution ??= call.resolution;
        spend(call, call.last);
      }
      unused(group);
    };
    this.names = new NameBook(alone, (group) => {
      for (const c of group.users.slice()) {
        if (c.attempt?.journey === undefined) continue;
        leave(group, c);
        this.held--;
        orphan(c.attempt.journey);
      }
    });
  }

  answered(lookup: Lookup, p: Packets, row: number): NameGroup {
    const group = this.names.answered(lookup);
    if (!crosses(lookup)) return group;
    // Of DNS over TCP the row may be any; of multicast DNS it goes to a group of cards.
    const at = p.destinationMacAt[row];
    if (p.destinationPort[row] === lookup.client.port && (at < 0 || (p.bytes[at] & 1) === 0))
      this.names.answeredCard(at < 0 ? '' : mac(p.bytes, at), lookup, group);
    return group;
  }

  /** A connection begins: who told the client this address? */
  opened(
    page: Page,
    base: number,
    p: Packets,
    row: number,
    resolution: Resolution | undefined,
    conversation: () => Conversation,
  ): void {
    const client = clientSide(page, base);
    const time = p.time[row];
    const packet = p.firstNumber + row;
    const to = addressOf(page, base, client === 0 ? 1 : 0);
    let group = this.names.find(addressOf(page, base, client), to, time, packet);
    let card: string | undefined;
    if (group === undefined && this.names.knowsCards) {
      card = cardOf(p, row, client === 0);
      group = this.names.findByCard(card, to, time, packet);
    }
    if (group === undefined && resolution === undefined) return;
    const c = conversation();
    c.resolution = resolution;
    if (group === undefined || !(p.flags[row] & Flag.syn)) return;
    c.card = card;
    join(c, waiting(group, c, time) ?? group, to, time);
  }

  /** A QUIC connection, which becomes a conversation only when its first stream is opened: as if it had been one from its beginning. */
  openedBefore(c: Conversation): void {
    const client = clientSide(c.page, c.base);
    const to = addressOf(c.page, c.base, client === 0 ? 1 : 0);
    const opened = openingOf(c);
    const group = this.names.find(addressOf(c.page, c.base, client), to, opened, firstPacket(c));
    if (group !== undefined) join(c, group, to, opened);
  }

  /**
   * Several names may have one address, which joins only until the ClientHello or the request names something: that tells which
   * of them led here, or that none did. A request to a proxy names what lies behind it.
   */
  named(c: Conversation, host?: string, proxied = false): void {
    const group = c.names;
    if (group === undefined || c.built > 0) return;
    const tls = c.tunnel === undefined ? c.tls : undefined;
    const sni = tls?.sni === undefined || hidesName(group) ? undefined : plainName(tls.sni);
    const name = host ? plainName(host) : undefined;
    if (this.settled(c, group, sni) || this.settled(c, group, name) || proxied) return;
    const to = serverOf(c);
    if (sni === undefined && !(host && isAddress(host, to))) {
      if (name === undefined && (tls?.clientHelloPacket === undefined || tls.sni !== undefined)) return;
      // The connection goes where the looked-up name led, and nothing else is known of it: a Host written on purpose, or no SNI.
      const served = name !== undefined && (group.told || group.users.some((u) => firstPacket(u) < firstPacket(c) && talked(u)));
      if (!served && atOnce(group, Math.min(group.usedAt, openingOf(c)))) return;
    }
    this.release(c, group);
  }

  /** The name is that of the lookups, or there are others of it that the connection goes on with. */
  private settled(c: Conversation, group: NameGroup, name: string | undefined): boolean {
    if (name === undefined) return false;
    if (group.key === name) return true;
    const opened = openingOf(c);
    const to = serverOf(c);
    const better = this.names.findNamed(group.client, to, name, opened, firstPacket(c));
    if (better === undefined || better === group) return isOf(group, name) || this.names.led(group, name);
    this.release(c, group);
    join(c, better, to, opened);
    return true;
  }

  /** The lookups did not lead here. */
  private release(c: Conversation, group: NameGroup): void {
    leave(group, c);
    if (!group.told) group.usedAt = group.users.length === 0 ? Number.POSITIVE_INFINITY : openingOf(group.users[0]);
    group.part(c);
    c.lookups = undefined;
    c.lookup = undefined;
  }

  /** What came before the connection's first request, as far as it is known now. */
  origin(c: Conversation | undefined): Origin {
    if (c?.names === undefined) return NOTHING;
    const losers = this.losers(c);
    const tries = losers.length === 0 ? NOTHING.tries : losers.map(tryOf);
    const opened = tries.length === 0 ? openingOf(c) : Math.min(openingOf(c), tries[0].opened);
    if (!owns(c, losers, opened)) return tries.length === 0 ? NOTHING : { owns: false, tries, lookups: undefined };
    const calls = idleCalls(c.names, firstPacket(c));
    const lookups = calls.length === 0 ? undefined : [...c.names.lookups, ...calls.flatMap((group) => group.lookups)];
    return { owns: true, tries, lookups };
  }

  /** The connection's first journey goes out, with what is its own of the lookups, and with the attempts that lost. */
  told(c: Conversation | undefined, origin: Origin): void {
    const group = c?.names;
    if (c === undefined || group === undefined) return;
    if (origin.tries.length > 0)
      for (const loser of this.losers(c)) {
        leave(group, loser);
        loser.folded = true;
        // Told now, even should it be answered after all and become a journey of its own.
        loser.resolution = undefined;
        if (loser.attempt === undefined) continue;
        this.held--;
        group.part(loser);
      }
    leave(group, c);
    if (origin.owns) group.owned = true;
    // What is its own is told now, even where another connection was first: its lookup may have been answered later.
    if (group.told && !origin.owns) return;
    group.told = true;
    for (const call of idleCalls(group, firstPacket(c))) spend(call, group.usedAt);
  }

  /** It came to nothing, and a better attempt's journey will tell of it. */
  bettered(c: Conversation): boolean {
    const { names } = c;
    if (names === undefined || names.addresses.length < 2 || !names.users.includes(c)) return false;
    return !talked(c) && bettered(c, names.users);
  }

  /** Keeps an attempt for the better one's journey. False: too many wait already. */
  hold(f: ConnectionFacts, journey: Journey): boolean {
    const c = f.conversation as Conversation;
    if (this.held >= HELD_LIMIT || !c.names?.users.includes(c)) return false;
    this.held++;
    c.attempt = tryFrom(f);
    c.attempt.journey = journey;
    return true;
  }

  /** Nothing more will be told of the connection, unless it is held. */
  ended(c: Conversation): void {
    if (c.attempt === undefined || !c.names?.users.includes(c)) c.names?.part(c);
  }

  private losers(c: Conversation): Conversation[] {
    const { users, addresses } = c.names as NameGroup;
    if (users.length < 2) return NOBODY;
    for (const u of users.slice()) if (u !== c && u.exchangeCount === 0 && u.tls?.sni !== undefined) this.named(u);
    return addresses.length > 1 ? losersOf(c, users) : NOBODY;
  }
}

/**
 * Where calls were made at the same moment and all have led to a connection, this one is the next attempt of the first that is
 * still without an answer.
 */
function waiting(newest: NameGroup, c: Conversation, time: number): NameGroup | undefined {
  if (newest.usedAt === Number.POSITIVE_INFINITY || newest.addresses.length < 2) return undefined;
  let found: NameGroup | undefined;
  let group: NameGroup | undefined = newest;
  for (let i = 0; group !== undefined && i < CALL_STEPS && time - group.last <= FRESH_NANOSECONDS; i++, group = group.older)
    if (awaits(group.users, c)) found = group;
  return found;
}

/** Asked over one version of IP for addresses of the other. */
function crosses({ client, addresses }: Lookup): boolean {
  if (addresses.length === 0) return false;
  const six = client.address.includes(':');
  for (const address of addresses) if (address.includes(':') !== six) return true;
  return false;
}

/** What is told with another group is told. */
function spend(group: NameGroup, time: number): void {
  group.usedAt = time;
  group.told = true;
  group.owned = true;
}

function join(c: Conversation, group: NameGroup, address: string, opened: number): void {
  group.hold(c);
  c.lookup = group.lookups.find((l) => l.addresses.includes(address));
  use(group, c, opened);
  // What was on screen as a lookup alone goes on as this connection's journey.
  if (group.journeyId >= 0 && c.journeyId < 0 && group.users[0] === c) [c.journeyId, group.journeyId] = [group.journeyId, -1];
}

/** The first connection that made use of the lookups has them as its own, unless they had served something else before. */
function owns(c: Conversation, losers: Conversation[], opened: number): boolean {
  const { owned, users } = c.names as NameGroup;
  if (owned || opened - (c.lookup?.end ?? 0) > FRESH_NANOSECONDS) return false;
  for (const u of users) {
    if (u === c) return true;
    if (!losers.includes(u)) return false;
  }
  return false;
}

const openingOf = (c: Conversation): number => c.attempt?.opened ?? c.page.doubles[(c.base >> 1) + R.FIRST_TIME];

const serverOf = (c: Conversation): string => addressOf(c.page, c.base, clientSide(c.page, c.base) === 0 ? 1 : 0);

/** Opened as soon as the last of the answers was there; one that was not may have been waited for. */
function atOnce(group: NameGroup, opened: number): boolean {
  for (const { end, lastAsked } of group.lookups)
    if (end === undefined ? opened - lastAsked <= PATIENCE_NANOSECONDS : opened - end <= AT_ONCE_NANOSECONDS) return true;
  return false;
}

/** The client's network card in its connection's first packet; "" where packets do not name both. */
function cardOf(p: Packets, row: number, sentByClient: boolean): string {
  const at = sentByClient ? p.sourceMacAt[row] : p.destinationMacAt[row];
  return p.destinationMacAt[row] < 0 || at < 0 ? '' : mac(p.bytes, at);
}
