import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeClock, putTime } from '../../src/capture/clock.ts';

const GIGA = 1_000_000_000n;

/** The same in whole numbers of any size. */
function exact(resolution: number, offset: number, stamp: bigint): { seconds: number; nanoseconds: number } {
  const exponent = BigInt(resolution & 0x7f);
  const unit = resolution & 0x80 ? 2n ** exponent : 10n ** exponent;
  return { seconds: Number(stamp / unit) + offset, nanoseconds: Number(((stamp % unit) * GIGA) / unit) };
}

function put(clock: ReturnType<typeof makeClock>, stamp: bigint): { seconds: number; nanoseconds: number } {
  const seconds = new Float64Array(1);
  const nanoseconds = new Uint32Array(1);
  putTime(clock, Number(stamp >> 32n), Number(stamp & 0xffffffffn), seconds, nanoseconds, 0);
  return { seconds: seconds[0], nanoseconds: nanoseconds[0] };
}

const NOW = 1_700_000_000n * GIGA + 123_456_789n;

describe('clocks', () => {
  test.each([
    { name: 'microseconds', resolution: 6, stamp: NOW / 1000n },
    { name: 'nanoseconds', resolution: 9, stamp: NOW },
    { name: 'seconds', resolution: 0, stamp: NOW / GIGA },
    { name: 'picoseconds', resolution: 12, stamp: 12_345_678_901_234_567_890n },
    { name: '2^-10', resolution: 0x8a, stamp: (1_700_000_000n << 10n) | 1023n },
    { name: '2^-32 (as NTP)', resolution: 0xa0, stamp: (1_700_000_000n << 32n) | 0xffffffffn },
    { name: '2^-40', resolution: 0xa8, stamp: 0xfedcba9876543210n },
    { name: '2^0', resolution: 0x80, stamp: 1_700_000_000n },
  ])('$name', ({ resolution, stamp }) => {
    expect(put(makeClock(resolution, 0), stamp)).toEqual(exact(resolution, 0, stamp));
    expect(put(makeClock(resolution, -3600), stamp)).toEqual(exact(resolution, -3600, stamp));
  });

  test('every resolution, every stamp: what whole numbers of any size give', () => {
    const stamps = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), stamps, (resolution, list) => {
        const clock = makeClock(resolution, 0);
        for (const stamp of list) expect(put(clock, stamp)).toEqual(exact(resolution, 0, stamp));
      }),
      { numRuns: 3000 },
    );
  });

  test('stamps near one another, forwards and backwards, over the borders of seconds and of the halves', () => {
    const borders = [NOW, 2n ** 32n, 2n ** 53n, 2n ** 32n * 405_000_000n, GIGA * 1_700_000_000n, 0n, 2n ** 64n - 2n * GIGA];
    const steps = fc.array(fc.bigInt({ min: -2n * GIGA, max: 2n * GIGA }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...borders), fc.constantFrom(3, 6, 9, 10), steps, (border, resolution, list) => {
        const clock = makeClock(resolution, 5);
        for (const step of list) {
          const stamp = BigInt.asUintN(64, border + step < 0n ? 0n : border + step);
          expect(put(clock, stamp)).toEqual(exact(resolution, 5, stamp));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
