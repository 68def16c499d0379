import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES_OF_IP } from '../../src/rules/ip/index.ts';
import type { Judgement, Rule } from '../../src/rules/rule.ts';
import type { VantageKind } from '../../src/rules/vantage.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { arpFrame, tcpFrame } from '../frames.ts';
import { judge, pcapOf } from './judge.ts';

const ruleOf = (id: string): Rule => RULES_OF_IP.find((each) => each.id === id) as Rule;
const fixture = (name: string, vantage = 'client'): string => {
  const file = readdirSync(join(FIXTURES, name)).find((each) => each.startsWith(`${vantage}.`));
  return join(FIXTURES, name, file as string);
};
const all = (id: string, capture: string | Uint8Array, vantage?: VantageKind): Promise<Judgement[]> =>
  judge(ruleOf(id), capture, vantage);
const one = async (id: string, capture: string | Uint8Array, vantage?: VantageKind): Promise<Judgement> =>
  (await all(id, capture, vantage))[0];
const short = ({ verdict, reason }: Judgement): string => `${verdict} ${reason}`;

const MAC = { client: '02:00:00:00:00:0a', gateway: '02:00:00:00:00:01' };

interface Talk {
  client?: string;
  server?: string;
  /** TTLs of what the client and the server send. */
  own?: number;
  far?: number;
  /** Of each of the answer's segments. */
  answer?: number[];
  /** Order in which they were captured. */
  order?: number[];
  /** Seconds between a packet and its answer. */
  way?: number;
  headers?: string;
  arp?: boolean;
}

