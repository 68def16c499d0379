import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES_OF_BALANCER } from '../../src/rules/balancer/index.ts';
import { RULES_OF_CACHE } from '../../src/rules/cache/index.ts';
import type { HopsRule, Judgement } from '../../src/rules/rule.ts';
import { eth, ipv4, tcp, text } from '../frames.ts';
import { judgeTogether, pcapOf } from './judge.ts';

const fixture = (name: string): string => new URL(`../../fixtures/${name}`, import.meta.url).pathname;
const rules = [...RULES_OF_CACHE, ...RULES_OF_BALANCER] as HopsRule[];
const over = (id: string, scenario: string, ...files: string[]): Promise<Judgement[]> =>
  judgeTogether(
    rules.find((rule) => rule.id === id) as HopsRule,
    files.map((file) => fixture(`${scenario}/${file}.pcap`)),
  );
const of = (list: Judgement[], capture = 0): string[] =>
  list.filter((each) => each.capture === capture).map(({ verdict, reason }) => `${verdict} ${reason}`);

interface Told {
  captures: { file: string }[];
  proxy: { cache?: string; server?: string; path: string; serverAddress?: string }[];
  origin: { path: string }[];
}
const truthOf = (scenario: string): Told => JSON.parse(readFileSync(fixture(`${scenario}/truth.json`), 'utf8')) as Told;

describe('R-CACHE-1, by the cache’s own log', () => {
  const WORDS: Record<string, string> = {
    MISS: 'skipped not-in-cache',
    HIT: 'confirmed origin-not-asked',
    REVALIDATED: 'contradicted revalidated',
  };

  test.each([
    ['cache-front', 'cache-back'],
    ['client', 'cache-front', 'origin'],
    ['cache-front', 'origin'],
  ])('%s, %s', async (...files) => {
    const found = await over('R-CACHE-1', 'cache-proxy', ...files.filter((file) => file !== undefined));
    expect(of(found)).toEqual(truthOf('cache-proxy').proxy.map(({ cache }) => WORDS[cache ?? '']));
  });

  test('behind a translation the client is not the one whom the proxy names', async () => {
    const found = await over('R-CACHE-1', 'cache-age', 'client', 'cache-back');
    expect(of(found)).toEqual(['not-visible not-said', 'confirmed says-so']);
  });

  test('one capture in front: as far as answers say', async () => {
    const said: Record<string, string> = {
      MISS: 'skipped says-not-in-cache',
      HIT: 'confirmed says-so',
      REVALIDATED: 'contradicted revalidated',
    };
    const found = await over('R-CACHE-1', 'cache-proxy', 'client');
    expect(of(found)).toEqual(truthOf('cache-proxy').proxy.map(({ cache }) => said[cache ?? '']));
    expect(of(await over('R-CACHE-1', 'cache-age', 'client'))).toEqual(['not-visible not-said', 'confirmed says-so']);
    expect(of(await over('R-CACHE-1', 'cold-http', 'client'))).toEqual(['not-visible not-said']);
  });

  test('requests behind the cache are its own', async () => {
    const found = await over('R-CACHE-1', 'cache-proxy', 'cache-back');
    expect(new Set(of(found))).toEqual(new Set(['skipped sent-on-by-proxy']));
  });

  test('a cache that says nothing: the capture behind decides', async () => {
    expect(of(await over('R-CACHE-1', 'cache-age', 'cache-back', 'cache-front'), 1)).toEqual([
      'skipped not-in-cache',
      'confirmed origin-not-asked',
    ]);
  });
});

test('R-CACHE-2: stored, or not to be', async () => {
  const expected = ['confirmed stored', 'confirmed stored', 'skipped not-storable'];
  expect(of(await over('R-CACHE-2', 'cache-proxy', 'cache-front', 'cache-back'))).toEqual(expected);
  expect(of(await over('R-CACHE-2', 'cache-proxy', 'client'))).toEqual(expected);
  expect(of(await over('R-CACHE-2', 'balancer', 'balancer-front', 'balancer-back'))).toEqual(['skipped no-cache-known']);
  expect(of(await over('R-CACHE-2', 'cold-http', 'client'))).toEqual(['skipped asked-once']);
});

describe('R-LB-1', () => {
  test('requests end at the balancer; rewritten connections do not; one server shows no balancer', async () => {
    expect(new Set(of(await over('R-LB-1', 'balancer', 'balancer-front', 'balancer-back')))).toEqual(
      new Set(['confirmed ends-here']),
    );
    expect(new Set(of(await over('R-LB-1', 'balancer-any', 'balancer-any')))).toEqual(new Set(['confirmed ends-here']));
    expect(new Set(of(await over('R-LB-1', 'balancer-spread', 'balancer-front', 'balancer-back')))).toEqual(
      new Set(['contradicted passed-on']),
    );
    expect(new Set(of(await over('R-LB-1', 'cache-proxy', 'cache-front', 'cache-back')))).toEqual(
      new Set(['skipped one-server']),
    );
    expect(new Set(of(await over('R-LB-1', 'nat-port-forward', 'gateway-outside', 'gateway-inside')))).toEqual(
      new Set(['skipped one-server']),
    );
  });

  test('the name that led there is told, and one side alone is not enough', async () => {
    const [found] = await over('R-LB-1', 'balancer', 'client', 'balancer-front', 'balancer-back');
    expect(found.says.en).toContain('192.0.2.85:80, the address of lb.my-app.com,');
    expect(of(await over('R-LB-1', 'balancer', 'client'))).toEqual(['not-visible behind-not-captured']);
    expect(of(await over('R-LB-1', 'balancer', 'origin'))).toEqual(['not-visible front-not-captured']);
  });
});

