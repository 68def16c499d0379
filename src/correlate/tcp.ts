import type { Packets } from '../dissect/packets.ts';
import { HEADER } from '../dissect/protocols/tcp.ts';
import { Conversation, type ConversationOptions } from './conversation.ts';
import { Hand, Lingering } from './lingering.ts';
import { FlowTable, KEY_PORTS, type Page } from './flow-table.ts';
import { Streams, type StreamSink } from './streams.ts';
import { Acknowledgments } from './tcp-acks.ts';
import { addLetter, Letter } from './tcp-history.ts';
import { keepSyn, keptSyns, Lists } from './tcp-lists.ts';
import { answersAnew, readOptions, repeats } from './tcp-judge.ts';
import { Payloads } from './tcp-payload.ts';
import { Recent } from './tcp-recent.ts';
import { Resets } from './tcp-resets.ts';
import { servesLikelier } from './roles.ts';
import * as R from './tcp-record.ts';
import { Flag } from './tcp-record.ts';

const SIDES = [0, 1] as const;

/** What the tracker tells the rest of the correlator. */
export interface TcpEvents extends StreamSink {
  /** A connection's first packet. */
  opened(slot: number, page: Page, base: number, p: Packets, row: number): void;
  /** A direction is closed in order. */
  closed(conversation: Conversation, direction: 0 | 1, packet: number, time: number): void;
  /** Both sides have closed and each has acknowledged the other's FIN: nothing is missing but stray repeats. */
  complete(conversation: Conversation): void;
  /** The record is final; the slot is free after this call. */
  finished(page: Page, base: number, conversation: Conversation | undefined): void;
}

/**
 * Follows every TCP connection (RFC 9293): handshake, sequence space, close. Hot: one pass over the rows of a batch, state in
 * typed arrays, objects only for connections that carry payload or need a list.
 */
export class TcpTracker {
  readonly table = new FlowTable(R.RECORD_WORDS);
  readonly conversations: (Conversation | undefined)[] = [];
  readonly streams: Streams;
  /** Segments just seen, to tell copies and changed repeats. */
  readonly recent = new Recent();
  /** Connections seen; those finished early because the table was full, or too many carried payload at once. */
  count = 0;
  evicted = 0;
  silenced = 0;

  private readonly events: TcpEvents;
  private readonly options: ConversationOptions;
  private readonly lingering = new Lingering(R.LINGER_FLOWS);
  private readonly acknowledgments: Acknowledgments;
  private readonly payloads: Payloads;
  private readonly resets: Resets;
  private readonly hand = new Hand(R.FIRST, R.LAST_TIME);
  /** Conversations there are. */
  private talking = 0;

  constructor(events: TcpEvents, options: ConversationOptions) {
    this.events = events;
    this.options = options;
    this.streams = new Streams(events);
    this.acknowledgments = new Acknowledgments(this, events);
    this.payloads = new Payloads(this);
    this.resets = new Resets(this);
  }

  /** The conversation of a slot, made when first needed. */
  conversation(slot: number, page: Page, base: number): Conversation {
    let c = this.conversations[slot];
    if (c === undefined) {
      if (this.talking++ >= R.MAX_CONVERSATIONS) this.silence(slot);
      c = new Conversation(page.words[base + R.ID], page, base, this.options);
      const syns = keptSyns(page.words, base);
      if (syns !== undefined) c.lists = Lists.ofSyns(syns);
      while (this.conversations.length < slot) this.conversations.push(undefined);
      this.conversations[slot] = c;
    }
    return c;
  }

  /** The capture ended: every connection is final, in the order of its first packet. */
  end(): void {
    for (const slot of this.table.drain(R.ID)) this.finish(slot);
  }

