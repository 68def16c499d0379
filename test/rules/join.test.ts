import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaptureRecords } from '../../src/capture-records.ts';
import type { Hops } from '../../src/rules/hops.ts';
import { buildHops } from '../../src/rules/join/build.ts';
import { readCaptures } from './judge.ts';

const fixture = (name: string): string => new URL(`../../fixtures/${name}`, import.meta.url).pathname;

describe('client and gateway-outside of cold-http, given in the wrong order', () => {
  let captures: CaptureRecords[];
  let hops: Hops;
  const truth = JSON.parse(readFileSync(fixture('cold-http/truth.json'), 'utf8'));
  beforeAll(async () => {
    captures = await readCaptures([fixture('cold-http/gateway-outside.pcap'), fixture('cold-http/client.pcap')]);
    hops = buildHops(captures);
  });
  afterAll(() => {
    for (const each of captures) each.close();
  });

  test('the connection is joined across the translation that conntrack told of', () => {
    const joins = hops.joins.filter((join) => join.kind === 'connection');
    expect(joins).toHaveLength(1);
    const [{ from, to, fromId, toId, ordered, by }] = joins;
    expect({ from, to, ordered, by }).toEqual({ from: 1, to: 0, ordered: true, by: 'sequence-numbers' });
    const told = truth.nat.find((entry: { protocol: string }) => entry.protocol === 'tcp');
    expect(captures[1].connections.get(fromId)?.client).toEqual({ address: told.insideAddress, port: told.insidePort });
    expect(captures[0].connections.get(toId)?.client).toEqual({ address: told.outsideAddress, port: told.outsidePort });
  });

  test('every packet of it is in both, its hop limit one less outside', () => {
    const [{ fromId, pairs }] = hops.joins.filter((join) => join.kind === 'connection');
    expect(pairs).toHaveLength(captures[1].packetsOf(fromId).length);
    for (const { from, to, fromClient } of pairs) {
      const change = (captures[1].packet(from)?.hopLimit ?? 0) - (captures[0].packet(to)?.hopLimit ?? 0);
      expect(change).toBe(fromClient ? 1 : -1);
    }
  });

  test('the order along the path and the clocks', () => {
    expect(hops.path).toEqual([1, 0]);
    const found = hops.clockOffset(1, 0);
    expect(found).toBeDefined();
    // One machine, one clock: only the two base seconds may differ.
    const offset = (found?.offset ?? 0) / 1e9 + captures[0].baseSeconds - captures[1].baseSeconds;
    expect(Math.abs(offset) * 1e9).toBeLessThanOrEqual((found?.uncertainty ?? 0) + 1000);
    expect(found?.uncertainty).toBeLessThan(1e6);
  });
});

test('both sides of the gateway in one capture are joined with each other', async () => {
  const captures = await readCaptures([fixture('cooked/gateway-any.pcap')]);
  const hops = buildHops(captures);
  const [join] = hops.joins.filter(({ kind }) => kind === 'connection');
  expect(captures[0].connections.get(join.fromId)?.client.address).toBe('192.168.0.10');
  expect(captures[0].connections.get(join.toId)?.client).toEqual({ address: '203.0.113.2', port: 27347 });
  for (const each of captures) each.close();
});

test('captures of different traffic are not joined', async () => {
  const captures = await readCaptures([fixture('cold-http/client.pcap'), fixture('ipv6-http/gateway-outside.pcap')]);
  const hops = buildHops(captures);
  expect(hops.joins).toEqual([]);
  expect(hops.path).toEqual([]);
  expect(hops.clockOffset(0, 1)).toBeUndefined();
  for (const each of captures) each.close();
});
