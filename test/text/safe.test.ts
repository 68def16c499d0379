import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safe } from '../../src/text/safe.ts';
import { width } from '../../src/text/width.ts';

/** What no output may ever see: controls, formats, surrogates, private use, separators, what hides or reorders. */
const FORBIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{M}\p{Variation_Selector}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u00a0\u2000-\u200a\u2800\u202f\u205f\u1680]/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

describe('safe', () => {
  test('every code point comes out visible, one or two cells a grapheme, composed, and stable', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const out = safe(String.fromCodePoint(code));
      if (out === '▯' || /^(\\[tnr]|\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\})$/.test(out)) continue;
      if (FORBIDDEN.test(out)) expect.fail(`U+${code.toString(16)} comes out as ${JSON.stringify(out)}`);
      const cells = width(out);
      if (out.length !== 1 || (cells !== 1 && cells !== 2)) expect.fail(`U+${code.toString(16)}: ${out}, ${cells} cells`);
      if (out.normalize('NFC') !== out || safe(out) !== out) expect.fail(`U+${code.toString(16)} is not stable: ${out}`);
    }
  }, 60_000);

  test('every code point behind and before letters keeps neighbours and cells', () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 || (code >= 0xd700 && code < 0xe100) ? 1 : 7) {
      const out = safe(`a${String.fromCodePoint(code)}가`);
      if (FORBIDDEN.test(out)) expect.fail(`U+${code.toString(16)} comes out as ${JSON.stringify(out)}`);
      for (const { segment } of segmenter.segment(out)) {
        const cells = width(segment);
        // The half-width voiced sound marks have a cell of their own.
        if (cells !== 1 && cells !== 2)
          expect.fail(`${JSON.stringify(segment)} after U+${code.toString(16)} takes ${cells} cells`);
      }
    }
  }, 60_000);

  test.each([
    ['plain text, with Hangul 한글 and ASCII', 'plain text, with Hangul 한글 and ASCII'],
    ['\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07'],
    ['\x9b31m', '\\x9b31m'],
    ['a\x7fb', 'a\\x7fb'],
    ['a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['user\u202etxt.exe', 'user\\u{202e}txt.exe'],
    ['pay\u200bpal', 'pay\\u{200b}pal'],
    ['a\u2028b', 'a\\u{2028}b'],
    ['a\u00a0b', 'a\\xa0b'],
    ['x\ud800y', 'x\\u{d800}y'],
    ['\ue000', '\\u{e000}'],
    ['a\ufe0f', 'a\\u{fe0f}'],
    ['e\u0301', 'é'],
    ['한'.normalize('NFD'), '한'],
    ['x\u0302y', '▯y'],
    ['\u0301', '▯'],
    ['👨‍👩‍👧 ❤️ 🇰🇷', '▯ ▯ ▯'],
    ['مرحبا', '▯▯▯▯▯'],
    ['日本語、カナ、ㅋㅋ、ＡＢ', '日本語、カナ、ㅋㅋ、ＡＢ'],
    ['Ω → ─ ① Привет', 'Ω → ─ ① Привет'],
    ['\u212b', 'Å'],
    ['', ''],
  ])('case %#', (given, wanted) => expect(safe(given)).toBe(wanted));

  test('any text comes out harmless and stable', () => {
    const unit = fc.oneof(
      fc.constantFrom('\x1b', '\u0301', '\u200d', '한', '\u1161', '\u11a8', '❤️', '\udc00', 'a'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        const out = safe(parts.join(''));
        return !FORBIDDEN.test(out) && safe(out) === out;
      }),
    );
  });

  test('long runs of marks, flags and controls take linear time', () => {
    const work = (n: number): number => {
      const texts = [`a${'\u0301\u0316'.repeat(n)}`, '🇰'.repeat(n), '\x1b'.repeat(n), '한\u1161'.repeat(n), '👨\u200d'.repeat(n)];
      const start = process.cpuUsage();
      for (const text of texts) safe(text);
      return process.cpuUsage(start).user;
    };
    // Eight times as much: 8 times the work, 64 times if it were quadratic. The best of a few, warmed up, for a busy machine.
    const best = (n: number): number => Math.min(...Array.from({ length: 4 }, () => work(n)));
    best(2000);
    expect(best(64_000)).toBeLessThan(30 * best(8000));
  });
});
