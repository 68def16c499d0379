import { ipv6 } from '../bytes.ts';
import { nameFields } from '../dhcp/lists.ts';
import { textOf } from '../dhcp/values.ts';
import { type Fields, named, wrong } from '../fields.ts';

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
  captivePortal: 37,
  prefix64: 38,
} as const;

const names: Record<number, string> = {
  1: 'Source link-layer address',
  2: 'Target link-layer address',
  3: 'Prefix',
  4: 'Redirected packet',
  5: 'MTU',
  7: 'Advertisement interval',
  8: 'Home agent',
  14: 'Nonce',
  24: 'Route',
  25: 'Recursive DNS servers',
  31: 'DNS search list',
  37: 'Captive portal',
  38: 'PREF64',
  144: 'Encrypted DNS servers',
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
      return nameFields(f, 'icmpv6.opt.dnssl', 'Search domain', f.at + at + 8, Math.min(f.at + at + length, f.end));
    case NdpOption.route: {
      f.number('icmpv6.opt.prefix.length', 'Prefix length', at + 2, 1);
      f.bits('icmpv6.opt.route_info.flag.route_preference', 'Preference', at + 3, 1, 0x18, named(preferences));
      f.number('icmpv6.opt.route_lifetime', 'Lifetime', at + 4, 4, seconds);
      return partial(f, 'icmpv6.opt.prefix', at + 8, length - 8, f.read(at + 2, 1));
    }
    case NdpOption.prefix64: {
      f.bits('icmpv6.opt.pref64.scaled_lifetime', 'Lifetime', at + 2, 2, 0xfff8, (value) => `${value * 8} s`);
      f.bits('icmpv6.opt.pref64.plc', 'Prefix length', at + 2, 2, 0x0007, (value) => `${prefix64Lengths[value] ?? 'unknown'}`);
      return partial(f, 'icmpv6.opt.pref64.prefix', at + 4, 12, prefix64Lengths[f.read(at + 2, 2) & 7] ?? 96);
    }
    case NdpOption.captivePortal: {
      const text = textOf(f.bytes, f.at + at + 2, Math.min(f.at + at + length, f.end));
      f.add('icmpv6.opt.captive_portal', 'URL', at + 2, length - 2, text);
      return text;
    }
    default:
      f.raw('icmpv6.opt.data', 'Data', at + 2, length - 2);
      return undefined;
  }
}

/** RFC 4191 section 2.1. */
export const preferences: Record<number, string> = { 0: 'medium', 1: 'high', 2: 'reserved', 3: 'low' };
/** RFC 8781 section 4. */
const prefix64Lengths = [96, 64, 56, 48, 40, 32];

/** A prefix of which the first `size` bytes are sent. */
function partial(f: Fields, name: string, at: number, size: number, length: number): string | undefined {
  if (size < 0 || size > 16 || !f.has(at, size)) return undefined;
  const whole = new Uint8Array(16);
  whole.set(f.bytes.subarray(f.at + at, f.at + at + size));
  const text = ipv6(whole, 0);
  f.add(name, 'Prefix', at, size, text);
  return `${text}/${length}`;
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
