import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Captured } from '../frames.ts';
import { tcpFrame } from '../frames.ts';
import { MAX_CONVERSATIONS } from '../../src/correlate/tcp-record.ts';
import { correlate, dialogue, run } from './dialogue.ts';

const OPEN = `
  0.000 c S
  0.010 s SA
  0.011 c A
`;

describe('how a connection ends', () => {
  test.each([
    ['fin-both', 'client', 'ShAFaf', `${OPEN} 0.1 c FA\n 0.11 s A\n 0.2 s FA\n 0.21 c A`],
    ['fin-both', 'server', 'ShAfF', `${OPEN} 0.1 s FA\n 0.2 c FA`],
    ['fin-client-only', 'client', 'ShAFa', `${OPEN} 0.1 c FA\n 0.11 s A`],
    ['fin-server-only', 'server', 'ShAf', `${OPEN} 0.1 s FA\n 0.11 c A`],
    ['reset', 'server', 'ShAr', `${OPEN} 0.1 s RA`],
    ['reset', 'client', 'ShAR', `${OPEN} 0.1 c R`],
    ['refused', 'server', 'Sr', '0.0 c S\n 0.01 s RA'],
    ['unanswered', undefined, 'ST', '0.0 c S\n 1.0 c S seq=-1'],
    ['open', undefined, 'ShA', OPEN],
  ])('%s, first %s', (how, first, history, script) => {
    const { connections } = run(script);
    expect(connections.map((c) => [c.close.how, c.close.first, c.history])).toEqual([[how, first, history]]);
  });
});

test('the handshake: SYNs, SYN-ACK, the ACK, and the time from the last SYN to it', () => {
  const { connections } = run('0.0 c S\n 1.0 c S seq=-1\n 1.02 s SA\n 1.0205 c A');
  expect(connections[0].handshake).toEqual({ syn: [1, 2], synAck: [3], ack: 4, rtt: 20_500_000 });
  expect(connections[0].retransmissions).toEqual([2]);
});

describe.each([1, 2, 3, 4, 5, 9])('a SYN sent %i times', (times) => {
  const packets = Array.from({ length: times }, (_, i) => i + 1);
  const syns = packets.map((i) => `${i}.0 c S seq=-1\n`).join('');

  test.each([true, false])('and never answered (with hashes: %s)', (hashes) => {
    const { connections, journeys } = correlate(dialogue(syns), 3, hashes);
    expect(connections).toHaveLength(1);
    expect(connections[0].handshake).toEqual({ syn: packets, synAck: [], ack: undefined, rtt: undefined });
    expect(connections[0].retransmissions).toEqual(packets.slice(1));
    expect(connections[0].close.how).toBe('unanswered');
    expect(journeys.map((j) => [j.outcome, j.stages[0].packets])).toEqual([[times > 1 ? 'timed-out' : 'unanswered', packets]]);
  });

  test.each([true, false])('and answered at last (with hashes: %s)', (hashes) => {
    const script = `${syns} ${times}.02 s SA\n ${times}.0205 c A\n ${times}.1 c A len=10\n ${times}.5 c A seq=0 len=10`;
    const [connection] = correlate(dialogue(script), 3, hashes).connections;
    expect(connection.handshake).toEqual({ syn: packets, synAck: [times + 1], ack: times + 2, rtt: 20_500_000 });
    expect(connection.retransmissions).toEqual([...packets.slice(1), times + 4]);
    expect(connection.fromClient).toMatchObject({ payloadBytes: 20, streamBytes: 10 });
  });
});

test('a scan that nobody answers is finished early by no bound on payload', () => {
  const frames: Captured[] = [];
  const scanned = MAX_CONVERSATIONS + 100;
  for (const time of [1n, 2n])
    for (let i = 0; i < scanned; i++)
      frames.push({
        time: time * 1_000_000_000n,
        bytes: tcpFrame({ from: `10.0.${i >> 8}.${i & 255}:40000`, flags: 'S', sequence: 7 }),
      });
  const { connections, correlator } = correlate(frames, 8192, false);
  expect(connections).toHaveLength(scanned);
  expect(correlator.tcp.silenced).toBe(0);
  expect(connections[100].handshake?.syn).toEqual([101, scanned + 101]);
});

test('the SYN-ACK may be captured before the SYN: the roles are those of the SYN', () => {
  const { connections } = run('0.0 s SA ack=0\n 0.001 c S\n 0.002 c A ack=0');
  expect(connections).toHaveLength(1);
  expect([connections[0].client.port, connections[0].clientKnown]).toEqual([40000, true]);
});

