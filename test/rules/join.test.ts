import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaptureRecords } from '../../src/session/capture-records.ts';
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

/** Joins of a fixture's captures as [kind, by, from's file, to's file], with the captures for a look at the records. */
async function joined(name: string, files: string[]): Promise<{ captures: CaptureRecords[]; hops: Hops }> {
  const captures = await readCaptures(files.map((file) => fixture(`${name}/${file}.pcap`)));
  return { captures, hops: buildHops(captures) };
}
interface Told {
  nat: { protocol: string; insideAddress: string; insidePort: number; outsideAddress: string; outsidePort: number }[];
  expect: { hopLimits: Record<string, number> };
  proxy: { cache?: string; clientPort: number; path: string; backPort?: number | null }[];
  origin: { path: string; clientPort: number }[];
}
const truthOf = (name: string): Told => JSON.parse(readFileSync(fixture(`${name}/truth.json`), 'utf8'));

test('five places along the way, in any order: one connection, two lookups, two echoes with their answers', async () => {
  const { captures, hops } = await joined('nat-vantages', ['server', 'gateway-outside', 'client', 'router', 'gateway-inside']);
  expect(hops.path).toEqual([2, 4, 1, 3, 0]);
  const count = (kind: string): number => hops.joins.filter((join) => join.kind === kind).length;
  expect(count('connection')).toBe(10);
  expect(count('lookup')).toBe(2 * 3);
  expect(count('icmp')).toBe(4 * 10);
  const told: Record<string, number> = truthOf('nat-vantages').expect.hopLimits;
  const places = ['server', 'gateway-outside', 'client', 'router', 'gateway-inside'];
  for (const { from, to, pairs } of hops.joins.filter((join) => join.kind === 'connection'))
    for (const pair of pairs.filter((each) => each.fromClient)) {
      expect(captures[from].packet(pair.from)?.hopLimit).toBe(told[places[from]]);
      expect(captures[to].packet(pair.to)?.hopLimit).toBe(told[places[to]]);
    }
  for (const each of captures) each.close();
});

test('a connection that the gateway forgot goes on under another port, and is joined with both', async () => {
  const { captures, hops } = await joined('nat-flushed', ['gateway-inside', 'gateway-outside']);
  const told = truthOf('nat-flushed').nat.filter((entry) => entry.protocol === 'tcp');
  const joins = hops.joins.filter((join) => join.kind === 'connection');
  expect(joins.map(({ fromId, by }) => [fromId, by])).toEqual([
    [0, 'sequence-numbers'],
    [0, 'payload'],
  ]);
  expect(joins.map(({ toId }) => captures[1].connections.get(toId)?.client.port)).toEqual(told.map((entry) => entry.outsidePort));
  for (const each of captures) each.close();
});

test('two links that each show one direction are of one connection, and share no packet', async () => {
  const { captures, hops } = await joined('asymmetric', ['router', 'return-router']);
  const [join] = hops.joins;
  expect(join).toMatchObject({ kind: 'connection', by: 'sequence-numbers', ordered: false });
  expect(join.pairs).toEqual([]);
  expect(hops.clockOffset(0, 1)).toBeUndefined();
  for (const each of captures) each.close();
});

test.each(['balancer', 'cache-proxy', 'cache-age', 'balancer-any'])(
  '%s: requests and those sent on for them, by the proxy log',
  async (name) => {
    const { front, back } =
      name === 'balancer-any'
        ? { front: 'balancer-any', back: 'balancer-any' }
        : { front: `${name.split('-')[0]}-front`, back: `${name.split('-')[0]}-back` };
    const { captures, hops } = await joined(name, [...new Set([back, front])]);
    const truth = truthOf(name);
    const kept = (entry: { cache?: string; backPort?: number | null }): boolean =>
      entry.cache === 'HIT' || entry.backPort === null;
    const behind = truth.origin.filter((entry) => entry.path !== '/health');
    let sent = 0;
    const expected = truth.proxy
      .filter((entry) => !kept(entry))
      .map((entry) => [entry.clientPort, entry.backPort ?? behind[sent++].clientPort, entry.path]);
    const found = hops.joins
      .filter((join) => join.kind === 'exchange')
      .map(({ from, to, fromId, toId }) => {
        const [one, other] = [captures[from].exchanges.get(fromId), captures[to].exchanges.get(toId)];
        const port = (index: number, connection = -1): number | undefined =>
          captures[index].connections.get(connection)?.client.port;
        return [port(from, one?.connection), port(to, other?.connection), one?.target];
      });
    const sorted = (list: unknown[]): string[] => list.map((each) => JSON.stringify(each)).sort();
    expect(sorted(found)).toEqual(sorted(expected));
    for (const each of captures) each.close();
  },
);

test('a relay of bytes leaves nothing to join by', async () => {
  const { captures, hops } = await joined('balancer-relay', ['balancer-front', 'balancer-back']);
  expect(hops.joins).toEqual([]);
  for (const each of captures) each.close();
});

test('three clients with the same port and DNS id, whose questions the gateway held back together: not told apart', async () => {
  const { captures, hops } = await joined('several-clients', ['gateway-inside', 'gateway-outside']);
  expect(hops.joins.filter((join) => join.kind === 'lookup')).toEqual([]);
  const told = truthOf('several-clients').nat.filter((entry) => entry.protocol === 'tcp');
  const mapped = hops.joins.map(({ fromId, toId }) => [
    captures[0].connections.get(fromId)?.client.address,
    captures[1].connections.get(toId)?.client.port,
  ]);
  expect(new Map(mapped as [string, number][])).toEqual(new Map(told.map((entry) => [entry.insideAddress, entry.outsidePort])));
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
