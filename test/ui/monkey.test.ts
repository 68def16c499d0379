import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEYS, TYPING } from '../../src/ui/keys.ts';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

const names = [...new Set([...KEYS.flatMap((group) => group.keys), ...TYPING.keys].flatMap((key) => key.keys))].filter(
  (name) => !['q', 'Ctrl-C', 'Ctrl-Z', 'Ctrl-L'].includes(name),
);
const step = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 260 }), fc.integer({ min: 1, max: 90 })) },
  { weight: 1, arbitrary: fc.constantFrom('more' as const, 'done' as const) },
);

test('whatever is pressed, the screen is full, in line and harmless', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.nat(20),
      fc.nat(80),
      fc.constantFrom('en', 'ko'),
      (steps, journeys, packets, language) => {
        const session = new FakeSession({
          journeys,
          packets,
          done: false,
          problems: journeys % 2 ? [{ code: 'x', message: 'x', packet: 3 }] : [],
        });
        const drive = new Drive(session, { language: language as 'en' });
        for (const s of steps) {
          if (Array.isArray(s)) drive.resize(s[0], s[1]);
          else if (s === 'more' || s === 'done') {
            session.journeys += 3;
            session.packets += 20;
            session.done ||= s === 'done';
            drive.changed();
          } else drive.key(s);
          expect(drive.widths()).toEqual(Array(drive.model.height).fill(drive.model.width));
        }
        expect(drive.text().replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      },
    ),
    { numRuns: 150 },
  );
});
