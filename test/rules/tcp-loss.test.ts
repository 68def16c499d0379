import { describe, expect, test } from 'vitest';
import { rule as tcp5 } from '../../src/rules/tcp/r-tcp-5.ts';
import { rule as tcp6 } from '../../src/rules/tcp/r-tcp-6.ts';
import { judge } from './judge.ts';
import { client, seconds, server } from './segments.ts';

const opening = [client('S', 100, 0), server('SA', 500, 101), client('A', 101, 501), client('PA', 101, 501, 'question\n')];
const first = server('A', 501, 110, 'aaaa');
const second = server('A', 505, 110, 'bbbb');
const third = server('A', 509, 110, 'cccc');

describe('R-TCP-5', () => {
  test('a segment sent again is the repair', async () => {
    const [found] = await judge(tcp5, seconds([...opening, first, [0.3, first], client('A', 110, 505)]));
    expect(found).toMatchObject({ verdict: 'confirmed', reason: 'retransmission', packets: [5, 6] });
    expect(found.says.en).toContain('first sent in packet 5, 300.0 ms before');
  });
  test('its twin without the repeat', async () => {
    const [found] = await judge(tcp5, seconds([...opening, first, client('A', 110, 505)]));
    expect(found).toMatchObject({ verdict: 'skipped', reason: 'no-loss' });
  });
  test('the lab: one segment of the answer was lost, duplicate ACKs asked for it', async () => {
    for (const file of ['client', 'server']) {
      const [found] = await judge(tcp5, `fixtures/lost-segment/${file}.pcap`);
      expect(found).toMatchObject({ verdict: 'confirmed', reason: 'fast-retransmission' });
      expect(found.says.en).toContain('3257358005');
    }
  });
  test('the lab: the SYN is repeated in vain', async () => {
    const [found] = await judge(tcp5, 'fixtures/syn-timeout/client.pcap');
    expect(found).toMatchObject({ verdict: 'confirmed', reason: 'syn-again' });
    expect(found.says.en).toContain('no answer came to any of them');
  });
});

describe('R-TCP-6', () => {
  const answered = client('A', 110, 513);
  test('what came late is put before what came early', async () => {
    const [found] = await judge(tcp6, seconds([...opening, first, third, [0.0005, second], answered]));
    expect(found).toMatchObject({ verdict: 'confirmed', packets: [6, 7] });
  });
  test('its twin in order', async () => {
    const [found] = await judge(tcp6, seconds([...opening, first, second, third, answered]));
    expect(found).toMatchObject({ verdict: 'skipped', reason: 'in-order' });
  });
  test('its twin with the segment missing', async () => {
    const [found] = await judge(tcp6, seconds([...opening, first, third, answered]));
    expect(found).toMatchObject({ verdict: 'unknown', reason: 'hole-left' });
  });
  test('the lab: the client sees the hole filled, the server sent everything in order', async () => {
    const [at] = await judge(tcp6, 'fixtures/lost-segment/client.pcap');
    expect(at).toMatchObject({ verdict: 'confirmed', reason: 'hole-filled' });
    const [sent] = await judge(tcp6, 'fixtures/lost-segment/server.pcap');
    expect(sent).toMatchObject({ verdict: 'skipped', reason: 'in-order' });
  });
});
