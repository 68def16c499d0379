import { hash } from 'node:crypto';
import { u16 } from '../bytes.ts';
import type { ClientHello } from './handshake.ts';
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
const known = new Map<string, string>();
/** Stands between the lists in a greeting's key; no code of a hello's lists is as large. */
const BETWEEN = 0xffff;

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
  const key = keyOf(hello, bytes);
  const met = key === undefined ? undefined : known.get(key);
  if (met !== undefined) return met;
  const made = fingerprint(hello, bytes);
  if (key === undefined) return made;
  if (known.size >= REMEMBERED) known.delete(known.keys().next().value as string);
  known.set(key, made);
  return made;
}

/** The same of a ClientHello over QUIC: its first letter tells them apart. */
export const quicJa4 = (hello: ClientHello, bytes: Uint8Array): string => `q${ja4(hello, bytes).slice(1)}`;

/** All that the fingerprint is made of, one character a code; undefined where that is not worth remembering. */
function keyOf(hello: ClientHello, bytes: Uint8Array): string | undefined {
  const codes = [hello.legacyVersion, ...hello.cipherSuites, BETWEEN];
  for (const { type, dataAt, end } of hello.extensions) {
    codes.push(type);
    if (type === ExtensionType.signatureAlgorithms) for (let at = dataAt; at + 2 <= end; at += 2) codes.push(u16(bytes, at));
    else if (type === ExtensionType.supportedVersions) for (let at = dataAt; at < end; at++) codes.push(bytes[at]);
    else if (type === ExtensionType.alpn) for (let at = dataAt; at < end; at++) codes.push(bytes[at]);
    codes.push(BETWEEN);
  }
  return codes.length > LONGEST_KEY ? undefined : String.fromCharCode(...codes);
}

function fingerprint(hello: ClientHello, bytes: Uint8Array): string {
  const suites = hello.cipherSuites.filter(plain);
  const types = hello.extensions.map((extension) => extension.type).filter(plain);
  const offered = hello.supportedVersions.filter(plain);
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
