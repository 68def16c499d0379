import { varint, varintEnd } from './varint.ts';

/**
 * Frame types (RFC 9000 §19); of STREAM and DATAGRAM (RFC 9221 §4) the lowest. The last two are those of
 * draft-ietf-quic-ack-frequency-10 and draft-huitema-quic-ts-08.
 */
export const FrameType = {
  padding: 0,
  ping: 1,
  ack: 2,
  ackEcn: 3,
  resetStream: 4,
  stopSending: 5,
  crypto: 6,
  newToken: 7,
  stream: 8,
  maxData: 0x10,
  maxStreamData: 0x11,
  maxStreamsBidi: 0x12,
  maxStreamsUni: 0x13,
  dataBlocked: 0x14,
  streamDataBlocked: 0x15,
  streamsBlockedBidi: 0x16,
  streamsBlockedUni: 0x17,
  newConnectionId: 0x18,
  retireConnectionId: 0x19,
  pathChallenge: 0x1a,
  pathResponse: 0x1b,
  close: 0x1c,
  closeApplication: 0x1d,
  handshakeDone: 0x1e,
  immediateAck: 0x1f,
  datagram: 0x30,
  ackFrequency: 0xaf,
  timeStamp: 0x2f5,
} as const;

/** Bits of a STREAM frame's type (RFC 9000 §19.8). */
export const StreamBit = { fin: 1, length: 2, offset: 4 } as const;

/** Frames that are nothing but integers: how many. */
const INTEGERS: Record<number, number> = {
  [FrameType.ping]: 0,
  [FrameType.resetStream]: 3,
  [FrameType.stopSending]: 2,
  [FrameType.maxData]: 1,
  [FrameType.maxStreamData]: 2,
  [FrameType.maxStreamsBidi]: 1,
  [FrameType.maxStreamsUni]: 1,
  [FrameType.dataBlocked]: 1,
  [FrameType.streamDataBlocked]: 2,
  [FrameType.streamsBlockedBidi]: 1,
  [FrameType.streamsBlockedUni]: 1,
  [FrameType.retireConnectionId]: 1,
  [FrameType.handshakeDone]: 0,
  [FrameType.immediateAck]: 0,
  [FrameType.ackFrequency]: 4,
  [FrameType.timeStamp]: 1,
};

/** Ranges of one ACK frame that are stepped over; more do not fit in a packet. */
const ACK_RANGES = 16_384;
/** What NEW_CONNECTION_ID has behind the id, and what PATH_CHALLENGE carries. */
const RESET_TOKEN = 16;
const PATH_DATA = 8;
const LONGEST_ID = 20;
/** Types from here on take more than a byte. */
const LONG_TYPE = 0x40;

/** Steps through the frames of a decrypted packet. Bears any bytes. */
export class FrameReader {
  /** Of STREAM and DATAGRAM with its bits. */
  type = 0;
  /** The frame; a run of PADDING is one. */
  at = 0;
  end = 0;
  /** CRYPTO, STREAM: where its data belongs in the stream. */
  offset = 0;
  /** Where the data stands; of CONNECTION_CLOSE its reason phrase, of NEW_CONNECTION_ID the id. */
  dataAt = 0;
  dataEnd = 0;
  /** The integers of the frame, behind its type, and where each begins: as many as a reader shows. */
  readonly values: number[] = [];
  readonly places: number[] = [];

  private bytes: Uint8Array;
  private stop: number;
  private readonly google: boolean;

  /** `google`: type 8 is CRYPTO, as in Google's versions before they were the RFC's. */
  constructor(bytes: Uint8Array, at: number, end: number, google = false) {
    this.bytes = bytes;
    this.end = at;
    this.stop = end;
    this.google = google;
  }

  /** The same over another packet. */
  begin(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.end = at;
    this.stop = end;
  }

  get isStream(): boolean {
    return (this.type & ~7) === FrameType.stream;
  }

