// What the summary shows of a whole capture, kept as packets and journeys come: bounded, whatever the capture's length.
import type { Batch } from '../capture/batch.ts';
import { type Journey, STAGE_KINDS, type StageKind } from '../correlate/model.ts';
import type { Packets } from '../dissect/packets.ts';
import type { Stacks } from '../dissect/stacks.ts';

/** Layer stacks that are told apart at most. */
const STACKS = 4096;
const BINS = 400;
const FIRST_WIDTH = 1e6;

/** Packets per time bin: between half as many bins and `BINS` once there are more than that; their width in nanoseconds doubles as needed. */
export class RateBins {
  width = FIRST_WIDTH;
  private readonly counts = new Float64Array(BINS);
  private origin = Number.NaN;
  private used = 0;
  /** The bin of the last packet, and which times are in it: mostly the next one is, too. */
  private last = 0;
  private from = Number.NaN;
  private until = Number.NaN;

  add(time: number): void {
    if (time >= this.from && time < this.until) this.counts[this.last]++;
    else this.find(time);
  }

  private find(time: number): void {
    if (Number.isNaN(this.origin)) this.origin = time;
    let at = Math.floor((time - this.origin) / this.width);
    while (at >= BINS || this.used - at > BINS) {
      this.halve();
      at = Math.floor((time - this.origin) / this.width);
    }
    if (at < 0) {
      // Earlier than all before: bins are put in front.
      this.counts.copyWithin(-at, 0, this.used);
      this.counts.fill(0, 0, -at);
      this.origin += at * this.width;
      this.used -= at;
      at = 0;
    }
    this.counts[at]++;
    if (at >= this.used) this.used = at + 1;
    this.last = at;
    this.from = this.origin + at * this.width;
    this.until = this.from + this.width;
  }

  list(): number[] {
    return Array.from(this.counts.subarray(0, this.used));
  }

  private halve(): void {
    const { counts } = this;
    const used = (this.used + 1) >> 1;
    for (let i = 0; i < used; i++) counts[i] = counts[2 * i] + (2 * i + 1 < this.used ? counts[2 * i + 1] : 0);
    counts.fill(0, used);
    this.used = used;
    this.width *= 2;
  }
}

/** What the summary shows. */
export interface Statistics {
  binNanoseconds: number;
  packetsPerBin: number[];
  bytesByProtocol: [string, number][];
  /** How long the stages of the journeys took. */
  stageTimes?: readonly StageTimes[];
}

/** What the summary shows, gathered as packets and journeys come. */
export class CaptureStatistics {
  private readonly protocolBytes = new Float64Array(STACKS);
  private readonly rates = new RateBins();
  private readonly stageTimes = new StageStatistics();

  packets(batch: Batch, { stack, time }: Packets): void {
    const { protocolBytes, rates } = this;
    for (let row = 0; row < batch.count; row++) {
      // Its number in `Stacks`.
      protocolBytes[stack[row]] += batch.wirelen[row];
      rates.add(time[row]);
    }
  }

  journey(journey: Journey): void {
    this.stageTimes.add(journey);
  }

  list(stacks: Stacks): Statistics {
    const byProtocol = new Map<string, number>();
    for (let stack = 0; stack < STACKS; stack++) {
      if (this.protocolBytes[stack] === 0) continue;
      const name = stacks.layers(stack).at(-1) ?? stacks.name(stack);
      byProtocol.set(name, (byProtocol.get(name) ?? 0) + this.protocolBytes[stack]);
    }
    const bytesByProtocol = [...byProtocol].sort((a, b) => b[1] - a[1]);
    const { width: binNanoseconds } = this.rates;
    return { binNanoseconds, packetsPerBin: this.rates.list(), bytesByProtocol, stageTimes: this.stageTimes.list() };
  }
}

/** Bins of stage times: eight to a doubling, from a microsecond on. */
const STEPS = 8;
const TIMES = 256;
const LEAST = 1000;

/** How long one kind of stage took: how often, and in how many journeys how long, from `from` nanoseconds on by a factor of `2^(1/8)` each. */
export interface StageTimes {
  kind: StageKind;
  count: number;
  longest: number;
  bins: Uint32Array;
}

/** Nanoseconds at which a bin begins. */
export const binStart = (bin: number): number => LEAST * 2 ** (bin / STEPS);

/** The time that this share of the stages did not pass, within a bin (9 %). */
export function quantile({ count, longest, bins }: StageTimes, share: number): number {
  let left = Math.ceil(count * share);
  for (let bin = 0; bin < bins.length; bin++) {
    left -= bins[bin];
    if (left <= 0) return Math.min(longest, binStart(bin + 0.5));
  }
  return longest;
}

export class StageStatistics {
  /** In the order of `STAGE_KINDS`. */
  private readonly kinds = STAGE_KINDS.map((kind): StageTimes => ({ kind, count: 0, longest: 0, bins: new Uint32Array(TIMES) }));

  /** Reused ones took no time, and idling is nobody's work: they are left out. */
  add(journey: Journey): void {
    for (const { kind, start, end, reused } of journey.stages) {
      if (reused || kind === 'idle') continue;
      const known = this.kinds[STAGE_KINDS.indexOf(kind)];
      const took = Math.max(0, end - start);
      const bin = took < LEAST ? 0 : Math.min(TIMES - 1, Math.floor(Math.log2(took / LEAST) * STEPS));
      known.count++;
      known.longest = Math.max(known.longest, took);
      known.bins[bin]++;
    }
  }

  list(): StageTimes[] {
    return this.kinds.filter(({ count }) => count > 0);
  }
}
