import type { Lookup } from '../../correlate/model.ts';
import { isMulticast, keptSeconds, plain, wantsRecursion } from '../dns/questions.ts';
import type { CaptureFacts } from '../facts.ts';
import { sentHere } from '../origin.ts';
import { type Leg, PATIENCE } from './leg.ts';
import { ownHost, passedOnBy } from './own-host.ts';

/** A client's question, or several of one call (A, AAAA), to a resolver whose own questions are seen too. */
export interface Call {
  resolver: string;
  client: string;
  name: string;
  legs: Leg[];
  start: number;
  /** When the last answer came; undefined while one is missing. */
  end: number | undefined;
  journey: number | undefined;
}

/** Questions of one call are asked at the same moment. */
const CALL = 1e9;
/** How many of a resolver's questions are looked at for one call. */
const LOOK = 512;
/** How far back a resolver may have begun what it does for an earlier client. */
const BACK = 64;
/** A cache on the host itself has answered by then. */
const AT_ONCE = 2e6;
/** Zone maintenance between name servers, not a question for a name. */
const MAINTENANCE = new Set(['SOA', 'AXFR', 'IXFR']);

export class Legs {
  readonly count: number;
  /** By resolver: what it asks name servers, in order of asking. */
  readonly upstream = new Map<string, Leg[]>();
  /** By resolver: what it asks another resolver, wanting recursion. */
  readonly forwarded = new Map<string, Leg[]>();
  readonly calls: Call[] = [];
  /** By resolver: the clients' calls of which no upstream question can be in the capture. */
  readonly seenFromOutside = new Map<string, Leg[]>();
  /** Addresses of the host that was captured, at which it is asked. Those that take their time, and ask nothing that can be read. */
  readonly silent = new Set<string>();
  /** Those whose own questions are here. */
  private readonly here = new Set<string>();
  /** Calls by "client name", in order. */
  private readonly named = new Map<string, Call[]>();

  constructor(capture: CaptureFacts) {
    this.count = capture.lookups.count;
    const asked: Leg[] = [];
    for (const l of capture.lookups) {
      if (isMulticast(l) || MAINTENANCE.has(l.type)) continue;
      const leg = legOf(l);
      if (wantsRecursion(l) === false) add(this.upstream, leg.client, leg);
      else asked.push(leg);
    }
    const servers = new Set(asked.map((leg) => leg.server));
    for (const leg of asked) if (servers.has(leg.client) && leg.server !== leg.client) add(this.forwarded, leg.client, leg);
    this.joinOwnHost(capture, asked);
    const hosts = new Map<string, string | undefined>();
    for (const leg of asked) {
      if (!hosts.has(leg.server)) hosts.set(leg.server, this.resolverAt(capture, leg));
      const resolver = hosts.get(leg.server);
      if (resolver === undefined) add(this.seenFromOutside, leg.server, leg);
      else this.call(resolver, leg);
    }
    this.joinJourneys(capture);
  }

  /** What the resolver asked while it worked on a call, about its name, the zones above it, and its aliases. */
  during(call: Call, aliases: readonly string[] = []): Leg[] {
    const found: Leg[] = [];
    const names = [call.name, ...aliases.map(plain)];
    const until = call.end ?? call.start + PATIENCE;
    for (const list of [this.upstream.get(call.resolver) ?? [], this.forwarded.get(call.resolver) ?? []])
      for (let i = from(list, call.start), n = 0; i < list.length && list[i].start <= until && n < LOOK; i++, n++)
        if (names.some((name) => isAbove(list[i].name, name))) found.push(list[i]);
    return found;
  }

  /** Everything that the resolver asked name servers meanwhile: also for the addresses of those. */
  inTime(call: Call): Leg[] {
    const list = this.upstream.get(call.resolver) ?? [];
    const first = from(list, call.start);
    const until = call.end ?? call.start + PATIENCE;
    return list.slice(first, first + BACK).filter((leg) => leg.start <= until);
  }

  /** A question for the name that was on its way when the call came: for an earlier client. */
  underWay(call: Call): Leg | undefined {
    const list = this.upstream.get(call.resolver) ?? [];
    const first = from(list, call.start);
    for (let i = first - 1; i >= 0 && i >= first - BACK; i--)
      if ((list[i].end ?? list[i].start + PATIENCE) > call.start && isAbove(list[i].name, call.name)) return list[i];
    return undefined;
  }

