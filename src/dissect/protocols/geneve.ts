import { u16 } from '../bytes.ts';
import { Fields, hexText, namedHex, words } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { LENGTH_LIMIT } from './eth.ts';
import { cutOr } from './vxlan.ts';

const VERSION_AND_LENGTH = 0;
const FLAGS = 1;
const TYPE = 2;
const NETWORK = 4;
const OPTIONS = 8;
const HEADER = 8;

const VERSION = 0xc0;
const OPTION_WORDS = 0x3f;
const CONTROL = 0x80;

const claims = (p: Packets): boolean => cutOr(p, HEADER, looks);
const looks = (p: Packets): boolean =>
  (p.bytes[p.at + VERSION_AND_LENGTH] & VERSION) === 0 && HEADER + optionBytes(p.bytes, p.at) <= p.wire - p.at;

const optionBytes = (bytes: Uint8Array, at: number): number => (bytes[at + VERSION_AND_LENGTH] & OPTION_WORDS) * 4;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const length = HEADER + optionBytes(bytes, at);
  if (p.end - at < length) return p.lacks(row, length);
  p.at = at + length;
  const type = u16(bytes, at + TYPE);
  return (bytes[at + FLAGS] & CONTROL) !== 0 || type <= LENGTH_LIMIT ? 0 : byEtherType[type];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.bits('geneve.version', 'Version', VERSION_AND_LENGTH, 1, VERSION);
  f.bits('geneve.opt_len', 'Options length', VERSION_AND_LENGTH, 1, OPTION_WORDS, words);
  const flags = f.under(f.hex('geneve.flags', 'Flags', FLAGS, 1));
  flags.flag('geneve.flags.oam', 'Control packet', FLAGS, 1, CONTROL);
  flags.flag('geneve.flags.critical', 'Critical options', FLAGS, 1, 0x40);
  f.number('geneve.proto_type', 'Protocol', TYPE, 2, namedHex(etherTypes, 4));
  f.number('geneve.vni', 'Network identifier', NETWORK, 3);
  const length = HEADER + (f.read(VERSION_AND_LENGTH, 1) & OPTION_WORDS) * 4;
  options(f, length);
  return f.layer('geneve', `Generic Network Virtualization, network ${f.read(NETWORK, 3)}`, length);
}

/** RFC 8926 section 3.5: class, type, length in words. */
function options(f: Fields, end: number): void {
  for (let at = OPTIONS; at + 4 <= end && f.has(at, 4); ) {
    const length = 4 + (f.read(at + 3, 1) & 0x1f) * 4;
    const option = f.under(f.group('geneve.option', 'Option', at, Math.min(length, end - at)));
    option.number('geneve.option.class', 'Class', at, 2, (value) => hexText(value, 4));
    option.hex('geneve.option.type', 'Type', at + 2, 1);
    option.raw('geneve.option.data', 'Data', at + 4, Math.min(length, end - at) - 4);
    at += length;
  }
}

/** Geneve (RFC 8926). */
export const geneve: Protocol = { name: 'geneve', over: [udpPort(6081)], scan, claims, layer };
