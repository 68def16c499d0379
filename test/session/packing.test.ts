import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packing } from '../../src/session/packing.ts';

const through = (...values: unknown[]): unknown[] => {
  const packing = new Packing(32);
  const places = values.map((value) => {
    const { at } = packing;
    packing.put(value);
    return at;
  });
  return places.map((at) => packing.take(packing.bytes, at).value());
};

test('every value of JSON comes back as JSON gives it back', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      expect(through(...values)).toEqual(JSON.parse(JSON.stringify(values)));
    }),
  );
});

test('numbers of every size, text of every length', () => {
  const numbers = [
    0,
    1,
    239,
    240,
    255,
    256,
    65535,
    65536,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    1.5e13,
    2 ** 48 - 1,
    2 ** 48,
    2 ** 53 - 1,
  ];
  const all = [...numbers, ...numbers.map((n) => -n - 1), 0.759, -1, 1e300, Number.MIN_VALUE];
  expect(through(...all)).toEqual(all);
  const texts = [
    '',
    'a',
    'x'.repeat(255),
    'x'.repeat(256),
    '한'.repeat(255),
    `${'x'.repeat(254)}é`,
    'y'.repeat(100_000),
    '\ud800',
    '\0\x7f',
  ];
  expect(through(...texts)).toEqual(texts.map((text) => Buffer.from(text).toString()));
  const lists = [[], new Array(255).fill(7), new Array(256).fill('x'), new Array(70_000).fill(0.5)];
  expect(through(...lists)).toEqual(lists);
});

test('keys without a value are left out, keys in another order are another shape', () => {
  const records = [{ a: 1, b: undefined, c: 2 }, { a: 1, c: 3 }, { c: 1, a: 2 }, {}, { a: undefined }, { a: { a: { a: null } } }];
  expect(through(...records).map((each) => JSON.stringify(each))).toEqual(records.map((each) => JSON.stringify(each)));
});

test('a name that assignment would take for the prototype is a key like any other, and more shapes and keys than are known come back', () => {
  const odd = JSON.parse('{"a":1,"__proto__":{"b":2}}');
  expect(JSON.stringify(through(odd)[0])).toBe('{"a":1,"__proto__":{"b":2}}');
  const packing = new Packing(1 << 16);
  for (let n = 0; n < 10_000; n++) packing.put({ [`key${n}`]: n });
  const { at } = packing;
  packing.put({ key1: 'known', of: { unknown: 'kind' } });
  packing.put({ key2: 3 });
  const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, n]));
  expect(through(wide)).toEqual([wide]);
  expect(packing.take(packing.bytes, at).value()).toEqual({ key1: 'known', of: { unknown: 'kind' } });
});
