import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correlate } from '../correlate/dialogue.ts';
import { check } from '../dissect/checks.ts';
import { dhcpExamples } from './examples.ts';

/** Bytes behind the headers, which the layers below have tests of their own for. */
const BEHIND_UDP = 62;

test('any change to a message is borne, shown and told within bounds', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...dhcpExamples.map((example) => example.bytes)),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 12 }),
      fc.nat(),
      (bytes, changes, cut) => {
        const frame = bytes.slice();
        for (const [at, value] of changes) frame[BEHIND_UDP + (at % (frame.length - BEHIND_UDP))] = value;
        const kept = BEHIND_UDP + (cut % (frame.length - BEHIND_UDP + 1));
        check(frame.subarray(0, kept), frame.length, 1);
        const { configurations } = correlate([{ bytes: frame.subarray(0, kept), wire: frame.length }]);
        for (const { resolvers, gateways, addresses } of configurations)
          expect(Math.max(resolvers.length, gateways.length, addresses.length)).toBeLessThanOrEqual(64);
      },
    ),
    { numRuns: 500 },
  );
});
