import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES_OF_NAT } from '../../src/rules/nat/index.ts';
import type { HopsRule, Judgement } from '../../src/rules/rule.ts';
import { eth, ipv4, tcp } from '../frames.ts';
import { judge, judgeTogether, pcapOf } from './judge.ts';

const fixture = (name: string): string => new URL(`../../fixtures/${name}`, import.meta.url).pathname;
const ruleOf = (id: string): HopsRule => RULES_OF_NAT.find((rule) => rule.id === id) as HopsRule;
const over = (id: string, scenario: string, ...files: string[]): Promise<Judgement[]> =>
  judgeTogether(
    ruleOf(id),
    files.map((file) => fixture(`${scenario}/${file}.pcap`)),
  );
const short = (list: Judgement[]): string[] => list.map(({ verdict, reason }) => `${verdict} ${reason}`);
const INSIDE = 'gateway-inside';
const OUTSIDE = 'gateway-outside';

interface Told {
  nat: { protocol: string; insideAddress: string; insidePort: number; outsideAddress: string; outsidePort: number }[];
}
const mappings = (scenario: string): Told['nat'] =>
  (JSON.parse(readFileSync(fixture(`${scenario}/truth.json`), 'utf8')) as Told).nat.filter(({ protocol }) => protocol === 'tcp');

describe('R-NAT-1 and R-NAT-2, by conntrack', () => {
  test.each(['nat-vantages', 'nat-port-kept', 'nat-port-clash', 'cold-http', 'nat-any'])('%s', async (scenario) => {
    const files = { 'cold-http': ['client', OUTSIDE], 'nat-any': ['gateway-any'] }[scenario] ?? [OUTSIDE, INSIDE];
    const first = await over('R-NAT-1', scenario, ...files);
    const second = await over('R-NAT-2', scenario, ...files);
    const told = mappings(scenario);
    expect(short(first)).toEqual(told.map(() => 'confirmed source-translated'));
    for (const { insideAddress, insidePort, outsideAddress, outsidePort } of told) {
      const [inside, outside] = [`${insideAddress}:${insidePort}`, `${outsideAddress}:${outsidePort}`];
      expect(first.some(({ says }) => says.en.includes(inside) && says.en.includes(outside))).toBe(true);
      const mapped = second.find(({ says }) => says.en.includes(`${inside} → ${outside}`));
      expect(mapped?.reason).toBe(insidePort === outsidePort ? 'port-kept' : 'port-changed');
      expect(mapped?.says.ko).toContain(`${inside} → ${outside}`);
    }
  });

  test('the packets of the other capture are named', async () => {
    const [found] = await over('R-NAT-1', 'nat-vantages', 'client', OUTSIDE);
    expect(found).toMatchObject({ capture: 0, packets: [7], elsewhere: [{ capture: 1, packets: [7] }], journeyId: 0 });
    expect(found.says.en).toContain('packet 7 of client.pcap is packet 7 of gateway-outside.pcap');
  });

  test('one side alone cannot tell, and says what to capture', async () => {
    for (const id of ['R-NAT-1', 'R-NAT-2', 'R-NAT-3', 'R-NAT-6', 'R-NAT-7', 'R-NAT-8']) {
      const [found] = await over(id, 'nat-vantages', 'client');
      expect([found.verdict, found.reason]).toEqual(['not-visible', 'one-side']);
      expect(found.advice?.command).toBe('tcpdump -i <outside> -w outside.pcap host 192.0.2.80');
    }
  });

  test('IPv6 needs none; inside the home nothing is translated yet', async () => {
    expect(short(await over('R-NAT-1', 'ipv6-http', 'client'))).toEqual(['skipped ipv6']);
    expect(short(await over('R-NAT-1', 'nat-vantages', 'client', INSIDE))).toEqual(['not-visible one-side']);
  });

  test('a gateway that does not translate', async () => {
    expect(short(await over('R-NAT-1', 'nat-none', 'client', 'server'))).toEqual(['contradicted not-translated']);
    expect(short(await over('R-NAT-2', 'nat-none', 'client', 'server'))).toEqual(['skipped nothing-translated']);
  });

  test('a rewritten destination is no translation of a source', async () => {
    const found = await over('R-NAT-1', 'balancer-spread', 'balancer-front', 'balancer-back');
    expect(new Set(short(found))).toEqual(new Set(['skipped destination-translated']));
  });
});

