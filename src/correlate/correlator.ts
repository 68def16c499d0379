import type { Batch } from '../capture/batch.ts';
import { Kind, Packets } from '../dissect/packets.ts';
import { idOf } from '../dissect/registry.ts';
import { scanRows } from '../dissect/scan.ts';
import { Stacks } from '../dissect/stacks.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { ClockSteps } from './clock-steps.ts';
import { ConfigurationTracker, isDhcpAnswer } from './configurations.ts';
import { connectionOf } from './connection.ts';
import { ConnectionFacts, clientSide } from './connection-facts.ts';
import type { Conversation } from './conversation.ts';
import { DatagramTracker } from './datagrams.ts';
import type { Page } from './flow-table.ts';
import { FragmentTracker } from './fragments.ts';
import { IcmpTracker } from './icmp.ts';
import { LateKeys } from './late-keys.ts';
import { JourneyTracker } from './journeys.ts';
import { isDnsPort, LookupTracker } from './lookups.ts';
import type { Connection, Exchange, Journey, Listener, Lookup, TlsSession } from './model.ts';
import type { Owners } from './owners.ts';
import { ProtocolFinder } from './protocol-finder.ts';
import { QuicTracker } from './quic.ts';
import { QuicJourneys } from './quic-journeys.ts';
import { ResolutionTracker } from './resolutions.ts';
import { addLetter, Letter } from './tcp-history.ts';
import type { SegmentMarks } from './segment-marks.ts';
import type { StreamParser } from './stream-parser.ts';
import * as R from './tcp-record.ts';
import { TlsParser } from './tls.ts';
import { type TcpEvents, TcpTracker } from './tcp.ts';
import { addTurn } from './turns.ts';

const DNS = idOf('dns');
const HTTP = idOf('http');
const TLS = idOf('tls');

/** Rows that go from bytes to trackers together. */
const SPAN_ROWS = 256;

export interface CorrelatorOptions {
  /** SHA-256 of every stream. */
  hashes?: boolean;
  /** Every record of a DNS answer as text. */
  records?: boolean;
  /** `unfinished` will be asked for: what has begun must be found before it has ended. */
  live?: boolean;
  /** Tells which process has a connection. */
  owners?: Owners | undefined;
  /** Opens what TLS has sealed. */
  keys?: TlsKeys | undefined;
  /** Gets what is noted of each TCP packet. */
  marks?: SegmentMarks | undefined;
}

/** Takes batches, gives records: wires the trackers together. All state is below here. */
export class Correlator implements TcpEvents {
  readonly packets = new Packets();
  readonly stacks = new Stacks();
  readonly tcp: TcpTracker;
  readonly datagrams: DatagramTracker;
  readonly quic: QuicTracker;
  readonly fragments: FragmentTracker;
  readonly resolutions: ResolutionTracker;
  readonly lookups: LookupTracker;
  readonly configurations: ConfigurationTracker;
  readonly journeys: JourneyTracker;
  /** Whole seconds since 1970 that the session's times count from; set by the first packet. */
  baseSeconds = Number.NaN;

  private readonly steps = new ClockSteps();
  private readonly icmp: IcmpTracker;
  readonly finder: ProtocolFinder;
  private readonly late = new LateKeys();
  private readonly inQuic: QuicJourneys;
  private readonly live: boolean;
  private readonly owners: Owners | undefined;
  private readonly keys: TlsKeys | undefined;
  private readonly listener: Listener;
  /** The row being read, so that a stream's bytes can name the packet's protocol, and an answer its receiver. */
  private row = 0;

