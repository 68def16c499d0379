import { Fields, hexText } from '../fields.ts';
import { type Packets, Reason } from '../packets.ts';
import { type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byLinkType } from '../tables.ts';

const VERSION = 0;
const LENGTH = 2;
const PRESENT = 4;
const HEADER = 8;
const WLAN_LINK = 105;

const MORE_PRESENT = 0x80;
const CLOCK = 0x01;
const FLAGS = 0x02;
/** In the flags: a frame check sequence stands at the frame's end. */
const CHECKED = 0x10;
const CHECK_SEQUENCE = 4;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  if (bytes[at + VERSION] !== 0) return p.fail(row, Reason.badVersion, at, 0);
  const length = bytes[at + LENGTH] | (bytes[at + LENGTH + 1] << 8);
  if (length < HEADER) return p.fail(row, Reason.badLength, at, HEADER);
  if (p.end - at < length) return p.lacks(row, length);
  p.at = at + length;
  const flags = flagsAt(bytes, at, at + length);
  if (flags >= 0 && (bytes[flags] & CHECKED) !== 0 && p.wire - p.at >= CHECK_SEQUENCE) {
    p.wire -= CHECK_SEQUENCE;
    if (p.end > p.wire) p.end = p.wire;
  }
  return byLinkType[WLAN_LINK];
}

/** Where the fields begin: behind the words that tell which there are. */
function dataAt(bytes: Uint8Array, at: number, end: number): number {
  let word = at + PRESENT;
  while (word + 4 <= end && (bytes[word + 3] & MORE_PRESENT) !== 0) word += 4;
  return word + 4;
}

/** Fields lie in the order of their bits, each aligned to its size: the flags follow an 8-byte clock, if there is one. */
function flagsAt(bytes: Uint8Array, at: number, end: number): number {
  const present = bytes[at + PRESENT];
  if ((present & FLAGS) === 0) return -1;
  let field = dataAt(bytes, at, end);
  if ((present & CLOCK) !== 0) field = at + ((field - at + 7) & ~7) + 8;
  return field < end ? field : -1;
}

interface Shape {
  name: string;
  label: string;
  size: number;
  align: number;
  text?(value: number): string;
}
const signed = (unit: string) => (value: number) => `${(value << 24) >> 24} ${unit}`;

/** The first fields (https://www.radiotap.org/fields/defined), by bit; behind one that is unknown nothing can be placed. */
const shapes: Shape[] = [
  { name: 'radiotap.mactime', label: 'Clock', size: 8, align: 8 },
  { name: 'radiotap.flags', label: 'Flags', size: 1, align: 1, text: (value) => hexText(value, 2) },
  { name: 'radiotap.datarate', label: 'Rate', size: 1, align: 1, text: (value) => `${value / 2} Mb/s` },
  { name: 'radiotap.channel.freq', label: 'Channel', size: 4, align: 2, text: (value) => `${value & 0xffff} MHz` },
  { name: 'radiotap.fhss', label: 'Hopping', size: 2, align: 1 },
  { name: 'radiotap.dbm_antsignal', label: 'Signal', size: 1, align: 1, text: signed('dBm') },
  { name: 'radiotap.dbm_antnoise', label: 'Noise', size: 1, align: 1, text: signed('dBm') },
  { name: 'radiotap.quality', label: 'Lock quality', size: 2, align: 2 },
  { name: 'radiotap.txattenuation', label: 'Attenuation', size: 2, align: 2 },
  { name: 'radiotap.db_txattenuation', label: 'Attenuation', size: 2, align: 2, text: (value) => `${value} dB` },
  { name: 'radiotap.txpower', label: 'Power', size: 1, align: 1, text: signed('dBm') },
  { name: 'radiotap.antenna', label: 'Antenna', size: 1, align: 1 },
  { name: 'radiotap.db_antsignal', label: 'Signal', size: 1, align: 1, text: (value) => `${value} dB` },
  { name: 'radiotap.db_antnoise', label: 'Noise', size: 1, align: 1, text: (value) => `${value} dB` },
  { name: 'radiotap.rxflags', label: 'Receive flags', size: 2, align: 2, text: (value) => hexText(value, 4) },
];

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const length = Math.max(HEADER, new Fields(bytes, at, end).readLittle(LENGTH, 2));
  const f = new Fields(bytes, at, Math.min(end, at + length));
  f.number('radiotap.version', 'Version', VERSION, 1);
  f.little('radiotap.length', 'Length', LENGTH, 2);
  f.little('radiotap.present.word', 'Fields present', PRESENT, 4, (value) => hexText(value, 8));
  const present = f.readLittle(PRESENT, 4);
  let offset = f.has(PRESENT, 4) ? dataAt(bytes, at, f.end) - at : 0;
  shapes.forEach(({ name, label, size, align, text }, bit) => {
    if ((present & (1 << bit)) === 0) return;
    offset = Math.ceil(offset / align) * align;
    f.little(name, label, offset, size, text);
    offset += size;
  });
  return f.layer('radiotap', 'Radiotap, how the radio received it', length);
}

/** Radiotap header before an 802.11 frame (LINKTYPE_IEEE802_11_RADIOTAP). */
export const radiotap: Protocol = { name: 'radiotap', over: [linkType(127)], scan, layer };
