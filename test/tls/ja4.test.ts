import { expect, test } from 'vitest';
import { parseClientHello } from '../../src/dissect/tls/handshake.ts';
import { ja4 } from '../../src/dissect/tls/ja4.ts';
import { be16, join, text, u8 } from '../frames.ts';
import * as b from './build.ts';

const hello = (parts: b.HelloParts): string => {
  const bytes = b.clientHello(parts);
  return ja4(parseClientHello(bytes, 0, bytes.length), bytes);
};
const codes = (list: string): number[] => list.split(',').map((code) => Number.parseInt(code, 16));
const signatures = (list: string): Uint8Array => b.extension(13, b.sized16(...codes(list).map(be16)));

/** Chrome 143 as a fingerprint service shows it: in its own order, with GREASE where Chrome puts it. */
const CHROME = {
  suites: '1a1a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035',
  extensions: '2a2a,002d,0033,0010,fe0d,0017,44cd,0000,000b,000a,002b,ff01,0023,0012,0005,000d,001b,3a3a',
  signatures: '0403,0804,0401,0503,0805,0501,0806,0601',
};

test('the fingerprint that others give for a browser', () => {
  const extensions = codes(CHROME.extensions).map((type) => {
    if (type === 0) return b.serverName('tls.example.test');
    if (type === 0x10) return b.alpn('h2', 'http/1.1');
    if (type === 0x2b) return b.versions(0x4a4a, 0x0304, 0x0303);
    if (type === 0x0d) return signatures(CHROME.signatures);
    return b.extension(type);
  });
  expect(hello({ suites: codes(CHROME.suites), extensions })).toBe('t13d1516h2_8daaf6152771_d8a2da3f94cd');
});

test('no name, no ALPN, no extension at all', () => {
  expect(hello({ version: 0x0301, suites: [0x002f] })).toMatch(/^t10i010000_[0-9a-f]{12}_000000000000$/);
  expect(hello({ suites: [], extensions: [] })).toBe('t12i000000_000000000000_000000000000');
});

test('an ALPN value that ends with no letter is told in hexadecimal', () => {
  const odd = b.extension(16, b.sized16(b.sized8(join(u8(0xab), text('b'), u8(0xcd)))));
  expect(hello({ extensions: [odd] }).slice(0, 10)).toBe('t12i0201ad');
});

test('greetings that differ in one thing that counts are told apart, met before or not; those that differ in anything else are one', () => {
  const offer = (alpn: string, version: number, signature: string, name = 'a.example'): Uint8Array[] => [
    b.serverName(name),
    b.alpn(alpn),
    b.versions(version),
    signatures(signature),
  ];
  const parts: b.HelloParts[] = [
    { suites: [0x1301, 0x1302], extensions: offer('h2', 0x0304, '0403,0804') },
    { suites: [0x1301, 0x1303], extensions: offer('h2', 0x0304, '0403,0804') },
    { suites: [0x1301, 0x1302], extensions: offer('h3', 0x0304, '0403,0804') },
    { suites: [0x1301, 0x1302], extensions: offer('h2', 0x0303, '0403,0804') },
    { suites: [0x1301, 0x1302], extensions: offer('h2', 0x0304, '0804,0403') },
    { suites: [0x1301, 0x1302], extensions: [...offer('h2', 0x0304, '0403,0804'), b.extension(0x23)] },
  ];
  const first = parts.map(hello);
  expect(new Set(first).size).toBe(parts.length);
  expect(parts.map(hello)).toEqual(first);
  expect(hello({ suites: [0x1301, 0x1302], extensions: offer('h2', 0x0304, '0403,0804', 'other.example') })).toBe(first[0]);
});
