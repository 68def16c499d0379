import { BATCH_ROWS, type Batch } from './batch.ts';
import { putTime } from './clock.ts';
import type { Input } from './input.ts';
import { hex, u16, u32 } from './integers.ts';
import {
  ENHANCED_PACKET,
  isHeld,
  LEAST_BLOCK,
  LEAST_SECTION,
  LENGTH,
  nameOf,
  OBSOLETE_PACKET,
  SECTION,
  SECTION_ORDER,
  SIMPLE_PACKET,
  sectionOrder,
  TRAILER,
  unknownVersion,
} from './pcapng-format.ts';
import { Metadata } from './pcapng-metadata.ts';
import type { Problems } from './problems.ts';
import { RECORD_LIMIT, type RecordReader } from './reader.ts';

/** Enhanced Packet Block (draft-ietf-opsawg-pcapng, section 4.3). */
const PACKET_INTERFACE = 8;
const PACKET_TIME = 12;
const PACKET_CAPTURED = 20;
const PACKET_ORIGINAL = 24;
const PACKET_DATA = 28;
const LEAST_PACKET = PACKET_DATA + TRAILER;
/** Simple Packet Block (section 4.4). */
const SIMPLE_ORIGINAL = 8;
const SIMPLE_DATA = 12;
const LEAST_SIMPLE = SIMPLE_DATA + TRAILER;

/** Blocks of unknown types above this are passed over without being held. */
const HELD_UNKNOWN = 1 << 20;

export class PcapngReader extends Metadata implements RecordReader {
  readonly #problems: Problems;
  #bigEndian = false;
  /** Bytes still to pass over, of a block at #skippedAt. */
  #skip = 0;
  #skippedAt = 0;
  #done = false;

  constructor(problems: Problems) {
    super();
    this.#problems = problems;
  }

