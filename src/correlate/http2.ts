import {
  DEFAULT_FRAME_SIZE,
  FRAME_HEADER,
  Flag,
  guessHttp2,
  PREFACE,
  plausible,
  SETTING_NAMES,
  Setting,
  Type,
  u24,
  u31,
} from '../dissect/http2/frames.ts';
import { Carry } from './http-carry.ts';
import type { HttpHooks } from './http-hooks.ts';
import { FieldSection } from './http2-fields.ts';
import { Message } from './http2-message.ts';
import { Http2Side, State } from './http2-side.ts';
import { Http2Streams, type Stream } from './http2-streams.ts';
import type { Exchange } from './model.ts';
import type { Guess, StreamParser } from './stream-parser.ts';

/** Frames that one header block may have. */
export const CONTINUATION_LIMIT = 1024;
/** Where frames begin is searched for in so many bytes; then only where segments begin. */
export const SEARCH_BYTES = 64 * 1024;
/** RFC 9113 §6.5.2. */
const INITIAL_WINDOW_MOST = 0x7fffffff;

// Used up within one call, so one does for all parsers.
const section = new FieldSection();

export interface Http2Start {
  /** The connection was seen from its beginning. */
  whole: boolean;
  /** The HTTP/1.1 request that was answered by 101. */
  upgraded?: Exchange | undefined;
}

/** HTTP/2 (RFC 9113) on one connection, both directions, as far as the captured bytes tell. */
export class Http2Parser extends Http2Streams implements StreamParser {
  readonly protocol = 'http2';
  private readonly client: Http2Side;
  private readonly server: Http2Side;
  private readonly whole: boolean;

  constructor(connection: number, hooks: HttpHooks, start: Http2Start = { whole: true }) {
    super(connection, hooks);
    this.client = new Http2Side(true, hooks);
    this.server = new Http2Side(false, hooks);
    this.whole = start.whole;
    if (!start.whole) this.joinedLate();
    if (start.upgraded !== undefined) this.upgraded(start.upgraded);
  }

  /** Does a direction begin as HTTP/2 does? `middle`: the connection's beginning was not captured. */
  static guess(bytes: Uint8Array, at: number, end: number, fromClient: boolean, middle = false): Guess {
    return guessHttp2(bytes, at, end, fromClient, middle);
  }

  data(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    if (side.ended) return;
    let i = at;
    while (i < end) {
      switch (side.state) {
        case State.start:
          this.start(side, bytes[i]);
          break;
        case State.preface:
          i = this.preface(side, bytes, i, end, packet);
          break;
        case State.header:
          i = this.header(side, bytes, i, end, packet, time);
          break;
        case State.padLength:
          side.padding = bytes[i++];
          side.remaining--;
          side.state = State.data;
          if (side.padding > side.remaining) this.broken(side, packet);
          if (side.remaining === 0) this.frameEnd(side, bytes, i, packet, time);
          break;
        case State.lost:
          i = this.search(side, bytes, i, end, i === at);
          break;
        default: {
          const taken = Math.min(side.remaining, end - i);
          this.payload(side, bytes, i, i + taken, packet, time);
          i += taken;
          side.remaining -= taken;
          if (side.remaining === 0) this.frameEnd(side, bytes, i, packet, time);
        }
      }
    }
  }

  gap(fromClient: boolean, length: number, packet: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    if (side.ended) return;
    const inFrame = side.state !== State.header && side.state >= State.padLength && side.state < State.lost;
    if (!inFrame || length > side.remaining) {
      this.lose(side);
      return;
    }
    if (side.state === State.block) {
      side.dropped = true;
      side.seen.transfer += length;
    } else if (side.state === State.control) side.state = State.skip;
    else if (side.state !== State.skip) {
      side.state = State.data;
      this.missingData(side, length);
    }
    side.remaining -= length;
    if (side.remaining === 0) this.frameEnd(side, NOTHING, 0, packet, time);
  }

