import { HEAD_LIMIT, Head, MORE, scanHead } from '../dissect/http/head.ts';
import { mayStart } from '../dissect/http/start-line.ts';
import { valueText } from '../dissect/http/value.ts';
import { fillRequest, fillResponse, newExchange } from './http-exchange.ts';
import { guessHttp } from './http-guess.ts';
import { Line, Side, State } from './http-side.ts';
import type { Exchange } from './model.ts';
import type { Guess, StreamParser } from './stream-parser.ts';

/** Requests of one connection that wait for an answer; those beyond are let go unanswered. */
export const PIPELINE_LIMIT = 256;
/** Bytes that all unfinished heads together may hold. */
export const CARRY_BUDGET = 64 * 1024 * 1024;
/** After garbage, this many bytes are searched line by line; then only the beginnings of segments. */
export const GARBAGE_SEARCH = 64 * 1024;

export type HttpProblem =
  | 'http-head-too-long'
  | 'http-heads-held'
  | 'http-pipeline-limit'
  | 'http-length-conflict'
  | 'http-bad-chunk'
  | 'http-garbage';

/** Who uses the parser. One object serves all connections. */
export interface HttpHooks {
  nextId(): number;
  /** A request's head was read, or that of a response whose request was not seen. The record still changes. */
  started(exchange: Exchange): void;
  /**
   * The record is final. `complete`: the response was read to its end; else the connection or the capture ended before, and
   * `responseEndPacket` is the last packet that was seen of it.
   */
  finished(exchange: Exchange, complete: boolean): void;
  /**
   * After a 101 or an answered CONNECT the connection speaks another protocol: "websocket", "h2c", … as the Upgrade field
   * names it in lower case, or "connect". Both directions go on in the parser that is returned, if any.
   */
  tunnel?(protocol: string, exchange: Exchange): StreamParser | undefined;
  problem?(code: HttpProblem, connection: number, packet: number): void;
  scheme?: 'http' | 'https';
  /** Kept by the parsers: bytes of unfinished heads they all hold. A parser that is let go before `end` leaves its share. */
  carried?: number;
}

// Read at once, so one does for all parsers.
const head = new Head();

const Answer = { none: 0, begun: 1, over: 2 } as const;

/** HTTP/0.9, 1.0 and 1.1 (RFC 9112) on one connection, both directions, as far as the captured bytes tell. */
export class HttpParser implements StreamParser {
  private readonly connection: number;
  private readonly hooks: HttpHooks;
  private readonly client = new Side();
  private readonly server = new Side();
  private streams = 0;
  /** The exchange whose answer is next or under way, and those behind it. */
  private front: Exchange | undefined = undefined;
  private behind: Exchange[] | undefined = undefined;
  private answer: number = Answer.none;
  /** Requests let go by `PIPELINE_LIMIT` since: as many answers are for nobody, after those in `behind`. */
  private letGo = 0;
  private pipelined = false;
  /** Bytes of the server are missing between messages: whole answers may be. */
  private doubtful = false;
  /** The last request asked for another protocol: its name. */
  private offered = '';
  private expecting = false;
  private inner: StreamParser | undefined = undefined;
  private tunnelled = false;

  constructor(connection: number, hooks: HttpHooks) {
    this.connection = connection;
    this.hooks = hooks;
  }

  get protocol(): string {
    return 'http';
  }

  /** Do a direction's first bytes look like HTTP/1? Ask for both directions: either may begin with garbage. */
  static guess(bytes: Uint8Array, at: number, end: number, fromClient: boolean): Guess {
    return guessHttp(bytes, at, end, fromClient);
  }

  data(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    let i = at;
    while (i < end) {
      switch (side.state) {
        case State.tunnel:
          this.inner?.data(fromClient, bytes, i, end, packet, time);
          return;
        case State.start:
          i = this.start(side, bytes, i, end, packet, time);
          break;
        case State.head:
          i = this.headMore(side, bytes, i, end, packet, time);
          break;
        case State.lost:
          i = this.search(side, bytes, i, end, i === at, packet, time);
          break;
        default:
          if (i === at && this.superseded(side, bytes, i, end)) {
            this.endMessage(side);
            break;
          }
          side.touch(packet, time);
          i = side.read(bytes, i, end);
          if (side.state === State.over) this.endMessage(side);
          else if (side.state === State.lost) this.lose(side, 'http-bad-chunk', packet);
      }
    }
  }