  /** One TCP row. */
  segment(p: Packets, row: number): void {
    const { table } = this;
    const flags = p.flags[row];
    // Signed, as all differences of sequence numbers are: it fits in one of V8's small integers.
    const sequence = p.sequence[row] | 0;
    const time = p.time[row];
    let slot = table.find(p, row);
    if (slot < 0) slot = this.open(p, row, flags, 0);
    else if ((flags & (Flag.syn | Flag.ack)) === Flag.syn && this.startsAnew(slot, sequence)) {
      this.finish(slot);
      table.find(p, row); // no more there: loads the key for the insert
      slot = this.open(p, row, flags, R.PORT_REUSED);
    }
    const page = table.page(slot);
    const { words, doubles } = page;
    const base = table.base(slot);
    const half = base >> 1;
    // Compared, since V8 does not know that a field is a boolean.
    const d: 0 | 1 = table.reversed === true ? 1 : 0;
    // Where the words of the sender's side are counted from.
    const side = base + d;
    p.flow[row] = words[base + R.ID];
    words[base + R.LAST] = p.firstNumber + row;
    doubles[half + R.LAST_TIME] = time;
    words[side + R.PACKETS]++;

    const state = words[base + R.STATE];
    const length = p.payloadLength[row];
    const dataAt = flags & Flag.syn ? (sequence + 1) | 0 : sequence;
    const known =
      (state & (R.SEQUENCE_SET << d)) !== 0 && ((flags & Flag.syn) === 0 || !this.begins(slot, words, base, d, flags, sequence));
    if (!known) {
      words[base + R.STATE] |= R.SEQUENCE_SET << d;
      words[side + R.ISN] = flags & Flag.syn ? sequence : sequence - 1;
      words[side + R.NEXT] = dataAt;
      words[side + R.HIGHEST] = dataAt;
    }
    // A header too short to be one means nothing but whose it was.
    const whole = p.tcpHeaderLength[row] >= HEADER;
    const gap = whole ? (dataAt - words[side + R.HIGHEST]) | 0 : 0;
    const special = flags & (Flag.syn | Flag.fin | Flag.rst);
    // In bytes where the scale is known; that of a SYN is never scaled.
    const window = p.window[row] << (flags & Flag.syn ? 0 : (words[side + R.SIDE] >>> R.SHIFT_AT) & 15);
    const before = words[side + R.WINDOW];
    const advance = (state & (R.ACK_SET << d)) === 0 ? 1 : (p.acknowledgment[row] - words[side + R.ACKED]) | 0;
    if (
      known &&
      (gap < 0 || length === 0 || special !== 0) &&
      repeats(state, d, flags, gap, length, advance, window === before) &&
      this.recent.duplicate(p, row)
    ) {
      this.again(p, row, slot, page, base, d, flags, length);
      return;
    }
    let last = 0;
    if (gap !== 0) {
      if (gap > 0 && (flags & Flag.rst) === 0) this.ahead(p, row, slot, page, base, d, dataAt);
      else if (gap === -1 && length <= 1 && special === 0) {
        last = R.LAST_KEEP_ALIVE;
        this.conversation(slot, page, base).note('keepAlives', p.firstNumber + row);
      }
    } else if (length === 1 && words[base + R.WINDOW + 1 - d] === 0 && (state & (R.ACK_SET << (1 - d))) !== 0)
      last = R.LAST_PROBE;
    if ((state & (R.RST_SEEN * 3)) !== 0 && (flags & Flag.rst) === 0) this.resets.after(p, row, slot, page, base, d, gap, length);
    if (special !== 0) this.control(p, row, slot, page, base, d, flags, dataAt, length, gap);
    if (length > 0) {
      if ((state & R.DATA_SEEN) === 0) words[base + R.STATE] |= R.DATA_SEEN;
      this.payloads.row(p, row, slot, page, base, d, length, gap, last);
    }
    if (flags & Flag.ack) {
      // Nothing but payload, while the other side is open and nothing of it waits: that is when it acknowledged last, no more.
      const plain = advance === 0 && length > 0 && (state & ((R.FIN_SEEN | R.HELD) << (1 - d))) === 0;
      if (plain && words[base + R.ACK_PACKET] !== 0) doubles[half + R.ACKED_TIME + d] = time;
      else this.acknowledgments.row(p, row, slot, page, base, d, flags, length, gap === 0 && last === 0, window, advance);
    }
    const marks = words[side + R.SIDE];
    if (((marks ^ last) & (R.LAST_KEEP_ALIVE | R.LAST_PROBE)) !== 0)
      words[side + R.SIDE] = (marks & ~(R.LAST_KEEP_ALIVE | R.LAST_PROBE)) | last;
    if ((flags & Flag.rst) === 0) {
      if (before === 0 && window > 0) this.conversations[slot]?.opened(d);
      words[side + R.WINDOW] = window;
      if (window === 0 && whole) this.zeroWindow(p, row, slot, page, base, d, flags, last);
    }
    if ((flags & (Flag.urg | Flag.fin)) === 0) return;
    if (flags & Flag.urg) this.conversation(slot, page, base).note('urgent', p.firstNumber + row);
    if (flags & Flag.fin) this.tryClose(slot, page, base, d, p.firstNumber + row, time);
  }

