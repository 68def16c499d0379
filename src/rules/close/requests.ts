import type { Connection, Exchange } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';

/** What a connection carried, for journeys that share it. */
export interface Requests {
  /** Packets in which requests begin, in order. */
  packets: number[];
  /** The first exchange whose answer did not come to its end. */
  incomplete: Exchange | undefined;
}

const KEPT = 64;
const known = new WeakMap<CaptureFacts, Map<number, Requests>>();

export function requestsOn(capture: CaptureFacts, c: Connection): Requests {
  let kept = known.get(capture);
  if (kept === undefined) {
    kept = new Map();
    known.set(capture, kept);
  }
  let requests = kept.get(c.id);
  if (requests === undefined) {
    const exchanges = capture.exchangesOn(c.id).filter((each) => each.requestPacket !== undefined);
    requests = {
      packets: exchanges.map((each) => each.requestPacket as number).sort((a, b) => a - b),
      incomplete: exchanges.find((each) => !each.complete),
    };
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value as number);
    kept.set(c.id, requests);
  }
  return requests;
}

/** The first request on the connection that begins behind this packet. */
export function requestAfter({ packets }: Requests, packet: number): number | undefined {
  let low = 0;
  let high = packets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (packets[middle] <= packet) low = middle + 1;
    else high = middle;
  }
  return packets[low];
}
