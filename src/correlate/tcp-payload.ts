import type { Packets } from '../dissect/packets.ts';
import type { Conversation } from './conversation.ts';
import { PAGE_WORDS, type Page } from './flow-table.ts';
import type { Streams } from './streams.ts';
import { addLetter, Letter } from './tcp-history.ts';
import { judge, Kind, Seen } from './tcp-judge.ts';
import type { Recent } from './tcp-recent.ts';
import * as R from './tcp-record.ts';
import { Flag } from './tcp-record.ts';

/** What the payloads need of the tracker. */
interface Owner {
  readonly streams: Streams;
  readonly recent: Recent;
  readonly conversations: (Conversation | undefined)[];
  conversation(slot: number, page: Page, base: number): Conversation;
  tryClose(slot: number, page: Page, base: number, d: 0 | 1, packet: number, time: number): void;
}

/** Segments with payload: into the stream at once, behind a hole, or nothing new; and what that makes of the segment. */
export class Payloads {
  private readonly owner: Owner;

  constructor(owner: Owner) {
    this.owner = owner;
  }

  row(
    p: Packets,
    row: number,
    slot: number,
    page: Page,
    from: number,
    d: 0 | 1,
    length: number,
    gap: number,
    last: number,
  ): void {
    const { words } = page;
    const base = from & PAGE_WORDS;
    const side = base + (d & 1);
    const other = base + 1 - (d & 1);
    const { streams } = this.owner;
    const c = this.owner.conversations[slot] ?? this.owner.conversation(slot, page, base);
    const stream = c.half(d);
    addLetter(words, base, d, Letter.data);
    stream.payloadBytes += length;
    const flags = p.flags[row];
    // Signed, so that it fits in a small integer.
    const sequence = flags & Flag.syn ? (p.sequence[row] + 1) | 0 : p.sequence[row] | 0;
    const packet = p.firstNumber + row;
    const time = p.time[row];
    const at = p.payloadAt[row];
    const captured = p.payloadCaptured[row];
    const segmentEnd = (sequence + length) | 0;
    let seen: number = Seen.never;
    if (sequence === (words[side + R.NEXT] | 0) && stream.held === undefined) {
      words[side + R.NEXT] = segmentEnd;
      streams.deliver(c, d, p.bytes, at, at + captured, length, packet, time);
    } else seen = this.place(p, row, c, words, base, d, sequence, length, gap);
    if (captured < length) words[base + R.STATE] |= R.CUT_PAYLOAD;
    if (gap < 0) this.below(p, row, c, page, base, d, sequence, length, gap, seen);
    else if (last !== R.LAST_PROBE) this.edge(c, words, base, other, flags, packet, segmentEnd, length);
    const behind = flags & Flag.fin ? (segmentEnd + 1) | 0 : segmentEnd;
    if (last === R.LAST_PROBE) c.note('windowProbes', packet);
    else if (((behind - words[side + R.HIGHEST]) | 0) > 0) {
      words[side + R.HIGHEST] = behind;
      page.doubles[(base >> 1) + R.HIGHEST_TIME + (d & 1)] = time;
    }
    if (stream.held !== undefined) {
      words[base + R.STATE] |= R.HELD << d;
      words[side + R.NEXT] = streams.drain(c, d, words[side + R.NEXT]);
      if (stream.held === undefined) {
        words[base + R.STATE] &= ~(R.HELD << d);
        this.owner.tryClose(slot, page, base, d, packet, time);
      }
    }
  }

  /**
   * Payload that does not begin where the stream ends, or for which a hole is open: what is new of it goes into the stream or
   * waits. Whether its bytes were seen before.
   */
  private place(
    p: Packets,
    row: number,
    c: Conversation,
    words: Uint32Array,
    base: number,
    d: 0 | 1,
    sequence: number,
    length: number,
    gap: number,
  ): number {
    const { streams } = this.owner;
    const stream = c.half(d);
    const packet = p.firstNumber + row;
    const time = p.time[row];
    const at = p.payloadAt[row];
    const end = at + p.payloadCaptured[row];
    const next = words[base + R.NEXT + d];
    const ahead = (sequence - next) | 0;
    const segmentEnd = (sequence + length) >>> 0;
    let seen: number = Seen.never;
    let overlaps = ahead < 0;
    if (ahead > 0) {
      const news = streams.hold(stream, sequence, p.bytes, at, end, length, packet, time);
      if (news === 0) seen = Seen.before;
      overlaps = news < length;
      if (streams.full(stream)) words[base + R.NEXT + d] = streams.makeRoom(c, d, next);
    } else {
      const { held, heldFrom } = stream;
      if (ahead === 0) overlaps = held !== undefined && ((segmentEnd - held[heldFrom].sequence) | 0) > 0;
      else {
        const early = ((segmentEnd - words[base + R.ISN + d] - 1) | 0) <= 0;
        seen = early || stream.missingBytes > 0 ? Seen.unknown : Seen.before;
      }
      if (ahead + length > 0) {
        words[base + R.NEXT + d] = segmentEnd;
        streams.deliver(c, d, p.bytes, Math.min(at - ahead, end), end, ahead + length, packet, time);
      }
    }
    if (overlaps && !(gap === -1 && length === 1) && this.owner.recent.differs(p, row, sequence))
      c.note('inconsistentOverlaps', packet);
    return seen;
  }

  /** Payload that begins below the highest byte seen. */
  private below(
    p: Packets,
    row: number,
    c: Conversation,
    page: Page,
    base: number,
    d: 0 | 1,
    sequence: number,
    length: number,
    gap: number,
    seen: number,
  ): void {
    if (gap === -1 && length === 1) return; // a keep-alive's one byte is garbage
    const packet = p.firstNumber + row;
    const kind = judge(this.owner.recent, p, row, page, base, d, sequence >>> 0, length, seen);
    if (kind === Kind.outOfOrder || kind === Kind.undecided) {
      c.note('outOfOrder', packet);
      if (kind === Kind.undecided) c.note('undecided', packet);
      return;
    }
    c.note('retransmissions', packet);
    if (kind === Kind.fast) c.note('fastRetransmissions', packet);
    else if (kind === Kind.spurious) c.note('spuriousRetransmissions', packet);
    addLetter(page.words, base, d, Letter.retransmission);
  }

  /** New payload: more than the largest segment is the work of an offload engine; to the window's edge it is full. */
  private edge(
    c: Conversation,
    words: Uint32Array,
    base: number,
    other: number,
    flags: number,
    packet: number,
    segmentEnd: number,
    length: number,
  ): void {
    if (
      segmentEnd === ((words[other + R.ACKED] + words[other + R.WINDOW]) | 0) &&
      (words[other + R.SIDE] & R.SCALE_KNOWN) !== 0 &&
      (flags & (Flag.syn | Flag.fin | Flag.rst)) === 0
    )
      c.note('windowFull', packet);
    const most = (words[base + R.SEGMENT_SIZES] >>> ((other - base) * 16)) & 0xffff;
    if (length > most && most > 0) words[base + R.STATE] |= R.SUPER_SEGMENTS;
  }
}
