import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { evidence } from '../../src/correlate/evidence.ts';
import { type Journey, STAGE_KINDS } from '../../src/correlate/model.ts';
import { Analysis } from '../../src/session/analysis.ts';
import { JOURNEYS } from '../../src/session/journey-form.ts';
import { Packing } from '../../src/session/packing.ts';
import { FIXTURES, scenarios, truthOf } from '../fixtures/truth.ts';

function through(journeys: Journey[]): Journey[] {
  const packing = new Packing(64);
  const places = journeys.map((journey) => {
    const { at } = packing;
    JOURNEYS.put(packing, journey);
    return at;
  });
  return places.map((at) => JOURNEYS.take(packing.take(packing.bytes, at)));
}

/** With the sentences of the evidence, which are made when they are read. */
const told = (journey: Journey) => ({
  ...journey,
  evidence: journey.evidence.map(({ join, packets, text }) => ({ join, packets, text })),
});

test.each(scenarios)('%s: journeys come back as they were', async (scenario) => {
  const journeys: Journey[] = [];
  const source = await openCapture(join(FIXTURES, scenario, truthOf(scenario).captures[0].file));
  await new Analysis(source, { journey: (each) => journeys.push(each) }).run();
  source.close();
  expect(through(journeys).map(told)).toEqual(journeys.map(told));
});

test('odd ones come back, too: times that run backwards or are no whole nanoseconds, packets out of order, lists that were cut', () => {
  const number = fc.oneof(
    fc.integer({ min: -5, max: 300 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).map((n) => n + 0),
  );
  const text = fc.record({ en: fc.string(), ko: fc.string({ unit: 'grapheme' }) });
  const packets = fc.array(fc.nat({ max: 2 ** 40 }), { maxLength: 300 });
  const stage = fc.record({
    kind: fc.constantFrom(...STAGE_KINDS),
    start: number,
    end: number,
    packets,
    packetCount: fc.nat(),
    reused: fc.boolean(),
    note: fc.option(text, { nil: undefined }),
  });
  const milliseconds = fc.oneof(
    fc.constant(-1),
    fc.nat().map((n) => n / 1e6),
    number,
  );
  const har = fc.record({
    blocked: milliseconds,
    dns: milliseconds,
    connect: milliseconds,
    ssl: milliseconds,
    send: milliseconds,
    wait: milliseconds,
    receive: milliseconds,
    total: milliseconds,
  });
  const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const journey = fc.record({
    id: fc.nat(),
    name: fc.string(),
    url: some(fc.webUrl()),
    page: fc.nat(),
    parent: fc.option(fc.nat()),
    client: fc.ipV6(),
    connection: some(fc.nat()),
    quic: some(fc.nat()),
    exchange: some(fc.nat()),
    lookup: some(fc.nat()),
    attempts: some(fc.array(fc.record({ connection: fc.nat(), outcome: fc.constant('unused' as const), packets }))),
    start: number,
    end: number,
    outcome: fc.constantFrom('complete' as const, 'unknown' as const),
    stages: fc.array(stage, { maxLength: 20 }),
    har,
    evidence: fc.array(
      packets.map((of) => evidence('sni', of, { name: 'a name' })),
      { maxLength: 4 },
    ),
    method: some(fc.string()),
    status: some(fc.nat()),
    responseBytes: some(number),
    partial: some(fc.boolean()),
    packetCount: fc.nat(),
  });
  // A lone surrogate becomes U+FFFD, and -0 becomes 0.
  const shown = (value: unknown) =>
    JSON.parse(JSON.stringify(value), (_, each) => (typeof each === 'string' ? Buffer.from(each).toString() : each));
  fc.assert(
    fc.property(fc.array(journey, { maxLength: 5 }), (journeys) => {
      expect(shown(through(journeys).map(told))).toEqual(shown(journeys.map(told)));
    }),
    { numRuns: 60 },
  );
});
