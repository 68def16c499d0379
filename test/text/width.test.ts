import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safe } from '../../src/text/safe.ts';
import { cut, pad, width } from '../../src/text/width.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['한글', 4],
  ['日本', 4],
  ['Ａ', 2],
  ['ｱ', 1],
  ['→─①', 3],
  ['é', 1],
  ['x\u0302', 1],
  ['ㅋㅋ', 4],
  ['👍', 2],
  ['\u{20000}', 2],
  ['▯', 1],
])('case %#', (text, cells) => expect(width(text)).toBe(cells));

test.each([
  ['abc', 5, 'abc', 'abc  '],
  ['abc', 2, 'ab', 'ab'],
  ['한글', 3, '한', '한 '],
  ['한글', 4, '한글', '한글'],
  ['a한', 2, 'a', 'a '],
  ['x\u0302y', 1, 'x\u0302', 'x\u0302'],
  ['abc', 0, '', ''],
  ['abc', -1, '', ''],
  ['', 2, '', '  '],
])('cut and pad, case %#', (text, cells, short, full) => {
  expect(cut(text, cells)).toBe(short);
  expect(pad(text, cells)).toBe(full);
});

test('pad fills exactly, cut never goes over and never leaves room for a whole character', () => {
  const text = fc.array(fc.constantFrom('a', '한', 'ｶﾞ', 'é', '─', 'Ａ', '\x1b', '👍')).map((parts) => safe(parts.join('')));
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 40 }), (given, cells) => {
      const short = cut(given, cells);
      expect(width(pad(given, cells))).toBe(cells);
      expect(given.startsWith(short)).toBe(true);
      expect(width(short)).toBeLessThanOrEqual(cells);
      if (short !== given) expect(width(short)).toBeGreaterThanOrEqual(cells - 1);
    }),
  );
});
