import type { Packets } from '../dissect/packets.ts';
import type { Conversation, Held } from './conversation.ts';
import { PAGE_WORDS, type Page } from './flow-table.ts';
import { firstBehind, HELD_BYTES_ACKNOWLEDGED, type Streams } from './streams.ts';
import { addLetter, Letter } from './tcp-history.ts';
import { readSack } from './tcp-judge.ts';
import * as R from './tcp-record.ts';
import { Flag } from './tcp-record.ts';

/** RFC 7323 §2.3: no sender is further ahead, so a hole this far behind an ACK is never filled (and soon 2^32 is not far). */
const LARGEST_WINDOW = 2 ** 30;

/** What the acknowledgments need of the tracker. */
interface Owner {
  readonly streams: Streams;
  readonly conversations: (Conversation | undefined)[];
  conversation(slot: number, page: Page, base: number): Conversation;
}

/** What an acknowledgment says of the other side: data that came, duplicates, probes, and what the capture has missed. */
export class Acknowledgments {
  private readonly owner: Owner;
  private readonly events: { complete(conversation: Conversation): void };

  constructor(owner: Owner, events: { complete(conversation: Conversation): void }) {
    this.owner = owner;
    this.events = events;
  }

  /** `level`: it begins where its side has come to, and is no probe. `advance`: by how much it acknowledges more, 1 the first time. */
  row(
    p: Packets,
    row: number,
    slot: number,
    page: Page,
    from: number,
    d: 0 | 1,
    flags: number,
    length: number,
    level: boolean,
    window: number,
    advance: number,
  ): void {
    const base = from & PAGE_WORDS;
    const side = base + (d & 1);
    const o: 0 | 1 = d === 0 ? 1 : 0;
    const { words, doubles } = page;
    const half = base >> 1;
    const acknowledged = p.acknowledgment[row] | 0;
    const time = p.time[row];
    const state = words[base + R.STATE];
    if (length === 0 && (flags & (Flag.syn | Flag.fin | Flag.rst)) === 0) {
      addLetter(words, base, d, Letter.ack);
      const sack = p.tcpHeaderLength[row] > 20 && readSack(p, row, words, base, d);
      if (advance >= 0 && advance <= 1 && level && (state & (R.ACK_SET << d)) !== 0)
        this.still(p, row, slot, page, base, d, o, advance, sack, window);
    }
    if (advance > 0) {
      if ((flags & Flag.rst) === 0) {
        const beyond = (acknowledged - words[base + R.NEXT + o]) | 0;
        if (beyond > 0 && (state & (R.SEQUENCE_SET << o)) !== 0) this.unseen(p, row, slot, page, base, d, o, acknowledged);
        words[base + R.STATE] |= R.ACK_SET << d;
        words[side + R.ACKED] = acknowledged;
        words[side + R.SIDE] &= ~R.DUPLICATE_ACKS;
        doubles[half + R.ACKED_TIME + (d & 1)] = time;
      }
    } else if (advance === 0) doubles[half + R.ACKED_TIME + (d & 1)] = time;
    if (words[base + R.ACK_PACKET] === 0 && (flags & (Flag.syn | Flag.rst)) === 0 && opens(words, base, d)) {
      words[base + R.ACK_PACKET] = p.firstNumber + row;
      doubles[half + R.ACK_TIME] = time;
    }
    if ((state & ((R.FIN_SEEN | R.HELD) << o)) !== 0) this.late(p, row, slot, page, base, d, o, acknowledged);
  }

  /** The other side has sent its FIN, or segments of it wait behind a hole. */
  private late(p: Packets, row: number, slot: number, page: Page, base: number, d: 0 | 1, o: 0 | 1, acknowledged: number): void {
    const { words, doubles } = page;
    const state = words[base + R.STATE];
    const fin = (state & (R.FIN_SEEN << o)) !== 0 && words[base + R.FIN_ACKED + o] === 0;
    if (fin && ((acknowledged - words[base + R.FIN_END + o]) | 0) >= 0) {
      words[base + R.FIN_ACKED + o] = p.firstNumber + row;
      doubles[(base >> 1) + R.CLOSE_END] = p.time[row];
      const c = this.owner.conversations[slot];
      if (words[base + R.FIN_ACKED + d] !== 0 && c !== undefined) this.events.complete(c);
    }
    if (state & (R.HELD << o)) this.missed(slot, words, base, o, acknowledged);
  }

