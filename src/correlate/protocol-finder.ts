import { clientSide, endpoint, portOf } from './connection-facts.ts';
import { type Conversation, PREFIX_BYTES } from './conversation.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import type { Page } from './flow-table.ts';
import { HttpParser } from './http.ts';
import { HeldBytes } from './held-bytes.ts';
import { Http2Parser, type Http2Start } from './http2.ts';
import { Http3Parser } from './http3.ts';
import type { HttpHooks, HttpProblem } from './http-hooks.ts';
import { type Guesser, InnerStream } from './inner-stream.ts';
import { DnsStream } from './lookup-tcp.ts';
import { PREFACE } from '../dissect/http2/frames.ts';
import { idOf } from '../dissect/registry.ts';
import type { LookupTracker } from './lookups.ts';
import type { Exchange, TlsSession } from './model.ts';
import { startsLate } from './late-start.ts';
import { settleRoles, swapRoles } from './roles.ts';
import type { RecordTap } from './record-tap.ts';
import type { StreamParser } from './stream-parser.ts';
import { proxyHeaderBytes } from './proxy-header.ts';
import * as R from './tcp-record.ts';
import { sealedHalf } from './sealed-half.ts';
import { TlsParser } from './tls.ts';

export interface FinderEvents {
  started(c: Conversation, exchange: Exchange): void;
  finished(c: Conversation, exchange: Exchange): void;
  /** An exchange goes on as another one. */
  replaced(c: Conversation, old: Exchange, exchange: Exchange): void;
  tls(session: TlsSession): void;
}

/** RFC 1035 §4.2.2; IANA has multicast DNS's for TCP, too. */
const DNS_PORTS: readonly number[] = [53, 5353];
/** RFC 7858 §3.1. */
const DNS_OVER_TLS_PORT = 853;
const DNS_OVER_TLS = 'dot';

/** Finds by content, not by port, which parser reads a connection. */
export class ProtocolFinder implements Guesser {
  private readonly lookups: LookupTracker;
  private readonly events: FinderEvents;
  /** The conversation whose parser is at work: hooks are shared by all parsers. */
  current: Conversation | undefined;
  /** Bytes before those that the parser just found begins with: of `prefix` first, then of the segment. */
  skip = 0;
  /** What the HTTP parsers met, by code. */
  readonly problems = new Map<HttpProblem, number>();
  /** Messages in pieces: of TLS, and of DNS over TCP. */
  readonly handshakes = new HeldBytes();
  readonly messages = new HeldBytes();
  /** Tables of HTTP/2's header fields. */
  readonly tables = new HeldBytes();
  private exchanges = 0;
  private readonly hooks: HttpHooks;
  /** The same inside TLS. */
  private readonly secureHooks: HttpHooks;
  /** Opens what TLS has sealed, in connections that begin from now on. */
  keys: TlsKeys | undefined;
  /** Is shown what was opened. */
  tap: RecordTap | undefined;
  /** Connections whose encrypted records wait for keys. */
  private readonly waiting = new Set<TlsParser>();
  /** `keys.version` when they were last looked through. */
  private released = 0;

  constructor(lookups: LookupTracker, events: FinderEvents, keys?: TlsKeys) {
    this.lookups = lookups;
    this.events = events;
    this.keys = keys;
    this.hooks = {
      nextId: () => this.exchanges++,
      started: (exchange) => events.started(this.current as Conversation, exchange),
      finished: (exchange, complete) => {
        exchange.complete = complete;
        exchange.sealed = sealedHalf(exchange, this.current?.tls);
        if (exchange.http2?.reset?.from === 'client' && !complete) this.answerHeld(exchange);
        events.finished(this.current as Conversation, exchange);
      },
      problem: (code) => void this.problems.set(code, (this.problems.get(code) ?? 0) + 1),
      budget: { carried: 0 },
      tables: this.tables,
      dns: (fromClient, message, length, stream, packet, time) => {
        const { page, base } = this.current as Conversation;
        const client = clientSide(page, base);
        const asker = endpoint(page, base, client);
        const server = endpoint(page, base, client === 0 ? 1 : 0);
        lookups.tcpMessage(message, 0, length, fromClient, asker, server, packet, time, 'doh', stream);
      },
      replaced: (old, exchange) => events.replaced(this.current as Conversation, old, exchange),
      tunnel: (protocol, exchange) => this.tunnel(this.current as Conversation, protocol, exchange),
    };
    this.secureHooks = { ...this.hooks, scheme: 'https' };
  }

