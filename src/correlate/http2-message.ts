import type { Carry } from './http-carry.ts';
import { type Exchange, LIST_LIMIT } from './model.ts';
import { added, EMPTY } from './packet-list.ts';

/** What was seen of one side of a stream: its packets, first and last, and how far it came. */
export class Message {
  packets: number[] = EMPTY;
  packetCount = 0;
  private seen = -1;
  firstPacket = 0;
  firstTime = 0;
  lastPacket = 0;
  lastTime = 0;
  body = 0;
  /** Bytes of its frames, with their headers. */
  transfer = 0;
  /** The header section (not one of an interim response) was read. */
  head = false;
  headPacket = 0;
  /** END_STREAM was seen, or the rest does not come. */
  over = false;
  contentLength: number | undefined = undefined;
  /** Its body, where that is a DNS message. */
  kept: Carry | undefined = undefined;

  get begun(): boolean {
    return this.packetCount > 0;
  }

  /** This packet holds bytes of it. What completes a message is the latest packet, not the one with its last byte. */
  touch(packet: number, time: number): void {
    if (packet === this.seen) return;
    this.seen = packet;
    if (this.packetCount++ === 0) {
      this.firstPacket = this.lastPacket = packet;
      this.firstTime = this.lastTime = time;
    } else if (packet > this.lastPacket) {
      this.lastPacket = packet;
      this.lastTime = time;
    }
    if (this.packets.length < LIST_LIMIT) this.packets = added(this.packets, packet);
  }

  /** Bytes of its body. */
  carry(bytes: Uint8Array, at: number, end: number): void {
    this.body += end - at;
    if (this.kept?.append(bytes, at, end) === false) this.drop();
  }

  drop(): void {
    this.kept?.free();
    this.kept = undefined;
  }

  /** What `other` saw is part of this. */
  absorb(other: Message): void {
    this.transfer += other.transfer;
    for (const packet of other.packets) this.touch(packet, packet === other.lastPacket ? other.lastTime : other.firstTime);
  }

  /** Writes what it counted into the record. */
  asRequest(x: Exchange): void {
    if (!this.begun) return;
    x.requestPacket = this.firstPacket;
    x.requestTime = this.firstTime;
    if (this.head) x.requestHeadPacket = this.headPacket;
    x.requestEndPacket = this.lastPacket;
    x.requestEndTime = this.lastTime;
    x.requestPackets = this.packets;
    x.requestPacketCount = this.packetCount;
    x.requestBodyBytes = this.body;
    x.requestTransferBytes = this.transfer;
  }

  asResponse(x: Exchange): void {
    if (!this.begun) return;
    x.responsePacket = this.firstPacket;
    x.responseTime = this.firstTime;
    if (this.head) x.responseHeadPacket = this.headPacket;
    x.responseEndPacket = this.lastPacket;
    x.responseEndTime = this.lastTime;
    x.responsePackets = this.packets;
    x.responsePacketCount = this.packetCount;
    x.responseBodyBytes = this.body;
    x.responseTransferBytes = this.transfer;
  }
}
