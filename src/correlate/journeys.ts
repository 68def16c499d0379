import type { Packets } from '../dissect/packets.ts';
import { addressOf, ConnectionFacts, clientSide, endpoint } from './connection-facts.ts';
import type { Conversation, Pending } from './conversation.ts';
import type { Page } from './flow-table.ts';
import { buildConnectionJourney, buildExchangeJourney, buildLookupJourney } from './journey-build.ts';
import type { Exchange, Journey, Lookup, Resolution } from './model.ts';
import { NameBook, type NameGroup } from './names.ts';
import { PageBook, urlOf } from './pages.ts';
import * as R from './tcp-record.ts';
import { Flag } from './tcp-record.ts';

/** A lookup this much older than the connection served something else first: its answer came from the client's cache. */
const FRESH_NANOSECONDS = 5e9;
const RESOLUTION_LIMIT = 1024;

/** Joins lookups, resolutions, connections and exchanges into journeys, each with the evidence for the join. */
export class JourneyTracker {
  readonly names: NameBook;
  count = 0;
  private readonly pages = new PageBook();
  private readonly emit: (journey: Journey) => void;
  /** Resolutions that a DNS question waited for, by the question's packet. */
  private readonly lookupResolutions = new Map<number, Resolution>();

  constructor(emit: (journey: Journey) => void) {
    this.emit = emit;
    this.names = new NameBook((group) => this.lookupsOnly(group));
  }

  /** A DNS question's row had to wait for this resolution. */
  resolvedFor(packet: number, resolution: Resolution): void {
    this.lookupResolutions.set(packet, resolution);
    if (this.lookupResolutions.size > RESOLUTION_LIMIT)
      this.lookupResolutions.delete(this.lookupResolutions.keys().next().value as number);
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
    const from = addressOf(page, base, client);
    const to = addressOf(page, base, client === 0 ? 1 : 0);
    const group = this.names.find(from, to);
    if (group === undefined && resolution === undefined) return;
    const c = conversation();
    c.resolution = resolution;
    if (group === undefined || !(p.flags[row] & Flag.syn)) return;
    this.join(c, group, to, p.time[row]);
  }

  private join(c: Conversation, group: NameGroup, address: string, time: number): void {
    c.names = group;
    c.lookups = group.lookups;
    c.lookup = group.lookups.find((l) => l.addresses.includes(address));
    const fresh = time - (c.lookup?.end ?? 0) <= FRESH_NANOSECONDS;
    c.lookupIsFirstUse = group.usedAt === Number.POSITIVE_INFINITY && fresh;
    group.usedAt = Math.min(group.usedAt, time);
    c.lookupResolution = undefined;
    // What was on screen as a lookup alone goes on as this connection's journey.
    if (c.lookupIsFirstUse && c.journeyId < 0) [c.journeyId, group.journeyId] = [group.journeyId, -1];
    if (c.lookupIsFirstUse) for (const lookup of group.lookups) c.lookupResolution ??= this.takeResolution(lookup);
  }

  /** Two names may have one address: the name that the request or the ClientHello gives tells which of them led here. */
  private named(c: Conversation, name: string | undefined): void {
    const group = c.names;
    if (group === undefined || name === undefined || c.built > 0 || group.key === name) return;
    const key = plainName(name);
    if (group.key === key) return;
    const client = clientSide(c.page, c.base);
    const to = addressOf(c.page, c.base, client === 0 ? 1 : 0);
    const better = this.names.findNamed(clientOf(c), to, key);
    if (better === undefined) return;
    const opened = c.page.doubles[(c.base >> 1) + R.FIRST_TIME];
    const asked = better.lookups[0].start;
    if (asked > opened) return;
    if (c.lookupIsFirstUse) group.usedAt = Number.POSITIVE_INFINITY;
    this.join(c, better, to, opened);
  }

  started(c: Conversation, exchange: Exchange): void {
    if (c.journeyId < 0) c.journeyId = this.count++;
    const journey = ++c.exchangeCount === 1 ? c.journeyId : this.count++;
    if (c.exchangeCount === 1) this.named(c, exchange.host);
    c.pending ??= [];
    const url = urlOf(exchange, exchange.host === undefined ? serverOf(c) : exchange.host);
    c.pending.push({ exchange, journey, url, place: this.pages.parent(clientOf(c), journey, exchange, url) });
  }

