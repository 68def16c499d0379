import { DEFAULT_WINDOW } from '../dissect/http2/frames.ts';

/** One stream's share in the flow control of one direction. */
export class StreamWindow {
  /** What was allowed beyond the initial window, less what was sent. */
  credit = 0;
  /** Since when there has been no room; -1 there is. */
  since = -1;
}

/** How often, and for how long in all (ns), a stream's next DATA came only after its window, or the connection's, had been full. */
export interface WindowWait {
  count: number;
  time: number;
}

/** Flow control of the DATA of one direction (RFC 9113 §5.2). Exact only where both sides' SETTINGS were seen. */
export class FlowControl {
  /** SETTINGS_INITIAL_WINDOW_SIZE of the side that receives. */
  initial = DEFAULT_WINDOW;
  private connection = DEFAULT_WINDOW;

  /** A DATA frame of `length` bytes, padding and all, begins; returns how long it had to wait for room. */
  sent(window: StreamWindow | undefined, length: number, last: boolean, time: number): number {
    this.connection -= length;
    if (window === undefined) return 0;
    window.credit -= length;
    const waited = window.since < 0 ? 0 : Math.max(0, time - window.since);
    const full = this.connection <= 0 || this.initial + window.credit <= 0;
    window.since = full && !last && length > 0 ? time : -1;
    return waited;
  }

  /** WINDOW_UPDATE; without a stream for the connection as a whole. */
  allowed(window: StreamWindow | undefined, increment: number): void {
    if (window === undefined) this.connection += increment;
    else window.credit += increment;
  }
}
