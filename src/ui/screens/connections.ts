import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import { quicFlow } from '../../correlate/quic-record.ts';
import type { SessionView } from '../../session/session.ts';
import { closeText } from '../../text/closes.ts';
import type { Text } from '../../text/text.ts';
import { bytes, count, duration, ranges, seconds } from '../format.ts';
import { bodyHeight, listAt, listRows, type Model } from '../model.ts';
import { block, cell, fitted, type Line, select, span, wrap } from '../span.ts';
import { sequencePlot } from '../sequence-plot.ts';
import { closeWithPackets } from './journey-end.ts';
import { hostCell, quicAt, quicDetail, quicRow, quicRows } from './quic-rows.ts';
import { glyphs, rowIn, type Screen, say, within } from './screen.ts';

/*
 *   No. Client               Server             What  Packets   Bytes     RTT  Again Took     End
 * >   0 192.168.0.10:38958   192.0.2.80:80      http       12  1.33 kB 32.8 ms     0 59.6 ms  FIN, client first
 * ─────────────────────────────────────────────────────────────────────────────────────────────
 *   from client 78 B in 6 packets, from server 1.48 kB in 6 packets; …
 *   (the bytes of the server over time)
 */

const HEAD_LINES = 1;
const PLOT_LINES = 6;
const FOOT_LINES = 4 + PLOT_LINES;

const HEADS = {
  number: { en: 'No.', ko: '번호' },
  client: { en: 'Client', ko: '클라이언트' },
  server: { en: 'Server', ko: '서버' },
  what: { en: 'What', ko: '내용' },
  packets: { en: 'Packets', ko: '패킷' },
  bytes: { en: 'Bytes', ko: '바이트' },
  rtt: { en: 'RTT', ko: 'RTT' },
  again: { en: 'Again', ko: '재전송' },
  took: { en: 'Took', ko: '시간' },
  end: { en: 'End', ko: '종료' },
} satisfies Record<string, Text>;

function columns(width: number) {
  const wide = width >= 110;
  // An IPv4 address with its port has 21 cells at most; longer ones stand in whole below the list.
  const host = Math.max(15, Math.min(28, Math.floor((width - (wide ? 84 : 50)) / 2)));
  const fixed = {
    number: 6,
    client: host,
    server: host,
    what: wide ? 8 : 5,
    packets: wide ? 8 : 0,
    bytes: 8,
    rtt: 8,
    again: wide ? 6 : 0,
    took: wide ? 8 : 0,
  };
  const used = Object.values(fixed).reduce((sum, cells) => sum + (cells > 0 ? cells + 1 : 0), 2);
  return { ...fixed, end: Math.max(0, width - used) };
}

function row(model: Model, c: Connection | undefined, id: number, selected: boolean): Line {
  const g = glyphs(model);
  const w = columns(model.width);
  const mark = selected ? `${g.cursor} ` : '  ';
  if (c === undefined)
    return fitted(
      [span(`${mark}${cell(String(id), w.number, g, 'right')} ${say(model, { en: 'still open', ko: '아직 열려 있음' })}`, 'dim')],
      model.width,
    );
  const total = c.fromClient.streamBytes + c.fromServer.streamBytes;
  const again = c.counts?.retransmissions ?? c.retransmissions.length;
  const parts: [string, number, 'left' | 'right'][] = [
    [String(id), w.number, 'right'],
    [hostCell(c.client, w.client, g), w.client, 'left'],
    [hostCell(c.server, w.server, g), w.server, 'left'],
    [c.application ?? '', w.what, 'left'],
    [count(c.fromClient.packets + c.fromServer.packets), w.packets, 'right'],
    [bytes(total), w.bytes, 'right'],
    [c.handshake?.rtt === undefined ? '' : duration(c.handshake.rtt), w.rtt, 'right'],
    [count(again), w.again, 'right'],
    [duration(c.lastTime - c.firstTime), w.took, 'right'],
    [say(model, closeText(c.close)), w.end, 'left'],
  ];
  const line = [
    span(mark),
    ...parts.flatMap(([text, cells, side]) => (cells > 0 ? [span(`${cell(text, cells, g, side)} `)] : [])),
  ];
  return fitted(selected ? select(line) : line, model.width);
}

/** Bytes of a direction per second of the connection's life. */
function rate(model: Model, streamBytes: number, took: number): string {
  return took <= 0
    ? ''
    : say(model, { en: `, ${bytes((streamBytes / took) * 1e9)}/s`, ko: `, 초당 ${bytes((streamBytes / took) * 1e9)}` });
}

