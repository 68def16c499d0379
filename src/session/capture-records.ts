import { Analysis, type CaptureSummary } from './analysis.ts';
import type { CaptureInterface, Problem, Source } from '../capture/batch.ts';
import { quicOfFlow } from '../correlate/quic-record.ts';
import { Decrypted } from './decrypted.ts';
import { follow, type Turn } from './follow.ts';
import type { Configuration } from '../correlate/configuration.ts';
import type {
  Connection,
  DatagramFlow,
  Exchange,
  IcmpMessage,
  Journey,
  Listener,
  Lookup,
  QuicConnection,
  Resolution,
  TlsSession,
} from '../correlate/model.ts';
import type { Owners } from '../correlate/owners.ts';
import { tellsAddresses } from '../correlate/resolutions.ts';
import { SegmentMarks } from '../correlate/segment-marks.ts';
import type { ListName } from '../correlate/tcp-lists.ts';
import type { Layer } from '../dissect/protocol.ts';
import type { PlainRecord } from '../dissect/tls/plaintext.ts';
import { CONNECTIONS } from './connection-form.ts';
import { EXCHANGES } from './exchange-form.ts';
import { JOURNEYS } from './journey-form.ts';
import { LOOKUPS } from './lookup-form.ts';
import { PacketIndex } from './packet-index.ts';
import { RecordTable } from './record-table.ts';
import type { CaptureFacts } from '../rules/facts.ts';
import { type PacketFacts, packetFacts } from '../rules/packet.ts';
import type { Vantage, VantageKind } from '../rules/vantage.ts';
import { vantageOf } from '../rules/vantage-of.ts';

const PACKET_CACHE = 256;
const PACKETS_OF = 10_000;
/** Connections whose secrets are looked for at once. */
const SECRETS_OF = 10_000;

/** The file is no longer what it was when these packets were read; or their bytes were not kept. */
export type Unreadable = 'changed' | 'not-kept';

export interface RecordOptions {
  /** Place among the captures that are judged together. */
  index?: number;
  /** Where the user says that it was taken. */
  vantage?: VantageKind | undefined;
  live?: boolean;
  owners?: Owners | undefined;
  hashes?: boolean;
  /** Gets each record, too. */
  tee?: Listener;
}

/** A capture that was read to its end, as rules ask about it. Records stand in nameless files; packets are read again. */
export class CaptureRecords implements CaptureFacts {
  readonly file: string;
  readonly index: number;
  readonly journeys = new RecordTable<Journey>(JOURNEYS);
  readonly connections = new RecordTable<Connection>(CONNECTIONS);
  readonly exchanges = new RecordTable<Exchange>(EXCHANGES);
  readonly lookups = new RecordTable<Lookup>(LOOKUPS);
  readonly tlsSessions = new RecordTable<TlsSession>();
  readonly quic = new RecordTable<QuicConnection>();
  readonly datagrams = new RecordTable<DatagramFlow>();
  readonly resolutions = new RecordTable<Resolution>();
  readonly icmp = new RecordTable<IcmpMessage>();
  readonly configurations = new RecordTable<Configuration>();

  private readonly byName = this.lookups.indexBy((l) => [nameKey(l.name)]);
  private readonly byClient = this.lookups.indexBy((l) => [[l.client.address, nameKey(l.name)]]);
  private readonly tlsOfDns = this.tlsSessions.indexBy((t) => (t.encryptedDns === undefined ? [] : ['dns']));
  private readonly journeysByClient = this.journeys.indexBy((j) => [[j.client, nameKey(j.name)]]);
  private readonly askers = new Set<string>();
  readonly lookupsTelling: (address: string) => Lookup[] = this.lookups.indexBy((l) => l.addresses);
  readonly resolutionsOf: (address: string) => Resolution[] = this.resolutions.indexBy((r) => [r.targetAddress, r.senderAddress]);
  readonly connectionsTo: (server: string) => Connection[] = this.connections.indexBy((c) => [c.server.address]);
  readonly exchangesOn: (connection: number) => Exchange[] = this.exchanges.indexBy((x) => [x.connection]);
  readonly journeysOn: (connection: number) => Journey[] = this.journeys.indexBy((j) => keyIfAny(j.connection));
  readonly journeysUnder: (page: number) => Journey[] = this.journeys.indexBy((j) =>
    j.parent !== null && j.evidence.some((e) => e.join === 'referer') ? [j.parent] : [],
  );
  readonly icmpAbout: (connection: number) => IcmpMessage[] = this.icmp.indexBy((m) => keyIfAny(m.about?.connection));

  readonly analysis: Analysis;
  readonly packets = new PacketIndex();
  /** What was noted of TCP packets. */
  readonly marks = new SegmentMarks();
  /** Why `packet` gives nothing for packets that are there. */
  unreadable: Unreadable | undefined;

  private readonly source: Source;
  private readonly decrypted: Decrypted;
  private readonly cache = new Map<number, PacketFacts>();
  private openOnes = { at: -1, byId: new Map<number, ReturnType<CaptureRecords['ahead']>>() };
  private summed: CaptureSummary | undefined;
  private seen: { vantage: Vantage; packets: number } | undefined;
  private readonly givenVantage: VantageKind | undefined;