  /** The client has ended the stream, while bytes of the server wait behind a hole: the answer may be in there, or in the hole. */
  private answerHeld(exchange: Exchange): void {
    const { current: c } = this;
    if (c?.quic === undefined && c?.half(clientSide(c.page, c.base) === 0 ? 1 : 0).held !== undefined) exchange.whole = false;
  }

  /** Bytes of unfinished HTTP heads. */
  get carriedBytes(): number {
    return this.hooks.budget?.carried ?? 0;
  }

  /**
   * The connection's parser, once its first bytes tell. While they are too few they are kept in the half's `prefix`, which
   * the caller hands over before these bytes.
   */
  parser(c: Conversation, direction: 0 | 1, bytes: Uint8Array, at: number, end: number): StreamParser | undefined {
    this.skip = 0;
    const half = c.half(direction);
    if (c.parser !== undefined) return c.parser;
    if (half.guesses > GUESSES && !startsLate(bytes, at, end)) return undefined;
    const { page, base } = c;
    let first = bytes;
    let from = at;
    let to = end;
    if (half.prefix !== undefined) {
      first = new Uint8Array(half.prefix.length + end - at);
      first.set(half.prefix);
      first.set(bytes.subarray(at, end), half.prefix.length);
      from = 0;
      to = first.length;
    }
    const proxied = proxyHeaderBytes(first, from, to);
    if (proxied > 0 && from + proxied < to) {
      from += proxied;
      this.skip = proxied;
    }
    if (half.guesses === 0) settleRoles(c, direction, first, from, to);
    const fromClient = direction === clientSide(page, base);
    let made = this.guess(c, page, base, fromClient, first, from, to);
    if (made === 'no' && half.prefix !== undefined) {
      // What was kept may be the end of something else (a keep-alive's byte, say).
      half.prefix = undefined;
      [first, from, to] = [bytes, at, end];
      this.skip = 0;
      made = this.guess(c, page, base, fromClient, first, from, to);
    }
    if (made === 'more' && to - from < PREFIX_BYTES) half.prefix = first.slice(from - this.skip, to);
    else if (made === 'no' || made === 'more') {
      half.prefix = undefined;
      half.guesses++;
    } else c.parser = made;
    return c.parser;
  }

  private guess(
    c: Conversation,
    page: Page,
    base: number,
    fromClient: boolean,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): StreamParser | 'more' | 'no' {
    const client = clientSide(page, base);
    const server = client === 0 ? 1 : 0;
    const tls = TlsParser.guess(bytes, at, end);
    if (tls === 'yes') return this.tls(c, true);
    const known = (page.words[base + R.STATE] & R.CLIENT_KNOWN) !== 0;
    const http2 = Http2Parser.guess(bytes, at, end, fromClient, !known);
    if (http2 === 'yes') return this.http2(c, this.hooks, { whole: known || bytes[at] === PREFACE[0] });
    let http = HttpParser.guess(bytes, at, end, fromClient);
    if (http === 'no' && !known && HttpParser.guess(bytes, at, end, !fromClient) === 'yes') {
      // Without a SYN the roles were guessed from the ports; the content says that they are the other way round.
      swapRoles(c);
      http = 'yes';
    }
    if (http === 'yes') return new HttpParser(c.id, this.hooks);
    if (DNS_PORTS.includes(portOf(page, base, server))) {
      const dns = DnsStream.guess(bytes, at, end);
      if (dns === 'yes')
        return new DnsStream(this.lookups, endpoint(page, base, client), endpoint(page, base, server), this.messages);
      if (dns === 'more') return 'more';
    }
    return tls === 'more' || http === 'more' || http2 === 'more' ? 'more' : 'no';
  }

