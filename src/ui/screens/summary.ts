import type { SessionView } from '../../session.ts';
import { LABEL, SAY } from '../../text/messages.ts';
import { safe } from '../../text/safe.ts';
import { bytes } from '../format.ts';
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

const LIST_LEAST = 4;
const BARS_WIDTH = 44;

function layout(model: Model) {
  const height = bodyHeight(model) - 3;
  // Charts are drawn with Braille: not for ASCII.
  if (plainAscii(model)) return { chart: 0, list: height, bars: 0 };
  const list = Math.max(LIST_LEAST, Math.min(14, Math.floor(height * 0.45)));
  return { chart: Math.max(0, height - list), list, bars: model.width >= 110 ? BARS_WIDTH : 0 };
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
  const { chart, list, bars } = layout(model);
  const out: Chart[] = [];
  const rate = rates(session, model.width - 12);
  // A line needs two points.
  if (chart >= 6 && rate.values.length > 1)
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

function protocolLine(model: Model, name: string, size: number, all: number, selected: boolean): Line {
  const g = glyphs(model);
  const { bars } = layout(model);
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
  page: (model) => layout(model).list,
  view(model, session) {
    const { chart, list } = layout(model);
    const { packets, bytes: size } = session.progress();
    const protocols = session.statistics().bytesByProtocol;
    const { cursor, top } = within(model.places.summary, protocols.length, list);
    const all = protocols.reduce((sum, [, n]) => sum + n, 0);
    const g = glyphs(model);
    const facts = [packetsText(model, packets), bytes(size), journeysText(model, session.journeyCount())].join(` ${g.between} `);
    const rows = protocols.slice(top, top + list).map(([name, n], i) => protocolLine(model, name, n, all, top + i === cursor));
    if (rows.length === 0) rows.push([span(`  ${say(model, SAY.noStatistics)}`)]);
    return [
      fitted([span(` ${cell(facts, model.width - 2, g)}`)], model.width),
      chart > 0 ? rule(model, say(model, LABEL.packetRate)) : fitted([], model.width),
      ...block([], chart, model.width),
      rule(model, say(model, LABEL.protocols)),
      ...block(rows, list, model.width),
    ];
  },
};
