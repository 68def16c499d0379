import { type Fields, wrong } from '../fields.ts';

/** Neighbor discovery options (IANA icmpv6-parameters). */
export const NdpOption = {
  sourceLinkLayer: 1,
  targetLinkLayer: 2,
  prefix: 3,
  redirected: 4,
  mtu: 5,
  route: 24,
  rdnss: 25,
  dnssl: 31,
} as const;

const names: Record<number, string> = {
  1: 'Source link-layer address',
  2: 'Target link-layer address',
  3: 'Prefix',
  4: 'Redirected packet',
  5: 'MTU',
  14: 'Nonce',
  24: 'Route',
  25: 'Recursive DNS servers',
  31: 'DNS search list',
  38: 'PREF64',
};

/**
 * Where a neighbor discovery option begins (its type byte), or -1; `at` and `end` bound the options as captured. Only whole
 * options are found (RFC 4861 section 4.6: lengths count eight bytes, 0 is not allowed).
 */
export function findNdpOption(bytes: Uint8Array, at: number, end: number, type: number): number {
  for (let i = at; i + 8 <= end; ) {
    const length = bytes[i + 1] * 8;
    if (length === 0 || i + length > end) return -1;
    if (bytes[i] === type) return i;
    i += length;
  }
  return -1;
}

export function neighborOptions(f: Fields, from: number): void {
  for (let at = from; f.has(at, 2); ) {
    const type = f.read(at, 1);
    const length = f.read(at + 1, 1) * 8;
    const option = f.group('icmpv6.opt', names[type] ?? `Option ${type}`, at, Math.max(2, length));
    if (length === 0) {
      wrong(option, 'option length is 0');
      return;
    }
    const inner = f.under(option);
    inner.number('icmpv6.opt.type', 'Type', at, 1);
    inner.number('icmpv6.opt.length', 'Length', at + 1, 1, (value) => `${length} bytes (${value})`);
    const text = body(inner, type, at, length);
    if (text !== undefined && option !== undefined) option.text = text;
    at += length;
  }
}

const seconds = (value: number): string => (value === 0xffffffff ? 'for ever' : `${value} s`);

function body(f: Fields, type: number, at: number, length: number): string | undefined {
  switch (type) {
    case NdpOption.sourceLinkLayer:
    case NdpOption.targetLinkLayer: {
      const name = type === NdpOption.sourceLinkLayer ? 'icmpv6.opt.src_linkaddr' : 'icmpv6.opt.target_linkaddr';
      return f.mac(name, 'Link-layer address', at + 2)?.value?.toString();
    }
    case NdpOption.prefix: {
      f.number('icmpv6.opt.prefix.length', 'Prefix length', at + 2, 1);
      f.flag('icmpv6.opt.prefix.flag.l', 'On link', at + 3, 1, 0x80);
      f.flag('icmpv6.opt.prefix.flag.a', 'Autonomous address configuration', at + 3, 1, 0x40);
      f.flag('icmpv6.opt.prefix.flag.r', 'Router address', at + 3, 1, 0x20);
      f.number('icmpv6.opt.prefix.valid_lifetime', 'Valid', at + 4, 4, seconds);
      f.number('icmpv6.opt.prefix.preferred_lifetime', 'Preferred', at + 8, 4, seconds);
      const prefix = f.ipv6('icmpv6.opt.prefix', 'Prefix', at + 16);
      return prefix && `${prefix.value}/${f.read(at + 2, 1)}`;
    }
    case NdpOption.mtu:
      return f.number('icmpv6.opt.mtu', 'MTU', at + 4, 4)?.value?.toString();
    case NdpOption.rdnss:
      f.number('icmpv6.opt.rdnss.lifetime', 'Lifetime', at + 4, 4, seconds);
      return addresses(f, at + 8, at + length);
    case NdpOption.dnssl:
      f.number('icmpv6.opt.dnssl.lifetime', 'Lifetime', at + 4, 4, seconds);
      return searchList(f, at + 8, at + length);
    case NdpOption.route:
      f.number('icmpv6.opt.prefix.length', 'Prefix length', at + 2, 1);
      f.number('icmpv6.opt.route_lifetime', 'Lifetime', at + 4, 4, seconds);
      f.raw('icmpv6.opt.route.prefix', 'Prefix', at + 8, length - 8);
      return undefined;
    default:
      f.raw('icmpv6.opt.data', 'Data', at + 2, length - 2);
      return undefined;
  }
}

/** RFC 8106 section 5.1. */
function addresses(f: Fields, from: number, to: number): string {
  const list: string[] = [];
  for (let at = from; at + 16 <= to; at += 16) {
    const server = f.ipv6('icmpv6.opt.rdnss', 'DNS server', at);
    if (server !== undefined) list.push(String(server.value));
  }
  return list.join(', ');
}

/** RFC 8106 section 5.2: names as labels without compression, padded with zeros. */
function searchList(f: Fields, from: number, to: number): string {
  const list: string[] = [];
  for (let at = from; at < to && f.read(at, 1) !== 0; ) {
    const labels: string[] = [];
    let i = at;
    for (
      let length = f.read(i, 1);
      length !== 0 && length < 64 && i + 1 + length <= to && f.has(i, 1 + length);
      length = f.read(i, 1)
    ) {
      labels.push(String.fromCharCode(...f.bytes.subarray(f.at + i + 1, f.at + i + 1 + length)));
      i += 1 + length;
    }
    const name = labels.join('.');
    const field = f.add('icmpv6.opt.dnssl', 'Search domain', at, Math.min(i + 1, to) - at, name);
    if (field === undefined || i === at) break;
    if (f.read(i, 1) !== 0) {
      wrong(field, 'the name has no end');
      break;
    }
    list.push(name);
    at = i + 1;
  }
  return list.join(', ');
}
