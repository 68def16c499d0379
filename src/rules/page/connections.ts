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

const known = new WeakMap<CaptureFacts, { count: number; opened: Map<string, Opened[]> }>();
const keyOf = (client: string, server: string, port: number, host: string): string =>
  `${client} ${server} ${port} ${host.toLowerCase()}`;

/** A client's connections to one host at one address and port that carried something, in order of opening. */
export function connectionsLike(capture: CaptureFacts, connection: number, host: string): readonly Opened[] {
  const c = capture.connections.get(connection);
  if (c === undefined) return [];
  let found = known.get(capture);
  if (found?.count !== capture.journeys.count) {
    found = { count: capture.journeys.count, opened: walk(capture) };
    known.set(capture, found);
  }
  return found.opened.get(keyOf(c.client.address, c.server.address, c.server.port, host)) ?? [];
}

function walk(capture: CaptureFacts): Map<string, Opened[]> {
  const opened = new Map<string, Opened[]>();
  const seen = new Set<string>();
  for (const { connection, name } of capture.journeys) {
    const c = connection === undefined || seen.has(`${connection} ${name}`) ? undefined : capture.connections.get(connection);
    if (c === undefined) continue;
    seen.add(`${connection} ${name}`);
    if (c.fromClient.payloadBytes === 0 && c.fromServer.payloadBytes === 0) continue;
    const key = keyOf(c.client.address, c.server.address, c.server.port, name);
    const closing = c.close.packets[0];
    const entry = {
      connection: c.id,
      host: name,
      packet: c.handshake?.syn[0] ?? c.firstPacket,
      opened: c.firstTime,
      closed: c.close.how === 'open' || closing === undefined ? Number.POSITIVE_INFINITY : capture.timeOf(closing),
      how: c.close.how,
    };
    const list = opened.get(key);
    if (list === undefined) opened.set(key, [entry]);
    else list.push(entry);
  }
  for (const list of opened.values()) list.sort((a, b) => a.opened - b.opened);
  return opened;
}
