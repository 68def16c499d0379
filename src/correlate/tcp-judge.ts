import { PLACE, viewOf } from '../capture/integers.ts';
import { u16, u32 } from '../dissect/bytes.ts';
import type { Packets } from '../dissect/packets.ts';
import { findOption, TcpOption } from '../dissect/protocols/tcp-options.ts';
import type { Page } from './flow-table.ts';
import type { Recent } from './tcp-recent.ts';
import * as R from './tcp-record.ts';
import { Flag } from './tcp-record.ts';

/** A segment that fills a hole sooner than this was reordered, where the round trip is not known: tshark's limit. */
export const REORDER_NANOSECONDS = 3e6;
/** A fast retransmission follows the duplicate ACKs that asked for it this soon, or within a round trip. */
export const FAST_NANOSECONDS = 20e6;
/** RFC 5681 §3.2 asks for three; the capture may have missed one. */
const FAST_DUPLICATES = 2;

const OPTIONS_AT = 20;
/** RFC 7323 §2.3: larger shifts count as 14. */
const MAX_SHIFT = 14;
/** RFC 6994 identifier in the experimental option. */
const FAST_OPEN_EXPERIMENT = 0xf989;
/** NOP, NOP, timestamps of ten bytes: what most segments have and nothing else. */
const ONLY_TIMESTAMPS = 0x0101080a;

/** What a segment below the highest byte seen is. */
export const Kind = { retransmission: 0, fast: 1, spurious: 2, outOfOrder: 3, undecided: 4 } as const;

/** Whether the bytes were seen before: no, yes, or not known because the capture missed some there. */
export const Seen = { before: 0, never: 1, unknown: 2 } as const;

/** SYN to the ACK of the SYN-ACK; 0 where the handshake was not seen whole, or part of it was sent twice. */
export function roundTrip(page: Page, base: number): number {
  const { words, doubles } = page;
  if (words[base + R.ACK_PACKET] === 0 || words[base + R.SYN_PACKET] === 0) return 0;
  if ((words[base + R.SIDE] | words[base + R.SIDE + 1]) & R.SYN_REPEATED) return 0;
  return Math.max(0, doubles[(base >> 1) + R.ACK_TIME] - doubles[(base >> 1) + R.SYN_TIME]);
}

/** A segment with payload, SYN or FIN that begins below the highest byte seen: sent again, and why, or late. */
export function judge(
  recent: Recent,
  p: Packets,
  row: number,
  page: Page,
  base: number,
  d: 0 | 1,
  dataAt: number,
  length: number,
  seen: number,
): number {
  const { words, doubles } = page;
  const half = base >> 1;
  const o = 1 - d;
  const time = p.time[row];
  const acked = (words[base + R.STATE] & (R.ACK_SET << o)) !== 0;
  const sinceAck = acked ? time - doubles[half + R.ACKED_TIME + o] : Number.POSITIVE_INFINITY;
  if (length > 0 && acked && ((dataAt + length - words[base + R.ACKED + o]) | 0) <= 0) {
    // Acknowledged, but not seen before: captured behind its ACK, or its first copy was not captured.
    if (seen !== Seen.before && sinceAck < REORDER_NANOSECONDS) return Kind.outOfOrder;
    return Kind.spurious;
  }
  const order = seen === Seen.before ? 0 : recent.sent(p, row);
  if (order < 0) return Kind.outOfOrder;
  const rtt = roundTrip(page, base);
  const side = words[base + R.SIDE + o];
  const fast = FAST_NANOSECONDS + rtt;
  if (length > 0 && sinceAck < fast && (side & R.DUPLICATE_ACKS) >= FAST_DUPLICATES) {
    if (words[base + R.ACKED + o] === dataAt) return Kind.fast;
    if (side & R.SACK_SEEN && ((dataAt - words[base + R.SACKED + o]) | 0) < 0) return Kind.fast;
  }
  if (seen === Seen.before || order > 0) return Kind.retransmission;
  if (time - doubles[half + R.HIGHEST_TIME + d] >= (rtt === 0 ? REORDER_NANOSECONDS : rtt)) return Kind.retransmission;
  return rtt === 0 ? Kind.undecided : Kind.outOfOrder;
}

