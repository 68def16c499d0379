import { BATCH_ROWS, type Batch, type CaptureInterface, type DecryptionSecrets, type NameRecord, type Words } from './batch.ts';
import type { Input } from './input.ts';
import { u32 } from './integers.ts';
import type { Problems } from './problems.ts';
import { RECORD_LIMIT, type RecordReader } from './reader.ts';

// The format of Solaris' snoop (RFC 1761): always big-endian, times in microseconds.

export const SNOOP_MAGIC = 8;
export const SNOOP_HEADER = 16;
export const SNOOP_VERSION = 2;
const VERSION = 8;
const DATALINK = 12;

const RECORD_HEADER = 24;
const ORIGINAL = 0;
const INCLUDED = 4;
const RECORD_LENGTH = 8;
const SECONDS = 16;
const MICROSECONDS = 20;

const MAGIC_HIGH = 0x736e6f6f;
const MAGIC_LOW = 0x70000000;

/** RFC 1761's datalink types as LINKTYPE_ numbers: 802.3, 802.5, Ethernet, FDDI. */
const LINK_TYPES: Record<number, number> = { 0: 1, 2: 6, 4: 1, 8: 10 };
/** For the others: no link type has this number. */
const UNKNOWN_LINK_TYPE = 0xffff;

export interface SnoopHeader {
  version: number;
  linkType: number;
}

/** True when the eight bytes begin a snoop file. */
export const isSnoop = (bytes: Uint8Array, at: number): boolean =>
  u32(bytes, at, true) === MAGIC_HIGH && u32(bytes, at + 4, true) === MAGIC_LOW;

/** Reads the file header; the caller has seen `isSnoop` and that SNOOP_HEADER bytes are there. */
export function readSnoopHeader(bytes: Uint8Array, at: number): SnoopHeader {
  const linkType = LINK_TYPES[u32(bytes, at + DATALINK, true)] ?? UNKNOWN_LINK_TYPE;
  return { version: u32(bytes, at + VERSION, true), linkType };
}

export class SnoopReader implements RecordReader {
  readonly interfaces: CaptureInterface[];
  readonly secrets: DecryptionSecrets[] = [];
  readonly names: NameRecord[] = [];
  readonly blocks = new Map<number, number>();
  readonly #linkType: number;
  readonly #problems: Problems;
  #done = false;

  constructor(header: SnoopHeader, problems: Problems) {
    this.#linkType = header.linkType;
    this.#problems = problems;
    this.interfaces = [{ linkType: header.linkType, snapLength: 0 }];
  }

  rows(input: Input, into: Batch): number {
    if (this.#done) return 0;
    const bytes = input.buffer;
    const { base, end } = input;
    const first = into.count;
    let row = first;
    let here = input.start;
    let need = 0;
    while (row < BATCH_ROWS) {
      if (end - here < RECORD_HEADER) {
        need = RECORD_HEADER;
        break;
      }
      const captured = u32(bytes, here + INCLUDED, true);
      const length = u32(bytes, here + RECORD_LENGTH, true);
      if (length < RECORD_HEADER + captured || length > RECORD_LIMIT) {
        this.#giveUp(length, captured, base + here, into.firstNumber + row);
        break;
      }
      if (end - here < length) {
        need = length;
        break;
      }
      into.at[row] = here + RECORD_HEADER;
      into.caplen[row] = captured;
      into.wirelen[row] = u32(bytes, here + ORIGINAL, true);
      const fraction = u32(bytes, here + MICROSECONDS, true);
      into.seconds[row] = u32(bytes, here + SECONDS, true) + Math.floor(fraction / 1e6);
      into.nanoseconds[row] = (fraction % 1e6) * 1000;
      into.offset[row] = base + here + RECORD_HEADER;
      here += length;
      row++;
    }
    into.linkType.fill(this.#linkType, first, row);
    into.interface.fill(0, first, row);
    into.count = row;
    input.start = here;
    return need;
  }

  end(input: Input, packet: number): void {
    const left = input.end - input.start;
    if (this.#done || left === 0) return;
    this.#done = true;
    const where = input.base + input.start;
    const announced = left < RECORD_HEADER ? RECORD_HEADER : u32(input.buffer, input.start + RECORD_LENGTH, true);
    const what = {
      en: `a record of ${announced} bytes is due, ${left} left in the file`,
      ko: `${announced}바이트인 기록이 올 자리에 ${left}바이트만 남음`,
    };
    this.#problems.add('truncated-file', at(packet, where, what), where, packet);
  }

  #giveUp(length: number, captured: number, where: number, packet: number): void {
    this.#done = true;
    const what = {
      en: `a record of ${length} bytes cannot hold ${captured} bytes of packet, or is over the limit of ${RECORD_LIMIT}; reading ends here`,
      ko: `${length}바이트인 기록에 패킷 ${captured}바이트를 담을 수 없거나 한도 ${RECORD_LIMIT}바이트를 넘어 여기서 읽기를 마침`,
    };
    this.#problems.add('bad-record-length', at(packet, where, what), where, packet);
  }
}

const at = (packet: number, where: number, what: Words): Words => ({
  en: `packet ${packet} at offset ${where}: ${what.en}`,
  ko: `${packet}번 패킷, 위치 ${where}: ${what.ko}`,
});
