import * as R from './tcp-record.ts';
import type { TcpTracker } from './tcp.ts';

/** Connections that neither both sides nor a reset have closed. */
export function openConnections({ table }: TcpTracker): number {
  let open = 0;
  for (const slot of table.slots()) {
    const state = table.page(slot).words[table.base(slot) + R.STATE];
    if ((state & (R.FIN_SEEN * 3)) !== R.FIN_SEEN * 3 && (state & (R.RST_SEEN * 3)) === 0) open++;
  }
  return open;
}
