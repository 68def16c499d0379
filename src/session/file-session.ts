import type { Analysis } from './analysis.ts';
import type { Problem, Source } from '../capture/batch.ts';
import { CaptureRecords, type RecordOptions, type Unreadable } from './capture-records.ts';
import type { Connection, Exchange, Journey, Lookup, QuicConnection, StageKind, TlsSession } from '../correlate/model.ts';
import { exchangesOfQuic, flowOf, quicOfFlow } from '../correlate/quic-record.ts';
import type { Owners } from '../correlate/owners.ts';
import type { ListName } from '../correlate/tcp-lists.ts';
import { decodeWith } from '../dissect/decode.ts';
import { summarize } from '../dissect/summary.ts';
import type { Turn } from './follow.ts';
import { InsideTls } from './inside-tls.ts';
import { OpenJourneys } from './open-journeys.ts';
import { JourneyList } from './journey-list.ts';
import type { PacketIndex } from './packet-index.ts';
import { type StreamPoint, streamPoints } from './stream-points.ts';
import { buildHops } from '../rules/join/build.ts';
import type { Hops } from '../rules/hops.ts';
import { CaptureStatistics, type Statistics } from './statistics.ts';
import { type Trouble, TroubleCounts } from './trouble.ts';
import { type Sighting, Sightings } from './sightings.ts';
import { judgeOne, judgeWide } from '../rules/engine.ts';
import { inBookOrder, RULES } from '../rules/registry.ts';
import { TcpFields } from '../rules/tcp-fields.ts';
import type { Judgement } from '../rules/rule.ts';
import {
  type Decoded,
  headOf,
  type JourneyHead,
  type PacketSummary,
  type Progress,
  type RawPacket,
  type SessionView,
} from './session.ts';

/** Packets of a journey that the screen lists. */
const JOURNEY_PACKETS = 100_000;
/** What TLS carries of a stream that is followed. */
const FOLLOWED_BYTES = 8 << 20;
/** Rules about a capture as a whole look at all of it: with more journeys somebody would wait for them. */
const WIDE_JOURNEYS = 20_000;
/** Journeys of one page that are listed. */
const PAGE_JOURNEYS = 500;
/** Journeys that have not ended, on screen at once: the newest of connections, and of names. */
const OPEN_JOURNEYS = 500;

/** A capture for the screens: reads it in slices, keeps the records and an index of the packets, reads bytes again when asked. */
export class FileSession implements SessionView {
  version = 0;
  newKeys = false;
  firstTime = 0;
  readonly file: string;

  /** What rules and screens ask about. */
  readonly facts: CaptureRecords;

  private readonly analysis: Analysis;
  private readonly source: Source;
  private readonly index: PacketIndex;
  private readonly tcpFields: TcpFields;
  private readonly inside: InsideTls;
  /** The records themselves by id in `facts.journeys`. */
  private readonly heads = new JourneyList();
  private readonly counts = new CaptureStatistics();
  private readonly troubles = new TroubleCounts();
  private readonly open = new OpenJourneys();
  /** The version that `open` is of. */
  private openVersion = 0;
  private readonly growing: boolean;
  private listed: { id: number; packets: number[] } | undefined;
  private judged: { id: number; done: boolean; count: number; list: Judgement[] } | undefined;
  private paged: { version: number; page: number; list: number[] } | undefined;
  private plotted: { connection: number; from: string; version: number; list: StreamPoint[] } | undefined;
  private readonly waiting: (() => Promise<Source>)[] = [];
  private readonly others: { source: Source; records: CaptureRecords }[] = [];
  private hops: { hops: Hops; seen: Sightings } | undefined;
  /** Verdicts about captures and hops. */
  private wide: Judgement[] | undefined;
  private followed: { connection: number; turns: Turn[] } | undefined;
  private counted: { version: number; statistics: Statistics } | undefined;
  private readonly tee: RecordOptions['tee'] = {
    journey: (j) => this.found(j),
    tls: (t) => this.troubles.sealed(t.decryption),
    quic: (q) => this.troubles.sealed(q.decryption),
  };

