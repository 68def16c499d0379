import { recordAddress } from './addresses.ts';
import type { Conversation } from './conversation.ts';
import { KEY_A, KEY_B, KEY_PORTS, KEY_VERSION, type Page } from './flow-table.ts';
import type { CloseHow, Connection, Endpoint, Trait } from './model.ts';
import { added, EMPTY, fewInOrder, inOrder } from './packet-list.ts';
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

/** A connection's record, as those read it who make records for people of it. What all of them ask for is read once. */
export class ConnectionFacts {
  declare readonly conversation: Conversation | undefined;
  declare readonly clientSide: 0 | 1;
  declare readonly client: Endpoint;
  declare readonly server: Endpoint;
  /** The first SYN, the first SYN-ACK, the ACK of that; 0 none. */
  declare readonly synPacket: number;
  declare readonly synAckPacket: number;
  declare readonly ackPacket: number;
  declare readonly closeHow: CloseHow;
  /** The FINs, the packets that acknowledged them, the RST, the ICMP errors that answered the SYN: each once, in order. */
  declare readonly closePackets: number[];
  declare readonly words: Uint32Array;
  declare private readonly doubles: Float64Array;
  /** Where the record begins. */
  declare readonly at: number;

  constructor(page: Page, base: number, conversation: Conversation | undefined) {
    const { words } = page;
    const side = clientSide(page, base);
    const client = endpoint(page, base, side);
    const server = endpoint(page, base, side === 0 ? 1 : 0);
    const how = howClosed(words, base, side);
    const closing = closePackets(words, base, how, conversation);
    // All fields one after the other: with calls in between each of them changes the object's shape.
    this.conversation = conversation;
    this.clientSide = side;
    this.client = client;
    this.server = server;
    this.synPacket = words[base + R.SYN_PACKET];
    this.synAckPacket = words[base + R.SYN_ACK_PACKET];
    this.ackPacket = words[base + R.ACK_PACKET];
    this.closeHow = how;
    this.closePackets = closing;
    this.words = words;
    this.doubles = page.doubles;
    this.at = base;
  }

  word(offset: number): number {
    return this.words[this.at + offset];
  }

  /** A time means nothing where its packet was not seen (an empty list, number 0). */
  time(offset: number): number {
    return this.doubles[(this.at >> 1) + offset];
  }

  get id(): number {
    return this.word(R.ID);
  }

  get synCount(): number {
    if (this.synPacket === 0) return 0;
    const c = this.conversation;
    return 1 + (c === undefined ? (this.keptSyns?.length ?? 0) : (c.lists?.count('syn') ?? 0));
  }

  get syn(): number[] {
    return listOf(this.synPacket, this.synsAgain);
  }

  get retransmissions(): number[] {
    const c = this.conversation;
    return (c === undefined ? this.keptSyns : c.lists?.get('retransmissions')) ?? NONE;
  }

  /** SYNs after the first, as many as were noted. */
  get synsAgain(): number[] | undefined {
    const c = this.conversation;
    return c === undefined ? this.keptSyns : c.lists?.get('syn');
  }

  private get keptSyns(): number[] | undefined {
    return keptSyns(this.words, this.at);
  }

  get synAck(): number[] {
    return listOf(this.synAckPacket, this.conversation?.lists?.get('synAck'));
  }

  /** SYNs, SYN-ACKs and the ACK, in order. */
  get handshakePackets(): number[] {
    const { synPacket, synAckPacket, ackPacket, synsAgain } = this;
    const answers = this.conversation?.lists?.get('synAck');
    if (synsAgain === undefined && answers === undefined && synPacket !== 0) {
      if (synPacket < synAckPacket && synAckPacket < ackPacket) return [synPacket, synAckPacket, ackPacket];
      if (synAckPacket === 0 && ackPacket === 0) return [synPacket];
    }
    return inOrder([synPacket, synAckPacket, ackPacket, ...(synsAgain ?? NONE), ...(answers ?? NONE)]);
  }

  /** Means nothing where nobody closed. */
  get firstCloser(): 'client' | 'server' {
    const byB = (this.word(R.STATE) & R.FIRST_CLOSER_IS_B) !== 0;
    return byB === (this.clientSide === 1) ? 'client' : 'server';
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
    let traits: Trait[] = EMPTY;
    const syns = (state >> SYN_AT) & 3;
    const synAcks = (state >> SYN_ACK_AT) & 3;
    const sides = this.word(R.SIDE) | this.word(R.SIDE + 1);
    if (syns === 0 && synAcks === 0) traits = added(traits, 'mid-stream');
    if (this.unseenSide !== undefined) traits = added(traits, 'one-direction');
    if (syns === 3) traits = added(traits, synAcks === 3 ? 'simultaneous-open' : synAcks === 0 ? 'two-syns' : 'split-handshake');
    else if (syns !== 0 && synAcks !== 0 && this.ackPacket === 0 && (state & (R.RST_SEEN * 3)) === 0)
      traits = added(traits, 'half-open');
    if (sides & R.FAST_OPEN) traits = added(traits, 'fast-open');
    if (state & R.PORT_REUSED) traits = added(traits, 'port-reused');
    if (sides & R.SACK_SEEN) traits = added(traits, 'sack');
    if (!(sides & R.SCALE_KNOWN) && state & R.DATA_SEEN) traits = added(traits, 'window-scale-unknown');
    if (this.closedSide !== undefined) traits = added(traits, 'window-stays-closed');
    if (state & R.CAPTURE_LOSS) traits = added(traits, 'capture-loss');
    if (state & R.CUT_PAYLOAD) traits = added(traits, 'cut-payload');
    if (state & R.SUPER_SEGMENTS) traits = added(traits, 'super-segments');
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

function howClosed(words: Uint32Array, base: number, client: 0 | 1): CloseHow {
  const state = words[base + R.STATE];
  const fins = (state >> 4) & 3;
  if (fins === 3) return 'fin-both';
  if (state & (R.RST_SEEN * 3)) return state & R.RST_ANSWERS_SYN && !(state & (R.SYN_ACK_SEEN * 3)) ? 'refused' : 'reset';
  if (fins !== 0) return (fins === 1) === (client === 0) ? 'fin-client-only' : 'fin-server-only';
  const silent = words[base + R.PACKETS + 1 - client] === 0;
  if (!silent || (state & (R.SYN_SEEN * 3)) === 0) return 'open';
  if (state & R.UNREACHABLE) return 'unreachable';
  // Who acknowledges has heard something: the answer was not captured.
  return state & (R.ACK_SET * 3) ? 'open' : 'unanswered';
}

function closePackets(words: Uint32Array, base: number, how: CloseHow, c: Conversation | undefined): number[] {
  const fin = words[base + R.FIN_PACKET];
  const otherFin = words[base + R.FIN_PACKET + 1];
  const reset = words[base + R.RST_PACKET];
  if (fin !== 0 || otherFin !== 0 || reset !== 0)
    return fewInOrder(fin, otherFin, words[base + R.FIN_ACKED], words[base + R.FIN_ACKED + 1], reset);
  const errors = how === 'unreachable' ? c?.lists?.get('icmpErrors') : undefined;
  return errors === undefined ? NONE : inOrder(errors.slice());
}

function listOf(first: number, more: number[] | undefined): number[] {
  if (first === 0) return NONE;
  return more === undefined || more.length === 0 ? [first] : [first, ...more];
}
