import type { Packets } from '../dissect/packets.ts';
import { talked } from './attempts.ts';
import { addressOf, ConnectionFacts, clientSide, endpoint } from './connection-facts.ts';
import type { Conversation, NameGroup, Pending } from './conversation.ts';
import { asksProxy } from './http-exchange.ts';
import { buildConnectionJourney, buildExchangeJourney, buildLookupJourney } from './journey-build.ts';
import type { Exchange, Journey, Lookup, Resolution } from './model.ts';
import { NameJoins, NOTHING } from './name-joins.ts';
import type { NameBook } from './names.ts';
import { PageBook, type Place, urlOf } from './pages.ts';

const RESOLUTION_LIMIT = 1024;

/** Joins lookups, resolutions, connections and exchanges into journeys, each with the evidence for the join. */
export class JourneyTracker {
  readonly joins: NameJoins;
  count = 0;
  private readonly pages = new PageBook();
  private readonly emit: (journey: Journey) => void;
  /** Resolutions that a DNS question waited for, by the question's packet. */
  private readonly lookupResolutions = new Map<number, Resolution>();

  constructor(emit: (journey: Journey) => void) {
    this.emit = emit;
    this.joins = new NameJoins(
      (group) => this.lookupsOnly(group),
      (journey) => emit(this.numbered(journey)),
    );
  }

  get names(): NameBook {
    return this.joins.names;
  }

  /** A DNS question's row had to wait for this resolution. */
  resolvedFor(packet: number, resolution: Resolution): void {
    this.lookupResolutions.set(packet, resolution);
    if (this.lookupResolutions.size > RESOLUTION_LIMIT)
      this.lookupResolutions.delete(this.lookupResolutions.keys().next().value as number);
  }

  asked(lookup: Lookup): void {
    this.resolve(this.names.asked(lookup), lookup);
  }

  answered(lookup: Lookup, p: Packets, row: number): void {
    this.resolve(this.joins.answered(lookup, p, row), lookup);
  }

  /** The lookup will not change any more. */
  lookedUp(lookup: Lookup): void {
    const group = this.names.final(lookup);
    if (group !== undefined) this.resolve(group, lookup);
  }

  started(c: Conversation, exchange: Exchange): void {
    if (c.journeyId < 0) c.journeyId = this.count++;
    const nth = ++c.exchangeCount;
    const journey = nth === 1 ? c.journeyId : this.count++;
    const { host } = exchange;
    if (nth === 1) this.joins.named(c, host, asksProxy(exchange));
    const url = urlOf(exchange, host === undefined ? serverOf(c, exchange.scheme === 'https' ? c.tls?.sni : undefined) : host);
    const place = pushed(c, exchange) ?? this.pages.parent(hostOf(c), journey, exchange, url);
    const waiting = { exchange, journey, nth, place, url };
    if (c.pending === undefined) c.pending = [waiting];
    else c.pending.push(waiting);
    c.unsettled = true;
  }

  /** HTTP/2 answers what HTTP/1 asked: one journey. */
  replaced(c: Conversation, old: Exchange, exchange: Exchange): void {
    const pending = c.pending?.find((p) => p.exchange === old);
    if (pending !== undefined) pending.exchange = exchange;
  }

  finished(c: Conversation, exchange: Exchange): void {
    if (exchange.location === undefined) return;
    const pending = c.pending?.find((p) => p.exchange === exchange);
    if (pending !== undefined) this.pages.finished(hostOf(c), pending, exchange);
  }

  /** Journeys of a connection that cannot change any more: those of finished exchanges but for the newest. */
  settle(c: Conversation): void {
    c.unsettled = false;
    const { pending } = c;
    if (pending === undefined) return;
    let facts: ConnectionFacts | undefined;
    const last = pending.length - 1;
    let kept = 0;
    for (let i = 0; i <= last; i++) {
      const waiting = pending[i];
      if (i === last || waiting.exchange.complete === undefined) pending[kept++] = waiting;
      else this.build(c, waiting, (facts ??= new ConnectionFacts(c.page, c.base, c)), false);
    }
    // Cutting a list by its length is slow, and most are cut by one.
    while (pending.length > kept) pending.pop();
  }