  constructor(source: Source, options: RecordOptions = {}) {
    this.source = source;
    this.file = source.file;
    this.index = options.index ?? 0;
    this.givenVantage = options.vantage;
    let counted = 0;
    const { tee, live, owners, hashes } = options;
    const kept =
      <T>(keep: (record: T) => void, tell: ((record: T) => void) | undefined) =>
      (record: T): void => {
        keep(record);
        tell?.(record);
      };
    const listener: Listener = {
      journey: kept((j) => this.journeys.set(j.id, j), tee?.journey),
      connection: kept((c) => this.connections.set(c.id, c), tee?.connection),
      exchange: kept((x) => this.exchanges.set(x.id, x), tee?.exchange),
      lookup: kept((l) => {
        this.lookups.set(l.index, l);
        if (l.transport !== 'mdns' && l.transport !== 'llmnr') this.askers.add(l.client.address);
      }, tee?.lookup),
      tls: kept((t) => this.tlsSessions.set(t.connection, t), tee?.tls),
      quic: kept((q) => this.quic.set(q.id, q), tee?.quic),
      datagram: kept((d) => this.datagrams.set(d.id, d), tee?.datagram),
      resolution: kept((r) => {
        if (tellsAddresses(r)) this.resolutions.set(this.resolutions.count, r);
      }, tee?.resolution),
      icmp: kept((m) => this.icmp.set(this.icmp.count, m), tee?.icmp),
      configuration: kept((c) => this.configurations.set(counted++, c), tee?.configuration),
    };
    this.analysis = new Analysis(source, listener, { records: true, live, owners, hashes, marks: this.marks });
    this.decrypted = new Decrypted(this, () => this.analysis.keys);
    if (!live) return;
    this.connections.ahead = (id) => this.ahead(id)?.connection;
    this.tlsSessions.ahead = (id) => this.ahead(id)?.tls;
  }

  /** Reads the next slice. False when the capture has ended. */
  async step(): Promise<boolean> {
    const more = await this.analysis.step();
    if (more) this.packets.add(this.analysis.batch, this.analysis.correlator.packets);
    return more;
  }

  async run(): Promise<void> {
    while (await this.step());
  }

  get packetCount(): number {
    return this.packets.count;
  }

  get baseSeconds(): number {
    return this.analysis.correlator.baseSeconds;
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.source.interfaces;
  }

  get linkTypes(): readonly string[] {
    return this.summary.linkTypes;
  }

  get problems(): readonly Problem[] {
    return this.summary.problems;
  }

  get dropped(): number | undefined {
    return this.summary.dropped;
  }

  get cutPackets(): number {
    return this.summary.cutPackets;
  }

  get firstTime(): number {
    return this.packetCount === 0 ? 0 : this.packets.time(1);
  }

  get lastTime(): number {
    return this.packetCount === 0 ? 0 : this.packets.time(this.packetCount);
  }

  get vantage(): Vantage {
    // While a capture grows it is asked again now and then.
    if (this.seen === undefined || this.packetCount > this.seen.packets * 1.1)
      this.seen = { vantage: vantageOf(this, this.givenVantage), packets: this.packetCount };
    return this.seen.vantage;
  }

  get summary(): CaptureSummary {
    if (this.analysis.done) this.summed ??= this.analysis.summary();
    return this.summed ?? this.analysis.summary();
  }

  packet(number: number): PacketFacts | undefined {
    const known = this.cache.get(number);
    if (known !== undefined) return known;
    const { packets } = this;
    const bytes = this.bytesOf(number);
    if (bytes === undefined) return undefined;
    const facts = packetFacts(
      number,
      packets.time(number),
      bytes,
      packets.wirelen(number),
      packets.linkType(number),
      this.analysis.correlator.stacks,
      this.applicationOf(number),
    );
    if (this.cache.size >= PACKET_CACHE) this.cache.delete(this.cache.keys().next().value as number);
    this.cache.set(number, facts);
    return facts;
  }

  /** What a packet's payload is, as far as other packets had to tell. */
  applicationOf(packet: number): string | undefined {
    const connection = this.connectionOf(packet);
    if (connection !== undefined) {
      const { application } = this.connections.get(connection) ?? {};
      return application === 'http' && this.stackOf(packet).endsWith(':http:tls') ? 'tls' : application;
    }
    return this.stackOf(packet).endsWith(':quic') ? 'quic' : undefined;
  }

  /** What TLS carries in a packet, where keys open it; decrypted anew, for a packet that somebody looks at. */
  decryptedLayers(packet: number): Layer[] {
    const connection = this.connectionOf(packet) ?? this.quicFlowOf(packet);
    if (connection === undefined) return [];
    const quic = quicOfFlow(connection);
    const { decryption } = (quic === undefined ? this.tlsSessions.get(connection) : this.quic.get(quic)) ?? {};
    return decryption?.opened === 0 ? [] : this.decrypted.layersOf(connection, packet);
  }

