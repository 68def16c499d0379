import type { Packets } from '../dissect/packets.ts';
import { addressOf, ConnectionFacts, clientSide } from './connection-facts.ts';
import type { Conversation, Pending } from './conversation.ts';
import type { Page } from './flow-table.ts';
import { buildConnectionJourney, buildExchangeJourney, buildLookupJourney } from './journey-build.ts';
import type { Exchange, Journey, Lookup, Resolution } from './model.ts';
import { NameBook, type NameGroup } from './names.ts';
import { PageBook, urlOf } from './pages.ts';
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
    c.lookups = group.lookups;
    c.lookup = group.lookups.find((l) => l.addresses.includes(to));
    const fresh = p.time[row] - (c.lookup?.end ?? 0) <= FRESH_NANOSECONDS;
    c.lookupIsFirstUse = group.usedAt === Number.POSITIVE_INFINITY && fresh;
    group.usedAt = Math.min(group.usedAt, p.time[row]);
    if (c.lookupIsFirstUse) {
      for (const lookup of group.lookups) c.lookupResolution ??= this.takeResolution(lookup);
    }
  }

  started(c: Conversation, exchange: Exchange): void {
    if (c.journeyId < 0) c.journeyId = this.count++;
    const journey = ++c.exchangeCount === 1 ? c.journeyId : this.count++;
    c.pending ??= [];
    const url = urlOf(exchange);
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
    const id =
      facts.conversation !== undefined && facts.conversation.journeyId >= 0 ? facts.conversation.journeyId : this.count++;
    this.emit(buildConnectionJourney(id, facts));
  }

  private lookupsOnly(group: NameGroup): void {
    let resolution: Resolution | undefined;
    for (const lookup of group.lookups) resolution ??= this.takeResolution(lookup);
    this.emit(buildLookupJourney(this.count++, group, resolution));
  }

  private takeResolution(lookup: Lookup): Resolution | undefined {
    const found = this.lookupResolutions.get(lookup.packet);
    if (found !== undefined) this.lookupResolutions.delete(lookup.packet);
    return found;
  }
}

const clientOf = (c: Conversation): string => addressOf(c.page, c.base, clientSide(c.page, c.base));
