import { Line, State } from '../dissect/http/framing.ts';
import { guessHttp } from '../dissect/http/guess.ts';
import { Head, MORE, NONE, scanHead } from '../dissect/http/head.ts';
import { mayStart } from '../dissect/http/start-line.ts';
import { valueText } from '../dissect/http/value.ts';
import { cacheFieldsOf } from './cache-fields.ts';
import { Carry } from './http-carry.ts';
import { fillRequest } from './http-exchange.ts';
import { HttpExchanges } from './http-exchanges.ts';
import type { HttpProblem } from './http-hooks.ts';
import type { Side } from './http-side.ts';
import type { Exchange } from './model.ts';
import type { Guess, StreamParser } from './stream-parser.ts';

export type { CarryBudget, HttpHooks, HttpProblem } from './http-hooks.ts';

/** After garbage, this many bytes are searched line by line; then only the beginnings of segments. */
export const GARBAGE_SEARCH = 64 * 1024;

// Used up within one call, so one does for all parsers.
const head = new Head();

/** HTTP/0.9, 1.0 and 1.1 (RFC 9112) on one connection, both directions, as far as the captured bytes tell. */
export class HttpParser extends HttpExchanges implements StreamParser {
  /** The other protocol that the last request asked for. */
  private offered = '';
  /** The last request waits for "100 Continue" before its body. */
  private expecting = false;
  private inner: StreamParser | undefined = undefined;
  private tunnelled = false;

  get protocol(): string {
    return this.inner?.protocol === 'http2' ? 'http2' : 'http';
  }

  /** Do a direction's first bytes look like HTTP/1? Ask for both directions: either may begin with garbage. */
  static guess(bytes: Uint8Array, at: number, end: number, fromClient: boolean): Guess {
    return guessHttp(bytes, at, end, fromClient);
  }