  rows(input: Input, into: Batch): number {
    while (!this.#done) {
      if (this.#skip > 0 && !this.#pass(input)) return 1;
      this.#run(input, into);
      if (into.count === BATCH_ROWS) return 0;
      const need = this.#block(input, into);
      if (need > 0) return need;
    }
    return 0;
  }

  end(input: Input, packet: number): void {
    const left = input.end - input.start;
    if (this.#done || (left === 0 && this.#skip === 0)) return;
    this.#done = true;
    const where = this.#skip > 0 ? this.#skippedAt : input.base + input.start;
    const what = this.#skip > 0 ? `the file ends ${this.#skip} bytes before the block does` : this.#cut(input, left);
    this.#problems.add('truncated-file', `pcapng block at ${where}: ${what}`, where, packet);
  }

  #cut(input: Input, left: number): string {
    if (left < LEAST_BLOCK) return `a block of at least ${LEAST_BLOCK} bytes is due, ${left} left in the file`;
    const type = u32(input.buffer, input.start, this.#bigEndian);
    if (type === SECTION && left < LEAST_SECTION)
      return `a section header needs ${LEAST_SECTION} bytes, ${left} left in the file`;
    return `${u32(input.buffer, input.start + LENGTH, this.#bigEndian)} bytes announced, ${left} left in the file`;
  }

  /** Passes over what is there of a block that is skipped; true when that was all of it. */
  #pass(input: Input): boolean {
    const passed = Math.min(this.#skip, input.end - input.start);
    this.#skip -= passed;
    input.start += passed;
    return this.#skip === 0;
  }

  /** The common case in one tight loop: whole and sound enhanced packet blocks, one after the other. Stops at anything else. */
  #run(input: Input, into: Batch): void {
    const { buffer: bytes, base, end } = input;
    const { at, caplen, wirelen, seconds, nanoseconds, offset, linkType } = into;
    const bigEndian = this.#bigEndian;
    const { sectionStart, clocks, linkTypes } = this;
    let here = input.start;
    let row = into.count;
    while (row < BATCH_ROWS && end - here >= LEAST_PACKET && u32(bytes, here, bigEndian) === ENHANCED_PACKET) {
      const length = u32(bytes, here + LENGTH, bigEndian);
      if (length < LEAST_PACKET || length > end - here || length > RECORD_LIMIT || (length & 3) !== 0) break;
      if (u32(bytes, here + length - TRAILER, bigEndian) !== length) break;
      const index = sectionStart + u32(bytes, here + PACKET_INTERFACE, bigEndian);
      const captured = u32(bytes, here + PACKET_CAPTURED, bigEndian);
      if (index >= clocks.length || captured > length - LEAST_PACKET) break;
      const high = u32(bytes, here + PACKET_TIME, bigEndian);
      const low = u32(bytes, here + PACKET_TIME + 4, bigEndian);
      putTime(clocks[index], high, low, seconds, nanoseconds, row);
      at[row] = here + PACKET_DATA;
      caplen[row] = captured;
      wirelen[row] = u32(bytes, here + PACKET_ORIGINAL, bigEndian);
      offset[row] = base + here + PACKET_DATA;
      linkType[row] = linkTypes[index];
      into.interface[row] = index;
      here += length;
      row++;
    }
    input.start = here;
    into.count = row;
  }

  /** One block of any kind. Returns how many bytes it needs to have there; 0 when it was dealt with. */
  #block(input: Input, into: Batch): number {
    const { buffer: bytes, start: at } = input;
    const left = input.end - at;
    if (left < LEAST_BLOCK) return LEAST_BLOCK;
    const type = u32(bytes, at, this.#bigEndian);
    if (type === SECTION) {
      if (left < LEAST_SECTION) return LEAST_SECTION;
      if (!this.#turn(input)) return 0;
    }
    const length = u32(bytes, at + LENGTH, this.#bigEndian);
    const wrong = lengthFault(type, length);
    if (wrong !== undefined) {
      this.#stop(input, 'bad-block-length', `length ${length} ${wrong}`);
      return 0;
    }
    if (length > left) return this.#await(input, type, length);
    const trailer = u32(bytes, at + length - TRAILER, this.#bigEndian);
    if (trailer !== length) {
      this.#report(input, 'bad-block-length', `length ${length} in front, ${trailer} behind; the one in front is used`);
    }
    if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) this.#packet(type, input, length, into);
    else if (type === SIMPLE_PACKET) this.#simplePacket(input, length, into);
    else this.#other(type, input, length);
    input.start = at + length;
    return 0;
  }

  /** A block that is not there to its end: waits for it, or begins to pass over it. */
  #await(input: Input, type: number, length: number): number {
    if (length <= HELD_UNKNOWN || isHeld(type)) return length;
    this.count(type);
    this.#skip = length;
    this.#skippedAt = input.base + input.start;
    return this.#pass(input) ? 0 : 1;
  }

  /** Begins a section: its byte order, and interfaces counted from 0 again. */
  #turn(input: Input): boolean {
    const order = sectionOrder(input.buffer, input.start);
    const version = unknownVersion(input.buffer, input.start);
    if (order === 'neither') {
      const magic = hex(u32(input.buffer, input.start + SECTION_ORDER, true));
      this.#stop(input, 'bad-block', `section header with the byte-order magic ${magic}`);
    } else if (version !== undefined) {
      this.#stop(input, 'unsupported-version', `section of pcapng version ${version}`);
    } else {
      this.#bigEndian = order === 'big';
      this.beginSection();
    }
    return !this.#done;
  }

  /** The enhanced block, and the obsolete one, which has 16 bits of interface and 16 of drops in the same place. */
  #packet(type: number, input: Input, length: number, into: Batch): void {
    const { buffer: bytes, start: at } = input;
    const bigEndian = this.#bigEndian;
    const room = length - LEAST_PACKET;
    const captured = room < 0 ? 0 : u32(bytes, at + PACKET_CAPTURED, bigEndian);
    if (captured > room) {
      this.#leaveOut(input, into, `a packet of ${captured} bytes in a block of ${length}`);
      return;
    }
    const short = type === OBSOLETE_PACKET;
    const id = short ? u16(bytes, at + PACKET_INTERFACE, bigEndian) : u32(bytes, at + PACKET_INTERFACE, bigEndian);
    const index = this.#interface(input, into, id);
    if (index < 0) return;
    const high = u32(bytes, at + PACKET_TIME, bigEndian);
    const low = u32(bytes, at + PACKET_TIME + 4, bigEndian);
    putTime(this.clocks[index], high, low, into.seconds, into.nanoseconds, into.count);
    this.#put(input, into, at + PACKET_DATA, captured, u32(bytes, at + PACKET_ORIGINAL, bigEndian), index);
  }

