import { hex } from '../bytes.ts';
import { type Fields, named } from '../fields.ts';
import { hardwareText } from './values.ts';

const LINK_LAYER_TIME = 1;
const ENTERPRISE = 2;
const LINK_LAYER = 3;
const UUID = 4;

const types: Record<number, string> = {
  [LINK_LAYER_TIME]: 'link-layer address and time',
  [ENTERPRISE]: 'enterprise number',
  [LINK_LAYER]: 'link-layer address',
  [UUID]: 'UUID',
};

/** Seconds from 1970 to 2000, where a DUID's time begins (RFC 8415 §11.2). */
const EPOCH = 946_684_800;

/** Wireshark's names, which differ between the two versions of DHCP. */
export interface DuidNames {
  type: string;
  /** Of an address, and of an address with a time. */
  hardware: readonly [string, string];
  address: readonly [string, string];
  time: string;
  enterprise: string;
  identifier: string;
  uuid: string;
}

/** Fields of a DHCP unique identifier (RFC 8415 §11) of `length` bytes. */
export function duidFields(f: Fields, at: number, length: number, names: DuidNames): void {
  const type = f.read(at, 2);
  f.number(names.type, 'DUID type', at, 2, named(types));
  if (type === LINK_LAYER_TIME || type === LINK_LAYER) {
    const timed = type === LINK_LAYER_TIME ? 1 : 0;
    const header = timed ? 8 : 4;
    f.number(names.hardware[timed], 'Hardware type', at + 2, 2);
    if (timed) f.number(names.time, 'Time', at + 4, 4, (value) => new Date((value + EPOCH) * 1000).toISOString());
    if (length > header && f.has(at, length)) {
      const text = hardwareText(f.bytes, f.at + at + header, f.read(at + 2, 2), length - header);
      f.add(names.address[timed], 'Link-layer address', at + header, length - header, text);
    }
  } else if (type === ENTERPRISE) {
    f.number(names.enterprise, 'Enterprise number', at + 2, 4);
    f.raw(names.identifier, 'Identifier', at + 6, length - 6);
  } else if (type === UUID) f.raw(names.uuid, 'UUID', at + 2, length - 2);
  else f.raw(names.identifier, 'Identifier', at + 2, length - 2);
}

/** RFC 8415 §11.1: two bytes of type and at most 128 of identifier. */
const MOST_BYTES = 130;

/** All of it as one word: "00010001…". */
export const duidText = (bytes: Uint8Array, at: number, end: number): string => hex(bytes, at, Math.min(end, at + MOST_BYTES));
