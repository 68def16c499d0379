import { width } from '../../text/width.ts';
import type { PacketSummary, SessionView } from '../../session/session.ts';
import { LABEL, SAY, STAGE, STAGE_MARK } from '../../text/messages.ts';
import { count, seconds } from '../format.ts';
import { bodyHeight, journeyName, type Model, packetAt, packetRows } from '../model.ts';
import { block, cell, ends, fitted, type Line, select, span, wrap } from '../span.ts';
import { cursorMark, glyphs, missing, rowIn, type Screen, say, within } from './screen.ts';
import { chosen } from './timeline.ts';

/*
 *  Packets of stage DNS lookup                              time since the start of the journey
 *      No.    Time s Source      Destination Proto     Len  Info
 * > d    1  0.000000 10.0.0.2    10.0.0.53   DNS        67  Standard query 0x90c6 A web.lab
 *   d    2  0.012310 10.0.0.53   10.0.0.2    DNS        83  Standard query response 0x90c6 A web.lab A 10.0.0.80
 * ─────────────────────────────────────────────────────────────────────────────────────────────
 *   Standard query 0x90c6 A web.lab
 */

const HEAD_LINES = 2;
const FOOT_LINES = 3;

interface Columns {
  number: number;
  time: number;
  address: number;
  protocol: number;
  length: number;
  info: number;
}

/**
 * The narrow screen's columns are as wide as what is in sight. Addresses that are longer than there is room for (IPv6, MAC) are
 * cut in their middle, IPv4 never.
 */
function columns(model: Model, session: SessionView, seen: (PacketSummary | undefined)[]): Columns {
  const wide = model.width >= 120;
  const room = model.width >= 160 ? 39 : wide ? 25 : 15;
  const lengths = seen.flatMap((p) => (p === undefined ? [] : [p.source.length, p.destination.length]));
  const address = Math.max(11, ...lengths.map((length) => (length <= room ? length : room >= 25 ? room : 0)));
  const number = Math.max(4, String(session.packetCount()).length);
  const time = wide ? 14 : 8;
  const protocol = wide ? 8 : Math.min(7, Math.max(5, ...seen.map((p) => p?.protocol.length ?? 0)));
  const length = Math.max(4, ...seen.map((p) => String(p?.length ?? 0).length));
  const used = 4 + number + 1 + time + 1 + 2 * (address + 1) + protocol + 1 + length + 2;
  return { number, time, address, protocol, length, info: model.width - used };
}

function titleLine(model: Model, session: SessionView): Line {
  const journey = chosen(model, session);
  const g = glyphs(model);
  let title = say(model, SAY.ofCapture);
  let more = '';
  if (journey !== undefined && model.scope.kind === 'journey') title = say(model, SAY.ofJourney, { name: journeyName(journey) });
  if (journey !== undefined && model.scope.kind === 'stage') {
    const stage = journey.stages[model.scope.stage];
    if (stage !== undefined) {
      title = say(model, SAY.ofStage, { stage: say(model, STAGE[stage.kind]) });
      if (stage.packetCount > stage.packets.length)
        more = say(model, SAY.onlyFirst, { shown: count(stage.packets.length), n: count(stage.packetCount) });
    }
  }
  if (journey !== undefined && model.scope.kind === 'evidence') {
    const evidence = journey.evidence[model.scope.evidence];
    if (evidence !== undefined) title = say(model, SAY.ofEvidence, { evidence: say(model, evidence.text) });
  }
  if (model.scope.kind === 'list') title = say(model, model.scope.title);
  const since = say(model, model.scope.kind === 'all' ? SAY.sinceCapture : SAY.sinceJourney);
  const right = more === '' ? since : more;
  const room = Math.min(width(right), model.width >> 1);
  const after = span(` ${cell(right, room, g, 'right')} `, 'dim');
  return ends([span(` ${cell(title, model.width - room - 3, g)}`, 'bold')], [after], model.width);
}

function head(model: Model, c: Columns): Line {
  const g = glyphs(model);
  const l = (text: { en: string; ko: string }, cells: number, align?: 'right') => cell(say(model, text), cells, g, align);
  const parts = [
    l(LABEL.number, c.number, 'right'),
    l(LABEL.time, c.time, 'right'),
    l(LABEL.source, c.address),
    l(LABEL.destination, c.address),
  ];
  const rest = [l(LABEL.protocol, c.protocol), `${l(LABEL.length, c.length, 'right')} `, l(LABEL.info, c.info)];
  return fitted([span(`    ${parts.join(' ')} ${rest.join(' ')}`, 'head')], model.width, 'head');
}

function row(
  model: Model,
  session: SessionView,
  number: number,
  packet: PacketSummary | undefined,
  c: Columns,
  selected: boolean,
): Line {
  const g = glyphs(model);
  const mark = span(cursorMark(model, selected, model.marks.packets.includes(number)));
  const first = `${cell(String(number), c.number, g, 'right')} `;
  if (packet === undefined) {
    const line = [mark, span(`  ${first}`), span(say(model, SAY.bytesMissing), 'dim')];
    return fitted(selected ? select(line) : line, model.width);
  }
  const journey = chosen(model, session);
  const zero = model.scope.kind === 'all' || journey === undefined ? session.firstTime : journey.start;
  const stage = model.journey === undefined ? undefined : session.stageOf(model.journey.index, number);
  const stageMark = [stage === undefined ? span(' ') : span(STAGE_MARK[stage], `bar-${stage}`), span(' ')];
  const line: Line = [
    mark,
    ...stageMark,
    span(first),
    span(`${cell(seconds(packet.time - zero, c.time), c.time, g, 'right')} `, 'dim'),
    span(`${cell(packet.source, c.address, g, 'middle')} ${cell(packet.destination, c.address, g, 'middle')} `),
    span(`${cell(packet.protocol, c.protocol, g)} ${cell(String(packet.length), c.length, g, 'right')}  `),
    span(cell(packet.info, c.info, g), packet.noted ? 'warn' : 'plain'),
  ];
  return fitted(selected ? select(line) : line, model.width);
}

export const packets: Screen = {
  name: 'packets',
  rows: (model, session) => packetRows(model, session.packetCount()),
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES),
  rowAt(model, session, y) {
    return rowIn(model, 'packets', y, HEAD_LINES, this.rows(model, session), this.page(model, session));
  },
  view(model, session) {
    const rows = this.rows(model, session);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.packets, rows, page);
    const numbers: number[] = [];
    for (let i = top; i < Math.min(rows, top + page); i++) numbers.push(packetAt(model, i));
    const seen = numbers.map((number) => session.packetSummary(number));
    const c = columns(model, session, seen);
    const list: Line[] = numbers.map((number, i) => row(model, session, number, seen[i], c, top + i === cursor));
    if (rows === 0) list.push([], [span(`  ${say(model, SAY.noPackets)}`)]);
    const current = seen[cursor - top];
    const foot = current?.info ?? (rows === 0 ? '' : missing(model, session, numbers[cursor - top]));
    const full = wrap(foot, model.width - 4, 2).map((text): Line => [span(`  ${text}`)]);
    return [
      titleLine(model, session),
      head(model, c),
      ...block(list, page, model.width),
      fitted([span(glyphs(model).across.repeat(model.width), 'dim')], model.width),
      ...block(full, 2, model.width),
    ];
  },
};
