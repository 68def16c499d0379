import type { Packets } from '../dissect/packets.ts';
import { LongHeader } from '../dissect/quic/header.ts';
import { idOf } from '../dissect/registry.ts';
import type { Stacks } from '../dissect/stacks.ts';
import { FlowTable, KEY_WORDS } from './flow-table.ts';
import type { QuicConnection } from './model.ts';
import { QuicState } from './quic-connection.ts';
import { QuicFlow, sameDestination } from './quic-flow.ts';
import { newQuicConnection, sender } from './quic-record.ts';

/** UDP flows with QUIC followed at once; past it the hand lets go whichever of a few is idle longest. */
export const MAX_QUIC_FLOWS = 1 << 16;
/** Connections of one flow that are told apart; an older one is then final. */
export const CONNECTIONS_PER_FLOW = 8;
/** Bytes of unfinished hellos over all connections; past it the oldest hello is given up. */
export const HELD_HELLO_BYTES = 16 << 20;
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
  private count = 0;
  private hand = 0;

  constructor(stacks: Stacks, final: (connection: QuicConnection) => void) {
    this.stacks = stacks;
    this.final = final;
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
      if (!begins) return;
      if (table.count >= MANY_FLOWS) {
        this.sweep(p.time[row], table.count >= MAX_QUIC_FLOWS);
        table.find(p, row);
      }
      slot = table.insert();
      this.flows[slot] = new QuicFlow();
    }
    const flow = this.flows[slot] as QuicFlow;
    flow.lastTime = p.time[row];
    if (!begins) p.stack[row] = this.stacks.next(p.stack[row], this.quicId);
    this.packets(flow, !table.reversed, p, row);
  }

  private packets(flow: QuicFlow, fromA: boolean, p: Packets, row: number): void {
    const at = p.payloadAt[row];
    const state = this.longPackets(flow, fromA, p, row) ?? flow.ownerOfShort(fromA, p.bytes, at, at + p.payloadCaptured[row]);
    if (state === undefined) return;
    const { record } = state;
    record.lastPacket = p.firstNumber + row;
    record.lastTime = p.time[row];
    const from = state.clientIsA === fromA ? record.fromClient : record.fromServer;
    from.packets++;
    from.payloadBytes += p.payloadLength[row];
  }

  /** The packets with long headers at the datagram's beginning; the connection that the first of them belongs to. */
  private longPackets(flow: QuicFlow, fromA: boolean, p: Packets, row: number): QuicState | undefined {
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
        state = flow.owner(fromA, bytes, end, h, length) ?? this.begin(flow, fromA, p, row);
        idAt = h.dcidAt;
      } else if (!sameDestination(bytes, idAt, h)) break;
      state.packet(state.clientIsA === fromA, bytes, end, h, p.firstNumber + row, p.time[row], flow.opened);
      this.weigh(state);
    }
    flow.opened = undefined;
    return state;
  }

  private begin(flow: QuicFlow, fromA: boolean, p: Packets, row: number): QuicState {
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
    return state;
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
      this.release(oldest);
    }
  }

  private release(state: QuicState): void {
    state.giveUp();
    this.held -= this.unfinished.get(state) ?? 0;
    this.unfinished.delete(state);
  }

  private finish(state: QuicState): void {
    this.release(state);
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
    for (const state of flow?.connections ?? []) this.finish(state);
  }
}
