import { BATCH_ROWS, type Batch, type CaptureInterface, type DecryptionSecrets, type NameRecord } from './batch.ts';
import { type Clock, putTime } from './clock.ts';
import type { Input } from './input.ts';
import { hex, u16, u32 } from './integers.ts';
import { readInterface, readNames, readStatistics } from './pcapng-blocks.ts';
import type { Problems } from './problems.ts';
import { RECORD_LIMIT, type RecordReader } from './reader.ts';

// pcapng: draft-ietf-opsawg-pcapng, sections 3.1 (blocks) and 4 (their types), and its appendix for the obsolete Packet Block.

/** Reserved for what the section header needs to be told apart and judged. */
export const SECTION_HEADER_BYTES = 28;

const SECTION = 0x0a0d0d0a;
const INTERFACE = 0x00000001;
const OBSOLETE_PACKET = 0x00000002;
const SIMPLE_PACKET = 0x00000003;
const NAMES = 0x00000004;
const STATISTICS = 0x00000005;
const ENHANCED_PACKET = 0x00000006;
const SECRETS = 0x0000000a;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type and length in front of every block's body, and the length again behind it. */
const LENGTH = 4;
const BODY = 8;
const TRAILER = 4;
const LEAST = BODY + TRAILER;

const SECTION_ORDER = 8;
const SECTION_MAJOR = 12;
const SECTION_MINOR = 14;

/** Enhanced Packet Block. */
const EPB_INTERFACE = 8;
const EPB_TIME = 12;
const EPB_CAPTURED = 20;
const EPB_ORIGINAL = 24;
const EPB_DATA = 28;
/** The obsolete Packet Block has the same places, but 16 bits of interface and 16 of drops. */
const SPB_ORIGINAL = 8;
const SPB_DATA = 12;
const DSB_TYPE = 8;
const DSB_LENGTH = 12;
const DSB_DATA = 16;

/** Blocks of unknown types above this are passed over without being held. */
const HELD_UNKNOWN = 1 << 20;
/** Batch.interface has 16 bits. */
export const INTERFACE_LIMIT = 65_535;
export const NAME_LIMIT = 100_000;
export const SECRET_BYTES_LIMIT = 64 << 20;

/** What the first bytes of a file say: no pcapng, a byte order, or the magic of neither. */
export function sectionOrder(bytes: Uint8Array, at: number): 'little' | 'big' | 'neither' {
  if (u32(bytes, at + SECTION_ORDER, false) === BYTE_ORDER_MAGIC) return 'little';
  return u32(bytes, at + SECTION_ORDER, true) === BYTE_ORDER_MAGIC ? 'big' : 'neither';
}

export function isPcapng(bytes: Uint8Array, at: number): boolean {
  return u32(bytes, at, true) === SECTION;
}

/** "1.0" as the section header says it. */
export function sectionVersion(bytes: Uint8Array, at: number): { major: number; minor: number } {
  const bigEndian = sectionOrder(bytes, at) === 'big';
  return { major: u16(bytes, at + SECTION_MAJOR, bigEndian), minor: u16(bytes, at + SECTION_MINOR, bigEndian) };
}

