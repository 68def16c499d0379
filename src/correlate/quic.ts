import type { Packets } from '../dissect/packets.ts';
import { FIXED_BIT, LONG_FORM, LongHeader } from '../dissect/quic/header.ts';
import { idOf } from '../dissect/registry.ts';
import type { Stacks } from '../dissect/stacks.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { FlowTable, KEY_WORDS } from './flow-table.ts';
import { HeldBytes } from './held-bytes.ts';
import type { QuicConnection } from './model.ts';
import { QuicState } from './quic-connection.ts';
import { QuicDecryption } from './quic-decryption.ts';
import { QuicFlow, sameDestination } from './quic-flow.ts';
import { MovedIds } from './quic-ids.ts';
import { newQuicConnection, quicFlow, sender } from './quic-record.ts';
import type { QuicStreams } from './quic-streams.ts';
import type { PacketTap } from './quic-tap.ts';

/** UDP flows with QUIC followed at once; past it the hand lets go whichever of a few is idle longest. */
export const MAX_QUIC_FLOWS = 1 << 16;
/** Connections of one flow that are told apart; an older one is then final. */
export const CONNECTIONS_PER_FLOW = 8;
/** Bytes of unfinished hellos over all connections; past it the oldest hello is given up. */
export const HELD_HELLO_BYTES = 16 << 20;
/** Of all connections: encrypted packets that wait, and bytes of streams behind holes. */
export const HELD_STREAM_BYTES = 64 << 20;
/** QUIC has no end that can be seen: a flow without packets for this long may be let go once there are many. */
const IDLE_NANOSECONDS = 60e9;
const MANY_FLOWS = 4096;
const RECORD_WORDS = KEY_WORDS + (KEY_WORDS & 1);

/** What was left out, for the report. */
export interface QuicCounters {
  /** Flows, and connections of a flow, made final early because there were too many. */
  evicted: number;
  /** Connections whose hellos were given up because too many bytes of unfinished ones waited. */
  hellosGivenUp: number;
}

/** Who makes journeys of connections, and where there are keys reads what the packets carry. */
export interface QuicInside {
  keys: TlsKeys | undefined;
  /** Asked once a connection, when its first packet that may carry streams was opened. */
  streams(state: QuicState): QuicStreams | undefined;
  /** A datagram came. `inside`: bytes of a packet with a short header behind its connection id; 0 where there is none. */
  datagram(state: QuicState, fromClient: boolean, inside: number, packet: number, time: number): void;
  /** What could be opened by now is read. */
  read(state: QuicState): void;
  /** Its record is about to go out; its streams have ended. */
  ended(state: QuicState): void;
}

/**
 * Groups QUIC packets into connections, and reads version and hellos off their Initial packets. A row that the scan named
 * QUIC begins a flow; other rows of a flow that is known are named here. That a packet cannot be opened is no error: what it
 * would have told stays unknown.
 */
export class QuicTracker {
  readonly counters: QuicCounters = { evicted: 0, hellosGivenUp: 0 };
  private readonly table = new FlowTable(RECORD_WORDS);
  /** By slot of the table. */
  private readonly flows: (QuicFlow | undefined)[] = [];
  private readonly stacks: Stacks;
  private readonly final: (connection: QuicConnection) => void;
  private readonly quicId = idOf('quic');
  private readonly udpId = idOf('udp');
  private readonly h = new LongHeader();
  /** Connections with bytes of an unfinished hello, oldest first. */
  private readonly unfinished = new Map<QuicState, number>();
  private held = 0;
  /** Where the packets with long headers of the datagram at hand end. */
  private restAt = 0;
  private count = 0;
  private hand = 0;
  private readonly inside: QuicInside | undefined;
  /** Of packets that wait, and of streams behind holes. */
  readonly budget = new HeldBytes(HELD_STREAM_BYTES);
  private readonly waiting = new Set<QuicState>();
  /** Ids by which a connection is known on other flows than its first. */
  private readonly moved = new MovedIds<QuicState>();
  /** Is shown what was opened. */
  tap: PacketTap | undefined;

  constructor(stacks: Stacks, final: (connection: QuicConnection) => void, inside?: QuicInside) {
    this.stacks = stacks;
    this.final = final;
    this.inside = inside;
  }

  /** Keys may have come: opens what waits for them. */
  release(): void {
    for (const state of this.waiting) this.fed(state);
  }

