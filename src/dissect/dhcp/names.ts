import { NAME_LIMIT, NameReader } from '../dns/name-reader.ts';

/** A domain name and the bytes that it takes in place. */
export interface NameAt {
  name: string;
  at: number;
  end: number;
  problem?: string;
}

/** Nobody tells a client of more names. */
const MOST_NAMES = 64;
const MOST_POINTERS = 16;

const reader = new NameReader();
const plain = new Uint8Array(NAME_LIMIT);

/**
 * Domain names one behind the other, as they stand in DHCP options and router advertisements. Pointers count from `from` and
 * go backwards (RFC 3397 §2). A name without its root, at the very end, is a partial one (RFC 4704 §4.2). Ends at the first
 * that cannot be read; zeros between names are padding (RFC 8106 §5.2).
 */
export function namesIn(bytes: Uint8Array, from: number, end: number): NameAt[] {
  const list: NameAt[] = [];
  for (let at = from; at < end && list.length < MOST_NAMES; ) {
    if (bytes[at] === 0) {
      at++;
      continue;
    }
    const name = nameAt(bytes, from, at, end);
    list.push(name);
    if (name.problem !== undefined) break;
    at = name.end;
  }
  return list;
}

function nameAt(bytes: Uint8Array, base: number, start: number, end: number): NameAt {
  let at = start;
  let next = -1;
  let length = 0;
  let pointers = 0;
  let problem: string | undefined;
  while (at < end && bytes[at] !== 0) {
    const size = bytes[at];
    if (size >= 0xc0 && at + 1 < end) {
      const target = base + (((size & 0x3f) << 8) | bytes[at + 1]);
      if (next < 0) next = at + 2;
      if (target >= at || ++pointers > MOST_POINTERS) problem = 'its pointers do not lead back to a name';
      at = target;
    } else if (size > 63 || at + 1 + size > end) problem = 'the name has no end';
    else if (length + 1 + size >= NAME_LIMIT) problem = `the name is longer than ${NAME_LIMIT} bytes`;
    else {
      plain.set(bytes.subarray(at, at + 1 + size), length);
      length += 1 + size;
      at += 1 + size;
    }
    if (problem !== undefined) break;
  }
  if (next < 0) next = problem === undefined ? Math.min(at + 1, end) : end;
  plain[length] = 0;
  reader.read(plain, 0, 0, length + 1, length + 1);
  const name: NameAt = { name: reader.text(), at: start, end: next };
  if (problem !== undefined) name.problem = problem;
  return name;
}
