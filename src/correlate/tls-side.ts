import { parseOldClientHello } from '../dissect/tls/handshake.ts';
import { ContentType, handshakeTypeName } from '../dissect/tls/names.ts';
import { isRecordHeader, RECORD_HEADER } from '../dissect/tls/records.ts';
import { type HeldBytes, PIECE_BYTES } from './held-bytes.ts';
import { type Guess, NO_TIME } from './stream-parser.ts';

/** The first bytes of an SSL 2.0 ClientHello that tell all about it. */
export const OLD_HELLO_HEADER = 11;
/** Handshake messages longer than this are stepped over (a certificate chain is rarely above 10 KB). */
export const HANDSHAKE_LIMIT = 65_536;
/** A message's header, until it says how much follows: most are then stepped over. */
const HEADER = 4;
const NOTHING = new Uint8Array(0);

/** One direction of a TLS connection: where its records and handshake messages stand. */
export class Side {
  /** Highest packet so far and its time: a late segment makes the bytes behind it readable, as tshark counts too. */
  packet = 0;
  time = NO_TIME;
  /** The segment at hand. */
  segment = 0;

  private pieces: Uint8Array | undefined = undefined;
  headLength = 0;
  /** The record at hand: its type, its length, and how many of its bytes are still to come. */
  type = 0;
  length = 0;
  left = 0;
  /** Nothing of the record at hand is looked at. */
  skip = false;
  /** It is encrypted, and collected to be opened. */
  sealed = false;
  /** The record at hand was opened. */
  opened = false;
  /** Its packets belong to the handshake. */
  noted = false;
  /** It holds application data. */
  data = false;
  records = 0;
  /** Record borders are not known after a hole. */
  lost = false;

  /** A handshake message that came in pieces: `carryLength` of `carryNeed` bytes, header included. */
  carry: Uint8Array = NOTHING;
  carryLength = 0;
  carryNeed = 0;
  /** Bytes of a handshake message that is not looked at. */
  messageSkip = 0;
  /** Message borders are not known after a hole. */
  messagesLost = false;
  /** The record at hand carries the ServerHello, and more: no client reads it before the record is whole (RFC 8446 §5.1). */
  helloOpen = false;
  /** First packet and time of the message at hand. */
  messagePacket = 0;
  messageTime = NO_TIME;
  segmentTime = NO_TIME;

  /** ChangeCipherSpec was sent: handshake and alert records are encrypted from here (TLS 1.2 and older). */
  encrypted = false;
  finished = false;
  ended = false;

  private readonly budget: HeldBytes;

  constructor(budget: HeldBytes) {
    this.budget = budget;
  }

  /** A record's header that came in pieces, or an alert. Few connections need it. */
  get head(): Uint8Array {
    this.pieces ??= new Uint8Array(OLD_HELLO_HEADER);
    return this.pieces;
  }

  /** False: all connections together hold too much already. */
  hold(bytes: Uint8Array, at: number, end: number): boolean {
    const need = this.carryLength + end - at;
    if (this.carry.length < need) {
      const least = this.carryNeed === 0 ? HEADER : PIECE_BYTES;
      const size = Math.max(need, Math.min(this.carryNeed, 2 * this.carry.length), least);
      if (!this.budget.take(size - this.carry.length)) return false;
      const { carry } = this;
      this.carry = this.budget.array(size);
      for (let i = 0; i < this.carryLength; i++) this.carry[i] = carry[i];
      this.budget.recycle(carry);
    }
    this.carry.set(bytes.subarray(at, end), this.carryLength);
    this.carryLength = need;
    return true;
  }

  dropCarry(): void {
    this.budget.give(this.carry.length);
    this.budget.recycle(this.carry);
    this.carry = NOTHING;
    this.carryLength = 0;
    this.carryNeed = 0;
  }
}

/** Does TLS begin here? A record header of a connection's start or middle, or an SSL 2.0 ClientHello. */
export function guessTls(bytes: Uint8Array, at: number, end: number): Guess {
  const have = end - at;
  if (have === 0) return 'more';
  if ((bytes[at] & 0x80) !== 0) {
    const old = parseOldClientHello(bytes, at, end);
    return old === 'more' ? 'more' : old === undefined ? 'no' : 'yes';
  }
  const type = bytes[at];
  if (type < ContentType.changeCipherSpec || type > ContentType.heartbeat) return 'no';
  if (have > 1 && bytes[at + 1] !== 3) return 'no';
  if (have > 2 && bytes[at + 2] > 4) return 'no';
  if (have < RECORD_HEADER + 1) return 'more';
  if (!isRecordHeader(bytes, at)) return 'no';
  return type === ContentType.handshake && handshakeTypeName(bytes[at + RECORD_HEADER]) === undefined ? 'no' : 'yes';
}
