import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Section } from '../../src/report/section.ts';

const drained = (section: Section): string[] => {
  const found: string[] = [];
  section.drain((record, n) => {
    expect(n).toBe(found.length);
    found.push(Buffer.from(record).toString('latin1'));
  });
  return found;
};

test('records leave by their keys, those of one key as they came, whether they fit in memory or not', () => {
  const record = fc.record({ order: fc.double({ noNaN: true, min: -5, max: 5 }), length: fc.integer({ min: 0, max: 300 }) });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), fc.integer({ min: 1, max: 2000 }), (list, memory) => {
      const section = new Section(memory);
      const texts = list.map(({ length }, i) => `${i}:${'x'.repeat(length)}`);
      list.forEach(({ order }, i) => {
        section.add(order, Buffer.from(texts[i]));
      });
      // `sort` is stable.
      const expected = texts.map((text, i) => ({ text, order: list[i].order })).sort((a, b) => a.order - b.order);
      expect(drained(section)).toEqual(expected.map(({ text }) => text));
      section.add(1, Buffer.from('again'));
      expect(drained(section)).toEqual(['again']);
    }),
    { numRuns: 300 },
  );
});

test('a record’s bytes may change once it is added, and a record may be larger than all the memory', () => {
  const section = new Section(100);
  const bytes = new Uint8Array(50_000).fill(0x61);
  section.add(2, bytes);
  bytes.fill(0x62);
  section.add(1, bytes.subarray(0, 10));
  expect(drained(section)).toEqual(['b'.repeat(10), 'a'.repeat(50_000)]);
});