  /** Of a SYN: the first of a side that has sent no payload yet: what came before it (a forged RST, a stray ACK) does not count. */
  private begins(slot: number, words: Uint32Array, base: number, d: 0 | 1, flags: number, sequence: number): boolean {
    const seen = (words[base + R.STATE] & ((R.SYN_SEEN | R.SYN_ACK_SEEN) << d)) !== 0;
    if (seen && !answersAnew(words, base, d, flags, sequence)) return false;
    return (this.conversations[slot]?.half(d).payloadBytes ?? 0) === 0;
  }

  /** The same packet captured again: counted, and nothing else. */
  private again(p: Packets, row: number, slot: number, page: Page, base: number, d: 0 | 1, flags: number, length: number): void {
    const c = this.conversation(slot, page, base);
    const packet = p.firstNumber + row;
    c.note('duplicates', packet);
    if (flags & Flag.syn) c.note(flags & Flag.ack ? 'synAck' : 'syn', packet);
    c.half(d).payloadBytes += length;
  }

  /** Something before this segment is missing. */
  private ahead(p: Packets, row: number, slot: number, page: Page, base: number, d: 0 | 1, dataAt: number): void {
    this.conversation(slot, page, base).note('previousNotCaptured', p.firstNumber + row);
    if (p.payloadLength[row] > 0) return;
    page.words[base + R.HIGHEST + d] = dataAt;
    page.doubles[(base >> 1) + R.HIGHEST_TIME + d] = p.time[row];
  }

  private zeroWindow(
    p: Packets,
    row: number,
    slot: number,
    page: Page,
    base: number,
    d: 0 | 1,
    flags: number,
    last: number,
  ): void {
    addLetter(page.words, base, d, Letter.zeroWindow);
    if ((flags & (Flag.syn | Flag.fin)) === 0 && last !== R.LAST_PROBE)
      this.conversation(slot, page, base).closed(d, p.firstNumber + row, p.time[row]);
  }

  /** An ICMP error quotes a packet of the connection; `table.reversed` tells whose. */
  error(slot: number, packet: number, time: number, unreachable: boolean): void {
    const page = this.table.page(slot);
    const { words } = page;
    const base = this.table.base(slot);
    const d: 0 | 1 = this.table.reversed ? 1 : 0;
    this.conversation(slot, page, base).note('icmpErrors', packet);
    if (!unreachable || (words[base + R.STATE] & (R.SYN_SEEN << d)) === 0 || words[base + R.PACKETS + 1 - d] !== 0) return;
    if ((words[base + R.STATE] & R.UNREACHABLE) === 0) this.closing(page, base, d, false, time);
    words[base + R.STATE] |= R.UNREACHABLE;
  }

