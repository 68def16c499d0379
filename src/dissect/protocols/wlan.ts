import { u16, u24 } from '../bytes.ts';
import { Fields, hexText, named } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { LLC } from './eth.ts';

/** LINKTYPE_IEEE802_11; and a number that no capture has, for frames in tunnels. */
export const WLAN = 105;
export const SWAPPED = 0xfffe;

/** All numbers are little-endian (IEEE 802.11 clause 9.2.2). */
const CONTROL = 0;
const FLAGS = 1;
const DURATION = 2;
const ADDRESS_1 = 4;
const ADDRESS_2 = 10;
const ADDRESS_3 = 16;
const SEQUENCE = 22;
const ADDRESS_4 = 24;
const HEADER = 24;
/** Of acknowledgments, the shortest frames. */
const SHORTEST = 10;

const MANAGEMENT = 0;
const CONTROLLING = 1;
const DATA = 2;
const NO_DATA = 0x4;
const QOS = 0x8;

const TO_DS = 0x01;
const FROM_DS = 0x02;
const MORE_FRAGMENTS = 0x04;
const PROTECTED = 0x40;
const ORDER = 0x80;
/** In the first byte of QoS control: several frames in one. */
const AGGREGATE = 0x80;

const SUBFRAME_SOURCE = 6;
const SUBFRAME_LENGTH = 12;
const SUBFRAME = 14;

/** LLC with SNAP, which every data frame with IP begins with. */
const SNAP = 0xaaaa03;

interface Shape {
  type: number;
  subtype: number;
  flags: number;
  length: number;
  /** Offset of QoS control, 0 where there is none. */
  qos: number;
}

/** `swapped` is 1 where the two bytes of frame control are the other way round, else 0. */
function scanFrame(p: Packets, row: number, swapped: number): number {
  const { at, bytes } = p;
  if (p.end - at < SHORTEST) return p.lacks(row, SHORTEST);
  const control = bytes[at + CONTROL + swapped];
  const flags = bytes[at + FLAGS - swapped];
  const type = (control >> 2) & 3;
  if (type === CONTROLLING || type > DATA) {
    p.at = p.end;
    return 0;
  }
  const subtype = control >> 4;
  const length = type === DATA ? dataHeader(subtype, flags) : HEADER;
  if (p.end - at < length) return p.lacks(row, length);
  setAddresses(p, row, type === DATA ? flags & (TO_DS | FROM_DS) : 0);
  p.at = at + length;
  if (type === MANAGEMENT || (subtype & NO_DATA) !== 0) {
    p.at = p.end;
    return 0;
  }
  if ((flags & (PROTECTED | MORE_FRAGMENTS)) !== 0 || (bytes[at + SEQUENCE] & 15) !== 0) return 0;
  if ((subtype & QOS) !== 0 && (bytes[at + qosOffset(flags)] & AGGREGATE) !== 0) return toFirst(p, row);
  return toLlc(p, at);
}

/** Of several frames in one (clause 9.3.2.2.2) the first is read: addresses, a length, LLC. */
function toFirst(p: Packets, row: number): number {
  const { at } = p;
  if (p.end - at < SUBFRAME) return p.lacks(row, SUBFRAME);
  p.destinationMacAt[row] = at;
  p.sourceMacAt[row] = at + SUBFRAME_SOURCE;
  p.at = at + SUBFRAME;
  p.wire = Math.min(p.wire, p.at + u16(p.bytes, at + SUBFRAME_LENGTH));
  p.end = Math.min(p.end, p.wire);
  return p.end > p.at ? byEtherType[LLC] : 0;
}

const qosOffset = (flags: number): number => ((flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS) ? HEADER + 6 : HEADER);

function dataHeader(subtype: number, flags: number): number {
  let length = qosOffset(flags);
  if ((subtype & QOS) !== 0) length += (flags & ORDER) !== 0 ? 6 : 2;
  return length;
}

/** Which address is whose depends on the way through the distribution system (clause 9.3.2.1). */
function setAddresses(p: Packets, row: number, way: number): void {
  p.destinationMacAt[row] = p.at + ((way & TO_DS) !== 0 ? ADDRESS_3 : ADDRESS_1);
  p.sourceMacAt[row] = p.at + (way === (TO_DS | FROM_DS) ? ADDRESS_4 : way === FROM_DS ? ADDRESS_3 : ADDRESS_2);
}

/** Some cards pad the header to a multiple of four; then SNAP shows where the payload begins. */
function toLlc(p: Packets, start: number): number {
  const at = p.at;
  const aligned = start + ((at - start + 3) & ~3);
  if (aligned !== at && p.end - aligned >= 3 && u24(p.bytes, at) !== SNAP && u24(p.bytes, aligned) === SNAP) p.at = aligned;
  return p.end > p.at ? byEtherType[LLC] : 0;
}

const typeNames: Record<number, string> = { 0: 'management', 1: 'control', 2: 'data', 3: 'extension' };
const subtypeNames: Record<number, string> = {
  0: 'Association request',
  1: 'Association response',
  2: 'Reassociation request',
  3: 'Reassociation response',
  4: 'Probe request',
  5: 'Probe response',
  8: 'Beacon',
  10: 'Disassociation',
  11: 'Authentication',
  12: 'Deauthentication',
  13: 'Action',
  24: 'Block acknowledgment request',
  25: 'Block acknowledgment',
  26: 'Power save poll',
  27: 'Request to send',
  28: 'Clear to send',
  29: 'Acknowledgment',
  32: 'Data',
  36: 'No data',
  40: 'QoS data',
  44: 'QoS, no data',
};

