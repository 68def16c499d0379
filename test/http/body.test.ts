import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBody } from '../../src/dissect/http/body.ts';
import { dechunk } from '../../src/dissect/http/chunks.ts';

const text = Array.from({ length: 4000 }, (_, i) => `line ${i}: 요청 ${i * 7919}\n`).join('');
const plain = Buffer.from(text);
const chunk = (bytes: Buffer, size: number): Buffer => {
  const out: Buffer[] = [];
  for (let i = 0; i < bytes.length; i += size) {
    const piece = bytes.subarray(i, i + size);
    out.push(Buffer.from(`${piece.length.toString(16)};x=1\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...out, Buffer.from('0\r\nTrailer: t\r\n\r\n')]);
};

const codings: [string, Buffer][] = [
  ['gzip', gzipSync(plain)],
  ['x-gzip', gzipSync(plain)],
  ['deflate', deflateSync(plain)],
  ['deflate', deflateRawSync(plain)],
  ['br', brotliCompressSync(plain)],
  ['gzip, br', brotliCompressSync(gzipSync(plain))],
  ['identity', plain],
];

describe.each(codings)('%s', (contentEncoding, coded) => {
  test('whole, and in chunks', () => {
    expect(decodeBody(coded, { contentEncoding })).toEqual({ bytes: expect.anything(), complete: true });
    expect(Buffer.from(decodeBody(coded, { contentEncoding }).bytes).equals(plain)).toBe(true);
    const body = decodeBody(chunk(coded, 1000), { contentEncoding, transferEncoding: 'chunked' });
    expect([body.complete, Buffer.from(body.bytes).equals(plain)]).toEqual([true, true]);
  });

  test('half of it gives a beginning', () => {
    for (const transferEncoding of ['chunked', undefined]) {
      const sent = transferEncoding === undefined ? coded : chunk(coded, 700);
      const body = decodeBody(sent.subarray(0, sent.length >> 1), { contentEncoding, transferEncoding });
      const bytes = Buffer.from(body.bytes);
      expect(plain.subarray(0, bytes.length).equals(bytes)).toBe(true);
      expect(bytes.length).toBeGreaterThan(1000);
      if (contentEncoding !== 'identity' || transferEncoding !== undefined) {
        expect(body.complete).toBe(false);
        expect(body.problem).toMatch(/ends? early/);
      }
    }
  });

  test('no more than the limit', () => {
    const body = decodeBody(coded, { contentEncoding }, 10_000);
    expect(body.complete).toBe(false);
    expect(body.bytes.length).toBeLessThanOrEqual(10_000);
    expect(body.problem).toMatch(/10000/);
    // With one coding over the other the inner one is what passes the limit first.
    if (!contentEncoding.includes(',')) expect(body.bytes.length).toBeGreaterThan(1000);
  });
});

test('a damaged body gives what comes before the damage', () => {
  const coded = gzipSync(plain);
  const middle = coded.length >> 1;
  coded.fill(0xff, middle, middle + 20);
  const body = decodeBody(coded, { contentEncoding: 'gzip' });
  expect(body).toMatchObject({ complete: false, problem: 'gzip is damaged' });
  expect(body.bytes.length).toBeGreaterThan(1000);
  const common = Math.min(body.bytes.length, plain.length >> 2);
  expect(Buffer.from(body.bytes.subarray(0, common)).equals(plain.subarray(0, common))).toBe(true);
  expect(decodeBody(Buffer.from('no gzip at all'), { contentEncoding: 'gzip' })).toMatchObject({
    complete: false,
    problem: 'gzip is damaged',
  });
});

test('a bomb stops at the limit', () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(200_000_000)));
  const body = decodeBody(bomb, { contentEncoding: 'gzip, gzip' }, 1_000_000);
  expect(body).toMatchObject({ complete: false });
  expect(body.bytes.length).toBeLessThanOrEqual(1_000_000);
  expect(body.bytes.length).toBeGreaterThan(100_000);
  expect(decodeBody(bomb, { contentEncoding: Array(50).fill('gzip').join() })).toMatchObject({
    complete: false,
    problem: '50 codings on one body',
  });
});

test('what is not decoded says so', () => {
  const bytes = Buffer.from('abc');
  expect(decodeBody(bytes, { contentEncoding: 'x-own' })).toMatchObject({
    bytes,
    complete: false,
    problem: /unknown coding "x-own"/,
  });
  expect(decodeBody(Buffer.alloc(0), { contentEncoding: 'gzip' })).toEqual({ bytes: Buffer.alloc(0), complete: true });
  expect(decodeBody(bytes, {})).toEqual({ bytes, complete: true });
});

test.each([
  ['4\r\nWiki\r\n7\npedia i\n0a \r\nn \r\nchunks\r\n0\r\n\r\n', 'Wikipedia in \r\nchunks', true, undefined],
  ['3\r\nab', 'ab', false, 'chunks end early'],
  ['3\r\nabc', 'abc', false, 'chunks end early'],
  ['3\r\nabcd', 'abc', false, 'no line end behind the chunk at byte 6 of the body'],
  ['3', '', false, 'chunks end early'],
  ['x\r\n', '', false, 'no chunk size at byte 0 of the body'],
  ['ffffffffffffffffffff\r\nabc', 'abc', false, 'chunks end early'],
  ['0\r\n', '', true, undefined],
  ['', '', false, 'chunks end early'],
])('chunks %j', (sent, wanted, complete, problem) => {
  const body = dechunk(Buffer.from(sent, 'latin1'));
  expect([Buffer.from(body.bytes).toString('latin1'), body.complete, body.problem]).toEqual([wanted, complete, problem]);
});

test('any bytes under any coding are borne, within the limit', () => {
  const coding = fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'identity', 'gzip, deflate', '');
  const sent = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.constantFrom(...codings.map(([, bytes]) => bytes.subarray(0, 600))), fc.nat(599), fc.nat(255))
      .map(([bytes, at, value]) => {
        const changed = Buffer.from(bytes);
        changed[at % changed.length] = value;
        return changed;
      }),
  );
  fc.assert(
    fc.property(sent, coding, fc.constantFrom('chunked', undefined), (bytes, contentEncoding, transferEncoding) => {
      expect(decodeBody(bytes, { contentEncoding, transferEncoding }, 5000).bytes.length).toBeLessThanOrEqual(5000);
    }),
  );
});
