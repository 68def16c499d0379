import { acceptsDnsMessage, dnsQuestionOf, isDnsMessage } from '../dissect/dns/over-https.ts';
import { errorName } from '../dissect/http2/frames.ts';
import { cacheFields } from './cache-fields.ts';
import { Carry } from './http-carry.ts';
import { newExchange, withoutUser } from './http-exchange.ts';
import type { HttpHooks } from './http-hooks.ts';
import type { FieldSection } from './http2-fields.ts';
import { FlowControl, StreamWindow, type WindowWait } from './http2-flow.ts';
import { Message } from './http2-message.ts';
import type { HeaderSection, Http2Connection, Http2Exchange } from './http2-model.ts';
import type { Exchange } from './model.ts';
import { added, EMPTY } from './packet-list.ts';

/** Streams of one connection that are open at once; past it the oldest is let go. */
export const STREAM_LIMIT = 1024;
/** Requests that a client took back before an answer began: so many on one connection are told. */
export const RAPID_RESETS = 100;
/** Streams that have just ended are remembered, where bytes are missing: what still comes on them is no new stream. */
const RECENT = 64;
const GOAWAY_LIMIT = 16;

export class Stream {
  readonly id: number;
  readonly exchange: Exchange;
  readonly facts: Http2Exchange;
  request: Message;
  response = new Message();
  /** Of the frames that carried interim responses. */
  interimBytes = 0;
  /** Whoever listens knows of the exchange. */
  told = false;
  readonly requestWindow = new StreamWindow();
  readonly responseWindow = new StreamWindow();

  constructor(id: number, exchange: Exchange, request: Message) {
    this.id = id;
    this.exchange = exchange;
    this.request = request;
    this.facts = { interim: 0, unknownFields: 0 };
    exchange.http2 = this.facts;
  }

  message(fromClient: boolean): Message {
    return fromClient ? this.request : this.response;
  }

  window(fromClient: boolean): StreamWindow {
    return fromClient ? this.requestWindow : this.responseWindow;
  }

  waited(fromClient: boolean, time: number): void {
    if (time <= 0) return;
    const wait: WindowWait = (fromClient ? this.facts.requestWait : this.facts.responseWait) ?? { count: 0, time: 0 };
    wait.count++;
    wait.time += time;
    if (fromClient) this.facts.requestWait = wait;
    else this.facts.responseWait = wait;
  }
}

/** The streams of one connection and what becomes of them (RFC 9113 §5.1): each is an exchange. */
export class Http2Streams {
  readonly facts: Http2Connection;
  protected readonly connection: number;
  protected readonly hooks: HttpHooks;
  /** Of the client's DATA, and of the server's. */
  protected readonly clientFlow = new FlowControl();
  protected readonly serverFlow = new FlowControl();
  protected readonly streams = new Map<number, Stream>();
  protected readonly version: '2' | '3' = '2';
  protected readonly resetFrame: 'RST_STREAM' | 'RESET_STREAM' = 'RST_STREAM';
  private recent: number[] = EMPTY;
  /** The highest stream each side has begun. */
  private highestClient = 0;
  private highestServer = 0;
  /** Bytes are missing, so that streams may have begun and ended unseen. */
  private doubtful = false;
  private cancelled = 0;

  constructor(connection: number, hooks: HttpHooks) {
    this.connection = connection;
    this.hooks = hooks;
    this.facts = {
      settings: { client: {}, server: {} },
      streams: 0,
      pushed: 0,
      resets: { client: 0, server: 0 },
      pings: 0,
      goAways: [],
    };
  }

  protected open(id: number): Stream | undefined {
    return this.streams.get(id);
  }

  /** May a frame of this stream come next, as far as one can know? */
  protected expects(id: number): boolean {
    const highest = id & 1 ? this.highestClient : this.highestServer;
    return id === 0 || this.streams.has(id) || (id > highest && id <= highest + 2 * RECENT);
  }

