import type { Lookup } from '../../correlate/model.ts';
import type { Text } from '../../text/text.ts';
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
/** A name in a sentence; the root has none but its dot. */
export const nameText = (name: string): Text =>
  name === '' || name === '.' ? { en: '"." (the root)', ko: '"."(루트)' } : { en: name, ko: name };

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

/** Lists of questions that are remembered at once. */
const LISTS = 500;
const known = new WeakMap<CaptureFacts, { count: number; lists: Map<string, readonly Question[]> }>();

/** A client's questions for a name, in order of asking. */
export function questionsOf(capture: CaptureFacts, client: string, name: string): readonly Question[] {
  let found = known.get(capture);
  if (found === undefined || found.count !== capture.lookups.count || found.lists.size >= LISTS) {
    found = { count: capture.lookups.count, lists: new Map() };
    known.set(capture, found);
  }
  const key = `${client} ${plain(name)}`;
  const list = found.lists.get(key) ?? capture.lookupsBy(client, name).map(question);
  found.lists.set(key, list);
  return list;
}

function question(l: Lookup): Question {
  const kept = keptSeconds(l);
  return {
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
  const list = questionsOf(capture, lookup.client.address, lookup.name);
  for (let i = firstFrom(list, lookup.start); i < list.length && list[i].start <= lookup.start; i++)
    if (list[i].index === lookup.index) return list[i];
  return undefined;
}
