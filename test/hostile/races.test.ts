import { expect, test } from 'vitest';
import { correlate } from '../correlate/dialogue.ts';
import * as S from '../correlate/scene.ts';

// Names and connections made to be compared with each other.

const m = S.machine(1);
const FOUR = Array.from({ length: 40 }, (_, i) => `192.0.2.${i + 1}`);

test('one name asked for thousands of times at once: what is compared is bounded', () => {
  const count = 3000;
  const lookups = Array.from({ length: count }, (_, i) => S.lookup(m, 'a.example', FOUR.slice(0, 2), [], 2000 + i, i));
  const asked = lookups.flatMap((frames) => [frames[0]]);
  const told = lookups.flatMap((frames) => [frames[2]]);
  const opened = Array.from({ length: count }, (_, i) => S.connection(m, 10000 + i, FOUR[0], ['c S'])).flat();
  const frames = [...asked, ...told, ...opened];
  const started = performance.now();
  const { journeys, lookups: found } = correlate(S.inTurn(frames, 0.01));
  expect(performance.now() - started).toBeLessThan(5000);
  expect(found).toHaveLength(count);
  const own = journeys.flatMap((j) => j.stages.filter((s) => s.kind === 'dns' && !s.reused).flatMap((s) => s.packets));
  expect(new Set(own).size).toBe(own.length);
});

test('thousands of attempts for one name: each is told, alone or with another', () => {
  const count = 4000;
  const asked = S.lookup(m, 'a.example', FOUR, [], 50000);
  const tried = Array.from({ length: count }, (_, i) =>
    S.connection(m, 10000 + i, FOUR[i % FOUR.length], ['c S', 's RA']),
  ).flat();
  const { journeys, connections } = correlate(S.inTurn([...asked, ...tried], 0.01));
  const told = new Set(journeys.flatMap((j) => [j.connection, ...(j.attempts ?? []).map((a) => a.connection)]));
  expect(connections).toHaveLength(count);
  for (const c of connections) expect(told.has(c.id)).toBe(true);
  for (const j of journeys) expect(j.attempts?.length ?? 0).toBeLessThanOrEqual(16);
});
