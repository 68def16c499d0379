import type { CertificateFacts } from '../dissect/tls/certificate.ts';
import type { Text } from '../text/text.ts';
import type { Attempt } from './attempt.ts';
import type { Configuration } from './configuration.ts';
import type { Exchange } from './exchange.ts';
import type { Http2Connection } from './http2-model.ts';
import type { Join } from './join.ts';
import type { Owner } from './owners.ts';
import type { QuicClose } from './quic-close.ts';
import type { Decryption, TlsSession } from './tls-session.ts';

export type { Decryption, SealedReason, TlsSession } from './tls-session.ts';

export type { Exchange } from './exchange.ts';

/**
 * What the correlator finds, as plain records. A record is handed on when it is final; until then it may still change.
 * Times are nanoseconds since the session's base second (`Clock`), durations too. Packet numbers count from 1.
 * Lists that traffic can grow without end are capped at `LIST_LIMIT`; the count beside them is not.
 */
export const LIST_LIMIT = 256;

export interface Endpoint {
  address: string;
  port: number;
}

export interface Direction {
  packets: number;
  /** Sum of segment lengths, retransmissions included. */
  payloadBytes: number;
  /** Bytes after reassembly; those that were never captured are in `missingBytes` and not in here. */
  streamBytes: number;
  missingBytes: number;
  /** Only with --stream-hashes. */
  streamSha256?: string | undefined;
}

export interface Handshake {
  syn: number[];
  synAck: number[];
  ack?: number | undefined;
  /** The last SYN to the client's ACK of the SYN-ACK, as tshark's tcp.analysis.initial_rtt; absent where the clock ran backwards in between. */
  rtt?: number | undefined;
}

export type CloseHow =
  | 'fin-both'
  | 'fin-client-only'
  | 'fin-server-only'
  | 'reset'
  | 'open'
  | 'refused'
  | 'unreachable'
  | 'unanswered';

/**
 * What a segment can be besides a plain one, by packet number in lists; one packet may be in several. Fast and spurious ones
 * are retransmissions too.
 */
export type SegmentKind =
  /** Sent again because duplicate ACKs or SACK asked for it, before the timer. */
  | 'fastRetransmissions'
  /** Sent again though the other side had acknowledged it. */
  | 'spuriousRetransmissions'
  /** Filled a hole, but whether late or sent again the packets do not say. */
  | 'undecided'
  /** Carries other bytes than the same place of the stream had before; the first ones count. */
  | 'inconsistentOverlaps'
  /** The same packet captured again (mirror ports, "any", both sides of a router): nobody sent it twice. */
  | 'duplicates'
  /** The same ACK again though nothing was outstanding: answer to bytes sent again, or to something not captured. */
  | 'repeatedAcks'
  /** Something before this segment was not captured, or not yet. */
  | 'previousNotCaptured'
  /** Acknowledges bytes that were not captured: the capture lost them, not the network. */
  | 'unseenAcked'
  | 'keepAlives'
  | 'keepAliveAcks'
  | 'zeroWindows'
  | 'windowProbes'
  | 'windowProbeAcks'
  /** Fills the window that the other side has announced. */
  | 'windowFull'
  /** A SYN with payload. */
  | 'synData'
  | 'urgent'
  /** A RST that ended nothing: outside of the receiver's window (RFC 5961), or both sides went on after it. */
  | 'ineffectiveResets'
  /** ICMP errors about the connection. */
  | 'icmpErrors';

/** What is worth knowing of a connection as a whole, and what limits the other statements about it. */
export type Trait =
  | 'mid-stream'
  | 'one-direction'
  | 'half-open'
  | 'simultaneous-open'
  | 'split-handshake'
  | 'two-syns'
  | 'fast-open'
  | 'port-reused'
  | 'sack'
  | 'window-scale-unknown'
  | 'window-stays-closed'
  | 'capture-loss'
  | 'cut-payload'
  | 'super-segments';