function layerFrame(bytes: Uint8Array, at: number, { end, packets }: FieldContext, swapped: number): Layer {
  const f = new Fields(bytes, at, end);
  const control = f.read(CONTROL + swapped, 1);
  const flags = f.read(FLAGS - swapped, 1);
  const type = (control >> 2) & 3;
  const subtype = control >> 4;
  const name = subtypeNames[type * 16 + subtype] ?? `Type ${type}/${subtype}`;
  const frame = f.under(f.little('wlan.fc', 'Frame control', CONTROL, 2, (value) => `${hexText(value, 4)} (${name})`));
  frame.bits('wlan.fc.version', 'Version', CONTROL + swapped, 1, 0x03);
  frame.bits('wlan.fc.type', 'Type', CONTROL + swapped, 1, 0x0c, named(typeNames));
  frame.bits('wlan.fc.subtype', 'Subtype', CONTROL + swapped, 1, 0xf0, (value) => `${value} (${name})`);
  flagFields(frame, FLAGS - swapped);
  f.little('wlan.duration', 'Duration', DURATION, 2);
  const length = type === DATA ? dataHeader(subtype, flags) : type === MANAGEMENT ? HEADER : Math.min(f.length, 16);
  addressFields(f, { type, subtype, flags, length, qos: type === DATA && (subtype & QOS) !== 0 ? qosOffset(flags) : 0 });
  const rest = type === DATA && (subtype & NO_DATA) === 0 ? Math.max(length, packets.at - at) : f.length;
  f.raw('wlan.data', 'Data', length, rest - length);
  return f.layer('wlan', `IEEE 802.11, ${name}${(flags & PROTECTED) !== 0 ? ', encrypted' : ''}`, rest);
}

function flagFields(f: Fields, at: number): void {
  f.flag('wlan.fc.tods', 'To the distribution system', at, 1, TO_DS);
  f.flag('wlan.fc.fromds', 'From the distribution system', at, 1, FROM_DS);
  f.flag('wlan.fc.frag', 'More fragments', at, 1, MORE_FRAGMENTS);
  f.flag('wlan.fc.retry', 'Retry', at, 1, 0x08);
  f.flag('wlan.fc.pwrmgt', 'Power management', at, 1, 0x10);
  f.flag('wlan.fc.moredata', 'More data', at, 1, 0x20);
  f.flag('wlan.fc.protected', 'Encrypted', at, 1, PROTECTED);
  f.flag('wlan.fc.order', 'Order', at, 1, ORDER);
}

function addressFields(f: Fields, { type, flags, length, qos }: Shape): void {
  f.mac('wlan.ra', 'Receiver', ADDRESS_1);
  if (type === CONTROLLING) return;
  f.mac('wlan.ta', 'Transmitter', ADDRESS_2);
  const way = type === DATA ? flags & (TO_DS | FROM_DS) : 0;
  const several = qos !== 0 && (f.read(qos, 1) & AGGREGATE) !== 0 && f.has(length, SUBFRAME);
  f.mac('wlan.da', 'Destination', several ? length : (way & TO_DS) !== 0 ? ADDRESS_3 : ADDRESS_1);
  if (several) f.mac('wlan.sa', 'Source', length + SUBFRAME_SOURCE);
  else f.mac('wlan.sa', 'Source', way === (TO_DS | FROM_DS) ? ADDRESS_4 : way === FROM_DS ? ADDRESS_3 : ADDRESS_2);
  if (way !== (TO_DS | FROM_DS))
    f.mac('wlan.bssid', 'Basic service set', way === TO_DS ? ADDRESS_1 : way === FROM_DS ? ADDRESS_2 : ADDRESS_3);
  f.add('wlan.frag', 'Fragment number', SEQUENCE, 2, f.readLittle(SEQUENCE, 2) & 15);
  f.add('wlan.seq', 'Sequence number', SEQUENCE, 2, f.readLittle(SEQUENCE, 2) >> 4);
  if (qos === 0) return;
  const quality = f.under(f.little('wlan.qos', 'QoS control', qos, 2, (value) => hexText(value, 4)));
  quality.bits('wlan.qos.tid', 'Traffic identifier', qos, 1, 0x0f);
  quality.bits('wlan.qos.ack', 'Acknowledgment policy', qos, 1, 0x60);
  quality.flag('wlan.qos.amsdupresent', 'Several frames in one, the first is read', qos, 1, AGGREGATE);
}

/** IEEE 802.11 frames: those with data in the clear are read on. */
export const wlan: Protocol = {
  name: 'wlan',
  over: [linkType(WLAN)],
  scan: (p, row) => scanFrame(p, row, 0),
  layer: (bytes, at, context) => layerFrame(bytes, at, context, 0),
};

/** The same with the bytes of frame control the other way round. */
export const wlanSwapped: Protocol = {
  name: 'wlan',
  over: [linkType(SWAPPED)],
  scan: (p, row) => scanFrame(p, row, 1),
  layer: (bytes, at, context) => layerFrame(bytes, at, context, 1),
};
