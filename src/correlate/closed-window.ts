import type { Text } from '../text/text.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { inOrder } from './packet-list.ts';
import * as R from './tcp-record.ts';
import type { Timeline } from './timeline.ts';

/** A side whose receive window became 0 and stayed so, while the other side had not said that it had sent everything. */
export interface ClosedWindow {
  side: 'client' | 'server';
  time: number;
  /** The segment that closed it, and the probes since. */
  packets: number[];
  note: Text;
}

export function closedWindow(f: ConnectionFacts): ClosedWindow | undefined {
  const d = f.closedSide;
  const since = d === undefined ? undefined : f.conversation?.closedWindows?.[d];
  if (since === undefined) return undefined;
  const lists = f.conversation?.lists;
  const probes = [...(lists?.get('windowProbes') ?? []), ...(lists?.get('windowProbeAcks') ?? [])];
  const client = d === f.clientSide;
  return {
    side: client ? 'client' : 'server',
    time: since.time,
    packets: inOrder([since.packet, ...probes.filter((packet) => packet > since.packet)]),
    note: {
      en: `the ${client ? 'client' : 'server'}’s receive window was 0 from packet ${since.packet} on and did not open again`,
      ko: `${since.packet}번 패킷부터 ${client ? '클라이언트' : '서버'}의 수신 윈도우가 0이었고 다시 열리지 않았습니다`,
    },
  };
}

/** When what was under way ended: the connection's close, else its last packet. */
export const overAt = (f: ConnectionFacts): number => (f.closePackets.length > 0 ? f.time(R.CLOSE_TIME) : f.time(R.LAST_TIME));

/** In a protocol that is not understood: the time in which the other side could not send. */
export function closedWindowStage(t: Timeline, f: ConnectionFacts): void {
  const closed = closedWindow(f);
  if (closed === undefined) return;
  const { side, time, packets, note } = closed;
  t.add(side === 'server' ? 'send' : 'receive', time, overAt(f), packets, packets.length, note);
}