  /** `growing`: journeys are shown while they are under way, too. */
  constructor(source: Source, growing = false, owners?: Owners) {
    this.source = source;
    this.growing = growing;
    this.file = source.file;
    this.facts = new CaptureRecords(source, { live: growing, owners, tee: this.tee });
    this.analysis = this.facts.analysis;
    this.index = this.facts.packets;
    this.tcpFields = new TcpFields(this.facts);
    this.inside = new InsideTls(this.facts.exchangesOn, () => this.facts.exchanges.count);
  }

  /** Other captures of the same traffic, read when this one has ended, so that packets are shown as each of them has them. */
  beside(open: (() => Promise<Source>)[]): void {
    this.waiting.push(...open);
  }

  /** Reads the next slice. False when the capture has ended, and those beside it. */
  async step(): Promise<boolean> {
    if (this.analysis.done) return this.readBeside();
    const first = this.index.count === 0;
    const more = await this.facts.step();
    this.version++;
    if (!more) {
      // Rules ask for it, and nobody is to wait for them then.
      void this.facts.vantage;
      return this.readBeside();
    }
    const { batch, correlator } = this.analysis;
    if (first && batch.count > 0) this.firstTime = correlator.packets.time[0];
    this.counts.packets(batch, correlator.packets);
    return true;
  }

  /** With what rules about hops say of this journey, where they were asked. */
  private judge(journey: Journey): Judgement[] {
    this.captureVerdicts();
    const more = this.wide?.filter((each) => each.journeyId === journey.id) ?? [];
    return inBookOrder([...more, ...judgeOne(RULES, this.facts, journey)]);
  }

  private async readBeside(): Promise<boolean> {
    const open = this.waiting.shift();
    if (open === undefined) return false;
    const source = await open();
    const records = new CaptureRecords(source, { index: this.others.length + 1 });
    this.others.push({ source, records });
    await records.run();
    this.hops = undefined;
    this.wide = undefined;
    this.judged = undefined;
    this.version++;
    return true;
  }

  /** What is open, joined; made when somebody asks, after everything was read. */
  private get joined(): { hops: Hops; seen: Sightings } {
    if (this.hops === undefined) {
      const hops = buildHops([this.facts, ...this.others.map(({ records }) => records)]);
      this.hops = { hops, seen: new Sightings(hops) };
    }
    return this.hops;
  }

  sightings(packet: number): readonly Sighting[] {
    return this.others.length === 0 || this.waiting.length > 0 ? [] : this.joined.seen.of(packet);
  }

  captureVerdicts(): readonly Judgement[] | undefined {
    if (!this.analysis.done || this.waiting.length > 0 || this.facts.journeys.count > WIDE_JOURNEYS) return undefined;
    this.wide ??= judgeWide(RULES, this.joined.hops).filter((each) => each.capture === 0);
    return this.wide.filter((each) => each.journeyId === null);
  }

  private found(j: Journey): void {
    this.counts.journey(j);
    this.troubles.add(j);
    this.heads.add(headOf(j), j.start);
  }

  /** The capture's key logs have more in them than when it was read. True: that is news. */
  keysHaveCome(): boolean {
    if (this.newKeys || !this.analysis.done || !this.troubles.lacksKeys) return false;
    this.newKeys = true;
    this.version++;
    return true;
  }

  progress(): Progress {
    const { position, size } = this.source;
    const result: Progress = { packets: this.index.count, bytes: position, done: this.analysis.done };
    if (size !== undefined) result.size = size;
    return result;
  }

  problems(): Problem[] {
    return this.analysis.summary().problems;
  }

  clockText(time: number): string {
    const base = this.analysis.correlator.baseSeconds;
    const seconds = Math.floor(time / 1e9);
    const date = new Date((base + seconds) * 1000);
    const nanoseconds = String(Math.round(time - seconds * 1e9)).padStart(9, '0');
    const day = Number.isNaN(date.getTime()) ? String(base + seconds) : date.toISOString().slice(0, 19).replace('T', ' ');
    return `${day}.${nanoseconds}`;
  }

