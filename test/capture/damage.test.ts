import { describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/batch.ts';
import { type Everything, randomNumbers, readBytes } from './build.ts';
import { samples } from './samples.ts';

/** Reads what may be no capture at all: undefined then. Anything but a CaptureError is a failure. */
async function readAny(bytes: Uint8Array, chunk: number, size: number): Promise<Everything | undefined> {
  try {
    return await readBytes(bytes, { chunk }, size);
  } catch (error) {
    if (error instanceof CaptureError) return undefined;
    throw error;
  }
}

describe.each(samples)('$name', ({ bytes, header, ends }) => {
  test('reads the same in pieces of any size, with the smallest buffer', async () => {
    const whole = await readBytes(bytes);
    expect(whole.problems).toEqual([]);
    expect(whole.packets).toHaveLength(ends[ends.length - 1].packets);
    for (const size of [1, 2, 3, 5, 7, 16, 61, 1000]) {
      for (const chunk of [1, 40, 1 << 20]) {
        const again = await readBytes(bytes, { chunk }, size);
        expect(again.packets).toEqual(whole.packets);
        expect(again.problems).toEqual([]);
      }
    }
  });

  test('cut anywhere: every packet before the cut, and one problem unless the cut is between records', async () => {
    const whole = await readBytes(bytes);
    for (let cut = 0; cut < bytes.length; cut++) {
      const found = await readAny(bytes.subarray(0, cut), cut % 2 === 0 ? 64 : 1 << 20, cut % 3 === 0 ? 1 : cut);
      if (cut < header) {
        expect(found).toBeUndefined();
        continue;
      }
      const last = ends.findLast((end) => end.at <= cut);
      expect(found?.packets).toEqual(whole.packets.slice(0, last?.packets));
      const between = last?.at === cut;
      expect(found?.problems).toMatchObject(between ? [] : [{ code: 'truncated-file', offset: last?.at }]);
    }
  });

  test('garbled bytes: an end, problems or none, and the same however it is cut into pieces', async () => {
    const random = randomNumbers(0x5eed);
    for (let round = 0; round < 200; round++) {
      const garbled = new Uint8Array(bytes);
      for (let i = 0; i <= random(8); i++) garbled[random(garbled.length)] = random(256);
      const whole = await readAny(garbled, 1 << 20, garbled.length);
      const small = await readAny(garbled, 16, 1 + random(20));
      expect(small?.packets).toEqual(whole?.packets);
      expect(small?.problems).toEqual(whole?.problems);
    }
  });
});
