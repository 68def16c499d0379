import type { Packets } from '../dissect/packets.ts';
import type { Conversation, ResetWatch } from './conversation.ts';
import type { Page } from './flow-table.ts';
import { LIST_LIMIT } from './model.ts';
import { addLetter, Letter } from './tcp-history.ts';
import { REORDER_NANOSECONDS, roundTrip } from './tcp-judge.ts';
import * as R from './tcp-record.ts';
import { Flag } from './tcp-record.ts';

/** RFC 7323 §2.3: no window is larger. */
const LARGEST_WINDOW = 2 ** 30;

/** What the resets need of the tracker. */
interface Owner {
  readonly conversations: (Conversation | undefined)[];
  conversation(slot: number, page: Page, base: number): Conversation;
  closing(page: Page, base: number, d: 0 | 1, already: boolean, time: number): void;
  linger(slot: number, words: Uint32Array, base: number): void;
}

/**
 * Which RST ended a connection. One outside of the receiver's window never does (RFC 5961 §3.2); one inside is taken for the
 * end until both sides show by what they send and acknowledge afterwards that they went on: it was forged, or lost.
 */
export class Resets {
  private readonly owner: Owner;

  constructor(owner: Owner) {
    this.owner = owner;
  }

  /** A segment with RST. */
  row(p: Packets, row: number, slot: number, page: Page, base: number, d: 0 | 1, flags: number): void {
    const { words } = page;
    const packet = p.firstNumber + row;
    const time = p.time[row];
    addLetter(words, base, d, Letter.rst);
    if (outside(p.sequence[row], words, base, d)) {
      this.owner.conversation(slot, page, base).note('ineffectiveResets', packet);
      return;
    }
    const state = words[base + R.STATE];
    const known = this.owner.conversations[slot];
    // Before the handshake is over nothing can go on: a scan of many ports needs no objects.
    const c = known ?? (words[base + R.ACK_PACKET] === 0 ? undefined : this.owner.conversation(slot, page, base));
    if (c !== undefined) watch(c, words, page.doubles, base, d, p.sequence[row], packet, time);
    if ((state & (R.RST_SEEN * 3)) === 0) {
      words[base + R.RST_PACKET] = packet;
      const o = 1 - d;
      const answers = (flags & Flag.ack) !== 0 && ((p.acknowledgment[row] - words[base + R.ISN + o]) | 0) > 0;
      if (answers && (state & (R.SYN_SEEN << o)) !== 0 && (state & (R.SYN_ACK_SEEN << d)) === 0)
        words[base + R.STATE] |= R.RST_ANSWERS_SYN;
      this.owner.closing(page, base, d, (state & (R.FIN_SEEN * 3)) !== 0, time);
    }
    words[base + R.STATE] |= R.RST_SEEN << d;
    this.owner.linger(slot, words, base);
  }

  /** The first SYN-ACK of a side that has sent a RST before: one that did not answer the SYN is void (RFC 9293 §3.10.7.3). */
  synAck(p: Packets, row: number, slot: number, page: Page, base: number, d: 0 | 1): void {
    const { words } = page;
    const c = this.owner.conversation(slot, page, base);
    watch(c, words, page.doubles, base, d, p.sequence[row], 0, p.time[row]);
    const w = c.resets?.[d] as ResetWatch;
    w.sent = p.sequence[row];
    if ((words[base + R.STATE] & R.RST_ANSWERS_SYN) === 0) this.withdraw(c, page, base, d);
  }

  /** A segment without RST after one with it. `gap`: of its bytes to the highest seen before. */
  after(p: Packets, row: number, slot: number, page: Page, base: number, d: 0 | 1, gap: number, length: number): void {
    const c = this.owner.conversations[slot];
    if (c?.resets === undefined) return;
    const { words } = page;
    const o: 0 | 1 = d === 0 ? 1 : 0;
    const time = p.time[row];
    const own = c.resets[d];
    const other = c.resets[o];
    if ((p.flags[row] & Flag.ack) === 0) return;
    const acknowledged = p.acknowledgment[row];
    if (((acknowledged - words[base + R.HIGHEST + o]) | 0) > 0) return;
    if (own !== undefined && ((acknowledged - own.heard) | 0) > 0) own.alive = true;
    if (other === undefined) return;
    const wait = roundTrip(page, base) || REORDER_NANOSECONDS;
    const took = ((acknowledged - other.sent) | 0) > 0;
    const goesOn = other.alive && length > 0 && gap + length > 0 && time - other.time > wait;
    if (took || goesOn) this.withdraw(c, page, base, o);
  }

