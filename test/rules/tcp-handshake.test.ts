import { describe, expect, test } from 'vitest';
import { rule as tcp1 } from '../../src/rules/tcp/r-tcp-1.ts';
import { rule as tcp2 } from '../../src/rules/tcp/r-tcp-2.ts';
import { rule as tcp3 } from '../../src/rules/tcp/r-tcp-3.ts';
import { rule as tcp4 } from '../../src/rules/tcp/r-tcp-4.ts';
import { rule as tcp7 } from '../../src/rules/tcp/r-tcp-7.ts';
import { judge } from './judge.ts';
import { client, icmpUnreachable, MSS, seconds, server, type Timed } from './segments.ts';

const handshake: Timed[] = [client('S', 100, 0), server('SA', 500, 101), client('A', 101, 501)];
const request = client('PA', 101, 501, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');

describe('R-TCP-1', () => {
  const cases: [string, Timed[], string, string, number[]][] = [
    ['SYN, SYN+ACK, ACK', handshake, 'confirmed', 'three-way', [1, 2, 3]],
    ['its twin with RST for SYN+ACK', [client('S', 100, 0), server('RA', 0, 101)], 'contradicted', 'refused', [1, 2]],
    [
      'its twin whose SYN+ACK acknowledges another number',
      [client('S', 100, 0), server('SA', 500, 99), client('A', 101, 501)],
      'contradicted',
      'wrong-acknowledgment',
      [1, 2],
    ],
    [
      'a SYN sent twice, the second answered',
      [client('S', 100, 0), client('S', 100, 0), ...handshake.slice(1)],
      'confirmed',
      'sent-again',
      [2, 3, 4],
    ],
    [
      'a SYN+ACK sent twice',
      [client('S', 100, 0), server('SA', 500, 101), server('SA', 500, 101), client('A', 101, 501)],
      'confirmed',
      'sent-again',
      [1, 3, 4],
    ],
    [
      'a SYN refused by ICMP',
      [client('S', 100, 0), icmpUnreachable(client('S', 100, 0))],
      'contradicted',
      'refused-by-icmp',
      [1, 2],
    ],
    [
      'a SYN scan: RST for the third',
      [client('S', 100, 0), server('SA', 500, 101), client('R', 101, 0)],
      'contradicted',
      'reset-in-handshake',
      [1, 2, 3],
    ],
    ['no third segment', [client('S', 100, 0), server('SA', 500, 101)], 'unknown', 'no-ack', [1, 2]],
    ['one SYN at the end of the capture', [client('S', 100, 0)], 'unknown', 'one-unanswered', [1]],
    [
      'mid-stream',
      [request, server('PA', 501, 127, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
      'unknown',
      'mid-stream',
      [1],
    ],
    [
      'data in the SYN (fast open)',
      [client('S', 100, 0, 'GET'), server('SA', 500, 104), client('A', 104, 501)],
      'confirmed',
      'fast-open',
      [1, 2, 3],
    ],
  ];
  test.each(cases)('%s', async (_, packets, verdict, reason, numbers) => {
    const [found] = await judge(tcp1, seconds(packets, 0.5));
    expect(found).toMatchObject({ verdict, reason, packets: numbers });
  });

  test('four SYNs without an answer', async () => {
    const syn = client('S', 100, 0);
    const [found] = await judge(tcp1, seconds([syn, syn, syn, syn], 1));
    expect(found).toMatchObject({ verdict: 'contradicted', reason: 'unanswered', packets: [1, 2, 3, 4] });
    const [timedOut] = await judge(tcp7, seconds([syn, syn, syn, syn], 1));
    expect(timedOut).toMatchObject({ verdict: 'confirmed', reason: 'timed-out', packets: [1, 2, 3, 4] });
  });
});

describe('R-TCP-2', () => {
  test('random numbers contradict it, and the sentence has the sums', async () => {
    const packets = [client('S', 3502083721, 0), server('SA', 1361113553, 3502083722), client('A', 3502083722, 1361113554)];
    const [found] = await judge(tcp2, seconds(packets));
    expect(found).toMatchObject({ verdict: 'contradicted', reason: 'random-isn', packets: [1, 2, 3] });
    expect(found.says.en).toContain('in packet 1 carried sequence number 3502083721, not 1000');
    expect(found.says.en).toContain('packet 2 acknowledges 3502083722 = 3502083721 + 1');
    expect(found.says.ko).toContain('3502083722 = 3502083721 + 1');
  });

  test('the numbers of the book confirm it', async () => {
    const [found] = await judge(tcp2, seconds([client('S', 1000, 0), server('SA', 2000, 1001), client('A', 1001, 2001)]));
    expect(found).toMatchObject({ verdict: 'confirmed', reason: 'textbook-numbers' });
  });

  test('their twin whose ACK is wrong does not', async () => {
    const [found] = await judge(tcp2, seconds([client('S', 1000, 0), server('SA', 2000, 1002), client('A', 1001, 2001)]));
    expect(found).toMatchObject({ verdict: 'contradicted', reason: 'wrong-arithmetic', packets: [1, 2] });
  });

  test('the sum goes round at 2^32', async () => {
    const [found] = await judge(tcp2, seconds([client('S', 0xffffffff, 0), server('SA', 5, 0), client('A', 0, 6)]));
    expect(found.reason).toBe('random-isn');
    expect(found.says.en).toContain('packet 2 acknowledges 0 = 4294967295 + 1');
  });
});

describe('R-TCP-3', () => {
  test('data behind the third segment', async () => {
    const [found] = await judge(tcp3, seconds([...handshake, request]));
    expect(found).toMatchObject({ verdict: 'confirmed', reason: 'after-third', packets: [3, 4] });
  });
  test('its twin with the data on the third', async () => {
    const [found] = await judge(tcp3, seconds([...handshake.slice(0, 2), request]));
    expect(found).toMatchObject({ verdict: 'contradicted', reason: 'with-third', packets: [2, 3] });
  });
  test('data in the SYN', async () => {
    const [found] = await judge(tcp3, seconds([client('S', 100, 0, 'GET'), server('SA', 500, 104), client('A', 104, 501)]));
    expect(found).toMatchObject({ verdict: 'contradicted', reason: 'data-in-syn' });
  });
  test('no data at all', async () => {
    const [found] = await judge(tcp3, seconds(handshake));
    expect(found).toMatchObject({ verdict: 'skipped', reason: 'no-data' });
  });
});

describe('R-TCP-4', () => {
  test('options contradict it', async () => {
    const [found] = await judge(tcp4, seconds([client('S', 100, 0, '', MSS), ...handshake.slice(1)]));
    expect(found).toMatchObject({ verdict: 'contradicted', reason: 'options', packets: [1, 2] });
    expect(found.says.en).toContain('packet 1 offers MSS 1460');
  });
  test('its twin without options confirms it', async () => {
    const [found] = await judge(tcp4, seconds(handshake));
    expect(found).toMatchObject({ verdict: 'confirmed', reason: 'no-options' });
  });
});

describe('R-TCP-7', () => {
  test.each([
    ['RST', [client('S', 100, 0), server('RA', 0, 101)], 'confirmed', 'refused'],
    ['ICMP', [client('S', 100, 0), icmpUnreachable(client('S', 100, 0))], 'confirmed', 'refused-by-icmp'],
    ['SYN+ACK', handshake, 'skipped', 'established'],
    ['nothing yet', [client('S', 100, 0)], 'unknown', 'one-unanswered'],
  ] as [string, Timed[], string, string][])('%s for the SYN', async (_, packets, verdict, reason) => {
    const [found] = await judge(tcp7, seconds(packets));
    expect(found).toMatchObject({ verdict, reason });
  });
});