export interface Connection {
  id: number;
  client: Endpoint;
  server: Endpoint;
  /** False where no SYN was seen and the roles are a guess from ports or content. */
  clientKnown: boolean;
  firstPacket: number;
  lastPacket: number;
  firstTime: number;
  lastTime: number;
  fromClient: Direction;
  fromServer: Direction;
  handshake?: Handshake | undefined;
  /** Zeek's letters: capitals from the client. */
  history: string;
  close: { how: CloseHow; first?: 'client' | 'server' | undefined; packets: number[] };
  retransmissions: number[];
  outOfOrder: number[];
  duplicateAcks: number[];
  /** Kinds without packets are absent. */
  segments?: Partial<Record<SegmentKind, number[]>> | undefined;
  /** How many there were, for lists that were cut at `LIST_LIMIT`. */
  counts?: Partial<Record<string, number>> | undefined;
  /** The shifts in use; absent where the handshake was not seen whole or scaling is not in use. */
  windowScale?: { client: number; server: number } | undefined;
  traits?: Trait[] | undefined;
  /** What the bytes are, by content: "http", "tls", "dns", … */
  application?: string | undefined;
  http2?: Http2Connection | undefined;
  /** Live captures of this host only: the process of the client's end, where that is here, else of the server's. */
  process?: Owner | 'unknown' | undefined;
}

export interface DatagramFlow {
  id: number;
  client: Endpoint;
  server: Endpoint;
  firstPacket: number;
  lastPacket: number;
  firstTime: number;
  lastTime: number;
  fromClient: { packets: number; payloadBytes: number };
  fromServer: { packets: number; payloadBytes: number };
}

/** A DNS question with its answer, however often it was asked. */
export interface Lookup {
  index: number;
  packet: number;
  id: number;
  /** "dot": over TLS (RFC 7858). */
  transport: 'udp' | 'tcp' | 'mdns' | 'llmnr' | 'dot' | 'doh';
  client: Endpoint;
  server: Endpoint;
  name: string;
  type: string;
  start: number;
  /** Time of the first question's answer; absent while unanswered. */
  end?: number;
  /** From the first question to its answer; absent where the capture's clock ran backwards in between. */
  took?: number;
  /** When the question was asked last. */
  lastAsked: number;
  answerPacket?: number;
  rcode?: string;
  addresses: string[];
  aliases: string[];
  /** What names the answer leads on to besides its aliases: data of MX, SRV, SVCB and HTTPS records as `dig` shows it, capped. */
  pointers?: string[];
  /** The header's second word, of the question and of its answer (RFC 1035 §4.1.1): opcode, AA, TC, RD, RA, RCODE. */
  flags?: number;
  answerFlags?: number;
  /** Every record of the answer as `dig` shows it, capped. */
  records?: { name: string; type: string; ttl: number; data: string; section: 'answer' | 'authority' | 'additional' }[];
  repeats: number[];
  truncated?: boolean;
  /** A retry over TCP after truncation: the index of the lookup it belongs to, and the other way round. */
  retryOf?: number;
  retriedBy?: number;
}

/** ARP or NDP: which MAC has this address. One entry an ARP packet that asks or announces, with the answer found. */
export interface Resolution {
  kind: 'arp' | 'ndp';
  packet: number;
  time: number;
  operation: number;
  /** Of ARP the addresses are '' where they are no MAC or IPv4 address, or the message is not whole. */
  senderMac: string;
  senderAddress: string;
  targetMac: string;
  targetAddress: string;
  answerPacket?: number;
  answerTime?: number;
  /** As a lookup's. */
  took?: number;
  /** The MAC the answer gave. */
  answerMac?: string;
}

export interface IcmpMessage {
  packet: number;
  time: number;
  version: 4 | 6;
  type: number;
  code: number;
  source: string;
  destination: string;
  about?: { connection?: number; datagram?: number };
}

