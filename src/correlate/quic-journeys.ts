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
import { addTurn } from './turns.ts';

/**
 * A packet with a short header of so many bytes behind its connection id may hold an acknowledgment alone: a packet number of up
 * to 4 bytes, a tag of 16 (RFC 9001 §5.3) and an ACK frame with some ranges.
 */
const MOSTLY_ACKNOWLEDGES = 56;

/** A connection that has a journey: what was opened of it, or what its sealed packets show. */
interface Open {
  c: Conversation;
  /** Its streams are read. */
  read: boolean;
}

/**
 * Makes journeys of QUIC connections: of the requests that opened ones carry (HTTP/3, RFC 9114, or its drafts), and of each
 * sealed one as a whole.
 */
export class QuicJourneys implements QuicInside {
  readonly keys: TlsKeys | undefined;
  /** Of all streams: bytes behind holes, field sections that wait. */
  held: HeldBytes | undefined;
  private readonly finder: ProtocolFinder;
  private readonly journeys: JourneyTracker;
  private readonly open = new Map<QuicState, Open>();

  constructor(keys: TlsKeys | undefined, finder: ProtocolFinder, journeys: JourneyTracker) {
    this.keys = keys;
    this.finder = finder;
    this.journeys = journeys;
  }

  streams(state: QuicState): QuicStreams | undefined {
    const { record } = state;
    const { held, finder } = this;
    if (held === undefined || state.told || !isHttp3(insideOf(record))) return undefined;
    const open = this.openOf(state);
    const { c } = open;
    open.read = true;
    c.turns = undefined;
    const parser = finder.http3(record.id, held);
    record.http3 = parser.facts;
    return new QuicStreams(new Turn(parser, c, finder), held);
  }

  datagram(state: QuicState, fromClient: boolean, inside: number, packet: number, time: number): void {
    if (state.told) return;
    const { c, read } = this.openOf(state);
    if (read || inside === 0) return;
    const { quic } = c;
    // A client has no keys for such a packet before its handshake is over (RFC 9001 §5.7).
    if (quic !== undefined && quic.begun === undefined && fromClient) quic.begun = { packet, time };
    if (inside > MOSTLY_ACKNOWLEDGES) addTurn((c.turns ??= []), fromClient, packet, time);
  }

  read(state: QuicState): void {
    const c = this.open.get(state)?.c;
    if (c === undefined) return;
    updateConversation(c, state);
    if (state.record.close !== undefined) this.ended(state);
    else if (c.unsettled && c.pending !== undefined && c.pending.length > 1) this.journeys.settle(c);
  }

  ended(state: QuicState): void {
    const c = this.open.get(state)?.c;
    if (c === undefined) return;
    this.open.delete(state);
    state.decryption?.endStreams();
    updateConversation(c, state);
    state.told = c.told = true;
    this.journeys.ended(new ConnectionFacts(c.page, c.base, c));
  }

  /** Those whose journeys are not out, the newest `limit`. */
  unfinished(limit: number): ConnectionFacts[] {
    return [...this.open].slice(-limit).map(([state, { c }]) => {
      updateConversation(c, state);
      return new ConnectionFacts(c.page, c.base, c);
    });
  }

  private openOf(state: QuicState): Open {
    let open = this.open.get(state);
    if (open === undefined) {
      open = { c: quicConversation(state), read: false };
      this.open.set(state, open);
      this.journeys.joins.openedBefore(open.c);
    }
    return open;
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
