import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { FIXTURES, scenarios, truthOf } from '../fixtures/truth.ts';

async function open(scenario: string): Promise<FileSession> {
  const capture = truthOf(scenario).captures[0].file;
  const session = new FileSession(await openCapture(join(FIXTURES, scenario, capture), { keep: true }));
  while (await session.step());
  return session;
}

test.each(scenarios)('%s: the screens can ask everything of it', async (scenario) => {
  const session = await open(scenario);
  expect(session.progress().done).toBe(true);
  expect(session.packetCount()).toBe(truthOf(scenario).captures[0].packets);
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < session.journeyCount(); i++) {
    const journey = session.journey(i);
    expect(session.journeyHead(i)).toMatchObject({ id: journey.id, name: journey.name, outcome: journey.outcome });
    expect(journey.start).toBeGreaterThanOrEqual(before);
    before = journey.start;
    for (const e of journey.evidence) {
      expect(e.text.en).not.toContain('undefined');
      expect(e.text.ko).not.toContain('undefined');
    }
    const packets = session.journeyPackets(i);
    for (const stage of journey.stages) if (!stage.reused) for (const packet of stage.packets) expect(packets).toContain(packet);
    for (const packet of packets) expect(session.packetSummary(packet)?.number).toBe(packet);
  }
  for (let n = 1; n <= session.packetCount(); n++) expect(session.packet(n)?.layers.length).toBeGreaterThan(0);
  expect(session.packet(0)).toBeUndefined();
  expect(session.packet(session.packetCount() + 1)).toBeUndefined();
  const statistics = session.statistics();
  expect(statistics.packetsPerBin.reduce((a, b) => a + b, 0)).toBe(session.packetCount());
  session.close();
});

test('the packets of a journey are also those of the attempts that lost', async () => {
  const session = await open('happy-eyeballs-ipv6');
  expect(session.journeyCount()).toBe(1);
  // Neighbors were known: every packet of this capture belongs to the one journey.
  expect(session.journeyPackets(0)).toHaveLength(session.packetCount());
  session.close();
});