  /** A UDP row. */
  row(p: Packets, row: number): void {
    const top = this.stacks.top(p.stack[row]);
    if (top === this.quicId) this.datagram(p, row, true);
    else if (this.table.count > 0 && top === this.udpId && p.payloadLength[row] > 0) this.datagram(p, row, false);
  }

  /** The capture ended: everything becomes final. */
  end(): void {
    const states = this.flows.flatMap((flow) => flow?.connections ?? []);
    states.sort((a, b) => a.record.id - b.record.id);
    for (const state of states) this.finish(state);
    this.flows.length = 0;
  }

  private datagram(p: Packets, row: number, begins: boolean): void {
    const { table } = this;
    let slot = table.find(p, row);
    if (slot < 0) {
      const moved = begins || this.moved.size === 0 ? undefined : this.movedState(p, row);
      if (!begins && moved === undefined) return;
      if (table.count >= MANY_FLOWS) {
        this.sweep(p.time[row], table.count >= MAX_QUIC_FLOWS);
        table.find(p, row);
      }
      slot = table.insert();
      this.flows[slot] = moved === undefined ? new QuicFlow() : movedFlow(moved);
    }
    const flow = this.flows[slot] as QuicFlow;
    flow.lastTime = p.time[row];
    if (!begins) p.stack[row] = this.stacks.next(p.stack[row], this.quicId);
    this.packets(flow, table.reversed === flow.turned, p, row, slot);
  }

  /** A packet with a short header on a flow that is not known: to an id that a server has given out? */
  private movedState(p: Packets, row: number): QuicState | undefined {
    const at = p.payloadAt[row];
    if ((p.bytes[at] & (LONG_FORM | FIXED_BIT)) !== FIXED_BIT) return undefined;
    const state = this.moved.find(p.bytes, at + 1, at + p.payloadCaptured[row]);
    return state?.final === false ? state : undefined;
  }

  private packets(flow: QuicFlow, fromA: boolean, p: Packets, row: number, slot: number): void {
    const at = p.payloadAt[row];
    this.restAt = at;
    const state =
      this.longPackets(flow, fromA, p, row, slot) ?? flow.ownerOfShort(fromA, p.bytes, at, at + p.payloadCaptured[row]);
    if (state === undefined) return;
    const { record } = state;
    record.lastPacket = p.firstNumber + row;
    record.lastTime = p.time[row];
    p.flow[row] = quicFlow(record.id);
    const from = state.clientIsA === fromA ? record.fromClient : record.fromServer;
    from.packets++;
    from.payloadBytes += p.payloadLength[row];
    if (this.inside === undefined) return;
    const fromClient = state.clientIsA === fromA;
    const inside = this.shortPacket(state, fromClient, p, row);
    this.inside.datagram(state, fromClient, inside, record.lastPacket, record.lastTime);
    if (state.decryption === undefined) return;
    this.weigh(state);
    this.fed(state);
  }

  /**
   * What stands behind the packets with long headers, where it is none and no padding (RFC 9000 §12.2); how many bytes it has
   * behind its connection id.
   */
  private shortPacket(state: QuicState, fromClient: boolean, p: Packets, row: number): number {
    const at = this.restAt;
    const start = p.payloadAt[row];
    const end = start + p.payloadCaptured[row];
    if (at >= end || (p.bytes[at] & LONG_FORM) !== 0 || p.bytes[at] === 0) return 0;
    const wire = start + p.payloadLength[row];
    state.decryption?.short(fromClient, p.bytes, at, end, wire, p.firstNumber + row, p.time[row]);
    return Math.max(0, wire - state.shortIdEnd(fromClient, p.bytes, at, end));
  }

  private fed(state: QuicState): void {
    const { decryption } = state;
    if (decryption?.waits) decryption.release();
    if (decryption?.waits) this.waiting.add(state);
    else this.waiting.delete(state);
    this.inside?.read(state);
  }

