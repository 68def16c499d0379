import type { Journey } from '../../correlate/model.ts';
import type { SessionView } from '../../session/session.ts';
import { safe } from '../../text/safe.ts';
import { width } from '../../text/width.ts';
import { LABEL, OUTCOME, SAY, STAGE_MARK, STAGE_SHORT } from '../../text/messages.ts';
import { shareBar } from '../bars.ts';
import { bytes, duration, seconds } from '../format.ts';
import type { Glyphs } from '../glyphs.ts';
import { bodyHeight, journeyAt, journeyName, journeyRows, type Model } from '../model.ts';
import { block, cell, fitted, type Line, type Style, select, span, wrap } from '../span.ts';
import { cursorMark, glyphs, rowIn, type Screen, say, within } from './screen.ts';

/*
 *   Start    Request                 Code Outcome     Total    Bytes   Stages
 * > 0.000000 GET web.lab/             200 complete    84.2 ms  12.3 kB ddttttww<<
 *   0.091204 GET web.lab/style.css    200 complete    3.12 ms  1.20 kB >wwwwww<<<
 *   1.204417 nosuch.lab                   DNS failed  2.20 ms          dddddddddd
 *
 *  a ARP  n NDP  d DNS  t TCP  s TLS  > send  w wait  < receive  - idle  x close
 */

const LEGEND_LINES = 1;
/** Cells of a path's end that are worth a cut in its middle. */
const LEAST_PATH = 5;

/** Widths of the columns; the request takes what is left. Bytes: seven cells, and one for "at least". */
function columns(width: number) {
  const wide = width >= 120;
  const fixed = wide
    ? { start: 15, method: 7, status: 4, outcome: 13, total: 9, bytes: 9, stages: width >= 160 ? 40 : 20 }
    : { start: 9, method: 0, status: 4, outcome: 13, total: 8, bytes: width >= 72 ? 8 : 0, stages: width >= 100 ? 16 : 10 };
  const used = Object.values(fixed).reduce((sum, cells) => sum + (cells > 0 ? cells + 1 : 0), 2);
  return { ...fixed, wide, request: Math.max(10, width - used - 1) };
}

function head(model: Model): Line {
  const g = glyphs(model);
  const c = columns(model.width);
  const parts = [
    cell(say(model, c.wide ? LABEL.startUtc : LABEL.start), c.start, g, 'right'),
    ...(c.wide ? [cell(say(model, LABEL.method), c.method, g)] : []),
    cell(say(model, LABEL.request), c.request, g),
    cell(say(model, LABEL.status), c.status, g),
    cell(say(model, LABEL.outcome), c.outcome, g),
    cell(say(model, LABEL.total), c.total, g, 'right'),
    ...(c.bytes > 0 ? [cell(say(model, LABEL.bytes), c.bytes, g, 'right')] : []),
    cell(say(model, LABEL.stages), c.stages, g),
  ];
  return fitted([span(`  ${parts.join(' ')}`, 'head')], model.width, 'head');
}

/** Without the scheme where room is scarce: the bar tells TLS. */
export function requestText(journey: Journey, wide: boolean): string {
  const name = journeyName(journey);
  const child = journey.parent === null ? '' : '  ';
  if (wide) return child + name;
  // A request whose method is hidden is one by TLS, which the scheme says.
  return child + (journey.method === undefined ? name : `${journey.method} ${name.replace(/^https?:\/\//, '')}`);
}

/** The end of a path tells requests to one host apart: where room is scarce, host and end stay. */
export function requestCell(text: string, cells: number, g: Glyphs): string {
  const shown = safe(text);
  const scheme = shown.indexOf('://');
  const slash = shown.indexOf('/', scheme < 0 ? 0 : scheme + 3);
  const host = slash < 0 ? '' : shown.slice(0, slash + 1);
  const left = cells - width(host) - 1;
  if (slash < 0 || width(shown) <= cells || left < LEAST_PATH) return cell(shown, cells, g);
  const path = [...shown.slice(slash + 1)];
  let from = path.length;
  for (let used = 0; from > 0 && used + width(path[from - 1]) <= left; from--) used += width(path[from - 1]);
  return cell(`${host}${g.more}${path.slice(from).join('')}`, cells, g);
}

export function outcomeStyle(journey: Journey): Style {
  if (journey.outcome === 'complete') return (journey.status ?? 0) >= 400 ? 'warn' : 'plain';
  return journey.outcome === 'in-progress' || journey.outcome === 'no-request' ? 'plain' : 'bad';
}

function row(model: Model, session: SessionView, journey: Journey, selected: boolean): Line {
  const g = glyphs(model);
  const c = columns(model.width);
  const start = c.wide
    ? session.clockText(journey.start).slice(11, 11 + c.start)
    : seconds(journey.start - session.firstTime, c.start);
  const total = journey.har.total >= 0 ? duration(journey.har.total * 1e6) : '';
  const size = journey.responseBytes === undefined ? '' : (journey.partial ? g.atLeast : '') + bytes(journey.responseBytes);
  const style = outcomeStyle(journey);
  const line: Line = [
    span(cursorMark(model, selected, model.marks.journeys.includes(journey.id))),
    span(`${cell(start, c.start, g, 'right')} `, 'dim'),
    ...(c.wide ? [span(`${cell(journey.method ?? '', c.method, g)} `)] : []),
    span(`${requestCell(requestText(journey, c.wide), c.request, g)} `),
    span(`${cell(journey.status === undefined ? '' : String(journey.status), c.status, g)} `, style),
    span(`${cell(say(model, OUTCOME[journey.outcome]), c.outcome, g)} `, style),
    span(`${cell(total, c.total, g, 'right')} `),
    ...(c.bytes > 0 ? [span(`${cell(size, c.bytes, g, 'right')} `)] : []),
    ...shareBar(journey.stages, c.stages),
  ];
  return fitted(selected ? select(line) : line, model.width);
}

export function legend(model: Model): Line {
  const kinds = Object.keys(STAGE_MARK) as (keyof typeof STAGE_MARK)[];
  return [
    span('  '),
    ...kinds.flatMap((kind) => [span(STAGE_MARK[kind], `bar-${kind}`), span(` ${say(model, STAGE_SHORT[kind])}  `, 'dim')]),
  ];
}

function nothing(model: Model, session: SessionView): Line[] {
  const said =
    model.filter !== '' && session.journeyCount() > 0
      ? [say(model, SAY.noMatch, { filter: model.filter })]
      : session.progress().done
        ? [say(model, SAY.noJourneys), say(model, SAY.noJourneysKey)]
        : [say(model, SAY.noJourneysYet)];
  return [[], ...said.flatMap((text) => wrap(text, model.width - 4)).map((text) => [span(`  ${text}`)])];
}

export const journeys: Screen = {
  name: 'journeys',
  rows: (model, session) => journeyRows(model, session.journeyCount()),
  page: (model) => bodyHeight(model) - 1 - LEGEND_LINES,
  rowAt(model, session, y) {
    return rowIn(model, 'journeys', y, 1, this.rows(model, session), this.page(model, session));
  },
  view(model, session) {
    const rows = this.rows(model, session);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.journeys, rows, page);
    const list: Line[] = rows === 0 ? nothing(model, session) : [];
    for (let i = top; i < Math.min(rows, top + page); i++) {
      list.push(row(model, session, session.journey(journeyAt(model, i)), i === cursor));
    }
    return [head(model), ...block(list, page, model.width), fitted(legend(model), model.width)];
  },
};
