import { recordAddress } from './addresses.ts';
import type { Conversation } from './conversation.ts';
import { KEY_A, KEY_B, KEY_PORTS, KEY_VERSION, type Page } from './flow-table.ts';
import type { CloseHow, Endpoint } from './model.ts';
import { inOrder } from './packet-list.ts';
import * as R from './tcp-record.ts';

const NONE: number[] = [];

/** 0 when "a" is the client, 1 when "b" is. */
export const clientSide = (page: Page, base: number): 0 | 1 => (page.words[base + R.STATE] & R.CLIENT_IS_B ? 1 : 0);

export function addressOf(page: Page, base: number, side: 0 | 1): string {
  return recordAddress(page, base + (side === 0 ? KEY_A : KEY_B), page.words[base + KEY_VERSION]);
}

export function portOf(page: Page, base: number, side: 0 | 1): number {
  const ports = page.words[base + KEY_PORTS];
  return side === 0 ? ports >>> 16 : ports & 0xffff;
}

export const endpoint = (page: Page, base: number, side: 0 | 1): Endpoint => ({
  address: addressOf(page, base, side),
  port: portOf(page, base, side),
});

/** A connection's record, as those read it who make records for people of it. What is asked twice is made once. */
export class ConnectionFacts {
  readonly conversation: Conversation | undefined;
  readonly clientSide: 0 | 1;
  private readonly page: Page;
  private readonly base: number;
  private clientEndpoint: Endpoint | undefined;
  private serverEndpoint: Endpoint | undefined;
  private closing: number[] | undefined;

  constructor(page: Page, base: number, conversation: Conversation | undefined) {
    this.page = page;
    this.base = base;
    this.conversation = conversation;
    this.clientSide = clientSide(page, base);
  }

  word(offset: number): number {
    return this.page.words[this.base + offset];
  }

  /** A time means nothing where its packet was not seen (an empty list, number 0). */
  time(offset: number): number {
    return this.page.doubles[(this.base >> 1) + offset];
  }

  get words(): Uint32Array {
    return this.page.words;
  }

  get at(): number {
    return this.base;
  }

  get id(): number {
    return this.word(R.ID);
  }

  get client(): Endpoint {
    this.clientEndpoint ??= endpoint(this.page, this.base, this.clientSide);
    return this.clientEndpoint;
  }

  get server(): Endpoint {
    this.serverEndpoint ??= endpoint(this.page, this.base, this.clientSide === 0 ? 1 : 0);
    return this.serverEndpoint;
  }

  get synCount(): number {
    return this.word(R.SYN_PACKET) === 0 ? 0 : 1 + (this.conversation?.lists?.syn.length ?? 0);
  }

  get syn(): number[] {
    return listOf(this.word(R.SYN_PACKET), this.conversation?.lists?.syn);
  }

  get synAck(): number[] {
    return listOf(this.word(R.SYN_ACK_PACKET), this.conversation?.lists?.synAck);
  }

  /** SYNs, SYN-ACKs and the ACK, in order. */
  get handshakePackets(): number[] {
    const packets: number[] = [];
    if (this.word(R.SYN_PACKET) !== 0) packets.push(this.word(R.SYN_PACKET));
    if (this.word(R.SYN_ACK_PACKET) !== 0) packets.push(this.word(R.SYN_ACK_PACKET));
    if (this.word(R.ACK_PACKET) !== 0) packets.push(this.word(R.ACK_PACKET));
    const lists = this.conversation?.lists;
    if (lists !== undefined) packets.push(...lists.syn, ...lists.synAck);
    return inOrder(packets);
  }

  /** The FINs, the packets that acknowledged them, the RST: each once, in order. */
  get closePackets(): number[] {
    if (this.closing !== undefined) return this.closing;
    const packets: number[] = [];
    for (let word = R.FIN_PACKET; word <= R.RST_PACKET; word++) {
      if (word === R.FIN_END || word === R.FIN_END + 1) continue;
      const packet = this.word(word);
      if (packet !== 0) packets.push(packet);
    }
    this.closing = inOrder(packets);
    return this.closing;
  }

  get closeHow(): CloseHow {
    const state = this.word(R.STATE);
    const fins = (state >> 4) & 3;
    if (fins === 3) return 'fin-both';
    if (state & (R.RST_SEEN * 3)) return state & R.RST_ANSWERS_SYN ? 'refused' : 'reset';
    if (fins !== 0) return (fins === 1) === (this.clientSide === 0) ? 'fin-client-only' : 'fin-server-only';
    const silent = this.word(R.PACKETS + 1 - this.clientSide) === 0;
    return silent && state & (R.SYN_SEEN * 3) && !(state & R.DATA_SEEN) ? 'unanswered' : 'open';
  }
}

function listOf(first: number, more: number[] | undefined): number[] {
  if (first === 0) return NONE;
  return more === undefined || more.length === 0 ? [first] : [first, ...more];
}
