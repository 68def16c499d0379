import { expect, test } from 'vitest';
import { hasBudget } from '../../src/session/compiler.ts';

test('only a V8 that knows the flag is given it: Node 22 and 24 complain of it, seen with these versions', () => {
  expect(hasBudget('11.3.244.8-node.38')).toBe(true);
  expect(hasBudget('12.4.254.21-node.33')).toBe(false);
  expect(hasBudget('13.6.233.17-node.37')).toBe(false);
});