/** A QUIC connection, as far as its long headers and Initial packets tell, whose keys anybody has who saw the first one. */
export interface QuicConnection {
  id: number;
  client: Endpoint;
  server: Endpoint;
  /** False where the first packet captured does not tell who sent it, and the roles are a guess from ports. */
  clientKnown: boolean;
  firstPacket: number;
  lastPacket: number;
  firstTime: number;
  lastTime: number;
  fromClient: { packets: number; payloadBytes: number };
  fromServer: { packets: number; payloadBytes: number };
  /** "1", "2", "draft-29", "0x1a2a3a4a": that of the first packet, or what client and server came to after it. */
  version: string;
  sni?: string;
  /** The ClientHello has the extension: `sni` may be a public name in front of the real one. Not in the report. */
  encryptedClientHello?: boolean;
  /** FoxIO's fingerprint of the ClientHello, "q13d…". */
  ja4?: string;
  alpnOffered: string[];
  /** The server's choice is encrypted; this is set where one protocol was offered and the server went on. */
  alpn?: string;
  tlsVersion?: string;
  cipher?: string;
  cipherId?: string;
  resumed?: boolean;
  negotiationPacket?: number;
  retryPacket?: number;
  helloRetryPacket?: number;
  /** Packets with the last missing piece of each hello. */
  clientHelloPacket?: number;
  clientHelloTime?: number;
  serverHelloPacket?: number;
  serverHelloTime?: number;
  /** The first 0-RTT packet. */
  earlyDataPacket?: number;
  /** The client's Finished; this and what follows is known with keys alone. */
  finishedPacket?: number;
  finishedTime?: number;
  /** The server's choice of `alpn` was read. */
  alpnVisible?: boolean;
  /** As of a TLS session. */
  certificateNames?: string[];
  certificates?: CertificateFacts[];
  /** Key updates that were followed (RFC 9001 §6), of the side that has more. */
  keyUpdates?: number;
  close?: QuicClose;
  /** What HTTP/3 says of itself; as HTTP/2 does. */
  http3?: Http2Connection;
  /** What became of the packets beside Initial; absent where no keys were asked for. */
  decryption?: Decryption | undefined;
}

export const STAGE_KINDS = ['arp', 'ndp', 'dns', 'tcp', 'tls', 'send', 'wait', 'receive', 'idle', 'close'] as const;
export type StageKind = (typeof STAGE_KINDS)[number];

/** One bar of a timeline. `end >= start`; the stages of a journey follow each other without gap or overlap. */
export interface Stage {
  kind: StageKind;
  start: number;
  end: number;
  packets: number[];
  packetCount: number;
  /** Made use of, but before this journey: not part of its time (start = end). */
  reused: boolean;
  note?: Text;
}

export type Outcome =
  | 'complete'
  | 'refused'
  | 'timed-out'
  | 'reset'
  | 'dns-failed'
  | 'tls-failed'
  | 'in-progress'
  | 'incomplete'
  | 'unanswered'
  | 'no-request'
  | 'no-connection'
  | 'unknown';

/** Why one record was joined to another, with the packets that show it. */
export interface Evidence {
  join: Join;
  text: Text;
  packets: number[];
}

/** HAR 1.2 timings in milliseconds; -1 does not apply. `ssl` lies inside `connect`; the sum without `ssl` is `total`. */
export interface HarTimings {
  blocked: number;
  dns: number;
  connect: number;
  ssl: number;
  send: number;
  wait: number;
  receive: number;
  total: number;
}

/** What one client action caused, from the name to the close. */
export interface Journey {
  id: number;
  /** Host name where known, else the server's address. */
  name: string;
  url?: string;
  page: number;
  parent: number | null;
  client: string;
  connection?: number;
  /** Over QUIC instead: the connection's number. */
  quic?: number;
  exchange?: number;
  lookup?: number;
  /** Where the client tried several addresses of the name (RFC 8305), in the order it tried them; this journey's among them. */
  attempts?: Attempt[];
  start: number;
  end: number;
  outcome: Outcome;
  stages: Stage[];
  har: HarTimings;
  evidence: Evidence[];
  /** A few facts for lists: status, method, bytes. */
  method?: string;
  status?: number;
  responseBytes?: number;
  /** Bytes of the exchange were not captured: `responseBytes` is a lower bound. */
  partial?: boolean;
  /** Packets of all its stages together. */
  packetCount: number;
}

/** Gets each record once, when it is final. */
export interface Listener {
  connection?(record: Connection): void;
  datagram?(record: DatagramFlow): void;
  lookup?(record: Lookup): void;
  resolution?(record: Resolution): void;
  icmp?(record: IcmpMessage): void;
  configuration?(record: Configuration): void;
  tls?(record: TlsSession): void;
  quic?(record: QuicConnection): void;
  exchange?(record: Exchange): void;
  journey?(record: Journey): void;
}