  gap(fromClient: boolean, length: number, packet: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    if (side.state === State.tunnel) {
      this.inner?.gap(fromClient, length, packet, time);
      return;
    }
    if (side.state === State.head) {
      this.force(side);
      this.drop(side);
    }
    if (side.state !== State.start && side.exchange !== undefined) side.exchange.whole = false;
    let left = length;
    if (side.state === State.close) {
      side.body += length;
      return;
    }
    if (side.state === State.length || (side.state === State.chunkData && length <= side.remaining)) {
      const taken = Math.min(side.remaining, length);
      side.take(taken);
      left -= taken;
      if ((side.state as number) === State.over) this.endMessage(side);
    } else if (side.state !== State.start) this.lose(side, undefined, packet);
    if (left > 0 && !fromClient) this.doubtful = true;
  }

  end(fromClient: boolean, how: 'fin' | 'reset' | 'capture-end', packet: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    if (side.ended) return;
    side.ended = true;
    if (side.state === State.tunnel) this.inner?.end(fromClient, how, packet, time);
    if (side.state === State.head) this.force(side);
    this.drop(side);
    if (fromClient) this.flush(side);
    else {
      const closed = how === 'fin' && (side.state === State.close || side.state === State.lost);
      if (closed && side.exchange !== undefined) this.endMessage(side);
      this.flush(side);
    }
    if (!this.server.ended) return;
    while (this.front !== undefined) this.finish(this.answer === Answer.over);
  }

  /** Between messages: a head in place, or the beginning of one to carry over. */
  private start(side: Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    const response = side === this.server;
    if (response && this.front === undefined && this.client.state === State.head) this.force(this.client);
    const next = scanHead(head, bytes, at, end, response);
    if (next > 0) {
      side.begin(packet, time);
      this.message(side, bytes);
      return next;
    }
    if (next === MORE) {
      if (head.at === end) return end;
      if (mayStart(bytes, head.at, end, response)) return this.carry(side, bytes, head.at, end, packet, time);
    }
    return this.garbage(side, bytes, at, end, packet, time);
  }

  /** No message begins here, nor in the carried bytes before. It may be an answer without a head, or a protocol that was asked for. */
  private garbage(side: Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    const front = this.front;
    const carried = side.carried;
    if (side === this.server && front?.version === '0.9' && this.answer === Answer.none) {
      if (carried === 0) side.begin(packet, time);
      side.body = carried;
      this.drop(side);
      this.answered(side, front);
      front.responseFraming = 'until-close';
      side.state = State.close;
      return at;
    }
    if (side === this.client && this.offered !== '') {
      this.tunnel(side, this.offered, this.behind?.at(-1) ?? front);
      return at;
    }
    this.drop(side);
    if (carried > 0) {
      // The bytes of earlier segments are given up; these may begin a message.
      side.state = State.start;
      return this.start(side, bytes, at, end, packet, time);
    }
    this.lose(side, 'http-garbage', packet);
    return this.search(side, bytes, at, end, true, packet, time);
  }

  private lose(side: Side, problem: HttpProblem | undefined, packet: number): void {
    side.state = State.lost;
    side.remaining = problem === 'http-garbage' ? GARBAGE_SEARCH : 0;
    if (side === this.server && problem === undefined) this.doubtful = true;
    if (problem !== undefined) this.hooks.problem?.(problem, this.connection, packet);
  }

