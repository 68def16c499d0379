import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { ConnectionFacts } from './connection-facts.ts';
import type { Conversation } from './conversation.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { JourneyTracker } from './journeys.ts';
import type { ProtocolFinder } from './protocol-finder.ts';
import type { QuicInside } from './quic.ts';
import type { QuicState } from './quic-connection.ts';
import { insideOf, isHttp3 } from './quic-decryption.ts';
import { quicConversation, updateConversation } from './quic-conversation.ts';
import { QuicStreams, type StreamReader } from './quic-streams.ts';

/** Makes journeys of what opened QUIC connections carry: HTTP/3 (RFC 9114), or its drafts. */
export class QuicJourneys implements QuicInside {
  readonly keys: TlsKeys;
  /** Of all streams: bytes behind holes, field sections that wait. */
  held: HeldBytes | undefined;
  private readonly finder: ProtocolFinder;
  private readonly journeys: JourneyTracker;
  private readonly open = new Map<QuicState, Conversation>();

  constructor(keys: TlsKeys, finder: ProtocolFinder, journeys: JourneyTracker) {
    this.keys = keys;
    this.finder = finder;
    this.journeys = journeys;
  }

  streams(state: QuicState): QuicStreams | undefined {
    const { record } = state;
    const { held, finder } = this;
    if (held === undefined || !isHttp3(insideOf(record))) return undefined;
    const c = quicConversation(state);
    this.open.set(state, c);
    this.journeys.joins.openedBefore(c);
    const parser = finder.http3(record.id, held);
    record.http3 = parser.facts;
    c.parser = undefined;
    return new QuicStreams(new Turn(parser, c, finder), held);
  }

  read(state: QuicState): void {
    const c = this.open.get(state);
    if (c === undefined) return;
    updateConversation(c, state);
    if (state.record.close !== undefined) this.ended(state);
    else if (c.unsettled && c.pending !== undefined && c.pending.length > 1) this.journeys.settle(c);
  }

  ended(state: QuicState): void {
    const c = this.open.get(state);
    if (c === undefined) return;
    this.open.delete(state);
    state.decryption?.endStreams();
    updateConversation(c, state);
    c.told = true;
    this.journeys.ended(new ConnectionFacts(c.page, c.base, c));
  }

  /** Those whose journeys are not out, the newest `limit`. */
  unfinished(limit: number): ConnectionFacts[] {
    return [...this.open.values()].slice(-limit).map((c) => new ConnectionFacts(c.page, c.base, c));
  }
}

/** The parser's hooks ask whose turn it is. */
class Turn implements StreamReader {
  private readonly parser: StreamReader;
  private readonly c: Conversation;
  private readonly finder: ProtocolFinder;

  constructor(parser: StreamReader, c: Conversation, finder: ProtocolFinder) {
    this.parser = parser;
    this.c = c;
    this.finder = finder;
  }

  data(...told: Parameters<StreamReader['data']>): void {
    this.finder.current = this.c;
    this.parser.data(...told);
  }

  gap(...told: Parameters<StreamReader['gap']>): void {
    this.finder.current = this.c;
    this.parser.gap(...told);
  }

  aborted(...told: Parameters<StreamReader['aborted']>): void {
    this.finder.current = this.c;
    this.parser.aborted(...told);
  }

  unwanted(...told: Parameters<StreamReader['unwanted']>): void {
    this.finder.current = this.c;
    this.parser.unwanted(...told);
  }

  end(): void {
    this.finder.current = this.c;
    this.parser.end();
  }
}