  /** A FIN between a RST and its withdrawal: it may be what closed first. */
  fin(slot: number, d: 0 | 1, time: number): void {
    const { resets } = this.owner.conversations[slot] ?? {};
    for (const w of resets ?? []) if (w !== undefined) w.fin ??= { time, by: d };
  }

  private withdraw(c: Conversation, page: Page, base: number, d: 0 | 1): void {
    const { words, doubles } = page;
    const half = base >> 1;
    const resets = c.resets as NonNullable<Conversation['resets']>;
    const w = resets[d] as ResetWatch;
    const packets = w.packets.length > 0 ? w.packets : [words[base + R.RST_PACKET]];
    for (const packet of packets) c.note('ineffectiveResets', packet);
    resets[d] = undefined;
    const rest = resets[1 - d];
    if (rest === undefined) c.resets = undefined;
    words[base + R.STATE] &= ~((R.RST_SEEN << d) | R.RST_ANSWERS_SYN | R.QUEUED);
    words[base + R.RST_PACKET] = rest?.packets[0] ?? 0;
    if (doubles[half + R.CLOSE_END] === w.time) doubles[half + R.CLOSE_END] = w.closeEnd;
    if (doubles[half + R.CLOSE_TIME] !== w.time) return;
    const next = w.fin ?? (rest === undefined ? undefined : { time: rest.time, by: (1 - d) as 0 | 1 });
    if (next === undefined) {
      words[base + R.STATE] &= ~R.FIRST_CLOSER_IS_B;
      return;
    }
    doubles[half + R.CLOSE_TIME] = next.time;
    if (next.by === 1) words[base + R.STATE] |= R.FIRST_CLOSER_IS_B;
    else words[base + R.STATE] &= ~R.FIRST_CLOSER_IS_B;
  }
}

/** Remembers what both sides had sent when the RST came. */
function watch(
  c: Conversation,
  words: Uint32Array,
  doubles: Float64Array,
  base: number,
  d: 0 | 1,
  sequence: number,
  packet: number,
  time: number,
): void {
  c.resets ??= [undefined, undefined];
  const known = c.resets[d];
  if (known !== undefined) {
    if (known.packets.length < LIST_LIMIT) known.packets.push(packet);
    return;
  }
  const highest = words[base + R.HIGHEST + d];
  c.resets[d] = {
    packets: packet === 0 ? [] : [packet],
    time,
    sent: ((sequence - highest) | 0) > 0 ? sequence : highest,
    heard: words[base + R.HIGHEST + 1 - d],
    alive: false,
    closeEnd: doubles[(base >> 1) + R.CLOSE_END],
    fin: undefined,
  };
}

/** Whether the receiver drops a RST with this sequence number, as far as what it has acknowledged and announced was seen. */
function outside(sequence: number, words: Uint32Array, base: number, d: 0 | 1): boolean {
  const o = 1 - d;
  const state = words[base + R.STATE];
  // After both FINs there is nothing left to end.
  if ((state & (R.ACK_SET << o)) === 0 || (state & (R.FIN_SEEN * 3)) === R.FIN_SEEN * 3) return false;
  const ahead = (sequence - words[base + R.ACKED + o]) | 0;
  if (ahead < 0) return true;
  if (((sequence - words[base + R.HIGHEST + d]) | 0) <= 0) return false;
  return ahead >= ((words[base + R.SIDE + o] & R.SCALE_KNOWN) === 0 ? LARGEST_WINDOW : Math.max(1, words[base + R.WINDOW + o]));
}