  /** Journeys of a connection that is still open, as far as they are known. Nothing about them is final. */
  unfinished(facts: ConnectionFacts): Journey[] {
    const c = facts.conversation;
    if (c === undefined) return [];
    const { pending } = c;
    if (pending !== undefined && pending.length > 0) {
      const last = pending.length - 1;
      return pending.map((waiting, i) => {
        const origin = waiting.nth === 1 ? this.joins.origin(c) : undefined;
        return buildExchangeJourney(waiting, facts, origin, i === last);
      });
    }
    if (c.exchangeCount > 0 || c.parser?.protocol === 'dns' || c.folded || this.joins.bettered(c)) return [];
    this.joins.named(c);
    if (c.journeyId < 0) c.journeyId = this.count++;
    return [buildConnectionJourney(c.journeyId, facts, this.joins.origin(c))];
  }

  /** Names asked for that led to no connection yet, the newest first. */
  unusedNames(limit: number): Journey[] {
    const journeys: Journey[] = [];
    this.names.eachUnused(limit, (group) => {
      if (group.journeyId < 0) group.journeyId = this.count++;
      const journey = buildLookupJourney(group.journeyId, group, group.resolution);
      if (group.lookups.some((lookup) => lookup.end === undefined)) journey.outcome = 'in-progress';
      journeys.push(journey);
    });
    return journeys;
  }

  /** The connection is final. */
  ended(facts: ConnectionFacts): void {
    const c = facts.conversation;
    const pending = c?.pending;
    if (c !== undefined && pending !== undefined) {
      const last = pending.length - 1;
      for (let i = 0; i <= last; i++) this.build(c, pending[i], facts, i === last);
      c.pending = undefined;
    }
    // A connection that carried DNS is part of the lookups' journeys.
    if (c?.parser?.protocol !== 'dns' && (c === undefined || c.exchangeCount === 0)) this.connectionOnly(facts);
    if (c !== undefined) this.joins.ended(c);
  }

  end(): void {
    this.names.end();
  }

  private build(c: Conversation, waiting: Pending, facts: ConnectionFacts, last: boolean): void {
    const origin = waiting.nth === 1 ? this.joins.origin(c) : undefined;
    this.emit(buildExchangeJourney(waiting, facts, origin, last));
    if (origin !== undefined) this.joins.told(c, origin);
    c.built++;
  }

  private connectionOnly(facts: ConnectionFacts): void {
    const c = facts.conversation;
    if (c?.folded && !talked(c)) return;
    if (c !== undefined) this.joins.named(c);
    if (c !== undefined && this.joins.bettered(c)) {
      const journey = buildConnectionJourney(c.journeyId, facts, NOTHING);
      if (this.joins.hold(facts, journey)) return;
    }
    const origin = this.joins.origin(c);
    this.emit(this.numbered(buildConnectionJourney(c?.journeyId ?? -1, facts, origin)));
    this.joins.told(c, origin);
  }

  private numbered(journey: Journey): Journey {
    if (journey.id < 0) journey.id = journey.page = this.count++;
    return journey;
  }

  private lookupsOnly(group: NameGroup): void {
    this.emit(this.numbered(buildLookupJourney(group.journeyId, group, group.resolution)));
  }

  private resolve(group: NameGroup, lookup: Lookup): void {
    if (this.lookupResolutions.size === 0) return;
    const found = this.lookupResolutions.get(lookup.packet);
    if (found === undefined) return;
    this.lookupResolutions.delete(lookup.packet);
    group.resolution ??= found;
  }
}

/** What a server pushed belongs to the request that it pushed it for. */
function pushed(c: Conversation, exchange: Exchange): Place | undefined {
  const by = exchange.http2?.pushedBy;
  const parent = by === undefined ? undefined : c.pending?.find((p) => p.exchange.id === by);
  if (parent === undefined) return undefined;
  return { page: parent.place.page, parent: parent.journey, why: 'push', packet: parent.exchange.requestPacket };
}

/** The machine behind a connection: by the address that it asks for names from. */
const hostOf = (c: Conversation): string => c.names?.client ?? addressOf(c.page, c.base, clientSide(c.page, c.base));
/** By the name that the client asked TLS for, where there is one. */
const serverOf = (c: Conversation, name?: string): string => {
  const { address, port } = endpoint(c.page, c.base, clientSide(c.page, c.base) === 0 ? 1 : 0);
  const host = name ?? (address.includes(':') ? `[${address}]` : address);
  return port === 80 ? host : `${host}:${port}`;
};
