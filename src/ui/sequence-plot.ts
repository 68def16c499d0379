import type { Connection } from '../correlate/model.ts';
import type { SessionView } from '../session/session.ts';
import { bytes, duration } from './format.ts';
import type { Model } from './model.ts';
import { cell, type Line, span } from './span.ts';
import { glyphs, say } from './screens/screen.ts';

/** Packets read for one plot. */
const MOST = 400;
const LABEL = 9;

/**
 * Bytes of the direction that carried more, over the connection's time: one mark a segment, where it begins; `x` was sent again.
 * A long connection is sampled.
 */
export function sequencePlot(model: Model, session: SessionView, c: Connection, lines: number): Line[] {
  const g = glyphs(model);
  const cells = model.width - LABEL - 4;
  const fromServer = c.fromServer.streamBytes >= c.fromClient.streamBytes;
  const total = fromServer ? c.fromServer.streamBytes : c.fromClient.streamBytes;
  const took = c.lastTime - c.firstTime;
  if (total === 0 || took <= 0 || cells < 10) return [];
  const points = session.segmentsOf(c.id, fromServer ? 'server' : 'client', MOST);
  const grid = Array.from({ length: lines - 1 }, () => new Array<string>(cells).fill(' '));
  const again = new Set(c.retransmissions);
  for (const { packet, time, offset } of points) {
    const x = Math.min(cells - 1, Math.max(0, Math.floor(((time - c.firstTime) / took) * cells)));
    const y = Math.min(lines - 2, Math.max(0, Math.floor((offset / total) * (lines - 1))));
    const row = grid[lines - 2 - y];
    if (row[x] !== 'x') row[x] = again.has(packet) ? 'x' : '·' === g.between ? '•' : '*';
  }
  const who = fromServer ? { en: 'server', ko: '서버' } : { en: 'client', ko: '클라이언트' };
  return [
    ...grid.map(
      (row, i): Line => [span(`  ${cell(i === 0 ? bytes(total) : '', LABEL, g, 'right')}${g.down}`, 'dim'), span(row.join(''))],
    ),
    [
      span(`  ${cell(say(model, who), LABEL, g, 'right')}${g.corners[2]}`, 'dim'),
      span(`${g.across.repeat(Math.max(0, cells - 10))} ${duration(took)}`, 'dim'),
    ],
  ];
}
