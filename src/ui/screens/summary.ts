import type { SessionView } from '../../session/session.ts';
import { LABEL, SAY, STAGE_MARK, STAGE_SHORT } from '../../text/messages.ts';
import { safe } from '../../text/safe.ts';
import { binStart, quantile, type StageTimes } from '../../session/statistics.ts';
import { bytes, count, duration } from '../format.ts';
import { bodyHeight, type Model, plainAscii } from '../model.ts';
import { block, cell, fitted, type Line, select, span } from '../span.ts';
import { glyphs, journeysText, packetsText, type Screen, say, within } from './screen.ts';

/*
 *  2,253,635 packets · 1.12 GB · 127,886 journeys
 * ── Packets per second ────────────────────────────────────────────────
 *   (line chart, drawn over the empty lines by charts.ts)
 * ── Bytes by protocol ─────────────────────────────────────────────────
 * > TCP     812 MB  72 % ██████████████     (bar chart, from 100 columns on,
 *   TLS     251 MB  22 % ████                drawn by charts.ts)
 * ── Stage times: number, median, 90 %, most; how many took how long ─────
 *   d DNS        12   12.3 ms  40.1 ms  52.0 ms      ▁▃█▆▂
 */

/** A chart that lies over the lines of `view`, in cells of the body. */
export interface Chart {
  kind: 'line' | 'bar';
  left: number;
  top: number;
  width: number;
  height: number;
  labels: string[];
  values: number[];
}

const LIST_LEAST = 3;
/** A chart of fewer lines tells nothing. */
const CHART_LEAST = 6;
const BARS_WIDTH = 44;

function layout(model: Model, session: SessionView) {
  const kinds = session.statistics().stageTimes?.length ?? 0;
  const height = bodyHeight(model) - 3;
  const stages = kinds === 0 || height < 16 ? 0 : kinds + 1;
  // Charts are drawn with Braille: not for ASCII.
  if (plainAscii(model)) return { chart: 0, list: height - stages, bars: 0, stages };
  const left = height - stages;
  const list = Math.max(LIST_LEAST, Math.min(14, Math.floor(left * 0.45), left - CHART_LEAST));
  const chart = left - list;
  if (chart < CHART_LEAST) return { chart: 0, list: height - stages, bars: 0, stages };
  return { chart, list, bars: model.width >= 110 ? BARS_WIDTH : 0, stages };
}

const LEVELS = { unicode: ' ▁▂▃▄▅▆▇█', ascii: ' .:-=+*#%' };

/** How many took how long, on a logarithmic scale that all kinds share; whatever happened at all is seen. */
function histogram(model: Model, bins: Uint32Array, from: number, to: number, cells: number): string {
  const levels = plainAscii(model) ? LEVELS.ascii : LEVELS.unicode;
  const sums = new Array<number>(cells).fill(0);
  for (let bin = from; bin < to; bin++) sums[Math.floor(((bin - from) / (to - from)) * cells)] += bins[bin];
  const most = Math.max(1, ...sums);
  return sums.map((n) => levels[Math.ceil((n / most) * (levels.length - 1))]).join('');
}

const STAGE_NAME = 10;
function stageLines(model: Model, times: readonly StageTimes[]): Line[] {
  const g = glyphs(model);
  const used = times.flatMap(({ bins }) => [bins.findIndex((n) => n > 0), bins.findLastIndex((n) => n > 0) + 1]);
  const [from, to] = [Math.min(...used), Math.max(...used)];
  const room = model.width - 2 - 2 - STAGE_NAME - 8 - 3 * 10 - 4;
  const range = `${duration(binStart(from))} ${g.range} ${duration(binStart(to))}`;
  const lines = times.map((each): Line => {
    const values = [quantile(each, 0.5), quantile(each, 0.9), each.longest].map((n) => ` ${cell(duration(n), 9, g, 'right')}`);
    return [
      span('  '),
      span(STAGE_MARK[each.kind], `bar-${each.kind}`),
      span(
        ` ${cell(say(model, STAGE_SHORT[each.kind]), STAGE_NAME, g)}${cell(count(each.count), 8, g, 'right')}${values.join('')}  `,
      ),
      span(histogram(model, each.bins, from, to, Math.max(4, room))),
    ];
  });
  return [rule(model, say(model, LABEL.stageTimes, { range })), ...lines];
}

