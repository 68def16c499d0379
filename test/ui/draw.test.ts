import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stage, StageKind } from '../../src/correlate/model.ts';
import { axisLine, axisOf, shareBar, waterfallBar } from '../../src/ui/bars.ts';
import { bytes, count, duration, milliseconds, ranges, seconds } from '../../src/ui/format.ts';
import { UNICODE } from '../../src/ui/glyphs.ts';
import { STAGE_MARK } from '../../src/text/messages.ts';
import { cell, lineWidth, slice, span, wrap } from '../../src/ui/span.ts';
import type { BlessedScreen } from '../../src/ui/terminal-cells.ts';
import { Painter } from '../../src/ui/terminal-painter.ts';
import { width } from '../../src/text/width.ts';
import { FakeSession } from './fake.ts';

const text = (line: { text: string }[]) => line.map((s) => s.text).join('');
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'ab 한글漢▸─\u001b\u0000\u202e\u0301é'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  ),
  maxLength: 40,
});

describe('cells', () => {
  test('hold any text in exactly the width given, harmless', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 30 }), fc.constantFrom('left', 'right', 'middle'), (any, cells, align) => {
        const shown = cell(any, cells, UNICODE, align as 'left');
        expect(width(shown)).toBe(cells);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
  test('a slice has its width, whatever it cuts through', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...'ab한글') }), { maxLength: 6 }),
        fc.nat(20),
        fc.nat(20),
        (parts, from, length) => {
          const line = parts.map((part) => span(part));
          const all = lineWidth(line);
          expect(lineWidth(slice(line, from, from + length))).toBe(
            Math.max(0, Math.min(all, from + length) - Math.min(all, from)),
          );
        },
      ),
    );
  });
  test('long addresses keep both ends', () => {
    expect(cell('2001:db8:1234:5678::53', 15, UNICODE, 'middle')).toBe('2001:db…678::53');
  });
  test('wrapped lines fit and lose no word', () => {
    const lines = wrap('하나로 묶은 근거는 DNS 응답에 든 주소로 연결했다는 것이다', 20);
    expect(lines.every((line) => width(line) <= 20)).toBe(true);
    expect(lines.join(' ').replace(/\s/g, '')).toBe('하나로묶은근거는DNS응답에든주소로연결했다는것이다');
  });
});

describe('bars', () => {
  const kinds = Object.keys(STAGE_MARK) as StageKind[];
  const anyStages = fc
    .array(fc.record({ kind: fc.constantFrom(...kinds), length: fc.oneof(fc.nat(100), fc.nat(1e10)) }), { maxLength: 12 })
    .map((list) => {
      let at = 0;
      return list.map(({ kind, length }): Stage => {
        const start = at;
        at += length;
        return { kind, start, end: at, packets: [], packetCount: 0, reused: false };
      });
    });

  test('a share bar is as wide as it should be', () => {
    fc.assert(
      fc.property(anyStages, fc.integer({ min: 1, max: 60 }), (stages, cells) => {
        expect(lineWidth(shareBar(stages, cells))).toBe(cells);
      }),
    );
  });
  test('a waterfall stays on its axis', () => {
    const journey = new FakeSession().journey(0);
    fc.assert(
      fc.property(anyStages, fc.integer({ min: 8, max: 150 }), (stages, cells) => {
        const end = stages.at(-1)?.end ?? 0;
        const axis = axisOf({ ...journey, start: 0, end, stages }, cells);
        expect(lineWidth(axisLine(axis, UNICODE))).toBe(cells);
        for (const stage of stages) expect(lineWidth(waterfallBar(stage, axis, UNICODE))).toBe(cells);
      }),
    );
  });
  test('have their shares', () => {
    const journey = new FakeSession().journey(0);
    expect(text(shareBar(journey.stages, 20))).toBe('dddtttttwwwwwwwwwww<');
  });
});

describe('numbers', () => {
  test('durations have three telling digits', () => {
    expect([0, 412e3, 1e6, 84.21e6, 999.4e6, 999.6e6, 1.234e9, 61e9, 3600e9 * 5].map(duration)).toEqual([
      '0 ms',
      '0.412 ms',
      '1.00 ms',
      '84.2 ms',
      '999 ms',
      '1.00 s',
      '1.23 s',
      '61.0 s',
      '5.00 h',
    ]);
    expect(duration(-84.21e6)).toBe('-84.2 ms');
  });
  test('fit their columns', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e13, max: 1e15, noNaN: true }), (ns) => {
        expect(duration(ns).length).toBeLessThanOrEqual(9);
        expect(milliseconds(ns, 10).length).toBeLessThanOrEqual(10);
        expect(seconds(ns, 8).length).toBeLessThanOrEqual(8);
      }),
    );
    fc.assert(fc.property(fc.nat({ max: 2 ** 31 - 1 }), (n) => void expect(bytes(n * 1000).length).toBeLessThanOrEqual(7)));
  });
  test('sizes, counts and runs', () => {
    expect([812, 12345, 999_600, 1.23e6].map(bytes)).toEqual(['812 B', '12.3 kB', '1.00 MB', '1.23 MB']);
    expect(count(1234567)).toBe('1,234,567');
    expect(ranges([1, 2, 3, 7, 9, 10], 6, 20, '–')).toBe('1–3,7,9,10');
    expect(ranges([1, 2, 3, 7, 9, 10], 6, 8, '–')).toBe('1–3,7 +2');
    expect(ranges([10, 11, 12], 800, 11, '–')).toBe('10–12 +797');
    expect(ranges([], 0, 10, '–')).toBe('');
  });
});

describe('the painter', () => {
  const row = (cells: number) =>
    Object.assign(
      Array.from({ length: cells }, () => [0, ' '] as [number, string]),
      { dirty: false },
    );
  function screenOf(cells: number, lines: number) {
    let drawn = 0;
    const screen = {
      lines: Array.from({ length: lines }, () => row(cells)),
      olines: Array.from({ length: lines }, () => row(cells)),
      dattr: 0x3ffff,
      draw: () => drawn++,
    };
    const painter = new Painter(screen as unknown as BlessedScreen, 256, width, { repaint() {} });
    const shown = (y: number) => screen.lines[y].map(([, c]) => c).join('');
    const clean = () => {
      const dirty = screen.lines.map((line) => line.dirty);
      for (const line of screen.lines) line.dirty = false;
      return dirty;
    };
    return { painter, shown, clean };
  }

  test('puts a wide character into two cells and never half of one', () => {
    const { painter, shown } = screenOf(6, 1);
    painter.paint([[span('한글한글')]], [], false);
    expect(shown(0)).toBe('한\0글\0한\0');
    painter.paint([[span('a한글글')]], [], false);
    expect(shown(0)).toBe('a한\0글\0 ');
  });
  test('lets no control character through', () => {
    const { painter, shown } = screenOf(8, 1);
    painter.paint([[span('a\u001b[2J\u009bb')]], [], false);
    expect(shown(0)).toBe('a?[2J?b ');
  });
  test('replaces what an ASCII terminal cannot show', () => {
    const { painter, shown } = screenOf(6, 1);
    painter.paint([[span('a한b·')]], [], true);
    expect(shown(0)).toBe('a??b? ');
  });
  test('touches only the lines that changed', () => {
    const { painter, clean } = screenOf(6, 3);
    painter.paint([[span('a')], [span('b')], [span('c')]], [], false);
    expect(clean()).toEqual([true, true, true]);
    painter.paint([[span('a')], [span('x')], [span('c', 'bold')]], [], false);
    expect(clean()).toEqual([false, true, true]);
  });
});
