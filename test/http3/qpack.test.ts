import { describe, expect, test } from 'vitest';
import { QPACK_STATIC_COUNT, QPACK_STATIC_NAMES, QPACK_STATIC_VALUES } from '../../src/dissect/http3/static-table.ts';
import { QpackDecoder, Section } from '../../src/dissect/http3/qpack.ts';
import { fromHex } from '../frames.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', ''));

function table(capacity = 220): QpackDecoder {
  const decoder = new QpackDecoder(() => true);
  decoder.allow(capacity);
  return decoder;
}

function read(decoder: QpackDecoder, hex: string, force = false): [number, ...string[]] {
  const fields: string[] = [];
  const section = bytes(hex);
  const result = decoder.decode(section, 0, section.length, { field: (name, value) => fields.push(`${name}: ${value}`) }, force);
  return [result, ...fields];
}

function tell(decoder: QpackDecoder, hex: string): boolean {
  const instructions = bytes(hex);
  return decoder.instructions(instructions, 0, instructions.length);
}

const AUTHORITY = 'c00f 7777 772e 6578 616d 706c 652e 636f 6d';
const PATH = 'c10c 2f73 616d 706c 652f 7061 7468';
const CUSTOM = '4a63 7573 746f 6d2d 6b65 790c 6375 7374 6f6d 2d76 616c 7565';

describe('RFC 9204 appendix B', () => {
  const decoder = table();

  test('B.1: a literal with a name of the static table', () => {
    expect(read(decoder, '0000 510b 2f69 6e64 6578 2e68 746d 6c')).toEqual([Section.read, ':path: /index.html']);
  });

  test('B.2: the section waits for its entries', () => {
    expect(read(decoder, '0381 10 11')).toEqual([Section.blocked]);
    expect(tell(decoder, `3fbd01 ${AUTHORITY} ${PATH}`)).toBe(true);
    expect([decoder.inserted, decoder.tableSize]).toEqual([2, 106]);
    expect(read(decoder, '0381 10 11')).toEqual([Section.read, ':authority: www.example.com', ':path: /sample/path']);
  });

  test('B.3: an insert that nobody waits for', () => {
    tell(decoder, CUSTOM);
    expect([decoder.inserted, decoder.tableSize]).toEqual([3, 160]);
  });

  test('B.4: a duplicate, and indexes relative to the base', () => {
    tell(decoder, '02');
    expect([decoder.inserted, decoder.tableSize]).toEqual([4, 217]);
    expect(read(decoder, '0500 80 c1 81')).toEqual([
      Section.read,
      ':authority: www.example.com',
      ':path: /',
      'custom-key: custom-value',
    ]);
  });

  test('B.5: an insert evicts the oldest', () => {
    tell(decoder, '810d 6375 7374 6f6d 2d76 616c 7565 32');
    expect([decoder.inserted, decoder.count, decoder.tableSize]).toEqual([5, 4, 215]);
  });
});

describe('what was not seen', () => {
  test('a hole in the encoder stream: fields of the table are unknown, others are known', () => {
    const decoder = table();
    tell(decoder, `3fbd01 ${AUTHORITY}`);
    decoder.lose();
    expect(read(decoder, '0381 10 c1')).toEqual([Section.read, 'undefined: undefined', ':path: /']);
    tell(decoder, PATH);
    expect(read(decoder, '0381 11')).toEqual([Section.read, 'undefined: undefined']);
  });

  test('an entry that never comes', () => {
    expect(read(table(), '0300 80 c1', true)).toEqual([Section.read, 'undefined: undefined', ':path: /']);
  });

  test('instructions in pieces of one byte', () => {
    const decoder = table();
    for (const byte of bytes(`3fbd01 ${AUTHORITY} ${PATH} ${CUSTOM} 02`)) decoder.instructions(Uint8Array.of(byte), 0, 1);
    expect([decoder.inserted, decoder.tableSize]).toEqual([4, 217]);
  });

  test('a budget without room: numbers go on, and the entry is unknown', () => {
    let room = 1;
    const decoder = new QpackDecoder(() => true, { take: () => room-- > 0, give: () => {} });
    decoder.allow(220);
    tell(decoder, `3fbd01 ${AUTHORITY} ${PATH}`);
    expect(decoder.inserted).toBe(2);
    expect(read(decoder, '0381 10')).toEqual([Section.read, 'undefined: undefined']);
  });
});

test('the required insert count wraps (RFC 9204 §4.5.1.1)', () => {
  const decoder = table(100);
  tell(decoder, '3f45');
  for (let i = 0; i < 10; i++) tell(decoder, '4161 0162');
  expect(decoder.inserted).toBe(10);
  // Three entries at most, so numbers are told modulo six: 9 is 9 mod 6 + 1 = 4.
  expect(decoder.prefix(bytes('0400'), 0, 2).slice(0, 2)).toEqual([9, 9]);
  expect(decoder.prefix(bytes('0500'), 0, 2)[0]).toBe(10);
});

test('any bytes are borne', () => {
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 0x7fffffff);
  const decoder = table(4096);
  for (let i = 0; i < 20_000; i++) {
    const garbage = Uint8Array.from({ length: 1 + (random() % 40) }, () => random() & 255);
    if (i % 3 === 0) decoder.instructions(garbage, 0, garbage.length);
    decoder.decode(garbage, 0, garbage.length, { field: () => {} }, i % 2 === 0);
    expect(decoder.tableSize).toBeLessThanOrEqual(128 * 1024);
  }
});

test('the static table', () => {
  expect(QPACK_STATIC_COUNT).toBe(99);
  const entries = [0, 1, 25, 29, 52, 58, 63, 77, 85, 98].map((i) => `${QPACK_STATIC_NAMES[i]}=${QPACK_STATIC_VALUES[i]}`);
  expect(entries).toEqual([
    ':authority=',
    ':path=/',
    ':status=200',
    'accept=*/*',
    'content-type=text/html; charset=utf-8',
    'strict-transport-security=max-age=31536000; includesubdomains; preload',
    ':status=100',
    'access-control-allow-methods=get, post, options',
    "content-security-policy=script-src 'none'; object-src 'none'; base-uri 'none'",
    'x-frame-options=sameorigin',
  ]);
});
