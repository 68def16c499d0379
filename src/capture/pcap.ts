import { BATCH_ROWS, type Batch, type CaptureInterface, type DecryptionSecrets, type NameRecord, type Words } from './batch.ts';
import type { Input } from './input.ts';
import { PLACE, u16, u32, viewOf } from './integers.ts';
import type { Problems } from './problems.ts';
import { RECORD_LIMIT, type RecordReader } from './reader.ts';

// Classic pcap: pcap-savefile(5) of libpcap and draft-ietf-opsawg-pcap; the modified format is Alexey Kuznetzov's, whose records
// carry eight bytes more (interface index, protocol, packet type).

export const PCAP_HEADER = 24;
const VERSION_MAJOR = 4;
const VERSION_MINOR = 6;
const SNAP_LENGTH = 16;
const NETWORK = 20;

const RECORD_HEADER = 16;
const MODIFIED_RECORD_HEADER = 24;
const FRACTION = 4;
const CAPTURED = 8;
const ORIGINAL = 12;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const MODIFIED = 0xa1b2cd34;

/** Which of the two lengths comes first; files before version 2.4 had them the other way round (libpcap's sf-pcap.c). */
const LENGTHS_KEPT = 0;
const LENGTHS_SWAPPED = 1;
const LENGTHS_DOUBTFUL = 2;

export interface PcapHeader {
  bigEndian: boolean;
  /** Nanoseconds in one unit of the records' fraction field. */
  fractionUnit: 1 | 1000;
  recordHeader: number;
  versionMajor: number;
  versionMinor: number;
  snapLength: number;
  linkType: number;
}

/** True when the four bytes begin a classic pcap file of either byte order. */
export function isPcap(bytes: Uint8Array, at: number): boolean {
  return isMagic(u32(bytes, at, false)) || isMagic(u32(bytes, at, true));
}

function isMagic(magic: number): boolean {
  return magic === MICROSECONDS || magic === NANOSECONDS || magic === MODIFIED;
}

/** Reads the file header; the caller has seen `isPcap` and that PCAP_HEADER bytes are there. */
export function readPcapHeader(bytes: Uint8Array, at: number): PcapHeader {
  const bigEndian = isMagic(u32(bytes, at, true));
  const magic = u32(bytes, at, bigEndian);
  return {
    bigEndian,
    fractionUnit: magic === NANOSECONDS ? 1 : 1000,
    recordHeader: magic === MODIFIED ? MODIFIED_RECORD_HEADER : RECORD_HEADER,
    versionMajor: u16(bytes, at + VERSION_MAJOR, bigEndian),
    versionMinor: u16(bytes, at + VERSION_MINOR, bigEndian),
    snapLength: u32(bytes, at + SNAP_LENGTH, bigEndian),
    // The upper bits say whether frames end in a check sequence, and how long it is.
    linkType: u32(bytes, at + NETWORK, bigEndian) & 0xffff,
  };
}

/** Versions 2.0 to 2.4, and 543.0 as DG/UX's tcpdump wrote it; nobody has written 2.5, and what says so is read as 2.4. */
export function isKnownVersion(header: PcapHeader): boolean {
  return header.versionMajor === 2 || (header.versionMajor === 543 && header.versionMinor === 0);
}

export const isNewer = (header: PcapHeader): boolean => header.versionMajor === 2 && header.versionMinor > 4;

export const newerVersion = ({ versionMinor }: PcapHeader): Words => ({
  en: `the file says it is of version 2.${versionMinor}; it is read as 2.4`,
  ko: `파일에 적힌 버전은 2.${versionMinor}이며 2.4로 읽음`,
});

function lengthOrder(header: PcapHeader): number {
  if (header.versionMajor === 543 || header.versionMinor < 3) return LENGTHS_SWAPPED;
  return header.versionMinor === 3 ? LENGTHS_DOUBTFUL : LENGTHS_KEPT;
}

export class PcapReader implements RecordReader {
  readonly interfaces: CaptureInterface[];
  readonly secrets: DecryptionSecrets[] = [];
  readonly names: NameRecord[] = [];
  readonly blocks = new Map<number, number>();
  readonly #header: PcapHeader;
  readonly #lengthOrder: number;
  readonly #problems: Problems;
  #done = false;

  constructor(header: PcapHeader, problems: Problems) {
    this.#header = header;
    this.#lengthOrder = lengthOrder(header);
    this.#problems = problems;
    this.interfaces = [{ linkType: header.linkType, snapLength: header.snapLength }];
  }