/** As many bins as the chart has points, each with packets a second. */
function rates(session: SessionView, most: number): { labels: string[]; values: number[] } {
  const { binNanoseconds, packetsPerBin } = session.statistics();
  const merge = Math.max(1, Math.ceil(packetsPerBin.length / Math.max(1, most)));
  const length = (binNanoseconds * merge) / 1e9;
  const [unit, name] = binNanoseconds * packetsPerBin.length < 2e9 ? [1e6, 'ms'] : [1e9, 's'];
  const labels: string[] = [];
  const values: number[] = [];
  for (let i = 0; i < packetsPerBin.length; i += merge) {
    let sum = 0;
    for (let j = i; j < Math.min(i + merge, packetsPerBin.length); j++) sum += packetsPerBin[j];
    labels.push(`${Number(((i * binNanoseconds) / unit).toPrecision(3))} ${name}`);
    values.push(Math.round(sum / length));
  }
  return { labels, values };
}

export function charts(model: Model, session: SessionView): Chart[] {
  const { chart, list, bars } = layout(model, session);
  const out: Chart[] = [];
  const rate = rates(session, model.width - 12);
  // A line needs two points.
  if (chart > 0 && rate.values.length > 1)
    out.push({ kind: 'line', left: 0, top: 2, width: model.width, height: chart, ...rate });
  const top = session.statistics().bytesByProtocol.slice(0, 4);
  const [unit, name] = [[1e9, 'GB'] as const, [1e6, 'MB'] as const, [1e3, 'kB'] as const].find(
    ([least]) => (top[0]?.[1] ?? 0) >= least,
  ) ?? [1, 'B'];
  if (bars > 0 && list >= 8 && top.length > 0) {
    out.push({
      kind: 'bar',
      left: model.width - bars,
      top: 3 + chart,
      width: bars,
      height: list,
      labels: top.map(([protocol]) => `${safe(protocol).slice(0, 5)} ${name}`),
      values: top.map(([, size]) => Number((size / unit).toPrecision(3))),
    });
  }
  return out;
}

function rule(model: Model, text: string): Line {
  const g = glyphs(model);
  return fitted(
    [span(g.across.repeat(2), 'dim'), span(` ${text} `, 'bold'), span(g.across.repeat(model.width), 'dim')],
    model.width,
  );
}

const percent = (share: number): string => (share > 0 && share < 0.005 ? '<1 %' : `${Math.round(share * 100)} %`);

function protocolLine(model: Model, bars: number, name: string, size: number, all: number, selected: boolean): Line {
  const g = glyphs(model);
  const room = model.width - bars - 36;
  const share = all > 0 ? size / all : 0;
  const line = [
    span(selected ? `${g.cursor} ` : '  '),
    span(`${cell(name, 14, g)} ${cell(bytes(size), 8, g, 'right')} ${cell(percent(share), 5, g, 'right')}  `),
    span(g.bar.repeat(Math.max(size > 0 ? 1 : 0, Math.round(share * room))), 'plain'),
  ];
  return fitted(selected ? [...select(line.slice(0, 2)), line[2]] : line, model.width - bars);
}

export const summary: Screen = {
  name: 'summary',
  rows: (_model, session) => session.statistics().bytesByProtocol.length,
  page: (model, session) => layout(model, session).list,
  view(model, session) {
    const { chart, list, bars, stages } = layout(model, session);
    const { packets, bytes: size } = session.progress();
    const protocols = session.statistics().bytesByProtocol;
    const { cursor, top } = within(model.places.summary, protocols.length, list);
    const all = protocols.reduce((sum, [, n]) => sum + n, 0);
    const g = glyphs(model);
    const facts = [packetsText(model, packets), bytes(size), journeysText(model, session.journeyCount())].join(` ${g.between} `);
    const rows = protocols
      .slice(top, top + list)
      .map(([name, n], i) => protocolLine(model, bars, name, n, all, top + i === cursor));
    if (rows.length === 0) rows.push([span(`  ${say(model, SAY.noStatistics)}`)]);
    return [
      fitted([span(` ${cell(facts, model.width - 2, g)}`)], model.width),
      chart > 0 ? rule(model, say(model, LABEL.packetRate)) : fitted([], model.width),
      ...block([], chart, model.width),
      rule(model, say(model, LABEL.protocols)),
      ...block(rows, list, model.width),
      ...(stages > 0 ? block(stageLines(model, session.statistics().stageTimes ?? []), stages, model.width) : []),
    ];
  },
};
