import { describe, expect, test } from 'vitest';
import { HELD_SEGMENTS_PER_STREAM } from '../../src/correlate/streams.ts';
import { type Captured, tcpFrame } from '../frames.ts';
import { correlate } from './dialogue.ts';

const SYN: Captured = { bytes: tcpFrame({ flags: 'S', sequence: 0 }) };
const byte = (at: number): Captured => ({ bytes: tcpFrame({ flags: 'A', sequence: (1 + at) >>> 0, payload: 'x' }) });
const many = (n: number, at: (i: number) => number): Captured[] => Array.from({ length: n }, (_, i) => byte(at(i)));

describe('segments of one byte', () => {
  test('behind ever more holes: no more than the bound wait, what was given up is counted, every byte is delivered once', () => {
    const n = 3 * HELD_SEGMENTS_PER_STREAM;
    const { connections, correlator } = correlate([SYN, ...many(n, (i) => 1 + 2 * i)]);
    expect(correlator.tcp.streams.givenUp).toBeGreaterThan(HELD_SEGMENTS_PER_STREAM);
    expect(correlator.tcp.streams.heldBytes).toBe(0);
    expect(connections[0].fromClient).toMatchObject({ streamBytes: n, missingBytes: n });
  });

  test('backwards, fewer than the bound: all of them come together', () => {
    const n = HELD_SEGMENTS_PER_STREAM - 1;
    const { connections, correlator } = correlate([SYN, ...many(n, (i) => n - 1 - i)]);
    expect(correlator.tcp.streams.givenUp).toBe(0);
    expect(connections[0].fromClient).toMatchObject({ streamBytes: n, missingBytes: 0 });
  });

  test('holes filled one by one from the front, while others wait behind', () => {
    const n = 4000;
    const { connections, correlator } = correlate([SYN, ...many(n, (i) => 1 + 2 * i), ...many(n, (i) => 2 * i)]);
    expect(connections[0].fromClient).toMatchObject({ streamBytes: 2 * n, missingBytes: 0 });
    expect(correlator.tcp.streams.heldBytes).toBe(0);
  });
});

test('a stream goes across 2^32 more than once', () => {
  const size = 1 << 30;
  // Five gigabytes, of which a few bytes each were captured.
  const frames: Captured[] = [{ bytes: tcpFrame({ flags: 'S', sequence: 0xfffffff0 }) }];
  let at = 0xfffffff1;
  for (let i = 0; i < 5; i++) {
    const bytes = tcpFrame({ flags: 'A', sequence: at, payload: 'abcd' });
    frames.push({ bytes });
    at = (at + 4) >>> 0;
    frames.push({ bytes: tcpFrame({ from: '10.0.0.2:80', to: '10.0.0.1:40000', flags: 'A', acknowledgment: at }) });
    at = (at + size) >>> 0;
    frames.push({ bytes: tcpFrame({ flags: 'A', sequence: at }) });
  }
  const [c] = correlate(frames).connections;
  expect(c.fromClient.streamBytes).toBe(20);
  expect(c.retransmissions).toEqual([]);
});
