import { type Fields, hexText, wrong } from '../fields.ts';

/** TCP option kinds (IANA tcp-parameters). */
export const TcpOption = {
  end: 0,
  nop: 1,
  maximumSegmentSize: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
  md5: 19,
  userTimeout: 28,
  authentication: 29,
  multipath: 30,
  fastOpen: 34,
  experiment1: 253,
  experiment2: 254,
} as const;

/** Fast open before it had a kind of its own (RFC 6994 identifier). */
const FAST_OPEN_EXPERIMENT = 0xf989;

/**
 * Where an option begins (its kind byte), or -1. `at` and `end` bound the options: behind the fixed header, and the header's
 * end or the captured bytes' end, whichever is first. Only whole options are found.
 */
export function findOption(bytes: Uint8Array, at: number, end: number, kind: number): number {
  for (let i = at; i < end; ) {
    const here = bytes[i];
    if (here === TcpOption.nop) {
      i++;
      continue;
    }
    if (here === TcpOption.end || i + 1 >= end) return -1;
    const length = bytes[i + 1];
    if (length < 2 || i + length > end) return -1;
    if (here === kind) return i;
    i += length;
  }
  return -1;
}

interface Shape {
  name: string;
  label: string;
  /** Lengths that the option may have; absent: any. */
  lengths?: readonly number[];
  body(f: Fields, at: number, length: number): string | undefined;
}

const nothing = (): undefined => undefined;

const shapes: Record<number, Shape> = {
  [TcpOption.maximumSegmentSize]: {
    name: 'tcp.options.mss',
    label: 'Maximum segment size',
    lengths: [4],
    body: (f, at) => `${f.number('tcp.options.mss_val', 'Value', at + 2, 2)?.value} bytes`,
  },
  [TcpOption.windowScale]: { name: 'tcp.options.wscale', label: 'Window scale', lengths: [3], body: windowScale },
  [TcpOption.sackPermitted]: { name: 'tcp.options.sack_perm', label: 'SACK permitted', lengths: [2], body: nothing },
  [TcpOption.sack]: { name: 'tcp.options.sack', label: 'Selective acknowledgment', lengths: [10, 18, 26, 34], body: sackBlocks },
  [TcpOption.timestamps]: { name: 'tcp.options.timestamp', label: 'Timestamps', lengths: [10], body: timestamps },
  [TcpOption.md5]: {
    name: 'tcp.options.md5',
    label: 'MD5 signature',
    lengths: [18],
    body: (f, at) => void f.raw('tcp.options.md5.digest', 'Digest', at + 2, 16),
  },
  [TcpOption.userTimeout]: { name: 'tcp.options.user_to', label: 'User timeout', lengths: [4], body: userTimeout },
  [TcpOption.authentication]: { name: 'tcp.options.ao', label: 'Authentication', body: authentication },
  [TcpOption.multipath]: { name: 'tcp.options.mptcp', label: 'Multipath TCP', body: multipath },
  [TcpOption.fastOpen]: { name: 'tcp.options.tfo', label: 'Fast open', body: fastOpen },
  [TcpOption.experiment1]: { name: 'tcp.options.experimental', label: 'Experiment', body: experiment },
  [TcpOption.experiment2]: { name: 'tcp.options.experimental', label: 'Experiment', body: experiment },
};

/** TCP options (RFC 9293 section 3.2) between two offsets of the header. */
export function tcpOptions(f: Fields, from: number, to: number): void {
  const list = f.under(f.group('tcp.options', 'Options', from, to - from, `${to - from} bytes`));
  for (let at = from; at < to && list.has(at, 1); ) {
    const kind = list.read(at, 1);
    if (kind === TcpOption.end || kind === TcpOption.nop) {
      const end = kind === TcpOption.end;
      list.add(end ? 'tcp.options.eol' : 'tcp.options.nop', end ? 'End of options' : 'No operation', at, 1, kind);
      if (end) return;
      at++;
      continue;
    }
    const length = list.read(at + 1, 1);
    const shape = shapes[kind];
    const option = list.group(
      shape?.name ?? 'tcp.options.unknown',
      shape?.label ?? `Option ${kind}`,
      at,
      Math.max(1, Math.min(length, to - at)),
    );
    if (length < 2 || at + length > to) {
      wrong(option, `option length ${length} does not fit`);
      return;
    }
    const inner = list.under(option);
    inner.number('tcp.option_kind', 'Kind', at, 1);
    inner.number('tcp.option_len', 'Length', at + 1, 1);
    if (shape?.lengths?.includes(length) === false) wrong(option, `length ${length} is not one this option has`);
    const known = shape !== undefined && shape.lengths?.includes(length) !== false && list.has(at, length);
    const text = known
      ? shape.body(inner, at, length)
      : void inner.raw('tcp.options.unknown.payload', 'Data', at + 2, length - 2);
    if (text !== undefined && option !== undefined) option.text = text;
    at += length;
  }
}

