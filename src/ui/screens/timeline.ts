import { hostPort } from '../../correlate/host-names.ts';
import type { Evidence, Journey, Stage } from '../../correlate/model.ts';
import type { SessionView } from '../../session/session.ts';
import { LABEL, OUTCOME, SAY, STAGE, STAGE_MARK, STAGE_MEANING } from '../../text/messages.ts';
import type { Text } from '../../text/text.ts';
import { TROUBLE_SAYS } from '../../text/trouble.ts';
import { VERDICT_SAYS } from '../../text/verdicts.ts';
import { axisLine, axisOf, type Axis, waterfallBar } from '../bars.ts';
import { bytes, duration, milliseconds, ranges } from '../format.ts';
import { bodyHeight, journeyName, type Model, plainAscii } from '../model.ts';
import { block, cell, ends, fitted, type Line, select, span, wrap } from '../span.ts';
import { endOf, sealedOf, wayOf } from './journey-end.ts';
import { outcomeStyle } from './journeys.ts';
import { glyphs, type Screen, say, within } from './screen.ts';
import { tallies } from './stage-chapters.ts';

/*
 *  GET http://web.lab/                                       200 OK, complete, 84.2 ms
 *  10.0.0.2:40312 → 10.0.0.80:80 · 07:07:36.829816000 · HTTP/1.1 · 12.3 kB
 *   Stage               Start ms   Took ms Packets  0 ms      ┊20       ┊40       ┊60
 * > d DNS lookup           0.000    12.310 1,2      ddddddd   ┊         ┊         ┊
 *   t TCP connect         12.310    20.104 3–5             ttttttttttt  ┊         ┊
 *   w Wait for answer     32.702    44.918 6,7                ┊       wwwwwwwwwwwwwwww
 *   Why these belong together ────────────────────────────────────────────────────────
 *   The answer of the DNS lookup has the address that was connected to        2,3
 * ── d DNS lookup: which address has this name? ───────────────────────────────────────
 *   packets 1,2 · web.lab A 10.0.0.80
 *  HAR ms: blocked 0  dns 12.3  connect 20.1 (ssl –)  send 0.2  wait 44.9  receive 6.7  = 84.2
 */

const HEAD_LINES = 3;
/** On a low screen without how it ended and how far it is. */
const footLines = (model: Model): number => (model.height >= 22 ? 6 : 4);

export const chosen = (model: Model, session: SessionView): Journey | undefined =>
  model.journey !== undefined && model.journey.index < session.journeyCount() ? session.journey(model.journey.index) : undefined;

/**
 * The stages that get a row, by index. Idling of less than a fiftieth of the time, which is no more than the client's thinking,
 * is only seen as a gap between the others.
 */
export function stageRows(journey: Journey): number[] {
  const least = (journey.end - journey.start) / 50;
  return journey.stages.flatMap((stage, i) => (stage.kind === 'idle' && stage.end - stage.start < least ? [] : [i]));
}

function columns(model: Model, journey: Journey) {
  const { width } = model;
  const wide = width >= 120;
  const label = 17;
  const packets = wide ? 16 : 11;
  const noted = width >= 140 && journey.stages.some((stage) => stage.note !== undefined);
  const note = noted ? Math.floor(width / 4) : 0;
  const book = width >= 100 ? 7 : 0;
  const bar = width - 2 - label - 1 - 10 - 1 - 10 - 1 - packets - 1 - (book > 0 ? book + 1 : 0) - (note > 0 ? note + 1 : 0) - 1;
  return { label, packets, book, note, bar };
}

function titleLines(model: Model, session: SessionView, journey: Journey): Line[] {
  const g = glyphs(model);
  const between = ` ${g.between} `;
  const connection = journey.connection === undefined ? undefined : session.connection(journey.connection);
  const exchange = journey.exchange === undefined ? undefined : session.exchange(journey.exchange);
  const asked = `${journey.method === undefined ? '' : `${journey.method} `}${journeyName(journey)}`;
  const status = journey.status === undefined ? '' : `${journey.status}${exchange?.reason ? ` ${exchange.reason}` : ''}, `;
  const total = journey.har.total >= 0 ? `, ${duration(journey.har.total * 1e6)}` : '';
  const result = cell(`${status}${say(model, OUTCOME[journey.outcome])}${total}`, Math.min(44, model.width >> 1), g, 'right');
  const owner = journey.connection === undefined ? undefined : session.owner?.(journey.connection);
  const facts = [
    connection === undefined ? journey.client : `${hostPort(connection.client)} ${g.to} ${hostPort(connection.server)}`,
    `${model.width >= 100 ? session.clockText(journey.start) : session.clockText(journey.start).slice(11)} UTC`,
    ...(owner === undefined ? [] : [owner === 'unknown' ? say(model, SAY.processUnknown) : `${owner.name} (${owner.pid})`]),
    ...(exchange === undefined ? [] : [`HTTP/${exchange.version}`]),
    ...(journey.responseBytes === undefined ? [] : [bytes(journey.responseBytes)]),
  ];
  const name = model.width - 3 - Math.min(44, model.width >> 1);
  return [
    ends([span(` ${cell(asked, name, g)} `, 'bold')], [span(`${result} `, outcomeStyle(journey))], model.width),
    fitted([span(` ${cell(facts.join(between), model.width - 2, g)}`, 'dim')], model.width),
  ];
}