  /** The request of HTTP/1 that was answered by 101 is stream 1, and the answer comes on it (RFC 7540 §3.2). */
  protected upgraded(old: Exchange): void {
    const request = new Message();
    const x = newExchange(this.hooks.nextId(), this.connection, 1, old.scheme);
    x.version = '2';
    x.method = old.method;
    x.host = old.host;
    x.target = old.target;
    x.referer = old.referer;
    x.requestHeaderBytes = old.requestHeaderBytes;
    request.firstPacket = old.requestPacket ?? 0;
    request.firstTime = old.requestTime ?? 0;
    request.lastPacket = old.requestEndPacket ?? request.firstPacket;
    request.lastTime = old.requestEndTime ?? request.firstTime;
    request.head = old.requestHeadPacket !== undefined;
    request.headPacket = old.requestHeadPacket ?? 0;
    request.packets = old.requestPackets;
    request.packetCount = old.requestPacketCount;
    request.body = old.requestBodyBytes;
    request.transfer = old.requestTransferBytes ?? 0;
    request.over = true;
    const stream = new Stream(1, x, request);
    // Its journey has begun with the request.
    stream.told = true;
    this.streams.set(1, stream);
    this.highestClient = 1;
    this.facts.streams++;
    request.asRequest(x);
    this.hooks.replaced?.(old, x);
  }

  /** A header section of one side: head, interim response or trailers. `seen` is what carried it. */
  protected section(fromClient: boolean, id: number, last: boolean, s: FieldSection, blockBytes: number, seen: Message): void {
    const stream = this.streams.get(id) ?? this.begun(fromClient, id, s, seen);
    if (stream === undefined) return;
    const { facts } = stream;
    facts.unknownFields += s.unknown;
    if (s.dropped) stream.exchange.whole = false;
    const counted: HeaderSection = { fields: s.fields, bytes: s.bytes, blockBytes };
    if (fromClient) {
      if (stream.request !== seen) stream.request.absorb(seen);
      if (stream.request.head) facts.requestTrailers = counted;
      else {
        facts.requestFields = counted;
        stream.exchange.requestHeaderBytes = blockBytes;
        this.asked(stream, s);
      }
    } else if (!stream.response.head) {
      const status = s.digits(':status');
      if (status !== undefined && status < 200 && !last) {
        facts.interim++;
        stream.interimBytes += seen.transfer;
        return;
      }
      facts.responseFields = counted;
      stream.exchange.responseHeaderBytes = blockBytes;
      stream.response = seen;
      seen.transfer += stream.interimBytes;
      this.answered(stream, s, status, last);
    } else {
      facts.responseTrailers = counted;
      stream.response.absorb(seen);
      const grpc = s.digits('grpc-status');
      if (grpc !== undefined) facts.grpcStatus = grpc;
    }
    if (last) this.over(fromClient, stream);
    else this.flush(stream);
  }

  /** A stream that is not open: is this its first frame? */
  protected begun(fromClient: boolean, id: number, s: FieldSection, seen: Message): Stream | undefined {
    const first = s.values.has(fromClient ? ':method' : ':status') || s.unknown > 0;
    const highest = id & 1 ? this.highestClient : this.highestServer;
    const late = id <= highest && (fromClient || !this.doubtful || this.recent.includes(id));
    if (!first || late || (fromClient && (id & 1) === 0)) return undefined;
    return this.begin(id, fromClient ? seen : new Message());
  }

  protected begin(id: number, request: Message): Stream {
    if (id & 1) this.highestClient = Math.max(this.highestClient, id);
    else this.highestServer = Math.max(this.highestServer, id);
    if (this.streams.size >= STREAM_LIMIT) {
      this.problem('http2-streams-evicted', request.lastPacket);
      this.finish(this.streams.values().next().value as Stream, false);
    }
    const exchange = newExchange(this.hooks.nextId(), this.connection, id, this.hooks.scheme ?? 'http');
    exchange.version = this.version;
    const stream = new Stream(id, exchange, request);
    this.streams.set(id, stream);
    this.facts.streams++;
    return stream;
  }

