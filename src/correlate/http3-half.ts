import { varint, varintEnd } from '../dissect/quic/varint.ts';
import type { Carry } from './http-carry.ts';
import { Message } from './http2-message.ts';

/** Where in its frames one direction of a stream is. */
export const State = {
  header: 0,
  /** DATA: its content; bytes of a frame that nobody reads. */
  data: 1,
  skip: 2,
  /** HEADERS and PUSH_PROMISE; of a control stream its frames' payload. */
  block: 3,
  /** Where frames begin is not known. */
  lost: 4,
} as const;

/** Two integers of eight bytes. */
const LONGEST_HEADER = 16;
const NOTHING = new Message();

/** A piece of a stream that waits, because what is before it cannot be read yet. */
export interface Waiting {
  /** Undefined: `length` bytes are missing here. */
  bytes: Uint8Array | undefined;
  length: number;
  last: boolean;
  packet: number;
  time: number;
}

/** One direction of an HTTP/3 stream: its place in its frames (RFC 9114 §7.1). */
export class Half {
  readonly fromClient: boolean;
  readonly id: number;
  state: number = State.header;
  over = false;

  private readonly head = new Uint8Array(LONGEST_HEADER);
  headLength = 0;
  /** The frame at hand: its type, its length, how many of its bytes are still to come, and those of its header. */
  type = 0;
  length = 0;
  remaining = 0;
  headerBytes = 0;
  firstPacket = 0;
  firstTime = 0;
  seen = NOTHING;
  carry: Carry | undefined;
  dropped = false;

  /** A field section that needs an entry which has not come, and what came behind it. */
  section: { bytes: Uint8Array; type: number; last: boolean } | undefined;
  waiting: Waiting[] = [];
  held = 0;

  constructor(fromClient: boolean, id: number) {
    this.fromClient = fromClient;
    this.id = id;
  }

  /** Takes bytes of a frame's header; returns where they end. The header is whole where `headLength` is 0 then. */
  begin(bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    if (this.headLength === 0) {
      this.firstPacket = packet;
      this.firstTime = time;
    }
    const { head } = this;
    for (let i = at; i < end; i++) {
      head[this.headLength++] = bytes[i];
      const length = varintEnd(head, 0, this.headLength);
      if (length >= this.headLength) continue;
      const stop = varintEnd(head, length, this.headLength);
      if (stop > this.headLength) continue;
      this.type = varint(head, 0);
      this.length = this.remaining = varint(head, length);
      this.headerBytes = stop;
      this.headLength = 0;
      return i + 1;
    }
    return end;
  }

  drop(): void {
    this.carry?.free();
    this.carry = undefined;
  }
}

/** A unidirectional stream: its type is its first integer (RFC 9114 §6.2). */
export class UniStream {
  /** -1: not known yet, -2: it never will be. */
  type = -1;
  readonly half: Half;
  private readonly head = new Uint8Array(8);
  private headLength = 0;

  constructor(fromClient: boolean, id: number) {
    this.half = new Half(fromClient, id);
  }

  /** The integer at its beginning; returns where the bytes of it end, and leaves it in `value` where it is whole. */
  integer(bytes: Uint8Array, at: number, end: number): number {
    for (let i = at; i < end; i++) {
      this.head[this.headLength++] = bytes[i];
      if (varintEnd(this.head, 0, this.headLength) > this.headLength) continue;
      this.value = varint(this.head, 0);
      this.headLength = 0;
      return i + 1;
    }
    this.value = -1;
    return end;
  }

  value = -1;
  /** Of a push stream, once its push id is known. */
  push: Half | undefined;
}
