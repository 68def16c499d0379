import { LIST_LIMIT } from './model.ts';

/** Turns of a connection that are kept one by one; what follows is one more, of both directions. */
export const TURN_LIMIT = 32;

/** Payload that went one way until the other side spoke: what can be measured without understanding it. */
export interface Turn {
  fromClient: boolean;
  start: number;
  end: number;
  firstPacket: number;
  lastPacket: number;
  packets: number[];
  /** When each of `packets` came. */
  times: number[];
  packetCount: number;
  /** The turns beyond `TURN_LIMIT` together. `fromClient` is the direction of the last packet. */
  rest: Rest | undefined;
}

/** Nanoseconds by what they were spent with, as the directions of the packets at their ends tell. */
export interface Rest {
  turns: number;
  send: number;
  wait: number;
  receive: number;
  idle: number;
}

/** Notes a packet with payload. A direction speaks until the other one does. */
export function addTurn(turns: Turn[], fromClient: boolean, packet: number, time: number): void {
  const last = turns[turns.length - 1];
  if (last?.rest !== undefined) further(last, last.rest, fromClient, time);
  else if (last === undefined || last.fromClient !== fromClient) {
    turns.push(newTurn(fromClient, packet, time));
    if (turns.length > TURN_LIMIT) turns[TURN_LIMIT].rest = { turns: 1, send: 0, wait: 0, receive: 0, idle: 0 };
    return;
  }
  addPacket(last, packet, time);
}

function newTurn(fromClient: boolean, packet: number, time: number): Turn {
  return {
    fromClient,
    start: time,
    end: time,
    firstPacket: packet,
    lastPacket: packet,
    packets: [packet],
    times: [time],
    packetCount: 1,
    rest: undefined,
  };
}

function addPacket(turn: Turn, packet: number, time: number): void {
  turn.end = Math.max(turn.end, time);
  turn.lastPacket = packet;
  turn.packetCount++;
  if (turn.packets.length >= LIST_LIMIT) return;
  turn.packets.push(packet);
  turn.times.push(time);
}

function further(turn: Turn, rest: Rest, fromClient: boolean, time: number): void {
  const took = Math.max(0, time - turn.end);
  if (turn.fromClient === fromClient) rest[fromClient ? 'send' : 'receive'] += took;
  else {
    rest[fromClient ? 'idle' : 'wait'] += took;
    rest.turns++;
  }
  turn.fromClient = fromClient;
}

/** The turns in the order of their packets: behind a hole bytes are heard of late. Those of packets up to `after` are left out. */
export function inPacketOrder(turns: Turn[], after: number): Turn[] {
  if (inOrder(turns, after)) return turns;
  const all: { fromClient: boolean; packet: number; time: number }[] = [];
  for (const { fromClient, packets, times, rest } of turns)
    if (rest === undefined)
      packets.forEach((packet, i) => {
        if (packet > after) all.push({ fromClient, packet, time: times[i] });
      });
  all.sort((a, b) => a.packet - b.packet);
  const sorted: Turn[] = [];
  for (const { fromClient, packet, time } of all) {
    const last = sorted[sorted.length - 1];
    if (last === undefined || last.fromClient !== fromClient) sorted.push(newTurn(fromClient, packet, time));
    else addPacket(last, packet, time);
  }
  const kept = turns[turns.length - 1];
  if (kept?.rest !== undefined && kept.lastPacket > after) sorted.push(since(kept, after));
  return sorted;
}

/** What is kept of it and came after a packet. */
function since(turn: Turn, after: number): Turn {
  const first = turn.packets.findIndex((packet) => packet > after);
  if (first <= 0) return turn;
  const packets = turn.packets.slice(first);
  const times = turn.times.slice(first);
  return { ...turn, start: times[0], firstPacket: packets[0], packets, times, packetCount: turn.packetCount - first };
}

/** Their packets rise, from one behind `after` on, to the last of the last. */
function inOrder(turns: Turn[], after: number): boolean {
  let before = after;
  for (let i = 0; i < turns.length; i++) {
    const turn = turns[i];
    if (turn.firstPacket <= before || !risen(turn, turn.lastPacket)) return false;
    before = turn.lastPacket;
  }
  return true;
}

/** Its packets rise, and its last is `last`. */
function risen({ packets, packetCount }: Turn, last: number): boolean {
  for (let i = 1; i < packets.length; i++) if (packets[i] < packets[i - 1]) return false;
  return packetCount > packets.length || packets[packets.length - 1] === last;
}
