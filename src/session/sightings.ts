import type { Hops } from '../rules/hops.ts';
import type { PacketFacts } from '../rules/packet.ts';

/** One packet as one capture has it. */
export interface Sighting {
  /** Of the capture, as the user named it. */
  file: string;
  packet: number;
  /** Nanoseconds after the packet looked at, on that one's clock; undefined where the clocks' offset is not known. */
  after: number | undefined;
  facts: PacketFacts;
}

/** Lookups and ICMP messages whose pairs are indexed. */
const MOST_SMALL = 10_000;

/** Where else a packet of the first capture was seen, along its way. */
export class Sightings {
  private readonly hops: Hops;
  /** By packet of the first capture: [capture, packet] of what is no connection. */
  private small: Map<number, [number, number][]> | undefined;
  private large: { connection: number; seen: Map<number, [number, number][]> } | undefined;

  constructor(hops: Hops) {
    this.hops = hops;
  }

  /** The packet itself among them, in the order of the path. */
  of(packet: number): Sighting[] {
    const [here] = this.hops.captures;
    const connection = here.connectionOf(packet);
    const seen = connection === undefined ? this.others().get(packet) : this.connection(connection).get(packet);
    const all: [number, number][] = [[0, packet], ...(seen ?? [])];
    const { path, captures } = this.hops;
    const place = (capture: number): number => (path.includes(capture) ? path.indexOf(capture) : captures.length);
    const sightings: (Sighting & { place: number })[] = [];
    for (const [index, number] of all) {
      const facts = captures[index]?.packet(number);
      if (facts === undefined) continue;
      const offset = index === 0 ? { offset: 0 } : this.hops.clockOffset(index, 0);
      const base = here.timeOf(packet);
      const after = offset === undefined ? undefined : facts.time + offset.offset - base;
      sightings.push({ file: captures[index].file, packet: number, after, facts, place: place(index) });
    }
    return sightings.sort((a, b) => a.place - b.place || (a.after ?? 0) - (b.after ?? 0));
  }

  private connection(id: number): Map<number, [number, number][]> {
    if (this.large?.connection === id) return this.large.seen;
    const seen = new Map<number, [number, number][]>();
    for (const join of this.hops.joins)
      if (join.kind === 'connection' && ((join.from === 0 && join.fromId === id) || (join.to === 0 && join.toId === id)))
        addPairs(seen, join);
    this.large = { connection: id, seen };
    return seen;
  }

  private others(): Map<number, [number, number][]> {
    if (this.small !== undefined) return this.small;
    this.small = new Map();
    let left = MOST_SMALL;
    for (const join of this.hops.joins)
      if ((join.kind === 'lookup' || join.kind === 'icmp') && left-- > 0) addPairs(this.small, join);
    return this.small;
  }
}

function addPairs(seen: Map<number, [number, number][]>, join: Hops['joins'][number]): void {
  if (join.from !== 0 && join.to !== 0) return;
  for (const pair of join.pairs) {
    if (join.from === 0) add(seen, pair.from, [join.to, pair.to]);
    if (join.to === 0) add(seen, pair.to, [join.from, pair.from]);
  }
}

function add(seen: Map<number, [number, number][]>, key: number, value: [number, number]): void {
  const list = seen.get(key);
  if (list === undefined) seen.set(key, [value]);
  else list.push(value);
}
