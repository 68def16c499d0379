import { http3ErrorName } from '../dissect/http3/names.ts';
import type { HttpHooks } from './http-hooks.ts';
import type { FieldSection } from './http2-fields.ts';
import { Message } from './http2-message.ts';
import { Http2Streams, type Stream } from './http2-streams.ts';
import { exchangesOfQuic } from './quic-record.ts';

/** Pushed responses are kept under numbers that no stream has. */
const PUSHES = 2 ** 40;
export const pushKey = (id: number): number => PUSHES + 2 * id;

/** The streams of one HTTP/3 connection and what becomes of them: as HTTP/2's, where RFC 9114 does not say otherwise. */
export class Http3Streams extends Http2Streams {
  protected override readonly version = '3';
  protected override readonly resetFrame = 'RESET_STREAM';
  private readonly quic: number;
  /** Streams on which the server wants no more of the request (RFC 9114 §4.1). */
  private readonly stopped = new Set<number>();

  constructor(quic: number, hooks: HttpHooks) {
    super(exchangesOfQuic(quic), hooks);
    this.quic = quic;
  }

  protected override errorName(code: number): string {
    return http3ErrorName(code);
  }

  protected override begin(id: number, request: Message): Stream {
    const stream = super.begin(id, request);
    stream.exchange.quic = this.quic;
    return stream;
  }

  /** QUIC tells itself which streams are over: what comes of another is new, in whatever order. */
  protected override begun(fromClient: boolean, id: number, s: FieldSection, seen: Message): Stream | undefined {
    if (id >= PUSHES || !(s.values.has(fromClient ? ':method' : ':status') || s.unknown > 0)) return undefined;
    return this.begin(id, fromClient ? seen : new Message());
  }

  /** Requests from this stream on, of a client's pushes from this one on, were not processed (RFC 9114 §5.2). */
  protected override goAway(fromClient: boolean, id: number, _code: number, packet: number, time: number): void {
    this.noteGoAway(fromClient, 'GOAWAY', id, packet, time);
    if (fromClient) return;
    for (const stream of this.streams.values()) {
      if (stream.id < id || stream.id >= PUSHES || stream.response.begun) continue;
      stream.facts.reset = { from: 'server', frame: 'GOAWAY', code: 'H3_REQUEST_REJECTED', packet, time };
      this.finish(stream, false);
    }
  }

  protected override finish(stream: Stream, complete: boolean): void {
    this.stopped.delete(stream.id);
    super.finish(stream, complete);
  }

  protected gaveUp(fromClient: boolean, id: number, code: number, packet: number, time: number): void {
    const stream = this.open(id);
    // A client that was told to stop ends its request, and the answer goes on.
    if (fromClient && stream !== undefined && this.stopped.has(id)) {
      if (!stream.request.over) this.over(true, stream);
    } else this.reset(fromClient, id, code, packet, time);
  }

  protected stop(fromClient: boolean, id: number, code: number, packet: number, time: number): void {
    const stream = this.open(id);
    if (stream === undefined) return;
    if (!fromClient) this.stopped.add(id);
    else if (!stream.response.over) {
      this.reset(true, id, code, packet, time);
      if (stream.facts.reset !== undefined) stream.facts.reset.frame = 'STOP_SENDING';
    }
  }
}