  /** Looks for a start line: where a segment begins, and after garbage where a line does. */
  private search(side: Side, bytes: Uint8Array, at: number, end: number, first: boolean, packet: number, time: number): number {
    const response = side === this.server;
    let i = at;
    let lineStart = first;
    for (;;) {
      // What is half seen must be sure where it would end a message.
      if (lineStart && mayStart(bytes, i, end, response, side.exchange !== undefined)) {
        const next = scanHead(head, bytes, i, end, response);
        if (next > 0 || next === MORE) {
          if (side.exchange !== undefined) this.endMessage(side);
          side.state = State.start;
          if (next === MORE) return this.carry(side, bytes, i, end, packet, time);
          side.begin(packet, time);
          this.message(side, bytes);
          return next;
        }
      }
      const stop = Math.min(end, i + side.remaining);
      const from = i;
      while (i < stop && bytes[i] !== 0x0a) i++;
      i++;
      side.remaining = Math.max(0, side.remaining - (i - from));
      if (i >= stop) break;
      lineStart = true;
    }
    if (side.exchange === undefined) return end;
    side.touch(packet, time);
    // A chunked body with a hole: its last chunk most often ends a segment.
    const whole = end - at >= 7 && side.exchange.responseFraming === 'chunked' && response && LAST_CHUNK.every((c, k) => bytes[end - 7 + k] === c);
    if (whole) this.endMessage(side);
    return end;
  }

  private carry(side: Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    side.begin(packet, time);
    side.state = State.head;
    side.line = Line.inside;
    side.carried = 0;
    side.checked = false;
    return this.headMore(side, bytes, at, end, packet, time);
  }

  /** Appends to a head that spans segments, up to its end. */
  private headMore(side: Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    const response = side === this.server;
    const next = side.lineEnd(bytes, at, end);
    const over = side.state === State.over;
    side.state = State.head;
    const before = side.carried;
    if (before + next - at > HEAD_LIMIT || !this.append(side, bytes, at, next)) {
      this.hooks.problem?.(before + next - at > HEAD_LIMIT ? 'http-head-too-long' : 'http-heads-held', this.connection, packet);
      this.force(side);
      this.drop(side);
      this.lose(side, undefined, packet);
      return end;
    }
    const carry = side.carry as Buffer;
    if (!side.checked) {
      const lineEnd = carry.subarray(before, side.carried).indexOf(0x0a);
      side.checked = lineEnd >= 0 && scanHead(head, carry, 0, before + lineEnd + 1, response, true) > 0;
      if (lineEnd >= 0 ? !side.checked : !mayStart(carry, 0, side.carried, response)) {
        side.carried = before;
        return this.garbage(side, bytes, at, end, packet, time);
      }
    }
    side.touch(packet, time);
    if (over) {
      scanHead(head, carry, 0, side.carried, response);
      this.message(side, carry);
      this.drop(side);
    }
    return next;
  }

  private append(side: Side, bytes: Uint8Array, at: number, end: number): boolean {
    const need = side.carried + end - at;
    const had = side.carry?.length ?? 0;
    if (need > had) {
      const size = Math.max(512, Math.min(HEAD_LIMIT, 2 * need));
      const carried = (this.hooks.carried ?? 0) + size - had;
      if (carried > CARRY_BUDGET) return false;
      this.hooks.carried = carried;
      const grown = Buffer.allocUnsafeSlow(size);
      side.carry?.copy(grown, 0, 0, side.carried);
      side.carry = grown;
    }
    (side.carry as Buffer).set(bytes.subarray(at, end), side.carried);
    side.carried = need;
    return true;
  }

  private drop(side: Side): void {
    if (side.carry === undefined) return;
    this.hooks.carried = (this.hooks.carried ?? 0) - side.carry.length;
    side.carry = undefined;
    side.carried = 0;
  }

  /** Takes what there is of a head that will not be whole, or is answered already. */
  private force(side: Side): void {
    const carry = side.carry;
    if (carry === undefined || side.exchange !== undefined) return;
    const response = side === this.server;
    if (scanHead(head, carry, 0, side.carried, response, true) < 0) return;
    if (!response) this.request(side, carry);
    else if (head.status >= 200 || head.status === 101) this.response(side, carry);
  }

  /** A whole head was read: what follows it? */
  private message(side: Side, bytes: Uint8Array): void {
    if (side === this.client) {
      this.request(side, bytes);
      if (side.exchange !== undefined) side.exchange.requestHeadPacket = side.lastPacket;
      this.requestBody(side);
      return;
    }
    if (head.status < 200 && head.status !== 101) {
      // An interim response (RFC 9110 §15.2) is not the answer.
      this.expecting = false;
      side.state = State.start;
      return;
    }
    const exchange = this.response(side, bytes);
    exchange.responseHeadPacket = side.lastPacket;
    this.responseBody(side, exchange, bytes);
  }

