import { u16, u32 } from '../bytes.ts';
import { Fields, named, wrong } from '../fields.ts';
import { ipProtocols } from '../names.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol } from '../protocol.ts';
import { byIpProtocol } from '../tables.ts';
import { keepFragment } from './ip.ts';
import { jumboPayload } from './ipv6.ts';

/** Every extension header begins so; the length counts units of eight bytes behind the first (RFC 8200 section 4). */
const NEXT_HEADER = 0;
const LENGTH = 1;
const OPTIONS = 2;
const MINIMUM = 8;

const ROUTING_TYPE = 2;
const SEGMENTS_LEFT = 3;
const ROUTING_DATA = 4;

const FRAGMENT_RESERVED = 1;
const FRAGMENT_OFFSET = 2;
const FRAGMENT_ID = 4;

/** AH counts words of four bytes, less two (RFC 4302 section 2.2). */
const AUTHENTICATION_MINIMUM = 12;
const AUTHENTICATION_SPI = 4;
const AUTHENTICATION_SEQUENCE = 8;

const PAD_ONE = 0;
const PAD_N = 1;
const ROUTER_ALERT = 5;
const JUMBO = 0xc2;
const HOME_ADDRESS = 0xc9;

/** Moves past a header of `length` bytes to what it names as next. */
function pass(p: Packets, row: number, length: number): number {
  if (p.end - p.at < length) return p.lacks(row, length);
  const next = p.bytes[p.at + NEXT_HEADER];
  p.ipProtocol[row] = next;
  p.at += length;
  return byIpProtocol[next];
}

const size = (p: Packets): number => (p.bytes[p.at + LENGTH] + 1) * 8;

function scanPlain(p: Packets, row: number): number {
  return p.end - p.at < MINIMUM ? p.lacks(row, MINIMUM) : pass(p, row, size(p));
}

function scanHopByHop(p: Packets, row: number): number {
  if (p.end - p.at < MINIMUM) return p.lacks(row, MINIMUM);
  const at = p.at;
  const length = size(p);
  const next = pass(p, row, length);
  if (p.at === at) return 0;
  for (let i = at + OPTIONS; i + 6 <= at + length; ) {
    const type = p.bytes[i];
    if (type === JUMBO && p.bytes[i + 1] === 4) jumboPayload(p, row, i + 2);
    i += type === PAD_ONE ? 1 : 2 + p.bytes[i + 1];
  }
  return next;
}

function scanFragment(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < MINIMUM) return p.lacks(row, MINIMUM);
  if (p.ipVersion[row] !== 6) return 0;
  const next = pass(p, row, MINIMUM);
  const offset = u16(bytes, at + FRAGMENT_OFFSET);
  // Atomic fragments are whole packets (RFC 6946).
  if ((offset & 0xfff9) === 0) return next;
  return keepFragment(p, row, u32(bytes, at + FRAGMENT_ID), offset & 0xfff8, offset & 1);
}

function scanAuthentication(p: Packets, row: number): number {
  if (p.end - p.at < AUTHENTICATION_MINIMUM) return p.lacks(row, AUTHENTICATION_MINIMUM);
  return pass(p, row, Math.max(AUTHENTICATION_MINIMUM, (p.bytes[p.at + LENGTH] + 2) * 4));
}

function start(name: string, bytes: Uint8Array, at: number, end: number): { f: Fields; length: number } {
  const f = new Fields(bytes, at, end);
  const length = (f.read(LENGTH, 1) + 1) * 8;
  f.number(`${name}.nxt`, 'Next header', NEXT_HEADER, 1, named(ipProtocols));
  f.number(`${name}.len`, 'Length', LENGTH, 1, (units) => `${length} bytes (${units})`);
  return { f, length };
}

const optionLayer =
  (name: string, title: string) =>
  (bytes: Uint8Array, at: number, { end }: FieldContext): Layer => {
    const { f, length } = start(name, bytes, at, end);
    options(f, length);
    return f.layer(name, title, length);
  };

const optionNames: Record<number, string> = {
  [PAD_N]: 'Padding',
  4: 'Tunnel encapsulation limit',
  [ROUTER_ALERT]: 'Router alert',
  7: 'CALIPSO',
  38: 'Quick start',
  99: 'RPL',
  [JUMBO]: 'Jumbo payload',
  [HOME_ADDRESS]: 'Home address',
};
const alerts: Record<number, string> = { 0: 'multicast listener discovery', 1: 'RSVP', 2: 'active networks' };

