import { createHash, type Hash } from 'node:crypto';
import type { Page } from './flow-table.ts';
import type { Exchange, Lookup, Resolution, TlsSession } from './model.ts';
import type { NameGroup } from './names.ts';
import type { Place } from './pages.ts';
import type { StreamParser } from './stream-parser.ts';
import { type ListName, Lists } from './tcp-lists.ts';

/** A segment that came before its turn, copied. */
export interface Held {
  sequence: number;
  bytes: Uint8Array;
  /** Bytes on the wire; more than `bytes` when the packet was cut. */
  length: number;
  packet: number;
  time: number;
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

/** Payload that went one way until the other side spoke: what can be measured without understanding it. */
export interface Turn {
  fromClient: boolean;
  start: number;
  end: number;
  firstPacket: number;
  lastPacket: number;
  packets: number[];
  packetCount: number;
}

/** An exchange that waits to become a journey. */
export interface Pending {
  exchange: Exchange;
  journey: number;
  place: Place;
  url: string | undefined;
}

/** What a connection has beyond its record: payload, streams, lists, and what it was joined to. */
export class Conversation {
  readonly id: number;
  /** The connection's record. */
  readonly page: Page;
  readonly base: number;
  /** The directions from "a" and from "b", as in the record. */
  private readonly fromA = new Half();
  private readonly fromB = new Half();
  parser: StreamParser | undefined;
  /** The parser's protocol as the registry numbers it; 0 none. */
  protocolId = 0;
  /** What the connection became after a 101 or an answered CONNECT: "websocket", "connect", … */
  tunnel: string | undefined;
  /** The parser's protocol by name, once it is let go. */
  application: string | undefined;
  tls: TlsSession | undefined;
  lists: Lists | undefined;
  turns: Turn[] | undefined;
  lookup: Lookup | undefined;
  lookupIsFirstUse = false;
  /** The group of names behind `lookups`. */
  names: NameGroup | undefined;
  resolution: Resolution | undefined;
  lookupResolution: Resolution | undefined;
  /** What the client had asked for to come here: the group's own list, which answers may still join. */
  lookups: Lookup[] | undefined;
  /** Exchanges whose journey is not out yet, oldest first. */
  pending: Pending[] | undefined;
  /** How many of `pending`, from the first, are finished; how many there were; how many journeys are out. */
  finished = 0;
  exchangeCount = 0;
  built = 0;
  journeyId = -1;
  /** Its journeys are out; only the connection's own record is still to come. */
  told = false;

  constructor(id: number, page: Page, base: number, hashes: boolean) {
    this.id = id;
    this.page = page;
    this.base = base;
    if (!hashes) return;
    this.fromA.hash = createHash('sha256');
    this.fromB.hash = createHash('sha256');
  }

  /** The direction from "a" (0) or from "b" (1). */
  half(direction: 0 | 1): Half {
    return direction === 0 ? this.fromA : this.fromB;
  }

  /** Adds a packet to a list, as long as it is short enough. */
  note(list: ListName, packet: number): void {
    this.lists ??= new Lists();
    this.lists.note(list, packet);
  }
}
