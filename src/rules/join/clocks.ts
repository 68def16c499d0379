/** The extreme differences (time at the one capture - time at the other) of packets of one kind. */
interface Spread {
  least: number;
  greatest: number;
}

/** What is known of two captures' clocks: of packets that passed the first one first, or last, or whose order is not known. */
interface Seen {
  onward: Spread;
  back: Spread;
  fromClient: Spread;
  fromServer: Spread;
}

const spread = (): Spread => ({ least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY });
const note = (into: Spread, delta: number): void => {
  if (delta < into.least) into.least = delta;
  if (delta > into.greatest) into.greatest = delta;
};

export interface Offset {
  offset: number;
  uncertainty: number;
}

/** Which of two captures a packet from the client passes first: 1 the first one named, -1 the other, 0 not known. */
export type Order = 1 | 0 | -1;

/**
 * Solves the offset between two captures' clocks from packets that both show: as a way takes no negative time, it lies between
 * the least difference of packets one way and the greatest of those the other way, as in NTP (RFC 5905 §8). Each capture's times
 * count from its own base second, and so does the offset.
 */
export class Clocks {
  private readonly count: number;
  private readonly pairs = new Map<number, Seen>();

  constructor(captures: number) {
    this.count = captures;
  }

  /** The same packet in captures `a` and `b`. `order`: which one a packet from the client passes first, as hop limits tell. */
  seen(a: number, timeAtA: number, b: number, timeAtB: number, fromClient: boolean, order: Order): void {
    if (a === b) return;
    if (a > b) {
      this.seen(b, timeAtB, a, timeAtA, fromClient, -order as Order);
      return;
    }
    let known = this.pairs.get(a * this.count + b);
    if (known === undefined) {
      known = { onward: spread(), back: spread(), fromClient: spread(), fromServer: spread() };
      this.pairs.set(a * this.count + b, known);
    }
    const delta = timeAtB - timeAtA;
    if (order === 0) note(fromClient ? known.fromClient : known.fromServer, delta);
    else note(fromClient === (order === 1) ? known.onward : known.back, delta);
  }

  /**
   * Nanoseconds to add to a time of `from` for `to`'s clock, and how far off that may be; by way of a third capture where these
   * two share nothing. Undefined without packets in both directions.
   */
  offset(from: number, to: number): Offset | undefined {
    const direct = this.direct(from, to);
    if (direct !== undefined) return direct;
    let best: Offset | undefined;
    for (let by = 0; by < this.count; by++) {
      const [one, other] = [this.direct(from, by), this.direct(by, to)];
      if (one === undefined || other === undefined) continue;
      const uncertainty = one.uncertainty + other.uncertainty;
      if (best === undefined || uncertainty < best.uncertainty) best = { offset: one.offset + other.offset, uncertainty };
    }
    return best;
  }

  private direct(from: number, to: number): Offset | undefined {
    if (from === to) return { offset: 0, uncertainty: 0 };
    if (from > to) {
      const other = this.direct(to, from);
      return other && { offset: -other.offset, uncertainty: other.uncertainty };
    }
    const known = this.pairs.get(from * this.count + to);
    if (known === undefined) return undefined;
    const order = this.order(from, to);
    const [onward, back] = order === -1 ? [known.fromServer, known.fromClient] : [known.fromClient, known.fromServer];
    const upper = Math.min(known.onward.least, order === 0 ? Number.POSITIVE_INFINITY : onward.least);
    const lower = Math.max(known.back.greatest, order === 0 ? Number.NEGATIVE_INFINITY : back.greatest);
    if (Number.isFinite(upper) && Number.isFinite(lower)) return between(lower, upper);
    // Neither hop limits nor times tell which one is first: the two stand side by side.
    const { least, greatest } = merged(known);
    return Number.isFinite(least) && Number.isFinite(greatest) ? between(least, greatest) : undefined;
  }

  /**
   * Which of two captures a packet from the client passes first, by times alone: the difference of the clocks is greater on the
   * way that leads onward. 0 where times do not tell.
   */
  order(a: number, b: number): Order {
    if (a > b) return -this.order(b, a) as Order;
    const known = this.pairs.get(a * this.count + b);
    if (known === undefined) return 0;
    if (known.fromClient.least > known.fromServer.greatest) return 1;
    if (known.fromServer.least > known.fromClient.greatest) return -1;
    return 0;
  }
}

const between = (lower: number, upper: number): Offset => ({
  offset: (lower + upper) / 2,
  uncertainty: Math.abs(upper - lower) / 2,
});

function merged({ onward, back, fromClient, fromServer }: Seen): Spread {
  if (!Number.isFinite(fromClient.least) || !Number.isFinite(fromServer.least)) return spread();
  const all = [onward, back, fromClient, fromServer];
  return { least: Math.min(...all.map((s) => s.least)), greatest: Math.max(...all.map((s) => s.greatest)) };
}
