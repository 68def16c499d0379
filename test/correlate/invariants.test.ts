import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Journey } from '../../src/correlate/model.ts';
import { correlate, type Found } from './dialogue.ts';
import * as S from './scene.ts';

// Whatever the order of packets and whatever the capture's clock does: what every journey keeps to.

const NAMES = ['a.example', 'b.example', 'c.example'];
const FOUR = ['192.0.2.1', '192.0.2.2'];
const SIX = ['2001:db8:80::1', '2001:db8:80::2'];

const LINES: ((host: string) => string[])[] = [
  (host) => [...S.OPEN, S.get(host), S.OK, ...S.CLOSE],
  (host) => [...S.OPEN, S.get(host), S.OK, S.get(host, '/two', 'Referer: http://a.example/\\r\\n'), S.OK, ...S.CLOSE],
  (host) => [...S.OPEN, S.get(host), S.moved(`http://${NAMES[1]}/`), S.get(host, '/x'), 's A', 's FA', 'c FA'],
  (host) => [...S.OPEN, S.get(host), 's PA "HTTP/1.1 200 OK\\r\\nContent-Length: 99\\r\\n\\r\\nhi"', 's R'],
  (host) => [...S.OPEN, S.get(host)],
  (host) => [S.get(host), S.OK, S.get(host), S.OK],
  () => [...S.OPEN, ...S.CLOSE],
  () => [...S.OPEN, 'c PA len=80', 's PA len=300', ...S.CLOSE],
  () => S.OPEN,
  () => ['c S', 's RA'],
  () => ['c S', 'c S seq=-1', 'c S seq=-1'],
  () => ['c S', 's SA', 'c R'],
];

const step = fc.record({
  who: fc.integer({ min: 1, max: 3 }),
  name: fc.integer({ min: 0, max: 2 }),
  server: fc.integer({ min: 0, max: 3 }),
  lines: fc.nat(LINES.length - 1),
  looked: fc.constantFrom('none', 'before', 'beside'),
  arp: fc.boolean(),
});

/** What several machines do; whose turn it is; how many milliseconds pass. */
const scene = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 10 }),
  picks: fc.array(fc.nat(12), { minLength: 1, maxLength: 120 }),
  gaps: fc.array(fc.nat(400), { minLength: 1, maxLength: 40 }),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function framesOf({ steps, picks }: Scene): S.Frames {
  const sequences = steps.flatMap(({ who, name, server, lines, looked, arp }, i) => {
    const m = S.machine(who);
    const connected = S.connection(m, 40000 + i, [...FOUR, ...SIX][server], LINES[lines](NAMES[name]));
    const asked = looked === 'none' ? [] : S.lookup(m, NAMES[name], FOUR, SIX, 50000 + i, 2 * i);
    const resolved = arp ? S.arp(m) : [];
    return looked === 'beside' ? [[...resolved, ...connected], asked] : [[...resolved, ...asked, ...connected]];
  });
  return S.mixed(sequences, picks);
}

function timesOf({ gaps }: Scene, count: number): number[] {
  let now = 0;
  return Array.from({ length: count }, (_, i) => (now += gaps[i % gaps.length]));
}

/** The clock is set back and forth by up to half a minute, now and then. */
const jumps = fc.array(fc.tuple(fc.nat(80), fc.integer({ min: -30_000, max: 30_000 })), { maxLength: 5 });

const jumped = (times: number[], list: [number, number][]): number[] =>
  times.map((time, i) => 100_000 + time + list.reduce((sum, [from, by]) => (i >= from ? sum + by : sum), 0));

const own = (j: Journey) => j.stages.filter((s) => !s.reused && s.kind !== 'idle');

function checkJourney(j: Journey): void {
  let at = j.start;
  for (const s of j.stages) {
    expect(s.start).toBe(at);
    expect(s.end).toBeGreaterThanOrEqual(s.start);
    if (s.reused) expect(s.end).toBe(s.start);
    expect(s.packets).toEqual([...new Set(s.packets)]);
    at = s.end;
  }
  expect(at).toBe(j.end);
  const { har } = j;
  for (const value of Object.values(har)) expect(value === -1 || value >= 0).toBe(true);
  for (const name of ['blocked', 'send', 'wait', 'receive', 'total'] as const) expect(har[name]).toBeGreaterThanOrEqual(0);
  const sum = har.blocked + Math.max(0, har.dns) + Math.max(0, har.connect) + har.send + har.wait + har.receive;
  expect(sum).toBeCloseTo(har.total, 5);
  expect(har.ssl).toBeLessThanOrEqual(har.connect);
  expect(har.total).toBeLessThanOrEqual((j.end - j.start) / 1e6 + 1e-6);
  if (!own(j).some((s) => s.kind === 'dns')) expect(har.dns).toBe(-1);
  if (!own(j).some((s) => s.kind === 'tcp' || s.kind === 'tls')) expect([har.connect, har.ssl]).toEqual([-1, -1]);
}

