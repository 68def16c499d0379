import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JourneyList } from '../../src/session/journey-list.ts';
import type { JourneyHead } from '../../src/session/session.ts';

test('journeys that come in any order are listed by their start, those of one start as they came, whenever somebody looks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ start: fc.integer({ min: 0, max: 60 }), looks: fc.boolean() }), { maxLength: 3000 }),
      (come) => {
        const list = new JourneyList();
        const starts = come.map(({ start }) => start);
        const sorted = (count: number) =>
          Array.from({ length: count }, (_, id) => id).sort((a, b) => starts[a] - starts[b] || a - b);
        const ids = () => Array.from({ length: list.count }, (_, i) => list.at(i).id);
        come.forEach(({ start, looks }, id) => {
          list.add({ id } as JourneyHead, start);
          if (looks && id % 97 === 0) expect(ids()).toEqual(sorted(id + 1));
          if (looks) expect(list.startedBy(start)).toBe(starts.slice(0, id + 1).filter((each) => each <= start).length);
        });
        expect(ids()).toEqual(sorted(come.length));
      },
    ),
    { numRuns: 30 },
  );
});