  end(fromClient: boolean, _how: 'fin' | 'reset' | 'capture-end', _packet: number, _time: number): void {
    const side = fromClient ? this.client : this.server;
    if (side.ended) return;
    side.ended = true;
    side.drop();
    side.hpack.end();
    if (this.server.ended) this.finishAll();
  }

  private start(side: Http2Side, first: number): void {
    side.count = 0;
    if (side.fromClient && (this.whole || first === PREFACE[0])) side.state = State.preface;
    else if (this.whole) side.state = State.header;
    else this.unknown(side);
  }

  private preface(side: Http2Side, bytes: Uint8Array, at: number, end: number, packet: number): number {
    let i = at;
    while (i < end && side.count < PREFACE.length && bytes[i] === PREFACE[side.count]) {
      side.count++;
      i++;
    }
    if (side.count === PREFACE.length) side.state = State.header;
    else if (i < end) {
      this.problem('http2-garbage', packet);
      this.lose(side);
    }
    return i;
  }

  private header(side: Http2Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    let i = at;
    if (side.headerLength === 0) {
      side.firstPacket = packet;
      side.firstTime = time;
    }
    if (side.headerLength === 0 && end - at >= FRAME_HEADER) {
      side.begin(bytes, at);
      i += FRAME_HEADER;
    } else {
      let whole = false;
      while (i < end && !whole) whole = side.beginMore(bytes[i++]);
      if (!whole) return i;
    }
    this.frame(side, packet, time);
    if (side.remaining === 0) this.frameEnd(side, bytes, i, packet, time);
    return i;
  }

  /** A frame's header was read: what of its payload matters? */
  private frame(side: Http2Side, packet: number, time: number): void {
    side.state = State.skip;
    const { type } = side;
    if (side.blockOpen && (type !== Type.continuation || side.stream !== side.blockStream)) {
      // Nothing may come between the frames of a block (RFC 9113 §4.3).
      this.problem('http2-frame-error', packet);
      side.dropped = true;
      this.blockEnd(side, NOTHING, 0, 0, packet);
    }
    if (type === Type.data) {
      const stream = this.open(side.stream);
      const flow = side.fromClient ? this.clientFlow : this.serverFlow;
      const last = (side.flags & Flag.endStream) !== 0;
      const waited = flow.sent(stream?.window(side.fromClient), side.length, last, side.firstTime);
      side.state = side.flags & Flag.padded ? State.padLength : State.data;
      if (side.state === State.padLength && side.length === 0) this.broken(side, packet);
      if (stream === undefined) return;
      if (this.whole) stream.waited(side.fromClient, waited);
      const message = stream.message(side.fromClient);
      message.touch(side.firstPacket, side.firstTime);
      message.touch(packet, time);
      // The pad length is read where it comes.
      message.transfer += side.state === State.padLength ? FRAME_HEADER + 1 : FRAME_HEADER;
    } else if (type === Type.headers || type === Type.pushPromise || (type === Type.continuation && side.blockOpen)) {
      this.blockFrame(side, packet, time);
    } else if (type === Type.continuation) this.broken(side, packet);
    else if (type <= Type.windowUpdate) {
      side.state = State.control;
      if (!sized(side)) this.broken(side, packet);
    }
  }

  /** The frame cannot be: its payload is skipped. */
  private broken(side: Http2Side, packet: number): void {
    this.problem('http2-frame-error', packet);
    side.state = State.skip;
  }

  private blockFrame(side: Http2Side, packet: number, time: number): void {
    side.state = State.block;
    if (side.type !== Type.continuation) {
      side.blockOpen = true;
      side.blockType = side.type;
      side.blockFlags = side.flags;
      side.blockStream = side.stream;
      side.seen = new Message();
      side.dropped = false;
      side.continuations = 0;
    } else if (++side.continuations === CONTINUATION_LIMIT) {
      this.problem('http2-continuation-flood', packet);
      side.dropped = true;
    }
    side.mark = side.carry?.length ?? 0;
    side.seen.transfer += FRAME_HEADER;
    side.seen.touch(side.firstPacket, side.firstTime);
    side.seen.touch(packet, time);
  }

