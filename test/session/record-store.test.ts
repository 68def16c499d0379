import { expect, test } from 'vitest';
import { RecordStore } from '../../src/session/record-store.ts';

test('records come back, those still in memory and those from the file, small and large, in any order', () => {
  const store = new RecordStore<{ n: number; text: string }>();
  const text = (n: number) => `한${'x'.repeat((n * 37) % 5000)}${n}`;
  for (let n = 0; n < 3000; n++) store.set(n, { n, text: text(n) });
  store.set(3000, { n: 3000, text: 'y'.repeat(2_000_000) });
  store.set(3001, { n: 3001, text: 'last' });
  for (let n = 3000; n-- > 0; ) expect(store.get(n)).toEqual({ n, text: text(n) });
  expect(store.get(3000)?.text.length).toBe(2_000_000);
  expect(store.get(3001)?.text).toBe('last');
  expect(store.get(3002)).toBeUndefined();
  expect(store.get(9_999_999)).toBeUndefined();
  store.set(5, { n: 5, text: 'new' });
  expect(store.get(5)?.text).toBe('new');
  store.close();
});
