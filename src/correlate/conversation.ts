import { createHash, type Hash } from 'node:crypto';
import type { AttemptOutcome } from './attempt.ts';
import type { Text } from '../text/text.ts';
import type { Page } from './flow-table.ts';
import type { Http2Connection } from './http2-model.ts';
import type { Endpoint, Exchange, Journey, Lookup, Resolution, TlsSession } from './model.ts';
import { EMPTY } from './packet-list.ts';
import type { Place } from './pages.ts';
import type { SegmentMarks } from './segment-marks.ts';
import type { StreamParser } from './stream-parser.ts';
import { type ListName, Lists } from './tcp-lists.ts';
import type { Turn } from './turns.ts';

/** A segment that came before its turn, copied. */
export interface Held {
  sequence: number;
  bytes: Uint8Array;
  /** Bytes on the wire; more than `bytes` when the packet was cut. */
  length: number;
  packet: number;
  time: number;
}

/** What a conversation over QUIC has besides. */
export interface QuicPart {
  id: number;
  /** How it was closed, in words and by its code. */
  closed: Text | undefined;
  code: string | undefined;
  /** The client's first packet with a short header, where nothing was opened: its handshake is over. */
  begun: { packet: number; time: number } | undefined;
  /** No stream of it was read. */
  sealed: boolean;
}

/** Bytes kept of one direction's beginning while its protocol is not yet known. */
export const PREFIX_BYTES = 64;

/** One direction's stream. */
export class Half {
  payloadBytes = 0;
  streamBytes = 0;
  missingBytes = 0;
  /** In order, without overlap, from `heldFrom` on; undefined while nothing is held. */
  held: Held[] | undefined;
  heldFrom = 0;
  heldBytes = 0;
  hash: Hash | undefined;
  /** First bytes, while they are too few to tell the protocol; and how often it was tried in vain. */
  prefix: Uint8Array | undefined;
  guesses = 0;
  ended = false;
}

/** The first segment that announced a window of 0, where none has announced another one since. */
export interface WindowClosed {
  packet: number;
  time: number;
}

/** RSTs of one side that may have ended the connection. */
export interface ResetWatch {
  packets: number[];
  time: number;
  /** Behind the last byte that this side, and the other one, had sent before. */
  sent: number;
  heard: number;
  /** Its sender has acknowledged something newer since. */
  alive: boolean;
  /** The last of the close before; and the first FIN after. */
  closeEnd: number;
  fin: { time: number; by: 0 | 1 } | undefined;
}

/** An exchange that waits to become a journey. */
export interface Pending {
  exchange: Exchange;
  journey: number;
  /** 1 for the connection's first, which owns the connecting. */
  nth: number;
  place: Place;
  url: string | undefined;
}

/** One connection that a client tried to open, as the journey needs it that is told instead of it. */
export interface Try {
  connection: number;
  client: Endpoint;
  server: Endpoint;
  outcome: AttemptOutcome;
  /** Handshake and close. */
  packets: number[];
  /** When it was begun; answered, established (infinite: never); over (infinite: still open, or silent to the end); last heard of. */
  opened: number;
  answered: number;
  established: number;
  over: number;
  last: number;
  resolution: Resolution | undefined;
  card: string | undefined;
  /** As it would be told alone. */
  journey?: Journey | undefined;
}

/** What journeys need of a lookup. */
export type JourneyLookup = Pick<
  Lookup,
  | 'index'
  | 'packet'
  | 'transport'
  | 'client'
  | 'server'
  | 'name'
  | 'type'
  | 'start'
  | 'end'
  | 'lastAsked'
  | 'answerPacket'
  | 'rcode'
  | 'addresses'
  | 'aliases'
  | 'pointers'
  | 'repeats'
>;

/** Of a group that was let go. */
export const NO_LOOKUPS: JourneyLookup[] = [];

/** Finds groups by their numbers; undefined where there is none any more. */
export interface Groups {
  older(number: number): NameGroup | undefined;
  newer(number: number): NameGroup | undefined;
  /** No connection holds the group any more. */
  rest(group: NameGroup): void;
}

/**
 * Lookups of one name by one client at one time: A, AAAA and HTTPS are asked together and serve one purpose. Only as long as somebody
 * is at work with it, or a connection holds it, is there one object of a group.
 */
export class NameGroup {
  /** In the order they were made. */
  readonly number: number;
  readonly client: string;
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  lookups: JourneyLookup[];
  /** Every address that the lookups were answered with. */
  addresses: string[] = EMPTY;
  /** When the first connection went to one of the answers; infinite while none did. A later question is a new action. */
  usedAt = Number.POSITIVE_INFINITY;
  /** When its last question was asked. */
  last: number;
  /** About how many bytes its lookups hold. */
  weight: number;
  /** The journey under which it was shown while nothing had come of it yet; -1 none. */
  journeyId = -1;
  /** Connections that went to one of the answers and whose journeys are not out, in order of their opening. */
  users: Conversation[] = EMPTY;
  /** Connections that have it as their `names`. */
  holders = 0;
  /** A journey made use of it; and one of them has it as stages of its own. */
  told = false;
  owned = false;
  /** What the questions waited for. */
  resolution: Resolution | undefined = undefined;
  private readonly groups: Groups;

