import { varint, varintEnd } from './varint.ts';

/** Frames that Initial packets may carry (RFC 9000 §12.4, §19). */
export const FrameType = { padding: 0, ping: 1, ack: 2, ackEcn: 3, crypto: 6, close: 0x1c } as const;

/** Ranges of one ACK frame that are stepped over; more is nonsense in a handshake. */
const ACK_RANGES = 1024;

/** Steps through the frames of a decrypted Initial packet. Bears any bytes. */
export class FrameReader {
  type = 0;
  /** The frame; a run of PADDING is one. */
  at = 0;
  end = 0;
  /** CRYPTO: where its data belongs in the stream, and where it stands. CONNECTION_CLOSE: its reason phrase. */
  offset = 0;
  dataAt = 0;
  dataEnd = 0;
  /** The integers of the frame, behind its type, and where each begins: as many as a reader shows. */
  readonly values: number[] = [];
  readonly places: number[] = [];

  private readonly bytes: Uint8Array;
  private readonly stop: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.end = at;
    this.stop = end;
  }

  /** False at the end, and at a frame that is not whole or does not belong here; it then begins at `end`. */
  next(): boolean {
    const { bytes, stop } = this;
    const start = this.end;
    if (start >= stop) return false;
    this.at = start;
    this.type = bytes[start];
    this.values.length = this.places.length = 0;
    let at = start + 1;
    switch (this.type) {
      case FrameType.padding:
        while (at < stop && bytes[at] === 0) at++;
        break;
      case FrameType.ping:
        break;
      case FrameType.ack:
      case FrameType.ackEcn:
        at = this.ack(at);
        break;
      case FrameType.crypto:
        at = this.sized(at, 2);
        this.offset = this.values[0];
        break;
      case FrameType.close:
        at = this.sized(at, 3);
        break;
      default:
        return false;
    }
    if (at > stop) return false;
    this.end = at;
    return true;
  }

  /** `count` integers, the last of which is the length of the data behind them; past the end where they do not fit. */
  private sized(at: number, count: number): number {
    at = this.integers(at, count);
    if (at > this.stop) return at;
    this.dataAt = at;
    this.dataEnd = at + this.values[count - 1];
    return this.dataEnd;
  }

  /** RFC 9000 §19.3: largest, delay, range count, first range; then pairs; then, with ECN, three counts. */
  private ack(at: number): number {
    at = this.integers(at, 4);
    if (at > this.stop || this.values[2] > ACK_RANGES) return this.stop + 1;
    return this.integers(at, 2 * this.values[2] + (this.type === FrameType.ackEcn ? 3 : 0));
  }

  private integers(at: number, count: number): number {
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