/** One request and its answer in three segments. */
function talk(t: Talk = {}): Uint8Array {
  const { client = '192.168.0.10', server = '198.51.100.80', own = 64, far = 60, way = 0.01, headers = '', arp = false } = t;
  const bracket = (a: string): string => (a.includes(':') ? `[${a}]` : a);
  const [from, to] = [`${bracket(client)}:40000`, `${bracket(server)}:80`];
  const packets: [number, Uint8Array][] = [];
  let time = 0;
  const macs = { fromMac: MAC.client, toMac: MAC.gateway };
  const c = (flags: string, sequence: number, acknowledgment: number, payload = ''): void => {
    packets.push([time, tcpFrame({ from, to, ttl: own, flags, sequence, acknowledgment, payload, ...macs })]);
  };
  const s = (flags: string, sequence: number, acknowledgment: number, payload = '', ttl = far): void => {
    const back = { from: to, to: from, fromMac: MAC.gateway, toMac: MAC.client };
    packets.push([time, tcpFrame({ ...back, ttl, flags, sequence, acknowledgment, payload })]);
  };
  if (arp) {
    const request = { senderMac: MAC.client, senderAddress: client, targetAddress: '192.168.0.1' };
    packets.push([time, arpFrame({ operation: 1, ...request })]);
    time += 0.001;
  }
  c('S', 1000, 0);
  time += way;
  s('SA', 5000, 1001);
  c('A', 1001, 5001);
  const request = `GET / HTTP/1.1\r\nHost: a.example\r\n${headers}\r\n`;
  c('PA', 1001, 5001, request);
  time += way;
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: 240\r\n\r\n${'x'.repeat(240)}`;
  const third = Math.ceil(answer.length / 3);
  const gap = 0.0001;
  for (const i of t.order ?? [0, 1, 2]) {
    time += gap;
    s('PA', 5001 + i * third, 1001 + request.length, answer.slice(i * third, (i + 1) * third), t.answer?.[i] ?? far);
  }
  time += gap;
  c('A', 1001 + request.length, 5001 + answer.length);
  return pcapOf(packets);
}

describe('R-IP-1', () => {
  test('a private source and a public destination; its twin with a public source', async () => {
    expect(await one('R-IP-1', talk())).toMatchObject({ verdict: 'confirmed', reason: 'private-to-public', packets: [1] });
    const found = await one('R-IP-1', talk({ client: '203.0.113.9' }));
    expect(short(found)).toBe('contradicted public-source');
    expect(found.says.en).toContain('203.0.113.9');
    expect(found.says.ko).toContain('203.0.113.9');
  });
  test.each([
    [{ client: '2001:db8::5', server: '2001:db8:80::80' }, 'contradicted public-source'],
    [{ client: '100.64.3.4' }, 'contradicted shared-source'],
    [{ client: '169.254.3.4' }, 'contradicted link-local-source'],
    [{ server: '192.168.0.20', far: 64 }, 'contradicted private-server'],
    [{ client: '127.0.0.1', server: '127.0.0.1' }, 'skipped loopback'],
    [{ client: '203.0.113.9', own: 62 }, 'not-visible behind-a-router'],
    [
      { client: '10.0.0.1', server: '10.0.0.9', far: 64, headers: 'X-Forwarded-For: 203.0.113.9\r\n' },
      'not-visible sent-on-by-a-proxy',
    ],
  ] as [Talk, string][])('%o', async (made, expected) => {
    expect(short(await one('R-IP-1', talk(made)))).toBe(expected);
  });
  test('what the user says of the place counts', async () => {
    expect(short(await one('R-IP-1', talk({ client: '203.0.113.9' }), 'gateway-outside'))).toBe('not-visible behind-a-router');
  });
  test('the lab: behind the gateway, outside of it, over IPv6', async () => {
    expect(short(await one('R-IP-1', fixture('cold-http')))).toBe('confirmed private-to-public');
    expect(short(await one('R-IP-1', fixture('cold-http', 'gateway-outside')))).toBe('not-visible behind-a-router');
    expect(short(await one('R-IP-1', fixture('ipv6-http')))).toBe('contradicted public-source');
    expect(short(await one('R-IP-1', fixture('nxdomain')))).toBe('skipped no-connection');
    expect(new Set((await all('R-IP-1', fixture('balancer', 'origin'))).map(short))).toEqual(
      new Set(['not-visible sent-on-by-a-proxy']),
    );
  });
});

describe('R-IP-4', () => {
  test.each([
    [{ own: 64, far: 60 }, 'confirmed as-sent'],
    [{ own: 128, far: 114 }, 'confirmed as-sent'],
    [{ own: 255, far: 60 }, 'contradicted other-as-sent'],
    [{ own: 64, far: 247 }, 'contradicted other-inferred'],
    [{ own: 62, far: 60, client: '203.0.113.9' }, 'confirmed inferred'],
    [{ own: 30, far: 29, client: '203.0.113.9' }, 'unknown ambiguous'],
    // Its ARP names the frame's sender: no router has had the packet.
    [{ own: 100, far: 60, arp: true }, 'contradicted other-as-sent'],
    [{ own: 32, far: 60, arp: true }, 'contradicted other-as-sent'],
  ] as [Talk, string][])('%o', async (made, expected) => {
    expect(short(await one('R-IP-4', talk(made)))).toBe(expected);
  });
  test('as the user says that it is the client, its value is what it sends', async () => {
    expect(short(await one('R-IP-4', talk({ own: 100 }), 'client'))).toBe('contradicted other-as-sent');
  });
  test('the lab runs Linux', async () => {
    for (const [name, vantage] of [['cold-http'], ['ipv6-http'], ['asymmetric', 'router'], ['asymmetric', 'server']])
      expect((await one('R-IP-4', fixture(name, vantage))).verdict).toBe('confirmed');
  });
});

describe('R-IP-5', () => {
  test('the lab says how many routers there are', async () => {
    const truth = JSON.parse(readFileSync(join(FIXTURES, 'asymmetric/truth.json'), 'utf8')) as {
      expect: { hopLimits: { atServer: number; atClient: number } };
    };
    const { atServer, atClient } = truth.expect.hopLimits;
    expect((await one('R-IP-5', fixture('asymmetric'))).says.en).toContain(`passed ${64 - atClient} routers`);
    expect((await one('R-IP-5', fixture('asymmetric', 'server'))).says.en).toContain(`passed ${64 - atServer} routers`);
  });
  test('a number from what is left, or a bound where it may have begun with anything', async () => {
    expect(await one('R-IP-5', talk({ far: 52 }))).toMatchObject({
      verdict: 'contradicted',
      reason: 'few-routers',
      packets: [2],
    });
    const far = await one('R-IP-5', talk({ far: 20 }));
    expect(short(far)).toBe('contradicted some-routers');
    expect(far.says.en).toContain('at most 235 routers');
  });
  test('without an answer nothing tells', async () => {
    const found = await one('R-IP-5', fixture('syn-timeout'));
    expect(short(found)).toBe('not-visible nothing-from-afar');
    expect(found.advice?.command).toBe('tcpdump -i any -w both.pcap host 192.0.2.90');
  });
});

describe('R-IP-7', () => {
  test('another TTL within one response, and its twin', async () => {
    expect(await one('R-IP-7', talk({ answer: [60, 60, 58] }))).toMatchObject({
      verdict: 'confirmed',
      reason: 'other-path',
      packets: [6, 7],
    });
    expect(await one('R-IP-7', talk())).toMatchObject({
      verdict: 'contradicted',
      reason: 'one-path-in-order',
      packets: [5, 7],
    });
  });
  test('another order', async () => {
    expect(await one('R-IP-7', talk({ order: [0, 2, 1] }))).toMatchObject({
      verdict: 'confirmed',
      reason: 'reordered',
      packets: [7],
    });
  });
  test('where the response begins its way cannot be seen', async () => {
    expect(short(await one('R-IP-7', talk({ client: '203.0.113.9', own: 61, far: 64 })))).toBe('not-visible at-the-sender');
    expect(short(await one('R-IP-7', fixture('lost-segment', 'server')))).toBe('not-visible at-the-sender');
  });
  test('a segment sent again is none that took another way; one packet has no order', async () => {
    expect(short(await one('R-IP-7', fixture('lost-segment')))).toBe('contradicted one-path-in-order');
    expect(short(await one('R-IP-7', fixture('redirect')))).toBe('skipped one-packet');
    expect(short(await one('R-IP-7', fixture('reset-middlebox')))).toBe('skipped no-response');
  });
});

describe('R-IP-8', () => {
  test('an answer within 80 ms did not cross the Pacific; a later one proves nothing', async () => {
    const found = await one('R-IP-8', talk({ way: 0.024 }));
    expect(found).toMatchObject({ verdict: 'contradicted', reason: 'too-near', packets: [1, 2, 3] });
    expect(found.says.en).toContain('at most 2400 km');
    expect(short(await one('R-IP-8', talk({ way: 0.12 })))).toBe('unknown far-or-slow');
  });
  test('a SYN that was lost does not make the server far', async () => {
    // The lab: 24 ms to the server; the second SYN was lost once, the third one's answer.
    for (const found of await all('R-IP-8', fixture('losses'))) expect(short(found)).toBe('contradicted too-near');
  });
  test('no answer, no beginning', async () => {
    expect(short(await one('R-IP-8', fixture('syn-timeout')))).toBe('unknown no-round-trip');
    expect((await all('R-IP-8', fixture('nat-flushed', 'server'))).map(short)).toContain('unknown mid-stream');
    expect(short(await one('R-IP-8', fixture('refused')))).toBe('contradicted too-near');
  });
});
