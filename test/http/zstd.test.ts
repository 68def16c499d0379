import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBody } from '../../src/dissect/http/body.ts';
import { made } from './zstd-vectors.ts';

const unzstd = (bytes: Uint8Array, limit?: number) => decodeBody(bytes, { contentEncoding: 'zstd' }, limit);
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const little = (value: number): Buffer => Buffer.from([value & 255, (value >> 8) & 255, value >> 16]);

/*
 * By hand, after RFC 8878 §3.1.1: the magic number, a descriptor that names neither size nor checksum, the window descriptor
 * (exponent - 10) << 3, then blocks of 3 bytes of header (last, type, size) and their content.
 */
const MAGIC = '28b52ffd';
const frame = (windowExponent: number, ...blocks: Buffer[]): Buffer =>
  Buffer.concat([hex(`${MAGIC} 00`), Buffer.from([(windowExponent - 10) << 3]), ...blocks]);
const block = (last: boolean, type: number, size: number, content: Buffer): Buffer =>
  Buffer.concat([little((size << 3) | (type << 1) | (last ? 1 : 0)), content]);
const raw = (last: boolean, content: string): Buffer => block(last, 0, content.length, Buffer.from(content));
const run = (last: boolean, size: number): Buffer => block(last, 1, size, Buffer.from('z'));

describe.each(made)('$options of $text.length characters', ({ text, bytes }) => {
  const plain = Buffer.from(text);

  test('whole, in chunks, and under another coding', () => {
    const sent = Buffer.from(bytes);
    expect(unzstd(sent)).toEqual({ bytes: expect.anything(), complete: true });
    expect(Buffer.from(unzstd(sent).bytes).equals(plain)).toBe(true);
    expect(sent.equals(bytes)).toBe(true);
    const chunked = Buffer.concat([Buffer.from(`${sent.length.toString(16)}\r\n`), sent, Buffer.from('\r\n0\r\n\r\n')]);
    const body = decodeBody(chunked, { contentEncoding: 'zstd', transferEncoding: 'chunked' });
    expect([body.complete, Buffer.from(body.bytes).equals(plain)]).toEqual([true, true]);
  });

  test('cut anywhere it gives a beginning', () => {
    const lengths = new Set<number>();
    for (let cut = 1; cut < bytes.length; cut += 7) {
      const body = unzstd(bytes.subarray(0, cut));
      expect(body).toMatchObject({ complete: false, problem: 'zstd ends early' });
      expect(plain.subarray(0, body.bytes.length).equals(body.bytes)).toBe(true);
      lengths.add(body.bytes.length);
    }
    // Block by block, of which only the longer text has several.
    expect(lengths.size).toBeGreaterThanOrEqual(plain.length > 128 * 1024 ? 3 : 1);
  });

  test('no more than the limit', () => {
    const body = unzstd(bytes, 5000);
    expect(body).toMatchObject({ complete: false, problem: 'larger than 5000 bytes: only its beginning' });
    expect(plain.subarray(0, 5000).equals(body.bytes)).toBe(true);
  });
});

test('frames follow each other, some to be passed over', () => {
  const skipped = hex('5f2a4d18 05000000 0102030405');
  const body = unzstd(Buffer.concat([frame(17, raw(true, 'one ')), skipped, frame(20, raw(false, 'two '), raw(true, 'three'))]));
  expect([Buffer.from(body.bytes).toString(), body.complete]).toEqual(['one two three', true]);
  expect(unzstd(skipped)).toEqual({ bytes: new Uint8Array(0), complete: true });
  expect(unzstd(skipped.subarray(0, 10))).toMatchObject({ problem: 'zstd ends early' });
});

test('what does not hold together is told, and what comes before it kept', () => {
  const said = (bytes: Buffer) => {
    const body = unzstd(bytes);
    expect(body.complete).toBe(false);
    return [Buffer.from(body.bytes).toString(), body.problem];
  };
  expect(said(Buffer.from('no zstd at all'))).toEqual(['', 'zstd is damaged']);
  expect(said(Buffer.concat([frame(17, raw(true, 'good')), Buffer.from('bad bytes')]))).toEqual(['good', 'zstd is damaged']);
  expect(said(frame(17, raw(false, 'good'), block(true, 3, 1, Buffer.from('x'))))).toEqual(['good', 'zstd is damaged']);
  expect(said(frame(17, raw(false, 'good'), run(true, 128 * 1024 + 1)))).toEqual(['good', 'zstd is damaged']);
  // A size of one byte (single segment) that the content does not have.
  expect(said(Buffer.concat([hex(`${MAGIC} 20 09`), raw(true, 'good')]))).toEqual(['good', 'zstd is damaged']);
  expect(said(Buffer.concat([hex(`${MAGIC} 01 38 07`), raw(true, 'good')]))[1]).toMatch(/dictionary/);
});

describe('hostile bodies', () => {
  test('a bomb stops at the limit', () => {
    const blocks = Array.from({ length: 4000 }, () => run(false, 128 * 1024));
    const bomb = frame(17, ...blocks, run(true, 1));
    expect(bomb.length).toBeLessThan(17_000);
    const body = unzstd(bomb, 1_000_000);
    expect(body).toMatchObject({ complete: false, problem: 'larger than 1000000 bytes: only its beginning' });
    expect(Buffer.alloc(1_000_000, 'z').equals(body.bytes)).toBe(true);
  });

  test('a window larger than a body may ask for is not made', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const exponent of [24, 30, 41])
      expect(unzstd(frame(exponent, raw(true, 'a'))).problem).toMatch(/asks for a window of \d+ bytes/);
    // Eight bytes of size, single segment.
    expect(unzstd(Buffer.concat([hex(`${MAGIC} e0 ffffffffffffff00`), raw(true, 'a')])).problem).toMatch(/window/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
    expect(unzstd(frame(23, raw(true, 'a')))).toMatchObject({ complete: true });
  });

  test('what would be busy for minutes ends', () => {
    // 98,303 sequences of 65,539 bytes each, of codes that need no bits, and not a bit of what they need besides.
    const sequences = block(true, 2, 10, hex('08 41 ffffff 54 00 02 34 01'));
    const started = performance.now();
    expect(unzstd(frame(17, raw(false, 'good'), sequences))).toMatchObject({
      bytes: new Uint8Array(Buffer.from('good')),
      problem: 'zstd takes too long to decode: only its beginning',
    });
    const empty = frame(23, raw(true, ''));
    expect(unzstd(Buffer.concat(Array.from({ length: 200_000 }, () => empty))).complete).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('any change to a body is borne', () => {
    const { bytes, text } = made[3];
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, cut) => {
        const changed = Buffer.from(bytes.subarray(0, cut));
        if (at < cut) changed[at] = value;
        expect(unzstd(changed, 8000).bytes.length).toBeLessThanOrEqual(Math.max(8000, text.length));
      }),
    );
  }, 60_000);
});
