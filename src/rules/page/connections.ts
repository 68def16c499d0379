import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';

/** A connection of a client to a host: when it was opened, until when it was open, and whether it was ever used. */
export interface Opened {
  connection: number;
  host: string;
  packet: number;
  opened: number;
  closed: number;
  how: string;
}

/** Lists that are remembered at once. */
const LISTS = 200;
const known = new WeakMap<CaptureFacts, { count: number; opened: Map<string, Opened[]> }>();

/** A client's connections to one host at one address and port that carried something, in order of opening. */
export function connectionsLike(capture: CaptureFacts, connection: number, host: string): readonly Opened[] {
  const c = capture.connections.get(connection);
  if (c === undefined) return [];
  let found = known.get(capture);
  if (found?.count !== capture.journeys.count || found.opened.size >= LISTS) {
    found = { count: capture.journeys.count, opened: new Map() };
    known.set(capture, found);
  }
  const key = `${c.client.address} ${c.server.address} ${c.server.port} ${host.toLowerCase()}`;
  const list = found.opened.get(key) ?? openedLike(capture, c, host);
  found.opened.set(key, list);
  return list;
}

function openedLike(capture: CaptureFacts, like: Connection, host: string): Opened[] {
  const opened: Opened[] = [];
  const seen = new Set<number>();
  for (const { connection, name } of capture.journeysTo(like.client.address, host)) {
    const c = connection === undefined || seen.has(connection) ? undefined : capture.connections.get(connection);
    if (c === undefined || name.toLowerCase() !== host.toLowerCase()) continue;
    seen.add(c.id);
    if (c.fromClient.payloadBytes === 0 && c.fromServer.payloadBytes === 0) continue;
    if (c.client.address !== like.client.address) continue;
    if (c.server.address !== like.server.address || c.server.port !== like.server.port) continue;
    const closing = c.close.packets[0];
    opened.push({
      connection: c.id,
      host: name,
      packet: c.handshake?.syn[0] ?? c.firstPacket,
      opened: c.firstTime,
      closed: c.close.how === 'open' || closing === undefined ? Number.POSITIVE_INFINITY : capture.timeOf(closing),
      how: c.close.how,
    });
  }
  return opened.sort((a, b) => a.opened - b.opened);
}
