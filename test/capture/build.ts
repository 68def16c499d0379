import { Readable } from 'node:stream';
import { ANNEX_BYTES, BATCH_ROWS, Batch, type Problem, type Source } from '../../src/capture/batch.ts';
import { type OpenOptions, openStream } from '../../src/capture/open.ts';

// Capture files written byte by byte from the documents, and sources read to their end.

/** Writes integers in one byte order. */
export class Writer {
  readonly #bytes: number[] = [];
  readonly bigEndian: boolean;

  constructor(bigEndian = false) {
    this.bigEndian = bigEndian;
  }

  #integer(value: number | bigint, size: number): this {
    const whole = BigInt.asUintN(64, BigInt(value));
    for (let i = 0; i < size; i++) {
      const shift = 8 * (this.bigEndian ? size - 1 - i : i);
      this.#bytes.push(Number((whole >> BigInt(shift)) & 0xffn));
    }
    return this;
  }

  u8 = (value: number): this => this.#integer(value, 1);
  u16 = (value: number): this => this.#integer(value, 2);
  u32 = (value: number): this => this.#integer(value, 4);
  u64 = (value: number | bigint): this => this.#integer(value, 8);

  raw(bytes: Uint8Array | number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** Zeros up to the next multiple of four. */
  pad(): this {
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
    return this;
  }

  get length(): number {
    return this.#bytes.length;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

export function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Bytes that tell their place: a packet's data in tests. */
export function data(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7) & 0xff);
}

export interface PcapOptions {
  bigEndian?: boolean;
  magic?: number;
  major?: number;
  minor?: number;
  snapLength?: number;
  network?: number;
}

export function pcapHeader(options: PcapOptions = {}): Uint8Array {
  const { bigEndian, magic = 0xa1b2c3d4, major = 2, minor = 4, snapLength = 262_144, network = 1 } = options;
  return new Writer(bigEndian).u32(magic).u16(major).u16(minor).u32(0).u32(0).u32(snapLength).u32(network).done();
}

export interface PcapRecord {
  seconds: number;
  fraction: number;
  data: Uint8Array;
  /** What the header says, where it is not the data's length. */
  captured?: number;
  original?: number;
  /** The eight bytes more of the modified format. */
  extra?: Uint8Array;
}

export function pcapRecord(record: PcapRecord, bigEndian = false): Uint8Array {
  const { seconds, fraction, data: bytes, captured = bytes.length, original = captured, extra = new Uint8Array(0) } = record;
  return new Writer(bigEndian).u32(seconds).u32(fraction).u32(captured).u32(original).raw(extra).raw(bytes).done();
}

/** A pcapng block of any type; the lengths are right unless told otherwise. */
export function block(
  type: number,
  body: Uint8Array,
  bigEndian = false,
  lengths: { front?: number; behind?: number } = {},
): Uint8Array {
  const length = 12 + Math.ceil(body.length / 4) * 4;
  const { front = length, behind = length } = lengths;
  return new Writer(bigEndian).u32(type).u32(front).raw(body).pad().u32(behind).done();
}

export type Option = [code: number, value: Uint8Array];

export function options(list: Option[], bigEndian = false): Uint8Array {
  const out = new Writer(bigEndian);
  for (const [code, value] of list) out.u16(code).u16(value.length).raw(value).pad();
  if (list.length > 0) out.u16(0).u16(0);
  return out.done();
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export function section(bigEndian = false, version: [number, number] = [1, 0], magic = 0x1a2b3c4d): Uint8Array {
  const body = new Writer(bigEndian).u32(magic).u16(version[0]).u16(version[1]).u64(-1n).done();
  return block(0x0a0d0d0a, body, bigEndian);
}

export function interfaceBlock(linkType = 1, snapLength = 0, list: Option[] = [], bigEndian = false): Uint8Array {
  const body = new Writer(bigEndian).u16(linkType).u16(0).u32(snapLength).raw(options(list, bigEndian)).done();
  return block(1, body, bigEndian);
}

export interface PacketBlock {
  interface?: number;
  /** In units of the interface's clock. */
  time?: bigint;
  data: Uint8Array;
  captured?: number;
  original?: number;
  options?: Option[];
}

export function packetBlock(packet: PacketBlock, bigEndian = false): Uint8Array {
  const { interface: id = 0, time = 0n, data: bytes, captured = bytes.length, original = captured, options: list = [] } = packet;
  const body = new Writer(bigEndian)
    .u32(id)
    .u32(Number(time >> 32n))
    .u32(Number(time & 0xffffffffn))
    .u32(captured)
    .u32(original)
    .raw(bytes)
    .pad()
    .raw(options(list, bigEndian));
  return block(6, body.done(), bigEndian);
}

export interface Packet {
  number: number;
  seconds: number;
  nanoseconds: number;
  caplen: number;
  wirelen: number;
  linkType: number;
  interface: number;
  offset: number;
  data: Uint8Array;
}

/** Copies the rows of a batch, and holds the contract: everything lies below the annex, and the annex is there. */
export function packetsOf(batch: Batch): Packet[] {
  if (batch.count > BATCH_ROWS || batch.bytes.length < batch.annexAt + ANNEX_BYTES)
    throw new Error('the batch breaks its contract');
  return Array.from({ length: batch.count }, (_, row) => {
    const at = batch.at[row];
    if (at + batch.caplen[row] > batch.annexAt) throw new Error(`row ${row} reaches into the annex`);
    return {
      number: batch.firstNumber + row,
      seconds: batch.seconds[row],
      nanoseconds: batch.nanoseconds[row],
      caplen: batch.caplen[row],
      wirelen: batch.wirelen[row],
      linkType: batch.linkType[row],
      interface: batch.interface[row],
      offset: batch.offset[row],
      data: batch.bytes.slice(at, at + batch.caplen[row]),
    };
  });
}

export interface Everything {
  packets: Packet[];
  problems: Problem[];
  source: Source;
}

/** Reads to the end; false must come with an empty batch, and again when asked again. */
export async function everything(source: Source, batch = new Batch()): Promise<Everything> {
  const packets: Packet[] = [];
  while (await source.next(batch)) {
    if (batch.count === 0) throw new Error('a batch of nothing');
    packets.push(...packetsOf(batch));
  }
  if (batch.count !== 0 || (await source.next(batch))) throw new Error('the end is not the end');
  return { packets, problems: source.problems.map(inEnglish), source };
}

/** Every problem is told in Korean, too; what is compared is the English. */
function inEnglish({ korean, ...problem }: Problem): Problem {
  if (!/[가-힣]/.test(korean ?? '') && problem.code !== 'spool') throw new Error(`${problem.code} has no Korean`);
  return problem;
}

/** A stream of the bytes in pieces of `size`. */
export function pieces(bytes: Uint8Array, size = bytes.length || 1): Readable {
  const list: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) list.push(bytes.subarray(at, at + size));
  return Readable.from(list);
}

export async function readBytes(bytes: Uint8Array, options?: OpenOptions, size?: number): Promise<Everything> {
  const source = await openStream(pieces(bytes, size), options);
  try {
    return await everything(source);
  } finally {
    source.close();
  }
}

/** Gives whole numbers below a limit, the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
