import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatternError, pattern } from '../../src/filter/regex.ts';

const found = (text: string, subject: string): boolean => pattern(text)(subject);

describe('a pattern', () => {
  // JavaScript's own expressions are the oracle.
  const atom = fc.constantFrom(
    'a',
    'b',
    'B',
    '.',
    '\\d',
    '\\W',
    '[ab]',
    '[^a]',
    '[A-C]',
    '(?:ab)',
    '(a|b)',
    '1',
    '\\.',
    '\\b',
    '^',
    '$',
    '|',
    'é',
  );
  const sign = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?');
  const made = fc
    .array(fc.tuple(atom, sign), { maxLength: 6 })
    .map((list) => list.map(([a, s]) => (/^[$^|]$|^\\b$/.test(a) ? a : a + s)).join(''));
  test('finds what JavaScript finds, in any case', () => {
    fc.assert(
      fc.property(made, fc.string({ unit: fc.constantFrom(...'abAB1.é -'), maxLength: 8 }), (text, subject) => {
        expect([text, subject, found(text, subject)]).toEqual([text, subject, new RegExp(text, 'i').test(subject)]);
      }),
      { numRuns: 2000 },
    );
  });
  test.each(['(a+)+$', '(a|a)*b', '(.*)*x', '(a*)*b', 'a*a*a*a*a*a*a*a*b', '(?:a?){30}a{30}b'])(
    '%s takes no more than linear time',
    (text) => {
      const ask = pattern(text);
      const started = performance.now();
      ask('a'.repeat(20_000));
      expect(performance.now() - started).toBeLessThan(3000);
    },
  );
  test.each([
    ['a(b', 1],
    ['[ab', 0],
    ['a)', 1],
    ['*a', 0],
    ['(?=a)', 0],
    ['(a)\\1', 3],
    ['a{600}', 1],
    ['[b-a]', 1],
    ['a\\', 1],
    ['(a{400}){400}', 0],
    ['('.repeat(60), 50],
  ])('%s is refused at its place', (text, at) => {
    expect(() => pattern(text)).toThrow(PatternError);
    try {
      pattern(text);
    } catch (error) {
      expect((error as PatternError).at).toBe(at);
    }
  });
});
