import { u16 } from '../bytes.ts';
import { Fields, namedHex } from '../fields.ts';
import { etherTypes } from '../names.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, type Protocol } from '../protocol.ts';
import { byEtherType } from '../tables.ts';
import { BRIDGED, framed, LENGTH_LIMIT, typeOrLength } from './eth.ts';

/** A tag of `size` bytes and the EtherType behind it: nothing in it matters to what follows. */
function tag(name: string, title: string, type: number, size: number): Protocol {
  const header = size + 2;
  return {
    name,
    over: [etherType(type)],
    scan(p: Packets, row: number): number {
      if (p.end - p.at < header) return p.lacks(row, header);
      p.at += header;
      const next = u16(p.bytes, p.at - 2);
      return next > LENGTH_LIMIT ? byEtherType[next] : framed(p, next);
    },
    layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
      const f = new Fields(bytes, at, end);
      f.raw(`${name}.tag`, 'Tag', 0, size);
      typeOrLength(f, `${name}.etype`, `${name}.len`, size);
      return f.layer(name, title, header);
    },
  };
}

/** IEEE 802.1BR: which port of a bridge's extender. */
export const extenderTag = tag('etag', '802.1BR E-Tag', 0x893f, 6);
/** Cisco VN-Tag, what IEEE 802.1BR came from. */
export const interfaceTag = tag('vntag', 'VN-Tag', 0x8926, 4);
/** Cisco TrustSec: the sender's group. */
export const groupTag = tag('cmd', 'Cisco MetaData', 0x8909, 6);
/** IEC 62439-3: rings that carry each frame twice. */
export const ringTag = tag('hsr', 'High-availability Seamless Redundancy', 0x892f, 4);

/** The tree and hop limit of Cisco FabricPath, behind addresses of its own; the whole frame follows. */
const FABRIC_HEADER = 2;
export const fabricTag: Protocol = {
  name: 'cfp',
  over: [etherType(0x8903)],
  scan(p: Packets, row: number): number {
    if (p.end - p.at < FABRIC_HEADER) return p.lacks(row, FABRIC_HEADER);
    p.at += FABRIC_HEADER;
    return byEtherType[BRIDGED];
  },
  layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
    const f = new Fields(bytes, at, end);
    f.bits('cfp.ftag', 'Tree', 0, 2, 0xffc0);
    f.bits('cfp.ttl', 'Hop limit', 0, 2, 0x003f);
    return f.layer('cfp', 'Cisco FabricPath', FABRIC_HEADER);
  },
};

const CONTROL = 0;
const SHORT_LENGTH = 1;
const PACKET_NUMBER = 2;
const CHANNEL = 6;
const SECURED = 6;
const WITH_CHANNEL = 14;
const HAS_CHANNEL = 0x20;
/** Encrypted, or changed: then the payload cannot be read. */
const ENCRYPTED = 0x0c;
const CHECK_VALUE = 16;
const TYPE_SIZE = 2;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < SECURED) return p.lacks(row, SECURED);
  const control = bytes[at + CONTROL];
  const header = (control & HAS_CHANNEL) !== 0 ? WITH_CHANNEL : SECURED;
  if (p.end - at < header) return p.lacks(row, header);
  if ((control & ENCRYPTED) !== 0 || p.wire - at < header + TYPE_SIZE + CHECK_VALUE) {
    p.at = p.end;
    return 0;
  }
  p.at = at + header;
  if (p.end - p.at < TYPE_SIZE) return p.lacks(row, TYPE_SIZE);
  p.wire -= CHECK_VALUE;
  p.end = Math.min(p.end, p.wire);
  p.at += TYPE_SIZE;
  const type = u16(bytes, p.at - TYPE_SIZE);
  return type > LENGTH_LIMIT ? byEtherType[type] : framed(p, type);
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const control = f.read(CONTROL, 1);
  const header = (control & HAS_CHANNEL) !== 0 ? WITH_CHANNEL : SECURED;
  f.hex('macsec.tci', 'Control', CONTROL, 1);
  f.number('macsec.SL', 'Short length', SHORT_LENGTH, 1);
  f.number('macsec.PN', 'Packet number', PACKET_NUMBER, 4);
  if (header === WITH_CHANNEL) f.raw('macsec.SCI', 'Channel', CHANNEL, 8);
  if ((control & ENCRYPTED) !== 0) {
    f.raw('macsec.data', 'Encrypted', header, f.length - header);
    return f.layer('macsec', 'MACsec, encrypted', f.length);
  }
  f.number('macsec.etype', 'Type', header, TYPE_SIZE, namedHex(etherTypes, 4));
  return f.layer('macsec', 'MACsec, in the clear', header + TYPE_SIZE);
}

/** IEEE 802.1AE: frames that are only signed are read on. */
export const macsec: Protocol = { name: 'macsec', over: [etherType(0x88e5)], scan, layer };
