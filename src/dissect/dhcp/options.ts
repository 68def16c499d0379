import { u16 } from '../bytes.ts';

/** Where the parts of a BOOTP message lie (RFC 951, RFC 2131 §2). */
export const Bootp = {
  operation: 0,
  hardwareType: 1,
  hardwareLength: 2,
  hops: 3,
  transaction: 4,
  seconds: 8,
  flags: 10,
  clientAddress: 12,
  yourAddress: 16,
  serverAddress: 20,
  relayAddress: 24,
  hardwareAddress: 28,
  serverName: 44,
  file: 108,
  cookie: 236,
  options: 240,
} as const;

const COOKIE = 0x6382;
const COOKIE_LOW = 0x5363;

const PAD = 0;
const OVERLOAD = 52;
export const END = 255;

/** One option, or a run of pads (code 0), as offsets in the bytes. */
export interface DhcpOption {
  code: number;
  at: number;
  valueAt: number;
  end: number;
  problem?: string;
}

/** Do options follow the fixed part (RFC 2131 §3)? Without, it is plain BOOTP. */
export function hasOptions(bytes: Uint8Array, at: number, end: number): boolean {
  const cookie = at + Bootp.cookie;
  return end - cookie >= 4 && u16(bytes, cookie) === COOKIE && u16(bytes, cookie + 2) === COOKIE_LOW;
}

/** Options one behind the other (RFC 2132 §2), up to the end option or where one does not fit any more. */
export function optionsIn(bytes: Uint8Array, from: number, end: number): DhcpOption[] {
  const list: DhcpOption[] = [];
  for (let at = from; at < end; ) {
    const code = bytes[at];
    if (code === PAD) {
      let next = at + 1;
      while (next < end && bytes[next] === PAD) next++;
      list.push({ code, at, valueAt: next, end: next });
      at = next;
      continue;
    }
    if (code === END) {
      list.push({ code, at, valueAt: at + 1, end: at + 1 });
      break;
    }
    const valueAt = at + 2;
    const next = valueAt + (at + 1 < end ? bytes[at + 1] : 0);
    if (valueAt > end || next > end) {
      const problem =
        valueAt > end ? 'the option has no length' : `the option has ${end - valueAt} of its ${next - valueAt} bytes`;
      list.push({ code, at, valueAt: Math.min(valueAt, end), end, problem });
      break;
    }
    list.push({ code, at, valueAt, end: next });
    at = next;
  }
  return list;
}

/** The places besides the options field that hold options, in the order in which they are read (RFC 2131 §4.1). */
export function overloaded(bytes: Uint8Array, options: DhcpOption[]): ('file' | 'serverName')[] {
  const option = options.find((o) => o.code === OVERLOAD && o.end - o.valueAt === 1);
  const value = option === undefined ? 0 : bytes[option.valueAt];
  const list: ('file' | 'serverName')[] = [];
  if (value === 1 || value === 3) list.push('file');
  if (value === 2 || value === 3) list.push('serverName');
  return list;
}

/** Every option of a message that begins at `at`, wherever it lies. Those that were cut are left out. */
export function allOptions(bytes: Uint8Array, at: number, end: number): DhcpOption[] {
  if (!hasOptions(bytes, at, end)) return [];
  const list = optionsIn(bytes, at + Bootp.options, end);
  const places = overloaded(bytes, list);
  if (places.includes('file')) list.push(...optionsIn(bytes, at + Bootp.file, at + Bootp.cookie));
  if (places.includes('serverName')) list.push(...optionsIn(bytes, at + Bootp.serverName, at + Bootp.file));
  return list.filter((option) => option.problem === undefined);
}

/** The value of an option; one too long for one option stands in several of the same code (RFC 3396). */
export function optionValue(bytes: Uint8Array, options: DhcpOption[], code: number): Uint8Array | undefined {
  const pieces = options.filter((option) => option.code === code);
  if (pieces.length === 0) return undefined;
  if (pieces.length === 1) return bytes.subarray(pieces[0].valueAt, pieces[0].end);
  return Buffer.concat(pieces.map((option) => bytes.subarray(option.valueAt, option.end)));
}
