import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judgeAll } from '../../src/rules/engine.ts';
import { RULES_OF_ARP } from '../../src/rules/arp/index.ts';
import { RULES_OF_DNS } from '../../src/rules/dns/index.ts';
import { RULES_OF_LINK } from '../../src/rules/link/index.ts';
import { RULES_OF_NAMES } from '../../src/rules/names/index.ts';
import { RULES_OF_ORDER } from '../../src/rules/order/index.ts';
import { RULES_OF_PAGE } from '../../src/rules/page/index.ts';
import { buildHops } from '../../src/rules/join/build.ts';
import { RULES_OF_RESOLVER } from '../../src/rules/resolver/index.ts';
import { readCaptures } from './judge.ts';

const RULES = [
  ...RULES_OF_NAMES,
  ...RULES_OF_DNS,
  ...RULES_OF_RESOLVER,
  ...RULES_OF_ARP,
  ...RULES_OF_LINK,
  ...RULES_OF_PAGE,
  ...RULES_OF_ORDER,
];
const FIXTURES = join(import.meta.dirname, '../../fixtures');
const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => /\.pcap(ng)?$/.test(name));

/** Words of the engine and of needs that several rules share. */
const SHARED = ['nothing-of-its-kind', 'no-connection', 'mid-stream', 'one-direction', 'no-request', 'no-keys'];

describe('what rules about names, ARP, pages and order say of the fixtures', () => {
  test.each(files)('%s', async (file) => {
    const [capture] = await readCaptures([join(FIXTURES, file)]);
    const reasons = new Map(RULES.map((rule) => [rule.id, new Set([...rule.reasons, ...SHARED])]));
    const found = [...judgeAll(RULES, buildHops([capture]))];
    expect(found.length).toBeGreaterThanOrEqual(RULES_OF_RESOLVER.length);
    for (const { rule, reason, packets, says, verdict, advice } of found) {
      expect(reasons.get(rule), `${rule} ${reason}`).toContain(reason);
      for (const packet of packets) expect(packet >= 1 && packet <= capture.packetCount, `${rule}: packet ${packet}`).toBe(true);
      expect(`${says.en} ${says.ko}`, rule).not.toMatch(/undefined|NaN|Infinity|\[object/);
      expect(says.ko, rule).toMatch(/[가-힣]/);
      if (verdict === 'not-visible') expect(advice, `${rule} ${reason}`).toBeDefined();
    }
    capture.close();
  });
});