function axisHead(model: Model, journey: Journey, axis: Axis): Line {
  const g = glyphs(model);
  const c = columns(model, journey);
  const before = [
    cell(say(model, LABEL.stage), c.label, g),
    cell(say(model, LABEL.startMs), 10, g, 'right'),
    cell(say(model, LABEL.tookMs), 10, g, 'right'),
    cell(say(model, LABEL.packets), c.packets, g),
    ...(c.book > 0 ? [cell(say(model, LABEL.book), c.book, g)] : []),
  ].join(' ');
  const note = axis.cutOff ? say(model, SAY.beyond, { mark: g.later }) : '';
  return fitted(
    [span(`  ${before} `, 'head'), ...axisLine(axis, g), span(c.note > 0 ? ` ${cell(note, c.note, g)}` : '', 'head')],
    model.width,
    'head',
  );
}

type Tallies = ReturnType<typeof tallies>;

/** "✓8 ✗2": how many of the book's statements about the stage hold here, and how many do not. */
function tallyText(model: Model, tally: { holds: number; fails: number } | undefined): string {
  if (tally === undefined) return '';
  const mark = (verdict: 'confirmed' | 'contradicted'): string => VERDICT_SAYS[verdict][plainAscii(model) ? 'ascii' : 'mark'];
  const part = (verdict: 'confirmed' | 'contradicted', n: number): string[] => (n > 0 ? [`${mark(verdict)}${n}`] : []);
  return [...part('confirmed', tally.holds), ...part('contradicted', tally.fails)].join(' ');
}

function stageLine(model: Model, journey: Journey, stage: Stage, axis: Axis, book: Tallies, selected: boolean): Line {
  const g = glyphs(model);
  const c = columns(model, journey);
  const label: Line = [
    span(STAGE_MARK[stage.kind], `bar-${stage.kind}`),
    span(` ${cell(say(model, STAGE[stage.kind]), c.label - 2, g)} `),
  ];
  const took = stage.reused ? say(model, LABEL.reused) : milliseconds(stage.end - stage.start);
  const numbers = ranges(stage.packets, stage.packetCount, c.packets, g.range);
  const rest: Line = [
    span(`${cell(milliseconds(stage.start - journey.start), 10, g, 'right')} ${cell(took, 10, g, 'right')} `),
    span(`${cell(numbers, c.packets, g)} `, 'dim'),
    ...(c.book > 0 ? [span(`${cell(tallyText(model, book.get(stage.kind)), c.book, g)} `)] : []),
  ];
  const mark = span(selected ? `${g.cursor} ` : '  ');
  const words = selected ? select([mark, ...label, ...rest]) : [mark, ...label, ...rest];
  const note = c.note > 0 ? [span(` ${cell(stage.note === undefined ? '' : say(model, stage.note), c.note, g)}`, 'dim')] : [];
  return fitted([...words, ...waterfallBar(stage, axis, g), ...note], model.width);
}

function evidenceLine(model: Model, evidence: Evidence, selected: boolean): Line {
  const g = glyphs(model);
  const numbers = ranges(evidence.packets, evidence.packets.length, 20, g.range);
  const line = [
    span(selected ? `${g.cursor} ` : '  '),
    span(cell(say(model, evidence.text), model.width - 4 - numbers.length, g)),
    span(` ${numbers} `, 'dim'),
  ];
  return fitted(selected ? select(line) : line, model.width);
}

function rule(model: Model, text: string): Line {
  const g = glyphs(model);
  const used = Math.max(0, model.width - 6);
  const shown = text === '' ? '' : ` ${cell(text, used, g).trimEnd()} `;
  return [
    ...fitted([span(g.across.repeat(2), 'dim'), span(shown, 'bold'), span(g.across.repeat(model.width), 'dim')], model.width),
  ];
}

