import { u16 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byLinkType } from '../tables.ts';
import { cutOr } from './vxlan.ts';

const FLAGS = 0;
const HEADER = 6;
const PPP_LINK = 9;

const CONTROL = 0x8000;
const LENGTH = 0x4000;
const SEQUENCE = 0x0800;
const OFFSET = 0x0200;
const PRIORITY = 0x0100;
const VERSION = 0x000f;

const claims = (p: Packets): boolean => cutOr(p, HEADER, looks);
const looks = (p: Packets): boolean => (u16(p.bytes, p.at + FLAGS) & VERSION) === 2;

/** Over UDP it is version 2, whose fields are there as the flags tell; straight over IP it is version 3, which is only named. */
function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const flags = u16(bytes, at + FLAGS);
  if ((flags & VERSION) !== 2) return 0;
  let length = headerLength(flags);
  if (p.end - at < length) return p.lacks(row, length);
  if ((flags & OFFSET) !== 0) length += u16(bytes, at + length - 2);
  if (p.end - at < length) return p.lacks(row, length);
  const wire = (flags & LENGTH) === 0 ? p.wire : at + u16(bytes, at + 2);
  if (wire < p.wire && wire >= at + length) p.wire = wire;
  if (p.end > p.wire) p.end = p.wire;
  p.at = (flags & CONTROL) === 0 ? at + length : p.end;
  return p.end > p.at ? byLinkType[PPP_LINK] : 0;
}

/** Without the padding that the offset field tells of. */
function headerLength(flags: number): number {
  return HEADER + ((flags & LENGTH) === 0 ? 0 : 2) + ((flags & SEQUENCE) === 0 ? 0 : 4) + ((flags & OFFSET) === 0 ? 0 : 2);
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const flags = f.read(FLAGS, 2);
  if ((flags & VERSION) !== 2) {
    f.raw('l2tp.data', 'Data', 0, f.length);
    return f.layer('l2tp', 'Layer 2 Tunneling, version 3', f.length);
  }
  const bits = f.under(f.hex('l2tp.flags', 'Flags and version', FLAGS, 2));
  bits.flag('l2tp.type', 'Control message', FLAGS, 2, CONTROL);
  bits.flag('l2tp.length_bit', 'Length', FLAGS, 2, LENGTH);
  bits.flag('l2tp.seq_bit', 'Sequence numbers', FLAGS, 2, SEQUENCE);
  bits.flag('l2tp.offset_bit', 'Offset', FLAGS, 2, OFFSET);
  bits.flag('l2tp.priority', 'Priority', FLAGS, 2, PRIORITY);
  bits.bits('l2tp.version', 'Version', FLAGS, 2, VERSION);
  let offset = 2;
  const next = (name: string, label: string): void => {
    f.number(name, label, offset, 2);
    offset += 2;
  };
  if ((flags & LENGTH) !== 0) next('l2tp.length', 'Length');
  next('l2tp.tunnel', 'Tunnel');
  next('l2tp.session', 'Session');
  if ((flags & SEQUENCE) !== 0) {
    next('l2tp.Ns', 'Sequence number');
    next('l2tp.Nr', 'Next expected');
  }
  if ((flags & OFFSET) !== 0) {
    const padding = f.read(offset, 2);
    next('l2tp.offset', 'Offset');
    f.raw('l2tp.offset_padding', 'Padding', offset, padding);
    offset += padding;
  }
  const control = (flags & CONTROL) !== 0;
  if (control) f.raw('l2tp.avp', 'Attributes', offset, f.length - offset);
  return f.layer('l2tp', `Layer 2 Tunneling, ${control ? 'control' : 'data'}`, control ? f.length : offset);
}

/** Layer Two Tunneling Protocol (RFC 2661 section 3.1). */
export const l2tp: Protocol = { name: 'l2tp', over: [udpPort(1701), ipProtocol(115)], scan, claims, layer };
