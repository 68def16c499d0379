import { Fields, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { BRIDGED } from './eth.ts';

/** The length in words of four is the lower six bits. */
const LENGTH = 1;
const KIND = 2;
const NEXT = 3;
const PATH = 4;
const INDEX = 7;
const HEADER = 8;
const LENGTH_MASK = 0x3f;

/** RFC 8300 section 9.1.4. */
const protocols: Record<number, string> = { 1: 'IPv4', 2: 'IPv6', 3: 'Ethernet', 4: 'NSH', 5: 'MPLS' };
const etherTypes = [0, 0x0800, 0x86dd, BRIDGED, 0x894f, 0x8847];

/** The protocol that a number of the registry which NSH and VXLAN-GPE share stands for; 0 for none. */
export const byNextProtocol = (next: number): number => byEtherType[etherTypes[next] ?? 0];

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const length = Math.max(HEADER, (bytes[at + LENGTH] & LENGTH_MASK) * 4);
  if (p.end - at < length) return p.lacks(row, length);
  p.at = at + length;
  return p.end > p.at ? byNextProtocol(bytes[at + NEXT]) : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const length = Math.max(HEADER, (f.read(LENGTH, 1) & LENGTH_MASK) * 4);
  f.bits('nsh.length', 'Length', LENGTH, 1, LENGTH_MASK, (value) => `${value * 4} bytes`);
  f.bits('nsh.mdtype', 'Kind of metadata', KIND, 1, 0x0f);
  f.number('nsh.nextproto', 'Next protocol', NEXT, 1, named(protocols));
  f.number('nsh.spi', 'Path', PATH, 3);
  f.number('nsh.si', 'Index', INDEX, 1);
  f.raw('nsh.metadata', 'Metadata', HEADER, length - HEADER);
  return f.layer('nsh', `Network Service Header, path ${f.read(PATH, 3)}`, length);
}

/** Network Service Header (RFC 8300 section 2). */
export const nsh: Protocol = { name: 'nsh', over: [etherType(0x894f)], scan, layer };
