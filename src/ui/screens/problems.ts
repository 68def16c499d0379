import type { Problem } from '../../capture/batch.ts';
import { segmentField, segmentWords } from '../../rules/tcp-fields.ts';
import type { SessionView } from '../../session/session.ts';
import type { Trouble } from '../../session/trouble.ts';
import { explainField } from '../../text/fields/index.ts';
import { fill, LABEL, SAY } from '../../text/messages.ts';
import { problemText } from '../../text/problems.ts';
import type { Language, Text } from '../../text/text.ts';
import { SEALED } from '../../text/tls.ts';
import { TROUBLE, TROUBLE_SAYS } from '../../text/trouble.ts';
import { wordsFound } from '../filter.ts';
import { count } from '../format.ts';
import { bodyHeight, type Model, type Opening } from '../model.ts';
import { block, cell, fitted, type Line, select, span, wrap } from '../span.ts';
import { glyphs, rowIn, type Screen, say, within } from './screen.ts';

/*
 *   About      Count    Packet What was found
 * > file                    48 The file ends inside packet 48: 60 bytes were announced, 12 are there
 *   journey        2           broken off by RST
 *   TCP           17        12 Retransmission
 * ──────────────────────────────────────────────────────────────────────────────────
 *   truncated-file: The file ends inside packet 48: 60 bytes were announced, 12 are there (at byte 38,991)
 */

const HEAD_LINES = 1;
const FOOT_LINES = 4;
/** Packets of a trouble that are listed. */
const LISTED = 10_000;
const ABOUT = 8;
const COUNT = 9;
const PACKET = 9;

/** What is wrong with the capture, and what went wrong on the wire. */
export type Row = { of: 'file'; problem: Problem } | Trouble;

/** Wireshark's name of what is behind a trouble, as a filter. */
export function filterOfTrouble(trouble: Trouble): string {
  if (trouble.of === 'segments') return segmentField(trouble.kind);
  if (trouble.of === 'sealed') return `frame.number == ${trouble.first}`;
  if (trouble.kind === 'client-errors') return 'http.response.code in {400..499}';
  if (trouble.kind === 'server-errors') return 'http.response.code >= 500';
  return `outcome == ${trouble.kind}`;
}

/** In a few words. */
export const troubleText = (trouble: Trouble, language: Language): string =>
  trouble.of === 'segments'
    ? segmentWords(trouble.kind)
    : trouble.of === 'sealed'
      ? fill(TROUBLE_SAYS.unopened, language, { why: SEALED[trouble.kind][language] })
      : ((TROUBLE as Record<string, Text>)[trouble.kind]?.[language] ?? trouble.kind);

const textOf = (model: Model, row: Row): string =>
  row.of === 'file' ? problemText(row.problem, model.language) : troubleText(row, model.language);

export function rowsOf(model: Model, session: SessionView): readonly Row[] {
  const files = session.problems().map((problem): Row => ({ of: 'file', problem }));
  const rows = [...files, ...(session.troubleOnTheWire?.() ?? [])];
  return wordsFound(model, 'problems', rows, (row) =>
    row.of === 'file'
      ? `${row.problem.code} ${textOf(model, row)} ${row.problem.packet ?? ''}`
      : `${filterOfTrouble(row)} ${textOf(model, row)}`,
  );
}

const WHERE = { journeys: TROUBLE_SAYS.listed, segments: TROUBLE_SAYS.listedPackets, sealed: TROUBLE_SAYS.firstOfThem };

const firstPacket = (row: Row): number | undefined =>
  row.of === 'file' ? row.problem.packet : row.of === 'journeys' ? undefined : row.first;

function line(model: Model, row: Row, selected: boolean): Line {
  const g = glyphs(model);
  const packet = firstPacket(row);
  const spans = [
    span(selected ? `${g.cursor} ` : '  '),
    span(`${cell(say(model, TROUBLE_SAYS[row.of]), ABOUT, g)} `, 'dim'),
    span(`${cell(row.of === 'file' ? '' : count(row.count), COUNT, g, 'right')} `, 'bold'),
    span(`${cell(packet === undefined ? '' : String(packet), PACKET, g, 'right')} `),
    span(cell(textOf(model, row), model.width - ABOUT - COUNT - PACKET - 6, g), row.of === 'segments' ? 'warn' : 'bad'),
  ];
  return fitted(selected ? select(spans) : spans, model.width);
}

function detail(model: Model, row: Row): string {
  if (row.of === 'file') {
    const { code, offset } = row.problem;
    const place = offset === undefined ? '' : ` (${say(model, TROUBLE_SAYS.atByte, { n: count(offset) })})`;
    return `${code}: ${textOf(model, row)}${place}`;
  }
  const filter = filterOfTrouble(row);
  const meaning = row.of === 'segments' ? explainField(filter) : undefined;
  const where = say(model, WHERE[row.of], { filter, packet: firstPacket(row) ?? 0 });
  return `${meaning === undefined ? textOf(model, row) : say(model, meaning)}. ${where}`.replace(/\.\. /, '. ');
}

export const problems: Screen = {
  name: 'problems',
  rows: (model, session) => rowsOf(model, session).length,
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES),
  rowAt(model, session, y) {
    return rowIn(model, 'problems', y, HEAD_LINES, this.rows(model, session), this.page(model, session));
  },
  opens(model, session): Opening | undefined {
    const row = rowsOf(model, session)[model.places.problems.cursor];
    if (row === undefined) return undefined;
    if (row.of === 'journeys') return { kind: 'journeys', filter: filterOfTrouble(row) };
    if (row.of === 'segments') {
      const title = { en: segmentWords(row.kind), ko: segmentWords(row.kind) };
      return { kind: 'packets', title, packets: session.packetsInTrouble?.(row.kind, LISTED) ?? [] };
    }
    const packet = firstPacket(row);
    if (packet === undefined || session.packetSummary(packet) === undefined)
      return { kind: 'notice', text: SAY.noPacketOfProblem };
    return { kind: 'packet-of-all', packet };
  },
  view(model, session) {
    const g = glyphs(model);
    const all = rowsOf(model, session);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.problems, all.length, page);
    const heads = [
      cell(say(model, TROUBLE_SAYS.about), ABOUT, g),
      cell(say(model, TROUBLE_SAYS.count), COUNT, g, 'right'),
      cell(say(model, LABEL.packet), PACKET, g, 'right'),
      cell(say(model, LABEL.message), model.width - ABOUT - COUNT - PACKET - 6, g),
    ];
    const { problems: filter } = model.short;
    const nothing = filter === undefined ? say(model, TROUBLE_SAYS.noTrouble) : say(model, SAY.noMatch, { filter });
    const list: Line[] = all.slice(top, top + page).map((row, i) => line(model, row, top + i === cursor));
    if (all.length === 0) list.push([], [span(`  ${nothing}`)]);
    const current = all[cursor];
    const full = current === undefined ? [] : wrap(detail(model, current), model.width - 4, 3);
    return [
      fitted([span(`  ${heads.join(' ')}`, 'head')], model.width, 'head'),
      ...block(list, page, model.width),
      fitted([span(g.across.repeat(model.width), 'dim')], model.width),
      ...block(
        full.map((text) => [span(`  ${text}`)]),
        3,
        model.width,
      ),
    ];
  },
};