export class PcapngReader implements RecordReader {
  readonly interfaces: CaptureInterface[] = [];
  readonly secrets: DecryptionSecrets[] = [];
  readonly names: NameRecord[] = [];
  readonly blocks = new Map<number, number>();
  readonly #clocks: Clock[] = [];
  readonly #linkTypes: number[] = [];
  readonly #problems: Problems;
  #bigEndian = false;
  /** Index of the section's first interface; the ids in its blocks count from there. */
  #sectionStart = 0;
  #secretBytes = 0;
  /** Bytes still to pass over, of a block at #skippedAt. */
  #skip = 0;
  #skippedAt = 0;
  #done = false;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  rows(input: Input, into: Batch): number {
    const bytes = input.buffer;
    while (!this.#done && into.count < BATCH_ROWS) {
      const at = input.start;
      const left = input.end - at;
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, left);
        this.#skip -= passed;
        input.start += passed;
        if (this.#skip > 0) return 1;
        continue;
      }
      if (left < LEAST) return LEAST;
      const type = u32(bytes, at, this.#bigEndian);
      if (type === SECTION) {
        if (left < SECTION_HEADER_BYTES) return SECTION_HEADER_BYTES;
        if (!this.#turn(input)) return 0;
      }
      const length = u32(bytes, at + LENGTH, this.#bigEndian);
      if (length < LEAST || (length & 3) !== 0 || (length > RECORD_LIMIT && isHeld(type))) {
        this.#refuse(input, type, length);
        return 0;
      }
      if (length > left) {
        if (length <= HELD_UNKNOWN || isHeld(type)) return length;
        this.#count(type);
        this.#skip = length;
        this.#skippedAt = input.base + at;
        continue;
      }
      if (u32(bytes, at + length - TRAILER, this.#bigEndian) !== length) this.#reportTrailer(input, length);
      this.#block(type, input, length, into);
      input.start = at + length;
    }
    return 0;
  }

  end(input: Input, packet: number): void {
    const left = input.end - input.start;
    if (this.#done || (left === 0 && this.#skip === 0)) return;
    this.#done = true;
    if (this.#skip > 0) {
      const message = `pcapng block at ${this.#skippedAt}: the file ends ${this.#skip} bytes before the block does`;
      this.#problems.add('truncated-file', message, this.#skippedAt, packet);
      return;
    }
    const where = input.base + input.start;
    const what =
      left < LEAST
        ? `a block of at least ${LEAST} bytes is due, ${left} left in the file`
        : `${u32(input.buffer, input.start + LENGTH, this.#bigEndian)} bytes announced, ${left} left in the file`;
    this.#problems.add('truncated-file', `pcapng block at ${where}: ${what}`, where, packet);
  }

  #block(type: number, input: Input, length: number, into: Batch): void {
    if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) this.#packet(type, input, length, into);
    else if (type === SIMPLE_PACKET) this.#simplePacket(input, length, into);
    else this.#other(type, input, length);
  }

  #packet(type: number, input: Input, length: number, into: Batch): void {
    const bytes = input.buffer;
    const at = input.start;
    const bigEndian = this.#bigEndian;
    const room = length - EPB_DATA - TRAILER;
    if (room < 0) return this.#bad(input, into, `${length} bytes are too few for a packet block`);
    const id = type === ENHANCED_PACKET ? u32(bytes, at + EPB_INTERFACE, bigEndian) : u16(bytes, at + EPB_INTERFACE, bigEndian);
    const captured = u32(bytes, at + EPB_CAPTURED, bigEndian);
    const index = this.#sectionStart + id;
    if (index >= this.#clocks.length) return this.#noInterface(input, into, id);
    if (captured > room) return this.#bad(input, into, `a packet of ${captured} bytes in a block that has room for ${room}`);
    const row = into.count++;
    into.at[row] = at + EPB_DATA;
    into.caplen[row] = captured;
    into.wirelen[row] = u32(bytes, at + EPB_ORIGINAL, bigEndian);
    into.offset[row] = input.base + at + EPB_DATA;
    into.linkType[row] = this.#linkTypes[index];
    into.interface[row] = index;
    const high = u32(bytes, at + EPB_TIME, bigEndian);
    const low = u32(bytes, at + EPB_TIME + 4, bigEndian);
    putTime(this.#clocks[index], high, low, into.seconds, into.nanoseconds, row);
  }

  /** Has neither time nor captured length: the latter follows from the block and from interface 0's snap length. */
  #simplePacket(input: Input, length: number, into: Batch): void {
    const at = input.start;
    const room = length - SPB_DATA - TRAILER;
    if (room < 0) return this.#bad(input, into, `${length} bytes are too few for a simple packet block`);
    const index = this.#sectionStart;
    if (index >= this.#clocks.length) return this.#noInterface(input, into, 0);
    const original = u32(input.buffer, at + SPB_ORIGINAL, this.#bigEndian);
    const snap = this.interfaces[index].snapLength;
    const expected = snap > 0 && snap < original ? snap : original;
    if (expected > room) return this.#bad(input, into, `a packet of ${expected} bytes in a block that has room for ${room}`);
    const row = into.count++;
    into.at[row] = at + SPB_DATA;
    into.caplen[row] = expected;
    into.wirelen[row] = original;
    into.seconds[row] = 0;
    into.nanoseconds[row] = 0;
    into.offset[row] = input.base + at + SPB_DATA;
    into.linkType[row] = this.#linkTypes[index];
    into.interface[row] = index;
  }

  #other(type: number, input: Input, length: number): void {
    const bytes = input.buffer;
    const at = input.start;
    const end = at + length - TRAILER;
    this.#count(type);
    let whole = true;
    if (type === INTERFACE) whole = this.#addInterface(input, end);
    else if (type === STATISTICS) whole = this.#addStatistics(input, end);
    else if (type === NAMES) whole = readNames(bytes, at, end, this.#bigEndian, this.names, NAME_LIMIT);
    else if (type === SECRETS) whole = this.#addSecrets(input, end);
    if (!whole) this.#problem('bad-block', input, `${nameOf(type)} holds an item that runs over its end`);
  }

  #addInterface(input: Input, end: number): boolean {
    const at = input.start;
    if (this.interfaces.length >= INTERFACE_LIMIT) {
      this.#problem('too-many-interfaces', input, `more than ${INTERFACE_LIMIT} interfaces; reading ends here`);
      this.#done = true;
      return true;
    }
    if (end - at < 16) return false;
    const found = readInterface(input.buffer, at, end, this.#bigEndian);
    this.interfaces.push(found.interface);
    this.#clocks.push(found.clock);
    this.#linkTypes.push(found.interface.linkType);
    return found.whole;
  }

  #addStatistics(input: Input, end: number): boolean {
    if (end - input.start < 20) return false;
    const id = u32(input.buffer, input.start + BODY, this.#bigEndian);
    const target = this.interfaces[this.#sectionStart + id];
    if (target === undefined) {
      this.#problem('bad-block', input, `statistics of interface ${id}, which the section does not have`);
      return true;
    }
    return readStatistics(input.buffer, input.start, end, this.#bigEndian, target);
  }

  #addSecrets(input: Input, end: number): boolean {
    const at = input.start;
    if (end - at < DSB_DATA) return false;
    const type = u32(input.buffer, at + DSB_TYPE, this.#bigEndian);
    const length = u32(input.buffer, at + DSB_LENGTH, this.#bigEndian);
    if (length > end - at - DSB_DATA) return false;
    this.#secretBytes += length;
    if (this.#secretBytes > SECRET_BYTES_LIMIT) {
      this.#problem('too-many-secrets', input, `decryption secrets of more than ${SECRET_BYTES_LIMIT} bytes in all; not kept`);
    } else {
      this.secrets.push({ type, data: input.buffer.slice(at + DSB_DATA, at + DSB_DATA + length) });
    }
    return true;
  }

  /** Begins a section: its byte order, and interface numbers from 0. */
  #turn(input: Input): boolean {
    const order = sectionOrder(input.buffer, input.start);
    if (order === 'neither') {
      const magic = hex(u32(input.buffer, input.start + SECTION_ORDER, true));
      this.#problem('bad-block', input, `section header with byte-order magic ${magic}; reading ends here`);
      this.#done = true;
      return false;
    }
    this.#bigEndian = order === 'big';
    const { major, minor } = sectionVersion(input.buffer, input.start);
    if (!isKnownSection(major, minor)) {
      this.#problem('unsupported-version', input, `section of pcapng version ${major}.${minor}; reading ends here`);
      this.#done = true;
      return false;
    }
    this.#sectionStart = this.interfaces.length;
    return true;
  }

  #count(type: number): void {
    this.blocks.set(type, (this.blocks.get(type) ?? 0) + 1);
  }

  #refuse(input: Input, type: number, length: number): void {
    this.#done = true;
    const what =
      length < LEAST ? `is below the ${LEAST} of an empty block` : (length & 3) !== 0 ? 'is not a multiple of 4' : undefined;
    this.#problem(
      'bad-block-length',
      input,
      `length ${length} ${what ?? `of ${nameOf(type)} is over the limit of ${RECORD_LIMIT}`}`,
    );
  }

  #reportTrailer(input: Input, length: number): void {
    const trailer = u32(input.buffer, input.start + length - TRAILER, this.#bigEndian);
    this.#problem('bad-block-length', input, `length ${length} in front, ${trailer} behind; the one in front is used`);
  }

  #noInterface(input: Input, into: Batch, id: number): void {
    this.#bad(input, into, `a packet of interface ${id}, of ${this.#clocks.length - this.#sectionStart} in the section`);
  }

  /** A packet block that cannot be read: it is left out, the next block is tried. */
  #bad(input: Input, into: Batch, what: string): void {
    const where = input.base + input.start;
    this.#problems.add('bad-block', `pcapng block at ${where}: ${what}; left out`, where, into.firstNumber + into.count);
  }

  #problem(code: string, input: Input, what: string): void {
    const where = input.base + input.start;
    this.#problems.add(code, `pcapng block at ${where}: ${what}`, where);
  }
}

/** Version 1.2 is in use by some writers and means the same as 1.0 (draft, section 4.1). */
export function isKnownSection(major: number, minor: number): boolean {
  return major === 1 && (minor === 0 || minor === 2);
}

function isHeld(type: number): boolean {
  return (type >= INTERFACE && type <= ENHANCED_PACKET) || type === SECRETS || type === SECTION;
}

function nameOf(type: number): string {
  if (type === INTERFACE) return 'an interface description';
  if (type === NAMES) return 'a name resolution block';
  if (type === STATISTICS) return 'an interface statistics block';
  if (type === SECRETS) return 'a decryption secrets block';
  if (type === SECTION) return 'a section header';
  return `a block of type ${hex(type)}`;
}
