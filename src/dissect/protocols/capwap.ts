import { Fields, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byEtherType, byLinkType } from '../tables.ts';
import { BRIDGED } from './eth.ts';
import { cutOr } from './vxlan.ts';
import { SWAPPED, WLAN } from './wlan.ts';

const PREAMBLE = 0;
/** Five bits each: the header's length in words of four, radio, binding; then flags. */
const LENGTH = 1;
const BINDING = 2;
const FLAGS = 3;
const FRAGMENT_ID = 4;
const FRAGMENT_OFFSET = 6;
const HEADER = 8;
/** The lowest bit of the byte that the binding is in: the payload is a frame of the binding's kind, else of 802.3. */
const NATIVE = 0x01;
const IS_FRAGMENT = 0x80;
const KEEP_ALIVE = 0x08;
const BINDING_80211 = 1;

const bindings: Record<number, string> = { 0: 'none', 1: '802.11', 3: 'EPC global' };

const headerLength = (length: number): number => Math.max(HEADER, (length >> 3) * 4);
const bindingOf = (byte: number): number => (byte >> 1) & 0x1f;

const claims = (p: Packets): boolean => cutOr(p, HEADER, looks);
/** Version 0 and not encrypted (type 0). */
const looks = (p: Packets): boolean => p.bytes[p.at + PREAMBLE] === 0 && p.bytes[p.at + LENGTH] >> 3 >= 2;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const length = headerLength(bytes[at + LENGTH]);
  if (p.end - at < length) return p.lacks(row, length);
  p.at = at + length;
  if ((bytes[at + FLAGS] & (IS_FRAGMENT | KEEP_ALIVE)) !== 0 || p.end - p.at < 2) return 0;
  if ((bytes[at + BINDING] & NATIVE) === 0) return byEtherType[BRIDGED];
  if (bindingOf(bytes[at + BINDING]) !== BINDING_80211) return 0;
  return byLinkType[isData(bytes[p.at + 1]) && !isData(bytes[p.at]) ? SWAPPED : WLAN];
}

/** Frame control of 802.11 data: version 0, type 2. Many controllers have its two bytes the other way round. */
const isData = (control: number): boolean => (control & 15) === 8;

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const length = headerLength(f.read(LENGTH, 1));
  f.hex('capwap.preamble', 'Preamble', PREAMBLE, 1);
  f.bits('capwap.header.length', 'Header length', LENGTH, 1, 0xf8, (value) => `${value * 4} bytes`);
  f.bits('capwap.header.rid', 'Radio', LENGTH, 2, 0x07c0);
  f.bits('capwap.header.wbid', 'Binding', BINDING, 1, 0x3e, named(bindings));
  f.flag('capwap.header.flags.t', 'Native frame', BINDING, 1, NATIVE);
  f.flag('capwap.header.flags.f', 'Fragment', FLAGS, 1, IS_FRAGMENT);
  f.flag('capwap.header.flags.k', 'Keep-alive', FLAGS, 1, KEEP_ALIVE);
  f.number('capwap.header.fragment.id', 'Fragment', FRAGMENT_ID, 2);
  f.bits('capwap.header.fragment.offset', 'Fragment offset', FRAGMENT_OFFSET, 2, 0xfff8);
  f.raw('capwap.header.optional', 'Addresses and radio', HEADER, length - HEADER);
  return f.layer('capwap.data', 'Control And Provisioning of Wireless Access Points, data', length);
}

/** Data between wireless access points and their controller (RFC 5415 section 4.3), where it is not encrypted. */
export const capwap: Protocol = { name: 'capwap.data', over: [udpPort(5247)], scan, claims, layer };
