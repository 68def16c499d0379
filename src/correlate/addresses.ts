import { ipv6, u32 } from '../dissect/bytes.ts';
import type { Page } from './flow-table.ts';

const CACHE = 4096;
const keys = new Uint32Array(CACHE);
const texts: (string | undefined)[] = new Array(CACHE).fill(undefined);
/** "192." and "192": an address is put together from four texts, not from four numbers and three dots. */
const PARTS = Array.from({ length: 256 }, (_, part) => `${part}.`);
const LAST_PARTS = Array.from({ length: 256 }, (_, part) => `${part}`);

/** "192.0.2.1" for an address as a number; the same few addresses come again and again. */
export function ipv4Text(address: number): string {
  const i = (Math.imul(address, 0x9e3779b1) >>> 20) & (CACHE - 1);
  const known = texts[i];
  return known !== undefined && keys[i] === address ? known : spell(address, i);
}

/** Apart, so that it does not become a part of everything that asks for an address. */
function spell(address: number, i: number): string {
  const text = PARTS[address >>> 24] + PARTS[(address >>> 16) & 255] + PARTS[(address >>> 8) & 255] + LAST_PARTS[address & 255];
  keys[i] = address;
  texts[i] = text;
  return text;
}

const scratch = new Uint8Array(16);

/** The address at word `at` of a flow record. */
export function recordAddress(page: Page, at: number, version: number): string {
  if (version === 4) return ipv4Text(page.words[at]);
  for (let i = 0; i < 4; i++) {
    const word = page.words[at + i];
    scratch[4 * i] = word >>> 24;
    scratch[4 * i + 1] = word >>> 16;
    scratch[4 * i + 2] = word >>> 8;
    scratch[4 * i + 3] = word;
  }
  return ipv6(scratch, 0);
}

/** An address in a packet. */
export const packetAddress = (bytes: Uint8Array, at: number, version: number): string =>
  version === 4 ? ipv4Text(u32(bytes, at)) : ipv6(bytes, at);
