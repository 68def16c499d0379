import { expect, test } from 'vitest';
import { CONFIGURATION_LIMIT } from '../../src/correlate/configurations.ts';
import { MAX_DATAGRAMS } from '../../src/correlate/fragments.ts';
import { MULTICAST_LIMIT } from '../../src/correlate/lookup-multicast.ts';
import { PENDING_LIMIT } from '../../src/correlate/lookups.ts';
import { GROUP_LIMIT } from '../../src/correlate/name-store.ts';
import { STACK_LIMIT } from '../../src/dissect/stacks.ts';
import { run } from './run.ts';

test('a flood of SYNs is a connection each, in records of fixed size alone', async () => {
  const { connections, journeys, analysis } = await run('syn-flood', 5000);
  expect(connections).toHaveLength(5000);
  expect(journeys).toHaveLength(5000);
  expect(analysis.correlator.tcp.conversations.every((c) => c === undefined)).toBe(true);
});

test('half-open connections are told as such', async () => {
  const { connections } = await run('half-open', 3000);
  expect(connections).toHaveLength(3000);
  expect(connections.every((c) => c.handshake?.synAck.length === 1 && c.handshake.ack === undefined)).toBe(true);
});

test.each(['fragments-v4', 'fragments-v6', 'fragments-long'])(
  '%s: as many datagrams wait as may, the oldest go',
  async (name) => {
    let most = 0;
    const { told, datagrams } = await run(name, 5000, ({ correlator }) => {
      most = Math.max(most, correlator.fragments.waiting);
    });
    expect(most).toBeLessThanOrEqual(MAX_DATAGRAMS);
    expect(told('fragments-dropped')).toBe(5000);
    expect(datagrams).toBe(0);
  },
);

test('questions without answers: the table holds its limit, what is let go is a lookup all the same', async () => {
  const n = PENDING_LIMIT + 5000;
  const { lookups, told } = await run('dns-flood', n);
  expect(lookups).toHaveLength(n);
  expect(told('lookups-evicted')).toBe(5000);
  expect(told('names-evicted')).toBe(n - GROUP_LIMIT);
});

test('multicast questions have a limit of their own', async () => {
  const { lookups, told } = await run('mdns-flood', MULTICAST_LIMIT + 1000);
  expect(lookups).toHaveLength(MULTICAST_LIMIT + 1000);
  expect(told('lookups-evicted')).toBe(1000);
});

test.each(['arp-storm', 'ndp-storm'])('%s: 4096 questions wait', async (name) => {
  const { resolutions, told } = await run(name, 6000);
  expect(resolutions).toBe(6000);
  expect(told('resolutions-evicted')).toBe(6000 - 4096);
});

test('leases: as many are known as may be, the others are told at once', async () => {
  let most = 0;
  const n = CONFIGURATION_LIMIT + 2000;
  const { configurations, told } = await run('dhcp-flood', n, ({ correlator }) => {
    most = Math.max(most, correlator.configurations.count);
  });
  expect(most).toBe(CONFIGURATION_LIMIT);
  expect(configurations).toBe(n);
  expect(told('configurations-evicted')).toBe(2000);
  expect(told('configuration-lists-cut')).toBe(n);
});

test('UDP ports: a flow each', async () => {
  expect((await run('udp-ports', 10_000)).datagrams).toBe(10_000);
});

test('what looks like QUIC and is not costs a flow and a connection each', async () => {
  expect((await run('quic-initials', 300)).datagrams).toBe(300);
});

test('ICMP errors about nothing that was seen', async () => {
  expect((await run('icmp-errors', 3000)).icmp).toBe(3000);
});

test('tunnels in tunnels: 16 layers, and no more stacks than are told apart', async () => {
  const { analysis, summary } = await run('nested-tunnels', 12_000);
  expect(summary.packets).toBe(12_000);
  expect(analysis.correlator.stacks.count).toBeLessThanOrEqual(STACK_LIMIT);
  const protocols = analysis.protocols();
  expect(Math.max(...protocols.map(([name]) => name.split(':').length))).toBeLessThanOrEqual(16);
  expect(protocols.reduce((sum, [, n]) => sum + n, 0)).toBe(12_000);
});

test('a clock that runs backwards is told, and nothing takes less than no time', async () => {
  const { told, journeys } = await run('clock-backwards', 4000);
  expect(told('clock-steps')).toBe(3999);
  for (const { stages } of journeys) for (const stage of stages) expect(stage.end).toBeGreaterThanOrEqual(stage.start);
});