  private request(side: Side, bytes: Uint8Array): void {
    if (side.exchange !== undefined) {
      fillRequest(side.exchange, head, bytes);
      return;
    }
    const exchange = newExchange(this.hooks.nextId(), this.connection, ++this.streams, this.hooks.scheme ?? 'http');
    fillRequest(exchange, head, bytes);
    exchange.requestPacket = side.firstPacket;
    exchange.requestTime = side.firstTime;
    if (head.version === 9) exchange.requestHeadPacket = side.lastPacket;
    side.exchange = exchange;
    this.flush(side);
    this.expecting = head.expectContinue;
    this.offered = '';
    if (exchange.method === 'CONNECT') this.offered = 'connect';
    else if (head.upgradeEnd > 0 && head.connectionUpgrade) this.offered = this.upgradeName(bytes);
    this.hooks.started(exchange);
    if (this.letGo === 0) {
      if (this.front === undefined) {
        this.front = exchange;
        return;
      }
      this.behind ??= [];
      if (this.behind.length + 1 < PIPELINE_LIMIT) {
        this.behind.push(exchange);
        return;
      }
    }
    this.hooks.problem?.('http-pipeline-limit', this.connection, side.lastPacket);
    this.letGo++;
    this.detach(side);
    this.hooks.finished(exchange, false);
  }

  private upgradeName(bytes: Uint8Array): string {
    return valueText(bytes, head.upgradeAt, head.upgradeEnd, head.ascii).split(',')[0].trim().toLowerCase();
  }

  /** RFC 9112 §6.3, for requests. */
  private requestBody(side: Side): void {
    if (head.transferEncoding && head.chunked) side.chunked();
    else if (head.transferEncoding || head.badLength) this.lose(side, 'http-length-conflict', side.lastPacket);
    else if (head.contentLength > 0) {
      side.state = State.length;
      side.remaining = head.contentLength;
    } else this.endMessage(side);
  }

  /** Finds the exchange that this head answers and fills it in. */
  private response(side: Side, bytes: Uint8Array): Exchange {
    if (this.answer !== Answer.none && this.front !== undefined) this.finish(this.answer === Answer.over);
    if (this.doubtful) this.skipUnseen(side);
    else if (this.behind !== undefined && this.behind.length > 0) this.pipelined = true;
    let exchange = this.front;
    if (exchange === undefined) {
      exchange = newExchange(this.hooks.nextId(), this.connection, ++this.streams, this.hooks.scheme ?? 'http');
      this.front = exchange;
      if (this.letGo > 0) this.letGo--;
    }
    const orphan = exchange.requestPacket === undefined;
    fillResponse(exchange, head, bytes);
    this.answered(side, exchange);
    if (orphan) this.hooks.started(exchange);
    return exchange;
  }

  private answered(side: Side, exchange: Exchange): void {
    side.exchange = exchange;
    this.answer = Answer.begun;
    exchange.responsePacket = side.firstPacket;
    exchange.responseTime = side.firstTime;
    this.flush(side);
  }

  /** Answers may be missing: a client that does not pipeline had the earlier ones before it asked again. */
  private skipUnseen(side: Side): void {
    this.doubtful = false;
    this.letGo = 0;
    if (this.pipelined) return;
    while (this.behind !== undefined && this.behind.length > 0) {
      if ((this.behind[0].requestPacket ?? 0) > side.firstPacket) return;
      if (this.front !== undefined) this.front.whole = false;
      this.finish(false);
    }
  }