  journeyCount(): number {
    return this.heads.count + this.unfinished().count;
  }

  journey(index: number): Journey {
    const open = this.unfinished().at(index);
    return typeof open === 'number' ? (this.facts.journeys.get(this.heads.at(index - open).id) as Journey) : open;
  }

  journeyHead(index: number): JourneyHead {
    const open = this.unfinished().at(index);
    return typeof open === 'number' ? this.heads.at(index - open) : headOf(open);
  }

  private unfinished(): OpenJourneys {
    if (this.growing && this.openVersion !== this.version) {
      this.openVersion = this.version;
      const list = this.analysis.done ? [] : this.analysis.correlator.unfinished(OPEN_JOURNEYS);
      this.open.set(list, (start) => this.heads.startedBy(start));
    }
    return this.open;
  }

  connection(id: number): Connection | undefined {
    return this.facts.connections.get(id);
  }

  exchange(id: number): Exchange | undefined {
    return this.facts.exchanges.get(id);
  }

  lookup(index: number): Lookup | undefined {
    return this.facts.lookups.get(index);
  }

  tls(connection: number): TlsSession | undefined {
    return this.facts.tlsSessions.get(connection);
  }

  connectionCount(): number {
    return this.facts.connections.highest + 1;
  }

  lookupCount(): number {
    return this.facts.lookups.highest + 1;
  }

  journeyOfId(id: number): Journey | undefined {
    return this.facts.journeys.get(id);
  }

  follow(connection: number): readonly Turn[] {
    if (this.followed?.connection !== connection)
      this.followed = { connection, turns: this.facts.follow(connection, FOLLOWED_BYTES) };
    return this.followed.turns;
  }

  pageOf(index: number): readonly number[] {
    const { page } = this.journeyHead(index);
    const { paged } = this;
    if (paged?.version === this.version && paged.page === page) return paged.list;
    const list = this.membersOf(page);
    this.paged = { version: this.version, page, list };
    return list;
  }

  private membersOf(page: number): number[] {
    if (this.unfinished().count === 0) return this.heads.ofPage(page, PAGE_JOURNEYS);
    const list: number[] = [];
    for (let i = 0; i < this.journeyCount() && list.length < PAGE_JOURNEYS; i++)
      if (this.journeyHead(i).page === page) list.push(i);
    return list;
  }

  troubleOnTheWire(): readonly Trouble[] {
    return this.troubles.list(this.facts.marks);
  }

  packetsInTrouble(kind: ListName, most: number): number[] {
    return this.facts.marks.packetsOf(kind, most);
  }

  packetsOf(connection: number): number[] {
    return this.facts.packetsOf(connection, undefined, undefined, JOURNEY_PACKETS);
  }

  segmentsOf(connection: number, from: 'client' | 'server', most: number): readonly StreamPoint[] {
    const { plotted } = this;
    if (plotted?.connection === connection && plotted.from === from && plotted.version === this.version) return plotted.list;
    const list = streamPoints(this.facts, connection, from, most);
    this.plotted = { connection, from, version: this.version, list };
    return list;
  }

  packetCount(): number {
    return this.index.count;
  }

  packet(number: number): Decoded | undefined {
    const decoded = this.decoded(number);
    if (decoded !== undefined) decoded.layers.push(...this.facts.decryptedLayers(number));
    return decoded;
  }