  /**
   * A pure ACK that acknowledges nothing new: answer to a keep-alive or a window probe, or a duplicate (RFC 5681 §2: same
   * number, same window, data outstanding; RFC 6675 §2: or it selectively acknowledges more than before).
   */
  private still(
    p: Packets,
    row: number,
    slot: number,
    page: Page,
    base: number,
    d: 0 | 1,
    o: 0 | 1,
    advance: number,
    sack: boolean,
    window: number,
  ): void {
    const { words } = page;
    const packet = p.firstNumber + row;
    const other = words[base + R.SIDE + o];
    const same = window === words[base + R.WINDOW + d];
    if (other & R.LAST_PROBE) {
      if (window === 0 || advance === 1) this.owner.conversation(slot, page, base).note('windowProbeAcks', packet);
      // The receiver took the probe's byte after all.
      if (advance === 1 && ((p.acknowledgment[row] - words[base + R.HIGHEST + o]) | 0) === 1)
        words[base + R.HIGHEST + o] = p.acknowledgment[row];
      return;
    }
    if (advance !== 0 || (!sack && (!same || window === 0))) return;
    const c = this.owner.conversation(slot, page, base);
    const outstanding =
      (words[base + R.STATE] & (R.SEQUENCE_SET << o)) === 0 || ((words[base + R.HIGHEST + o] - p.acknowledgment[row]) | 0) > 0;
    if (other & R.LAST_KEEP_ALIVE) c.note('keepAliveAcks', packet);
    else if (!outstanding) c.note('repeatedAcks', packet);
    else {
      c.note('duplicateAcks', packet);
      const side = words[base + R.SIDE + d];
      if ((side & R.DUPLICATE_ACKS) < R.DUPLICATE_ACKS) words[base + R.SIDE + d] = side + 1;
    }
  }

  /** Between what was acknowledged before and what is now there are bytes that were not captured. */
  private unseen(
    p: Packets,
    row: number,
    slot: number,
    page: Page,
    base: number,
    d: 0 | 1,
    o: 0 | 1,
    acknowledged: number,
  ): void {
    const { words } = page;
    const next = words[base + R.NEXT + o];
    const beyond = (acknowledged - next) | 0;
    const fin = words[base + R.STATE] & (R.FIN_SEEN << o) ? 1 : 0;
    if (beyond <= fin) return;
    const before = (words[base + R.STATE] & (R.ACK_SET << d)) === 0 ? 0 : (words[base + R.ACKED + d] - next) | 0;
    const half = this.owner.conversations[slot]?.half(o);
    if (
      half?.held !== undefined &&
      isHeld(half.held, half.heldFrom, (next + Math.max(0, before)) >>> 0, (acknowledged - fin) >>> 0)
    )
      return;
    words[base + R.STATE] |= R.CAPTURE_LOSS;
    const c = this.owner.conversation(slot, page, base);
    c.note('unseenAcked', p.firstNumber + row);
    // A number that the other side has not come near is not believed.
    if (beyond < LARGEST_WINDOW || ((acknowledged - words[base + R.HIGHEST + o]) | 0) > 0) return;
    const { streams } = this.owner;
    const to = (acknowledged - fin) >>> 0;
    const at = streams.flush(c, o, next);
    if (((to - at) | 0) > 0) streams.miss(c, o, (to - at) >>> 0, p.firstNumber + row, p.time[row]);
    words[base + R.NEXT + o] = ((to - at) | 0) > 0 ? to : at;
  }

  /** The receiver has what we miss: the capture lost it. A packet captured late is waited for a little. */
  private missed(slot: number, words: Uint32Array, base: number, o: 0 | 1, acknowledged: number): void {
    const c = this.owner.conversations[slot];
    const half = c?.half(o);
    if (c === undefined || half?.held === undefined || half.heldBytes <= HELD_BYTES_ACKNOWLEDGED) return;
    if (((acknowledged - half.held[half.heldFrom].sequence) | 0) >= 0)
      words[base + R.NEXT + o] = this.owner.streams.skipHole(c, o, words[base + R.NEXT + o]);
  }
}

/** The other side's SYN-ACK was seen; or nothing of the other side, which must have answered this side's SYN all the same. */
function opens(words: Uint32Array, base: number, d: 0 | 1): boolean {
  const state = words[base + R.STATE];
  const o = 1 - d;
  return (state & (R.SYN_ACK_SEEN << o)) !== 0 || (words[base + R.PACKETS + o] === 0 && (state & (R.SYN_SEEN << d)) !== 0);
}

/** Segments looked at for one ACK; past it nothing is said. */
const LOOK_AT = 64;

/** Whether every byte from `from` to before `to` is among the held segments. */
function isHeld(held: Held[], first: number, from: number, to: number): boolean {
  let i = firstBehind(held, first, from);
  let at = from;
  for (let looked = 0; looked < LOOK_AT; looked++, i++) {
    if (((to - at) | 0) <= 0) return true;
    if (i >= held.length || ((held[i].sequence - at) | 0) > 0) return false;
    at = (held[i].sequence + held[i].length) >>> 0;
  }
  return true;
}
