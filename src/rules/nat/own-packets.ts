import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { Flag } from '../packet.ts';

/** What systems put into TTL or Hop Limit when they send, and what is left of it behind one router. */
const INITIAL = new Set([64, 128, 255]);
const BEHIND_ONE = new Set([63, 127, 254]);
const MAX_LOOKED_AT = 2000;

/** Addresses that send packets of their own and forward those of others: the gateway's outer side. */
export function gatewaysIn(capture: CaptureFacts): Map<string, { forwarded: number }> {
  const found = new Map<string, { forwarded: number }>();
  const note = (number: number | undefined): void => {
    const packet = number === undefined ? undefined : capture.packet(number);
    if (packet?.source === undefined || packet.ipVersion !== 4 || !BEHIND_ONE.has(packet.hopLimit ?? 0)) return;
    if (!found.has(packet.source)) found.set(packet.source, { forwarded: packet.number });
  };
  let count = 0;
  for (const each of capture.connections) {
    if (count++ >= MAX_LOOKED_AT) break;
    note(each.handshake?.syn[0]);
  }
  for (const each of capture.lookups) {
    if (count++ >= MAX_LOOKED_AT) break;
    note(each.packet);
  }
  return found;
}

/** Was this packet made where it was captured: nobody has counted its hop limit down? */
export const isOwn = (capture: CaptureFacts, number: number): boolean => INITIAL.has(capture.packet(number)?.hopLimit ?? 0);

/** RSTs that one side sent on a connection. */
export function resetsFrom(capture: CaptureFacts, connection: Connection, side: 'client' | 'server'): number[] {
  const { address, port } = connection[side];
  return capture.packetsOf(connection.id, undefined, undefined, MAX_LOOKED_AT).filter((number) => {
    const packet = capture.packet(number);
    return (
      packet?.tcp !== undefined && (packet.tcp.flags & Flag.rst) !== 0 && packet.source === address && packet.sourcePort === port
    );
  });
}
