import type { CaptureFacts } from '../facts.ts';
import { isLoopback, sentHere } from '../origin.ts';
import { cookedDirection } from '../seen-flows.ts';
import { type Leg, PATIENCE } from './leg.ts';

/** Questions of one address that are looked at for where it is. */
const LOOK = 8;

/**
 * Captured with `any` on the resolver's own host: the addresses there that are asked, and those that ask. A resolver need not ask
 * with the address at which it is asked: a gateway's is asked inside and asks outside, a stub's is asked at 127.0.0.53.
 */
export function ownHost(
  capture: CaptureFacts,
  asked: readonly Leg[],
  upstream: Iterable<Leg>,
): { asked: Set<string>; asking: Set<string> } {
  const answering = new Set<string>();
  const asking = new Set<string>();
  const looked = new Map<string, number>();
  const look = (key: string): boolean => {
    const count = (looked.get(key) ?? 0) + 1;
    looked.set(key, count);
    return count <= LOOK;
  };
  for (const leg of asked)
    if (!answering.has(leg.server) && look(`to ${leg.server}`) && answersHere(capture, leg)) answering.add(leg.server);
  if (answering.size === 0) return { asked: answering, asking };
  for (const list of [asked, upstream])
    for (const leg of list)
      if (!asking.has(leg.client) && look(`from ${leg.client}`) && leavesHere(capture, leg.packet)) asking.add(leg.client);
  return { asked: answering, asking };
}

/** The host captured sent the packet itself: it goes out, and no router has counted. */
const leavesHere = (capture: CaptureFacts, packet: number): boolean =>
  cookedDirection(capture.packet(packet)) === 'out' && sentHere(capture, packet) === true;

function answersHere(capture: CaptureFacts, leg: Leg): boolean {
  if (isLoopback(leg.server)) return cookedDirection(capture.packet(leg.packet)) !== undefined;
  const answer = capture.lookups.get(leg.index)?.answerPacket;
  return answer !== undefined && leavesHere(capture, answer);
}

/** Those of a host's questions that it asks because of questions to this address: the same question, while that one waits. */
export function passedOnBy(server: string, asked: readonly Leg[], asking: ReadonlySet<string>): Leg[] {
  const waiting = new Map<string, Leg[]>();
  for (const leg of asked)
    if (leg.server === server) {
      const key = `${leg.type} ${leg.name}`;
      const list = waiting.get(key);
      if (list === undefined) waiting.set(key, [leg]);
      else list.push(leg);
    }
  const at = new Map<string, number>();
  return asked.filter((leg) => {
    if (leg.server === server || !asking.has(leg.client)) return false;
    const key = `${leg.type} ${leg.name}`;
    const list = waiting.get(key);
    if (list === undefined) return false;
    // Both are in order of asking.
    let i = at.get(key) ?? 0;
    while (i + 1 < list.length && list[i + 1].start <= leg.start) i++;
    at.set(key, i);
    return list[i].start <= leg.start && leg.start <= (list[i].end ?? list[i].start + PATIENCE);
  });
}
