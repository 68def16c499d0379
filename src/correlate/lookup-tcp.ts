import { u16 } from '../dissect/bytes.ts';
import { looksLikeTcpMessage } from '../dissect/dns/walk.ts';
import { HeldBytes } from './held-bytes.ts';
import type { LookupTracker } from './lookups.ts';
import type { Endpoint } from './model.ts';
import type { Guess, StreamParser } from './stream-parser.ts';

const NOTHING = new Uint8Array(0);
const FIRST_BYTES = 512;

/** One direction's framing. */
class Side {
  /** A message that came in pieces, its length prefix included. Never more than 65 537 bytes. */
  held: Uint8Array = NOTHING;
  length = 0;
  /** Bytes of a message with a hole that are still to come. */
  skip = 0;
  /** Where messages begin is not known after a hole. */
  lost = false;
  /** The latest packet that made bytes readable: a late segment completes messages of earlier packets. */
  packet = 0;
  time = 0;
}

/** DNS over TCP (RFC 1035 §4.2.2, RFC 7766): takes the length-prefixed messages out of a stream and hands them to the tracker. */
export class DnsStream implements StreamParser {
  readonly protocol = 'dns';
  private readonly tracker: LookupTracker;
  private readonly client: Endpoint;
  private readonly server: Endpoint;
  private readonly sides = [new Side(), new Side()] as const;
  private readonly budget: HeldBytes;
  private readonly secure: boolean;

  /** `budget`: one for all connections, for messages in pieces. `secure`: inside TLS (RFC 7858). */
  constructor(tracker: LookupTracker, client: Endpoint, server: Endpoint, budget = new HeldBytes(), secure = false) {
    this.secure = secure;
    this.budget = budget;
    this.tracker = tracker;
    this.client = client;
    this.server = server;
  }

  static guess(bytes: Uint8Array, at: number, end: number): Guess {
    const looks = looksLikeTcpMessage(bytes, at, end);
    return looks === undefined ? 'more' : looks ? 'yes' : 'no';
  }

  data(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    const side = this.sides[fromClient ? 0 : 1];
    if (packet > side.packet) {
      side.packet = packet;
      side.time = time;
    }
    if (side.skip > 0) {
      const step = Math.min(side.skip, end - at);
      side.skip -= step;
      at += step;
    }
    if (side.lost) {
      // A sender begins messages with segments: the next that looks like one is taken for one.
      if (DnsStream.guess(bytes, at, end) !== 'yes') return;
      side.lost = false;
    }
    if (side.length > 0) at = this.fill(side, fromClient, bytes, at, end);
    while (end - at >= 2) {
      const whole = at + 2 + u16(bytes, at);
      if (whole > end) break;
      this.give(side, fromClient, bytes, at + 2, whole);
      at = whole;
    }
    if (at < end && !this.hold(side, bytes, at, end)) this.skip(side, end - at >= 2 ? 2 + u16(bytes, at) - (end - at) : 0);
  }

  gap(fromClient: boolean, length: number, _packet: number, _time: number): void {
    const side = this.sides[fromClient ? 0 : 1];
    const left = side.skip > 0 ? side.skip : side.length >= 2 ? 2 + u16(side.held, 0) - side.length : 0;
    if (!side.lost && left >= length) side.skip = left - length;
    else {
      side.skip = 0;
      side.lost = true;
    }
    this.drop(side);
  }

  end(fromClient: boolean, _how: 'fin' | 'reset' | 'capture-end', _packet: number, _time: number): void {
    this.drop(this.sides[fromClient ? 0 : 1]);
  }

  private drop(side: Side): void {
    this.budget.give(side.held.length);
    side.held = NOTHING;
    side.length = 0;
  }

  /** There is no room for the message at hand: `left` bytes of it are still to come, 0 that is not known. */
  private skip(side: Side, left: number): void {
    this.drop(side);
    side.skip = left;
    side.lost = left === 0;
  }

  /** Completes the held message, as far as the bytes go; returns where the next begins. */
  private fill(side: Side, fromClient: boolean, bytes: Uint8Array, at: number, end: number): number {
    // The first two bytes are always within the first allocation.
    while (side.length < 2 && at < end) this.hold(side, bytes, at, ++at);
    if (side.length < 2) return at;
    const whole = 2 + u16(side.held, 0);
    const step = Math.min(whole - side.length, end - at);
    if (!this.hold(side, bytes, at, at + step)) {
      const left = whole - side.length - step;
      this.skip(side, left);
      side.lost = false;
      return at + step;
    }
    if (side.length === whole) {
      this.give(side, fromClient, side.held, 2, whole);
      this.drop(side);
    }
    return at + step;
  }

  /** False: all connections together hold too much already. */
  private hold(side: Side, bytes: Uint8Array, at: number, end: number): boolean {
    const need = side.length + end - at;
    if (side.held.length < need) {
      const size = Math.max(need, 2 * side.held.length, FIRST_BYTES);
      if (!this.budget.take(size - side.held.length)) return false;
      const bigger = new Uint8Array(size);
      bigger.set(side.held.subarray(0, side.length));
      side.held = bigger;
    }
    side.held.set(bytes.subarray(at, end), side.length);
    side.length = need;
    return true;
  }

  private give(side: Side, fromClient: boolean, bytes: Uint8Array, at: number, end: number): void {
    this.tracker.tcpMessage(
      bytes,
      at,
      end,
      fromClient,
      this.client,
      this.server,
      side.packet,
      side.time,
      this.secure ? 'dot' : 'tcp',
    );
  }
}
