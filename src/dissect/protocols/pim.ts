import { Fields, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol } from '../protocol.ts';
import { byVersion } from './raw.ts';

const VERSION_AND_TYPE = 0;
const CHECKSUM = 2;
const FLAGS = 4;
const HEADER = 4;
/** A Register has flags, and behind them the packet that the router got (RFC 7761 section 4.9.3). */
const REGISTER = 0x21;
const REGISTER_HEADER = 8;

const types: Record<number, string> = {
  0: 'Hello',
  1: 'Register',
  2: 'Register-Stop',
  3: 'Join/Prune',
  4: 'Bootstrap',
  5: 'Assert',
  6: 'Graft',
  7: 'Graft-Ack',
  8: 'Candidate-RP-Advertisement',
};

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  if (bytes[at + VERSION_AND_TYPE] !== REGISTER) {
    p.at = p.end;
    return 0;
  }
  if (p.end - at < REGISTER_HEADER) return p.lacks(row, REGISTER_HEADER);
  p.at = at + REGISTER_HEADER;
  return p.end > p.at ? byVersion(p) : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const type = f.read(VERSION_AND_TYPE, 1) & 15;
  f.bits('pim.version', 'Version', VERSION_AND_TYPE, 1, 0xf0);
  f.bits('pim.type', 'Type', VERSION_AND_TYPE, 1, 0x0f, named(types));
  f.hex('pim.cksum', 'Checksum', CHECKSUM, 2);
  const register = f.read(VERSION_AND_TYPE, 1) === REGISTER;
  if (register) {
    f.flag('pim.register_flag.border', 'Border', FLAGS, 1, 0x80);
    f.flag('pim.register_flag.null_register', 'Null', FLAGS, 1, 0x40);
  } else f.raw('pim.data', 'Data', HEADER, f.length - HEADER);
  const length = register ? REGISTER_HEADER : f.length;
  return f.layer('pim', `Protocol Independent Multicast, ${types[type] ?? `type ${type}`}`, length);
}

/** Protocol Independent Multicast: the packets that routers register with are read on. */
export const pim: Protocol = { name: 'pim', over: [ipProtocol(103)], scan, layer };
