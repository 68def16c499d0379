import type { CaptureFacts } from '../facts.ts';
import type { PacketFacts } from '../packet.ts';
import { givenTo, onItsLink, type SeenFlow, seenFlows } from '../seen-flows.ts';
import { type Ask, asksOf } from './asks.ts';

/** A packet that a router put on this link: it has passed at least one. */
export interface Forwarded {
  flow: SeenFlow;
  packet: PacketFacts;
  /** MAC addresses of the router and of whom it gives the packet to. */
  router: string;
  next: string;
  destination: string;
  /** To the server of its flow. */
  fromClient: boolean;
  /** The destination itself is on this link: its own packets leave fresh, from the MAC that the packet was given to. */
  last: boolean | undefined;
}

/** IPv4 packets that routers gave to this link; of an Ethernet, for nothing else tells whom they were given to. */
export function forwardedOn(capture: CaptureFacts): Forwarded[] {
  const found: Forwarded[] = [];
  for (const flow of seenFlows(capture)) {
    const { request, response } = flow;
    for (const [packet, answer] of [
      [request, response],
      [response, request],
    ]) {
      if (packet === undefined || onItsLink(packet) !== false || packet.ipVersion !== 4) continue;
      const next = givenTo(packet, answer);
      if (packet.sourceMac === undefined || next === undefined || packet.destination === undefined) continue;
      const comes = answer?.sourceMac === next ? onItsLink(answer) : undefined;
      found.push({
        flow,
        packet,
        router: packet.sourceMac,
        next,
        destination: packet.destination,
        fromClient: packet === request,
        last: comes,
      });
    }
  }
  // One answer from there tells for all packets to it.
  const known = new Map(
    found.map((each) => [`${each.next} ${each.destination}`, each.last]).filter(([, last]) => last !== undefined) as [
      string,
      boolean,
    ][],
  );
  for (const each of found) each.last ??= known.get(`${each.next} ${each.destination}`);
  return found;
}

/** The question of this MAC which that one answered, at or before this time; else the first after it. */
export function askOf(capture: CaptureFacts, asker: string, answerer: string, time: number): Ask | undefined {
  const fits = asksOf(capture).filter(
    (ask) => ask.kind === 'question' && ask.mac === asker && ask.replies.some((r) => r.mac === answerer),
  );
  return fits.findLast((ask) => (ask.replies.find((r) => r.mac === answerer)?.time ?? 0) <= time) ?? fits[0];
}