  /** False at the end, and at a frame that is not whole or not known; it then begins at `end`. */
  next(): boolean {
    const { bytes, stop } = this;
    const start = this.end;
    if (start >= stop) return false;
    this.at = start;
    this.type = this.google && bytes[start] === FrameType.stream ? FrameType.crypto : bytes[start];
    this.values.length = this.places.length = 0;
    let at = start + 1;
    if (this.type >= LONG_TYPE) {
      at = varintEnd(bytes, start, stop);
      if (at > stop) return false;
      this.type = varint(bytes, start);
    }
    at = this.rest(at);
    if (at > stop) return false;
    this.end = at;
    return true;
  }

  /** Reads what the type has; returns where the frame ends, past the end where it does not fit. */
  private rest(from: number): number {
    const { bytes, stop, type } = this;
    let at = from;
    if (this.isStream) return this.stream(at);
    switch (type) {
      case FrameType.padding:
        while (at < stop && bytes[at] === 0) at++;
        return at;
      case FrameType.ack:
      case FrameType.ackEcn:
        return this.ack(at);
      case FrameType.crypto:
        at = this.sized(at, 2);
        this.offset = this.values[0];
        return at;
      case FrameType.newToken:
        return this.sized(at, 1);
      case FrameType.close:
        return this.sized(at, 3);
      case FrameType.closeApplication:
        return this.sized(at, 2);
      case FrameType.newConnectionId:
        return this.newId(at);
      case FrameType.pathChallenge:
      case FrameType.pathResponse:
        this.dataAt = at;
        this.dataEnd = at + PATH_DATA;
        return this.dataEnd;
      case FrameType.datagram:
        this.dataAt = at;
        this.dataEnd = stop;
        return stop;
      case FrameType.datagram + 1:
        return this.sized(at, 1);
    }
    const count = INTEGERS[type];
    return count === undefined ? stop + 1 : this.integers(at, count);
  }

  /** `count` integers, the last of which is the length of the data behind them; past the end where they do not fit. */
  private sized(from: number, count: number): number {
    const at = this.integers(from, count);
    if (at > this.stop) return at;
    this.dataAt = at;
    this.dataEnd = at + this.values[count - 1];
    return this.dataEnd;
  }

  /** Stream id, offset and length where the type says so; else from 0, and to the packet's end. */
  private stream(from: number): number {
    const { type } = this;
    const count = 1 + (type & StreamBit.offset ? 1 : 0);
    if (type & StreamBit.length) {
      const at = this.sized(from, count + 1);
      this.offset = type & StreamBit.offset ? this.values[1] : 0;
      return at;
    }
    const at = this.integers(from, count);
    this.offset = type & StreamBit.offset ? this.values[1] : 0;
    this.dataAt = at;
    this.dataEnd = this.stop;
    return at > this.stop ? at : this.stop;
  }

  /** Sequence, retire prior to, then a length of one byte, the id and a token (RFC 9000 §19.15). */
  private newId(from: number): number {
    const at = this.integers(from, 2);
    if (at >= this.stop || this.bytes[at] > LONGEST_ID) return this.stop + 1;
    this.dataAt = at + 1;
    this.dataEnd = at + 1 + this.bytes[at];
    return this.dataEnd + RESET_TOKEN;
  }

  /** RFC 9000 §19.3: largest, delay, range count, first range; then pairs; then, with ECN, three counts. */
  private ack(from: number): number {
    const at = this.integers(from, 4);
    if (at > this.stop || this.values[2] > ACK_RANGES) return this.stop + 1;
    return this.integers(at, 2 * this.values[2] + (this.type === FrameType.ackEcn ? 3 : 0));
  }

  private integers(from: number, count: number): number {
    let at = from;
    for (let i = 0; i < count && at <= this.stop; i++) {
      const end = varintEnd(this.bytes, at, this.stop);
      if (end > this.stop) return this.stop + 1;
      this.places.push(at);
      this.values.push(varint(this.bytes, at));
      at = end;
    }
    return at;
  }
}