  /** A parser for a connection, or what is inside it, that is known to be HTTP/2: by content, ALPN, or an upgrade. */
  private http2(c: Conversation, hooks: HttpHooks, start: Http2Start): StreamParser {
    const parser = new Http2Parser(c.id, hooks, start);
    c.http2 = parser.facts;
    return parser;
  }

  /** What a QUIC connection carries. */
  http3(quic: number, held: HeldBytes): Http3Parser {
    return new Http3Parser(quic, this.secureHooks, held);
  }

  /** What goes on inside a CONNECT tunnel is TLS as a rule. */
  private tunnel(c: Conversation, protocol: string, exchange: Exchange): StreamParser | undefined {
    if (protocol === 'h2c') {
      c.protocolId = idOf('http2');
      return this.http2(c, this.hooks, { whole: true, upgraded: exchange });
    }
    c.tunnel = protocol;
    // Turns are kept for what cannot be read: those of the requests before are told by them.
    if ((c.turns?.at(-1)?.lastPacket ?? 0) <= (exchange.responseHeadPacket ?? exchange.requestPacket ?? 0)) c.turns = undefined;
    if (protocol !== 'connect') return undefined;
    c.connects ??= [];
    // One in the other for ever: nobody does it, and the list stays short.
    if (c.connects.length < CONNECTS) c.connects.push({ count: c.exchangeCount, tls: c.tls });
    return this.tls(c, false);
  }

  /** `patient`: its end may wait for keys. */
  private tls(c: Conversation, patient: boolean): TlsParser {
    const { keys } = this;
    const inner = keys === undefined ? undefined : new InnerStream(c, this);
    const parser = new TlsParser(c.id, this.events.tls, this.handshakes, keys, inner);
    c.tls = parser.session;
    if (portOf(c.page, c.base, clientSide(c.page, c.base) === 0 ? 1 : 0) === DNS_OVER_TLS_PORT) c.tls.encryptedDns = 'dot';
    if (keys?.growing) this.waiting.add(parser);
    if (parser.decryption !== undefined) {
      parser.decryption.patient = patient;
      parser.decryption.tap = this.tap;
    }
    return parser;
  }

  inside(c: Conversation, fromClient: boolean, bytes: Uint8Array, at: number, end: number): StreamParser | 'more' | 'no' {
    const http2 = Http2Parser.guess(bytes, at, end, fromClient);
    if (http2 === 'more') return 'more';
    // What was agreed on counts more than bytes behind a beginning that could not be opened.
    if (http2 === 'yes' || c.tls?.alpn === 'h2') return this.http2(c, this.secureHooks, { whole: http2 === 'yes' });
    const http = HttpParser.guess(bytes, at, end, fromClient);
    if (http === 'yes') return new HttpParser(c.id, this.secureHooks);
    const client = clientSide(c.page, c.base);
    const server = client === 0 ? 1 : 0;
    if (c.tls?.alpn !== DNS_OVER_TLS && portOf(c.page, c.base, server) !== DNS_OVER_TLS_PORT) return http;
    const dns = DnsStream.guess(bytes, at, end);
    if (dns !== 'yes') return dns;
    return new DnsStream(this.lookups, endpoint(c.page, c.base, client), endpoint(c.page, c.base, server), this.messages, true);
  }

  /** Keys may have come: opens what waits for them. */
  release(): void {
    const version = this.keys?.version ?? 0;
    if (version === this.released && this.waiting.size < WAITING_UNSWEPT) return;
    this.released = version;
    for (const parser of this.waiting) if (parser.over || parser.decryption?.release()) this.waiting.delete(parser);
  }
}

/** Tunnels in tunnels whose TLS is told apart. */
const CONNECTS = 8;
/** Among so many waiting connections nobody looks for those that are over. */
const WAITING_UNSWEPT = 1024;
/** Segments of each side that are looked at in full; of later ones what begins with certainty (`startsLate`). */
const GUESSES = 8;
