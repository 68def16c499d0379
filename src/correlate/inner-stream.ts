import { type Conversation, PREFIX_BYTES } from './conversation.ts';
import type { StreamParser } from './stream-parser.ts';

/** Pieces of each side that are looked at before its protocol counts as unknown. */
const GUESSES = 8;
const NOTHING = new Uint8Array(0);

class Side {
  /** First bytes, while they are too few to tell the protocol. */
  prefix: Uint8Array = NOTHING;
  packet = 0;
  time = 0;
  guesses = 0;
}

/** Who knows the protocols. */
export interface Guesser {
  /** The conversation whose parser is at work. */
  current: Conversation | undefined;
  /** The parser of what one side of a TLS connection begins with. */
  inside(c: Conversation, fromClient: boolean, bytes: Uint8Array, at: number, end: number): StreamParser | 'more' | 'no';
}

/** What TLS carries, without its protection: read by the parser that fits its first bytes. */
export class InnerStream implements StreamParser {
  private readonly conversation: Conversation;
  private readonly guesser: Guesser;
  private readonly sides: [Side, Side] = [new Side(), new Side()];
  private parser: StreamParser | undefined;

  constructor(conversation: Conversation, guesser: Guesser) {
    this.conversation = conversation;
    this.guesser = guesser;
  }

  get protocol(): string {
    return this.parser?.protocol ?? 'unknown';
  }

  data(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    // Keys may come late, when another connection is at work.
    this.guesser.current = this.conversation;
    if (this.parser === undefined) this.find(fromClient, bytes, at, end, packet, time);
    else this.parser.data(fromClient, bytes, at, end, packet, time);
  }

  gap(fromClient: boolean, length: number, packet: number, time: number): void {
    this.guesser.current = this.conversation;
    this.sides[fromClient ? 0 : 1].prefix = NOTHING;
    this.parser?.gap(fromClient, length, packet, time);
  }

  end(fromClient: boolean, how: 'fin' | 'reset' | 'capture-end', packet: number, time: number): void {
    this.guesser.current = this.conversation;
    this.parser?.end(fromClient, how, packet, time);
  }

  private find(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    const side = this.sides[fromClient ? 0 : 1];
    if (side.guesses > GUESSES) return;
    const { prefix } = side;
    const first = prefix.length > 0 ? Buffer.concat([prefix, bytes.subarray(at, end)]) : bytes;
    const from = prefix.length > 0 ? 0 : at;
    const to = prefix.length > 0 ? first.length : end;
    const made = this.guesser.inside(this.conversation, fromClient, first, from, to);
    if (made === 'more' && to - from < PREFIX_BYTES) {
      if (prefix.length === 0) {
        side.packet = packet;
        side.time = time;
      }
      side.prefix = first.slice(from, to);
    } else if (made === 'more' || made === 'no') {
      side.prefix = NOTHING;
      side.guesses++;
    } else {
      this.begin(made);
      made.data(fromClient, bytes, at, end, packet, time);
    }
  }

  /** What either side has said so far goes to the parser. */
  private begin(parser: StreamParser): void {
    this.parser = parser;
    this.sides.forEach((side, i) => {
      if (side.prefix.length > 0) parser.data(i === 0, side.prefix, 0, side.prefix.length, side.packet, side.time);
      side.prefix = NOTHING;
    });
  }
}
