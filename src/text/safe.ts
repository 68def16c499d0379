/**
 * Characters that are shown as they are: each has a shape and a width that terminals agree on, none combines with its
 * neighbours, changes under NFC, controls anything or hides. All in the Basic Multilingual Plane.
 */
const KNOWN = [
  '\\x20-\\x7e', // ASCII
  '\\xa1-\\xac\\xae-\\u02ff', // Latin, phonetic and spacing modifier letters, without the soft hyphen
  '\\u0370-\\u0373\\u0375-\\u0377\\u037a-\\u037d\\u037f\\u0384-\\u0386\\u0388-\\u038a\\u038c\\u038e-\\u03a1\\u03a3-\\u03ff', // Greek
  '\\u0400-\\u0482\\u048a-\\u052f', // Cyrillic
  '\\u1e00-\\u1eff', // Latin with marks
  '\\u2010-\\u2027\\u2030-\\u205e', // general punctuation, without spaces and formats
  '\\u2070-\\u2071\\u2074-\\u208e\\u2090-\\u209c\\u20a0-\\u20c0', // raised and lowered figures, currencies
  '\\u2100-\\u2125\\u2127-\\u2129\\u212c-\\u218b', // letter-like, fractions
  '\\u2190-\\u22ff', // arrows, mathematics
  '\\u2460-\\u25fc\\u25ff\\u2605-\\u2606\\u2713\\u2717', // circled figures, box drawing, blocks, shapes, stars, ticks
  '\\u3000-\\u3029\\u3030-\\u303e\\u3041-\\u3096\\u309b-\\u30ff', // CJK punctuation, kana
  '\\u3105-\\u312f\\u3131-\\u3163\\u3165-\\u318e\\u3190-\\u31e3\\u31f0-\\u321e\\u3220-\\u3247\\u3250-\\u4dbf', // and what goes with it
  '\\u4e00-\\u9fff\\uac00-\\ud7a3', // Han, Hangul syllables
  '\\uff01-\\uff9f\\uffa1-\\uffbe\\uffc2-\\uffc7\\uffca-\\uffcf\\uffd2-\\uffd7\\uffda-\\uffdc\\uffe0-\\uffe6\\uffe8-\\uffee\\ufffd', // full and half width
].join('');

const PLAIN = new RegExp(`^[${KNOWN}]*$`);
const IS_KNOWN = new RegExp(`^[${KNOWN}]$`);
// What may be one grapheme with its base. In pieces: both normalising and segmenting take the square of a run's length.
const STRANGE = new RegExp(`[${KNOWN}]?[^${KNOWN}]{1,48}`, 'gu');

/** Nothing to see, or an effect on the text around it: these are shown by number. */
const HIDDEN = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zs}\p{Zl}\p{Zp}\p{Variation_Selector}\p{Default_Ignorable_Code_Point}\u2800]$/u;

/** Stands for a character that is not shown. */
const BOX = '▯';

const NAMED: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Makes captured text harmless for every output, terminal or file: what controls, formats, reorders or hides comes out as a
 * visible escape (`\x1b`, `\u{202e}`), every other character or emoji outside the known ranges as one `▯`, the rest in
 * Unicode's composed form. The result is one line and stays as it is when made harmless again.
 */
export function safe(text: string): string {
  return PLAIN.test(text) ? text : text.replace(STRANGE, harmless);
}

let segmenter: Intl.Segmenter | undefined;

function harmless(piece: string): string {
  const text = piece.normalize('NFC');
  if (text.length === 1 || (text.length === 2 && (text.codePointAt(0) as number) > 0xffff)) return grapheme(text);
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let out = '';
  for (const { segment } of segmenter.segment(text)) out += grapheme(segment);
  return out;
}

function grapheme(text: string): string {
  let out = '';
  for (const c of text) {
    if (IS_KNOWN.test(c)) out += c;
    else if (HIDDEN.test(c)) out += numbered(c);
    else return BOX;
  }
  return out;
}

function numbered(c: string): string {
  const code = c.codePointAt(0) as number;
  return NAMED[c] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`);
}
