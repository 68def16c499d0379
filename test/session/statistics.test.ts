import { expect, test } from 'vitest';
import { quantile, RateBins, StageStatistics } from '../../src/session/statistics.ts';
import type { Journey, Stage } from '../../src/correlate/model.ts';

test('packets per bin: each is counted once, wherever it lies, and the bins stay bounded', () => {
  const bins = new RateBins();
  const times = [5e9, 5e9 + 1, 7e9, 4e9, 1e12, 3e9, 1e12 + 5e8, 9e14, 0];
  for (const time of times) bins.add(time);
  const list = bins.list();
  expect(list.reduce((a, b) => a + b, 0)).toBe(times.length);
  expect(list.length).toBeLessThanOrEqual(400);
  expect(list.length * bins.width).toBeGreaterThanOrEqual(9e14);
  // Nine packets in the first 1000 s of 900,000: all but the last in the first bin.
  expect(list[0]).toBe(8);
  expect(list.at(-1)).toBe(1);
  const even = new RateBins();
  for (let n = 0; n < 1600; n++) even.add(n * 1e6);
  expect([even.width, even.list()]).toEqual([4e6, Array(400).fill(4)]);
});

test('stage times: quantiles are within nine percent, reused stages and idling are left out', () => {
  const statistics = new StageStatistics();
  const stage = (kind: Stage['kind'], took: number, reused = false): Stage => ({
    kind,
    start: 1e9,
    end: 1e9 + took,
    packets: [],
    packetCount: 0,
    reused,
  });
  for (let n = 1; n <= 100; n++)
    statistics.add({ stages: [stage('dns', n * 1e6), stage('tcp', 0, true), stage('idle', 5e9)] } as unknown as Journey);
  const [dns, ...others] = statistics.list();
  expect(others).toEqual([]);
  expect([dns.kind, dns.count, dns.longest]).toEqual(['dns', 100, 100e6]);
  expect(Math.abs(quantile(dns, 0.5) / 50e6 - 1)).toBeLessThan(0.09);
  expect(Math.abs(quantile(dns, 0.9) / 90e6 - 1)).toBeLessThan(0.09);
  expect(quantile(dns, 1)).toBeLessThanOrEqual(100e6);
});