  /** What was said on a TCP connection, or on a QUIC connection by its flow; of what keys open so many bytes at most. */
  follow(flow: number, most: number): Turn[] {
    if (quicOfFlow(flow) !== undefined) return this.decrypted.turnsOf(flow, most);
    return follow(this, flow, this.openedRecords(flow, most));
  }

  /** The flow of a packet of a QUIC connection. */
  quicFlowOf(packet: number): number | undefined {
    const flow = this.packets.has(packet) ? this.packets.flow(packet) : -1;
    return quicOfFlow(flow) === undefined ? undefined : flow;
  }

  /** What keys open of a connection, in order; so many bytes of it at most. */
  openedRecords(connection: number, most: number): PlainRecord[] {
    return this.tlsSessions.get(connection) === undefined ? [] : this.decrypted.recordsOf(connection, most);
  }

  /** Key log lines of the connections of these packets, for a file that shall have them. */
  secretsOf(packets: readonly number[]): string {
    const connections = new Set<number>();
    for (const packet of packets) {
      const connection = this.connectionOf(packet) ?? this.quicFlowOf(packet);
      if (connection !== undefined && connections.size < SECRETS_OF) connections.add(connection);
    }
    return [...connections].map((each) => this.decrypted.secretsOf(each)).join('');
  }

  wireLengthOf(packet: number): number {
    return this.packets.wirelen(packet);
  }

  linkTypeOf(packet: number): number {
    return this.packets.linkType(packet);
  }

  /** The captured bytes of a packet, read again. */
  bytesOf(number: number): Uint8Array | undefined {
    if (!this.packets.has(number)) return undefined;
    if (!this.source.seekable) {
      this.unreadable = 'not-kept';
      return undefined;
    }
    try {
      return this.source.read(this.packets.offset(number), this.packets.caplen(number));
    } catch {
      // Somebody may do to the file what they like while it is open.
      this.unreadable = 'changed';
      return undefined;
    }
  }

  packetsOf(connection: number, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, limit = PACKETS_OF): number[] {
    return this.packets.ofFlow(connection, from, to, limit);
  }

  connectionOf(packet: number): number | undefined {
    if (!this.packets.has(packet) || !this.stackOf(packet).split(':').includes('tcp')) return undefined;
    const flow = this.packets.flow(packet);
    return flow < 0 ? undefined : flow;
  }

  marksOf(packet: number): readonly ListName[] {
    return this.marks.of(packet);
  }

  packetsFrom(connection: number, packet: number, limit: number): number[] {
    return this.packets.ofFlowFrom(connection, packet, limit);
  }

  stackOf(packet: number): string {
    return this.packets.has(packet) ? this.analysis.correlator.stacks.name(this.packets.stack(packet)) : 'unknown';
  }

  packetsWith(layer: string, limit: number): number[] {
    const { stacks } = this.analysis.correlator;
    const known = new Map<number, boolean>();
    const found: number[] = [];
    for (let n = 1; n <= this.packetCount && found.length < limit; n++) {
      if (!this.packets.has(n)) continue;
      const stack = this.packets.stack(n);
      let has = known.get(stack);
      if (has === undefined) {
        has = stacks.layers(stack).includes(layer);
        known.set(stack, has);
      }
      if (has) found.push(n);
    }
    return found;
  }

  timeOf(packet: number): number {
    return this.packets.has(packet) ? this.packets.time(packet) : 0;
  }

  clockText(time: number): string {
    const seconds = Math.floor(time / 1e9);
    const date = new Date((this.baseSeconds + seconds) * 1000);
    const clock = Number.isNaN(date.getTime()) ? String(this.baseSeconds + seconds) : date.toISOString().slice(11, 19);
    return `${clock}.${String(Math.round(time - seconds * 1e9)).padStart(9, '0')}`;
  }

  lookupsOf(name: string): Lookup[] {
    return this.byName(nameKey(name));
  }

  lookupsBy(client: string, name: string): Lookup[] {
    return this.byClient([client, nameKey(name)]);
  }

  asksNames(client: string): boolean {
    return this.askers.has(client);
  }

  encryptedDns(): TlsSession[] {
    return this.tlsOfDns('dns');
  }

  journeysTo(client: string, name: string): Journey[] {
    return this.journeysByClient([client, nameKey(name)]);
  }

  close(): void {
    const tables = [this.journeys, this.connections, this.exchanges, this.lookups, this.tlsSessions, this.quic];
    for (const table of [...tables, this.datagrams, this.resolutions, this.icmp, this.configurations]) table.close();
  }

  /** What is known so far of a connection that has not ended, made once for the packets read. */
  private ahead(id: number): ReturnType<CaptureRecords['analysis']['correlator']['openConnection']> {
    const { packetCount } = this;
    if (this.openOnes.at !== packetCount) this.openOnes = { at: packetCount, byId: new Map() };
    const { byId } = this.openOnes;
    if (!byId.has(id)) byId.set(id, this.analysis.correlator.openConnection(id));
    return byId.get(id);
  }
}

const keyIfAny = (key: number | undefined): number[] => (key === undefined ? [] : [key]);
const nameKey = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
