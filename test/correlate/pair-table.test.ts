import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PairTable } from '../../src/correlate/pair-table.ts';

test('like a map of pairs, as long as fewer than its limit are in it', () => {
  const text = fc.constantFrom('', 'a', 'b', 'ab', '10.0.0.1', 'www.example.com', 'é', '한글');
  const steps = fc.array(fc.tuple(fc.constantFrom('set', 'put', 'delete', 'find'), text, text, fc.nat()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (list) => {
      const table = new PairTable(64, 2);
      const map = new Map<string, number>();
      for (const [what, a, b, n] of list) {
        const key = JSON.stringify([a, b]);
        expect(table.find(a, b)).toBe(map.has(key));
        if (what === 'set') table.set(a, b, n, n >>> 1);
        // Without a hash in between: the pair that was asked for last.
        if (what === 'put') table.put(n, n >>> 1);
        if (what === 'delete') table.delete(a, b);
        if (what === 'delete') map.delete(key);
        else if (what !== 'find') map.set(key, n);
        const value = map.get(key);
        expect(table.find(a, b)).toBe(value !== undefined);
        if (value !== undefined) expect([...table.value.slice(0, 2)]).toEqual([value, value >>> 1]);
      }
    }),
  );
});

test('it holds the newest, and forgets at most what is older than its limit', () => {
  const table = new PairTable(16, 1);
  for (let i = 0; i < 1000; i++) {
    table.set('client', `url ${i}`, i);
    for (let back = 0; back < 16 && back <= i; back++) {
      expect(table.find('client', `url ${i - back}`)).toBe(true);
      expect(table.value[0]).toBe(i - back);
    }
    if (i >= 32) expect(table.find('client', `url ${i - 32}`)).toBe(false);
  }
});

test('the pair that a table of the same hashes was asked for is set without another hash', () => {
  const asked = new PairTable(16, 1);
  const table = new PairTable(16, 2, asked);
  asked.find('client', 'url');
  table.find('client', 'another url');
  table.putAs(asked, 3, 4);
  expect(table.find('client', 'another url')).toBe(false);
  expect(table.find('client', 'url')).toBe(true);
  expect([...table.value.slice(0, 2)]).toEqual([3, 4]);
});