  rows(input: Input, into: Batch): number {
    if (this.#done) return 0;
    const { bigEndian, fractionUnit, recordHeader, linkType } = this.#header;
    const order = this.#lengthOrder;
    const view = viewOf(input.buffer);
    const little = !bigEndian;
    const fractions = 1e9 / fractionUnit;
    const { base, end } = input;
    const first = into.count;
    let row = first;
    let here = input.start;
    let need = 0;
    while (row < BATCH_ROWS) {
      if (end - here < recordHeader) {
        need = recordHeader;
        break;
      }
      const header = here & PLACE;
      let captured = view.getUint32(header + CAPTURED, little);
      let original = view.getUint32(header + ORIGINAL, little);
      if (order !== LENGTHS_KEPT && (order === LENGTHS_SWAPPED || captured > original)) {
        const swap = captured;
        captured = original;
        original = swap;
      }
      if (captured > RECORD_LIMIT) {
        this.#giveUp(captured, base + here, into.firstNumber + row);
        break;
      }
      if (end - here - recordHeader < captured) {
        need = recordHeader + captured;
        break;
      }
      let second = view.getUint32(header, little);
      let fraction = view.getUint32(header + FRACTION, little);
      if (fraction >= fractions) {
        const carry = Math.floor(fraction / fractions);
        this.#reportFraction(fraction, base + here, into.firstNumber + row);
        second += carry;
        fraction -= carry * fractions;
      }
      here += recordHeader;
      // Columns by way of the batch, here and in other loops: V8 knows what kind of array a field holds, of a local it asks each time.
      into.at[row] = here;
      into.caplen[row] = captured;
      into.wirelen[row] = original;
      into.seconds[row] = second;
      into.nanoseconds[row] = Math.imul(fraction, fractionUnit);
      into.offset[row] = base + here;
      here += captured;
      row++;
    }
    into.linkType.fill(linkType, first, row);
    into.interface.fill(0, first, row);
    into.count = row;
    input.start = here;
    return need;
  }

  end(input: Input, packet: number): void {
    const left = input.end - input.start;
    if (this.#done || left === 0) return;
    this.#done = true;
    const { bigEndian, recordHeader } = this.#header;
    const where = input.base + input.start;
    const announced = left < recordHeader ? 0 : this.#announced(input, bigEndian);
    const what =
      left < recordHeader
        ? {
            en: `a record header of ${recordHeader} bytes is due, ${left} left in the file`,
            ko: `${recordHeader}바이트의 기록 헤더가 올 자리에 ${left}바이트만 남음`,
          }
        : {
            en: `${announced} bytes announced, ${left - recordHeader} left in the file`,
            ko: `${announced}바이트라고 했지만 ${left - recordHeader}바이트만 남음`,
          };
    this.#problems.add('truncated-file', at(packet, where, what), where, packet);
  }

  #announced(input: Input, bigEndian: boolean): number {
    const captured = u32(input.buffer, input.start + CAPTURED, bigEndian);
    const original = u32(input.buffer, input.start + ORIGINAL, bigEndian);
    if (this.#lengthOrder === LENGTHS_KEPT) return captured;
    return this.#lengthOrder === LENGTHS_SWAPPED ? original : Math.min(captured, original);
  }

  #giveUp(length: number, where: number, packet: number): void {
    this.#done = true;
    const what = {
      en: `a length of ${length} bytes is over the limit of ${RECORD_LIMIT}; reading ends here`,
      ko: `길이 ${length}바이트가 한도 ${RECORD_LIMIT}바이트를 넘어 여기서 읽기를 마침`,
    };
    this.#problems.add('bad-record-length', at(packet, where, what), where, packet);
  }

  #reportFraction(fraction: number, where: number, packet: number): void {
    const unit = this.#header.fractionUnit === 1 ? 'nanoseconds' : 'microseconds';
    const what = {
      en: `a time fraction of ${fraction} ${unit} is a second or more; carried over`,
      ko: `소수 부분이 ${fraction}${unit === 'nanoseconds' ? '나노초' : '마이크로초'}라서 초로 올림`,
    };
    this.#problems.add('clock-fraction', at(packet, where, what), where, packet);
  }
}

const at = (packet: number, where: number, what: Words): Words => ({
  en: `packet ${packet} at offset ${where}: ${what.en}`,
  ko: `${packet}번 패킷, 위치 ${where}: ${what.ko}`,
});
