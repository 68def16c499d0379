import { Framing } from '../dissect/http/framing.ts';
import type { Carry } from './http-carry.ts';
import { type Exchange, LIST_LIMIT } from './model.ts';
import { EMPTY } from './packet-list.ts';
import { NO_TIME } from './stream-parser.ts';

/** One direction of an HTTP/1 connection: where it is in a message, and what was seen of that message. */
export class Side extends Framing {
  /** Bytes of the message so far: head, body, what frames it; of a response interim ones before it, too. */
  transfer = 0;
  /** Heads of interim responses (RFC 9110 §15.2) before the answer. */
  interimBytes = 0;
  exchange: Exchange | undefined = undefined;
  /** `EMPTY` without a message. */
  packets: number[] = EMPTY;
  packetCount = 0;
  /** The packet counted last, and the latest of all the message's packets. */
  seen = -1;
  lastPacket = 0;
  lastTime = NO_TIME;
  firstPacket = 0;
  firstTime = NO_TIME;
  /** When the first of the message's packets was captured: behind a hole that is not the one with its first byte. */
  beganTime = NO_TIME;
  /** A head that is not whole yet. */
  carry: Carry | undefined = undefined;
  /** A body that is a DNS message. */
  declare kept: Carry | undefined;
  ended = false;

  /** A message begins in this packet. */
  begin(packet: number, time: number): void {
    this.packets = [packet];
    this.packetCount = 1;
    this.seen = this.firstPacket = this.lastPacket = packet;
    this.firstTime = this.lastTime = this.beganTime = time;
    this.body = this.transfer = 0;
    this.forget();
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
    if (this.packets.length < LIST_LIMIT && this.packets !== EMPTY) this.packets.push(packet);
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
    this.packets = EMPTY;
    this.forget();
  }

  override forget(): void {
    this.kept?.free();
    this.kept = undefined;
  }

  drop(): void {
    this.carry?.free();
    this.carry = undefined;
    this.forget();
  }
}