  /** RFC 9112 §6.3, for responses. */
  private responseBody(side: Side, exchange: Exchange, bytes: Uint8Array): void {
    const status = head.status;
    if (status === 101 || (exchange.method === 'CONNECT' && status < 300)) {
      exchange.responseFraming = 'none';
      const named = status === 101 && head.upgradeEnd > 0 ? this.upgradeName(bytes) : this.offered;
      exchange.upgraded = named;
      this.tunnel(side, named, exchange);
      return;
    }
    this.offered = '';
    if (exchange.method === 'HEAD' || status === 204 || status === 304) {
      exchange.responseFraming = 'none';
      this.endMessage(side);
    } else if (head.transferEncoding && head.chunked) {
      exchange.responseFraming = 'chunked';
      side.chunked();
    } else if (head.transferEncoding || head.badLength || head.contentLength < 0) {
      if (head.badLength && !head.transferEncoding) this.hooks.problem?.('http-length-conflict', this.connection, side.lastPacket);
      exchange.responseFraming = 'until-close';
      side.state = State.close;
    } else {
      exchange.responseFraming = 'length';
      side.state = State.length;
      side.remaining = head.contentLength;
      if (side.remaining === 0) this.endMessage(side);
    }
  }

  /** Does a new message begin where by the framing the body goes on? */
  private superseded(side: Side, bytes: Uint8Array, at: number, end: number): boolean {
    const response = side === this.server;
    const doubted = response
      ? side.state === State.close && this.behind !== undefined && this.behind.length > 0
      : side.state === State.length && side.body === 0 && this.expecting && this.answer !== Answer.none;
    return doubted && mayStart(bytes, at, end, response, true) && scanHead(head, bytes, at, end, response) > 0;
  }

  private endMessage(side: Side): void {
    const exchange = side.exchange;
    this.flush(side);
    side.state = State.start;
    side.exchange = undefined;
    if (exchange === undefined) return;
    if (side === this.client) {
      if (exchange === this.front && this.answer === Answer.over) this.finish(true);
      return;
    }
    this.answer = Answer.over;
    // An early answer waits for the rest of its request.
    const asking = this.client.exchange === exchange && this.client.state !== State.lost && !this.client.ended;
    if (!asking) this.finish(true);
  }

  /** Writes what the side has counted into its exchange. */
  private flush(side: Side): void {
    const exchange = side.exchange;
    if (exchange === undefined) return;
    if (side === this.client) {
      exchange.requestPackets = side.packets;
      exchange.requestPacketCount = side.packetCount;
      exchange.requestEndPacket = side.lastPacket;
      exchange.requestEndTime = side.lastTime;
      exchange.requestBodyBytes = side.body;
    } else {
      exchange.responsePackets = side.packets;
      exchange.responsePacketCount = side.packetCount;
      exchange.responseEndPacket = side.lastPacket;
      exchange.responseEndTime = side.lastTime;
      exchange.responseBodyBytes = side.body;
    }
  }

  /** The side's bytes are no longer the exchange's: it is final. */
  private detach(side: Side): void {
    this.flush(side);
    side.exchange = undefined;
    side.packets = [];
    if (side.state !== State.head) return;
    this.drop(side);
    this.lose(side, undefined, side.lastPacket);
  }

  /** Hands on the front exchange. */
  private finish(complete: boolean): void {
    const exchange = this.front as Exchange;
    if (this.client.exchange === exchange) this.detach(this.client);
    if (this.server.exchange === exchange) this.detach(this.server);
    this.answer = Answer.none;
    this.front = this.behind?.shift();
    this.hooks.finished(exchange, complete);
  }

  /** One side speaks the other protocol from here on; the server's word decides for both. */
  private tunnel(side: Side, protocol: string, exchange: Exchange | undefined): void {
    if (!this.tunnelled && exchange !== undefined) {
      this.tunnelled = true;
      this.inner = this.hooks.tunnel?.(protocol, exchange);
    }
    this.handOver(side);
    if (side === this.client) return;
    this.handOver(this.client);
    while (this.front !== undefined) this.finish(this.front === exchange);
    if (this.client.ended) this.inner?.end(true, 'fin', side.lastPacket, side.lastTime);
  }

  private handOver(side: Side): void {
    const inMessage = side.exchange !== undefined;
    side.state = State.tunnel;
    if (side.carry !== undefined && !inMessage) {
      this.inner?.data(side === this.client, side.carry, 0, side.carried, side.firstPacket, side.firstTime);
    }
    this.drop(side);
  }
}

const LAST_CHUNK = [0x0d, 0x0a, 0x30, 0x0d, 0x0a, 0x0d, 0x0a];
