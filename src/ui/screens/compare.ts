import { type Journey, STAGE_KINDS, type StageKind } from '../../correlate/model.ts';
import type { SessionView } from '../../session/session.ts';
import { OUTCOME, STAGE, STAGE_MARK } from '../../text/messages.ts';
import type { Text } from '../../text/text.ts';
import { bytes, count, duration, milliseconds } from '../format.ts';
import { bodyHeight, journeyName, type Model } from '../model.ts';
import { block, cell, fitted, type Line, select, span } from '../span.ts';
import { glyphs, rowIn, type Screen, say, within } from './screen.ts';

/*
 *  A  GET http://web.lab/        B  GET http://web.lab/ (again)
 *                             A           B  difference
 * > d DNS lookup         12.310      reused     -12.310  dddddddd
 *   Status                  200         304           !
 */

const HEAD_LINES = 3;
const NAME = 22;
const valueCells = (width: number): number => (width >= 110 ? 18 : 14);

interface Row {
  mark: StageKind | undefined;
  name: string;
  a: string;
  b: string;
  /** B minus A: nanoseconds of a stage; a word where other facts differ. */
  difference: number | undefined;
  differs: boolean;
}

/** Ids of the two journeys: the two marked last, or the marked one and the one in front. */
export function comparedIds(model: Model): [number, number] | undefined {
  const { journeys } = model.marks;
  const front = model.screen === 'journeys' ? model.anchor : (model.journey?.id ?? model.anchor);
  if (journeys.length >= 2) return [journeys[journeys.length - 2], journeys[journeys.length - 1]];
  return journeys.length === 1 && front !== undefined && front !== journeys[0] ? [journeys[0], front] : undefined;
}

const took = (journey: Journey, kind: StageKind): { time: number; reused: boolean } | undefined => {
  const stages = journey.stages.filter((stage) => stage.kind === kind);
  if (stages.length === 0) return undefined;
  const own = stages.filter((stage) => !stage.reused);
  return { time: own.reduce((sum, stage) => sum + stage.end - stage.start, 0), reused: own.length === 0 };
};

function rowsOf(model: Model, session: SessionView, a: Journey, b: Journey): Row[] {
  const rows: Row[] = [];
  const reused = say(model, { en: 'reused', ko: '재사용' });
  for (const kind of STAGE_KINDS) {
    const [x, y] = [took(a, kind), took(b, kind)];
    if (x === undefined && y === undefined) continue;
    const shown = (each: typeof x): string => (each === undefined ? '' : each.reused ? reused : milliseconds(each.time));
    const difference = (y?.time ?? 0) - (x?.time ?? 0);
    rows.push({ mark: kind, name: say(model, STAGE[kind]), a: shown(x), b: shown(y), difference, differs: difference !== 0 });
  }
  const total = (j: Journey): number | undefined => (j.har.total < 0 ? undefined : j.har.total * 1e6);
  const [ta, tb] = [total(a), total(b)];
  const both = ta !== undefined && tb !== undefined;
  rows.push({
    mark: undefined,
    name: say(model, { en: 'Total', ko: '전체' }),
    a: ta === undefined ? '' : milliseconds(ta),
    b: tb === undefined ? '' : milliseconds(tb),
    difference: both ? tb - ta : undefined,
    differs: both && ta !== tb,
  });
  const fact = (name: Text, of: (j: Journey) => string | undefined): void => {
    const [x, y] = [of(a) ?? '', of(b) ?? ''];
    if (x !== '' || y !== '')
      rows.push({ mark: undefined, name: say(model, name), a: x, b: y, difference: undefined, differs: x !== y });
  };
  const connection = (j: Journey) => (j.connection === undefined ? undefined : session.connection(j.connection));
  fact({ en: 'Outcome', ko: '결과' }, (j) => say(model, OUTCOME[j.outcome]));
  fact({ en: 'Status', ko: '상태' }, (j) => j.status?.toString());
  fact({ en: 'Bytes of the answer', ko: '응답 바이트' }, (j) =>
    j.responseBytes === undefined ? undefined : bytes(j.responseBytes),
  );
  fact({ en: 'Server', ko: '서버' }, (j) => connection(j)?.server.address);
  fact({ en: 'Connection', ko: '연결' }, (j) => j.connection?.toString());
  fact({ en: 'Handshake RTT', ko: '핸드셰이크 RTT' }, (j) => {
    const rtt = connection(j)?.handshake?.rtt;
    return rtt === undefined ? undefined : duration(rtt);
  });
  fact({ en: 'Sent again', ko: '재전송' }, (j) => connection(j)?.retransmissions.length.toString());
  fact({ en: 'HTTP', ko: 'HTTP' }, (j) => (j.exchange === undefined ? undefined : session.exchange(j.exchange)?.version));
  fact({ en: 'TLS', ko: 'TLS' }, (j) => (j.connection === undefined ? undefined : session.tls(j.connection)?.version));
  fact({ en: 'Packets', ko: '패킷' }, (j) => count(j.packetCount));
  return rows;
}