  private asked(stream: Stream, s: FieldSection): void {
    const { exchange: x, facts, request } = stream;
    request.head = true;
    request.headPacket = request.lastPacket;
    request.contentLength = s.digits('content-length');
    x.method = s.get(':method');
    const scheme = s.get(':scheme');
    if (scheme === 'http' || scheme === 'https') x.scheme = scheme;
    const host = s.get(':authority') ?? s.get('host');
    if (host !== undefined) x.host = withoutUser(host);
    const target = s.get(':path') ?? (x.method === 'CONNECT' ? host : undefined);
    if (target !== undefined) x.target = withoutUser(target);
    const referer = s.get('referer');
    if (referer !== undefined) x.referer = withoutUser(referer);
    if (x.method === 'CONNECT') x.upgraded = s.get(':protocol') ?? 'connect';
    x.requestFields = s.present;
    x.accept = s.get('accept');
    const contentType = s.get('content-type');
    name(facts, contentType);
    this.flush(stream);
    this.tell(stream);
    if (isDnsMessage(contentType)) this.keep(request);
    else if (acceptsDnsMessage(x.accept)) this.question(stream);
  }

  private answered(stream: Stream, s: FieldSection, status: number | undefined, last: boolean): void {
    const { exchange: x, facts, response } = stream;
    response.head = true;
    response.headPacket = response.lastPacket;
    response.contentLength = s.digits('content-length');
    x.status = status;
    x.contentLength = response.contentLength;
    const location = s.get('location');
    if (location !== undefined) x.location = withoutUser(location);
    x.contentType = s.get('content-type');
    if (s.unknown === 0 && !s.excessive) x.cacheFields = cacheFields(s.values);
    x.responseFraming = last ? 'none' : 'end-stream';
    name(facts, x.contentType);
    if (isDnsMessage(x.contentType)) {
      this.keep(response);
      if (!acceptsDnsMessage(x.accept)) this.question(stream);
    }
    const grpc = s.digits('grpc-status');
    if (grpc !== undefined) facts.grpcStatus = grpc;
    // Only an answer below 300 opens a tunnel (RFC 9113 §8.5, RFC 8441 §5).
    if (x.upgraded !== undefined && (status === undefined || status >= 300)) x.upgraded = undefined;
    if (stream.told) return;
    this.flush(stream);
    this.tell(stream);
  }

  /** `stream` carries the promise that the server will answer `promised`, whose request it brings itself (RFC 9113 §8.4). */
  protected promised(id: number, promised: number, s: FieldSection, blockBytes: number, seen: Message): void {
    if ((promised & 1) !== 0 || promised <= this.highestServer || this.streams.has(promised)) return;
    const stream = this.begin(promised, seen);
    stream.facts.pushedBy = this.streams.get(id)?.exchange.id ?? -1;
    stream.facts.requestFields = { fields: s.fields, bytes: s.bytes, blockBytes };
    stream.facts.unknownFields = s.unknown;
    stream.exchange.requestHeaderBytes = blockBytes;
    this.facts.pushed++;
    seen.over = true;
    this.asked(stream, s);
  }

  private keep(message: Message): void {
    if (this.hooks.dns !== undefined) message.kept = new Carry(this.hooks.budget);
  }

  /** A question in the URL (RFC 8484 §4.1). */
  private question({ id, exchange: x, request }: Stream): void {
    const bytes = dnsQuestionOf(x.method, x.target);
    if (bytes !== undefined) this.hooks.dns?.(true, bytes, bytes.length, id, request.lastPacket, request.lastTime);
  }

  /** A side has said all on this stream. */
  protected over(fromClient: boolean, stream: Stream): void {
    const message = stream.message(fromClient);
    message.over = true;
    const { kept } = message;
    if (kept !== undefined && stream.exchange.whole)
      this.hooks.dns?.(fromClient, kept.bytes, kept.length, stream.id, message.lastPacket, message.lastTime);
    message.drop();
    this.flush(stream);
    const { request, response } = stream;
    // A request whose end was lost is not waited for.
    if (response.over && (request.over || !request.begun)) this.finish(stream, true);
  }

