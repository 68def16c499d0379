import { u16, u24 } from '../bytes.ts';
import { Fields, hexText, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType, byLlcSap, byPppProtocol } from '../tables.ts';
import { BRIDGED, LENGTH_LIMIT } from './eth.ts';

/** The lowest bit of the address's last byte is set (ITU-T Q.922 section 3.3); it has 2 to 4 bytes. */
const LAST = 0x01;
const ADDRESS_LIMIT = 4;
const UNNUMBERED = 0x03;
const PADDING = 0x00;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const OSI_SAP = 0xfe;

/** Network layer protocol identifiers (RFC 2427 section 4). */
const IDENTIFIER_SNAP = 0x80;
const IDENTIFIER_OSI = 0x81;
const IDENTIFIER_IPV6 = 0x8e;
const IDENTIFIER_IPV4 = 0xcc;
const IDENTIFIER_PPP = 0xcf;
const SNAP_HEADER = 5;
const BRIDGED_ORGANIZATION = 0x0080c2;
/** Bridged Ethernet, with and without its check sequence (RFC 2427 section 4.2); two bytes of padding come first. */
const BRIDGED_WITH_FCS = 0x0001;
const BRIDGED_ETHERNET = 0x0007;

const identifiers: Record<number, string> = {
  8: 'Q.933',
  [IDENTIFIER_SNAP]: 'SNAP',
  [IDENTIFIER_OSI]: 'CLNP',
  [IDENTIFIER_IPV6]: 'IPv6',
  [IDENTIFIER_IPV4]: 'IPv4',
  [IDENTIFIER_PPP]: 'PPP',
};

/** How long the address is; 0 where its end is not captured, or it has none. */
function addressLength(bytes: Uint8Array, at: number, end: number): number {
  for (let i = 1; i < ADDRESS_LIMIT && at + i < end; i++) if ((bytes[at + i] & LAST) !== 0) return i + 1;
  return 0;
}

function scan(p: Packets, row: number): number {
  const { bytes, at } = p;
  const address = addressLength(bytes, at, p.end);
  if (address === 0) return p.end - at < ADDRESS_LIMIT ? p.lacks(row, p.end - at + 1) : 0;
  if (p.end - at < address + 2) return p.lacks(row, address + 2);
  p.at = at + address + 2;
  // Cisco's own encapsulation has an EtherType straight behind the address; none begins as an unnumbered frame does.
  if (bytes[at + address] !== UNNUMBERED) {
    const type = u16(bytes, at + address);
    return type > LENGTH_LIMIT ? byEtherType[type] : 0;
  }
  if (bytes[p.at - 1] === PADDING) {
    if (p.at >= p.end) return p.lacks(row, 1);
    p.at++;
  }
  switch (bytes[p.at - 1]) {
    case IDENTIFIER_IPV4:
      return byEtherType[IPV4];
    case IDENTIFIER_IPV6:
      return byEtherType[IPV6];
    case IDENTIFIER_PPP:
      return scanPpp(p, row);
    case IDENTIFIER_OSI:
      return byLlcSap[OSI_SAP];
    case IDENTIFIER_SNAP:
      return scanSnap(p, row);
    default:
      return 0;
  }
}

/** RFC 1973 section 3: the protocol field of PPP follows. */
function scanPpp(p: Packets, row: number): number {
  if (p.end - p.at < 2) return p.lacks(row, 2);
  p.at += 2;
  return byPppProtocol[u16(p.bytes, p.at - 2)];
}

function scanSnap(p: Packets, row: number): number {
  if (p.end - p.at < SNAP_HEADER) return p.lacks(row, SNAP_HEADER);
  const organization = u24(p.bytes, p.at);
  const type = u16(p.bytes, p.at + 3);
  p.at += SNAP_HEADER;
  if (organization === 0) return type > LENGTH_LIMIT ? byEtherType[type] : 0;
  return organization === BRIDGED_ORGANIZATION && (type === BRIDGED_ETHERNET || type === BRIDGED_WITH_FCS)
    ? byEtherType[BRIDGED]
    : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const address = addressLength(bytes, at, end);
  f.hex('fr.address', 'Address', 0, address);
  const circuit = ((f.read(0, 1) & 0xfc) << 2) | (f.read(1, 1) >> 4);
  if (address === 2) f.add('fr.dlci', 'Circuit', 0, 2, circuit);
  const title = address === 2 ? `Frame Relay, circuit ${circuit}` : 'Frame Relay';
  if (address === 0 || f.read(address, 1) !== UNNUMBERED) {
    if (address !== 0) f.number('fr.chdlctype', 'Type', address, 2, namedHex(etherTypes, 4));
    return f.layer('fr', title, address + 2);
  }
  f.hex('fr.control', 'Control', address, 1);
  const from = f.read(address + 1, 1) === PADDING ? address + 2 : address + 1;
  f.number('fr.nlpid', 'Protocol identifier', from, 1, namedHex(identifiers, 2));
  const identifier = f.read(from, 1);
  if (identifier === IDENTIFIER_PPP) f.hex('ppp.protocol', 'Protocol', from + 1, 2);
  if (identifier !== IDENTIFIER_SNAP) return f.layer('fr', title, from + (identifier === IDENTIFIER_PPP ? 3 : 1));
  f.hex('fr.snap.oui', 'Organization code', from + 1, 3);
  f.number('fr.snaptype', 'Type', from + 4, 2, (value) => etherTypes[value] ?? hexText(value, 4));
  return f.layer('fr', title, from + 1 + SNAP_HEADER);
}

/** Frame Relay (RFC 2427, and Cisco's encapsulation). */
export const frameRelay: Protocol = { name: 'fr', over: [linkType(107)], scan, layer };
