import { describe, expect, test } from 'vitest';
import { rule } from '../../src/rules/tcp/r-tcp-1.ts';
import { eth, ipv4, tcp } from '../frames.ts';
import { judge, pcapOf } from './judge.ts';

const client = (flags: string, sequence: number, acknowledgment: number): Uint8Array =>
  eth(
    {},
    ipv4(
      { source: '10.0.0.1', destination: '10.0.0.2' },
      tcp({ sourcePort: 40000, destinationPort: 80, flags, sequence, acknowledgment }),
    ),
  );
const server = (flags: string, sequence: number, acknowledgment: number): Uint8Array =>
  eth(
    {},
    ipv4(
      { source: '10.0.0.2', destination: '10.0.0.1' },
      tcp({ sourcePort: 80, destinationPort: 40000, flags, sequence, acknowledgment }),
    ),
  );

describe('R-TCP-1', () => {
  test('SYN, SYN+ACK, ACK confirm it', async () => {
    const capture = pcapOf([
      [0, client('S', 100, 0)],
      [0.01, server('SA', 500, 101)],
      [0.02, client('A', 101, 501)],
    ]);
    const [found] = await judge(rule, capture);
    expect(found).toMatchObject({ verdict: 'confirmed', reason: 'three-way', packets: [1, 2, 3] });
  });

  test('its twin with RST for SYN+ACK contradicts it', async () => {
    const capture = pcapOf([
      [0, client('S', 100, 0)],
      [0.01, server('RA', 0, 101)],
    ]);
    const [found] = await judge(rule, capture);
    expect(found).toMatchObject({ verdict: 'contradicted', reason: 'refused', packets: [1, 2] });
  });
});
