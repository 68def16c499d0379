import type { Carry } from './http-carry.ts';
import { type Exchange, LIST_LIMIT } from './model.ts';

/** What a direction expects next. From `length` to `close`: inside a body. */
export const State = {
  /** A message, or empty lines before it. */
  start: 0,
  /** The rest of a head that began in an earlier segment. */
  head: 1,
  length: 2,
  chunkSize: 3,
  chunkExtension: 4,
  chunkData: 5,
  chunkEnd: 6,
  trailer: 7,
  close: 8,
  /** The body's last byte was read: the parser ends the message. */
  over: 9,
  /** Not known where in a message: until a start line is seen. */
  lost: 10,
  /** Another protocol. */
  tunnel: 11,
} as const;

/** Where in a line the head search or a trailer is. */
export const Line = { start: 0, carriageReturn: 1, inside: 2 } as const;

const LF = 0x0a;
const CR = 0x0d;
/** The list of a side without a message; stays empty. */
const NO_PACKETS: number[] = [];

/** One direction of an HTTP/1 connection: where it is in a message, and what was seen of that message. */
export class Side {
  state: number = State.start;
  /** Bytes of the body or of the chunk still to come; the chunk size while it is read; in `lost`, bytes still to be searched. */
  remaining = 0;
  line: number = Line.start;
  /** Digits of the chunk size read. */
  digits = 0;
  body = 0;
  /** Bytes of the message so far: head, body, what frames it; of a response interim ones before it, too. */
  transfer = 0;
  /** Heads of interim responses (RFC 9110 §15.2) before the answer. */
  interimBytes = 0;
  exchange: Exchange | undefined = undefined;
  packets = NO_PACKETS;
  packetCount = 0;
  /** The packet counted last, and the latest of all the message's packets. */
  seen = -1;
  lastPacket = 0;
  lastTime = 0;
  firstPacket = 0;
  firstTime = 0;
  /** When the first of the message's packets was captured: behind a hole that is not the one with its first byte. */
  beganTime = 0;
  /** A head that is not whole yet. */
  carry: Carry | undefined = undefined;
  ended = false;

  /** A message begins in this packet. */
  begin(packet: number, time: number): void {
    this.packets = [packet];
    this.packetCount = 1;
    this.seen = this.firstPacket = this.lastPacket = packet;
    this.firstTime = this.lastTime = this.beganTime = time;
    this.body = this.transfer = 0;
  }

  /** A whole head of so many bytes was read; what framed an interim response is its answer's. */
  headRead(length: number, interim: boolean): void {
    this.transfer = this.interimBytes + length;
    this.interimBytes = interim ? this.transfer : 0;
  }

  /** This packet holds bytes of the message. What completes a message is the latest packet, not the one with its last byte. */
  touch(packet: number, time: number): void {
    if (packet === this.seen) return;
    this.seen = packet;
    this.packetCount++;
    if (this.packets.length < LIST_LIMIT && this.packets !== NO_PACKETS) this.packets.push(packet);
    this.reach(packet, time);
  }

  reach(packet: number, time: number): void {
    if (packet < this.firstPacket && time < this.beganTime) this.beganTime = time;
    if (packet <= this.lastPacket) return;
    this.lastPacket = packet;
    this.lastTime = time;
  }

  /** No exchange wants to know of this message any longer. */
  detach(): void {
    this.exchange = undefined;
    this.packets = NO_PACKETS;
  }

  drop(): void {
    this.carry?.free();
    this.carry = undefined;
  }

  chunked(): void {
    this.state = State.chunkSize;
    this.remaining = 0;
    this.digits = 0;
  }

  /** Reads body bytes by their framing (RFC 9112 §6, §7.1) and returns where it stopped: at `end`, or behind the body. */
  read(bytes: Uint8Array, at: number, end: number): number {
    let i = at;
    while (i < end) {
      switch (this.state) {
        case State.close:
          this.body += end - i;
          return end;
        case State.length:
        case State.chunkData: {
          const taken = Math.min(this.remaining, end - i);
          this.take(taken);
          i += taken;
          break;
        }
        case State.chunkSize:
          i = this.chunkSize(bytes, i, end);
          break;
        case State.chunkExtension:
          while (i < end && bytes[i] !== LF) i++;
          if (i < end) this.chunkHeadEnd();
          i++;
          break;
        case State.chunkEnd:
          if (bytes[i] === LF) this.chunked();
          else if (bytes[i] !== CR) this.state = State.lost;
          if (this.state !== State.lost) i++;
          break;
        case State.trailer:
          i = this.lineEnd(bytes, i, end);
          break;
        default:
          return i;
      }
    }
    return Math.min(i, end);
  }

  /** `length` bytes of the body or chunk have passed, seen or not. Returns the state. */
  take(length: number): number {
    this.body += length;
    this.remaining -= length;
    if (this.remaining === 0) this.state = this.state === State.length ? State.over : State.chunkEnd;
    return this.state;
  }

  private chunkSize(bytes: Uint8Array, at: number, end: number): number {
    let i = at;
    for (; i < end; i++) {
      const c = bytes[i];
      let digit = c - 0x30;
      if (digit < 0 || digit > 9) {
        digit = (c | 0x20) - 0x57;
        if (digit < 10 || digit > 15 || c < 0x41) break;
      }
      this.remaining = this.remaining * 16 + digit;
      this.digits++;
    }
    if (i === end) return i;
    if (this.digits === 0 || this.remaining > Number.MAX_SAFE_INTEGER) {
      this.state = State.lost;
      return i;
    }
    // Some senders pad the size with spaces; what follows a ";" is an extension (RFC 9112 §7.1.1).
    const c = bytes[i];
    if (c === LF) {
      this.chunkHeadEnd();
      return i + 1;
    }
    this.state = c === CR || c === 0x20 || c === 0x09 || c === 0x3b ? State.chunkExtension : State.lost;
    return this.state === State.lost ? i : i + 1;
  }

  private chunkHeadEnd(): void {
    this.state = this.remaining === 0 ? State.trailer : State.chunkData;
    this.line = Line.start;
  }

  /** To the empty line that ends a trailer section, or a head: returns the offset behind it with state `over`, else `end`. */
  lineEnd(bytes: Uint8Array, at: number, end: number): number {
    let line = this.line;
    let i = at;
    while (i < end) {
      const c = bytes[i++];
      if (c === LF) {
        if (line !== Line.inside) {
          this.state = State.over;
          return i;
        }
        line = Line.start;
      } else line = c === CR && line === Line.start ? Line.carriageReturn : Line.inside;
    }
    this.line = line;
    return i;
  }
}