function detail(model: Model, session: SessionView, c: Connection | undefined): Line[] {
  if (c === undefined) return block([], FOOT_LINES - 1, model.width);
  const took = c.lastTime - c.firstTime;
  const of = (d: Connection['fromClient']): string =>
    `${bytes(d.streamBytes)}${rate(model, d.streamBytes, took)} (${count(d.packets)})${d.missingBytes > 0 ? `, ${say(model, { en: 'missing', ko: '빠짐' })} ${bytes(d.missingBytes)}` : ''}`;
  const lists: [Text, number, readonly number[]][] = [
    [{ en: 'sent again', ko: '재전송' }, c.counts?.retransmissions ?? c.retransmissions.length, c.retransmissions],
    [{ en: 'out of order', ko: '순서 바뀜' }, c.counts?.outOfOrder ?? c.outOfOrder.length, c.outOfOrder],
    [{ en: 'duplicate ACKs', ko: '중복 ACK' }, c.counts?.duplicateAcks ?? c.duplicateAcks.length, []],
  ];
  const which = (packets: readonly number[], n: number): string =>
    packets.length === 0 ? '' : ` (${ranges(packets, n, 16, glyphs(model).range)})`;
  const between = ` ${glyphs(model).between} `;
  const said = [
    `${hostPort(c.client)} ${glyphs(model).to} ${hostPort(c.server)}${between}${closeWithPackets(model, c.close)}`,
    `${say(model, { en: 'from client', ko: '클라이언트' })} ${of(c.fromClient)}  ${say(model, { en: 'from server', ko: '서버' })} ${of(c.fromServer)}`,
    [
      ...lists.map(([text, n, packets]) => `${say(model, text)} ${count(n)}${which(packets, n)}`),
      c.history,
      `${seconds(c.firstTime - session.firstTime)} s`,
    ].join('  '),
  ];
  const lines: Line[] = said.flatMap((text) => wrap(text, model.width - 4, 1)).map((text) => [span(`  ${text}`)]);
  return block([...lines, ...sequencePlot(model, session, c, PLOT_LINES)], FOOT_LINES - 1, model.width);
}

const NOTHING = { en: 'No connection matches. Press Esc to see all.', ko: '맞는 연결이 없습니다. Esc를 누르면 모두 보입니다.' };

/** Every TCP connection of the capture, with what its life was like; behind them those of QUIC. */
export const connections: Screen = {
  name: 'connections',
  rows: (model, session) => listRows(model, 'connections', session.connectionCount()) + quicRows(model, session),
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES),
  rowAt: (model, session, y) =>
    rowIn(model, 'connections', y, HEAD_LINES, connections.rows(model, session), connections.page(model, session)),
  opens(model, session) {
    const { cursor } = model.places.connections;
    const quic = quicAt(model, session, cursor);
    if (quic !== undefined) {
      const title = { en: `QUIC connection ${quic}`, ko: `QUIC 연결 ${quic}` };
      return { kind: 'packets', title, packets: session.packetsOf(quicFlow(quic)) };
    }
    const id = listAt(model, 'connections', cursor);
    if (id < 0 || id >= session.connectionCount()) return undefined;
    const title = { en: `connection ${id}`, ko: `연결 ${id}` };
    return { kind: 'packets', title, packets: session.packetsOf(id) };
  },
  view(model, session) {
    const g = glyphs(model);
    const w = columns(model.width);
    const rows = this.rows(model, session);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.connections, rows, page);
    const right = new Set(['number', 'packets', 'bytes', 'rtt', 'again', 'took']);
    const heads = (Object.keys(HEADS) as (keyof typeof HEADS)[]).flatMap((name) =>
      w[name] > 0 ? [cell(say(model, HEADS[name]), w[name], g, right.has(name) ? 'right' : 'left')] : [],
    );
    const list: Line[] =
      rows === 0
        ? [
            [],
            [
              span(
                `  ${say(model, session.connectionCount() > 0 ? NOTHING : { en: 'no TCP or QUIC connection is in the capture', ko: '캡처에 TCP나 QUIC 연결이 없습니다' })}`,
              ),
            ],
          ]
        : [];
    for (let i = top; i < Math.min(rows, top + page); i++) {
      const quic = quicAt(model, session, i);
      if (quic !== undefined) {
        list.push(quicRow(model, session.quicConnection?.(quic), quic, columns(model.width), i === cursor));
        continue;
      }
      const id = listAt(model, 'connections', i);
      list.push(row(model, session.connection(id), id, i === cursor));
    }
    const quic = quicAt(model, session, cursor);
    const foot =
      quic === undefined
        ? detail(model, session, rows === 0 ? undefined : session.connection(listAt(model, 'connections', cursor)))
        : quicDetail(model, session.quicConnection?.(quic), FOOT_LINES - 1);
    return [
      fitted([span(`  ${heads.join(' ')}`, 'head')], model.width, 'head'),
      ...block(list, page, model.width),
      fitted([span(g.across.repeat(model.width), 'dim')], model.width),
      ...foot,
    ];
  },
};