  constructor(listener: Listener, options: CorrelatorOptions = {}) {
    this.listener = listener;
    this.live = options.live ?? false;
    this.owners = options.owners;
    this.tcp = new TcpTracker(this, { hashes: options.hashes ?? false, marks: options.marks });
    this.fragments = new FragmentTracker(this.stacks);
    this.datagrams = new DatagramTracker((flow) => listener.datagram?.(flow));
    this.resolutions = new ResolutionTracker((r) => {
      const took = (r.answerTime ?? Number.NaN) - r.time;
      if (this.steps.measurable(r.packet, r.answerPacket ?? 0, took)) r.took = took;
      listener.resolution?.(r);
    });
    const { tcp, datagrams } = this;
    this.icmp = new IcmpTracker({ tcp, udp: datagrams.table }, (message) => listener.icmp?.(message));
    this.configurations = new ConfigurationTracker((configuration) => listener.configuration?.(configuration));
    this.journeys = new JourneyTracker((journey) => {
      this.steps.tell(journey);
      listener.journey?.(journey);
    });
    this.lookups = new LookupTracker(
      {
        ...(options.live ? { asked: (lookup: Lookup) => this.journeys.asked(lookup) } : {}),
        answered: (lookup) => this.journeys.answered(lookup, this.packets, this.row),
        final: (lookup) => {
          this.journeys.lookedUp(lookup);
          const took = (lookup.end ?? Number.NaN) - lookup.start;
          if (this.steps.measurable(lookup.packet, lookup.answerPacket ?? 0, took)) lookup.took = took;
          listener.lookup?.(lookup);
        },
      },
      { records: options.records ?? false },
    );
    this.keys = options.keys;
    const events = {
      started: (c: Conversation, exchange: Exchange) => this.journeys.started(c, exchange),
      finished: (c: Conversation, exchange: Exchange) => {
        c.unsettled = true;
        this.journeys.finished(c, exchange);
        listener.exchange?.(exchange);
      },
      replaced: (c: Conversation, old: Exchange, exchange: Exchange) => this.journeys.replaced(c, old, exchange),
      tls: (session: TlsSession) => listener.tls?.(session),
    };
    this.finder = new ProtocolFinder(this.lookups, events, options.keys);
    this.inQuic = new QuicJourneys(options.keys, this.finder, this.journeys);
    this.quic = new QuicTracker(this.stacks, (connection) => listener.quic?.(connection), this.inQuic);
    this.inQuic.held = this.quic.budget;
  }

  /** Reads a batch to its end. Rows stay in `packets` until the next batch. */
  batch(batch: Batch): void {
    if (Number.isNaN(this.baseSeconds) && batch.count > 0) this.baseSeconds = batch.seconds[0];
    if (this.keys?.growing) this.newKeys();
    const p = this.packets;
    this.fragments.annex(batch);
    for (let from = 0; from < batch.count; from += SPAN_ROWS) this.span(p, batch, from, Math.min(from + SPAN_ROWS, batch.count));
    this.tcp.recent.done(p, batch.count);
    if (this.keys?.growing) this.newKeys();
    this.owners?.look();
  }

  /** Some rows from their bytes to the trackers, while their headers are still in the processor's cache. */
  private span(p: Packets, batch: Batch, first: number, end: number): void {
    const fragments = scanRows(p, batch, first, end, this.baseSeconds, this.stacks);
    this.steps.rows(p, first, end, batch.interface);
    for (let from = first; from < end; ) {
      const to = fragments ? this.fragments.rows(p, from, end) : end;
      this.datagrams.rows(p, from, to);
      this.transport(p, from, to);
      if (to < end) {
        this.tcp.recent.done(p, to);
        this.fragments.annex(batch);
      }
      from = to;
    }
  }

  /** Asked once a batch: keys that have come since open what waits for them. */
  private newKeys(): void {
    this.keys?.refresh?.();
    this.finder.release();
    this.quic.release();
    for (const c of this.late.ready(this.packets.time[this.row])) if (!c.told) this.complete(c);
  }

  /** The capture ended: everything becomes final. */
  end(): void {
    if (this.keys?.growing) this.newKeys();
    this.fragments.end();
    this.resolutions.end();
    this.configurations.end();
    this.lookups.end();
    this.tcp.end();
    this.datagrams.end();
    this.quic.end();
    this.journeys.end();
  }

