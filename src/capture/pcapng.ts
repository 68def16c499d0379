import { BATCH_ROWS, type Batch, type Words } from './batch.ts';
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
import { and, blockAt, LEFT_OUT, notDescribed, tooLarge } from './pcapng-words.ts';
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
    const what =
      this.#skip > 0
        ? {
            en: `the file ends ${this.#skip} bytes before the block does`,
            ko: `블록이 끝나기 ${this.#skip}바이트 전에 파일이 끝남`,
          }
        : this.#cut(input, left);
    this.#problems.add('truncated-file', blockAt(where, what), where, packet);
  }

  #cut(input: Input, left: number): Words {
    if (left < LEAST_BLOCK)
      return {
        en: `a block of at least ${LEAST_BLOCK} bytes is due, ${left} left in the file`,
        ko: `적어도 ${LEAST_BLOCK}바이트의 블록이 올 자리에 ${left}바이트만 남음`,
      };
    const type = u32(input.buffer, input.start, this.#bigEndian);
    if (type === SECTION && left < LEAST_SECTION)
      return {
        en: `a section header needs ${LEAST_SECTION} bytes, ${left} left in the file`,
        ko: `${LEAST_SECTION}바이트가 필요한 구역 헤더에 ${left}바이트만 남음`,
      };
    const announced = u32(input.buffer, input.start + LENGTH, this.#bigEndian);
    return {
      en: `${announced} bytes announced, ${left} left in the file`,
      ko: `${announced}바이트라고 했지만 ${left}바이트만 남음`,
    };
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
      this.#stop(input, 'bad-block-length', { en: `length ${length} ${wrong.en}`, ko: `길이 ${length}: ${wrong.ko}` });
      return 0;
    }
    if (length > left) return this.#await(input, type, length);
    const trailer = u32(bytes, at + length - TRAILER, this.#bigEndian);
    if (trailer !== length) {
      this.#report(input, 'bad-block-length', {
        en: `length ${length} in front, ${trailer} behind; the one in front is used`,
        ko: `앞의 길이는 ${length}, 뒤의 길이는 ${trailer}: 앞의 것을 씀`,
      });
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
      this.#stop(input, 'bad-block', {
        en: `section header with the byte-order magic ${magic}`,
        ko: `구역 헤더의 바이트 순서 값 ${magic}`,
      });
    } else if (version !== undefined) {
      this.#stop(input, 'unsupported-version', { en: `section of pcapng version ${version}`, ko: `pcapng 버전 ${version}` });
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
      this.#leaveOut(input, into, tooLarge(captured, length));
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
      this.#leaveOut(input, into, { en: `a packet in a block of ${length} bytes`, ko: `${length}바이트 블록 안의 패킷` });
      return;
    }
    const index = this.#interface(input, into, 0);
    if (index < 0) return;
    const original = u32(input.buffer, input.start + SIMPLE_ORIGINAL, this.#bigEndian);
    const snap = this.interfaces[index].snapLength;
    const captured = snap > 0 ? Math.min(snap, original) : original;
    if (captured > room)
      this.#report(input, 'bad-block', and(tooLarge(captured, length), { en: `${room} are taken`, ko: `${room}바이트만 씀` }));
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
    const what = { en: `a packet of interface ${id}, the section describes ${described}`, ko: notDescribed(id, described) };
    if (described !== 1) {
      this.#leaveOut(input, into, what);
      return -1;
    }
    this.#report(input, 'bad-block', and(what, { en: 'read as of that one', ko: '그 인터페이스의 것으로 읽음' }));
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
    if (complaint.fatal === true) this.#stop(input, complaint.code, complaint);
    else this.#report(input, complaint.code, complaint);
  }

  /** A packet block that cannot be read; the next block is tried. */
  #leaveOut(input: Input, into: Batch, what: Words): void {
    this.#report(input, 'bad-block', and(what, LEFT_OUT), into.firstNumber + into.count);
  }

  #stop(input: Input, code: string, what: Words): void {
    this.#done = true;
    this.#report(input, code, and(what, { en: 'reading ends here', ko: '여기서 읽기를 마침' }));
  }

  #report(input: Input, code: string, what: Words, packet?: number): void {
    const where = input.base + input.start;
    this.#problems.add(code, blockAt(where, what), where, packet);
  }
}

function lengthFault(type: number, length: number): Words | undefined {
  const least = type === SECTION ? LEAST_SECTION : LEAST_BLOCK;
  if (length < least)
    return { en: `is below the ${least} of an empty ${nameOf(type)}`, ko: `빈 블록(${nameOf(type)})의 ${least}바이트보다 짧음` };
  if ((length & 3) !== 0) return { en: 'is not a multiple of 4', ko: '4의 배수가 아님' };
  if (length <= RECORD_LIMIT || !isHeld(type)) return undefined;
  return {
    en: `of a ${nameOf(type)} is over the limit of ${RECORD_LIMIT}`,
    ko: `${nameOf(type)} 블록의 한도 ${RECORD_LIMIT}바이트를 넘음`,
  };
}