  /** Has neither a time nor a captured length; the latter follows from the block and from the snap length of interface 0. */
  #simplePacket(input: Input, length: number, into: Batch): void {
    const room = length - LEAST_SIMPLE;
    if (room < 0) {
      this.#leaveOut(input, into, `a packet in a block of ${length} bytes`);
      return;
    }
    const index = this.#interface(input, into, 0);
    if (index < 0) return;
    const original = u32(input.buffer, input.start + SIMPLE_ORIGINAL, this.#bigEndian);
    const snap = this.interfaces[index].snapLength;
    const captured = snap > 0 ? Math.min(snap, original) : original;
    if (captured > room)
      this.#report(input, 'bad-block', `a packet of ${captured} bytes in a block of ${length}; ${room} are taken`);
    into.seconds[into.count] = 0;
    into.nanoseconds[into.count] = 0;
    this.#put(input, into, input.start + SIMPLE_DATA, Math.min(captured, room), original, index);
  }

  /**
   * Index of a packet's interface. An id that the section does not describe is read as its interface 0 where that is the only one
   * (dumpcap 1.1 counted from 1); else -1, and the packet is left out.
   */
  #interface(input: Input, into: Batch, id: number): number {
    const described = this.sectionInterfaces;
    if (id < described) return this.sectionStart + id;
    const what = `a packet of interface ${id}, the section describes ${described}`;
    if (described !== 1) {
      this.#leaveOut(input, into, what);
      return -1;
    }
    this.#report(input, 'bad-block', `${what}; read as of that one`);
    return this.sectionStart;
  }

  #put(input: Input, into: Batch, at: number, captured: number, original: number, index: number): void {
    const row = into.count++;
    into.at[row] = at;
    into.caplen[row] = captured;
    into.wirelen[row] = original;
    into.offset[row] = input.base + at;
    into.linkType[row] = this.linkTypes[index];
    into.interface[row] = index;
  }

  #other(type: number, input: Input, length: number): void {
    const complaint = this.take(type, input.buffer, input.start, input.start + length - TRAILER, this.#bigEndian);
    if (complaint === undefined) return;
    if (complaint.fatal === true) this.#stop(input, complaint.code, complaint.what);
    else this.#report(input, complaint.code, complaint.what);
  }

  /** A packet block that cannot be read; the next block is tried. */
  #leaveOut(input: Input, into: Batch, what: string): void {
    this.#report(input, 'bad-block', `${what}; left out`, into.firstNumber + into.count);
  }

  #stop(input: Input, code: string, what: string): void {
    this.#done = true;
    this.#report(input, code, `${what}; reading ends here`);
  }

  #report(input: Input, code: string, what: string, packet?: number): void {
    const where = input.base + input.start;
    this.#problems.add(code, `pcapng block at ${where}: ${what}`, where, packet);
  }
}

function lengthFault(type: number, length: number): string | undefined {
  const least = type === SECTION ? LEAST_SECTION : LEAST_BLOCK;
  if (length < least) return `is below the ${least} of an empty ${nameOf(type)}`;
  if ((length & 3) !== 0) return 'is not a multiple of 4';
  return length > RECORD_LIMIT && isHeld(type) ? `of a ${nameOf(type)} is over the limit of ${RECORD_LIMIT}` : undefined;
}
