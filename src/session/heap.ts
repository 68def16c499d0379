import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of each of the two halves in which V8 makes objects. Twice as much, its own limit, saves no time. */
const YOUNG_BYTES = 8 << 20;
let growing = true;

/**
 * Left alone, V8 lets a large heap grow to four times of what lives in it before it looks; and it begins with so small a young
 * half that starting the program fills it several times.
 */
export function tuneHeap(): void {
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--semi-space-growth-factor=8');
}

/** Asked once a batch: keeps the young halves from growing on. (Their limit itself is fixed when the process starts.) */
export function boundYoungHeap(): void {
  if (!growing) return;
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  if (young !== undefined && young.space_size < 2 * YOUNG_BYTES) return;
  growing = false;
  setFlagsFromString('--semi-space-growth-factor=1');
}
