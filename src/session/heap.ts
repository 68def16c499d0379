import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Left alone, V8 lets a large heap grow to four times of what lives in it before it looks; and it begins with so small a young
 * half that starting the program fills it several times. What less memory than this costs is in bench/README.md.
 */
export function tuneHeap(): void {
  setFlagsFromString('--heap-growing-percent=130');
  setFlagsFromString('--semi-space-growth-factor=8');
}

/** What may gather in the old half beyond what lived in it when it was last looked at: bytes. */
const SLACK = 5 << 20;
/** Where more lives than this, V8's own measure is right: bytes. */
const LARGE = 32 << 20;
/** Calls between two looks, which take some microseconds each. */
const EVERY = 64;

const oldSpace = (): number => getHeapSpaceStatistics().find((each) => each.space_name === 'old_space')?.space_used_size ?? 0;

/**
 * Keeps what a small heap lets gather from growing with the file. V8 adds the size of the young half, and 8 MB, to what it
 * allows the old one, which is more than all that lives while a web capture is read.
 */
export class HeapWatch {
  private calls = 0;
  private lived = 0;
  private collect: (() => void) | undefined;
  private readonly used: () => number;
  private readonly collector: () => () => void;

  /** How many bytes the old half has, and what makes a function that collects it. */
  constructor(used = oldSpace, collector = collectorOfV8) {
    this.used = used;
    this.collector = collector;
  }

  /** To be called now and then, where nothing waits for the program. */
  look(): void {
    if (++this.calls % EVERY !== 0 || this.lived > LARGE) return;
    const used = this.used();
    if (this.lived === 0 || used < this.lived) this.lived = used;
    if (used - this.lived < SLACK) return;
    this.collect ??= this.collector();
    this.collect();
    this.lived = this.used();
  }
}

function collectorOfV8(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => gc() : () => {};
}