  constructor(
    groups: Groups,
    number: number,
    client: string,
    name: string,
    key: string,
    lookups: JourneyLookup[],
    last: number,
    weight: number,
  ) {
    this.groups = groups;
    this.number = number;
    this.client = client;
    this.name = name;
    this.key = key;
    this.lookups = lookups;
    this.last = last;
    this.weight = weight;
  }

  /** What the same client asked for before under this name. */
  get older(): NameGroup | undefined {
    return this.groups.older(this.number);
  }

  /** And after. */
  get newer(): NameGroup | undefined {
    return this.groups.newer(this.number);
  }

  /** The connection's lookups are these. */
  hold(c: Conversation): void {
    c.names = this;
    c.lookups = this.lookups;
    this.holders++;
  }

  /** They are not, or nothing more is to be told of it. */
  part(c: Conversation): void {
    c.names = undefined;
    if (--this.holders === 0) this.groups.rest(this);
  }

  /** It is let go: its lookups are free, what still points to it finds it empty. */
  empty(): void {
    this.lookups = NO_LOOKUPS;
    this.addresses = EMPTY;
  }
}

export interface ConversationOptions {
  /** SHA-256 of both streams. */
  hashes: boolean;
  /** Hears of every packet that is noted, where somebody wants to know. */
  marks?: SegmentMarks | undefined;
}

/** What a connection has beyond its record: payload, streams, lists, and what it was joined to. */
export class Conversation {
  declare readonly id: number;
  /** The connection's record. */
  declare readonly page: Page;
  declare readonly base: number;
  /** The directions from "a" and from "b", as in the record. */
  private readonly fromA = new Half();
  private readonly fromB = new Half();
  parser: StreamParser | undefined;
  /** The parser's protocol as the registry numbers it; 0 none. */
  protocolId = 0;
  /** What the connection became after a 101 or an answered CONNECT: "websocket", "connect", … */
  tunnel: string | undefined;
  /** CONNECTs that were answered: how many exchanges there were, and what TLS the CONNECT itself went through. */
  connects: { count: number; tls: TlsSession | undefined }[] | undefined;
  /** The parser's protocol by name, once it is let go. */
  application: string | undefined;
  tls: TlsSession | undefined;
  /** It is a QUIC connection: its number, and how it was closed. The record is made up of what TCP and QUIC have in common. */
  quic: QuicPart | undefined;
  lists: Lists | undefined;
  turns: Turn[] | undefined;
  /** By side: since when its receive window is 0. */
  closedWindows: [WindowClosed | undefined, WindowClosed | undefined] | undefined;
  /** By the side that sent them; undefined while there are none to be watched. */
  resets: [ResetWatch | undefined, ResetWatch | undefined] | undefined;
  lookup: JourneyLookup | undefined;
  /** The group of names behind `lookups`, until its first journey is out. */
  names: NameGroup | undefined;
  /** Where `names` are those of another address of the same machine: its network card, "" where packets name none. */
  card: string | undefined;
  resolution: Resolution | undefined;
  /** An attempt that did not carry anything, once it is over; and whether it is told as a part of another one's journey. */
  attempt: Try | undefined;
  folded = false;
  /** What the client had asked for to come here: the group's own list, which answers may still join. */
  lookups: JourneyLookup[] | undefined;
  http2: Http2Connection | undefined;
  /** Exchanges whose journey is not out yet, oldest first. HTTP/2's end in any order. */
  pending: Pending[] | undefined;
  /** Some of `pending` may have become final since they were looked at. */
  unsettled = false;
  /** How many there were; how many journeys are out. */
  exchangeCount = 0;
  built = 0;
  journeyId = -1;
  /** Its journeys are out; only the connection's own record is still to come. */
  told = false;
  declare private readonly marks: SegmentMarks | undefined;

  constructor(id: number, page: Page, base: number, options: ConversationOptions) {
    this.id = id;
    this.page = page;
    this.base = base;
    this.marks = options.marks;
    if (!options.hashes) return;
    this.fromA.hash = createHash('sha256');
    this.fromB.hash = createHash('sha256');
  }

  /** The direction from "a" (0) or from "b" (1). */
  half(direction: 0 | 1): Half {
    return direction === 0 ? this.fromA : this.fromB;
  }

  /** The TLS session that began between exchange `count` and the next one: behind a CONNECT there may be another one. */
  tlsAfter(count: number): TlsSession | undefined {
    const { connects } = this;
    if (connects === undefined) return count === 0 ? this.tls : undefined;
    for (let i = 0; i <= connects.length; i++)
      if ((i === 0 ? 0 : connects[i - 1].count) === count) return i < connects.length ? connects[i].tls : this.tls;
    return undefined;
  }

  /** Adds a packet to a list, as long as it is short enough. */
  note(list: ListName, packet: number): void {
    this.lists ??= new Lists();
    this.lists.note(list, packet);
    this.marks?.note(list, packet);
  }

  /** A segment of this side announces a window of 0. */
  closed(side: 0 | 1, packet: number, time: number): void {
    this.note('zeroWindows', packet);
    this.closedWindows ??= [undefined, undefined];
    this.closedWindows[side] ??= { packet, time };
  }

  /** Its window is open again. */
  opened(side: 0 | 1): void {
    if (this.closedWindows !== undefined) this.closedWindows[side] = undefined;
  }
}