  finished(c: Conversation, exchange: Exchange): void {
    if (exchange.location === undefined) return;
    const pending = c.pending?.find((p) => p.exchange === exchange);
    if (pending !== undefined) this.pages.finished(clientOf(c), pending.journey, exchange, pending.url);
  }

  /** Journeys of a connection that cannot change any more: all but its newest. */
  settle(c: Conversation): void {
    const facts = new ConnectionFacts(c.page, c.base, c);
    while (c.pending !== undefined && c.pending.length > 1 && c.finished > 0) this.next(c, c.pending, facts, false);
  }

  /** Journeys of a connection that is still open, as far as they are known. Nothing about them is final. */
  unfinished(facts: ConnectionFacts): Journey[] {
    const c = facts.conversation;
    if (c === undefined) return [];
    const { pending } = c;
    if (pending !== undefined && pending.length > 0) {
      const last = pending.length - 1;
      return pending.map((waiting, i) => buildExchangeJourney(waiting, facts, c.built === 0 && i === 0, i === last));
    }
    if (c.exchangeCount > 0 || c.parser?.protocol === 'dns') return [];
    if (c.journeyId < 0) c.journeyId = this.count++;
    return [buildConnectionJourney(c.journeyId, facts)];
  }

  /** Names asked for that led to no connection yet, the newest first. */
  unusedNames(limit: number): Journey[] {
    return this.names.unusedGroups(limit).map((group) => {
      if (group.journeyId < 0) group.journeyId = this.count++;
      const journey = buildLookupJourney(group.journeyId, group, undefined);
      if (group.lookups.some((lookup) => lookup.end === undefined)) journey.outcome = 'in-progress';
      return journey;
    });
  }

  /** The connection is final. */
  ended(facts: ConnectionFacts): void {
    const c = facts.conversation;
    while (c?.pending !== undefined && c.pending.length > 0) this.next(c, c.pending, facts, c.pending.length === 1);
    // A connection that carried DNS is part of the lookups' journeys.
    if (c?.parser?.protocol !== 'dns' && (c === undefined || c.exchangeCount === 0)) this.connectionOnly(facts);
  }

  end(): void {
    this.names.end();
  }

  private next(c: Conversation, pending: Pending[], facts: ConnectionFacts, last: boolean): void {
    const waiting = (pending.length === 1 ? pending.pop() : pending.shift()) as Pending;
    if (c.finished > 0) c.finished--;
    this.emit(buildExchangeJourney(waiting, facts, c.built === 0, last));
    c.built++;
  }

  private connectionOnly(facts: ConnectionFacts): void {
    if (facts.conversation !== undefined) this.named(facts.conversation, facts.conversation.tls?.sni);
    const id =
      facts.conversation !== undefined && facts.conversation.journeyId >= 0 ? facts.conversation.journeyId : this.count++;
    this.emit(buildConnectionJourney(id, facts));
  }

  private lookupsOnly(group: NameGroup): void {
    let resolution: Resolution | undefined;
    for (const lookup of group.lookups) resolution ??= this.takeResolution(lookup);
    this.emit(buildLookupJourney(group.journeyId < 0 ? this.count++ : group.journeyId, group, resolution));
  }

  private takeResolution(lookup: Lookup): Resolution | undefined {
    const found = this.lookupResolutions.get(lookup.packet);
    if (found !== undefined) this.lookupResolutions.delete(lookup.packet);
    return found;
  }
}

const clientOf = (c: Conversation): string => addressOf(c.page, c.base, clientSide(c.page, c.base));
const serverOf = (c: Conversation): string => {
  const { address, port } = endpoint(c.page, c.base, clientSide(c.page, c.base) === 0 ? 1 : 0);
  const host = address.includes(':') ? `[${address}]` : address;
  return port === 80 ? host : `${host}:${port}`;
};

/** A host name as names are compared: without port and final dot, in lower case. */
function plainName(host: string): string {
  const bare = host.replace(/:\d+$/, '');
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase();
}
