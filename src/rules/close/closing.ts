import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { Flag } from '../packet.ts';
import { tells } from '../seen-flows.ts';
import { requestsOn } from './requests.ts';
import { acknowledges, has, type Segment, segmentsOf } from '../segments.ts';

export type CloseKind =
  /** FIN, ACK, FIN, ACK, each a segment of its own. */
  | 'four'
  /** The second FIN carries the ACK of the first. */
  | 'three'
  /** Each side sent its FIN before it had seen the other's (RFC 9293 §3.6, case 3). */
  | 'simultaneous'
  /** Only one side sent FIN, as far as the capture goes. */
  | 'one-side'
  /** RST without a FIN before it. */
  | 'reset'
  /** One side sent FIN, and a RST ended the connection before the other side's FIN was acknowledged. */
  | 'fin-then-reset'
  | 'open'
  | 'not-established';

export type Side = 'client' | 'server';

/** How a connection was closed, read from its last packets. */
export interface Closing {
  kind: CloseKind;
  /** Whose FIN or RST came first. */
  first?: Side | undefined;
  fin: Partial<Record<Side, Segment>>;
  /** The first segment that acknowledges a side's FIN (sent by the other side). */
  acknowledged: Partial<Record<Side, Segment>>;
  /** Where a side's FIN is not acknowledged: the first segment that acknowledges all its data before the FIN. */
  delivered: Partial<Record<Side, Segment>>;
  reset?: Segment | undefined;
  /** TTLs (Hop Limits) of the RST and of its side's packets before, where they differ: somebody on the way may have sent it. */
  foreign?: { reset: number; usual: number } | undefined;
  /** Payload the other side sent after the first FIN had passed here. */
  dataAfter: Segment[];
  /** Of these the first that looks like a TLS alert, as close_notify is one. */
  closeNotify?: Segment | undefined;
  /** FINs that were sent again. */
  finsAgain: Segment[];
  /** The last payload before the close began, and nanoseconds from it (or from the handshake) to the close. */
  lastData?: Segment | undefined;
  idle: number;
  /** Nanoseconds that the capture goes on after the connection's last packet. */
  after: number;
}

/** Packets behind the first FIN or RST that are read for the way of closing, and packets before it for the last payload. */
const LOOK = 96;
const LOOK_BACK = 32;
/** Connections whose closing is kept: journeys that share one ask again and again. */
const KEPT = 64;
const known = new WeakMap<CaptureFacts, Map<number, Closing>>();

export const other = (side: Side): Side => (side === 'client' ? 'server' : 'client');
export const sideOf = (segment: Segment): Side => (segment.fromClient ? 'client' : 'server');

export function closingOf(capture: CaptureFacts, c: Connection): Closing {
  let kept = known.get(capture);
  if (kept === undefined) {
    kept = new Map();
    known.set(capture, kept);
  }
  let closing = kept.get(c.id);
  if (closing === undefined) {
    closing = read(capture, c);
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value as number);
    kept.set(c.id, closing);
  }
  return closing;
}