  private payload(side: Http2Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    if (side.state === State.data) {
      const stream = this.open(side.stream);
      if (stream === undefined) return;
      const message = stream.message(side.fromClient);
      message.touch(packet, time);
      message.transfer += end - at;
      message.carry(bytes, at, Math.max(at, Math.min(end, at + side.remaining - side.padding)));
    } else if (side.state === State.block) {
      side.seen.touch(packet, time);
      side.seen.transfer += end - at;
      // A block in one piece is read where it lies.
      const inOne = side.carry === undefined && end - at === side.length && (side.flags & Flag.endHeaders) !== 0;
      if (inOne || side.dropped) return;
      side.carry ??= new Carry(this.hooks.budget);
      if (side.carry.append(bytes, at, end)) return;
      this.problem(side.carry.full ? 'http2-header-block-too-long' : 'http2-header-blocks-held', packet);
      side.carry.free();
      side.dropped = true;
    } else if (side.state === State.control) {
      side.take(bytes, at, end, side.type === Type.settings ? (id, value) => this.setting(side, id, value) : undefined);
    }
  }

  /** The payload is over; it ended at `at`. */
  private frameEnd(side: Http2Side, bytes: Uint8Array, at: number, packet: number, time: number): void {
    const { state } = side;
    side.state = State.header;
    if (state === State.block) this.blockFrameEnd(side, bytes, at, packet);
    else if (state === State.control) this.controlEnd(side, packet, time);
    else if (side.type === Type.data && side.flags & Flag.endStream) {
      const stream = this.open(side.stream);
      if (stream !== undefined && !stream.message(side.fromClient).over) this.over(side.fromClient, stream);
    }
  }

  private blockFrameEnd(side: Http2Side, bytes: Uint8Array, at: number, packet: number): void {
    const { carry } = side;
    const held = carry !== undefined && carry.length > 0;
    const from = held ? side.mark : at - side.length;
    let start = from;
    let stop = held ? carry.length : at;
    const source = held ? carry.bytes : bytes;
    const first = side.type !== Type.continuation;
    if (!side.dropped && side.length > 0) {
      if (first && side.flags & Flag.padded) stop -= source[start++];
      if (side.type === Type.pushPromise) {
        if (start + 4 <= stop) side.promised = u31(source, start);
        start += 4;
      } else if (side.type === Type.headers && side.flags & Flag.priority) start += 5;
    }
    if (start > stop || (first && side.length === 0 && side.flags & (Flag.padded | Flag.priority))) {
      this.problem('http2-frame-error', packet);
      side.dropped = true;
    }
    if (held && !side.dropped) {
      carry.bytes.copyWithin(from, start, stop);
      carry.length = from + stop - start;
      start = 0;
      stop = carry.length;
    }
    if (side.flags & Flag.endHeaders) this.blockEnd(side, source, start, stop, packet);
  }

  /** The header block is whole, or what is left of it will never be. */
  private blockEnd(side: Http2Side, bytes: Uint8Array, at: number, end: number, packet: number): void {
    section.clear();
    section.dropped = side.dropped;
    if (side.dropped) side.hpack.lose();
    else if (!side.hpack.decode(bytes, at, end, section)) {
      this.problem('http2-hpack-error', packet);
      side.dropped = true;
    }
    if (side.dropped) section.unknown++;
    if (section.excessive) this.problem('http2-header-list-too-long', packet);
    const { seen, blockStream: id } = side;
    seen.headPacket = seen.lastPacket;
    side.drop();
    if (side.blockType === Type.pushPromise) {
      if (!side.fromClient && !side.dropped) this.promised(id, side.promised, section, end - at, seen);
    } else this.section(side.fromClient, id, (side.blockFlags & Flag.endStream) !== 0, section, end - at, seen);
  }