function windowScale(f: Fields, at: number): string {
  const shift = f.read(at + 2, 1);
  f.number('tcp.options.wscale.shift', 'Shift', at + 2, 1);
  // RFC 7323 section 2.3: larger shifts count as 14.
  return `times ${2 ** Math.min(shift, 14)}`;
}

function sackBlocks(f: Fields, at: number, length: number): string {
  const blocks: string[] = [];
  for (let i = at + 2; i + 8 <= at + length; i += 8) {
    f.number('tcp.options.sack_le', 'Left edge', i, 4);
    f.number('tcp.options.sack_re', 'Right edge', i + 4, 4);
    blocks.push(`${f.read(i, 4)}-${f.read(i + 4, 4)}`);
  }
  return blocks.join(' ');
}

function timestamps(f: Fields, at: number): string {
  f.number('tcp.options.timestamp.tsval', 'Value', at + 2, 4);
  f.number('tcp.options.timestamp.tsecr', 'Echo reply', at + 6, 4);
  return `value ${f.read(at + 2, 4)}, echo ${f.read(at + 6, 4)}`;
}

function userTimeout(f: Fields, at: number): string {
  const minutes = f.read(at + 2, 2) >= 0x8000;
  f.bits('tcp.options.user_to_granularity', 'Granularity', at + 2, 2, 0x8000, () => (minutes ? 'minutes' : 'seconds'));
  f.bits('tcp.options.user_to_val', 'Timeout', at + 2, 2, 0x7fff);
  return `${f.read(at + 2, 2) & 0x7fff} ${minutes ? 'minutes' : 'seconds'}`;
}

function authentication(f: Fields, at: number, length: number): undefined {
  f.number('tcp.options.ao.key_id', 'Key', at + 2, length >= 3 ? 1 : 0);
  f.number('tcp.options.ao.rnext_key_id', 'Next key wanted', at + 3, length >= 4 ? 1 : 0);
  f.raw('tcp.options.ao.mac', 'Message authentication code', at + 4, length - 4);
}

const subtypes = ['MP_CAPABLE', 'MP_JOIN', 'DSS', 'ADD_ADDR', 'REMOVE_ADDR', 'MP_PRIO', 'MP_FAIL', 'MP_FASTCLOSE', 'MP_TCPRST'];

/** RFC 8684 section 3: what kind of multipath signal. */
function multipath(f: Fields, at: number, length: number): string | undefined {
  if (length < 3) return undefined;
  const subtype = subtypes[f.read(at + 2, 1) >> 4] ?? 'unknown';
  f.bits('tcp.options.mptcp.subtype', 'Subtype', at + 2, 1, 0xf0, (value) => `${value} (${subtype})`);
  f.raw('tcp.options.mptcp.data', 'Data', at + 3, length - 3);
  return subtype;
}

function fastOpen(f: Fields, at: number, length: number): string {
  if (length === 2) return 'asks for a cookie';
  f.raw('tcp.options.tfo.cookie', 'Cookie', at + 2, length - 2);
  return 'cookie';
}

function experiment(f: Fields, at: number, length: number): string | undefined {
  if (length < 4) return undefined;
  const id = f.read(at + 2, 2);
  f.number('tcp.options.experimental.exid', 'Experiment', at + 2, 2, (value) => hexText(value, 4));
  f.raw('tcp.options.experimental.data', 'Data', at + 4, length - 4);
  if (id !== FAST_OPEN_EXPERIMENT) return undefined;
  return length === 4 ? 'fast open, asks for a cookie' : 'fast open, cookie';
}
