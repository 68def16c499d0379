import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byVersion } from './raw.ts';
import { cutOr } from './vxlan.ts';

const FLAGS = 0;
const NONCE = 1;
const LOCATORS = 4;
const HEADER = 8;

const claims = (p: Packets): boolean => cutOr(p, HEADER + 1, looks);
/** The header has nothing that is always the same, but behind it is IP. */
function looks(p: Packets): boolean {
  const version = p.bytes[p.at + HEADER] >> 4;
  return version === 4 || version === 6;
}

function scan(p: Packets, row: number): number {
  if (p.end - p.at < HEADER) return p.lacks(row, HEADER);
  p.at += HEADER;
  return p.end > p.at ? byVersion(p) : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.hex('lisp-data.flags', 'Flags', FLAGS, 1);
  f.hex('lisp-data.nonce', 'Nonce, or map versions', NONCE, 3);
  f.hex('lisp-data.lsb', 'Locators, or instance', LOCATORS, 4);
  return f.layer('lisp-data', 'Locator/ID Separation', HEADER);
}

/** Data packets of the Locator/ID Separation Protocol (RFC 9300 section 5). */
export const lisp: Protocol = { name: 'lisp-data', over: [udpPort(4341)], scan, claims, layer };