  /**
   * A SYN with another sequence number is a new connection on the same ports. One with the same is the same again, even after an
   * RST: some systems ask a refusing port several times for one `connect`.
   */
  private startsAnew(slot: number, sequence: number): boolean {
    const { words } = this.table.page(slot);
    const base = this.table.base(slot);
    const d = this.table.reversed ? 1 : 0;
    return (words[base + R.STATE] & (R.SEQUENCE_SET << d)) !== 0 && (words[base + R.ISN + d] | 0) !== sequence;
  }

  private open(p: Packets, row: number, flags: number, state: number): number {
    if (this.table.count >= R.MAX_FLOWS) this.evict(p, row);
    const slot = this.table.insert();
    const page = this.table.page(slot);
    const { words, doubles } = page;
    const base = this.table.base(slot);
    words[base + R.ID] = this.count++;
    words[base + R.FIRST] = p.firstNumber + row;
    doubles[(base >> 1) + R.FIRST_TIME] = p.time[row];
    if (flags & Flag.syn) {
      words[base + R.STATE] = state | R.CLIENT_KNOWN | (flags & Flag.ack ? R.CLIENT_IS_B : 0);
    } else {
      const ports = words[base + KEY_PORTS];
      words[base + R.STATE] = servesLikelier(ports >>> 16, ports & 0xffff) ? R.CLIENT_IS_B : 0;
    }
    this.conversations[slot] = undefined;
    this.events.opened(slot, page, base, p, row);
    return slot;
  }

  private control(
    p: Packets,
    row: number,
    slot: number,
    page: Page,
    base: number,
    d: 0 | 1,
    flags: number,
    dataAt: number,
    length: number,
    gap: number,
  ): void {
    const { words, doubles } = page;
    const half = base >> 1;
    const packet = p.firstNumber + row;
    const time = p.time[row];
    const kinds = flags & (Flag.syn | Flag.rst | Flag.fin);
    if ((kinds & (kinds - 1)) !== 0) addLetter(words, base, d, Letter.odd);
    if (flags & Flag.syn) {
      const synAck = (flags & Flag.ack) !== 0;
      const seen = (synAck ? R.SYN_ACK_SEEN : R.SYN_SEEN) << d;
      const word = synAck ? R.SYN_ACK_PACKET : R.SYN_PACKET;
      addLetter(words, base, d, synAck ? Letter.synAck : Letter.syn);
      if (words[base + word] === 0) {
        words[base + word] = packet;
        doubles[half + (synAck ? R.SYN_ACK_TIME : R.SYN_TIME)] = time;
        if (!synAck) doubles[half + R.LAST_SYN_TIME] = time;
      } else if ((words[base + R.STATE] & seen) === 0)
        this.conversation(slot, page, base).note(synAck ? 'synAck' : 'syn', packet);
      else {
        addLetter(words, base, d, Letter.retransmission);
        words[base + R.SIDE + d] |= R.SYN_REPEATED;
        if (!synAck && words[base + R.SYN_ACK_PACKET] === 0) doubles[half + R.LAST_SYN_TIME] = time;
        // The hash of a stream, though nothing is in it, is a conversation's.
        const kept = !synAck && !this.options.hashes && this.conversations[slot] === undefined && keepSyn(words, base, packet);
        if (kept) this.options.marks?.note('retransmissions', packet);
        else {
          const c = this.conversation(slot, page, base);
          c.note(synAck ? 'synAck' : 'syn', packet);
          c.note('retransmissions', packet);
        }
      }
      if (synAck && (words[base + R.STATE] & (seen | (R.RST_SEEN << d))) === R.RST_SEEN << d)
        this.resets.synAck(p, row, slot, page, base, d);
      words[base + R.STATE] |= seen;
      if ((words[base + R.SIDE + d] & R.SYN_OPTIONS_SEEN) === 0) readOptions(p, row, words, base, d);
      if (length > 0) this.conversation(slot, page, base).note('synData', packet);
    }
    const closing = (words[base + R.STATE] & ((R.FIN_SEEN * 3) | (R.RST_SEEN * 3))) !== 0;
    if (flags & Flag.fin) {
      addLetter(words, base, d, Letter.fin);
      if ((words[base + R.STATE] & (R.FIN_SEEN << d)) === 0) {
        words[base + R.STATE] |= R.FIN_SEEN << d;
        words[base + R.FIN_PACKET + d] = packet;
        words[base + R.FIN_END + d] = dataAt + length + 1;
        this.closing(page, base, d, closing, time);
        if (closing) this.resets.fin(slot, d, time);
        if (length === 0 && gap >= 0) words[base + R.HIGHEST + d] = dataAt + 1;
        else if (length === 0) this.conversation(slot, page, base).note('outOfOrder', packet);
      } else if (length === 0 && gap < 0) {
        this.conversation(slot, page, base).note('retransmissions', packet);
        addLetter(words, base, d, Letter.retransmission);
      }
      if ((words[base + R.STATE] & (R.FIN_SEEN * 3)) === R.FIN_SEEN * 3) this.linger(slot, words, base);
    }
    if (flags & Flag.rst) this.resets.row(p, row, slot, page, base, d, flags);
  }

