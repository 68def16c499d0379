import { u16 } from '../bytes.ts';
import { Fields, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType, byLinkType, byLlcSap, byPppProtocol } from '../tables.ts';
import { LENGTH_LIMIT } from './eth.ts';

/** Address and control of HDLC framing (RFC 1662 section 3.1), left out where the peers agreed to. */
const HDLC = 0xff03;
const CISCO_UNICAST = 0x0f00;
const CISCO_MULTICAST = 0x8f00;
const CISCO_LINK = 104;

const protocols: Record<number, string> = {
  33: 'IPv4',
  45: 'compressed TCP',
  47: 'uncompressed TCP',
  61: 'multilink',
  87: 'IPv6',
  253: 'compressed',
  641: 'MPLS',
  32801: 'IP control',
  32855: 'IPv6 control',
  33021: 'compression control',
  49185: 'link control',
  49187: 'PAP',
  49699: 'CHAP',
};

function scan(p: Packets, row: number): number {
  const { bytes, at } = p;
  if (p.end - at < 2) return p.lacks(row, 2);
  const first = u16(bytes, at);
  if (first === CISCO_UNICAST || first === CISCO_MULTICAST) return byLinkType[CISCO_LINK];
  const from = first === HDLC ? 2 : 0;
  if (p.end - at < from + 1) return p.lacks(row, from + 2);
  // Odd: the protocol field is compressed to one byte (RFC 1661 section 6.5).
  if ((bytes[at + from] & 1) === 1) {
    p.at = at + from + 1;
    return byPppProtocol[bytes[at + from]];
  }
  if (p.end - at < from + 2) return p.lacks(row, from + 2);
  p.at = at + from + 2;
  return byPppProtocol[u16(bytes, at + from)];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const first = f.read(0, 2);
  if (first === CISCO_UNICAST || first === CISCO_MULTICAST) return f.layer('ppp', 'Point-to-Point Protocol, Cisco HDLC', 0);
  const from = first === HDLC ? 2 : 0;
  if (from !== 0) {
    f.hex('ppp.address', 'Address', 0, 1);
    f.hex('ppp.control', 'Control', 1, 1);
  }
  const size = (f.read(from, 1) & 1) === 1 ? 1 : 2;
  f.number('ppp.protocol', 'Protocol', from, size, namedHex(protocols, 4));
  const name = protocols[f.read(from, size)];
  return f.layer('ppp', `Point-to-Point Protocol${name === undefined ? '' : `, ${name}`}`, from + size);
}

/** Point-to-Point Protocol (RFC 1661), with and without HDLC framing. */
export const ppp: Protocol = { name: 'ppp', over: [linkType(9), linkType(50), etherType(0x880b)], scan, layer };

const ADDRESS = 0;
const CONTROL = 1;
const TYPE = 2;
const CISCO_HEADER = 4;
/** Cisco's keep-alives use the number of reverse ARP. */
const SLARP = 0x8035;
const OSI = 0xfefe;

function scanCisco(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < CISCO_HEADER) return p.lacks(row, CISCO_HEADER);
  p.at = at + CISCO_HEADER;
  const type = u16(p.bytes, at + TYPE);
  if (type === SLARP) return 0;
  if (type === OSI) return byLlcSap[0xfe];
  return type > LENGTH_LIMIT ? byEtherType[type] : 0;
}

function layerCisco(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('chdlc.address', 'Address', ADDRESS, 1, namedHex({ 15: 'unicast', 143: 'multicast' }, 2));
  f.hex('chdlc.control', 'Control', CONTROL, 1);
  f.number('chdlc.protocol', 'Protocol', TYPE, 2, namedHex({ ...etherTypes, [SLARP]: 'SLARP', [OSI]: 'OSI' }, 4));
  return f.layer('chdlc', 'Cisco HDLC', CISCO_HEADER);
}

/** Cisco HDLC (LINKTYPE_C_HDLC). */
export const chdlc: Protocol = { name: 'chdlc', over: [linkType(CISCO_LINK)], scan: scanCisco, layer: layerCisco };