describe('R-NAT-3', () => {
  test('replies are translated back', async () => {
    expect(short(await over('R-NAT-3', 'nat-port-clash', INSIDE, OUTSIDE))).toEqual([
      'confirmed translated-back',
      'confirmed translated-back',
    ]);
  });

  const PRIVATE = '192.168.0.2';
  const PUBLIC = '203.0.113.2';
  const SERVER = '192.0.2.80';
  const syn = (source: string, ttl: number): Uint8Array =>
    eth({}, ipv4({ source, destination: SERVER, ttl }, tcp({ sourcePort: 4000, destinationPort: 80, flags: 'S', sequence: 77 })));
  const answer = (destination: string, ttl: number): Uint8Array =>
    eth(
      {},
      ipv4(
        { source: SERVER, destination, ttl },
        tcp({ sourcePort: 80, destinationPort: 4000, flags: 'SA', sequence: 900, acknowledgment: 78 }),
      ),
    );
  const outside = pcapOf([
    [0, syn(PUBLIC, 63)],
    [0.1, answer(PUBLIC, 60)],
  ]);

  test('its twin without the reply inside', async () => {
    const whole = pcapOf([
      [0, syn(PRIVATE, 64)],
      [0.1, answer(PRIVATE, 59)],
    ]);
    const lost = pcapOf([[0, syn(PRIVATE, 64)]]);
    expect(short(await judgeTogether(ruleOf('R-NAT-3'), [whole, outside]))).toEqual(['confirmed translated-back']);
    expect(short(await judgeTogether(ruleOf('R-NAT-3'), [lost, outside]))).toEqual(['contradicted not-delivered']);
    expect(short(await judgeTogether(ruleOf('R-NAT-3'), [lost, pcapOf([[0, syn(PUBLIC, 63)]])]))).toEqual(['skipped no-reply']);
  });

  test('a source that becomes another private one', async () => {
    const inside = pcapOf([
      [0, syn(PRIVATE, 64)],
      [0.1, answer(PRIVATE, 59)],
    ]);
    const carrier = pcapOf([
      [0, syn('100.64.0.9', 63)],
      [0.1, answer('100.64.0.9', 60)],
    ]);
    expect(short(await judgeTogether(ruleOf('R-NAT-1'), [inside, carrier]))).toEqual(['contradicted private-again']);
    expect(short(await judgeTogether(ruleOf('R-NAT-1'), [inside, outside]))).toEqual(['confirmed source-translated']);
  });
});

describe('R-NAT-4', () => {
  test.each([
    ['nat-unsolicited', 'contradicted gateway-reset'],
    ['nat-unsolicited-dropped', 'confirmed dropped'],
    ['nat-port-forward', 'contradicted forwarded'],
    ['nat-port-kept', 'skipped none-unsolicited'],
  ])('%s', async (scenario, expected) => {
    expect(short(await over('R-NAT-4', scenario, INSIDE, OUTSIDE))).toEqual([expected]);
  });

  test('outside alone decides where the gateway itself answers, by its hop limit', async () => {
    expect(short(await over('R-NAT-4', 'nat-unsolicited', OUTSIDE))).toEqual(['contradicted gateway-reset']);
    const [dropped] = await judge(ruleOf('R-NAT-4'), fixture(`nat-unsolicited-dropped/${OUTSIDE}.pcap`), 'gateway-outside');
    expect([dropped.verdict, dropped.reason]).toEqual(['not-visible', 'inside-not-captured']);
    expect(short(await over('R-NAT-4', 'refused', 'client'))).toEqual(['not-visible outside-not-captured']);
  });
});

