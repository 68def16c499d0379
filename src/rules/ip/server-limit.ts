import type { Connection } from '../../correlate/model.ts';
import { hopsTaken } from '../addresses.ts';
import type { CaptureFacts } from '../facts.ts';
import type { PacketFacts } from '../packet.ts';

/** Other connections of a server that are looked at. */
const LOOK = 64;

/** Not as many routers away: another beginning alone would be the same host with another habit. */
export const differs = (a: PacketFacts, b: PacketFacts): boolean => hopsTaken(a.hopLimit ?? 0) !== hopsTaken(b.hopLimit ?? 0);

export const isNearer = (a: PacketFacts, b: PacketFacts): boolean => hopsTaken(a.hopLimit ?? 0) < hopsTaken(b.hopLimit ?? 0);

/** A packet that the server sent elsewhere in the capture; echo replies and RSTs of a firewall may be another's. */
export function baseline(capture: CaptureFacts, c: Connection): PacketFacts | undefined {
  for (const other of capture.connectionsTo(c.server.address).slice(0, LOOK)) {
    const number = other.id === c.id ? undefined : other.handshake?.synAck[0];
    if (number === undefined || other.client.address !== c.client.address) continue;
    const packet = capture.packet(number);
    if (packet?.hopLimit !== undefined) return packet;
  }
  return undefined;
}
