import { u16, u24 } from '../bytes.ts';
import { Fields, hexText, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, type Protocol } from '../protocol.ts';
import { byEtherType, byLlcSap } from '../tables.ts';
import { LENGTH_LIMIT, LLC } from './eth.ts';

const DESTINATION_SAP = 0;
const SOURCE_SAP = 1;
const CONTROL = 2;
const HEADER = 3;
/** With the two control bytes of frames that are numbered. */
const LONG_HEADER = 4;
/** Where the SNAP extension begins behind an unnumbered frame's header (IEEE 802 clause 9.4). */
const ORGANIZATION = 3;
const SNAP_TYPE = 6;
const SNAP_HEADER = 8;
const SNAP_SAP = 0xaa;

const UNNUMBERED = 0x03;
/** Without the poll/final bit: unnumbered information. */
const INFORMATION = 0x03;
const POLL = 0x10;

const CISCO = 0x00000c;
const CISCO_PVST = 0x010b;
const STP_SAP = 0x42;
const BRIDGE_TUNNEL = 0x0000f8;
const APPLE = 0x080007;

const saps: Record<number, string> = {
  0: 'null',
  6: 'IP',
  66: 'Spanning tree',
  152: 'ARP',
  170: 'SNAP',
  224: 'NetWare',
  240: 'NetBIOS',
  254: 'ISO network layer',
  255: 'global',
};
const organizations: Record<number, string> = {
  0: 'Encapsulated Ethernet',
  [CISCO]: 'Cisco',
  [BRIDGE_TUNNEL]: '802.1H bridge tunnel',
  [APPLE]: 'Apple',
};

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const control = bytes[at + CONTROL];
  if ((control & UNNUMBERED) !== UNNUMBERED) {
    if (p.end - at < LONG_HEADER) return p.lacks(row, LONG_HEADER);
    p.at = at + LONG_HEADER;
    // Supervisory frames (01) carry nothing.
    return (control & 1) === 0 ? byLlcSap[bytes[at + DESTINATION_SAP]] : 0;
  }
  const information = (control & ~POLL) === INFORMATION;
  const snap = information && bytes[at + DESTINATION_SAP] === SNAP_SAP && bytes[at + SOURCE_SAP] === SNAP_SAP;
  if (!snap) {
    p.at = at + HEADER;
    return information ? byLlcSap[bytes[at + DESTINATION_SAP]] : 0;
  }
  if (p.end - at < SNAP_HEADER) return p.lacks(row, SNAP_HEADER);
  p.at = at + SNAP_HEADER;
  return bySnap(u24(bytes, at + ORGANIZATION), u16(bytes, at + SNAP_TYPE));
}

function bySnap(organization: number, type: number): number {
  if (organization === CISCO) return type === CISCO_PVST ? byLlcSap[STP_SAP] : type === 0x2000 ? byEtherType[type] : 0;
  if (organization !== 0 && organization !== BRIDGE_TUNNEL && organization !== APPLE) return 0;
  return type > LENGTH_LIMIT ? byEtherType[type] : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('llc.dsap', 'Destination service access point', DESTINATION_SAP, 1, namedHex(saps, 2));
  f.number('llc.ssap', 'Source service access point', SOURCE_SAP, 1, namedHex(saps, 2));
  const control = f.read(CONTROL, 1);
  const unnumbered = (control & UNNUMBERED) === UNNUMBERED;
  f.hex('llc.control', 'Control', CONTROL, unnumbered ? 1 : 2);
  const snap = f.read(DESTINATION_SAP, 2) === SNAP_SAP * 0x101 && (control & ~POLL) === INFORMATION && f.length >= HEADER;
  if (!snap) return f.layer('llc', 'Logical Link Control', unnumbered ? HEADER : LONG_HEADER);
  f.number('llc.oui', 'Organization code', ORGANIZATION, 3, namedHex(organizations, 6));
  const organization = f.read(ORGANIZATION, 3);
  if (organization === 0 || organization === BRIDGE_TUNNEL) f.number('llc.type', 'Type', SNAP_TYPE, 2, namedHex(etherTypes, 4));
  else f.number('llc.pid', 'Protocol', SNAP_TYPE, 2, (value) => hexText(value, 4));
  return f.layer('llc', 'Logical Link Control, SNAP', SNAP_HEADER);
}

/** IEEE 802.2 Logical Link Control with SNAP. */
export const llc: Protocol = { name: 'llc', over: [etherType(LLC)], scan, layer };
