import { hostPort } from '../correlate/host-names.ts';
import type { Connection } from '../correlate/model.ts';
import type { CaptureFacts } from './facts.ts';
import { Flag } from './packet.ts';

/** One TCP segment as its header tells it. */
export interface Segment {
  number: number;
  /** Nanoseconds since the capture's base second. */
  time: number;
  fromClient: boolean;
  sequence: number;
  acknowledgment: number;
  flags: number;
  /** Bytes of payload. */
  length: number;
  /** Sequence number behind the segment; SYN and FIN take one each (RFC 9293 §3.4). */
  end: number;
  payload: Uint8Array;
}

/** Undefined where the packet's bytes are not at hand or hold no TCP header. */
export function segmentOf(capture: CaptureFacts, c: Connection, number: number): Segment | undefined {
  const packet = capture.packet(number);
  if (packet?.tcp === undefined) return undefined;
  const { sequence, acknowledgment, flags } = packet.tcp;
  const length = packet.payloadLength;
  return {
    number,
    time: packet.time,
    fromClient: packet.sourcePort === c.client.port && packet.source === c.client.address,
    sequence,
    acknowledgment,
    flags,
    length,
    end: (sequence + length + (flags & Flag.syn ? 1 : 0) + (flags & Flag.fin ? 1 : 0)) >>> 0,
    payload: packet.payload,
  };
}

/** Those of the packets that are segments of this connection, copies of one packet left out. */
export function segmentsOf(capture: CaptureFacts, c: Connection, numbers: number[]): Segment[] {
  const copies = c.segments?.duplicates;
  const wanted = copies === undefined ? numbers : numbers.filter((each) => !copies.includes(each));
  const segments = wanted.map((each) => segmentOf(capture, c, each)).filter((each) => each !== undefined);
  const end = copiesKnownTo(c);
  return end === undefined ? segments : segments.filter((each, i) => each.number <= end || !repeats(segments, i));
}

/** The last packet up to which the list of copies is whole; undefined where it was not cut. */
export function copiesKnownTo(c: Connection): number | undefined {
  const listed = c.segments?.duplicates;
  return listed !== undefined && (c.counts?.duplicates ?? 0) > listed.length ? listed[listed.length - 1] : undefined;
}

/** Nanoseconds within which a router, or a bridge, hands a packet on; no sender repeats one so soon. */
const COPY_WITHIN = 1e6;

/** Is this one header for header the same as one shortly before? */
function repeats(segments: Segment[], at: number): boolean {
  const it = segments[at];
  for (let i = at - 1; i >= 0 && it.time - segments[i].time < COPY_WITHIN; i--) {
    const other = segments[i];
    if (
      other.fromClient === it.fromClient &&
      other.sequence === it.sequence &&
      other.acknowledgment === it.acknowledgment &&
      other.flags === it.flags &&
      other.length === it.length
    )
      return true;
  }
  return false;
}

export const has = (segment: Segment, flag: number): boolean => (segment.flags & flag) !== 0;

/** Whether a segment acknowledges everything before `end` (modulo 2^32, RFC 9293 §3.4). */
export const acknowledges = (segment: Segment, end: number): boolean =>
  has(segment, Flag.ack) && ((segment.acknowledgment - end) | 0) >= 0;

export const clientText = (c: Connection): { en: string; ko: string } => ({
  en: `client ${hostPort(c.client)}`,
  ko: `클라이언트(${hostPort(c.client)})`,
});
export const serverText = (c: Connection): { en: string; ko: string } => ({
  en: `server ${hostPort(c.server)}`,
  ko: `서버(${hostPort(c.server)})`,
});
export const sideText = (c: Connection, side: 'client' | 'server'): { en: string; ko: string } =>
  side === 'client' ? clientText(c) : serverText(c);

/** "packet 5", "packets 5, 6 and 9 more" for lists of any length. */
export function packetsText(packets: number[]): { en: string; ko: string } {
  const few = packets.slice(0, 4).join(', ');
  const more = packets.length - 4;
  return {
    en: `${packets.length === 1 ? 'packet' : 'packets'} ${few}${more > 0 ? ` and ${more} more` : ''}`,
    ko: more > 0 ? `${few}번 등 패킷 ${packets.length}개` : `${few}번 패킷`,
  };
}

/** "24.3 ms", "5.005 s" for nanoseconds. */
export function durationText(nanoseconds: number): string {
  const ms = nanoseconds / 1e6;
  if (ms >= 1000) return `${(ms / 1000).toFixed(3)} s`;
  return ms >= 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(3)} ms`;
}
