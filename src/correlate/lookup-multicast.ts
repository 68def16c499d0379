import { ipv6, u32 } from '../dissect/bytes.ts';
import { NameReader } from '../dissect/dns/name-reader.ts';
import type { MessageWalker } from '../dissect/dns/walk.ts';
import { ipv4Text } from './addresses.ts';
import { LIST_LIMIT, type Lookup } from './model.ts';
import { added } from './packet-list.ts';

/** mDNS questions that wait for an answer at once; the oldest go first. */
export const MULTICAST_LIMIT = 4096;
const ANY = 255;

interface Waiting {
  lookup: Lookup;
  key: string;
  /** Asked by one who proposes to own the name (RFC 6762 §8.1): its own announcement is no answer. */
  probe: boolean;
  time: number;
}

/**
 * mDNS questions in flight (RFC 6762): asked of everybody with id 0, answered by anybody, without the question. So an
 * answer belongs to every waiting question of that name and type over the same IP version.
 */
export class MulticastQuestions {
  /** By "version type name", in order of asking. */
  private readonly waiting = new Map<string, Waiting[]>();
  /** All of them, oldest first. */
  private readonly all = new Set<Waiting>();
  private readonly name = new NameReader();

  constructor() {
    this.name.multicast = true;
  }

  get size(): number {
    return this.all.size;
  }

  /** The waiting lookup of the same client for the same name and type. */
  find(name: string, type: number, version: number, client: string): Lookup | undefined {
    for (const waiting of this.waiting.get(key(version, type, name)) ?? []) {
      if (waiting.lookup.client.address === client) return waiting.lookup;
    }
    return undefined;
  }

  add(lookup: Lookup, type: number, version: number, probe: boolean): void {
    const entry = { lookup, key: key(version, type, lookup.name), probe, time: lookup.start };
    const list = this.waiting.get(entry.key);
    if (list === undefined) this.waiting.set(entry.key, [entry]);
    else list.push(entry);
    this.all.add(entry);
  }

  /** Lookups that this response answers; they wait no longer. */
  answer(walker: MessageWalker, version: number, source: string): Lookup[] {
    const found: Lookup[] = [];
    if (this.all.size === 0) return found;
    for (let i = 0; i < walker.answerCount; i++) {
      if (!this.name.read(walker.bytes, walker.at, walker.nameAt[i], walker.typeAt[i], walker.end)) continue;
      const name = this.name.text();
      for (const type of [walker.type[i], ANY]) {
        const list = this.waiting.get(key(version, type, name));
        if (list === undefined) continue;
        for (const entry of [...list]) {
          if (entry.probe && entry.lookup.client.address === source) continue;
          this.drop(entry);
          this.addresses(walker, entry.lookup);
          found.push(entry.lookup);
        }
      }
    }
    return found;
  }

  /** The question that has waited longest, if asked before `before`. */
  takeOldest(before: number): Lookup | undefined {
    for (const entry of this.all) {
      if (entry.time >= before) return undefined;
      this.drop(entry);
      return entry.lookup;
    }
    return undefined;
  }

  private drop(entry: Waiting): void {
    this.all.delete(entry);
    const list = this.waiting.get(entry.key) as Waiting[];
    if (list.length === 1) this.waiting.delete(entry.key);
    else list.splice(list.indexOf(entry), 1);
  }

  /** The addresses that the answers give for the name asked: an mDNS answer holds records of other names too. */
  private addresses(walker: MessageWalker, lookup: Lookup): void {
    for (let i = 0; i < walker.answerCount && lookup.addresses.length < LIST_LIMIT; i++) {
      const size = walker.dataEnd[i] - walker.dataAt[i];
      const type = walker.type[i];
      if (!((type === 1 && size === 4) || (type === 28 && size === 16))) continue;
      if (!this.name.read(walker.bytes, walker.at, walker.nameAt[i], walker.typeAt[i], walker.end)) continue;
      if (!this.name.equals(lookup.name)) continue;
      lookup.addresses = added(
        lookup.addresses,
        type === 1 ? ipv4Text(u32(walker.bytes, walker.dataAt[i])) : ipv6(walker.bytes, walker.dataAt[i]),
      );
    }
  }
}

const key = (version: number, type: number, name: string): string => `${version} ${type} ${name.toLowerCase()}`;
