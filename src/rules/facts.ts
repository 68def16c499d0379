import type { CaptureInterface, Problem } from '../capture/batch.ts';
import type { Configuration } from '../correlate/configuration.ts';
import type {
  Connection,
  DatagramFlow,
  Exchange,
  IcmpMessage,
  Journey,
  Lookup,
  QuicConnection,
  Resolution,
  TlsSession,
} from '../correlate/model.ts';
import type { ListName } from '../correlate/tcp-lists.ts';
import type { PacketFacts } from './packet.ts';
import type { Vantage } from './vantage.ts';

/** Records of one kind, fetched when asked for: there may be hundreds of thousands. */
export interface Table<T> extends Iterable<T> {
  readonly count: number;
  /** By the record's own id or index; undefined where there is none. */
  get(id: number): T | undefined;
}

/** What rules may ask of one capture that was read to its end. Times are nanoseconds since its base second. */
export interface CaptureFacts {
  readonly file: string;
  /** Its place among the captures that are judged together. */
  readonly index: number;
  readonly packetCount: number;
  /** Of the first packet, in seconds since 1970. */
  readonly baseSeconds: number;
  readonly interfaces: readonly CaptureInterface[];
  readonly linkTypes: readonly string[];
  readonly problems: readonly Problem[];
  /** Packets the capture itself lost, where the file says so. */
  readonly dropped: number | undefined;
  /** Packets of which the snapshot length kept only a part. */
  readonly cutPackets: number;
  readonly firstTime: number;
  readonly lastTime: number;
  /** Worked out from the packets, or as the user said. */
  readonly vantage: Vantage;

  readonly journeys: Table<Journey>;
  readonly connections: Table<Connection>;
  readonly exchanges: Table<Exchange>;
  readonly lookups: Table<Lookup>;
  readonly tlsSessions: Table<TlsSession>;
  readonly quic: Table<QuicConnection>;
  readonly datagrams: Table<DatagramFlow>;
  readonly resolutions: Table<Resolution>;
  readonly icmp: Table<IcmpMessage>;
  readonly configurations: Table<Configuration>;

  /** One packet's header facts and bytes, read again; undefined outside the capture or where its bytes are not at hand. */
  packet(number: number): PacketFacts | undefined;
  /** Numbers of a TCP connection's packets in file order, between two times where given; at most `limit` (10,000). */
  packetsOf(connection: number, from?: number, to?: number, limit?: number): number[];
  /** The TCP connection that a packet belongs to. */
  connectionOf(packet: number): number | undefined;
  /** What was noted of a TCP packet, under the names of the records' lists ("retransmissions", "keepAlives"); of every packet, not only of those that lists have room for. */
  marksOf(packet: number): readonly ListName[];
  /** Up to `limit` packets of a TCP connection from this packet on; with a negative limit those last before it. In file order. */
  packetsFrom(connection: number, packet: number, limit: number): number[];
  /** The layers of a packet, "eth:ip:tcp:http", without reading its bytes. */
  stackOf(packet: number): string;
  /** Numbers of the first packets, at most `limit`, that have this layer ("ospf"), without reading their bytes. */
  packetsWith(layer: string, limit: number): number[];
  timeOf(packet: number): number;
  /** "23:07:36.829816000" UTC for a time of this capture. */
  clockText(time: number): string;

  // Indexes, kept as the records come.
  /** TLS sessions by their first packets known for DNS over TLS or to a known DoH host. */
  encryptedDns(): TlsSession[];
  /** Lookups of a name (lower case, without the last dot), in order of asking. */
  lookupsOf(name: string): Lookup[];
  /** Lookups whose answer holds this address. */
  lookupsTelling(address: string): Lookup[];
  /** A client's lookups of a name, in any spelling, in order of asking. */
  lookupsBy(client: string, name: string): Lookup[];
  /** The client asks DNS servers for names. */
  asksNames(client: string): boolean;
  /** ARP and NDP about an address. */
  resolutionsOf(address: string): Resolution[];
  connectionsTo(server: string): Connection[];
  exchangesOn(connection: number): Exchange[];
  journeysOn(connection: number): Journey[];
  /** A client's journeys to a name, in any spelling. */
  journeysTo(client: string, name: string): Journey[];
  /** Journeys that name this one's URL as their Referer. */
  journeysUnder(page: number): Journey[];
  /** ICMP messages about a connection. */
  icmpAbout(connection: number): IcmpMessage[];
}
