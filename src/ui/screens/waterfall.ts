import type { Journey, Stage } from '../../correlate/model.ts';
import type { SessionView } from '../../session/session.ts';
import { LABEL, SAY, STAGE_MARK } from '../../text/messages.ts';
import { type Axis, axisLine, ticks } from '../bars.ts';
import { matchesFilter } from '../filter.ts';
import { bytes, duration } from '../format.ts';
import type { Glyphs } from '../glyphs.ts';
import { bodyHeight, type Model } from '../model.ts';
import { block, cell, fitted, type Line, type Span, select, span } from '../span.ts';
import { legend, outcomeStyle, requestCell, requestText } from './journeys.ts';
import { cursorMark, glyphs, rowIn, type Screen, say, within } from './screen.ts';
import { chosen } from './timeline.ts';

/*
 *   Request                Code Bytes     Total  0 ms        ┊100         ┊200
 * > GET web.lab/            200 12.3 kB 84.2 ms  ddtttwwwww<<┊            ┊
 *     GET web.lab/a.css     200 1.20 kB 12.1 ms  ┊           >www<
 */

const HEAD_LINES = 1;
const FOOT_LINES = 1;

/** Indices of the journeys of the page to which the journey in front belongs. */
function members(model: Model, session: SessionView): readonly number[] {
  if (chosen(model, session) === undefined || model.journey === undefined) return [];
  const all = session.pageOf(model.journey.index);
  const { waterfall: filter } = model.short;
  return filter === undefined ? all : all.filter((index) => matchesFilter('waterfall', filter, session, index));
}

const isMain = (stage: Stage): boolean => !stage.reused && stage.kind !== 'idle' && stage.kind !== 'close';
const endOf = (journey: Journey): number => Math.max(journey.start, ...journey.stages.filter(isMain).map((stage) => stage.end));

function columns(width: number) {
  const request = Math.max(16, Math.min(48, Math.floor(width * 0.32)));
  return { request, status: 4, bytes: 8, total: 8, bar: width - 2 - request - 4 - 8 - 8 - 6 };
}

/** Of all members that are shown; they are asked for once a frame. */
function axisOfPage(journeys: readonly Journey[], cells: number): Axis {
  const from = Math.min(...journeys.map((j) => j.start));
  const to = Math.max(from + 1, ...journeys.map(endOf));
  return { from, to, cells, cutOff: false, ticks: ticks(to - from, cells) };
}

/** A journey's stages where they lie on the page's time; each that took time has a cell at least. */
function bar(journey: Journey, axis: Axis, glyphs: Glyphs): Line {
  const cells: (Stage | undefined)[] = new Array(axis.cells).fill(undefined);
  const scale = axis.cells / (axis.to - axis.from);
  for (const stage of journey.stages.filter(isMain)) {
    const first = Math.max(0, Math.min(axis.cells - 1, Math.floor((stage.start - axis.from) * scale)));
    const last = Math.max(first + 1, Math.min(axis.cells, Math.round((stage.end - axis.from) * scale)));
    for (let i = first; i < last; i++) cells[i] = stage;
  }
  const ticked = new Set(axis.ticks.filter((tick) => tick.at > 0).map((tick) => tick.at));
  const line: Span[] = [];
  for (let i = 0; i < cells.length; ) {
    const stage = cells[i];
    let j = i;
    let text = '';
    for (; j < cells.length && cells[j] === stage; j++)
      text += stage === undefined ? (ticked.has(j) ? glyphs.tick : ' ') : STAGE_MARK[stage.kind];
    line.push(span(text, stage === undefined ? 'dim' : `bar-${stage.kind}`));
    i = j;
  }
  return line;
}

function row(model: Model, journey: Journey, axis: Axis, selected: boolean): Line {
  const g = glyphs(model);
  const c = columns(model.width);
  const words: Line = [
    span(cursorMark(model, selected, model.marks.journeys.includes(journey.id))),
    span(`${requestCell(requestText(journey, false), c.request, g)} `),
    span(`${cell(journey.status === undefined ? '' : String(journey.status), c.status, g)} `, outcomeStyle(journey)),
    span(`${cell(journey.responseBytes === undefined ? '' : bytes(journey.responseBytes), c.bytes, g, 'right')} `),
    span(`${cell(journey.har.total < 0 ? '' : duration(journey.har.total * 1e6), c.total, g, 'right')}  `),
  ];
  return fitted([...(selected ? select(words) : words), ...bar(journey, axis, g)], model.width);
}

/** The requests of one page on one time, as a browser's developer tools show them. */
export const waterfall: Screen = {
  name: 'waterfall',
  rows: (model, session) => members(model, session).length,
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES),
  rowAt: (model, session, y) =>
    rowIn(model, 'waterfall', y, HEAD_LINES, members(model, session).length, waterfall.page(model, session)),
  opens(model, session) {
    const index = members(model, session)[model.places.waterfall.cursor];
    return index === undefined ? undefined : { kind: 'journey', index };
  },
  view(model, session) {
    const g = glyphs(model);
    const all = members(model, session);
    const { waterfall: filter } = model.short;
    const nothing = filter === undefined ? say(model, SAY.noJourney) : say(model, SAY.noMatch, { filter });
    if (all.length === 0) return block([[], [span(`  ${nothing}`)]], bodyHeight(model), model.width);
    const c = columns(model.width);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.waterfall, all.length, page);
    const journeys = all.map((index) => session.journey(index));
    const axis = axisOfPage(journeys, c.bar);
    const heads = [
      cell(say(model, LABEL.request), c.request, g),
      cell(say(model, LABEL.status), c.status, g),
      cell(say(model, LABEL.bytes), c.bytes, g, 'right'),
      cell(say(model, LABEL.total), c.total, g, 'right'),
    ];
    const list = journeys.slice(top, top + page).map((journey, i) => row(model, journey, axis, top + i === cursor));
    return [
      fitted([span(`  ${heads.join(' ')}  `, 'head'), ...axisLine(axis, g)], model.width, 'head'),
      ...block(list, page, model.width),
      fitted(legend(model), model.width),
    ];
  },
};
