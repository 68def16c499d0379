import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RULES } from '../../src/rules/registry.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { judge } from './judge.ts';

test('R-FIN-4: the connection of the first of two requests stays open, that of the last is closed', async () => {
  // The lab's truth: curl ran twice, each time with two requests over one connection, which it closed then.
  const fin4 = RULES.find(({ id }) => id === 'R-FIN-4');
  if (fin4 === undefined) throw new Error('no R-FIN-4');
  const verdicts = (await judge(fin4, join(FIXTURES, 'warm-keepalive', 'client.pcap'))).map(({ verdict }) => verdict);
  expect(verdicts).toEqual(['contradicted', 'confirmed', 'contradicted', 'confirmed']);
});
