import { type Fields, wrong } from '../fields.ts';

const END = 0;
const NO_OPERATION = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
const LOOSE_ROUTE = 131;
const STRICT_ROUTE = 137;
const ROUTER_ALERT = 148;

const names: Record<number, string> = {
  [END]: 'End of options',
  [NO_OPERATION]: 'No operation',
  [RECORD_ROUTE]: 'Record route',
  [TIMESTAMP]: 'Timestamp',
  130: 'Security',
  [LOOSE_ROUTE]: 'Loose source route',
  134: 'Commercial security',
  136: 'Stream identifier',
  [STRICT_ROUTE]: 'Strict source route',
  [ROUTER_ALERT]: 'Router alert',
};

/** IPv4 options (RFC 791 section 3.1) between two offsets of the header. */
export function ipOptions(f: Fields, from: number, to: number): void {
  const list = f.under(f.group('ip.options', 'Options', from, to - from, `${to - from} bytes`));
  for (let at = from; at < to && list.has(at, 1); ) {
    const type = list.read(at, 1);
    const single = type === END || type === NO_OPERATION;
    const length = single ? 1 : list.read(at + 1, 1);
    const name = names[type] ?? `Option ${type}`;
    const option = list.group('ip.opt', name, at, Math.max(1, Math.min(length, to - at)));
    if (!single && (length < 2 || at + length > to)) {
      wrong(option, `option length ${length} does not fit`);
      return;
    }
    const inner = list.under(option);
    inner.number('ip.opt.type', 'Type', at, 1);
    if (!single) body(inner, type, at, length);
    if (type === END) return;
    at += length;
  }
}

function body(f: Fields, type: number, at: number, length: number): void {
  f.number('ip.opt.len', 'Length', at + 1, 1);
  if (type === RECORD_ROUTE || type === LOOSE_ROUTE || type === STRICT_ROUTE) {
    f.number('ip.opt.ptr', 'Pointer', at + 2, 1);
    for (let hop = at + 3; hop + 4 <= at + length; hop += 4) f.ipv4('ip.rec_rt', 'Route', hop);
  } else if (type === ROUTER_ALERT && length === 4) {
    f.number('ip.opt.ra', 'Router alert', at + 2, 2, (value) =>
      value === 0 ? '0 (every router examines the packet)' : undefined,
    );
  } else {
    f.raw('ip.opt.data', 'Data', at + 2, length - 2);
  }
}
