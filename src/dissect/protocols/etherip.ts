import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { BRIDGED } from './eth.ts';

const VERSION = 0;
const HEADER = 2;

function scan(p: Packets, row: number): number {
  if (p.end - p.at < HEADER) return p.lacks(row, HEADER);
  p.at += HEADER;
  return byEtherType[BRIDGED];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.bits('etherip.ver', 'Version', VERSION, 1, 0xf0);
  return f.layer('etherip', 'Ethernet in IP', HEADER);
}

/** Ethernet in IP (RFC 3378). */
export const etherip: Protocol = { name: 'etherip', over: [ipProtocol(97)], scan, layer };