function check({ journeys, exchanges, connections, lookups }: Found): void {
  // Heads and bodies are part of what was transferred.
  for (const x of exchanges) {
    expect(x.requestTransferBytes ?? Infinity).toBeGreaterThanOrEqual((x.requestHeaderBytes ?? 0) + x.requestBodyBytes);
    expect(x.responseTransferBytes ?? Infinity).toBeGreaterThanOrEqual((x.responseHeaderBytes ?? 0) + x.responseBodyBytes);
  }
  for (const j of journeys) checkJourney(j);
  const ids = new Map(journeys.map((j) => [j.id, j]));
  expect(ids.size).toBe(journeys.length);
  for (const j of journeys) {
    const parent = j.parent === null ? undefined : ids.get(j.parent);
    if (j.parent === null) expect(j.page).toBe(j.id);
    else expect(j.page).toBe(parent?.page);
    // Only the first request of a connection has what came before it.
    const x = exchanges.find((e) => e.id === j.exchange);
    if (x !== undefined && x.stream > 1)
      expect([j.har.dns, j.har.connect, j.har.ssl, j.attempts]).toEqual([-1, -1, -1, undefined]);
    if (j.attempts !== undefined) {
      expect(j.attempts.map((a) => a.connection)).toContain(j.connection);
      for (const a of j.attempts) {
        const c = connections.find((e) => e.id === a.connection);
        for (const packet of a.packets) expect(packet >= (c?.firstPacket ?? 0) && packet <= (c?.lastPacket ?? 0)).toBe(true);
      }
    }
  }
  expect(
    journeys
      .map((j) => j.exchange)
      .filter((e) => e !== undefined)
      .sort(),
  ).toEqual(exchanges.map((x) => x.id).sort());
  // A connection is told by its own journeys, or as an attempt of one other, never both; none is forgotten. Only an attempt
  // that was silent when that other journey was over may still be answered and become one of its own.
  for (const c of connections) {
    const told = journeys.filter((j) => j.connection === c.id).length;
    const of = journeys
      .filter((j) => j.connection !== c.id)
      .flatMap((j) => j.attempts?.filter((a) => a.connection === c.id) ?? []);
    const late = told > 0 && of.length === 1 && of[0].outcome === 'unanswered' && c.fromServer.packets > 0;
    expect(
      told > 0 && !late ? of.length : of.length - 1,
      `connection ${c.id}: ${told} journeys, ${of.length} times an attempt`,
    ).toBe(0);
  }
  // No question and no answer counts twice.
  const counted = new Set<number>();
  for (const j of journeys)
    for (const s of own(j))
      if (s.kind === 'dns' || s.kind === 'arp')
        for (const packet of s.packets) {
          expect(counted.has(packet), `packet ${packet} twice`).toBe(false);
          counted.add(packet);
        }
  for (const j of journeys.filter((e) => e.lookup !== undefined))
    expect(lookups.find((l) => l.index === j.lookup)?.packet).toBeLessThanOrEqual(
      connections.find((c) => c.id === j.connection)?.firstPacket ?? Number.POSITIVE_INFINITY,
    );
}

/** `list`: from which packet on the clock is set by how much. */
function play(what: Scene, list: [number, number][] = [], size?: number): Found {
  const frames = framesOf(what);
  return correlate(S.timed(frames, jumped(timesOf(what, frames.length), list)), size);
}

describe('journeys of random scenes', () => {
  test('stages and timings hold together, and everything is told once', () => {
    fc.assert(
      fc.property(scene, (what) => check(play(what))),
      { numRuns: 400 },
    );
  });

  test('also where the clock is set while packets are captured', () => {
    fc.assert(
      fc.property(scene, jumps, (what, list) => check(play(what, list))),
      { numRuns: 400 },
    );
  });

  test('two lookups of one name at once, one of whose answers comes when the other has been told', () => {
    const step = { server: 0, arp: false };
    const steps: Scene['steps'] = [
      { ...step, who: 1, name: 0, lines: 0, looked: 'none' },
      { ...step, who: 2, name: 1, lines: 8, looked: 'beside' },
      { ...step, who: 2, name: 1, lines: 0, looked: 'beside' },
    ];
    check(play({ steps, picks: [4, 12, 12, 0], gaps: [1] }));
  });

  test('how many packets are read at once changes nothing', () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 1, max: 7 }), (what, size) => {
        expect(play(what, [], size).journeys).toEqual(play(what).journeys);
      }),
      { numRuns: 100 },
    );
  });
});
