import { expect, test } from 'vitest';
import type { Journey } from '../../src/correlate/model.ts';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

class Partial extends FakeSession {
  override journey(index: number): Journey {
    return { ...super.journey(index), partial: true, responseBytes: 50_300 * 10 ** (index % 9) };
  }
}

test.each([72, 80, 100, 119, 120, 160])('sizes that are a least keep their unit, %i columns wide', (width) => {
  const text = new Drive(new Partial(), { width }).text();
  for (const size of ['≥50.3 kB', '≥503 kB', '≥5.03 MB']) expect(text).toContain(` ${size} `);
});