test('a SYN with another sequence number on the same ports is a new connection', () => {
  const { connections } = run(`${OPEN} 0.1 c FA\n 0.11 s FA\n 0.12 c A\n 0.2 c S seq=70000\n 0.21 s SA seq=90000`);
  expect(connections.map((c) => [c.id, c.firstPacket, c.lastPacket])).toEqual([
    [0, 1, 6],
    [1, 7, 8],
  ]);
});

describe('segments that do not come one after the other', () => {
  test('the same bytes again are a retransmission', () => {
    const { connections } = run(`${OPEN} 0.02 s A len=100\n 0.25 s A seq=0 len=100`);
    expect(connections[0].retransmissions).toEqual([5]);
    expect(connections[0].fromServer).toMatchObject({ payloadBytes: 200, streamBytes: 100, missingBytes: 0 });
  });

  test('a hole filled at once was reordered, filled after a round trip it was lost', () => {
    const quick = run(`${OPEN} 0.0200 s A seq=100 len=100\n 0.0201 s A seq=0 len=100`).connections[0];
    expect([quick.outOfOrder, quick.retransmissions]).toEqual([[5], []]);
    const late = run(`${OPEN} 0.02 s A seq=100 len=100\n 0.05 s A seq=0 len=100`).connections[0];
    expect([late.outOfOrder, late.retransmissions]).toEqual([[], [5]]);
  });

  test('a hole that is never filled is missing, not guessed', () => {
    const { connections } = run(`${OPEN} 0.02 s A len=10\n 0.03 s A seq=30 len=10`);
    expect(connections[0].fromServer).toMatchObject({ streamBytes: 20, missingBytes: 20 });
    expect(connections[0].history).toContain('g');
  });

  test('a keep-alive is no retransmission', () => {
    const { connections } = run(`${OPEN} 0.02 s A len=10\n 9.0 s A seq=9 len=1`);
    expect(connections[0].retransmissions).toEqual([]);
  });

  test('duplicate ACKs: same number, same window, data outstanding', () => {
    const { connections } = run(
      `${OPEN} 0.02 s A len=9\n 0.03 s A seq=19 len=9\n 0.04 c A ack=9\n 0.05 c A ack=9\n 0.06 c A ack=9 win=1`,
    );
    expect(connections[0].duplicateAcks).toEqual([7]);
  });

  test('the first bytes stay where a repeat overlaps with others', () => {
    const { connections } = run(`${OPEN} 0.02 c A "abcdef"\n 0.03 c A seq=3 "XYZghi"`);
    expect(connections[0].fromClient.streamSha256).toBe(createHash('sha256').update('abcdefghi').digest('hex'));
  });
});

test('any cut, order and repetition of segments gives the same stream, also across 2^32', () => {
  const piece = fc.record({ at: fc.nat(299), length: fc.integer({ min: 1, max: 60 }) });
  const data = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 7 + 3) & 255));
  const sha = createHash('sha256').update(data).digest('hex');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 1, max: 9 }),
      (pieces, before, size) => {
        const isn = (2 ** 32 - before) >>> 0;
        const all = [...pieces, ...Array.from({ length: 10 }, (_, i) => ({ at: i * 30, length: 30 }))];
        const client: Captured[] = [{ bytes: tcpFrame({ flags: 'S', sequence: isn }) }];
        for (const { at, length } of all)
          client.push({
            bytes: tcpFrame({
              flags: 'A',
              sequence: (isn + 1 + at) >>> 0,
              payload: new Uint8Array(data.subarray(at, at + length)),
            }),
          });
        const { connections } = correlate(client, size);
        expect(connections).toHaveLength(1);
        expect(connections[0].fromClient).toMatchObject({ streamBytes: 300, missingBytes: 0, streamSha256: sha });
      },
    ),
    { numRuns: 200 },
  );
});

test('a closed connection waits for late packets; ten thousand of them do not', () => {
  const frames: Captured[] = [];
  for (let i = 0; i < 10_000; i++) {
    const ends = { from: `10.0.${i >> 8}.${i & 255}:40000`, to: '10.9.9.9:80' };
    frames.push({ bytes: tcpFrame({ ...ends, flags: 'S', sequence: 1 }) });
    frames.push({ bytes: tcpFrame({ from: ends.to, to: ends.from, flags: 'RA', acknowledgment: 2 }) });
  }
  const { connections, correlator } = correlate(frames);
  expect(connections).toHaveLength(10_000);
  expect(new Set(connections.map((c) => c.close.how))).toEqual(new Set(['refused']));
  expect(correlator.tcp.table.pages.length).toBe(1);
});
