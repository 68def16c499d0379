import { expect, test } from 'vitest';
import { HeapWatch } from '../../src/session/heap.ts';

const MB = 1 << 20;

/** Batches whose garbage grows by `growth` bytes each, over `lives` bytes that stay; what was there at most, and how often it was collected. */
function read(batches: number, growth: number, lives: (batch: number) => number): { most: number; collections: number } {
  let [garbage, batch, most, collections] = [0, 0, 0, 0];
  const watch = new HeapWatch(
    () => lives(batch) + garbage,
    () => () => {
      garbage = 0;
      collections++;
    },
  );
  for (; batch < batches; batch++) {
    garbage += growth;
    most = Math.max(most, lives(batch) + garbage);
    watch.look();
  }
  return { most, collections };
}

test('what gathers in the heap does not grow with the file', () => {
  const short = read(5_000, 4096, () => 10 * MB);
  const long = read(50_000, 4096, () => 10 * MB);
  expect(long.most).toBe(short.most);
  expect(long.most).toBeLessThan(18 * MB);
  expect(long.collections).toBeLessThan(50);
});

test('what lives and grows is not collected again and again', () => {
  expect(read(50_000, 0, (batch) => 10 * MB + batch * 256).collections).toBeLessThan(5);
});

test('a large heap is left to V8', () => {
  expect(read(50_000, 4096, () => 100 * MB).collections).toBe(0);
});