  /** The packets with long headers at the datagram's beginning; the connection that the first of them belongs to. */
  private longPackets(flow: QuicFlow, fromA: boolean, p: Packets, row: number, slot: number): QuicState | undefined {
    const { h } = this;
    const { bytes } = p;
    const start = p.payloadAt[row];
    const length = p.payloadLength[row];
    const end = start + p.payloadCaptured[row];
    let state: QuicState | undefined;
    let idAt = 0;
    for (let at = start; at < end && h.read(bytes, at, end, start + length); at = h.end) {
      flow.opened = undefined;
      if (state === undefined) {
        state = flow.owner(fromA, bytes, end, h, length) ?? this.begin(flow, fromA, p, row, slot);
        idAt = h.dcidAt;
      } else if (!sameDestination(bytes, idAt, h)) break;
      state.packet(state.clientIsA === fromA, bytes, end, h, p.firstNumber + row, p.time[row], flow.opened);
      this.weigh(state);
      this.restAt = h.end;
    }
    flow.opened = undefined;
    return state;
  }

  private begin(flow: QuicFlow, fromA: boolean, p: Packets, row: number, slot: number): QuicState {
    const { h } = this;
    const known = sender(h, flow.opened !== undefined);
    // Where nothing tells, the lower port is the likelier service.
    const fromClient = known === 'client' || (known === undefined && p.sourcePort[row] >= p.destinationPort[row]);
    const record = newQuicConnection(this.count++, p, row, h, fromClient, known !== undefined);
    const state = new QuicState(record, fromClient === fromA);
    if (fromClient) state.keyFrom(p.bytes, h);
    if (flow.connections.length === CONNECTIONS_PER_FLOW) {
      this.counters.evicted++;
      this.finish(flow.connections[0]);
      flow.connections = flow.connections.slice(1);
    }
    flow.connections = [...flow.connections, state];
    if (this.inside !== undefined) this.prepare(state, this.inside, slot);
    return state;
  }

  private prepare(state: QuicState, inside: QuicInside, slot: number): void {
    const base = this.table.base(slot);
    state.flowKey = this.table.page(slot).words.slice(base, base + KEY_WORDS);
    if (inside.keys === undefined) return;
    state.decryption = new QuicDecryption(state.record, inside.keys, state, this.budget, () => inside.streams(state));
    state.decryption.tap = this.tap;
    state.announced = (id) => this.moved.add(id, state);
  }

  /** Keeps count of what unfinished hellos take, and gives up the oldest when it is too much. */
  private weigh(state: QuicState): void {
    const before = this.unfinished.get(state) ?? 0;
    const { held } = state;
    if (held === before) return;
    this.held += held - before;
    if (held > 0) this.unfinished.set(state, held);
    else this.unfinished.delete(state);
    for (const oldest of this.unfinished.keys()) {
      if (this.held <= HELD_HELLO_BYTES) return;
      this.counters.hellosGivenUp++;
      this.letHello(oldest);
    }
  }

  private letHello(state: QuicState): void {
    state.giveUp();
    state.decryption?.giveUp();
    this.held -= this.unfinished.get(state) ?? 0;
    this.unfinished.delete(state);
  }

  private finish(state: QuicState): void {
    if (state.final) return;
    state.final = true;
    this.letHello(state);
    state.decryption?.finish();
    this.waiting.delete(state);
    this.inside?.ended(state);
    this.final(state.record);
  }

  /** Looks at a few slots for each new flow, so that idle ones leave at the pace at which others come. */
  private sweep(now: number, must: boolean): void {
    const { flows, table } = this;
    let best = -1;
    let bestTime = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 4 || (must && best < 0 && tries < 64); tries++) {
      this.hand = (this.hand + 1) % flows.length;
      const flow = flows[this.hand];
      if (flow === undefined) continue;
      if (now - flow.lastTime > IDLE_NANOSECONDS) this.letGo(this.hand);
      else if (flow.lastTime < bestTime) {
        bestTime = flow.lastTime;
        best = this.hand;
      }
    }
    if (must && best >= 0 && table.count >= MAX_QUIC_FLOWS) {
      this.counters.evicted++;
      this.letGo(best);
    }
  }

  private letGo(slot: number): void {
    const flow = this.flows[slot];
    this.flows[slot] = undefined;
    this.table.remove(slot);
    if (flow?.migrated === false) for (const state of flow.connections) this.finish(state);
  }
}

/** Who comes from a new address is the client, and is the first to send (RFC 9000 §9). */
function movedFlow(state: QuicState): QuicFlow {
  const flow = new QuicFlow();
  flow.migrated = true;
  flow.turned = !state.clientIsA;
  flow.connections = [state];
  return flow;
}
