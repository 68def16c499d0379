import { FRAME_HEADER, u24, u31 } from '../dissect/http2/frames.ts';
import { HpackDecoder } from '../dissect/http2/hpack.ts';
import type { Carry } from './http-carry.ts';
import type { HttpHooks } from './http-hooks.ts';
import { wanted } from './http2-fields.ts';
import { Message } from './http2-message.ts';

/** Where in its frames a direction is. */
export const State = {
  /** Nothing was read yet. */
  start: 0,
  preface: 1,
  header: 2,
  /** DATA: its pad length is next; its data; bytes of whatever frame that nobody reads. */
  padLength: 3,
  data: 4,
  skip: 5,
  /** HEADERS, PUSH_PROMISE, CONTINUATION. */
  block: 6,
  /** The first bytes of other frames are kept, SETTINGS entry by entry. */
  control: 7,
  /** Where frames begin is not known. */
  lost: 8,
} as const;

const CONTROL_BYTES = 8;

/** One direction of an HTTP/2 connection. */
export class Http2Side {
  readonly fromClient: boolean;
  state: number = State.start;
  ended = false;
  readonly hpack: HpackDecoder;

  /** The frame at hand: its header, how many of its bytes are still to come, and how many of those are padding. */
  readonly header = new Uint8Array(FRAME_HEADER);
  headerLength = 0;
  length = 0;
  type = 0;
  flags = 0;
  stream = 0;
  remaining = 0;
  padding = 0;
  /** Where the frame began. */
  firstPacket = 0;
  firstTime = 0;
  readonly control = new Uint8Array(CONTROL_BYTES);
  controlLength = 0;

  /** The header block at hand (RFC 9113 §4.3): its first frame, what carried it, its bytes where they came in pieces. */
  blockOpen = false;
  blockType = 0;
  blockFlags = 0;
  blockStream = 0;
  promised = 0;
  seen = new Message();
  carry: Carry | undefined = undefined;
  /** Where in `carry` the frame at hand begins. */
  mark = 0;
  continuations = 0;
  /** Bytes of it are missing or were too many. */
  dropped = false;

  /** Bytes of the preface that were read; in `lost`, those that are still searched. */
  count = 0;

  constructor(fromClient: boolean, hooks: HttpHooks) {
    this.fromClient = fromClient;
    this.hpack = new HpackDecoder(wanted, hooks.tables);
  }

  /** Takes the frame's header, which lies at `at`. */
  begin(bytes: Uint8Array, at: number): void {
    this.length = this.remaining = u24(bytes, at);
    this.type = bytes[at + 3];
    this.flags = bytes[at + 4];
    this.stream = u31(bytes, at + 5);
    this.padding = 0;
    this.controlLength = 0;
  }

  drop(): void {
    this.carry?.free();
    this.carry = undefined;
    this.blockOpen = false;
  }
}
