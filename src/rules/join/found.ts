import type { HopJoin, JoinedBy, PacketPair } from '../hops.ts';
import type { Order } from './clocks.ts';

/** What two captures show, before it is known which of them is nearer to the client. */
export interface Found {
  kind: HopJoin['kind'];
  a: number;
  b: number;
  aId: number;
  bId: number;
  by: JoinedBy;
  /** By hop limits; 0: the clocks may tell. */
  order: Order;
  /** Packet numbers in `a` and `b`. */
  pairs(): PacketPair[];
}

/** At most so many joins; each is small, and reads its packets when asked. */
export const MAX_JOINS = 200_000;

/** As rules see it. */
export class Join implements HopJoin {
  readonly from: number;
  readonly to: number;
  readonly kind: HopJoin['kind'];
  readonly fromId: number;
  readonly toId: number;
  readonly by: JoinedBy;
  readonly ordered: boolean;
  private readonly found: Found;
  private readonly turned: boolean;

  constructor(found: Found, order: Order) {
    this.found = found;
    this.turned = order === -1;
    this.ordered = order !== 0;
    this.kind = found.kind;
    this.by = found.by;
    this.from = this.turned ? found.b : found.a;
    this.to = this.turned ? found.a : found.b;
    this.fromId = this.turned ? found.bId : found.aId;
    this.toId = this.turned ? found.aId : found.bId;
  }

  get pairs(): PacketPair[] {
    const pairs = this.found.pairs();
    if (!this.turned) return pairs;
    return pairs.map(({ from, to, fromClient }) => ({ from: to, to: from, fromClient })).sort((p, q) => p.from - q.from);
  }
}
