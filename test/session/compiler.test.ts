import { expect, test } from 'vitest';
import { hasFlags } from '../../src/session/compiler.ts';

test('only a V8 that knows the flags is given them: Node 22 and 24 complain of them, seen with these versions', () => {
  expect(hasFlags('11.3.244.8-node.38')).toBe(true);
  expect(hasFlags('12.4.254.21-node.33')).toBe(false);
  expect(hasFlags('13.6.233.17-node.37')).toBe(false);
});
