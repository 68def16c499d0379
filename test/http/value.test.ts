import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usualText, valueText } from '../../src/dissect/http/value.ts';

test('a usual value is the same text, met before or not, among whatever others', () => {
  const value = fc.oneof(
    fc.constantFrom('', '*/*', 'OK', 'text/html', 'text/htmm', 'www.example.com'),
    fc.string({ unit: fc.constantFrom('a', 'b', ':', 'é'), maxLength: 80 }),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.nat(3), fc.nat(5), (values, before, behind) => {
      for (const each of [...values, ...values]) {
        const bytes = Buffer.from(`${'x'.repeat(before)}${each}${'x'.repeat(behind)}`);
        const [at, end] = [before, bytes.length - behind];
        expect(usualText(bytes, at, end, !each.includes('é'))).toBe(each);
        expect(valueText(bytes, at, end)).toBe(each);
      }
    }),
  );
});

test('many values of one kind do not mix', () => {
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < 5_000; i++) {
      const text = `img${i}.site${i % 977}.example`;
      expect(usualText(Buffer.from(`${text}/abc`), 0, text.length, true)).toBe(text);
    }
});
