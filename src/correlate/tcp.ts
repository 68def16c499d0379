import type { Packets } from '../dissect/packets.ts';
import { Conversation } from './conversation.ts';
import { Lingering } from './lingering.ts';
import { FlowTable, KEY_PORTS, type Page } from './flow-table.ts';
import { HELD_BYTES_ACKNOWLEDGED, Streams, type StreamSink } from './streams.ts';
import * as R from './tcp-record.ts';
import { addLetter, Letter } from './tcp-history.ts';
import { Flag } from './tcp-record.ts';

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
  /** Connections seen, and those finished early because the table was full. */
  count = 0;
  evicted = 0;

  private readonly events: TcpEvents;
  private readonly hashes: boolean;
  private readonly lingering = new Lingering(R.LINGER_FLOWS);
  private hand = 0;

  constructor(events: TcpEvents, options: { hashes: boolean }) {
    this.events = events;
    this.hashes = options.hashes;
    this.streams = new Streams(events);
  }

  /** The conversation of a slot, made when first needed. */
  conversation(slot: number, page: Page, base: number): Conversation {
    let c = this.conversations[slot];
    if (c === undefined) {
      c = new Conversation(page.words[base + R.ID], page, base, this.hashes);
      while (this.conversations.length < slot) this.conversations.push(undefined);
      this.conversations[slot] = c;
    }
    return c;
  }

  /** The capture ended: every connection is final, in the order of its first packet. */
  end(): void {
    const slots = this.table.slots();
    slots.sort(
      (x, y) => this.table.page(x).words[this.table.base(x) + R.ID] - this.table.page(y).words[this.table.base(y) + R.ID],
    );
    for (const slot of slots) this.finish(slot);
  }

  /** One TCP row. */
  segment(p: Packets, row: number): void {
    const { table } = this;
    const flags = p.flags[row];
    const sequence = p.sequence[row];
    const packet = p.firstNumber + row;
    const time = p.time[row];
    let slot = table.find(p, row);
    if (slot >= 0 && (flags & (Flag.syn | Flag.ack)) === Flag.syn && this.startsAnew(slot, sequence)) {
      this.finish(slot);
      slot = -1;
    }
    if (slot < 0) slot = this.open(p, row, flags);
    const page = table.page(slot);
    const { words, doubles } = page;
    const base = table.base(slot);
    const half = base >> 1;
    const d: 0 | 1 = table.reversed ? 1 : 0;
    const o: 0 | 1 = table.reversed ? 0 : 1;
    p.flow[row] = words[base + R.ID];
    words[base + R.LAST] = packet;
    doubles[half + R.LAST_TIME] = time;
    words[base + R.PACKETS + d]++;

    const state = words[base + R.STATE];
    const length = p.payloadLength[row];
    const first = (state & (R.SEQUENCE_SET << d)) === 0;
    const dataAt = flags & Flag.syn ? (sequence + 1) >>> 0 : sequence;
    if (first) {
      words[base + R.STATE] |= R.SEQUENCE_SET << d;
      words[base + R.ISN + d] = flags & Flag.syn ? sequence : sequence - 1;
      words[base + R.NEXT + d] = dataAt;
      words[base + R.HIGHEST + d] = dataAt;
    }
    if (flags & (Flag.syn | Flag.rst | Flag.fin)) this.control(p, row, slot, page, base, d, flags, dataAt, length);
    if (length > 0) {
      words[base + R.STATE] |= R.DATA_SEEN;
      addLetter(words, base, d, Letter.data);
      this.payload(p, row, slot, page, base, d, dataAt, length);
    }
    if (flags & Flag.ack) this.acknowledge(p, row, slot, page, base, d, o, flags, length);
    else if (p.window[row] === 0 && (flags & Flag.rst) === 0) addLetter(words, base, d, Letter.zeroWindow);
    words[base + R.WINDOW + d] = p.window[row];
    if (flags & Flag.fin) this.tryClose(slot, page, base, d, packet, time);
  }

  /** A SYN with another sequence number, or after a close, is a new connection on the same ports. */
  private startsAnew(slot: number, sequence: number): boolean {
    const { words } = this.table.page(slot);
    const base = this.table.base(slot);
    const d = this.table.reversed ? 1 : 0;
    const state = words[base + R.STATE];
    if ((state & (R.SEQUENCE_SET << d)) === 0) return false;
    return words[base + R.ISN + d] !== sequence || (state & ((R.RST_SEEN * 3) | (R.FIN_SEEN * 3))) !== 0;
  }

  private open(p: Packets, row: number, flags: number): number {
    if (this.table.count >= R.MAX_FLOWS) this.evict(p, row);
    const slot = this.table.insert();
    const page = this.table.page(slot);
    const { words, doubles } = page;
    const base = this.table.base(slot);
    words[base + R.ID] = this.count++;
    words[base + R.FIRST] = p.firstNumber + row;
    doubles[(base >> 1) + R.FIRST_TIME] = p.time[row];
    if (flags & Flag.syn) {
      words[base + R.STATE] = R.CLIENT_KNOWN | (flags & Flag.ack ? R.CLIENT_IS_B : 0);
    } else {
      // No SYN: the lower port is the likelier server. Content may correct it.
      const ports = words[base + KEY_PORTS];
      words[base + R.STATE] = ports >>> 16 < (ports & 0xffff) ? R.CLIENT_IS_B : 0;
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
      } else {
        const c = this.conversation(slot, page, base);
        c.note(synAck ? 'synAck' : 'syn', packet);
        if (words[base + R.STATE] & seen) {
          c.note('retransmissions', packet);
          addLetter(words, base, d, Letter.retransmission);
        }
      }
      words[base + R.STATE] |= seen;
    }
    const closing = (words[base + R.STATE] & ((R.FIN_SEEN * 3) | (R.RST_SEEN * 3))) !== 0;
    if (flags & Flag.fin) {
      addLetter(words, base, d, Letter.fin);
      if ((words[base + R.STATE] & (R.FIN_SEEN << d)) === 0) {
        words[base + R.STATE] |= R.FIN_SEEN << d;
        words[base + R.FIN_PACKET + d] = packet;
        words[base + R.FIN_END + d] = (dataAt + length + 1) >>> 0;
        this.closing(words, doubles, base, d, closing, time);
      }
      if ((words[base + R.STATE] & (R.FIN_SEEN * 3)) === R.FIN_SEEN * 3) this.linger(slot, words, base);
    }
    if (flags & Flag.rst) {
      addLetter(words, base, d, Letter.rst);
      if ((words[base + R.STATE] & (R.RST_SEEN * 3)) === 0) {
        words[base + R.RST_PACKET] = packet;
        const o = 1 - d;
        if ((words[base + R.STATE] & (R.SYN_SEEN << o)) !== 0 && (words[base + R.STATE] & (R.SYN_ACK_SEEN << d)) === 0)
          words[base + R.STATE] |= R.RST_ANSWERS_SYN;
        this.closing(words, doubles, base, d, closing, time);
      }
      words[base + R.STATE] |= R.RST_SEEN << d;
      this.linger(slot, words, base);
    }
  }

  private closing(words: Uint32Array, doubles: Float64Array, base: number, d: 0 | 1, already: boolean, time: number): void {
    if (!already) {
      doubles[(base >> 1) + R.CLOSE_TIME] = time;
      if (d === 1) words[base + R.STATE] |= R.FIRST_CLOSER_IS_B;
    }
    doubles[(base >> 1) + R.CLOSE_END] = time;
  }

  private payload(
    p: Packets,
    row: number,
    slot: number,
    page: Page,
    base: number,
    d: 0 | 1,
    sequence: number,
    length: number,
  ): void {
    const { words } = page;
    const c = this.conversations[slot] ?? this.conversation(slot, page, base);
    const stream = c.halves[d];
    stream.payloadBytes += length;
    const packet = p.firstNumber + row;
    const time = p.time[row];
    const at = p.payloadAt[row];
    const end = at + p.payloadCaptured[row];
    const next = words[base + R.NEXT + d];
    const ahead = (sequence - next) | 0;
    const segmentEnd = (sequence + length) >>> 0;
    const beyond = (segmentEnd - words[base + R.HIGHEST + d]) | 0;
    if (ahead === 0) {
      if (beyond <= 0 && stream.held !== undefined) this.late(c, page, base, d, packet, time, stream.holeSince);
      words[base + R.NEXT + d] = segmentEnd;
      this.streams.deliver(c, d, p.bytes, at, end, length, packet, time);
    } else if (ahead < 0) {
      const fresh = length + ahead;
      const keepAlive = length === 1 && ahead === -1;
      if (!keepAlive) {
        c.note('retransmissions', packet);
        addLetter(words, base, d, Letter.retransmission);
      }
      if (fresh > 0) {
        words[base + R.NEXT + d] = segmentEnd;
        this.streams.deliver(c, d, p.bytes, Math.min(at - ahead, end), end, fresh, packet, time);
      }
    } else {
      if (stream.held === undefined) stream.holeSince = time;
      const news = this.streams.hold(stream, sequence, p.bytes, at, end, length, packet, time);
      if (!news) {
        c.note('retransmissions', packet);
        addLetter(words, base, d, Letter.retransmission);
      } else if (beyond <= 0) this.late(c, page, base, d, packet, time, stream.holeSince);
      if (this.streams.full(stream)) words[base + R.NEXT + d] = this.streams.skipHole(c, d, next);
    }
    if (beyond > 0) words[base + R.HIGHEST + d] = segmentEnd;
    if (stream.held !== undefined) {
      words[base + R.STATE] |= R.HELD << d;
      words[base + R.NEXT + d] = this.streams.drain(c, d, words[base + R.NEXT + d]);
      if (stream.held !== undefined && ahead <= 0) stream.holeSince = time;
      else if (stream.held === undefined) {
        words[base + R.STATE] &= ~(R.HELD << d);
        this.tryClose(slot, page, base, d, packet, time);
      }
    }
  }

  /** A segment below the highest byte seen which is not a repeat: reordered on the way, or sent again after a loss before us. */
  private late(c: Conversation, page: Page, base: number, d: 0 | 1, packet: number, time: number, since: number): void {
    const { doubles, words } = page;
    const half = base >> 1;
    const whole = words[base + R.ACK_PACKET] !== 0 && words[base + R.SYN_PACKET] !== 0;
    const roundTrip = whole ? doubles[half + R.ACK_TIME] - doubles[half + R.SYN_TIME] : 0;
    if (time - since < Math.max(R.REORDER_NANOSECONDS, roundTrip / 2)) {
      c.note('outOfOrder', packet);
    } else {
      c.note('retransmissions', packet);
      addLetter(words, base, d, Letter.retransmission);
    }
  }

  private acknowledge(
    p: Packets,
    row: number,
    slot: number,
    page: Page,
    base: number,
    d: 0 | 1,
    o: 0 | 1,
    flags: number,
    length: number,
  ): void {
    const { words, doubles } = page;
    const acknowledged = p.acknowledgment[row];
    const state = words[base + R.STATE];
    const plain = (flags & (Flag.syn | Flag.fin | Flag.rst)) === 0;
    if (length === 0 && plain) {
      addLetter(words, base, d, Letter.ack);
      if (
        (state & (R.ACK_SET << d)) !== 0 &&
        words[base + R.ACKED + d] === acknowledged &&
        words[base + R.WINDOW + d] === p.window[row] &&
        ((words[base + R.HIGHEST + o] - acknowledged) | 0) > 0 &&
        (state & (R.SEQUENCE_SET << o)) !== 0
      ) {
        this.conversation(slot, page, base).note('duplicateAcks', p.firstNumber + row);
      }
    }
    if (p.window[row] === 0 && (flags & Flag.rst) === 0) addLetter(words, base, d, Letter.zeroWindow);
    if ((state & (R.ACK_SET << d)) === 0 || ((acknowledged - words[base + R.ACKED + d]) | 0) > 0) {
      words[base + R.STATE] |= R.ACK_SET << d;
      words[base + R.ACKED + d] = acknowledged;
    }
    if (words[base + R.ACK_PACKET] === 0 && (flags & (Flag.syn | Flag.rst)) === 0 && (state & (R.SYN_ACK_SEEN << o)) !== 0) {
      words[base + R.ACK_PACKET] = p.firstNumber + row;
      doubles[(base >> 1) + R.ACK_TIME] = p.time[row];
    }
    if ((state & (R.FIN_SEEN << o)) !== 0 && words[base + R.FIN_ACKED + o] === 0) {
      if (((acknowledged - words[base + R.FIN_END + o]) | 0) >= 0) {
        words[base + R.FIN_ACKED + o] = p.firstNumber + row;
        doubles[(base >> 1) + R.CLOSE_END] = p.time[row];
        const c = this.conversations[slot];
        if (words[base + R.FIN_ACKED + d] !== 0 && c !== undefined) this.events.complete(c);
      }
    }
    if (state & (R.HELD << o)) this.missed(slot, words, base, o, acknowledged);
  }

  /** The receiver has what we miss: the capture lost it. A packet captured late is waited for a little. */
  private missed(slot: number, words: Uint32Array, base: number, o: 0 | 1, acknowledged: number): void {
    const c = this.conversations[slot];
    const held = c?.halves[o].held;
    if (c === undefined || held === undefined || c.halves[o].heldBytes <= HELD_BYTES_ACKNOWLEDGED) return;
    if (((acknowledged - held[0].sequence) | 0) >= 0)
      words[base + R.NEXT + o] = this.streams.skipHole(c, o, words[base + R.NEXT + o]);
  }

  private tryClose(slot: number, page: Page, base: number, d: 0 | 1, packet: number, time: number): void {
    const { words } = page;
    const c = this.conversations[slot];
    if (c === undefined || c.halves[d].ended || (words[base + R.STATE] & (R.FIN_SEEN << d)) === 0) return;
    if (((words[base + R.FIN_END + d] - 1 - words[base + R.NEXT + d]) | 0) > 0) return;
    c.halves[d].ended = true;
    this.events.closed(c, d, packet, time);
  }

  /** Ended connections wait for late packets. */
  private linger(slot: number, words: Uint32Array, base: number): void {
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
    const total = this.table.pages.length << 12;
    let best = -1;
    let bestTime = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 8; tries++) {
      this.hand = (this.hand + 1) % total;
      const page = this.table.page(this.hand);
      const base = this.table.base(this.hand);
      if (page.words[base + R.FIRST] === 0) continue;
      const last = page.doubles[(base >> 1) + R.LAST_TIME];
      if (last < bestTime) {
        bestTime = last;
        best = this.hand;
      }
    }
    if (best < 0) return;
    this.evicted++;
    this.finish(best);
    // `finish` may have moved entries; the row's key must be loaded again for the insert that follows.
    this.table.find(p, row);
  }

  private finish(slot: number): void {
    const page = this.table.page(slot);
    const base = this.table.base(slot);
    const c = this.conversations[slot];
    if (c !== undefined) {
      for (const d of [0, 1] as const) page.words[base + R.NEXT + d] = this.streams.flush(c, d, page.words[base + R.NEXT + d]);
    }
    this.table.remove(slot);
    this.events.finished(page, base, c);
    page.words[base + R.FIRST] = 0;
    page.words[base + R.STATE] = 0;
    page.words[base + R.ID] = 0xffffffff;
    this.conversations[slot] = undefined;
  }
}
