import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CaptureRecords } from '../../src/session/capture-records.ts';
import { judgeAll } from '../../src/rules/engine.ts';
import { RULES_OF_IP } from '../../src/rules/ip/index.ts';
import { buildHops } from '../../src/rules/join/build.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { readCaptures } from './judge.ts';

/** Words of the engine and of needs that several rules share. */
const SHARED = ['nothing-of-its-kind', 'no-connection', 'mid-stream', 'quic'];
const reasons = new Map(RULES_OF_IP.map((rule) => [rule.id, new Set([...rule.reasons, ...SHARED])]));
const isCapture = (name: string): boolean => /\.pcap(ng)?$/.test(name);
const scenarios = readdirSync(FIXTURES).filter((name) => !name.includes('.'));

function check(captures: CaptureRecords[]): number {
  let count = 0;
  const within = (capture: number, packets: number[]): boolean =>
    packets.every((packet) => packet >= 1 && packet <= captures[capture].packetCount);
  for (const { rule, reason, capture, packets, elsewhere, says, verdict, advice } of judgeAll(RULES_OF_IP, buildHops(captures))) {
    count++;
    expect(reasons.get(rule), `${rule} ${reason}`).toContain(reason);
    expect(within(capture, packets), `${rule} ${reason}`).toBe(true);
    for (const other of elsewhere ?? []) expect(within(other.capture, other.packets), `${rule} ${reason}`).toBe(true);
    if (verdict === 'confirmed' || verdict === 'contradicted')
      expect(packets.length + (elsewhere?.length ?? 0), `${rule} ${reason}`).toBeGreaterThan(0);
    expect(`${says.en} ${says.ko}`, rule).not.toMatch(/undefined|NaN|Infinity|\[object|\((을|이|은|와|으|이)\)/);
    expect(says.ko, rule).toMatch(/[가-힣]/);
    if (verdict === 'not-visible') expect(advice?.command, `${rule} ${reason}`).toMatch(/^tcpdump -i/);
  }
  return count;
}

describe('what rules about IP say of the fixtures', () => {
  test.each(scenarios)('%s', async (scenario) => {
    const files = readdirSync(join(FIXTURES, scenario))
      .filter(isCapture)
      .map((file) => join(FIXTURES, scenario, file));
    const captures = await readCaptures(files);
    expect(check(captures)).toBeGreaterThanOrEqual(RULES_OF_IP.filter(({ scope }) => scope !== 'journey').length);
    for (const capture of captures) capture.close();
    if (files.length > 1)
      for (const file of files) {
        const [alone] = await readCaptures([file]);
        check([alone]);
        alone.close();
      }
  });
});
