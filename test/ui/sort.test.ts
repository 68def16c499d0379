import { expect, test, vi } from 'vitest';
import { start } from '../../src/ui/model.ts';
import { sorted, sortOn } from '../../src/ui/sort.ts';
import type { JourneyHead } from '../../src/session/session.ts';
import { FakeSession } from './fake.ts';

const HEADS = Array.from({ length: 50_000 }, (_, index): JourneyHead => {
  const total = index % 10 === 0 ? -1 : (index * 7919) % 100_003;
  const url = `http://h/${(index * 31) % 4001}`;
  const head = { id: index, name: 'h', url, method: 'GET', status: 200 + (index % 7), outcome: 'complete' as const, page: 0 };
  return { ...head, responseBytes: undefined, total, longest: undefined };
});

class Many extends FakeSession {
  override journeyCount(): number {
    return HEADS.length;
  }
  override journeyHead(index: number): JourneyHead {
    return HEADS[index];
  }
}

test.each(['duration', 'status', 'name'] as const)('many journeys are sorted by %s in pieces, as a plain sort would', (by) => {
  const session = new Many();
  let model = sorted({ ...start({ language: 'en', width: 80, height: 24 }), sort: { by } }, session);
  for (let pieces = 0; model.sorting !== undefined && pieces < 10_000; pieces++) model = sortOn(model, session);
  const plain = HEADS.toSorted((a, b) => {
    if (by === 'status') return (b.status ?? 0) - (a.status ?? 0) || a.id - b.id;
    if (by === 'name') return (a.url ?? '') < (b.url ?? '') ? -1 : (a.url ?? '') > (b.url ?? '') ? 1 : a.id - b.id;
    return (a.total < 0 ? 1 : 0) - (b.total < 0 ? 1 : 0) || b.total - a.total || a.id - b.id;
  });
  expect(model.order).toEqual(plain.map((head) => head.id));
});

test('what is done between two keys is little, however many there are', () => {
  let looked = 0;
  class Counting extends Many {
    override journeyHead(index: number): JourneyHead {
      looked++;
      return super.journeyHead(index);
    }
  }
  const session = new Counting();
  // Each look at the clock is later than what anybody may wait for.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
  try {
    let model = sorted({ ...start({ language: 'en', width: 80, height: 24 }), sort: { by: 'name' } }, session);
    for (let pieces = 0; model.sorting !== undefined && pieces < 10_000; pieces++) {
      expect(looked).toBeLessThan(HEADS.length / 2);
      looked = 0;
      model = sortOn(model, session);
    }
    expect(model.order).toHaveLength(HEADS.length);
  } finally {
    clock.mockRestore();
  }
});
