import type { Decryption, Journey, Outcome, SealedReason } from '../correlate/model.ts';
import type { SegmentMarks } from '../correlate/segment-marks.ts';
import type { ListName } from '../correlate/tcp-lists.ts';

/** One kind of trouble on the wire, and how often it was met. */
export type Trouble =
  | { of: 'journeys'; kind: Outcome | 'client-errors' | 'server-errors'; count: number }
  | { of: 'segments'; kind: ListName; count: number; first: number }
  /** Connections with records that the keys at hand do not open. */
  | { of: 'sealed'; kind: SealedReason; count: number; first: number };

/** Most telling first. What is harmless by itself (keep-alives, probes, packets captured twice) is not among them. */
const OUTCOMES: readonly Outcome[] = ['dns-failed', 'refused', 'timed-out', 'tls-failed', 'reset', 'unanswered', 'incomplete'];
const SEGMENTS: readonly ListName[] = [
  'retransmissions',
  'fastRetransmissions',
  'spuriousRetransmissions',
  'outOfOrder',
  'duplicateAcks',
  'zeroWindows',
  'windowFull',
  'previousNotCaptured',
  'unseenAcked',
  'inconsistentOverlaps',
  'ineffectiveResets',
];

/** Counts journeys that did not end well. */
export class TroubleCounts {
  private readonly counts = new Map<string, number>();
  private readonly unopened = new Map<SealedReason, { count: number; first: number }>();

  add({ outcome, status = 0 }: Journey): void {
    this.count(outcome);
    if (status >= 400) this.count(status < 500 ? 'client-errors' : 'server-errors');
  }

  /** One connection's TLS, or QUIC; absent where no keys are at hand. */
  sealed(decryption: Decryption | undefined): void {
    for (const { why, packet } of decryption?.reasons ?? []) {
      const known = this.unopened.get(why);
      this.unopened.set(why, { count: (known?.count ?? 0) + 1, first: Math.min(known?.first ?? packet, packet) });
    }
  }

  /** Connections stayed sealed for want of their keys. */
  get lacksKeys(): boolean {
    return this.unopened.has('no-keys');
  }

  list(marks: SegmentMarks): Trouble[] {
    const journeys = [...OUTCOMES, 'server-errors' as const, 'client-errors' as const].map((kind) => ({
      of: 'journeys' as const,
      kind,
      count: this.counts.get(kind) ?? 0,
    }));
    const segments = SEGMENTS.flatMap((kind) => {
      const tally = marks.tally(kind);
      return tally === undefined ? [] : [{ of: 'segments' as const, kind, ...tally }];
    });
    const unopened = [...this.unopened].map(([kind, tally]) => ({ of: 'sealed' as const, kind, ...tally }));
    return [...journeys.filter(({ count }) => count > 0), ...unopened, ...segments];
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}
