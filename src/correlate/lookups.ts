import { u32 } from '../dissect/bytes.ts';
import { NameReader } from '../dissect/dns/name-reader.ts';
import { rcodeName, typeName } from '../dissect/dns/names.ts';
import { Flag, MessageWalker } from '../dissect/dns/walk.ts';
import type { Packets } from '../dissect/packets.ts';
import { packetAddress } from './addresses.ts';
import { AnswerReader } from './lookup-answer.ts';
import { newLookup } from './lookup-record.ts';
import { MULTICAST_LIMIT, MulticastQuestions } from './lookup-multicast.ts';
import { KEY_CLIENT, KEY_ID, KEY_PORTS, KEY_SERVER, NAME_HASH, PendingTable, TYPE } from './lookup-table.ts';
import { added } from './packet-list.ts';
import { TruncatedAnswers } from './lookup-retries.ts';
import { type Endpoint, LIST_LIMIT, type Lookup } from './model.ts';

/** Questions that wait for an answer at once. */
export const PENDING_LIMIT = 65_536;
/** Packet time after which a question counts as unanswered: resolvers give up after 10 to 30 s. */
export const LOOKUP_TIMEOUT = 60e9;
/** The same for mDNS, where any later announcement of the name would look like the answer. */
export const MULTICAST_TIMEOUT = 10e9;

/** Gets each lookup: once at the moment its answer is known, and once when nothing about it can change any more. */
export interface LookupSink {
  /** A question was sent that is not a repeat. */
  asked?(lookup: Lookup): void;
  answered?(lookup: Lookup): void;
  final(lookup: Lookup): void;
}

export interface LookupOptions {
  /** Fill `Lookup.records` with every record of the answer as text. Costs time and memory. */
  records?: boolean;
  pendingLimit?: number;
  /** In nanoseconds. */
  timeout?: number;
}

/** What happened besides lookups, for the report. */
export interface LookupCounters {
  /** Questions made final unanswered because the table was full. */
  evicted: number;
  timedOut: number;
  /** Answers to a question that had its answer already. */
  duplicateAnswers: number;
  /** Answers to no question that was seen. */
  unmatchedAnswers: number;
  /** Messages whose header or first question cannot be read. */
  malformed: number;
}

/** UDP ports whose payload is DNS, mDNS or LLMNR. */
export const isDnsPort = (port: number): boolean => port === 53 || port === 5353 || port === 5355;

const Transport = { udp: 0, tcp: 1, mdns: 2, llmnr: 3, dot: 4, doh: 5 } as const;
const TRANSPORT_NAMES = ['udp', 'tcp', 'mdns', 'llmnr', 'dot', 'doh'] as const;

/**
 * Joins DNS questions and answers (RFC 1035 §7.3): an answer belongs to the question with its addresses, ports, id, name
 * and type, where case does not count. The same question asked again before its answer is a repeat; from another port or
 * with another id it is a lookup of its own. LLMNR answers come from anybody (RFC 4795 §2.1), mDNS ones without the
 * question. An answer without a question makes no lookup.
 */
export class LookupTracker {
  readonly counters: LookupCounters = { evicted: 0, timedOut: 0, duplicateAnswers: 0, unmatchedAnswers: 0, malformed: 0 };

  private readonly sink: LookupSink;
  private readonly timeout: number;
  private readonly pending: PendingTable;
  private readonly multicast = new MulticastQuestions();
  private readonly truncated: TruncatedAnswers;
  private readonly walker = new MessageWalker();
  private readonly name = new NameReader();
  private readonly answers: AnswerReader;
  private count = 0;

  // The message at hand.
  private transport: number = Transport.udp;
  private version = 4;
  private packet = 0;
  private time = 0;
  /** Lookups from this index on were made by this message. */
  private firstOfMessage = 0;
  private client: Endpoint | undefined;
  private server: Endpoint | undefined;
  private bytes: Uint8Array = new Uint8Array(0);
  private clientAt = 0;
  private serverAt = 0;
  private clientPort = 0;
  private serverPort = 0;
  /** Most questions of a capture go to a few servers. */
  private lastServer: Endpoint = { address: '', port: 0 };

  constructor(sink: LookupSink, options: LookupOptions = {}) {
    this.sink = sink;
    this.timeout = options.timeout ?? LOOKUP_TIMEOUT;
    this.pending = new PendingTable(options.pendingLimit ?? PENDING_LIMIT);
    this.truncated = new TruncatedAnswers((lookup) => sink.final(lookup));
    this.answers = new AnswerReader(options.records ?? false);
  }

