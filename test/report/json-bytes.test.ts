import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonBytes } from '../../src/report/json-bytes.ts';

const written = (write: (w: JsonBytes) => void): string => {
  const w = new JsonBytes();
  write(w);
  return Buffer.from(w.bytes.subarray(0, w.length)).toString('utf8');
};

test('any string comes back from JSON.parse, and nothing in it can move a cursor', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const json = written((w) => w.str(text));
      expect(JSON.parse(json)).toBe(text);
      expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
    }),
  );
});

test('strings longer than the buffer, and very many', () => {
  const long = 'ab"\\한'.repeat(200_000);
  expect(JSON.parse(written((w) => w.raw('[').str(long).raw(',').str('x'.repeat(700_000)).raw(']')))).toEqual([
    long,
    'x'.repeat(700_000),
  ]);
});

test('whole numbers', () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(), fc.integer()), (n) => {
      expect(written((w) => w.int(n))).toBe(String(n));
    }),
  );
});

test('durations: nanoseconds as milliseconds, the value that JavaScript would print', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(), fc.maxSafeNat()), (n) => {
      fc.pre(n < 1e15);
      expect(Number(written((w) => w.ms(n)))).toBeCloseTo(n / 1e6, 9);
    }),
  );
  expect(written((w) => w.ms(32_850_000))).toBe('32.85');
  expect(written((w) => w.ms(0))).toBe('0');
  expect(written((w) => w.milliseconds(-1))).toBe('-1');
});

test('times: seconds since 1970 with nine digits, exactly', () => {
  const time = (base: number, ns: number) =>
    written((w) => {
      w.baseSeconds = base;
      w.time(ns);
    });
  expect(time(1_675_839_256, 829_816_001)).toBe('"1675839256.829816001"');
  expect(time(1_675_839_256, 86_400e9 + 1)).toBe('"1675925656.000000001"');
  expect(time(1_675_839_256, -1)).toBe('"1675839255.999999999"');
  expect(time(0, 5)).toBe('"0.000000005"');
  expect(time(99_999_999_999, 0)).toBe('"99999999999.000000000"');
});

test('lists', () => {
  expect(written((w) => w.ints([]).raw(' ').ints([1, 22, 333]).strs(['a', 'b"']))).toBe('[] [1,22,333]["a","b\\""]');
  const many = Array.from({ length: 100_000 }, (_, i) => i);
  expect(JSON.parse(written((w) => w.ints(many)))).toEqual(many);
});