  /** Journeys that have begun and not ended, in order of their start: the newest `limit` of connections and of names. */
  unfinished(limit: number): Journey[] {
    const { table, conversations } = this.tcp;
    const open: Conversation[] = [];
    for (const slot of table.slots()) {
      const c = conversations[slot];
      if (c !== undefined && !c.told) open.push(c);
    }
    open.sort((a, b) => b.id - a.id);
    const facts = open.slice(0, limit).map((c) => new ConnectionFacts(c.page, c.base, c));
    facts.push(...this.inQuic.unfinished(limit));
    const journeys = facts.flatMap((each) => this.journeys.unfinished(each));
    return [...journeys, ...this.journeys.unusedNames(limit)].sort((a, b) => a.start - b.start || a.id - b.id);
  }

  /** What is known so far of a connection whose record is not out yet. */
  openConnection(id: number): { connection: Connection; tls: TlsSession | undefined } | undefined {
    const { table, conversations } = this.tcp;
    for (const slot of table.slots()) {
      const [page, base, c] = [table.page(slot), table.base(slot), conversations[slot]];
      if (page.words[base + R.ID] === id) return { connection: connectionOf(new ConnectionFacts(page, base, c)), tls: c?.tls };
    }
    return undefined;
  }

  /**
   * Resolutions, DNS, TCP and ICMP together, in the order of the packets: a connection asks which lookup led to it and which
   * neighbor it waited for, an error what it is about.
   */
  private transport(p: Packets, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const kind = p.kind[row];
      if (kind === Kind.tcp) {
        this.row = row;
        this.tcp.segment(p, row);
      } else if (kind === Kind.udp) this.udp(p, row);
      else if (kind === Kind.icmp) this.icmp.row(p, row);
      else if (kind === Kind.arp) this.resolutions.arp(p, row);
      else if (kind === Kind.icmpv6) {
        this.resolutions.neighbor(p, row);
        this.icmp.row(p, row);
        this.configurations.icmpv6(p, row);
      }
    }
  }

  private udp(p: Packets, row: number): void {
    const asked = isDnsPort(p.destinationPort[row]);
    if (!asked && !isDnsPort(p.sourcePort[row])) {
      if (isDhcpAnswer(p.destinationPort[row])) this.configurations.udp(p, row);
      else if (this.stacks.top(p.stack[row]) === DNS) this.dns(p, row, (p.bytes[p.payloadAt[row] + 2] & 0x80) === 0);
      else this.quic.row(p, row);
      return;
    }
    this.dns(p, row, asked);
  }

  private dns(p: Packets, row: number, asked: boolean): void {
    this.row = row;
    const resolution = asked ? this.resolutions.take(p, row) : undefined;
    if (resolution !== undefined) this.journeys.resolvedFor(p.firstNumber + row, resolution);
    this.lookups.udpRow(p, row);
  }

  opened(slot: number, page: Page, base: number, p: Packets, row: number): void {
    const resolution = this.resolutions.take(p, row);
    this.journeys.joins.opened(page, base, p, row, resolution, () => this.tcp.conversation(slot, page, base));
    if (this.live) this.tcp.conversation(slot, page, base);
    this.owners?.opened(page.words[base + R.ID], () => new ConnectionFacts(page, base, undefined));
  }

  bytes(c: Conversation, direction: 0 | 1, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    if (c.told) return;
    const { page, base } = c;
    if (this.finder.current !== c) this.finder.current = c;
    let { parser } = c;
    if (parser === undefined) {
      parser = this.find(c, direction, bytes, at, end, packet, time);
      at += this.finder.skip;
    }
    const fromClient = direction === clientSide(page, base);
    if (parser === undefined) {
      addTurn((c.turns ??= []), fromClient, packet, time);
      return;
    }
    const tunnelled = c.tunnel !== undefined;
    parser.data(fromClient, bytes, at, end, packet, time);
    this.name(c.protocolId, packet);
    // As tshark has it: TLS in a CONNECT tunnel is TLS over HTTP.
    if (tunnelled && c.tunnel === 'connect' && c.protocolId === HTTP && c.tls?.clientHelloPacket !== undefined)
      this.name(TLS, packet);
    if (c.unsettled && c.pending !== undefined && c.pending.length > 1) this.journeys.settle(c);
    // Alerts and session tickets are neither request nor answer.
    if (tunnelled || (afterHandshake(c.tls, packet, fromClient) && (parser as TlsParser).carriesData))
      addTurn((c.turns ??= []), fromClient, packet, time);
  }

  /** The parser of a connection whose first bytes tell its protocol now; it gets those kept so far at once. */
  private find(
    c: Conversation,
    direction: 0 | 1,
    bytes: Uint8Array,
    at: number,
    end: number,
    packet: number,
    time: number,
  ): StreamParser | undefined {
    const parser = this.finder.parser(c, direction, bytes, at, end);
    if (parser === undefined) return undefined;
    c.protocolId = idOf(parser.protocol);
    const half = c.half(direction);
    if (half.prefix !== undefined) {
      const from = Math.min(this.finder.skip, half.prefix.length);
      this.finder.skip -= from;
      parser.data(direction === clientSide(c.page, c.base), half.prefix, from, half.prefix.length, packet, time);
    }
    half.prefix = undefined;
    return parser;
  }

  gap(c: Conversation, direction: 0 | 1, length: number, packet: number, time: number): void {
    addLetter(c.page.words, c.base, direction, Letter.gap);
    this.finder.current = c;
    c.parser?.gap(direction === clientSide(c.page, c.base), length, packet, time);
  }

  closed(c: Conversation, direction: 0 | 1, packet: number, time: number): void {
    this.finder.current = c;
    c.parser?.end(direction === clientSide(c.page, c.base), 'fin', packet, time);
  }

  complete(c: Conversation): void {
    if (!c.half(0).ended || !c.half(1).ended) return;
    if (this.keys?.growing && this.late.wait(c, this.packets.time[this.row])) return;
    this.tell(new ConnectionFacts(c.page, c.base, c));
    // What the connection carried is told: let it go now, its record lingers alone.
    if (c.parser !== undefined) c.application = c.parser.protocol;
    c.parser = undefined;
    c.tls = undefined;
    c.connects = undefined;
    c.turns = undefined;
    c.pending = undefined;
    c.lookups = undefined;
    c.lookup = undefined;
  }

  finished(page: Page, base: number, c: Conversation | undefined): void {
    const how = (page.words[base + R.STATE] & (R.RST_SEEN * 3)) !== 0 ? 'reset' : 'capture-end';
    if (c?.parser !== undefined) {
      this.finder.current = c;
      c.application = c.parser.protocol;
      const last = page.words[base + R.LAST];
      const time = page.doubles[(base >> 1) + R.LAST_TIME];
      const client = clientSide(page, base);
      for (const d of [client, 1 - client] as (0 | 1)[]) if (!c.half(d).ended) c.parser.end(d === client, how, last, time);
      if (c.parser instanceof TlsParser) c.parser.giveUp();
    }
    const facts = new ConnectionFacts(page, base, c);
    this.tell(facts);
    if (this.listener.connection === undefined) return;
    const record = connectionOf(facts);
    const h = record.handshake;
    if (h?.rtt !== undefined && !this.steps.measurable(h.syn[0], h.ack ?? 0, h.rtt)) h.rtt = undefined;
    if (this.owners !== undefined) record.process = this.owners.of(record.id, record.client, record.server);
    this.listener.connection(record);
    this.owners?.forget(record.id);
  }

  private tell(facts: ConnectionFacts): void {
    const c = facts.conversation;
    if (c?.told) return;
    if (c !== undefined) c.told = true;
    this.journeys.ended(facts);
  }

  /** The row's stack grows by what its payload turned out to be. Held segments of other rows are past counting. */
  private name(id: number, packet: number): void {
    const p = this.packets;
    if (id === 0 || packet !== p.firstNumber + this.row) return;
    const stack = p.stack[this.row];
    if (this.stacks.top(stack) !== id) p.stack[this.row] = this.stacks.next(stack, id);
  }
}

/** The request may stand in the packet that ends the handshake, or in one before it (False Start, RFC 7918). */
function afterHandshake(tls: TlsSession | undefined, packet: number, fromClient: boolean): boolean {
  if (tls === undefined) return false;
  const { finishedPacket: finished, firstApplicationDataPacket: data, serverHelloPacket: hello } = tls;
  if (fromClient && data !== undefined && hello !== undefined && data > hello && packet >= data) return true;
  return finished !== undefined && (packet > finished || packet === data);
}
