/** Milliseconds between paints: on average, and while only the file's progress is new. */
const FRAME = 1000 / 30;
const READING_FRAME = 100;
/** So many paints may follow each other at once, so that a key never waits for a paint of something else. */
const BURST = 3;

/** When the screen may be painted next: 30 times a second at most over any longer time. */
export class Pace {
  private saved = BURST;
  private last = Number.NEGATIVE_INFINITY;

  /** The earliest time for a paint that is wanted now. Times in milliseconds. */
  due(now: number, why: 'key' | 'progress'): number {
    const saved = this.savedAt(now);
    const allowed = saved >= 1 ? now : now + (1 - saved) * FRAME;
    return why === 'key' ? allowed : Math.max(allowed, this.last + READING_FRAME);
  }

  painted(now: number): void {
    this.saved = Math.max(0, this.savedAt(now) - 1);
    this.last = now;
  }

  private savedAt(now: number): number {
    return Math.min(BURST, this.saved + (now - this.last) / FRAME);
  }
}
