import { ipv4, u16 } from '../bytes.ts';
import { Fields, named } from '../fields.ts';
import { ipProtocols } from '../names.ts';
import { Kind, type Packets, Reason } from '../packets.ts';
import { etherType, ipProtocol, linkType, type FieldContext, type Layer, pppProtocol, type Protocol } from '../protocol.ts';
import { byIpProtocol } from '../tables.ts';

const VERSION = 0;
const DSCP = 1;
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FRAGMENT = 6;
const TTL = 8;
const PROTOCOL = 9;
const CHECKSUM = 10;
const SOURCE = 12;
const DESTINATION = 16;
const OPTIONS = 20;
const HEADER = 20;
const MORE_FRAGMENTS = 0x2000;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const first = bytes[at + VERSION];
  if (first >> 4 !== 4) return p.fail(row, Reason.badVersion, at, 0);
  const header = (first & 15) * 4;
  if (header < HEADER) return p.fail(row, Reason.badLength, at, HEADER);
  if (p.end - at < header) return p.lacks(row, header);
  const total = u16(bytes, at + TOTAL_LENGTH);
  // 0: the sending card was to cut this segment (TSO), so that its length is the frame's. Else what lies behind is padding.
  if (total !== 0) {
    if (total < header) return p.fail(row, Reason.badLength, at, header);
    if (at + total < p.wire) p.wire = at + total;
    if (p.end > p.wire) p.end = p.wire;
  }
  p.at = at + header;
  p.ipAt[row] = at;
  p.ipVersion[row] = 4;
  const protocol = bytes[at + PROTOCOL];
  p.ipProtocol[row] = protocol;
  const fragment = u16(bytes, at + FRAGMENT) & 0x3fff;
  if (fragment !== 0) {
    return keepFragment(p, row, u16(bytes, at + IDENTIFICATION), (fragment & 0x1fff) * 8, fragment & MORE_FRAGMENTS);
  }
  p.kind[row] = Kind.none;
  p.transportAt[row] = -1;
  return byIpProtocol[protocol];
}

/** The rest of the packet is a piece of a datagram: it waits for the others. */
export function keepFragment(p: Packets, row: number, id: number, offset: number, more: number): 0 {
  p.kind[row] = Kind.fragment;
  p.fragmentId[row] = id;
  p.fragmentOffset[row] = offset;
  p.fragmentMore[row] = more === 0 ? 0 : 1;
  p.transportAt[row] = p.at;
  p.payloadAt[row] = p.at;
  p.payloadLength[row] = p.wire - p.at;
  p.payloadCaptured[row] = p.end - p.at;
  return 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.bits('ip.version', 'Version', VERSION, 1, 0xf0);
  f.bits('ip.hdr_len', 'Header length', VERSION, 1, 0x0f, (words) => `${words * 4} bytes`);
  f.number('ip.dsfield', 'Differentiated services', DSCP, 1);
  f.number('ip.len', 'Total length', TOTAL_LENGTH, 2);
  f.hex('ip.id', 'Identification', IDENTIFICATION, 2);
  f.hex('ip.flags', 'Flags and fragment offset', FRAGMENT, 2);
  f.number('ip.ttl', 'Time to live', TTL, 1);
  f.number('ip.proto', 'Protocol', PROTOCOL, 1, named(ipProtocols));
  f.hex('ip.checksum', 'Header checksum', CHECKSUM, 2);
  f.ipv4('ip.src', 'Source', SOURCE);
  f.ipv4('ip.dst', 'Destination', DESTINATION);
  const header = Math.max(HEADER, (f.read(VERSION, 1) & 15) * 4);
  f.raw('ip.options', 'Options', OPTIONS, header - HEADER);
  const title = f.has(0, HEADER) ? `, ${ipv4(bytes, at + SOURCE)} > ${ipv4(bytes, at + DESTINATION)}` : '';
  return { protocol: 'ip', title: `Internet Protocol Version 4${title}`, at, end: Math.min(at + header, end), fields: f.list };
}

/** Internet Protocol version 4 (RFC 791). */
export const ip: Protocol = {
  name: 'ip',
  over: [etherType(0x0800), ipProtocol(4), linkType(228), pppProtocol(0x0021)],
  scan,
  layer,
};
