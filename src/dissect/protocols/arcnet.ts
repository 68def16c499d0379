import { Fields, namedHex } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';

const SOURCE = 0;
const DESTINATION = 1;
/** RFC 1201: flag and sequence number of a split packet; an exception, where the flag is 0xff, has four bytes before them. */
const SPLIT = 3;
const EXCEPTION = 0xff;
const EXCEPTION_SIZE = 4;

const protocols: Record<number, string> = {
  196: 'IPv6',
  212: 'IPv4',
  213: 'ARP',
  214: 'reverse ARP',
  240: 'IPv4 of RFC 1051',
  241: 'ARP of RFC 1051',
};
const etherTypes: Record<number, number> = { 196: 0x86dd, 212: 0x0800, 213: 0x0806, 214: 0x8035, 240: 0x0800, 241: 0x0806 };
/** RFC 1051 has no header of its own. */
const isSimple = (type: number): boolean => type >= 240;

/** `typeAt` is where the protocol stands: Linux has an offset before it. */
function arcnet(link: number, typeAt: number): Protocol {
  return {
    name: 'arcnet',
    over: [linkType(link)],
    scan(p: Packets, row: number): number {
      const { at, bytes } = p;
      let length = typeAt + 1;
      if (p.end - at <= length) return p.lacks(row, length + 1);
      const type = bytes[at + typeAt];
      if (!isSimple(type)) {
        length += bytes[at + length] === EXCEPTION ? EXCEPTION_SIZE + SPLIT : SPLIT;
        if (p.end - at < length) return p.lacks(row, length);
      }
      p.at = at + length;
      // A part of a packet is not read.
      if (!isSimple(type) && bytes[p.at - SPLIT] !== 0) return 0;
      return byEtherType[etherTypes[type] ?? 0];
    },
    layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
      const f = new Fields(bytes, at, end);
      f.hex('arcnet.src', 'Source', SOURCE, 1);
      f.hex('arcnet.dst', 'Destination', DESTINATION, 1);
      f.number('arcnet.protID', 'Protocol', typeAt, 1, namedHex(protocols, 2));
      const from = typeAt + 1;
      if (isSimple(f.read(typeAt, 1))) return f.layer('arcnet', 'ARCNET', from);
      const split = f.read(from, 1) === EXCEPTION ? from + EXCEPTION_SIZE : from;
      f.number('arcnet.split_flag', 'Split', split, 1);
      f.number('arcnet.sequence', 'Sequence number', split + 1, 2);
      return f.layer('arcnet', 'ARCNET', split + SPLIT);
    },
  };
}

/** ARCNET (RFC 1201, RFC 1051; LINKTYPE_ARCNET_BSD). */
export const arcnetBsd = arcnet(7, 2);
/** The same as Linux gives it (LINKTYPE_ARCNET_LINUX). */
export const arcnetLinux = arcnet(129, 4);
