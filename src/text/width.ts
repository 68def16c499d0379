const ASCII = /^[\x20-\x7e]*$/;
/** Drawn over the character before, or not at all. */
const NO_CELL = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
/** Unicode's East Asian Width W and F, and what is shown as an emoji. */
const TWO_CELLS =
  /^[\u1100-\u115f\u231a\u231b\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]$/u;

/** Cells that one character takes in a terminal: 0, 1 or 2. Where terminals differ (ambiguous width) it is 1. */
function cellsOf(c: string, code: number): number {
  if (code < 0x300) return code >= 0x20 && (code < 0x7f || code >= 0xa0) && code !== 0xad ? 1 : 0;
  if (code >= 0xac00 && code <= 0xd7a3) return 2;
  if (NO_CELL.test(c)) return 0;
  return TWO_CELLS.test(c) ? 2 : 1;
}

/** Terminal cells of a text that `safe` has seen: Hangul, Han, kana and full-width forms take two, combining marks none. */
export function width(text: string): number {
  if (ASCII.test(text)) return text.length;
  let cells = 0;
  for (const c of text) cells += cellsOf(c, c.codePointAt(0) as number);
  return cells;
}

/** As much of the text's beginning as fits; one cell less where a wide character would be cut in half. */
export function cut(text: string, cells: number): string {
  if (cells <= 0) return '';
  if (text.length <= cells && ASCII.test(text)) return text;
  let used = 0;
  let at = 0;
  for (const c of text) {
    used += cellsOf(c, c.codePointAt(0) as number);
    if (used > cells) break;
    at += c.length;
  }
  return text.slice(0, at);
}

/** The text in exactly `cells` cells: cut or filled with spaces at its end. */
export function pad(text: string, cells: number): string {
  const shown = cut(text, cells);
  return shown + ' '.repeat(Math.max(0, cells - width(shown)));
}
