import { hash } from 'node:crypto';
import { u16 } from '../bytes.ts';
import { type ClientHello, cipherSuites, supportedVersions } from './handshake.ts';
import { ExtensionType } from './names.ts';
import { isGrease } from './suites.ts';

const VERSIONS = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
]);
const NOTHING = '000000000000';
const MOST = 99;
/** Clients greet in few ways: fingerprints of greetings that were met, the oldest forgotten first. */
const REMEMBERED = 1024;
const LONGEST_KEY = 4096;
/** By a hash of their keys. */
const known = new Map<number, { key: Uint8Array; made: string }>();

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
const two = (count: number): string => String(Math.min(count, MOST)).padStart(2, '0');
const plain = (value: number): boolean => !isGrease(value);

/**
 * FoxIO's JA4 of a ClientHello over TCP, "t13d1516h2_8daaf6152771_b186095e22b6": version, whether a name is asked for, how many
 * cipher suites and extensions, the first ALPN value's first and last character; a hash of the sorted suites; a hash of the
 * sorted extensions and the signature algorithms. GREASE counts nowhere.
 * https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md
 */
export function ja4(hello: ClientHello, bytes: Uint8Array): string {
  const hash = readKey(hello, bytes);
  const met = known.get(hash);
  if (met !== undefined && isKey(met.key)) return met.made;
  const made = fingerprint(hello, bytes);
  if (keyLength > LONGEST_KEY) return made;
  if (known.size >= REMEMBERED) known.delete(known.keys().next().value as number);
  known.set(hash, { key: key.slice(0, keyLength), made });
  return made;
}

/** The same of a ClientHello over QUIC: its first letter tells them apart. */
export const quicJa4 = (hello: ClientHello, bytes: Uint8Array): string => `q${ja4(hello, bytes).slice(1)}`;

/** The bytes of the greeting at hand that its fingerprint is made of; beyond `LONGEST_KEY` they are not worth remembering. */
const key = new Uint8Array(LONGEST_KEY);
let keyLength = 0;

/** Puts them into `key`; returns their hash. */
function readKey(hello: ClientHello, bytes: Uint8Array): number {
  keyLength = 0;
  let hash = add(bytes, hello.randomAt - 2, hello.randomAt, 0);
  hash = add(bytes, hello.suitesAt - 2, hello.suitesEnd, hash);
  for (const { type, at, end } of hello.extensions) {
    const told =
      type === ExtensionType.signatureAlgorithms || type === ExtensionType.supportedVersions || type === ExtensionType.alpn;
    hash = add(bytes, at, told ? end : at + 2, hash);
  }
  return hash;
}

function add(bytes: Uint8Array, at: number, end: number, before: number): number {
  let hash = before;
  for (let i = at; i < end; i++) {
    if (keyLength < LONGEST_KEY) key[keyLength] = bytes[i];
    keyLength++;
    hash = Math.imul(hash ^ bytes[i], 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function isKey(other: Uint8Array): boolean {
  if (other.length !== keyLength) return false;
  for (let i = 0; i < keyLength; i++) if (other[i] !== key[i]) return false;
  return true;
}

function fingerprint(hello: ClientHello, bytes: Uint8Array): string {
  const suites = cipherSuites(bytes, hello).filter(plain);
  const types = hello.extensions.map((extension) => extension.type).filter(plain);
  const offered = supportedVersions(bytes, hello).filter(plain);
  const version = VERSIONS.get(offered.length > 0 ? Math.max(...offered) : hello.legacyVersion) ?? '00';
  const name = types.includes(ExtensionType.serverName) ? 'd' : 'i';
  const hashed = types
    .filter((type) => type !== ExtensionType.serverName && type !== ExtensionType.alpn)
    .map(hex4)
    .sort()
    .join();
  const signatures = signatureAlgorithms(hello, bytes).map(hex4).join();
  const extensions = signatures === '' ? hashed : `${hashed}_${signatures}`;
  const head = `t${version}${name}${two(suites.length)}${two(types.length)}${alpnMark(hello, bytes)}`;
  return `${head}_${short(suites.map(hex4).sort().join())}_${short(types.length === 0 ? '' : extensions)}`;
}

const short = (list: string): string => (list === '' ? NOTHING : hash('sha256', list).slice(0, NOTHING.length));

/** The first value's first and last character; where one is neither letter nor digit, those of its hexadecimal form. */
function alpnMark(hello: ClientHello, bytes: Uint8Array): string {
  const found = hello.extensions.find((extension) => extension.type === ExtensionType.alpn);
  if (found === undefined) return '00';
  const at = found.dataAt + 3;
  const end = at + bytes[at - 1];
  if (at >= end || end > found.end) return '00';
  const text = Buffer.from(bytes.subarray(at, end));
  const ends = String.fromCharCode(text[0], text[text.length - 1]);
  if (/^[a-zA-Z0-9]{2}$/.test(ends)) return ends;
  const hexadecimal = text.toString('hex');
  return hexadecimal[0] + hexadecimal[hexadecimal.length - 1];
}

function signatureAlgorithms(hello: ClientHello, bytes: Uint8Array): number[] {
  const list: number[] = [];
  const found = hello.extensions.find((extension) => extension.type === ExtensionType.signatureAlgorithms);
  if (found === undefined) return list;
  for (let at = found.dataAt + 2; at + 2 <= found.end; at += 2) if (plain(u16(bytes, at))) list.push(u16(bytes, at));
  return list;
}