  private setting(side: Http2Side, id: number, value: number): void {
    const name = SETTING_NAMES[id];
    if (name !== undefined) this.facts.settings[side.fromClient ? 'client' : 'server'][name] = value;
    // What one side says holds for what the other one sends.
    const other = side.fromClient ? this.server : this.client;
    if (id === Setting.headerTableSize) other.hpack.allow(value);
    if (id === Setting.initialWindowSize && value <= INITIAL_WINDOW_MOST)
      (side.fromClient ? this.serverFlow : this.clientFlow).initial = value;
  }

  private controlEnd(side: Http2Side, packet: number, time: number): void {
    const { first, second, fromClient } = side;
    if (side.type === Type.rstStream) this.reset(fromClient, side.stream, first >>> 0, packet, time);
    else if (side.type === Type.windowUpdate) {
      const flow = fromClient ? this.serverFlow : this.clientFlow;
      const increment = first & 0x7fffffff;
      const window = this.open(side.stream)?.window(!fromClient);
      if (side.stream === 0) flow.allowed(undefined, increment);
      else if (window !== undefined) flow.allowed(window, increment);
    } else if (side.type === Type.goAway) this.goAway(fromClient, first & 0x7fffffff, second >>> 0, packet, time);
    else if (side.type === Type.ping && (side.flags & Flag.ack) === 0) this.facts.pings++;
  }

  protected override finish(stream: Stream, complete: boolean): void {
    // It may have begun behind the hole after which the server's frames were not found again.
    if (!stream.response.over && this.server.state === State.lost) stream.exchange.whole = false;
    super.finish(stream, complete);
  }

  private missingData(side: Http2Side, length: number): void {
    const stream = this.open(side.stream);
    if (stream === undefined) return;
    stream.exchange.whole = false;
    const message = stream.message(side.fromClient);
    message.transfer += length;
    message.body += Math.max(0, Math.min(length, side.remaining - side.padding));
  }

  /** Where frames begin is not known, nor what the table of header fields holds. */
  private lose(side: Http2Side): void {
    this.unknown(side);
    this.missing(side.fromClient);
  }

  private unknown(side: Http2Side): void {
    side.state = State.lost;
    side.count = SEARCH_BYTES;
    side.headerLength = 0;
    side.drop();
    side.hpack.lose();
  }

  /** Looks for a frame: where a segment begins one that others follow, elsewhere one of a stream that may be. */
  private search(side: Http2Side, bytes: Uint8Array, at: number, end: number, first: boolean): number {
    const stop = Math.min(end, at + side.count) - FRAME_HEADER;
    side.count -= Math.max(0, Math.min(end - at, side.count));
    if (first && end - at >= FRAME_HEADER && guessHttp2(bytes, at, end, side.fromClient, true) === 'yes') {
      side.state = State.header;
      return at;
    }
    for (let i = at; i <= stop; i++) {
      if (!plausible(bytes, i) || !this.expects(u31(bytes, i + 5)) || !chained(bytes, i, end)) continue;
      side.state = State.header;
      return i;
    }
    return end;
  }
}

const NOTHING = new Uint8Array(0);

/** RFC 9113 §6: frames whose length is given. */
function sized({ type, length, flags }: Http2Side): boolean {
  if (type === Type.settings) return flags & Flag.ack ? length === 0 : length % 6 === 0;
  if (type === Type.ping) return length === 8;
  if (type === Type.goAway) return length >= 8;
  return length === (type === Type.priority ? 5 : 4);
}

/** Each frame from here on is followed by another one, to the end of the bytes. */
function chained(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at;
  while (i + FRAME_HEADER <= end) {
    if (!plausible(bytes, i, DEFAULT_FRAME_SIZE)) return false;
    i += FRAME_HEADER + u24(bytes, i);
  }
  return true;
}