describe('R-LB-2', () => {
  test.each([
    ['balancer', ['balancer-back']],
    ['balancer', ['origin']],
    ['balancer-any', ['balancer-any']],
  ])('%s at %s: health checks, as many as the servers answered', async (scenario, files) => {
    const [found] = await over('R-LB-2', scenario, ...files);
    expect([found.verdict, found.reason]).toEqual(['confirmed', 'periodic-requests']);
    const checks = truthOf(scenario).origin.filter((o) => o.path === '/health' && (files[0] !== 'origin' || 'server' in o));
    const mine = files[0] === 'origin' ? checks.filter((o) => (o as { server?: string }).server === 'app1') : checks;
    expect(found.says.en).toContain(`(${mine.length} times`);
  });

  test('not seen in a short capture, and not in front', async () => {
    expect(of(await over('R-LB-2', 'cache-proxy', 'cache-back'))).toEqual(['unknown none-seen']);
    expect(of(await over('R-LB-2', 'balancer', 'client'))).toEqual(['not-visible behind-not-captured']);
    expect(of(await over('R-LB-2', 'nat-port-forward', 'gateway-outside', 'gateway-inside'))).toEqual([
      'not-visible behind-not-captured',
    ]);
  });

  /** A client that asks for one path again and again, alone or beside another one that asks for more. */
  const polled = (others: boolean): Uint8Array => {
    const packets: [number, Uint8Array][] = [];
    const asks = (time: number, source: string, port: number, path: string): void => {
      const ends = { source, destination: '192.0.2.80' };
      const back = { source: '192.0.2.80', destination: source };
      const up = { sourcePort: port, destinationPort: 80 };
      const down = { sourcePort: 80, destinationPort: port };
      const request = `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
      const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
      packets.push([time, eth({}, ipv4(ends, tcp({ ...up, flags: 'S', sequence: port })))]);
      packets.push([time + 0.001, eth({}, ipv4(back, tcp({ ...down, flags: 'SA', sequence: 9, acknowledgment: port + 1 })))]);
      packets.push([
        time + 0.002,
        eth({}, ipv4(ends, tcp({ ...up, flags: 'PA', sequence: port + 1, acknowledgment: 10 }, text(request)))),
      ]);
      packets.push([
        time + 0.003,
        eth({}, ipv4(back, tcp({ ...down, flags: 'PA', sequence: 10, acknowledgment: port + 1 + request.length }, text(answer)))),
      ]);
    };
    for (let i = 0; i < 4; i++) asks(i * 2, '198.51.100.7', 5000 + i, '/health');
    if (others) asks(7, '198.51.100.9', 6000, '/');
    return pcapOf(packets);
  };

  test('somebody who polls a path alone is no balancer; its twin beside other clients is one that checks', async () => {
    const rule = rules.find(({ id }) => id === 'R-LB-2') as HopsRule;
    expect(of(await judgeTogether(rule, [polled(false)]))).toEqual(['unknown perhaps']);
    expect(of(await judgeTogether(rule, [polled(true)]))).toEqual(['confirmed periodic-requests']);
  });
});

describe('R-LB-3, by the balancers’ own logs', () => {
  test('strictly in turn', async () => {
    const [found] = await over('R-LB-3', 'balancer', 'balancer-back');
    expect([found.verdict, found.reason]).toEqual(['confirmed', 'round-robin']);
    expect(found.packets).toHaveLength(truthOf('balancer').proxy.length);
    const [spread] = await over('R-LB-3', 'balancer-spread', 'balancer-front', 'balancer-back');
    expect([spread.verdict, spread.reason]).toEqual(['confirmed', 'round-robin']);
  });

  test('too few, one server, nothing behind', async () => {
    expect(of(await over('R-LB-3', 'balancer-any', 'balancer-any'))).toEqual(['unknown too-few']);
    expect(of(await over('R-LB-3', 'balancer', 'origin'))).toEqual(['skipped one-server']);
    expect(of(await over('R-LB-3', 'balancer', 'client'))).toEqual(['not-visible behind-not-captured']);
  });
});

test('R-LB-4: forwarded, by both sides or by the request’s own words', async () => {
  const both = await over('R-LB-4', 'balancer', 'balancer-front', 'balancer-back');
  expect(new Set(of(both, 0))).toEqual(new Set(['confirmed forwarded']));
  expect(of(both, 0)).toHaveLength(truthOf('balancer').proxy.length);
  expect(new Set(of(await over('R-LB-4', 'balancer', 'origin')))).toEqual(new Set(['confirmed says-so']));
  expect(new Set(of(await over('R-LB-4', 'balancer-spread', 'balancer-front', 'balancer-back')))).toEqual(
    new Set(['confirmed same-packets']),
  );
  expect(of(await over('R-LB-4', 'cold-http', 'client'))).toEqual(['not-visible behind-not-captured']);
  expect(of(await over('R-LB-4', 'balancer-relay', 'balancer-front', 'balancer-back'))).toEqual([
    'not-visible behind-not-captured',
  ]);
});

test('every reason given is announced', async () => {
  for (const scenario of ['cache-proxy', 'cache-age', 'balancer', 'balancer-any', 'balancer-spread', 'https'])
    for (const rule of rules) {
      const files = truthOf(scenario).captures.map(({ file }) => fixture(`${scenario}/${file}`));
      for (const { reason } of await judgeTogether(rule, files))
        expect([...rule.reasons, 'nothing-of-its-kind']).toContain(reason);
    }
});