/** All about the selected row, in words. */
function detail(model: Model, journey: Journey, book: Tallies, cursor: number): Line[] {
  const g = glyphs(model);
  const rows = stageRows(journey);
  const stage = journey.stages[rows[cursor]];
  const evidence = journey.evidence[cursor - rows.length];
  const width = model.width - 4;
  const lines = (texts: string[]): Line[] => texts.map((text) => [span(`  ${text}`)]);
  if (stage !== undefined) {
    const numbers = ranges(stage.packets, stage.packetCount, width - 14, g.range);
    const where = numbers === '' ? say(model, SAY.noPacketsOfStage) : `${say(model, LABEL.packets)} ${numbers}`;
    const note = stage.note === undefined ? '' : say(model, stage.note);
    const tally = tallyText(model, book.get(stage.kind));
    const judged = tally === '' ? '' : ` ${g.between} ${say(model, SAY.bookOfStage, { tally })}`;
    return [
      rule(model, `${say(model, STAGE[stage.kind])}: ${say(model, STAGE_MEANING[stage.kind])}`),
      ...block(lines([cell(`${where}${judged}`, width, g), ...wrap(note, width, 1)]), 2, model.width),
    ];
  }
  return [
    rule(model, say(model, LABEL.evidence)),
    ...block(lines(evidence === undefined ? [] : wrap(say(model, evidence.text), width, 2)), 2, model.width),
  ];
}

/** How it ended, and how far away its ends are; or what more urgently asks to be told, what keys at hand did not open. */
function endLines(model: Model, session: SessionView, journey: Journey): Line[] {
  if (footLines(model) < 6) return [];
  const g = glyphs(model);
  const line = (label: Text, text: string): Line =>
    text === '' ? [] : [span(` ${cell(say(model, label), 7, g)}`, 'bold'), span(cell(text, model.width - 8, g))];
  const sealed = sealedOf(model, session, journey);
  const below = sealed === '' ? line(LABEL.way, wayOf(model, session, journey)) : line(TROUBLE_SAYS.sealed, sealed);
  const lines = [line(LABEL.end, endOf(model, session, journey)), below];
  return block(lines, 2, model.width);
}

/** HAR's timings; what does not apply is left out. */
function harLine(model: Model, journey: Journey): Line {
  const g = glyphs(model);
  const { har } = journey;
  const ms = (value: number) => String(Number(value < 1 ? value.toFixed(2) : value.toPrecision(3)));
  const part = (name: 'blocked' | 'dns' | 'send' | 'wait' | 'receive') =>
    har[name] < 0 || (har[name] === 0 && model.width < 100) ? [] : [`${name} ${ms(har[name])}`];
  const connect = har.connect < 0 ? [] : [`connect ${ms(har.connect)}${har.ssl < 0 ? '' : ` (ssl ${ms(har.ssl)})`}`];
  const parts = [...part('blocked'), ...part('dns'), ...connect, ...part('send'), ...part('wait'), ...part('receive')];
  // The sum stands in the title as well.
  const sum = har.total < 0 || model.width < 100 ? [] : [`= ${ms(har.total)}`];
  const text = [...parts, ...sum].join(model.width >= 100 ? '  ' : ' ');
  return fitted([span(' HAR ms ', 'bold'), span(cell(text, model.width - 8, g))], model.width);
}

export const timeline: Screen = {
  name: 'timeline',
  rows(model, session) {
    const journey = chosen(model, session);
    return journey === undefined ? 0 : stageRows(journey).length + journey.evidence.length;
  },
  // One line less than there is room for: the head of the evidence.
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - footLines(model) - 1),
  view(model, session) {
    const journey = chosen(model, session);
    if (journey === undefined) return block([[], [span(`  ${say(model, SAY.noJourney)}`)]], bodyHeight(model), model.width);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.timeline, this.rows(model, session), page);
    const axis = axisOf(journey, columns(model, journey).bar);
    const lines: Line[] = [];
    const { evidence } = journey;
    const judged = model.journey !== undefined && model.judged === journey.id ? session.verdicts(model.journey.index) : [];
    const book = tallies(journey, judged);
    const stages = stageRows(journey).map((i) => journey.stages[i]);
    if (stages.length === 0) lines.push([span(`  ${say(model, SAY.noStages)}`)]);
    for (let i = top; i < stages.length && lines.length < page + 1; i++)
      lines.push(stageLine(model, journey, stages[i], axis, book, i === cursor));
    if (evidence.length > 0 && top <= stages.length) lines.push(rule(model, say(model, LABEL.evidence)));
    for (let i = Math.max(0, top - stages.length); i < evidence.length && lines.length < page + 1; i++) {
      lines.push(evidenceLine(model, evidence[i], i + stages.length === cursor));
    }
    return [
      ...titleLines(model, session, journey),
      axisHead(model, journey, axis),
      ...block(lines, page + 1, model.width),
      ...detail(model, journey, book, cursor),
      ...endLines(model, session, journey),
      harLine(model, journey),
    ];
  },
};