  /** A first FIN or RST, or a later one. */
  closing(page: Page, base: number, d: 0 | 1, already: boolean, time: number): void {
    const { words, doubles } = page;
    if (!already) {
      doubles[(base >> 1) + R.CLOSE_TIME] = time;
      if (d === 1) words[base + R.STATE] |= R.FIRST_CLOSER_IS_B;
    }
    doubles[(base >> 1) + R.CLOSE_END] = time;
  }

  /** Tells that a direction is closed, once everything up to its FIN is delivered. */
  tryClose(slot: number, page: Page, base: number, d: 0 | 1, packet: number, time: number): void {
    const { words } = page;
    if ((words[base + R.STATE] & (R.FIN_SEEN << d)) === 0) return;
    const c = this.conversations[slot];
    if (c === undefined || c.half(d).ended) return;
    if (((words[base + R.FIN_END + d] - 1 - words[base + R.NEXT + d]) | 0) > 0) return;
    c.half(d).ended = true;
    this.events.closed(c, d, packet, time);
  }

  /** Ended connections wait for late packets. */
  linger(slot: number, words: Uint32Array, base: number): void {
    if (words[base + R.STATE] & R.QUEUED) return;
    words[base + R.STATE] |= R.QUEUED;
    this.lingering.add(slot, words[base + R.ID], this.leave);
  }

  /** One has waited long enough; its slot may serve another connection by now. */
  private readonly leave = (slot: number, id: number): void => {
    const { words } = this.table.page(slot);
    const base = this.table.base(slot);
    if (words[base + R.ID] === id && words[base + R.STATE] & R.QUEUED) this.finish(slot);
  };

  /** The table is full: of a few slots at a moving hand, the one idle longest goes. */
  private evict(p: Packets, row: number): void {
    const best = this.hand.idlest(this.table);
    if (best < 0) return;
    this.evicted++;
    this.finish(best);
    // `finish` may have moved entries; the row's key must be loaded again for the insert that follows.
    this.table.find(p, row);
  }

  /** Too many connections have objects: one of them goes, not the one at hand. */
  private silence(keep: number): void {
    const best = this.hand.idlest(this.table, this.conversations, keep);
    if (best < 0) return;
    this.silenced++;
    this.finish(best);
  }

  private finish(slot: number): void {
    const page = this.table.page(slot);
    const base = this.table.base(slot);
    const c = this.conversations[slot];
    if (c !== undefined) {
      this.talking--;
      for (const d of SIDES)
        if (page.words[base + R.STATE] & (R.HELD << d))
          page.words[base + R.NEXT + d] = this.streams.flush(c, d, page.words[base + R.NEXT + d]);
    }
    this.table.remove(slot);
    this.events.finished(page, base, c);
    page.words[base + R.FIRST] = 0;
    page.words[base + R.STATE] = 0;
    page.words[base + R.ID] = 0xffffffff;
    this.conversations[slot] = undefined;
  }
}
