import type { Lookup } from '../../correlate/model.ts';
import type { SessionView } from '../../session/session.ts';
import type { Text } from '../../text/text.ts';
import { count, duration, seconds } from '../format.ts';
import { bodyHeight, listAt, listRows, type Model } from '../model.ts';
import { block, cell, fitted, type Line, select, span, wrap } from '../span.ts';
import { glyphs, rowIn, type Screen, say, within } from './screen.ts';

/*
 *   Start s   Name                  Type  Server          Took     Answer
 * > 0.000029  www.my-app.com        A     198.51.100.2    227 ms   192.0.2.80
 * ─────────────────────────────────────────────────────────────────────────
 *   packet 3 asks, packet 5 answers NOERROR …
 */

const HEAD_LINES = 1;
const FOOT_LINES = 6;

const HEADS = {
  start: { en: 'Start s', ko: '시작 s' },
  name: { en: 'Name', ko: '이름' },
  type: { en: 'Type', ko: '종류' },
  server: { en: 'Asked', ko: '물은 곳' },
  took: { en: 'Took', ko: '시간' },
  answer: { en: 'Answer', ko: '응답' },
} satisfies Record<string, Text>;

function columns(width: number) {
  const wide = width >= 110;
  const fixed = { start: 10, name: wide ? 36 : 22, type: 6, server: wide ? 24 : 0, took: 8 };
  const used = Object.values(fixed).reduce((sum, cells) => sum + (cells > 0 ? cells + 1 : 0), 2);
  return { ...fixed, answer: Math.max(8, width - used) };
}

/** What came back, in one line. */
function answerText(model: Model, l: Lookup): string {
  if (l.answerPacket === undefined) return say(model, { en: 'no answer', ko: '응답 없음' });
  const told = [...l.aliases, ...l.addresses].join(', ');
  if (l.rcode !== undefined && l.rcode !== 'NOERROR') return told === '' ? l.rcode : `${l.rcode} ${told}`;
  if (l.truncated && told === '')
    return say(model, { en: 'cut short (TC): asked again over TCP', ko: '잘림(TC): TCP로 다시 물음' });
  return told === '' ? say(model, { en: 'nothing of this type', ko: '이 종류는 없음' }) : told;
}

function row(model: Model, session: SessionView, l: Lookup | undefined, selected: boolean): Line {
  const g = glyphs(model);
  const w = columns(model.width);
  const mark = selected ? `${g.cursor} ` : '  ';
  if (l === undefined)
    return fitted([span(`${mark}${say(model, { en: 'not answered yet', ko: '아직 응답 없음' })}`, 'dim')], model.width);
  const failed = l.answerPacket === undefined || (l.rcode !== undefined && l.rcode !== 'NOERROR');
  const line: Line = [
    span(mark),
    span(`${cell(seconds(l.start - session.firstTime, w.start), w.start, g, 'right')} `, 'dim'),
    span(`${cell(l.name, w.name, g)} `),
    span(`${cell(l.type, w.type, g)} `),
    ...(w.server > 0 ? [span(`${cell(l.server.address, w.server, g)} `)] : []),
    span(`${cell(l.end === undefined ? '' : duration(l.end - l.start), w.took, g, 'right')} `),
    span(cell(answerText(model, l), w.answer, g), failed ? 'bad' : 'plain'),
  ];
  return fitted(selected ? select(line) : line, model.width);
}

function detail(model: Model, l: Lookup | undefined): Line[] {
  if (l === undefined) return block([], FOOT_LINES - 1, model.width);
  const asked = say(model, {
    en: `packet ${l.packet} asks ${l.server.address} over ${l.transport}${l.answerPacket === undefined ? '' : `, packet ${l.answerPacket} answers ${l.rcode ?? ''}`}`,
    ko: `${l.packet}번 패킷이 ${l.server.address}에 ${l.transport}로 물음${l.answerPacket === undefined ? '' : `, ${l.answerPacket}번이 응답 ${l.rcode ?? ''}`}`,
  });
  const again =
    l.repeats.length === 0
      ? []
      : [say(model, { en: `asked again in ${l.repeats.join(', ')}`, ko: `다시 물은 패킷: ${l.repeats.join(', ')}` })];
  const records = (l.records ?? []).map((r) => `${r.name} ${r.ttl} ${r.type} ${r.data}`);
  const lines = [...wrap(asked, model.width - 4, 1), ...again, ...records];
  const shown = lines.slice(0, FOOT_LINES - 1);
  if (lines.length > shown.length) shown[shown.length - 1] = `${glyphs(model).more} ${count(lines.length - shown.length + 1)}`;
  return block(
    shown.map((text) => [span(`  ${cell(text, model.width - 4, glyphs(model))}`)]),
    FOOT_LINES - 1,
    model.width,
  );
}

const NOTHING = { en: 'No lookup matches. Press Esc to see all.', ko: '맞는 조회가 없습니다. Esc를 누르면 모두 보입니다.' };

/** Every question to a name server, with its answer. */
export const dns: Screen = {
  name: 'dns',
  rows: (model, session) => listRows(model, 'dns', session.lookupCount()),
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES),
  rowAt: (model, session, y) => rowIn(model, 'dns', y, HEAD_LINES, dns.rows(model, session), dns.page(model, session)),
  opens(model, session) {
    const lookup = session.lookup(listAt(model, 'dns', model.places.dns.cursor));
    if (lookup === undefined) return undefined;
    const packets = [lookup.packet, ...lookup.repeats, ...(lookup.answerPacket === undefined ? [] : [lookup.answerPacket])];
    return {
      kind: 'packets',
      title: { en: `lookup of ${lookup.name} ${lookup.type}`, ko: `${lookup.name} ${lookup.type} 조회` },
      packets,
    };
  },
  view(model, session) {
    const g = glyphs(model);
    const w = columns(model.width);
    const rows = this.rows(model, session);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.dns, rows, page);
    const heads = (Object.keys(HEADS) as (keyof typeof HEADS)[]).flatMap((name) =>
      w[name] > 0 ? [cell(say(model, HEADS[name]), w[name], g, name === 'start' || name === 'took' ? 'right' : 'left')] : [],
    );
    const list: Line[] =
      rows === 0
        ? [
            [],
            [
              span(
                `  ${say(model, session.lookupCount() > 0 ? NOTHING : { en: 'no DNS question is in the capture', ko: '캡처에 DNS 질문이 없습니다' })}`,
              ),
            ],
          ]
        : [];
    for (let i = top; i < Math.min(rows, top + page); i++)
      list.push(row(model, session, session.lookup(listAt(model, 'dns', i)), i === cursor));
    return [
      fitted([span(`  ${heads.join(' ')}`, 'head')], model.width, 'head'),
      ...block(list, page, model.width),
      fitted([span(g.across.repeat(model.width), 'dim')], model.width),
      ...detail(model, rows === 0 ? undefined : session.lookup(listAt(model, 'dns', cursor))),
    ];
  },
};