/** Window scale, largest segment and fast open from a SYN's options; with the SYN-ACK it is known which shifts are in use. */
export function readOptions(p: Packets, row: number, words: Uint32Array, base: number, d: 0 | 1): void {
  const { bytes } = p;
  const at = p.transportAt[row] + OPTIONS_AT;
  const end = p.payloadAt[row];
  let side = words[base + R.SIDE + d] | R.SYN_OPTIONS_SEEN;
  const scale = findOption(bytes, at, end, TcpOption.windowScale);
  if (scale >= 0 && bytes[scale + 1] === 3) side |= R.SCALE_OFFERED | (Math.min(bytes[scale + 2], MAX_SHIFT) << R.OFFERED_AT);
  const size = findOption(bytes, at, end, TcpOption.maximumSegmentSize);
  if (size >= 0 && bytes[size + 1] === 4) words[base + R.SEGMENT_SIZES] |= u16(bytes, size + 2) << (d * 16);
  if (findOption(bytes, at, end, TcpOption.fastOpen) >= 0 || oldFastOpen(bytes, at, end)) side |= R.FAST_OPEN;
  words[base + R.SIDE + d] = side;
  const other = words[base + R.SIDE + 1 - d];
  if ((side & other & R.SYN_OPTIONS_SEEN) === 0) return;
  const both = (side & other & R.SCALE_OFFERED) !== 0;
  for (let i = 0; i < 2; i++) {
    const word = base + R.SIDE + i;
    const shift = both ? (words[word] >>> R.OFFERED_AT) & 15 : 0;
    words[word] = (words[word] & ~(15 << R.SHIFT_AT)) | R.SCALE_KNOWN | (shift << R.SHIFT_AT);
  }
}

/** Fast open before it had a kind of its own. */
function oldFastOpen(bytes: Uint8Array, at: number, end: number): boolean {
  const option = findOption(bytes, at, end, TcpOption.experiment2);
  return option >= 0 && bytes[option + 1] >= 4 && u16(bytes, option + 2) === FAST_OPEN_EXPERIMENT;
}

/** Remembers the highest byte that a pure ACK's SACK option reports; true when that was not known before. */
export function readSack(p: Packets, row: number, words: Uint32Array, base: number, d: 0 | 1): boolean {
  const { bytes } = p;
  const at = p.transportAt[row] + OPTIONS_AT;
  const end = p.payloadAt[row];
  if (end - at < 10 || (end - at === 12 && viewOf(bytes).getInt32(at & PLACE) === ONLY_TIMESTAMPS)) return false;
  const option = findOption(bytes, at, end, TcpOption.sack);
  if (option < 0) return false;
  const acknowledged = p.acknowledgment[row];
  let news = false;
  for (let i = option + 2; i + 8 <= option + bytes[option + 1]; i += 8) {
    const right = u32(bytes, i + 4);
    if (((right - acknowledged) | 0) <= 0) continue;
    if ((words[base + R.SIDE + d] & R.SACK_SEEN) !== 0 && ((right - words[base + R.SACKED + d]) | 0) <= 0) continue;
    words[base + R.SACKED + d] = right;
    words[base + R.SIDE + d] |= R.SACK_SEEN;
    news = true;
  }
  return news;
}

/** Another SYN-ACK with a sequence number of its own, as stateless answers have, counts while nobody has acknowledged the first. */
export function answersAnew(words: Uint32Array, base: number, d: 0 | 1, flags: number, sequence: number): boolean {
  if ((flags & Flag.ack) === 0 || (words[base + R.ISN + d] | 0) === sequence) return false;
  const acked = (words[base + R.STATE] & (R.ACK_SET << (1 - d))) !== 0;
  return !acked || words[base + R.ACKED + 1 - d] !== (words[base + R.ISN + d] + 1) >>> 0;
}

/**
 * Whether a segment brings nothing that its side has not said before: only then may it be another capture of one packet. `state` is
 * the connection's; `advance` is by how much more it acknowledges, 1 where nothing was before.
 */
export function repeats(
  state: number,
  d: 0 | 1,
  flags: number,
  gap: number,
  length: number,
  advance: number,
  sameWindow: boolean,
): boolean {
  if (flags & Flag.rst) return (state & (R.RST_SEEN << d)) !== 0;
  if (flags & Flag.syn) return ((flags & Flag.ack ? R.SYN_ACK_SEEN : R.SYN_SEEN) & (state >> d)) !== 0;
  if (gap !== 0) return gap < 0;
  return length === 0 && (flags & Flag.fin) === 0 && (advance < 0 || (advance === 0 && sameWindow));
}
