import { expect, test } from 'vitest';
import { http3Streams } from '../../scripts/fuzz/http3-streams.ts';

test('20 000 connections with broken streams: nothing throws, nothing is held, what begins ends', () => {
  for (let seed = 1; seed <= 20_000; seed++) expect(() => http3Streams(seed), `seed ${seed}`).not.toThrow();
});