function row(model: Model, r: Row, widest: number, selected: boolean): Line {
  const g = glyphs(model);
  const value = valueCells(model.width);
  const room = Math.max(0, model.width - 2 - NAME - 1 - 3 * (value + 1) - 1);
  const sign = r.difference !== undefined && r.difference > 0 ? '+' : '';
  const difference =
    r.difference === undefined ? (r.differs ? g.warning : '') : r.difference === 0 ? '0' : `${sign}${milliseconds(r.difference)}`;
  const cells = r.difference === undefined || widest === 0 ? 0 : Math.round((Math.abs(r.difference) / widest) * room);
  const name =
    r.mark === undefined
      ? [span(cell(r.name, NAME, g))]
      : [span(STAGE_MARK[r.mark], `bar-${r.mark}`), span(cell(` ${r.name}`, NAME - 1, g))];
  const words: Line = [
    span(selected ? `${g.cursor} ` : '  '),
    ...name,
    span(` ${cell(r.a, value, g, 'right')} ${cell(r.b, value, g, 'right')} `),
    span(`${cell(difference, value, g, 'right')} `, r.differs ? 'warn' : 'dim'),
  ];
  const bar =
    r.mark === undefined || cells === 0 ? [] : [span(((r.difference ?? 0) > 0 ? '+' : '-').repeat(cells), `bar-${r.mark}`)];
  return fitted([...(selected ? select(words) : words), ...bar], model.width);
}

function pair(model: Model, session: SessionView): [Journey, Journey] | undefined {
  const [a, b] = (model.compared ?? []).map((id) => session.journeyOfId(id));
  return a === undefined || b === undefined ? undefined : [a, b];
}

/** Two journeys side by side: where the second took longer, and what else differs. */
export const compare: Screen = {
  name: 'compare',
  rows(model, session) {
    const both = pair(model, session);
    return both === undefined ? 0 : rowsOf(model, session, ...both).length;
  },
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES),
  rowAt: (model, session, y) =>
    rowIn(model, 'compare', y, HEAD_LINES, compare.rows(model, session), compare.page(model, session)),
  view(model, session) {
    const g = glyphs(model);
    const both = pair(model, session);
    if (both === undefined) {
      const how = say(model, { en: 'mark two journeys with m, then d', ko: '여정 두 개를 m으로 표시한 뒤 d를 누르세요' });
      return block([[], [span(`  ${how}`)]], bodyHeight(model), model.width);
    }
    const rows = rowsOf(model, session, ...both);
    const widest = Math.max(0, ...rows.map((r) => (r.mark === undefined ? 0 : Math.abs(r.difference ?? 0))));
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.compare, rows.length, page);
    const asked = (j: Journey): string => `${j.method === undefined ? '' : `${j.method} `}${journeyName(j)}`;
    const at = (j: Journey): string => session.clockText(j.start).slice(11, 23);
    const value = valueCells(model.width);
    const head = `${cell('', NAME, g)} ${cell('A, ms', value, g, 'right')} ${cell('B, ms', value, g, 'right')} ${cell(say(model, { en: 'B - A', ko: 'B - A' }), value, g, 'right')}`;
    return [
      fitted([span(` A  ${cell(`${at(both[0])}  ${asked(both[0])}`, model.width - 5, g)}`, 'bold')], model.width),
      fitted([span(` B  ${cell(`${at(both[1])}  ${asked(both[1])}`, model.width - 5, g)}`, 'bold')], model.width),
      fitted([span(`  ${head}`, 'head')], model.width, 'head'),
      ...block(
        rows.slice(top, top + page).map((r, i) => row(model, r, widest, top + i === cursor)),
        page,
        model.width,
      ),
    ];
  },
};
