import { hostPort } from '../../correlate/host-names.ts';
import { quicOfFlow } from '../../correlate/quic-record.ts';
import type { Turn } from '../../session/follow.ts';
import type { SessionView } from '../../session/session.ts';
import { SEALED } from '../../text/tls.ts';
import { bytes, count, seconds } from '../format.ts';
import { bodyHeight, type Model } from '../model.ts';
import { block, cell, ends, fitted, type Line, select, span } from '../span.ts';
import { glyphs, rowIn, type Screen, say, within } from './screen.ts';

/*
 *  Connection 0: 192.168.0.10:38958 → 192.0.2.80:80                       http, bodies decoded
 * > ▸ client, packet 10, 0.260641 s, 78 B
 *     GET / HTTP/1.1
 *     Host: www.my-app.com
 *   ◂ server, packet 12 …
 */

const HEAD_LINES = 1;

interface Row {
  turn: Turn;
  /** -1: the turn's own line. */
  line: number;
}

const turnsOf = (model: Model, session: SessionView): readonly Turn[] =>
  model.stream === undefined ? [] : session.follow(model.stream);

/** How many rows the turns have, each with a line of its own. */
const rowsOf = (turns: readonly Turn[]): number => turns.reduce((sum, turn) => sum + 1 + turn.lines.length, 0);

function rowAt(turns: readonly Turn[], index: number): Row | undefined {
  let left = index;
  for (const turn of turns) {
    if (left <= turn.lines.length) return { turn, line: left - 1 };
    left -= turn.lines.length + 1;
  }
  return undefined;
}

/** Why no keys opened it: there are none, or those at hand do not. */
function sealedText(model: Model, session: SessionView): string {
  const { stream: flow = -1 } = model;
  const quic = quicOfFlow(flow);
  const { decryption } = (quic === undefined ? session.tls(flow) : session.quicConnection?.(quic)) ?? {};
  const [most] = [...(decryption?.reasons ?? [])].sort((a, b) => b.records - a.records);
  const name = quic === undefined ? 'TLS' : 'QUIC';
  if (most !== undefined) return `${name}: ${say(model, SEALED[most.why])}`;
  if (decryption !== undefined && decryption.opened > 0)
    return `${name}: ${say(model, { en: 'opened, and nothing of HTTP/3 is in it', ko: '열었지만 HTTP/3은 없습니다' })}`;
  return say(model, { en: `${name}: its keys would open it (--keylog)`, ko: `${name}. 키가 있으면 열립니다(--keylog)` });
}

function line(model: Model, session: SessionView, { turn, line: at }: Row, selected: boolean): Line {
  const g = glyphs(model);
  const mark = selected ? `${g.cursor} ` : '  ';
  const isClient = turn.from === 'client';
  const edge = isClient ? g.to : g.earlier;
  if (at < 0) {
    const who = say(model, isClient ? { en: 'client', ko: '클라이언트' } : { en: 'server', ko: '서버' });
    const lost =
      turn.missing === 0
        ? ''
        : turn.missing < 0
          ? say(model, { en: ', what stood before it was not opened', ko: ', 그 앞은 열지 못함' })
          : say(model, {
              en: `, ${count(turn.missing)} bytes before it were not captured`,
              ko: `, 앞의 ${count(turn.missing)}바이트는 캡처되지 않음`,
            });
    const what = say(model, { en: `packet ${turn.packet}`, ko: `${turn.packet}번 패킷` });
    const number = turn.stream === undefined ? '' : say(model, { en: `stream ${turn.stream}, `, ko: `스트림 ${turn.stream}, ` });
    const sealed = turn.sealed ? `, ${sealedText(model, session)}` : '';
    const size = `${bytes(turn.bytes)}${sealed}${lost}`;
    const text = `${edge} ${who}, ${number}${what}, ${seconds(turn.time - session.firstTime)} s, ${size}`;
    const shown = [span(mark), span(cell(text, model.width - 2, g), 'bold')];
    return fitted(selected ? select(shown) : shown, model.width);
  }
  const shown = [span(`${mark}${isClient ? '  ' : `${g.down} `}`, 'dim'), span(cell(turn.lines[at], model.width - 4, g))];
  return fitted(selected ? select(shown) : shown, model.width);
}

/** What client and server said on one connection, as a dialogue. */
export const stream: Screen = {
  name: 'stream',
  rows: (model, session) => rowsOf(turnsOf(model, session)),
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES),
  rowAt: (model, session, y) =>
    rowIn(model, 'stream', y, HEAD_LINES, rowsOf(turnsOf(model, session)), stream.page(model, session)),
  opens(model, session) {
    const row = rowAt(turnsOf(model, session), model.places.stream.cursor);
    return row === undefined ? undefined : { kind: 'packet', packet: row.turn.packet };
  },
  view(model, session) {
    const g = glyphs(model);
    const turns = turnsOf(model, session);
    const quic = model.stream === undefined ? undefined : quicOfFlow(model.stream);
    const tcp = model.stream === undefined || quic !== undefined ? undefined : session.connection(model.stream);
    const connection = tcp ?? (quic === undefined ? undefined : session.quicConnection?.(quic));
    const title =
      connection === undefined
        ? say(model, {
            en: 'No connection is selected, or it is still open',
            ko: '고른 연결이 없거나 아직 열려 있습니다',
          })
        : `${quic === undefined ? say(model, { en: 'Connection', ko: '연결' }) : say(model, { en: 'QUIC connection', ko: 'QUIC 연결' })} ${connection.id}: ${hostPort(connection.client)} ${g.to} ${hostPort(connection.server)}`;
    const rows = rowsOf(turns);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.stream, rows, page);
    const list: Line[] = [];
    for (let i = top; i < Math.min(rows, top + page); i++) {
      const row = rowAt(turns, i);
      if (row !== undefined) list.push(line(model, session, row, i === cursor));
    }
    if (rows === 0 && connection !== undefined)
      list.push(
        [],
        [
          span(
            `  ${quic === undefined ? say(model, { en: 'no payload on this connection', ko: '이 연결에는 데이터가 없습니다' }) : sealedText(model, session)}`,
          ),
        ],
      );
    const application = quic === undefined ? tcp?.application : 'quic';
    const right = application === undefined ? '' : `${application} `;
    return [
      ends([span(` ${cell(title, model.width - right.length - 2, g)}`, 'bold')], [span(right, 'dim')], model.width),
      ...block(list, page, model.width),
    ];
  },
};
