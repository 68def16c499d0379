import type { StageKind } from '../correlate/model.ts';
import { safe } from '../text/safe.ts';
import { cut, width } from '../text/width.ts';

export { wrap } from '../text/wrap.ts';

import type { Glyphs } from './glyphs.ts';

/** How a piece of text looks, by what it means; `theme.ts` turns it into colours. */
export type Style =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'head'
  | 'title'
  | 'tab'
  | 'selected'
  | 'bad'
  | 'warn'
  | 'lit'
  | 'key'
  | 'tab-key'
  | `bar-${StageKind}`;

export interface Span {
  text: string;
  style: Style;
}
export type Line = Span[];

export const span = (text: string, style: Style = 'plain'): Span => ({ text, style });
export const BLANK: Line = [];

export function lineWidth(line: Line): number {
  let cells = 0;
  for (const s of line) cells += width(s.text);
  return cells;
}

/** Captured text, or the program's own words, in exactly `cells` cells: made harmless, cut with a mark, filled with spaces. */
export function cell(text: string, cells: number, glyphs: Glyphs, align: 'left' | 'right' | 'middle' = 'left'): string {
  if (cells <= 0) return '';
  let shown = safe(text);
  let used = width(shown);
  if (used > cells) {
    shown =
      align === 'middle' ? cutMiddle(shown, cells, glyphs) : cells === 1 ? glyphs.more : cut(shown, cells - 1) + glyphs.more;
    used = width(shown);
  }
  const space = ' '.repeat(cells - used);
  return align === 'right' ? space + shown : shown + space;
}

/** Keeps both ends: of an IPv6 address the network and the host. */
function cutMiddle(text: string, cells: number, glyphs: Glyphs): string {
  const head = cut(text, Math.ceil((cells - 1) / 2));
  let tail = '';
  const characters = [...text];
  for (let i = characters.length - 1; i >= 0; i--) {
    if (width(head) + 1 + width(characters[i] + tail) > cells) break;
    tail = characters[i] + tail;
  }
  return head + glyphs.more + tail;
}

/** The cells `from` … `to` of a line. A wide character cut in half becomes a space. */
export function slice(line: Line, from: number, to: number): Line {
  const out: Line = [];
  let at = 0;
  for (const s of line) {
    const cells = width(s.text);
    if (at >= from && at + cells <= to) out.push(s);
    else if (at < to && at + cells > from) out.push({ text: sliceText(s.text, from - at, to - at), style: s.style });
    at += cells;
  }
  return out;
}

function sliceText(text: string, from: number, to: number): string {
  let out = '';
  let at = 0;
  for (const c of text) {
    const next = at + width(c);
    if (at >= from && next <= to) out += c;
    else if (next > from && at < to) out += ' '.repeat(Math.min(next, to) - Math.max(at, from));
    at = next;
  }
  return out;
}

/** The line in exactly `cells` cells. */
export function fitted(line: Line, cells: number, style: Style = 'plain'): Line {
  const used = lineWidth(line);
  if (used === cells) return line;
  if (used > cells) return fitted(slice(line, 0, cells), cells, style);
  return [...line, { text: ' '.repeat(cells - used), style }];
}

/** Exactly `height` lines of exactly `cells` cells. */
export function block(lines: Line[], height: number, cells: number): Line[] {
  const out: Line[] = [];
  for (let i = 0; i < height; i++) out.push(fitted(lines[i] ?? BLANK, cells));
  return out;
}

/** A line as the selected one: bars keep their look. */
export function select(line: Line): Line {
  return line.map((s) => (s.style.startsWith('bar-') || s.style === 'lit' ? s : { text: s.text, style: 'selected' as const }));
}

/** `before` at the left, `after` at the right, as much of `before` as fits. */
export function ends(before: Line, after: Line, cells: number, style: Style = 'plain'): Line {
  const right = lineWidth(after);
  if (right >= cells) return fitted(after, cells, style);
  return [...fitted(before, cells - right, style), ...after];
}
