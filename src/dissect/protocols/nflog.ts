import { u16 } from '../bytes.ts';
import { Fields, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';

const FAMILY = 0;
const VERSION = 1;
const GROUP = 2;
const HEADER = 4;
/** Each attribute: its length (with this header) and type in the host's byte order, padded to four bytes. */
const ATTRIBUTE = 4;
const TYPE_MASK = 0x7fff;
/** It begins with the payload's EtherType, which a bridge's packets have no other word of. */
const PACKET_HEADER = 1;
const PAYLOAD = 9;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const families: Record<number, string> = { 0: 'not told', 2: 'IPv4', 7: 'bridge', 10: 'IPv6' };

const attributes: Record<number, string> = {
  [PACKET_HEADER]: 'Packet header',
  2: 'Mark',
  3: 'Time',
  4: 'Interface in',
  5: 'Interface out',
  6: 'Physical interface in',
  7: 'Physical interface out',
  8: 'Hardware address',
  [PAYLOAD]: 'Payload',
  10: 'Prefix',
  11: 'User',
  12: 'Sequence number',
  13: 'Sequence number of all',
  14: 'Group',
  15: 'Hardware type',
  16: 'Hardware header',
  17: 'Length of the hardware header',
};

const u16Little = (bytes: Uint8Array, at: number): number => bytes[at] | (bytes[at + 1] << 8);

function scan(p: Packets, row: number): number {
  const { bytes, end } = p;
  if (end - p.at < HEADER) return p.lacks(row, HEADER);
  const family = bytes[p.at + FAMILY];
  let type = 0;
  let at = p.at + HEADER;
  for (;;) {
    p.at = at;
    // The kernel leaves the payload out where it was told to copy none.
    if (at === p.wire) return 0;
    if (end - at < ATTRIBUTE) return p.lacks(row, ATTRIBUTE);
    const length = u16Little(bytes, at);
    if (length < ATTRIBUTE) return p.lacks(row, ATTRIBUTE);
    if ((u16Little(bytes, at + 2) & TYPE_MASK) === PAYLOAD) {
      p.at = at + ATTRIBUTE;
      p.wire = Math.min(p.wire, at + length);
      p.end = Math.min(end, p.wire);
      return byEtherType[family === 2 ? IPV4 : family === 10 ? IPV6 : type];
    }
    if (end - at < length) return p.lacks(row, length);
    if ((u16Little(bytes, at + 2) & TYPE_MASK) === PACKET_HEADER && length >= ATTRIBUTE + 2) type = u16(bytes, at + ATTRIBUTE);
    at = Math.min(at + ((length + 3) & ~3), end);
  }
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('nflog.family', 'Family', FAMILY, 1, named(families));
  f.number('nflog.version', 'Version', VERSION, 1);
  f.number('nflog.res_id', 'Group', GROUP, 2);
  let offset = HEADER;
  while (f.has(offset, ATTRIBUTE)) {
    const length = f.readLittle(offset, 2);
    if (length < ATTRIBUTE) break;
    const type = f.readLittle(offset + 2, 2) & TYPE_MASK;
    if (type === PAYLOAD) {
      offset += ATTRIBUTE;
      break;
    }
    f.raw('nflog.tlv', attributes[type] ?? `Attribute ${type}`, offset + ATTRIBUTE, length - ATTRIBUTE);
    offset += (length + 3) & ~3;
  }
  return f.layer('nflog', `Linux netfilter log, group ${f.read(GROUP, 2)}`, offset);
}

/** Packets that Linux' netfilter logs (LINKTYPE_NFLOG). */
export const nflog: Protocol = { name: 'nflog', over: [linkType(239)], scan, layer };
