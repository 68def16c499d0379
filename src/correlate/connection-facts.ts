import { recordAddress } from './addresses.ts';
import type { Conversation } from './conversation.ts';
import { KEY_A, KEY_B, KEY_PORTS, KEY_VERSION, type Page } from './flow-table.ts';
import type { CloseHow, Connection, Endpoint, Trait } from './model.ts';
import { inOrder } from './packet-list.ts';
import { keptSyns } from './tcp-lists.ts';
import * as R from './tcp-record.ts';

const NONE: number[] = [];
const SYN_AT = Math.log2(R.SYN_SEEN);
const SYN_ACK_AT = Math.log2(R.SYN_ACK_SEEN);

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
  declare readonly conversation: Conversation | undefined;
  declare readonly clientSide: 0 | 1;
  declare private readonly page: Page;
  declare private readonly base: number;
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
    if (this.word(R.SYN_PACKET) === 0) return 0;
    const c = this.conversation;
    return 1 + (c === undefined ? (this.keptSyns?.length ?? 0) : (c.lists?.count('syn') ?? 0));
  }

  get syn(): number[] {
    return listOf(this.word(R.SYN_PACKET), this.synsAgain);
  }

  get retransmissions(): number[] {
    const c = this.conversation;
    return (c === undefined ? this.keptSyns : c.lists?.get('retransmissions')) ?? NONE;
  }

  /** SYNs after the first, as many as were noted. */
  private get synsAgain(): number[] | undefined {
    const c = this.conversation;
    return c === undefined ? this.keptSyns : c.lists?.get('syn');
  }

  private get keptSyns(): number[] | undefined {
    return keptSyns(this.page.words, this.base);
  }

  get synAck(): number[] {
    return listOf(this.word(R.SYN_ACK_PACKET), this.conversation?.lists?.get('synAck'));
  }

  /** SYNs, SYN-ACKs and the ACK, in order. */
  get handshakePackets(): number[] {
    const syn = this.word(R.SYN_PACKET);
    const synAck = this.word(R.SYN_ACK_PACKET);
    const ack = this.word(R.ACK_PACKET);
    const again = this.synsAgain;
    const answers = this.conversation?.lists?.get('synAck');
    if (again === undefined && answers === undefined && syn !== 0) {
      if (syn < synAck && synAck < ack) return [syn, synAck, ack];
      if (synAck === 0 && ack === 0) return [syn];
    }
    return inOrder([syn, synAck, ack, ...(again ?? NONE), ...(answers ?? NONE)]);
  }

  /** The FINs, the packets that acknowledged them, the RST, the ICMP errors that answered the SYN: each once, in order. */
  get closePackets(): number[] {
    if (this.closing !== undefined) return this.closing;
    const fin = this.word(R.FIN_PACKET);
    const otherFin = this.word(R.FIN_PACKET + 1);
    const reset = this.word(R.RST_PACKET);
    if (fin === 0 && otherFin === 0 && reset === 0)
      this.closing =
        this.closeHow === 'unreachable' ? inOrder((this.conversation?.lists?.get('icmpErrors') ?? NONE).slice()) : NONE;
    else this.closing = inOrder([fin, otherFin, this.word(R.FIN_ACKED), this.word(R.FIN_ACKED + 1), reset]);
    return this.closing;
  }

  /** Means nothing where nobody closed. */
  get firstCloser(): 'client' | 'server' {
    const byB = (this.word(R.STATE) & R.FIRST_CLOSER_IS_B) !== 0;
    return byB === (this.clientSide === 1) ? 'client' : 'server';
  }

  get closeHow(): CloseHow {
    const state = this.word(R.STATE);
    const fins = (state >> 4) & 3;
    if (fins === 3) return 'fin-both';
    if (state & (R.RST_SEEN * 3)) return state & R.RST_ANSWERS_SYN && !(state & (R.SYN_ACK_SEEN * 3)) ? 'refused' : 'reset';
    if (fins !== 0) return (fins === 1) === (this.clientSide === 0) ? 'fin-client-only' : 'fin-server-only';
    const silent = this.word(R.PACKETS + 1 - this.clientSide) === 0;
    if (!silent || (state & (R.SYN_SEEN * 3)) === 0) return 'open';
    if (state & R.UNREACHABLE) return 'unreachable';
    // Who acknowledges has heard something: the answer was not captured.
    return state & (R.ACK_SET * 3) ? 'open' : 'unanswered';
  }

  /** The side nothing was captured of, where the other one shows that it was there. */
  get unseenSide(): 'client' | 'server' | undefined {
    const state = this.word(R.STATE);
    const a = this.word(R.PACKETS) === 0;
    if (!a && this.word(R.PACKETS + 1) !== 0) return undefined;
    const talks = state & ((R.FIN_SEEN * 3) | (R.ACK_SET * 3));
    if ((state & (R.SYN_SEEN * 3)) !== 0 && !talks) return undefined;
    return a === (this.clientSide === 0) ? 'client' : 'server';
  }

  /** The client has acknowledged bytes of the server that were not captured. */
  get missesAnswer(): boolean {
    const state = this.word(R.STATE);
    const server: 0 | 1 = this.clientSide === 0 ? 1 : 0;
    if ((this.conversation?.half(server).missingBytes ?? 0) > 0) return true;
    if ((state & (R.ACK_SET << this.clientSide)) === 0 || (state & (R.SEQUENCE_SET << server)) === 0) return false;
    // One more may be a FIN.
    return ((this.word(R.ACKED + this.clientSide) - this.word(R.HIGHEST + server)) | 0) > 1;
  }

  /** The side whose receive window was 0 to the end, while the other one had not said that it had sent everything. */
  get closedSide(): 0 | 1 | undefined {
    const closed = this.conversation?.closedWindows;
    if (closed === undefined) return undefined;
    const fins = this.word(R.STATE) / R.FIN_SEEN;
    if (closed[0] !== undefined && (fins & 2) === 0) return 0;
    return closed[1] !== undefined && (fins & 1) === 0 ? 1 : undefined;
  }

  get traits(): Trait[] {
    const state = this.word(R.STATE);
    const traits: Trait[] = [];
    const syns = (state >> SYN_AT) & 3;
    const synAcks = (state >> SYN_ACK_AT) & 3;
    const sides = this.word(R.SIDE) | this.word(R.SIDE + 1);
    if (syns === 0 && synAcks === 0) traits.push('mid-stream');
    if (this.unseenSide !== undefined) traits.push('one-direction');
    if (syns === 3) traits.push(synAcks === 3 ? 'simultaneous-open' : synAcks === 0 ? 'two-syns' : 'split-handshake');
    else if (syns !== 0 && synAcks !== 0 && this.word(R.ACK_PACKET) === 0 && (state & (R.RST_SEEN * 3)) === 0)
      traits.push('half-open');
    if (sides & R.FAST_OPEN) traits.push('fast-open');
    if (state & R.PORT_REUSED) traits.push('port-reused');
    if (sides & R.SACK_SEEN) traits.push('sack');
    if (!(sides & R.SCALE_KNOWN) && state & R.DATA_SEEN) traits.push('window-scale-unknown');
    if (this.closedSide !== undefined) traits.push('window-stays-closed');
    if (state & R.CAPTURE_LOSS) traits.push('capture-loss');
    if (state & R.CUT_PAYLOAD) traits.push('cut-payload');
    if (state & R.SUPER_SEGMENTS) traits.push('super-segments');
    return traits;
  }

  /** The shifts in use, where both SYNs were seen and offered one. */
  get windowScale(): Connection['windowScale'] {
    const client = this.word(R.SIDE + this.clientSide);
    const server = this.word(R.SIDE + 1 - this.clientSide);
    if ((client & server & R.SCALE_KNOWN) === 0 || (client & server & R.SCALE_OFFERED) === 0) return undefined;
    return { client: (client >>> R.SHIFT_AT) & 15, server: (server >>> R.SHIFT_AT) & 15 };
  }
}

function listOf(first: number, more: number[] | undefined): number[] {
  if (first === 0) return NONE;
  return more === undefined || more.length === 0 ? [first] : [first, ...more];
}
