/** Milliseconds between paints: on average, while only packets that came are new, and while a file is read. */
const FRAME = 1000 / 30;
const PROGRESS_FRAME = 100;
const READING_FRAME = 250;
/** So many paints may follow each other at once, so that a key never waits for a paint of something else. */
const BURST = 3;

/** When the screen may be painted next: 30 times a second at most over any longer time. */
export class Pace {
  private saved = BURST;
  private last = Number.NEGATIVE_INFINITY;
  private first = Number.NaN;

  /** The earliest time for a paint that is wanted now. Times in milliseconds. */
  due(now: number, why: 'key' | 'progress' | 'reading'): number {
    const saved = this.savedAt(now);
    const allowed = saved >= 1 ? now : now + (1 - saved) * FRAME;
    if (why === 'key') return allowed;
    // Of a file the first rows are wanted soon; later each paint is work that the reading waits for.
    const read = Math.min(READING_FRAME, Math.max(FRAME, (this.last - this.first) / 2));
    return Math.max(allowed, this.last + (why === 'reading' ? read : PROGRESS_FRAME));
  }

  painted(now: number): void {
    this.saved = Math.max(0, this.savedAt(now) - 1);
    if (Number.isNaN(this.first)) this.first = now;
    this.last = now;
  }

  private savedAt(now: number): number {
    return Math.min(BURST, this.saved + (now - this.last) / FRAME);
  }
}
