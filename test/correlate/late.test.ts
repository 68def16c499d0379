import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Analysis } from '../../src/session/analysis.ts';
import { openCapture } from '../../src/capture/open.ts';
import { buildLookupJourney } from '../../src/correlate/journey-build.ts';
import type { Connection, Journey, Lookup, Resolution } from '../../src/correlate/model.ts';
import type { NameGroup } from '../../src/correlate/conversation.ts';

// Answers that came when nobody waited for them any more.

const lookup = { packet: 3, answerPacket: 4, start: 0, end: 10e6, lastAsked: 0, repeats: [], rcode: 'NOERROR', index: 0 };
const group = { client: '10.0.0.1', name: 'a.example', lookups: [lookup as unknown as Lookup] } as unknown as NameGroup;
const resolution = { kind: 'arp', packet: 1, answerPacket: 2, time: -2e6, answerTime: -1e6 } as Resolution;

test('a MAC that was told before the question is a stage, one told long after it is not', () => {
  expect(buildLookupJourney(1, group, resolution).stages.map((s) => s.kind)).toEqual(['arp', 'idle', 'dns']);
  const late = { ...resolution, packet: 50, answerPacket: 51, time: 95e9, answerTime: 95.1e9 };
  const journey = buildLookupJourney(1, group, late);
  expect(journey.stages.map((s) => [s.kind, s.end - s.start])).toEqual([['dns', 10e6]]);
  const { answerTime: _, ...unanswered } = resolution;
  expect(buildLookupJourney(1, group, unanswered as Resolution).stages.map((s) => s.kind)).toEqual(['dns']);
});

const CAPTURE = join(import.meta.dirname, '..', '..', '..', 'shared', 'captures', 'web-page', 'browsing-2012.pcap');

test.skipIf(!existsSync(CAPTURE))(
  'a second answer after the connection was opened takes nothing from its handshake',
  async () => {
    const journeys: Journey[] = [];
    const connections: Connection[] = [];
    const source = await openCapture(CAPTURE);
    await new Analysis(source, { journey: (j) => journeys.push(j), connection: (c) => connections.push(c) }).run();
    source.close();
    // tshark: answer in packet 373, SYN 374 0.5 ms later, the handshake's ACK 433 93.054 ms after the SYN.
    const journey = journeys.find((j) => j.connection === connections.find((c) => c.handshake?.syn[0] === 374)?.id);
    expect(journey?.har.connect).toBeCloseTo(93.054, 2);
    expect(journey?.har.dns).toBeLessThan(30);
  },
);