  data(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    if (side.ended) return;
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
          i = this.body(side, bytes, i, end);
          if (side.state === State.over) this.endMessage(side);
          else if (side.state === State.lost) this.lose(side, 'http-bad-chunk', packet);
      }
    }
  }

  gap(fromClient: boolean, length: number, packet: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    if (side.ended) return;
    if (side.state === State.head) this.force(side);
    if (side.exchange !== undefined) side.exchange.whole = false;
    let between = length;
    if (side.state === State.tunnel) {
      this.inner?.gap(fromClient, length, packet, time);
      between = 0;
    } else if (side.state === State.close) {
      side.body += length;
      side.transfer += length;
      between = 0;
    } else if (side.state === State.length || (side.state === State.chunkData && length <= side.remaining)) {
      const taken = Math.min(side.remaining, length);
      between -= taken;
      side.transfer += taken;
      if (side.take(taken) === State.over) this.endMessage(side);
    } else if (side.state !== State.start) this.lose(side, undefined, packet);
    if (between > 0 && !fromClient) this.doubt();
  }

  end(fromClient: boolean, how: 'fin' | 'reset' | 'capture-end', packet: number, time: number): void {
    const side = fromClient ? this.client : this.server;
    if (side.ended) return;
    side.ended = true;
    if (side.state === State.tunnel) this.inner?.end(fromClient, how, packet, time);
    if (side.state === State.head) this.force(side);
    side.drop();
    // The close is what ends such a message (RFC 9112 §6.3, §8).
    const closed = !fromClient && how === 'fin' && (side.state === State.close || side.state === State.lost);
    if (closed && side.exchange !== undefined) {
      // Where a message ends whose beginning was not seen nobody knows: not after its last byte.
      if (side.state === State.close) side.touch(packet, time);
      this.endMessage(side);
    }
    this.flush(side);
    if (this.server.ended) this.finishAll();
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
      if (mayStart(bytes, head.at, end, response)) return this.carryOver(side, bytes, head.at, end, packet, time);
    }
    return this.noMessage(side, bytes, at, end, packet, time);
  }

  /** No message begins here, nor in what was carried. It may be an answer without a head, or a protocol that was asked for. */
  private noMessage(side: Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    const front = this.front;
    const carried = side.carry?.length ?? 0;
    if (side === this.server && front?.version === '0.9' && !this.answering) {
      if (carried === 0) side.begin(packet, time);
      side.body = carried;
      side.drop();
      side.state = State.close;
      this.begin(front);
      front.responseFraming = 'until-close';
      return at;
    }
    if (side === this.client && this.offered !== '') {
      this.tunnel(side, this.offered, this.behind?.at(-1) ?? front);
      return at;
    }
    side.drop();
    if (carried > 0) {
      // The bytes of earlier segments are given up; these may begin a message.
      side.state = State.start;
      return this.start(side, bytes, at, end, packet, time);
    }
    this.lose(side, 'http-garbage', packet);
    return this.search(side, bytes, at, end, true, packet, time);
  }

  private lose(side: Side, problem: HttpProblem | undefined, packet: number): void {
    side.drop();
    side.state = State.lost;
    side.remaining = problem === 'http-garbage' ? GARBAGE_SEARCH : 0;
    if (problem !== undefined) this.problem(problem, packet);
    else if (side === this.server) this.doubt();
  }

  /** Looks for a start line: where a segment begins, and after garbage where a line does. */
  private search(side: Side, bytes: Uint8Array, at: number, end: number, first: boolean, packet: number, time: number): number {
    const response = side === this.server;
    const stop = Math.min(end, at + side.remaining);
    side.remaining -= stop - at;
    for (let i = at; ; i++) {
      // What is half seen must be sure where it would end a message.
      if ((i > at || first) && i < end && mayStart(bytes, i, end, response, side.exchange !== undefined)) {
        const next = scanHead(head, bytes, i, end, response);
        if (next !== NONE) {
          if (side.exchange !== undefined) this.endMessage(side);
          if (next === MORE) return this.carryOver(side, bytes, i, end, packet, time);
          side.begin(packet, time);
          this.message(side, bytes);
          return next;
        }
      }
      while (i < stop && bytes[i] !== 0x0a) i++;
      if (i >= stop) break;
    }
    if (side.exchange === undefined) return end;
    side.touch(packet, time);
    // A chunked body with a hole: its last chunk most often ends a segment.
    if (response && side.exchange.responseFraming === 'chunked' && endsWith(bytes, at, end, LAST_CHUNK)) this.endMessage(side);
    return end;
  }

  private carryOver(side: Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    side.begin(packet, time);
    side.state = State.head;
    side.line = Line.inside;
    side.carry = new Carry(this.hooks.budget);
    return this.headMore(side, bytes, at, end, packet, time);
  }

  /** Appends to a head that spans segments, up to its end. */
  private headMore(side: Side, bytes: Uint8Array, at: number, end: number, packet: number, time: number): number {
    const response = side === this.server;
    const carry = side.carry as Carry;
    const before = carry.length;
    const next = side.lineEnd(bytes, at, end);
    const over = side.state === State.over;
    side.state = State.head;
    if (!carry.append(bytes, at, next)) {
      const problem = carry.full ? 'http-head-too-long' : 'http-heads-held';
      this.force(side);
      this.lose(side, problem, packet);
      return end;
    }
    if (!carry.checked) {
      const lineEnd = carry.bytes.subarray(before, carry.length).indexOf(0x0a);
      carry.checked = lineEnd >= 0 && scanHead(head, carry.bytes, 0, before + lineEnd + 1, response, true) > 0;
      if (lineEnd >= 0 ? !carry.checked : !mayStart(carry.bytes, 0, carry.length, response)) {
        carry.length = before;
        return this.noMessage(side, bytes, at, end, packet, time);
      }
    }
    side.touch(packet, time);
    if (over) {
      scanHead(head, carry.bytes, 0, carry.length, response);
      this.message(side, carry.bytes);
      carry.free();
      side.carry = undefined;
    }
    return next;
  }

  /** Takes what there is of a head that will not be whole, or is answered already. */
  private force(side: Side): void {
    const { carry } = side;
    if (carry === undefined || side.exchange !== undefined) return;
    const response = side === this.server;
    if (scanHead(head, carry.bytes, 0, carry.length, response, true) < 0) return;
    if (!response) this.request(side, carry.bytes);
    else if (head.status >= 200 || head.status === 101) this.answered(head, carry.bytes);
  }

  private body(side: Side, bytes: Uint8Array, at: number, end: number): number {
    const stop = side.read(bytes, at, end);
    side.transfer += stop - at;
    return stop;
  }

  /** A whole head was read: what follows it? */
  private message(side: Side, bytes: Uint8Array): void {
    side.headRead(head.end - head.at, side === this.server && head.status < 200 && head.status !== 101);
    if (side === this.client) {
      this.request(side, bytes);
      if (side.exchange !== undefined) {
        side.exchange.requestHeadPacket = side.lastPacket;
        side.exchange.requestHeaderBytes = head.end - head.at;
        this.dnsInside(side, side.exchange, head, bytes);
      }
      this.requestBody(side);
    } else if (head.status < 200 && head.status !== 101) {
      // An interim response (RFC 9110 §15.2) is not the answer.
      this.expecting = false;
      side.state = State.start;
    } else {
      const exchange = side.exchange ?? this.answered(head, bytes);
      exchange.responseHeadPacket = side.lastPacket;
      exchange.responseHeaderBytes = head.end - head.at;
      if (this.hooks.scheme === 'https') exchange.cacheFields = cacheFieldsOf(bytes, head.at, head.end);
      this.dnsInside(side, exchange, head, bytes);
      this.responseBody(side, exchange, bytes);
    }
  }

  private request(side: Side, bytes: Uint8Array): void {
    this.expecting = head.expectContinue;
    if (side.exchange !== undefined) {
      fillRequest(side.exchange, head, bytes);
      return;
    }
    const exchange = this.newExchange();
    fillRequest(exchange, head, bytes);
    exchange.requestPacket = side.firstPacket;
    if (head.version === 9) exchange.requestHeadPacket = side.lastPacket;
    this.offered = '';
    if (exchange.method === 'CONNECT') this.offered = 'connect';
    else if (head.upgradeEnd > 0 && head.connectionUpgrade) this.offered = upgradeName(bytes);
    this.asked(exchange);
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

  /** RFC 9112 §6.3, for responses. */
  private responseBody(side: Side, exchange: Exchange, bytes: Uint8Array): void {
    const status = head.status;
    if (status === 101 || (exchange.method === 'CONNECT' && status < 300)) {
      exchange.responseFraming = 'none';
      exchange.upgraded = status === 101 && head.upgradeEnd > 0 ? upgradeName(bytes) : this.offered;
      this.tunnel(side, exchange.upgraded, exchange);
      return;
    }
    this.offered = '';
    if (exchange.method === 'HEAD' || status === 204 || status === 304) {
      exchange.responseFraming = 'none';
      this.endMessage(side);
    } else if (head.transferEncoding && head.chunked) {
      exchange.responseFraming = 'chunked';
      side.chunked();
    } else if (head.transferEncoding || head.contentLength < 0) {
      if (head.badLength && !head.transferEncoding) this.problem('http-length-conflict', side.lastPacket);
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
      : side.state === State.length && side.body === 0 && this.expecting && this.answering;
    return doubted && mayStart(bytes, at, end, response, true) && scanHead(head, bytes, at, end, response) !== NONE;
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
    const { carry } = side;
    if (carry !== undefined && side.exchange === undefined) {
      this.inner?.data(side === this.client, carry.bytes, 0, carry.length, side.firstPacket, side.firstTime);
    }
    side.drop();
    side.state = State.tunnel;
  }
}

function upgradeName(bytes: Uint8Array): string {
  return valueText(bytes, head.upgradeAt, head.upgradeEnd, head.plain).split(',')[0].trim().toLowerCase();
}

const LAST_CHUNK = '\r\n0\r\n\r\n';

function endsWith(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  const from = end - text.length;
  if (from < at) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false;
  return true;
}
