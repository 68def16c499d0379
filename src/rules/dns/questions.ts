import type { Lookup } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';

/** What the rules need of a lookup to find it again: the records themselves stand in a file. */
export interface Question {
  index: number;
  packet: number;
  answerPacket: number | undefined;
  id: number;
  port: number;
  server: string;
  type: string;
  transport: Lookup['transport'];
  start: number;
  end: number | undefined;
  /** Until when the answer may be kept (RFC 1035 §3.2.1; RFC 2308 §5 where it is negative); undefined: not at all. */
  expires: number | undefined;
}

/** Addresses of an answer that are indexed. */
const ADDRESSES = 64;

export const isMulticast = (l: { transport: Lookup['transport'] }): boolean => l.transport === 'mdns' || l.transport === 'llmnr';
/** A name as names are compared (RFC 4343), without its last dot. */
export const plain = (name: string): string => (name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();

/** RD of the question (RFC 1035 §4.1.1): the asker wants the whole answer. Undefined: not known. */
export const wantsRecursion = (l: Lookup): boolean | undefined => bit(l.flags, 0x0100);
/** AA of the answer. */
export const isAuthoritative = (l: Lookup): boolean | undefined => bit(l.answerFlags, 0x0400);
/** RA of the answer. */
export const offersRecursion = (l: Lookup): boolean | undefined => bit(l.answerFlags, 0x0080);
const bit = (flags: number | undefined, mask: number): boolean | undefined =>
  flags === undefined ? undefined : (flags & mask) !== 0;

/** Asked without RD of a name server: the leg of a resolver, not of a client. */
export const isUpstream = (l: Lookup): boolean => !isMulticast(l) && wantsRecursion(l) === false;

/** Seconds for which an answer may be kept; undefined: not at all (truncated, failed, without a SOA). */
export function keptSeconds(l: Lookup): number | undefined {
  if (l.answerPacket === undefined || l.truncated || l.records === undefined) return undefined;
  const answers = l.records.filter((r) => r.section === 'answer');
  const positive = answers.some((r) => r.type === l.type);
  if (l.rcode === 'NOERROR' && positive) return Math.min(...answers.map((r) => r.ttl));
  if (l.rcode !== 'NOERROR' && l.rcode !== 'NXDOMAIN') return undefined;
  const soa = l.records.find((r) => r.section === 'authority' && r.type === 'SOA');
  if (soa === undefined) return undefined;
  const minimum = Number(soa.data.split(' ').at(-1));
  return Math.min(soa.ttl, Number.isFinite(minimum) ? minimum : soa.ttl, ...answers.map((r) => r.ttl));
}

export class Questions {
  /** By "client name", in order of asking. */
  private readonly named = new Map<string, Question[]>();
  /** By "client address": answers that hold the address. */
  private readonly telling = new Map<string, Question[]>();
  /** Clients that ask a DNS server for names. */
  readonly askers = new Set<string>();
  readonly count: number;

  constructor(capture: CaptureFacts) {
    this.count = capture.lookups.count;
    for (const l of capture.lookups) {
      const kept = keptSeconds(l);
      const q: Question = {
        index: l.index,
        packet: l.packet,
        answerPacket: l.answerPacket,
        id: l.id,
        port: l.client.port,
        server: l.server.address,
        type: l.type,
        transport: l.transport,
        start: l.start,
        end: l.end,
        expires: kept === undefined || l.end === undefined ? undefined : l.end + kept * 1e9,
      };
      if (!isMulticast(l)) this.askers.add(l.client.address);
      add(this.named, `${l.client.address} ${plain(l.name)}`, q);
      for (const address of l.addresses.slice(0, ADDRESSES)) add(this.telling, `${l.client.address} ${address}`, q);
    }
  }

  /** A client's questions for a name, in order of asking. */
  of(client: string, name: string): readonly Question[] {
    return this.named.get(`${client} ${plain(name)}`) ?? [];
  }

  /** A client's questions whose answers hold the address. */
  tellingOf(client: string, address: string): readonly Question[] {
    return this.telling.get(`${client} ${address}`) ?? [];
  }
}

function add(map: Map<string, Question[]>, key: string, q: Question): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [q]);
  else list.push(q);
}

const known = new WeakMap<CaptureFacts, Questions>();

/** Made once for a capture, in one walk over its lookups. */
export function questionsOf(capture: CaptureFacts): Questions {
  let found = known.get(capture);
  if (found === undefined || found.count !== capture.lookups.count) {
    found = new Questions(capture);
    known.set(capture, found);
  }
  return found;
}

/** Index of the first question asked at `time` or later. */
export function firstFrom(list: readonly { start: number }[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].start < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The light record of a lookup. */
export function questionOf(capture: CaptureFacts, lookup: Lookup): Question | undefined {
  const list = questionsOf(capture).of(lookup.client.address, lookup.name);
  for (let i = firstFrom(list, lookup.start); i < list.length && list[i].start <= lookup.start; i++)
    if (list[i].index === lookup.index) return list[i];
  return undefined;
}
