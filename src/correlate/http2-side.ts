import { u24, u31 } from '../dissect/http2/frames.ts';
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

/** Of a frame that is neither DATA nor a header block; one setting is six. */
const CONTROL_BYTES = 8;
const SETTING_BYTES = 6;
/** Stands in for what carries a header block while there is none. */
const NOTHING = new Message();

/** One direction of an HTTP/2 connection. */
export class Http2Side {
  readonly fromClient: boolean;
  state: number = State.start;
  ended = false;
  readonly hpack: HpackDecoder;

  /** The frame at hand: its header, how many of its bytes are still to come, and how many of those are padding. */
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
  /** The first bytes of a control frame's payload, four and four. */
  first = 0;
  second = 0;
  controlLength = 0;

  /** The header block at hand (RFC 9113 §4.3): its first frame, what carried it, its bytes where they came in pieces. */
  blockOpen = false;
  blockType = 0;
  blockFlags = 0;
  blockStream = 0;
  promised = 0;
  seen = NOTHING;
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
    this.ready();
  }

  /** The same where it comes in pieces, byte by byte; true once it is whole. */
  beginMore(octet: number): boolean {
    const at = this.headerLength++;
    if (at === 0) this.length = this.stream = 0;
    if (at < 3) this.length = (this.length << 8) | octet;
    else if (at === 3) this.type = octet;
    else if (at === 4) this.flags = octet;
    else this.stream = (this.stream << 8) | (at === 5 ? octet & 0x7f : octet);
    if (at < 8) return false;
    this.remaining = this.length;
    this.ready();
    return true;
  }

  private ready(): void {
    this.padding = 0;
    this.controlLength = 0;
    this.headerLength = 0;
  }

  /** Takes bytes of a control frame; tells of each setting. */
  take(bytes: Uint8Array, at: number, end: number, setting: ((id: number, value: number) => void) | undefined): void {
    for (let i = at; i < end && this.controlLength < CONTROL_BYTES; i++) {
      if (this.controlLength++ < 4) this.first = (this.first << 8) | bytes[i];
      else this.second = (this.second << 8) | bytes[i];
      if (setting === undefined || this.controlLength < SETTING_BYTES) continue;
      setting(this.first >>> 16, (((this.first & 0xffff) << 16) | (this.second & 0xffff)) >>> 0);
      this.controlLength = 0;
    }
  }

  drop(): void {
    this.carry?.free();
    this.carry = undefined;
    this.blockOpen = false;
  }
}