  /** What this call's resolver was asked for the same name before. */
  before(call: Call): Call | undefined {
    const list = this.named.get(`${call.resolver} ${call.name}`) ?? [];
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].start < call.start) low = middle + 1;
      else high = middle;
    }
    return list[low - 1];
  }

  /** What a host asks with other addresses than the one at which it is asked. */
  private joinOwnHost(capture: CaptureFacts, asked: readonly Leg[]): void {
    const own = ownHost(capture, asked, [...this.upstream.values()].flat());
    const others = [...own.asking].filter((address) => !own.asked.has(address));
    for (const server of own.asked) {
      const passed = passedOnBy(server, asked, new Set(others));
      if (passed.length > 0) this.forwarded.set(server, inOrder([...(this.forwarded.get(server) ?? []), ...passed]));
      const iterated = others.flatMap((address) => this.upstream.get(address) ?? []);
      if (iterated.length > 0) this.upstream.set(server, inOrder([...(this.upstream.get(server) ?? []), ...iterated]));
      // Without any question of its own: all from the cache, which takes no time, or asked inside TLS.
      const silent = !this.forwarded.has(server) && !this.upstream.has(server);
      const slow = asked.some((leg) => leg.server === server && leg.end !== undefined && leg.end - leg.start > AT_ONCE);
      if (silent && slow) this.silent.add(server);
      else this.here.add(server);
    }
    if (own.asked.size > 0) for (const address of others) this.upstream.delete(address);
  }

  /** Is this the address of a resolver, or one of the same machine's? */
  private resolverAt(capture: CaptureFacts, leg: Leg): string | undefined {
    if (this.here.has(leg.server) || this.upstream.has(leg.server) || this.forwarded.has(leg.server)) return leg.server;
    if (capture.vantage.kind === 'resolver') return leg.server;
    // Its answer is fresh and the question came through routers: whatever it asks in turn would pass here too.
    const { answerPacket } = capture.lookups.get(leg.index) ?? {};
    if (answerPacket !== undefined && sentHere(capture, answerPacket) && sentHere(capture, leg.packet) === false)
      return leg.server;
    const mac = capture.packet(leg.packet)?.destinationMac;
    if (mac === undefined || this.upstream.size > 16) return undefined;
    for (const [address, [first]] of this.upstream)
      if (sentHere(capture, first.packet) && capture.packet(first.packet)?.sourceMac === mac) return address;
    return undefined;
  }

  private call(resolver: string, leg: Leg): void {
    const key = `${resolver} ${leg.name}`;
    const known = this.named.get(key)?.at(-1);
    if (
      known !== undefined &&
      known.client === leg.client &&
      leg.start - known.start < CALL &&
      !known.legs.some((l) => l.type === leg.type)
    ) {
      known.legs.push(leg);
      known.end = known.end === undefined || leg.end === undefined ? undefined : Math.max(known.end, leg.end);
      return;
    }
    const call: Call = {
      resolver,
      client: leg.client,
      name: leg.name,
      legs: [leg],
      start: leg.start,
      end: leg.end,
      journey: undefined,
    };
    this.calls.push(call);
    add(this.named, key, call);
  }

  private joinJourneys(capture: CaptureFacts): void {
    if (this.calls.length === 0) return;
    const byPacket = new Map<number, Call>();
    for (const call of this.calls) for (const leg of call.legs) byPacket.set(leg.packet, call);
    for (const journey of capture.journeys)
      for (const stage of journey.stages) {
        if (stage.kind !== 'dns' || stage.reused) continue;
        for (const packet of stage.packets) {
          const call = byPacket.get(packet);
          if (call !== undefined) call.journey ??= journey.id;
        }
      }
  }
}

function legOf(l: Lookup): Leg {
  const kept = keptSeconds(l);
  return {
    index: l.index,
    packet: l.packet,
    start: l.start,
    end: l.end,
    name: plain(l.name),
    type: l.type,
    client: l.client.address,
    server: l.server.address,
    expires: kept === undefined || l.end === undefined ? undefined : l.end + kept * 1e9,
  };
}

const known = new WeakMap<CaptureFacts, Legs>();

/** Made once for a capture, in one walk over its lookups. */
export function legsOf(capture: CaptureFacts): Legs {
  let found = known.get(capture);
  if (found === undefined || found.count !== capture.lookups.count) {
    found = new Legs(capture);
    known.set(capture, found);
  }
  return found;
}

export const lookupsOfLegs = (capture: CaptureFacts, legs: readonly Leg[]): Lookup[] =>
  legs.map((leg) => capture.lookups.get(leg.index)).filter((l) => l !== undefined);

/** The name itself or a zone above it; the root is above everything and tells nothing. */
export const isAbove = (zone: string, name: string): boolean => zone === name || (zone !== '.' && name.endsWith(`.${zone}`));
export const labels = (name: string): number => (name === '.' || name === '' ? 0 : name.split('.').length);

const inOrder = (legs: Leg[]): Leg[] => legs.sort((a, b) => a.start - b.start);

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function from(list: readonly Leg[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].start < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
