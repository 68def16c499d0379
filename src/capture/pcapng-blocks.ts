import type { CaptureInterface, NameRecord } from './batch.ts';
import { type Clock, makeClock } from './clock.ts';
import { i64, u16, u32, u64 } from './integers.ts';

// The insides of pcapng blocks that are no packets (draft-ietf-opsawg-pcapng, section 4). `at` is a block's first byte, `end` lies
// behind its body (at the trailing length). Nothing here reads at or above `end`.

const OPTION_HEADER = 4;
const OPTION_END = 0;

/** Interface Description Block. */
const INTERFACE_LINK_TYPE = 8;
const INTERFACE_SNAP_LENGTH = 12;
const INTERFACE_OPTIONS = 16;
const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const MICROSECONDS = 6;

/** Interface Statistics Block. */
const STATISTICS_OPTIONS = 20;
const ISB_RECEIVED = 4;
const ISB_INTERFACE_DROPPED = 5;
const ISB_SYSTEM_DROPPED = 7;

/** Name Resolution Block. */
const NAME_RECORDS = 8;
const NAME_IPV4 = 1;
const NAME_IPV6 = 2;

const utf8 = new TextDecoder();

/** Names longer than this are cut. */
const TEXT_LIMIT = 1024;

function text(bytes: Uint8Array, from: number, to: number): string {
  const last = Math.min(to, from + TEXT_LIMIT);
  let end = from;
  while (end < last && bytes[end] !== 0) end++;
  return utf8.decode(bytes.subarray(from, end));
}

/** Where the item after one of `length` bytes begins: items are padded to 32 bits. */
function padded(length: number): number {
  return (length + 3) & ~3;
}

/** Calls `take` for every option of a list; returns false when one runs over the end. */
export function eachOption(
  bytes: Uint8Array,
  from: number,
  end: number,
  bigEndian: boolean,
  take: (code: number, at: number, length: number) => void,
): boolean {
  let at = from;
  while (end - at >= OPTION_HEADER) {
    const code = u16(bytes, at, bigEndian);
    const length = u16(bytes, at + 2, bigEndian);
    if (code === OPTION_END) return true;
    at += OPTION_HEADER;
    if (end - at < length) return false;
    take(code, at, length);
    at += padded(length);
  }
  return true;
}

export interface InterfaceBlock {
  interface: CaptureInterface;
  clock: Clock;
  /** False when the options ran over the block's end; those before it count. */
  whole: boolean;
}

export function readInterface(bytes: Uint8Array, at: number, end: number, bigEndian: boolean): InterfaceBlock {
  const found: CaptureInterface = {
    linkType: u16(bytes, at + INTERFACE_LINK_TYPE, bigEndian),
    snapLength: u32(bytes, at + INTERFACE_SNAP_LENGTH, bigEndian),
  };
  let resolution = MICROSECONDS;
  let offset = 0;
  const whole = eachOption(bytes, at + INTERFACE_OPTIONS, end, bigEndian, (code, value, length) => {
    if (code === IF_NAME) found.name = text(bytes, value, value + length);
    else if (code === IF_DESCRIPTION) found.description = text(bytes, value, value + length);
    else if (code === IF_TSRESOL && length === 1) resolution = bytes[value];
    else if (code === IF_TSOFFSET && length === 8) offset = i64(bytes, value, bigEndian);
  });
  return { interface: found, clock: makeClock(resolution, offset), whole };
}

/** Takes an interface's counters over; they count from the start of the capture, so a later block replaces an earlier one. */
export function readStatistics(bytes: Uint8Array, at: number, end: number, bigEndian: boolean, into: CaptureInterface): boolean {
  let byInterface: number | undefined;
  let bySystem: number | undefined;
  const whole = eachOption(bytes, at + STATISTICS_OPTIONS, end, bigEndian, (code, value, length) => {
    if (length !== 8) return;
    if (code === ISB_RECEIVED) into.received = u64(bytes, value, bigEndian);
    else if (code === ISB_INTERFACE_DROPPED) byInterface = u64(bytes, value, bigEndian);
    else if (code === ISB_SYSTEM_DROPPED) bySystem = u64(bytes, value, bigEndian);
  });
  if (byInterface !== undefined || bySystem !== undefined) into.dropped = (byInterface ?? 0) + (bySystem ?? 0);
  return whole;
}

/** Appends the names of a block; returns false when a record runs over the end. */
export function readNames(bytes: Uint8Array, from: number, end: number, bigEndian: boolean, into: NameRecord[]): boolean {
  let at = from + NAME_RECORDS;
  while (end - at >= OPTION_HEADER) {
    const type = u16(bytes, at, bigEndian);
    const length = u16(bytes, at + 2, bigEndian);
    if (type === 0) return true;
    at += OPTION_HEADER;
    if (end - at < length) return false;
    const size = type === NAME_IPV4 ? 4 : type === NAME_IPV6 ? 16 : 0;
    if (size > 0 && length > size) {
      const address = size === 4 ? ipv4(bytes, at) : ipv6(bytes, at);
      into.push({ address, names: nameList(bytes, at + size, at + length) });
    }
    at += padded(length);
  }
  return true;
}

function nameList(bytes: Uint8Array, from: number, to: number): string[] {
  const names: string[] = [];
  for (let at = from; at < to; ) {
    const name = text(bytes, at, to);
    if (name !== '') names.push(name);
    while (at < to && bytes[at] !== 0) at++;
    at++;
  }
  return names;
}

function ipv4(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** RFC 5952: the longest run of two or more zero groups, the first of equals, becomes "::". */
function ipv6(bytes: Uint8Array, at: number): string {
  const groups: string[] = [];
  let start = -1;
  let longest = 1;
  let run = 0;
  for (let i = 0; i < 8; i++) {
    const group = u16(bytes, at + 2 * i, true);
    groups.push(group.toString(16));
    run = group === 0 ? run + 1 : 0;
    if (run > longest) {
      longest = run;
      start = i - run + 1;
    }
  }
  if (start < 0) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + longest).join(':')}`;
}
