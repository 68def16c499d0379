import { acceptsDnsMessage, dnsQuestionOf, isDnsMessage } from '../dissect/dns/over-https.ts';
import { State } from '../dissect/http/framing.ts';
import type { Head } from '../dissect/http/head.ts';
import { valueText } from '../dissect/http/value.ts';
import { Carry } from './http-carry.ts';
import { fillResponse, newExchange } from './http-exchange.ts';
import type { HttpHooks, HttpProblem } from './http-hooks.ts';
import { Side } from './http-side.ts';
import type { Exchange } from './model.ts';

/** Requests of one connection that wait for an answer; those beyond are let go unanswered. */
export const PIPELINE_LIMIT = 256;

const Answer = { none: 0, begun: 1, over: 2 } as const;

/** Which answer belongs to which request of one connection: in the order they were asked (RFC 9112 §9.3), holes borne in mind. */
export class HttpExchanges {
  protected readonly connection: number;
  protected readonly hooks: HttpHooks;
  protected readonly client = new Side();
  protected readonly server = new Side();
  /** The exchange whose answer is next or under way, and those behind it. */
  protected front: Exchange | undefined = undefined;
  protected behind: Exchange[] | undefined = undefined;
  private answer: number = Answer.none;
  private streams = 0;
  /** Requests that `PIPELINE_LIMIT` let go: as many answers are for nobody, after those to `behind`. */
  private letGo = 0;
  private pipelined = false;
  /** Bytes of the server are missing between messages: whole answers may be. */
  private doubtful = false;

  constructor(connection: number, hooks: HttpHooks) {
    this.connection = connection;
    this.hooks = hooks;
  }

  protected get answering(): boolean {
    return this.answer !== Answer.none;
  }

  protected problem(code: HttpProblem, packet: number): void {
    this.hooks.problem?.(code, this.connection, packet);
  }

  protected doubt(): void {
    this.doubtful = true;
  }

  protected newExchange(): Exchange {
    return newExchange(this.hooks.nextId(), this.connection, ++this.streams, this.hooks.scheme ?? 'http');
  }

  /** The client's side has begun this exchange. */
  protected asked(exchange: Exchange): void {
    this.client.exchange = exchange;
    this.flush(this.client);
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
    this.problem('http-pipeline-limit', this.client.lastPacket);
    this.letGo++;
    this.detach(this.client);
    this.hooks.finished(exchange, false);
  }

  /** The server's side has begun an answer with this head: to which request? */
  protected answered(head: Head, bytes: Uint8Array): Exchange {
    if (this.answering && this.front !== undefined) this.finish(this.answer === Answer.over);
    if (this.doubtful) this.skipUnseen();
    else if (this.behind !== undefined && this.behind.length > 0) this.pipelined = true;
    const exchange = this.front ?? this.newExchange();
    if (this.front === undefined && this.letGo > 0) this.letGo--;
    this.front = exchange;
    fillResponse(exchange, head, bytes);
    this.begin(exchange);
    if (exchange.requestPacket === undefined) this.hooks.started(exchange);
    return exchange;
  }

  /** The server's bytes are this exchange's from here on. */
  protected begin(exchange: Exchange): void {
    this.server.exchange = exchange;
    this.answer = Answer.begun;
    exchange.responsePacket = this.server.firstPacket;
    exchange.responseTime = this.server.firstTime;
    this.flush(this.server);
  }

  /** Answers may be missing: a client that does not pipeline had the earlier ones before it asked again. */
  private skipUnseen(): void {
    this.doubtful = false;
    this.letGo = 0;
    if (this.pipelined) return;
    while (this.behind !== undefined && this.behind.length > 0) {
      if ((this.behind[0].requestPacket ?? 0) > this.server.firstPacket) return;
      if (this.front !== undefined) this.front.whole = false;
      this.finish(false);
    }
  }

  /** The side's message is over. */
  protected endMessage(side: Side): void {
    const exchange = side.exchange;
    const { kept } = side;
    if (kept !== undefined && kept.length > 0 && exchange?.whole)
      this.hooks.dns?.(side === this.client, kept.bytes, kept.length, exchange.stream, side.lastPacket, side.lastTime);
    side.forget();
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

  /** A whole head: is what follows it a DNS message, or a question in its target (RFC 8484)? */
  protected dnsInside(side: Side, x: Exchange, head: Head, bytes: Uint8Array): void {
    if (this.hooks.dns === undefined) return;
    const asking = side === this.client;
    const { contentTypeAt, contentTypeEnd } = head;
    const asked = asking && contentTypeEnd > 0 ? valueText(bytes, contentTypeAt, contentTypeEnd, head.plain) : undefined;
    const carries = isDnsMessage(asking ? asked : x.contentType);
    if (carries && head.contentEncodingEnd === 0) side.kept = new Carry(this.hooks.budget);
    // A client that does not say what it accepts has asked for DNS where it gets it.
    if (asking === carries || asking !== acceptsDnsMessage(x.accept)) return;
    const question = dnsQuestionOf(x.method, x.target);
    if (question === undefined || x.requestPacket === undefined) return;
    const { requestEndPacket = x.requestPacket, requestEndTime = x.requestTime ?? 0 } = x;
    this.hooks.dns(true, question, question.length, x.stream, requestEndPacket, requestEndTime);
  }

  /** Writes what the side has counted into its exchange; packets and times only where there are new ones, each time is an object. */
  protected flush(side: Side): void {
    const exchange = side.exchange;
    if (exchange === undefined) return;
    const { packets, packetCount } = side;
    if (side === this.client) {
      if (exchange.requestPackets !== packets || exchange.requestPacketCount !== packetCount) {
        exchange.requestPackets = packets;
        exchange.requestPacketCount = packetCount;
        exchange.requestTime = side.beganTime;
        exchange.requestEndPacket = side.lastPacket;
        exchange.requestEndTime = side.lastTime;
      }
      exchange.requestBodyBytes = side.body;
      if (exchange.requestHeaderBytes !== undefined) exchange.requestTransferBytes = side.transfer;
    } else {
      if (exchange.responsePackets !== packets || exchange.responsePacketCount !== packetCount) {
        exchange.responsePackets = packets;
        exchange.responsePacketCount = packetCount;
        exchange.responseEndPacket = side.lastPacket;
        exchange.responseEndTime = side.lastTime;
      }
      exchange.responseBodyBytes = side.body;
      if (exchange.responseHeaderBytes !== undefined) exchange.responseTransferBytes = side.transfer;
    }
  }

  /** The side's exchange is final, its bytes may go on. */
  private detach(side: Side): void {
    this.flush(side);
    side.detach();
    if (side.state !== State.head) return;
    side.drop();
    side.state = State.lost;
    side.remaining = 0;
  }

  /** Hands on the front exchange. */
  protected finish(complete: boolean): void {
    const exchange = this.front as Exchange;
    if (this.client.exchange === exchange) this.detach(this.client);
    if (this.server.exchange === exchange) this.detach(this.server);
    this.answer = Answer.none;
    this.front = this.behind?.shift();
    this.hooks.finished(exchange, complete);
  }

  /** Nothing more comes: hands on what is left. */
  protected finishAll(): void {
    while (this.front !== undefined) this.finish(this.answer === Answer.over);
  }
}