describe('R-NAT-5', () => {
  test('a router without a way to it says so, or the answer goes in circles', async () => {
    expect(short(await over('R-NAT-5', 'nat-none', 'server'))).toEqual(['confirmed no-route']);
    expect(short(await over('R-NAT-5', 'nat-none', 'client', 'server'))).toEqual(['confirmed no-route', 'confirmed answer-lost']);
    expect(short(await over('R-NAT-5', 'nat-none-loop', 'return-router'))).toEqual(['confirmed loops']);
    expect(short(await over('R-NAT-5', 'nat-none-loop', 'server'))).toEqual(['confirmed hop-limit-used-up']);
  });

  test('a translated address can be answered', async () => {
    expect(short(await over('R-NAT-5', 'nat-vantages', INSIDE, OUTSIDE))).toEqual(['skipped translated']);
  });
});

test('R-NAT-6: the request, and everything before it', async () => {
  const [found] = await over('R-NAT-6', 'nat-vantages', INSIDE, OUTSIDE);
  expect([found.verdict, found.reason]).toEqual(['confirmed', 'every-packet']);
  expect(found.says.en).toMatch(/GET \/.*DNS query, packet 3/);
});

test('R-NAT-7: several clients, or one', async () => {
  expect(short(await over('R-NAT-7', 'several-clients', INSIDE, OUTSIDE))).toEqual(['confirmed shared']);
  expect(short(await over('R-NAT-7', 'nat-port-kept', INSIDE, OUTSIDE))).toEqual(['skipped one-device']);
});

test('R-NAT-7: one of several clients, and the outside: the others are not denied', async () => {
  const outside = fixture('several-clients/gateway-outside.pcap');
  const own = only(readFileSync(fixture('several-clients/gateway-inside.pcap')), [192, 168, 0, 10]);
  const [found] = await judgeTogether(ruleOf('R-NAT-7'), [own, outside]);
  expect([found.verdict, found.reason]).toEqual(['not-visible', 'others-unseen']);
  const inside = fixture('several-clients/gateway-inside.pcap');
  expect(short(await judgeTogether(ruleOf('R-NAT-7'), [own, inside, outside]))).toEqual(['confirmed shared']);
});

/** The packets from or to an IPv4 address: what a capture at that host has. */
function only(bytes: Buffer, address: number[]): Uint8Array {
  const parts = [bytes.subarray(0, 24)];
  for (let at = 24; at < bytes.length; ) {
    const frame = bytes.subarray(at + 16, at + 16 + bytes.readUInt32LE(at + 8));
    const ends = [frame.subarray(26, 30), frame.subarray(30, 34)];
    if (ends.some((each) => each.equals(Buffer.from(address)))) parts.push(bytes.subarray(at, at + 16 + frame.length));
    at += 16 + frame.length;
  }
  return Buffer.concat(parts);
}

describe('R-NAT-8', () => {
  test('a mapping that was lost: the RST of the gateway, and another port', async () => {
    const found = await over('R-NAT-8', 'nat-flushed', INSIDE, OUTSIDE);
    expect(short(found)).toEqual(['contradicted gateway-reset', 'contradicted another-port']);
    for (const { outsidePort } of mappings('nat-flushed')) expect(found[1].says.en).toContain(`:${outsidePort}`);
  });

  test('outside alone shows the RST; the server and the client do not know whose it is', async () => {
    expect(short(await over('R-NAT-8', 'nat-flushed', OUTSIDE))).toEqual(['contradicted gateway-reset']);
    expect(short(await over('R-NAT-8', 'nat-flushed', 'server'))).toEqual(['not-visible one-side']);
    expect(short(await over('R-NAT-8', 'reset-server', 'client', OUTSIDE))).toEqual(['confirmed kept']);
  });

  test('one that lasts', async () => {
    expect(short(await over('R-NAT-8', 'nat-port-kept', INSIDE, OUTSIDE))).toEqual(['confirmed kept']);
  });
});

test('every reason given is announced', async () => {
  const scenarios = ['nat-flushed', 'nat-none', 'nat-port-forward', 'nat-unsolicited', 'balancer-spread', 'asymmetric'];
  for (const scenario of scenarios) {
    const truth = JSON.parse(readFileSync(fixture(`${scenario}/truth.json`), 'utf8')) as { captures: { file: string }[] };
    for (const rule of RULES_OF_NAT as HopsRule[]) {
      const found = await judgeTogether(
        rule,
        truth.captures.map(({ file }) => fixture(`${scenario}/${file}`)),
      );
      for (const { reason } of found) expect(rule.reasons).toContain(reason);
    }
  }
});
