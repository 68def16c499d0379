/**
 * HTTP/3 behind QUIC's protection, which no mutation of a capture gets past: streams of frames and QPACK instructions that are nearly
 * right, cut, reordered, repeated and damaged. The same seed gives the same streams. Throws on what must not be.
 */
import { HeldBytes } from '../../src/correlate/held-bytes.ts';
import { Http3Parser } from '../../src/correlate/http3.ts';
import type { Exchange } from '../../src/correlate/model.ts';
import { QuicStreams } from '../../src/correlate/quic-streams.ts';
import { Http3Frames } from '../../src/dissect/http3/stream-frames.ts';
import type { Field } from '../../src/dissect/protocol.ts';
import { openedLayer } from '../../src/dissect/quic/opened-layer.ts';

class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = (seed % 0x7ffffffe) + 1;
  }

  below(n: number): number {
    this.state = (this.state * 48_271) % 0x7fffffff;
    return Math.floor((this.state / 0x7fffffff) * n);
  }

  bytes(most: number): number[] {
    return Array.from({ length: this.below(most + 1) }, () => this.below(256));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

const EDGES = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xff];
const LARGEST = 2 ** 30 - 1;

function varint(value: number): number[] {
  if (value < 64) return [value];
  if (value < 16_384) return [0x40 | (value >> 8), value & 255];
  return [0x80 | (value >>> 24), (value >> 16) & 255, (value >> 8) & 255, value & 255];
}

const sized = (type: number, payload: number[]): number[] => [...varint(type), ...varint(payload.length), ...payload];

function literal(dice: Dice): number[] {
  const name = dice.pick([':method', ':path', ':status', ':authority', 'content-length', 'grpc-status', 'x']);
  const value = dice.pick(['GET', '/a', '200', '103', 'example.com', '5', '']);
  const prefix = name.length < 7 ? [0x20 | name.length] : [0x27, name.length - 7];
  return [...prefix, ...Buffer.from(name), value.length, ...Buffer.from(value)];
}

function section(dice: Dice): number[] {
  const lines = Array.from({ length: dice.below(8) }, () =>
    dice.pick([literal(dice), [0xc0 | dice.below(63)], [0x80 | dice.below(8)], [0x10 | dice.below(4)], dice.bytes(4)]),
  );
  return [dice.below(6), dice.below(4), ...lines.flat()];
}

const FRAMES: ((dice: Dice) => number[])[] = [
  (dice) => sized(1, section(dice)),
  (dice) => sized(1, section(dice)),
  (dice) => sized(0, dice.bytes(60)),
  (dice) => sized(4, [1, ...varint(dice.below(300)), 7, dice.below(64), 6, ...varint(dice.below(5000))]),
  (dice) => sized(5, [dice.below(4), ...section(dice)]),
  (dice) => sized(7, varint(dice.below(16))),
  (dice) => sized(dice.below(LARGEST), dice.bytes(10)),
  (dice) => [...varint(dice.below(8)), ...varint(dice.below(LARGEST)), ...dice.bytes(20)],
];

function instruction(dice: Dice): number[] {
  return dice.pick([
    [0x3f, dice.below(200), dice.below(3)],
    [0xc0 | dice.below(64), 2, 0x61, 0x62],
    [0x41, 0x61, 1, 0x62],
    [0x80 | dice.below(4), 1, 0x63],
    [dice.below(8)],
    dice.bytes(5),
  ]);
}

/** The bytes of one direction of a stream. */
function stream(dice: Dice, id: number): Uint8Array {
  const type = id & 2 ? [dice.below(5)] : [];
  const parts = Array.from({ length: 1 + dice.below(6) }, () => (type[0] === 2 ? instruction(dice) : dice.pick(FRAMES)(dice)));
  const bytes = Uint8Array.from([...type, ...parts.flat()]);
  for (let i = dice.below(3); i > 0 && bytes.length > 0; i--) bytes[dice.below(bytes.length)] = dice.pick(EDGES);
  return bytes;
}

interface Piece {
  fromClient: boolean;
  id: number;
  offset: number;
  bytes: Uint8Array;
  fin: boolean;
}

function pieces(dice: Dice): Piece[] {
  const list: Piece[] = [];
  for (let count = 1 + dice.below(8); count > 0; count--) {
    const id = dice.below(20);
    const fromClient = id & 2 ? (id & 1) === 0 : dice.below(2) === 0;
    const bytes = stream(dice, id);
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + dice.below(dice.pick([3, 20, 200]));
      const piece = { fromClient, id, offset: at, bytes: bytes.subarray(at, at + size), fin: at + size >= bytes.length };
      // One in ten is lost, one in ten comes twice.
      const copies = dice.pick([0, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
      for (let i = 0; i < copies; i++) list.push(piece);
      at += size;
    }
  }
  for (let swaps = dice.below(6); swaps > 0 && list.length > 1; swaps--) {
    const [i, j] = [dice.below(list.length), dice.below(list.length)];
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

function checkFields(fields: readonly Field[], length: number): void {
  for (const { name, at, end, value, children } of fields) {
    if (!(at >= 0 && at <= end && end <= length)) throw new Error(`${name} lies at ${at} to ${end} of ${length}`);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${name} is ${value}`);
    checkFields(children ?? [], length);
  }
}

/** One connection's streams through the parser, and through the packet view. */
export function http3Streams(seed: number): void {
  const dice = new Dice(seed);
  const held = new HeldBytes(1 << 16);
  const tables = new HeldBytes(1 << 16);
  const budget = { carried: 0 };
  const started = new Set<Exchange>();
  const finished = new Set<Exchange>();
  const hooks = {
    nextId: () => started.size,
    started: (x: Exchange) => void started.add(x),
    finished: (x: Exchange) => {
      if (finished.has(x) || !started.has(x)) throw new Error('an exchange ended twice, or without a beginning');
      finished.add(x);
    },
    budget,
    tables,
  };
  const parser = new Http3Parser(0, hooks, held);
  const streams = new QuicStreams(parser, held);
  const frames = new Http3Frames({ head: () => {}, data: () => {} });
  pieces(dice).forEach(({ fromClient, id, offset, bytes, fin }, i) => {
    const act = dice.below(40);
    if (act === 0) streams.reset(fromClient, id, dice.below(600), offset, i + 1, i);
    else if (act === 1) streams.stopSending(fromClient, id, dice.below(600), i + 1, i);
    else streams.data(fromClient, id, offset, bytes, 0, bytes.length, fin, i + 1, i);
    if (act === 2) frames.miss(fromClient, id);
    const layer = frames.next(fromClient, id, bytes, act !== 3);
    if (layer !== undefined) checkFields(layer.fields, layer.end);
  });
  streams.finish();
  if (started.size !== finished.size) throw new Error(`${started.size} exchanges began, ${finished.size} ended`);
  const left = [held.held, tables.held, budget.carried];
  if (left.some((bytes) => bytes !== 0)) throw new Error(`bytes are held after the end: ${left.join(', ')}`);
  const payload = Buffer.from(Array.from({ length: 60 }, () => (dice.below(3) === 0 ? dice.below(0x32) : dice.below(256))));
  const layer = openedLayer('1-RTT', { first: 0x41, packetNumber: seed, numberLength: 1, payload, payloadAt: 0 });
  checkFields(layer.fields, payload.length);
}