  /** A UDP row with port 53, 5353 or 5355 on either side: its payload is one message. */
  udpRow(packets: Packets, row: number): void {
    const { bytes } = packets;
    const at = packets.payloadAt[row];
    const end = at + packets.payloadCaptured[row];
    const ipAt = packets.ipAt[row];
    if (end === at || ipAt < 0) return;
    this.begin(packets.firstNumber + row, packets.time[row]);
    if (!this.readMessage(bytes, at, end)) return;
    const from = packets.sourcePort[row];
    const to = packets.destinationPort[row];
    const version = packets.ipVersion[row];
    const response = this.walker.isResponse;
    const sourceAt = version === 4 ? ipAt + 12 : ipAt + 8;
    const destinationAt = version === 4 ? ipAt + 16 : ipAt + 24;
    this.bytes = bytes;
    this.version = version;
    this.client = undefined;
    this.server = undefined;
    this.clientAt = response ? destinationAt : sourceAt;
    this.serverAt = response ? sourceAt : destinationAt;
    this.clientPort = response ? to : from;
    this.serverPort = response ? from : to;
    this.transport =
      this.serverPort === 5353 || this.clientPort === 5353
        ? Transport.mdns
        : this.serverPort === 5355
          ? Transport.llmnr
          : Transport.udp;
    const { key } = this.pending;
    this.addressWords(KEY_CLIENT, this.clientAt, false);
    this.addressWords(KEY_SERVER, this.serverAt, this.transport !== Transport.udp);
    key[KEY_PORTS] = ((this.clientPort << 16) | this.serverPort) >>> 0;
    this.message(response, this.transport === Transport.mdns && this.clientPort === 5353);
  }

  /** One message from a TCP stream, or over TLS or HTTP, without a length prefix. Ids of one `stream` of HTTP are its own. */
  tcpMessage(
    bytes: Uint8Array,
    at: number,
    end: number,
    fromClient: boolean,
    client: Endpoint,
    server: Endpoint,
    packet: number,
    time: number,
    over: 'tcp' | 'dot' | 'doh' = 'tcp',
    stream = 0,
  ): void {
    this.begin(packet, time);
    if (!this.readMessage(bytes, at, end)) return;
    // The one who asks is the DNS client, whoever opened the connection.
    const response = this.walker.isResponse;
    this.client = fromClient !== response ? client : server;
    this.server = fromClient !== response ? server : client;
    this.transport = Transport[over];
    this.version = 0;
    const { key } = this.pending;
    key[KEY_CLIENT] = textHash(this.client.address);
    key[KEY_SERVER] = textHash(this.server.address);
    key[KEY_PORTS] = (((this.client.port << 16) | this.server.port) ^ stream) >>> 0;
    this.message(response, false);
  }

  /** The capture ended: what is unanswered stays so. */
  end(): void {
    while (this.pending.oldestSlot >= 0) this.sink.final(this.pending.remove(this.pending.oldestSlot));
    for (let lookup = this.multicast.takeOldest(Infinity); lookup; lookup = this.multicast.takeOldest(Infinity))
      this.sink.final(lookup);
    this.truncated.expire(Infinity);
  }

  private begin(packet: number, time: number): void {
    this.packet = packet;
    this.time = time;
    const { pending } = this;
    const before = time - this.timeout;
    while (pending.oldestSlot >= 0 && pending.time(pending.oldestSlot) < before) {
      this.counters.timedOut++;
      this.sink.final(pending.remove(pending.oldestSlot));
    }
    if (this.multicast.size > 0) {
      for (
        let lookup = this.multicast.takeOldest(time - MULTICAST_TIMEOUT);
        lookup;
        lookup = this.multicast.takeOldest(time - MULTICAST_TIMEOUT)
      ) {
        this.counters.timedOut++;
        this.sink.final(lookup);
      }
    }
    this.truncated.expire(before);
  }

  private readMessage(bytes: Uint8Array, at: number, end: number): boolean {
    const { walker } = this;
    if (walker.read(bytes, at, end) || walker.questionCount > 0 || walker.answerCount > 0) return true;
    this.counters.malformed++;
    return false;
  }

  private message(response: boolean, multicast: boolean): void {
    const { walker, pending, name } = this;
    pending.key[KEY_ID] = walker.id | (((this.version << 4) | this.transport) << 16);
    if (response && multicast) {
      this.multicastAnswer();
      return;
    }
    if (response && walker.questionCount === 0) {
      this.answerAny();
      return;
    }
    name.multicast = this.transport === Transport.mdns || this.transport === Transport.llmnr;
    this.firstOfMessage = this.count;
    for (let i = 0; i < walker.questionCount; i++) {
      if (!name.read(walker.bytes, walker.at, walker.questionAt[i], walker.questionTypeAt[i], walker.end)) {
        if (i === 0) this.counters.malformed++;
        continue;
      }
      pending.key[NAME_HASH] = name.hash;
      pending.key[TYPE] = walker.questionType(i);
      if (response) this.answer();
      else if (multicast) this.multicastQuestion();
      else this.question();
    }
  }

  private question(): void {
    const { pending } = this;
    const slot = this.findPending();
    if (slot >= 0) {
      this.repeat(pending.lookup(slot) as Lookup);
      pending.touch(slot, this.time);
      return;
    }
    if (pending.full) {
      this.counters.evicted++;
      this.sink.final(pending.remove(pending.oldestSlot));
    }
    const lookup = this.create();
    if (this.transport === Transport.tcp) this.truncated.link(lookup);
    pending.insert(lookup, this.time);
    this.sink.asked?.(lookup);
  }