  protected reset(fromClient: boolean, id: number, code: number, packet: number, time: number): void {
    const from = fromClient ? 'client' : 'server';
    this.facts.resets[from]++;
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    const { response } = stream;
    if (fromClient && !response.begun && ++this.cancelled === RAPID_RESETS) this.problem('http2-rapid-reset', packet);
    // A server that has answered may reset the rest of the request (RFC 9113 §8.1).
    if (!response.over) stream.facts.reset = { from, frame: this.resetFrame, code: this.errorName(code), packet, time };
    this.finish(stream, response.over);
  }

  /** Streams of the other side above `lastStream` were not processed (RFC 9113 §6.8). */
  protected goAway(fromClient: boolean, lastStream: number, code: number, packet: number, time: number): void {
    const from = fromClient ? 'client' : 'server';
    const name = this.errorName(code);
    this.noteGoAway(fromClient, name, lastStream, packet, time);
    for (const stream of this.streams.values()) {
      if (stream.id <= lastStream || ((stream.id & 1) === 1) === fromClient || stream.response.begun) continue;
      stream.facts.reset = { from, frame: 'GOAWAY', code: name, packet, time };
      this.finish(stream, false);
    }
  }

  protected errorName(code: number): string {
    return errorName(code);
  }

  protected noteGoAway(fromClient: boolean, code: string, lastStream: number, packet: number, time: number): void {
    const from = fromClient ? 'client' : 'server';
    if (this.facts.goAways.length < GOAWAY_LIMIT) this.facts.goAways.push({ from, code, lastStream, packet, time });
  }

  /** Bytes of this side are missing: of which streams nobody knows. */
  protected missing(fromClient: boolean): void {
    this.doubtful = true;
    for (const stream of this.streams.values()) {
      const message = stream.message(fromClient);
      if (message.over) continue;
      stream.exchange.whole = false;
      // The end of a request may be among them; that of an answer is heard of by the connection's end.
      if (fromClient && message.begun && stream.response.over) this.finish(stream, true);
    }
  }

  /** The beginning of the connection was not seen. */
  protected joinedLate(): void {
    this.doubtful = true;
  }

  protected finishAll(): void {
    for (const stream of this.streams.values()) this.finish(stream, stream.response.over);
  }

  protected problem(code: Parameters<NonNullable<HttpHooks['problem']>>[0], packet: number): void {
    this.hooks.problem?.(code, this.connection, packet);
  }

  private tell(stream: Stream): void {
    if (stream.told) return;
    stream.told = true;
    this.hooks.started(stream.exchange);
  }

  private flush(stream: Stream): void {
    stream.request.asRequest(stream.exchange);
    stream.response.asResponse(stream.exchange);
  }

  protected finish(stream: Stream, complete: boolean): void {
    this.flush(stream);
    stream.request.drop();
    stream.response.drop();
    this.streams.delete(stream.id);
    this.recent = added(this.recent, stream.id);
    if (this.recent.length > RECENT) this.recent.shift();
    const { exchange: x, request, response } = stream;
    // An interim response alone is no exchange yet.
    if (!stream.told) return;
    if (complete && x.whole && (conflicts(request) || (conflicts(response) && x.method !== 'HEAD' && x.status !== 304)))
      this.problem('http-length-conflict', response.lastPacket);
    this.hooks.finished(x, complete);
  }
}

/** RFC 9113 §8.1.1: the length told and that of all DATA together. */
const conflicts = (m: Message): boolean => m.over && m.contentLength !== undefined && m.contentLength !== m.body;

function name(facts: Http2Exchange, contentType: string | undefined): void {
  if (contentType?.startsWith('application/grpc'))
    facts.application = contentType.startsWith('application/grpc-web') ? 'grpc-web' : 'grpc';
}
