import { ContentType } from '../dissect/tls/names.ts';
import type { RecordTap } from './record-tap.ts';
import type { StreamParser } from './stream-parser.ts';
import type { TlsSession } from './tls-session.ts';

/** Early data that waits for the server's word; what is beyond counts as taken. Servers allow 16 KiB, as a rule. */
const EARLY_BYTES = 1 << 18;

/** What carried a record's protected bytes: offsets behind each piece, and its packet. */
export interface Carried {
  readonly ends: readonly number[];
  readonly packets: readonly number[];
  readonly times: readonly number[];
  readonly count: number;
}

/** A record's content, and how many protected bytes stood before it. */
export interface Content {
  fromClient: boolean;
  bytes: Uint8Array;
  end: number;
  lead: number;
  carried: Carried;
  /** With which it was whole. */
  packet: number;
  time: number;
}

/** Hands application data on to who reads it. Early data (0-RTT, RFC 8446 §2.3) counts only where the server has taken it. */
export class ApplicationData {
  private readonly session: TlsSession;
  private readonly inner: StreamParser;
  private early: Content[] = [];
  private earlyBytes = 0;
  tap: RecordTap | undefined;

  constructor(session: TlsSession, inner: StreamParser) {
    this.session = session;
    this.inner = inner;
  }

  /** `early`: the client has sealed it before it knew the server's answer. */
  take(content: Content, early: boolean): void {
    if (!early || this.session.earlyData !== 'offered') {
      this.give(content, early && this.session.earlyData === 'rejected');
      return;
    }
    const { bytes, end, carried } = content;
    const { count } = carried;
    this.early.push({
      ...content,
      bytes: bytes.slice(0, end),
      carried: {
        ends: carried.ends.slice(0, count),
        packets: carried.packets.slice(0, count),
        times: carried.times.slice(0, count),
        count,
      },
    });
    this.earlyBytes += end;
    if (this.earlyBytes > EARLY_BYTES) this.settle(true);
  }

  /** The server has taken the early data, or has not. */
  settle(accepted: boolean): void {
    if (this.session.earlyData === 'offered') this.session.earlyData = accepted ? 'accepted' : 'rejected';
    this.release();
  }

  /** Nothing more comes: the server's word was not seen. */
  release(): void {
    const { early } = this;
    this.early = [];
    this.earlyBytes = 0;
    for (const content of early) this.give(content, this.session.earlyData === 'rejected');
  }

  /**
   * Hands on a record's content by the packets that carried it. What the server sends can be read when the record is whole:
   * that is the time of all of it. What the client sends was on its way with its first packet.
   */
  private give(content: Content, rejected: boolean): void {
    const { fromClient, bytes, end, lead, carried, packet, time } = content;
    const { ends, packets, times, count } = carried;
    if (!rejected) {
      this.session.firstApplicationDataPacket ??= packets[0];
      this.session.firstApplicationDataTime ??= times[0];
      for (let i = 0, at = 0; i < count && at < end; i++) {
        const stop = i === count - 1 ? end : Math.min(end, Math.max(at, ends[i] - lead));
        if (stop > at) this.inner.data(fromClient, bytes, at, stop, packets[i], fromClient ? times[i] : time);
        at = stop;
      }
      if (this.session.decryption !== undefined && end > 0) this.session.decryption.inside = this.inner.protocol;
    }
    this.tap?.opened({
      fromClient,
      type: ContentType.applicationData,
      bytes,
      end,
      packets: packets.slice(0, count),
      packet,
      tls13: this.session.version === 'TLS 1.3',
      inside: rejected ? REJECTED : this.inner.protocol,
    });
  }
}

/** Stands for a protocol: early data that the server did not take, and that its sender sends again, if at all. */
export const REJECTED = 'rejected';
