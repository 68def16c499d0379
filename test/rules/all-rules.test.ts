import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/rules/registry.ts';

const tests = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts') && name !== 'all-rules.test.ts')
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

describe('the rules of the book', () => {
  test('are 90, each with an id of its own', () => {
    expect(RULES).toHaveLength(90);
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(90);
  });

  test.each(RULES.map((rule) => [rule.id, rule] as const))('%s speaks both languages and names its sources', (id, rule) => {
    for (const text of [rule.statement, rule.reality]) {
      expect(text.en).toMatch(/[A-Za-z]{3}/);
      expect(text.en).not.toMatch(/[가-힣]/);
      expect(text.ko).toMatch(/[가-힣]/);
    }
    expect(rule.rfc.length + rule.reality.en.length).toBeGreaterThan(0);
    expect(rule.vantages.length).toBeGreaterThan(0);
    expect(rule.reasons.length).toBeGreaterThan(1);
    expect(tests.includes(id) || tests.includes(`/${id.toLowerCase()}.ts`), `no test speaks of ${id}`).toBe(true);
  });
});
