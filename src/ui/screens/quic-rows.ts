import { hostPort } from '../../correlate/host-names.ts';
import type { QuicConnection } from '../../correlate/model.ts';
import { quicCloseText } from '../../correlate/quic-close.ts';
import { quicFlow } from '../../correlate/quic-record.ts';
import type { SessionView } from '../../session/session.ts';
import { fill } from '../../text/messages.ts';
import { QUIC } from '../../text/quic.ts';
import { safe } from '../../text/safe.ts';
import type { Text } from '../../text/text.ts';
import { bytes, count, duration } from '../format.ts';
import type { Glyphs } from '../glyphs.ts';
import { listAt, type Model } from '../model.ts';
import { block, cell, fitted, type Line, select, span, wrap } from '../span.ts';
import { glyphs, say } from './screen.ts';

/** Where room is scarce the port stays: it tells connections to one host apart. */
export function hostCell(e: { address: string; port: number }, cells: number, g: Glyphs): string {
  const whole = hostPort(e);
  if (whole.length <= cells) return cell(whole, cells, g);
  const port = `:${e.port}`;
  return `${cell(whole.slice(0, -port.length), cells - port.length, g)}${port}`;
}

/** Rows of QUIC connections behind those of TCP; a filter is about TCP's. */
export const quicRows = (model: Model, session: SessionView): number =>
  model.lists.connections === undefined ? (session.quicCount?.() ?? 0) : 0;

/** The QUIC connection of a row of the list of connections. */
export function quicAt(model: Model, session: SessionView, row: number): number | undefined {
  const id = row - session.connectionCount();
  return id >= 0 && id < quicRows(model, session) ? id : undefined;
}

/** The flow of a row's packets, TCP or QUIC. */
export function flowAt(model: Model, session: SessionView, row: number): number {
  const quic = quicAt(model, session, row);
  return quic === undefined ? listAt(model, 'connections', row) : quicFlow(quic);
}

const OPEN: Text = { en: 'still open', ko: '아직 열려 있음' };
const END_HIDDEN: Text = { en: 'end not visible', ko: '종료 보이지 않음' };

type Columns = Record<'number' | 'client' | 'server' | 'what' | 'packets' | 'bytes' | 'rtt' | 'again' | 'took' | 'end', number>;

export function quicRow(model: Model, q: QuicConnection | undefined, id: number, w: Columns, selected: boolean): Line {
  const g: Glyphs = glyphs(model);
  const mark = selected ? `${g.cursor} ` : '  ';
  const number = cell(`q${id}`, w.number, g, 'right');
  if (q === undefined) return fitted([span(`${mark}${number} ${say(model, OPEN)}`, 'dim')], model.width);
  const parts: [string, number, 'left' | 'right'][] = [
    [hostCell(q.client, w.client, g), w.client, 'left'],
    [hostCell(q.server, w.server, g), w.server, 'left'],
    ['quic', w.what, 'left'],
    [count(q.fromClient.packets + q.fromServer.packets), w.packets, 'right'],
    [bytes(q.fromClient.payloadBytes + q.fromServer.payloadBytes), w.bytes, 'right'],
    ['', w.rtt, 'right'],
    ['', w.again, 'right'],
    [duration(q.lastTime - q.firstTime), w.took, 'right'],
    [say(model, q.close === undefined ? END_HIDDEN : quicCloseText(q.close)), w.end, 'left'],
  ];
  const cells = parts.flatMap(([text, n, side]) => (n > 0 ? [span(`${cell(text, n, g, side)} `)] : []));
  const line = [span(mark), span(`${number} `), ...cells];
  return fitted(selected ? select(line) : line, model.width);
}

/** Who with whom, how much each way, how it ended, and what its hellos say. */
export function quicDetail(model: Model, q: QuicConnection | undefined, height: number): Line[] {
  if (q === undefined) return block([], height, model.width);
  const g = glyphs(model);
  const opened = q.decryption?.opened ?? 0;
  const words = (text: Text, values: Record<string, string | number> = {}): string => fill(text, model.language, values);
  const alpn = q.alpn ?? q.alpnOffered.join(', ');
  const said = [
    `${hostPort(q.client)} ${g.to} ${hostPort(q.server)}  ${words(QUIC.connection, { id: q.id, version: q.version })}`,
    [
      words(QUIC.client, { packets: q.fromClient.packets, bytes: q.fromClient.payloadBytes }),
      words(QUIC.server, { packets: q.fromServer.packets, bytes: q.fromServer.payloadBytes }),
      q.close === undefined ? words(opened > 0 ? QUIC.notClosed : QUIC.endHidden) : say(model, quicCloseText(q.close)),
    ].join('  '),
    [
      q.tlsVersion ?? '',
      q.cipher ?? '',
      q.sni === undefined ? '' : `SNI ${q.sni}`,
      alpn === '' ? '' : q.alpn === undefined ? words(QUIC.hiddenAlpn, { offered: alpn }) : `ALPN ${alpn}`,
      opened > 0 ? words(QUIC.opened, { n: opened }) : words(QUIC.hidden),
    ]
      .filter((each) => each !== '')
      .join('  '),
  ];
  const lines: Line[] = said.flatMap((text) => wrap(safe(text), model.width - 4, 2)).map((text) => [span(`  ${text}`)]);
  return block(lines.slice(0, height), height, model.width);
}
