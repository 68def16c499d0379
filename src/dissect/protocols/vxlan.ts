import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { BRIDGED } from './eth.ts';
import { byNextProtocol } from './nsh.ts';

const FLAGS = 0;
const GROUP = 2;
const NETWORK = 4;
const HEADER = 8;
const HAS_NETWORK = 0x08;

/** Whether a whole header is captured; where only the capture ends early, the port decides. */
export const cutOr = (p: Packets, need: number, looks: (p: Packets) => boolean): boolean =>
  p.end - p.at < need ? p.wire - p.at >= need : looks(p);

const claims = (p: Packets): boolean => cutOr(p, HEADER, looks);
/** Flags of other bits are extensions that few use; the last byte is reserved. */
const looks = (p: Packets): boolean => (p.bytes[p.at + FLAGS] & HAS_NETWORK) !== 0 && p.bytes[p.at + HEADER - 1] === 0;

function scan(p: Packets, row: number): number {
  if (p.end - p.at < HEADER) return p.lacks(row, HEADER);
  p.at += HEADER;
  return byEtherType[BRIDGED];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const flags = f.under(f.hex('vxlan.flags', 'Flags', FLAGS, 2));
  flags.flag('vxlan.flag_i', 'Network identifier is valid', FLAGS, 1, HAS_NETWORK);
  f.number('vxlan.gbp', 'Group policy', GROUP, 2);
  f.number('vxlan.vni', 'Network identifier', NETWORK, 3);
  return f.layer('vxlan', `Virtual eXtensible LAN, network ${f.read(NETWORK, 3)}`, HEADER);
}

/** VXLAN (RFC 7348 section 5), on its port and on the one that Linux had before. */
export const vxlan: Protocol = { name: 'vxlan', over: [udpPort(4789), udpPort(8472)], scan, claims, layer };

const NEXT = 3;
const HAS_NEXT = 0x04;

const claimsGpe = (p: Packets): boolean => cutOr(p, HEADER, looksGpe);
const looksGpe = (p: Packets): boolean => (p.bytes[p.at + FLAGS] & (HAS_NEXT | HAS_NETWORK)) !== 0;

function scanGpe(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  p.at = at + HEADER;
  if ((bytes[at + FLAGS] & HAS_NEXT) === 0) return byEtherType[BRIDGED];
  return byNextProtocol(bytes[at + NEXT]);
}

function layerGpe(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.hex('vxlan.flags', 'Flags', FLAGS, 1);
  f.number('vxlan.next_proto', 'Next protocol', NEXT, 1);
  f.number('vxlan.vni', 'Network identifier', NETWORK, 3);
  return f.layer('vxlan', `Virtual eXtensible LAN, network ${f.read(NETWORK, 3)}`, HEADER);
}

/** VXLAN that tells what it carries (draft-ietf-nvo3-vxlan-gpe section 3.1). */
export const vxlanGpe: Protocol = { name: 'vxlan', over: [udpPort(4790)], scan: scanGpe, claims: claimsGpe, layer: layerGpe };
