import type { Glyphs } from './glyphs.ts';
import { type Line, type Span, type Style, span } from './span.ts';

/** Cells that a hex dump with so many bytes a row takes: "0010  45 00 …  E." */
export const hexWidth = (perRow: number): number => 6 + perRow * 3 + (perRow > 8 ? 1 : 0) + 1 + perRow;
export const bytesPerRow = (cells: number): number => (cells >= hexWidth(32) ? 32 : cells >= hexWidth(16) ? 16 : 8);

/** First row to show so that `row` is seen: a third from the top, without leaving room unused. */
export function hexTop(row: number, rows: number, page: number): number {
  return Math.max(0, Math.min(row - Math.floor(page / 3), rows - page));
}

/** A few rows of a hex dump; the bytes from `from` up to `to` are lit, `cursor` is underlined. */
export function hexRows(
  bytes: Uint8Array,
  first: number,
  rows: number,
  perRow: number,
  lit: { from: number; to: number; cursor?: number },
  glyphs: Glyphs,
): Line[] {
  const out: Line[] = [];
  for (let r = first; r < first + rows && r * perRow < bytes.length; r++)
    out.push(hexRow(bytes, r * perRow, perRow, lit, glyphs));
  return out;
}

function hexRow(
  bytes: Uint8Array,
  at: number,
  perRow: number,
  lit: { from: number; to: number; cursor?: number },
  glyphs: Glyphs,
): Line {
  const hex: Span[] = [];
  const text: Span[] = [];
  for (let i = at; i < at + perRow; i++) {
    const gap = i === at + 8 && perRow > 8 ? ' ' : '';
    if (i >= bytes.length) {
      add(hex, `${gap}   `, 'plain');
      continue;
    }
    const style = i === lit.cursor ? 'selected' : i >= lit.from && i < lit.to ? 'lit' : 'plain';
    const joined = style === 'lit' && i + 1 < lit.to && i + 1 !== lit.cursor && i + 1 < at + perRow;
    if (gap !== '') add(hex, gap, style === 'lit' && i > lit.from ? 'lit' : 'plain');
    add(hex, bytes[i].toString(16).padStart(2, '0'), style);
    add(hex, ' ', joined ? 'lit' : 'plain');
    add(text, bytes[i] >= 0x20 && bytes[i] < 0x7f ? String.fromCharCode(bytes[i]) : glyphs.between, style);
  }
  return [span(` ${at.toString(16).padStart(4, '0')} `, 'dim'), ...hex, span(' '), ...text];
}

function add(spans: Span[], text: string, style: Style): void {
  const last = spans[spans.length - 1];
  if (last !== undefined && last.style === style) last.text += text;
  else spans.push(span(text, style));
}