  /** The packet by its own bytes. */
  private decoded(number: number): Decoded | undefined {
    if (!this.index.has(number)) return undefined;
    const bytes = this.facts.bytesOf(number);
    if (bytes === undefined) return undefined;
    const wireLength = this.index.wirelen(number);
    const linkType = this.index.linkType(number);
    const layers = this.tcpFields.of(number, decodeWith(bytes, wireLength, linkType, this.facts.applicationOf(number)));
    const time = this.index.time(number);
    const summary: PacketSummary = { number, time, length: wireLength, ...summarize(bytes, wireLength, linkType, layers) };
    const quic = quicOfFlow(this.index.flow(number));
    const sealed = quic !== undefined || summary.protocol === 'TLS';
    const inside = sealed
      ? this.inside.of(number, quic === undefined ? this.index.flow(number) : exchangesOfQuic(quic))
      : undefined;
    if (inside !== undefined) summary.info += `: ${inside}`;
    return { number, time, bytes, wireLength, layers, summary };
  }

  get unreadable(): Unreadable | undefined {
    return this.facts.unreadable;
  }

  verdicts(index: number): Judgement[] {
    const journey = index < this.journeyCount() ? this.journey(index) : undefined;
    if (journey === undefined) return [];
    // While a capture grows rules look again when there is a tenth more to see, not with every packet.
    const { judged } = this;
    const count = this.index.count;
    if (judged?.id !== journey.id || judged.done !== this.analysis.done || count > judged.count * 1.1)
      this.judged = { id: journey.id, done: this.analysis.done, count, list: this.judge(journey) };
    return this.judged?.list ?? [];
  }

  rawPacket(number: number): RawPacket | undefined {
    const bytes = this.facts.bytesOf(number);
    if (bytes === undefined) return undefined;
    const time = this.index.time(number);
    const whole = Math.floor(time / 1e9);
    return {
      bytes,
      wireLength: this.index.wirelen(number),
      linkType: this.index.linkType(number),
      seconds: this.facts.baseSeconds + whole,
      nanoseconds: Math.round(time - whole * 1e9),
    };
  }

  connectionOf(number: number): number | undefined {
    const flow = this.index.has(number) ? this.index.flow(number) : -1;
    return flow >= 0 && this.facts.stackOf(number).split(':').includes('tcp') ? flow : undefined;
  }

  quicFlowOf = (number: number): number | undefined => this.facts.quicFlowOf(number);
  quicConnection = (id: number): QuicConnection | undefined => this.facts.quic.get(id);
  quicCount = (): number => this.facts.quic.count;

  packetSummary(number: number): PacketSummary | undefined {
    return this.decoded(number)?.summary;
  }

  journeyPackets(index: number): number[] {
    const journey = index < this.journeyCount() ? this.journey(index) : undefined;
    if (journey === undefined) return [];
    if (this.listed?.id === journey.id) return this.listed.packets;
    const numbers = new Set<number>();
    for (const stage of journey.stages) for (const packet of stage.packets) numbers.add(packet);
    for (const attempt of journey.attempts ?? []) for (const packet of attempt.packets) numbers.add(packet);
    const flow = flowOf(journey);
    if (flow !== undefined)
      for (const packet of this.index.ofFlow(flow, journey.start, journey.end, JOURNEY_PACKETS)) numbers.add(packet);
    const packets = [...numbers].sort((a, b) => a - b);
    if (this.analysis.done) this.listed = { id: journey.id, packets };
    return packets;
  }

  stageOf(index: number, packet: number): StageKind | undefined {
    const journey = index < this.journeyCount() ? this.journey(index) : undefined;
    if (journey === undefined || !this.index.has(packet)) return undefined;
    for (const stage of journey.stages) if (stage.packets.includes(packet)) return stage.kind;
    if (this.index.flow(packet) !== flowOf(journey)) return undefined;
    const time = this.index.time(packet);
    return journey.stages.find((s) => !s.reused && time >= s.start && time <= s.end)?.kind;
  }

  statistics(): Statistics {
    if (this.counted?.version === this.version) return this.counted.statistics;
    const statistics = this.counts.list(this.analysis.correlator.stacks);
    this.counted = { version: this.version, statistics };
    return statistics;
  }

  close(): void {
    this.facts.close();
    for (const { source, records } of this.others) {
      records.close();
      source.close();
    }
  }
}