  /** The slot of the question at hand that still waits; -1 none, -2 when only answered ones are there. */
  private findPending(): number {
    const { pending, name } = this;
    let result = -1;
    for (let slot = pending.find(); slot >= 0; slot = pending.findNext(slot)) {
      if (!pending.alike(slot)) continue;
      const lookup = pending.lookup(slot);
      if (lookup === undefined) result = -2;
      else if (name.equals(lookup.name) && this.sameEndpoints(lookup)) return slot;
    }
    return result;
  }

  /** Over TCP the key has hashes of the addresses only. */
  private sameEndpoints(lookup: Lookup): boolean {
    return (
      this.transport !== Transport.tcp ||
      (lookup.client.address === this.client?.address && lookup.server.address === this.server?.address)
    );
  }

  private answer(): void {
    const slot = this.findPending();
    if (slot >= 0) this.settle(slot);
    else if (slot === -2) this.counters.duplicateAnswers++;
    else this.counters.unmatchedAnswers++;
  }

  /** An answer that does not repeat the question: errors often do not. The oldest waiting question of this id has it. */
  private answerAny(): void {
    const { pending } = this;
    let found = -1;
    let known = false;
    for (let slot = pending.find(); slot >= 0; slot = pending.findNext(slot)) {
      known = true;
      const lookup = pending.lookup(slot);
      if (lookup !== undefined && this.sameEndpoints(lookup)) found = slot;
    }
    if (found >= 0) this.settle(found);
    else if (known) this.counters.duplicateAnswers++;
    else this.counters.unmatchedAnswers++;
  }

  private settle(slot: number): void {
    const { pending, walker } = this;
    const lookup = pending.lookup(slot) as Lookup;
    pending.settle(slot);
    this.fill(lookup);
    this.answers.addresses(walker, lookup);
    this.sink.answered?.(lookup);
    if ((walker.flags & Flag.truncated) === 0) {
      this.sink.final(lookup);
      return;
    }
    lookup.truncated = true;
    this.truncated.add(lookup);
  }

  /** Asked again; the same question twice in one message is asked once. */
  private repeat(lookup: Lookup): void {
    lookup.lastAsked = this.time;
    if (lookup.index < this.firstOfMessage && lookup.repeats.length < LIST_LIMIT)
      lookup.repeats = added(lookup.repeats, this.packet);
  }

  private multicastQuestion(): void {
    const { multicast, pending } = this;
    const type = pending.key[TYPE];
    const client = packetAddress(this.bytes, this.clientAt, this.version);
    const asked = multicast.find(this.name.text(), type, this.version, client);
    if (asked !== undefined) {
      this.repeat(asked);
      return;
    }
    if (multicast.size >= MULTICAST_LIMIT) {
      this.counters.evicted++;
      this.sink.final(multicast.takeOldest(Infinity) as Lookup);
    }
    multicast.add(this.create(), type, this.version, this.walker.claimed[2] > 0);
  }

  private multicastAnswer(): void {
    const source = packetAddress(this.bytes, this.serverAt, this.version);
    const found = this.multicast.answer(this.walker, this.version, source);
    if (found.length === 0) this.counters.unmatchedAnswers++;
    for (const lookup of found) {
      this.fill(lookup);
      this.sink.answered?.(lookup);
      this.sink.final(lookup);
    }
  }

  private fill(lookup: Lookup): void {
    lookup.end = this.time;
    lookup.answerPacket = this.packet;
    lookup.rcode = rcodeName(this.walker.rcode);
    lookup.answerFlags = this.walker.flags;
    this.answers.records(this.walker, lookup);
  }

  private create(): Lookup {
    const lookup = newLookup(
      this.count++,
      this.packet,
      TRANSPORT_NAMES[this.transport],
      this.client ?? { address: packetAddress(this.bytes, this.clientAt, this.version), port: this.clientPort },
      this.server ?? this.serverEndpoint(),
      this.name.text(),
      typeName(this.pending.key[TYPE]),
      this.time,
    );
    lookup.id = this.walker.id;
    lookup.flags = this.walker.flags;
    return lookup;
  }

  private serverEndpoint(): Endpoint {
    const address = packetAddress(this.bytes, this.serverAt, this.version);
    if (this.lastServer.address !== address || this.lastServer.port !== this.serverPort)
      this.lastServer = { address, port: this.serverPort };
    return this.lastServer;
  }

  private addressWords(word: number, at: number, anybody: boolean): void {
    const { key } = this.pending;
    const { bytes } = this;
    key[word] = anybody ? 0 : u32(bytes, at);
    if (this.version !== 6) return;
    key[word + 1] = anybody ? 0 : u32(bytes, at + 4);
    key[word + 2] = anybody ? 0 : u32(bytes, at + 8);
    key[word + 3] = anybody ? 0 : u32(bytes, at + 12);
  }
}

function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
