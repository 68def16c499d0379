import { u16 } from '../bytes.ts';
import { Fields, named, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';

/** A routing header (or zeros) of 20 bytes and the link-layer address of 20 bytes, then type and two reserved bytes. */
const DESTINATION = 20;
const TYPE = 40;
const HEADER = 44;

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  p.at = at + HEADER;
  return byEtherType[u16(p.bytes, at + TYPE)];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.raw('ipoib.daddr', 'Destination', DESTINATION, 20);
  f.number('ipoib.type', 'Type', TYPE, 2, namedHex(etherTypes, 4));
  return f.layer('ipoib', 'IP over InfiniBand', HEADER);
}

/** IP over InfiniBand (RFC 4391 section 6; LINKTYPE_IPOIB). */
export const ipoib: Protocol = { name: 'ipoib', over: [linkType(242)], scan, layer };

const FAMILY = 1;
const HOOK = 2;
const LENGTH = 4;
const INTERFACE = 8;
const IPNET_HEADER = 24;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** Solaris' numbers. */
const families: Record<number, string> = { 2: 'IPv4', 26: 'IPv6' };

function scanIpnet(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < IPNET_HEADER) return p.lacks(row, IPNET_HEADER);
  p.at = at + IPNET_HEADER;
  const family = p.bytes[at + FAMILY];
  return byEtherType[family === 2 ? IPV4 : family === 26 ? IPV6 : 0];
}

function layerIpnet(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('ipnet.family', 'Family', FAMILY, 1, named(families));
  f.number('ipnet.hook', 'Hook', HOOK, 2);
  f.number('ipnet.length', 'Length', LENGTH, 4);
  f.number('ipnet.ifindex', 'Interface', INTERFACE, 4);
  return f.layer('ipnet', 'Solaris IP interface', IPNET_HEADER);
}

/** What Solaris captures above IP's interfaces (LINKTYPE_IPNET). */
export const ipnet: Protocol = { name: 'ipnet', over: [linkType(226)], scan: scanIpnet, layer: layerIpnet };