function options(f: Fields, end: number): void {
  for (let at = OPTIONS; at < end && f.has(at, 1); ) {
    const type = f.read(at, 1);
    if (type === PAD_ONE) {
      f.add('ipv6.opt.pad1', 'Padding', at, 1, null);
      at++;
      continue;
    }
    const length = f.read(at + 1, 1);
    const option = f.group('ipv6.opt', optionNames[type] ?? `Option ${type}`, at, Math.min(2 + length, end - at));
    if (at + 2 + length > end) {
      wrong(option, `option length ${length} does not fit`);
      return;
    }
    const inner = f.under(option);
    inner.number('ipv6.opt.type', 'Type', at, 1);
    inner.number('ipv6.opt.length', 'Length', at + 1, 1);
    if (type === JUMBO && length === 4) inner.number('ipv6.opt.jumbo', 'Payload length', at + 2, 4);
    else if (type === ROUTER_ALERT && length === 2)
      inner.number('ipv6.opt.router_alert', 'Router alert', at + 2, 2, named(alerts));
    else if (type === HOME_ADDRESS && length === 16) inner.ipv6('ipv6.opt.mipv6.home_address', 'Home address', at + 2);
    else inner.raw('ipv6.opt.data', 'Data', at + 2, length);
    at += 2 + length;
  }
}

const routingTypes: Record<number, string> = { 0: 'source route', 2: 'mobile IP', 3: 'RPL', 4: 'segment routing' };

function routingLayer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const { f, length } = start('ipv6.routing', bytes, at, end);
  f.number('ipv6.routing.type', 'Type', ROUTING_TYPE, 1, named(routingTypes));
  f.number('ipv6.routing.segleft', 'Segments left', SEGMENTS_LEFT, 1);
  const type = f.read(ROUTING_TYPE, 1);
  if (type === 0 || type === 2) {
    for (let i = MINIMUM; i + 16 <= length; i += 16) f.ipv6('ipv6.routing.address', 'Address', i);
  } else f.raw('ipv6.routing.data', 'Data', ROUTING_DATA, length - ROUTING_DATA);
  return f.layer('ipv6.routing', 'IPv6 Routing', length);
}

function fragmentLayer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('ipv6.fraghdr.nxt', 'Next header', NEXT_HEADER, 1, named(ipProtocols));
  f.hex('ipv6.fraghdr.reserved_octet', 'Reserved', FRAGMENT_RESERVED, 1);
  const offset = f.read(FRAGMENT_OFFSET, 2);
  f.add('ipv6.fraghdr.offset', 'Offset', FRAGMENT_OFFSET, 2, offset & 0xfff8);
  f.flag('ipv6.fraghdr.more', 'More fragments', FRAGMENT_OFFSET, 2, 1);
  f.hex('ipv6.fraghdr.ident', 'Identification', FRAGMENT_ID, 4);
  const title = (offset & 0xfff9) === 0 ? ', atomic' : `, at ${offset & 0xfff8}`;
  return f.layer('ipv6.fraghdr', `IPv6 Fragment${f.has(0, MINIMUM) ? title : ''}`, MINIMUM);
}

function authenticationLayer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const length = Math.max(AUTHENTICATION_MINIMUM, (f.read(LENGTH, 1) + 2) * 4);
  f.number('ah.next_header', 'Next header', NEXT_HEADER, 1, named(ipProtocols));
  f.number('ah.length', 'Length', LENGTH, 1, (units) => `${length} bytes (${units})`);
  f.hex('ah.spi', 'Security parameters index', AUTHENTICATION_SPI, 4);
  f.number('ah.sequence', 'Sequence number', AUTHENTICATION_SEQUENCE, 4);
  f.raw('ah.icv', 'Integrity check value', AUTHENTICATION_MINIMUM, length - AUTHENTICATION_MINIMUM);
  return f.layer('ah', 'Authentication Header', length);
}

/** Hop-by-hop options (RFC 8200 section 4.3). */
export const hopByHop: Protocol = {
  name: 'ipv6.hopopts',
  over: [ipProtocol(0)],
  scan: scanHopByHop,
  layer: optionLayer('ipv6.hopopts', 'IPv6 Hop-by-Hop Options'),
};

/** Destination options (RFC 8200 section 4.6). */
export const destinationOptions: Protocol = {
  name: 'ipv6.dstopts',
  over: [ipProtocol(60)],
  scan: scanPlain,
  layer: optionLayer('ipv6.dstopts', 'IPv6 Destination Options'),
};

/** Routing header (RFC 8200 section 4.4). */
export const routing: Protocol = { name: 'ipv6.routing', over: [ipProtocol(43)], scan: scanPlain, layer: routingLayer };

/** Fragment header (RFC 8200 section 4.5). */
export const fragmentHeader: Protocol = {
  name: 'ipv6.fraghdr',
  over: [ipProtocol(44)],
  scan: scanFragment,
  layer: fragmentLayer,
};

/** Authentication header (RFC 4302), of both IP versions. */
export const authentication: Protocol = {
  name: 'ah',
  over: [ipProtocol(51)],
  scan: scanAuthentication,
  layer: authenticationLayer,
};