function read(capture: CaptureFacts, c: Connection): Closing {
  const closing: Closing = {
    kind: 'open',
    fin: {},
    acknowledged: {},
    delivered: {},
    dataAfter: [],
    finsAgain: [],
    idle: 0,
    after: Math.max(0, capture.lastTime - c.lastTime),
  };
  const { how, packets } = c.close;
  if (how === 'refused' || how === 'unreachable' || how === 'unanswered') return { ...closing, kind: 'not-established' };
  if (packets.length === 0) return closing;
  const begin = Math.min(...packets);
  const numbers = [...new Set([...packets, ...capture.packetsFrom(c.id, begin, LOOK)])].sort((a, b) => a - b);
  const void_ = new Set(c.segments?.ineffectiveResets ?? []);
  const segments = segmentsOf(capture, c, numbers).filter((each) => !void_.has(each.number));
  for (const each of segments) follow(closing, each);
  const { fin } = closing;
  for (const side of ['client', 'server'] as const) {
    const own = fin[side];
    if (own === undefined) continue;
    closing.acknowledged[side] = segments.find(
      (each) => sideOf(each) !== side && acknowledges(each, own.end) && !has(each, Flag.rst),
    );
  }
  closing.kind = kindOf(closing);
  const before = segmentsOf(capture, c, capture.packetsFrom(c.id, begin, -LOOK_BACK));
  for (const side of ['client', 'server'] as const) {
    const own = fin[side];
    if (own === undefined || closing.acknowledged[side] !== undefined) continue;
    closing.delivered[side] = [...before, ...segments].find(
      (each) =>
        sideOf(each) !== side && has(each, Flag.ack) && !has(each, Flag.rst) && each.acknowledgment === (own.end - 1) >>> 0,
    );
  }
  closing.lastData = before.findLast((each) => each.length > 0 && !c.segments?.keepAlives?.includes(each.number));
  closing.foreign = foreignReset(capture, closing, before);
  const since = closing.lastData ?? before.at(-1);
  const carried = segments[0]?.length > 0;
  closing.idle = since === undefined || carried ? 0 : Math.max(0, capture.timeOf(begin) - since.time);
  return closing;
}

function follow(closing: Closing, each: Segment): void {
  const side = sideOf(each);
  const { fin } = closing;
  if (has(each, Flag.rst)) {
    closing.reset ??= each;
    closing.first ??= side;
    return;
  }
  if (fin[other(side)] !== undefined && each.length > 0 && !has(each, Flag.syn)) {
    const own = fin[side];
    // What was sent before its own FIN and is sent again is nothing new.
    if (own === undefined || own === each) closing.dataAfter.push(each);
    if (looksLikeAlert(each.payload)) closing.closeNotify ??= each;
  }
  if (!has(each, Flag.fin)) return;
  closing.first ??= side;
  if (fin[side] === undefined) {
    fin[side] = each;
    if (fin[other(side)] !== undefined && each.length > 0 && !closing.dataAfter.includes(each)) closing.dataAfter.push(each);
  } else closing.finsAgain.push(each);
}

function kindOf({ fin, acknowledged, reset, first }: Closing): CloseKind {
  if (first === undefined) return 'open';
  const own = fin[first];
  if (own === undefined) return 'reset';
  const theirs = fin[other(first)];
  const done = acknowledged[other(first)];
  if (reset !== undefined && (done === undefined || reset.number < done.number)) return 'fin-then-reset';
  if (theirs === undefined) return 'one-side';
  const answer = acknowledged[first];
  if (!acknowledges(theirs, own.end)) return 'simultaneous';
  return answer !== undefined && answer.number < theirs.number ? 'four' : 'three';
}

function foreignReset(capture: CaptureFacts, { reset }: Closing, before: Segment[]): Closing['foreign'] {
  const usual = before.findLast((each) => each.fromClient === reset?.fromClient);
  if (reset === undefined || usual === undefined) return undefined;
  const hops = [reset, usual].map((each) => capture.packet(each.number)?.hopLimit);
  const [own, known] = hops;
  // A SYN that was sent to run out (traceroute) is no measure.
  if (!tells(capture.packet(usual.number))) return undefined;
  return own === undefined || known === undefined || own === known ? undefined : { reset: own, usual: known };
}

/** A TLS alert record: in the clear by its type, or with TLS 1.3 by the size that only an alert has (RFC 8446 §5.2, §6). */
function looksLikeAlert(payload: Uint8Array): boolean {
  if (payload.length < 5 || payload[1] !== 3) return false;
  return payload[0] === 21 || (payload[0] === 23 && payload[3] === 0 && payload[4] === 19);
}

/** Whether it is known who is client and who is server. */
export function rolesKnown(capture: CaptureFacts, c: Connection): boolean {
  if (c.clientKnown || requestsOn(capture, c).packets.length > 0) return true;
  if (capture.tlsSessions.get(c.id)?.clientHelloPacket !== undefined) return true;
  return c.server.port < 1024 && c.client.port >= 1024;
}
