import type { Journey, Stage } from '../correlate/model.ts';
import type { Glyphs } from './glyphs.ts';
import { fitted, type Line, type Span, span } from './span.ts';
import { STAGE_MARK } from '../text/messages.ts';

const isMain = (stage: Stage): boolean => !stage.reused && stage.kind !== 'idle' && stage.kind !== 'close';

/**
 * The stages of a journey up to the end of its answer, each as wide as its share: "ddttttwwwwww<<". Those that would take
 * less than about half a cell are left out.
 */
export function shareBar(stages: readonly Stage[], cells: number): Line {
  const shown = stages.filter(isMain);
  if (shown.length === 0 || cells <= 0) return fitted([], cells);
  const total = shown.reduce((sum, stage) => sum + stage.end - stage.start, 0);
  const shares = shown.map((stage) => (total > 0 ? (cells * (stage.end - stage.start)) / total : cells / shown.length));
  const whole = shares.map(Math.floor);
  let left = cells - whole.reduce((a, b) => a + b, 0);
  const byRemainder = shares.map((share, i) => ({ i, rest: share - whole[i] })).sort((a, b) => b.rest - a.rest);
  for (const { i } of byRemainder) if (left-- > 0) whole[i]++;
  return shown.map((stage, i) => span(STAGE_MARK[stage.kind].repeat(whole[i]), `bar-${stage.kind}`)).filter((s) => s.text !== '');
}

/** The time that a waterfall shows, over so many cells. */
export interface Axis {
  from: number;
  to: number;
  cells: number;
  /** Stages that lie after its end. */
  cutOff: boolean;
  ticks: { at: number; text: string }[];
}

/** From the journey's start to its end; idling and closing are left out where they would crush the rest. */
export function axisOf(journey: Journey, cells: number): Axis {
  const main = journey.stages.filter(isMain);
  const full = Math.max(journey.end, ...journey.stages.map((stage) => stage.end));
  const answer = main.length > 0 ? Math.max(...main.map((stage) => stage.end)) : full;
  const from = journey.start;
  const cutOff = full - from > 1.5 * (answer - from) && answer > from;
  const to = Math.max(cutOff ? answer : full, from + 1);
  return { from, to, cells, cutOff, ticks: ticks(to - from, cells) };
}

export function ticks(length: number, cells: number): Axis['ticks'] {
  const least = (length * 6) / Math.max(6, cells);
  let step = 10 ** Math.floor(Math.log10(least));
  for (const factor of [2, 2.5, 2]) if (step < least) step *= factor;
  const [unit, name] = length < 1e6 ? [1e3, 'µs'] : length < 1e10 ? [1e6, 'ms'] : [1e9, 's'];
  const out = [{ at: 0, text: `0 ${name}` }];
  for (let i = 1; i * step < length; i++) {
    const at = Math.floor((i * step * cells) / length);
    const text = String(Number(((i * step) / unit).toPrecision(6)));
    const last = out[out.length - 1];
    if (at + 1 + text.length <= cells && at > last.at + last.text.length + 1) out.push({ at, text });
  }
  return out;
}

export function axisLine(axis: Axis, glyphs: Glyphs): Line {
  let text = '';
  for (const tick of axis.ticks) {
    if (tick.at < text.length) continue;
    text = text.padEnd(tick.at) + (tick.at === 0 ? '' : glyphs.tick) + tick.text;
  }
  return [span(text.padEnd(axis.cells).slice(0, axis.cells), 'head')];
}

/** One stage on the axis. */
export function waterfallBar(stage: Stage, axis: Axis, glyphs: Glyphs): Line {
  const { from, to, cells } = axis;
  const scale = cells / (to - from);
  if (stage.reused) return onGrid(0, [span(glyphs.reference, 'bold')], axis, glyphs);
  if (axis.cutOff && stage.end > to && stage.start >= to) return onGrid(cells - 1, [span(glyphs.later, 'bold')], axis, glyphs);
  const first = Math.max(0, Math.min(cells - 1, Math.floor((stage.start - from) * scale)));
  const last = Math.max(first + 1, Math.min(cells, Math.round((stage.end - from) * scale)));
  return onGrid(first, [span(STAGE_MARK[stage.kind].repeat(last - first), `bar-${stage.kind}`)], axis, glyphs);
}

function onGrid(at: number, bar: Span[], axis: Axis, glyphs: Glyphs): Line {
  const grid = [...' '.repeat(axis.cells)];
  for (const tick of axis.ticks) if (tick.at > 0) grid[tick.at] = glyphs.tick;
  const length = bar.reduce((sum, s) => sum + s.text.length, 0);
  const before = grid.slice(0, at).join('');
  const after = grid.slice(at + length).join('');
  return [span(before, 'dim'), ...bar, span(after, 'dim')].filter((s) => s.text !== '');
}
