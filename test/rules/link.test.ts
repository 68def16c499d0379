import { describe, expect, test } from 'vitest';
import { RULES_OF_LINK } from '../../src/rules/link/index.ts';
import type { HopsRule, Judgement } from '../../src/rules/rule.ts';
import { eth, ipFrame, join, tcp, tcpFrame, u8, vlan } from '../frames.ts';
import { judgeTogether, pcapOf } from './judge.ts';

const fixture = (name: string): string => new URL(`../../fixtures/${name}.pcap`, import.meta.url).pathname;
const ruleOf = (id: string): HopsRule => RULES_OF_LINK.find((rule) => rule.id === id) as HopsRule;
const short = (list: Judgement[]): string[] => list.map(({ verdict, reason }) => `${verdict} ${reason}`);
const over = async (id: string, ...captures: (string | Uint8Array)[]): Promise<string[]> =>
  short(await judgeTogether(ruleOf(id), captures));
const lab = (id: string, scenario: string, ...files: string[]): Promise<string[]> =>
  over(id, ...files.map((file) => fixture(`${scenario}/${file}`)));

const PC = '02:00:00:00:00:10';
const IN = '02:00:00:00:00:01';
const OUT = '02:00:00:00:00:21';
const NEXT = '02:00:00:00:00:22';
interface Place {
  mac?: string;
  to?: string;
  ttl?: number;
  client?: string;
  window?: number;
}

/** A handshake as one place has it: what the client sends has passed `64 - ttl` routers. */
function place({ mac = PC, to = IN, ttl = 64, client = '192.168.0.10', window = 64240 }: Place = {}): Uint8Array {
  const [a, b] = [`${client}:40000`, '192.0.2.80:80'];
  const up = { from: a, to: b, fromMac: mac, toMac: to, ttl };
  const down = { from: b, to: a, fromMac: to, toMac: mac, ttl: ttl - 4 };
  return pcapOf([
    [0, tcpFrame({ ...up, flags: 'S', sequence: 1000, window })],
    [0.02, tcpFrame({ ...down, flags: 'SA', sequence: 5000, acknowledgment: 1001 })],
    [0.04, tcpFrame({ ...up, flags: 'A', sequence: 1001, acknowledgment: 5001 })],
  ]);
}
const BEHIND = { mac: OUT, to: NEXT, ttl: 63 };

describe('R-L2-1: a new frame at each router', () => {
  test('replaced; translated too; its twin keeps a MAC address', async () => {
    expect(await over('R-L2-1', place(), place(BEHIND))).toEqual(['confirmed replaced']);
    expect(await over('R-L2-1', place(), place({ ...BEHIND, client: '203.0.113.2' }))).toEqual([
      'confirmed replaced-and-translated',
    ]);
    expect(await over('R-L2-1', place(), place({ ttl: 63 }))).toEqual(['contradicted kept']);
    expect(await over('R-L2-1', place(), place())).toEqual(['skipped same-network']);
    expect(await over('R-L2-1', place(), place({ mac: OUT, to: NEXT }))).toEqual(['unknown no-hop-counted']);
    expect(await over('R-L2-1', place())).toEqual(['not-visible one-place']);
  });

  test('the lab: five places, two ways, IPv6, both sides at once', async () => {
    const five = ['client', 'gateway-inside', 'gateway-outside', 'router', 'server'];
    expect(await lab('R-L2-1', 'nat-vantages', ...five)).toEqual(['confirmed replaced-and-translated', 'confirmed replaced']);
    expect(await lab('R-L2-1', 'ipv6-http', 'client', 'gateway-outside')).toEqual(['confirmed replaced']);
    expect(await lab('R-L2-1', 'nat-any', 'gateway-any')).toEqual(['confirmed replaced-and-translated']);
    const ways = await lab('R-L2-1', 'asymmetric', 'client', 'gateway-outside', 'router', 'return-router', 'server');
    expect(new Set(ways)).toEqual(new Set(['confirmed replaced', 'confirmed replaced-and-translated']));
    expect(await lab('R-L2-1', 'cold-http', 'client')).toEqual(['not-visible one-place']);
  });
});

describe('where there are no two places of a router', () => {
  const syn = (mac: string, ttl: number, from = '192.168.0.10:4000'): Uint8Array =>
    tcpFrame({ from, to: '192.0.2.80:80', fromMac: mac, toMac: mac === OUT ? NEXT : IN, ttl, flags: 'S', sequence: 9 });
  /** As "any" has it: the sender's MAC address alone. */
  const cooked = (frame: Uint8Array): Uint8Array => {
    const head = u8(0, 0, 0, 1, 0, 6, ...frame.subarray(6, 12), 0, 0, 8, 0);
    return pcapOf([[0.001, join(head, frame.subarray(14))]], 113);
  };

  test('one place names its own addresses in the advice', async () => {
    for (const id of ['R-L2-1', 'R-L2-2', 'R-L2-3']) {
      const [found] = await judgeTogether(ruleOf(id), [place()]);
      expect([found.verdict, found.reason, found.packets]).toEqual(['not-visible', 'one-place', [1]]);
      expect(found.advice?.command).toMatch(/^tcpdump -i <(in|out)side> -w .*\.pcap host 192\.0\.2\.80$/);
      expect(found.says.en).toContain(`${PC} → ${IN}`);
    }
  });

  test('nothing sent, no frames, neighbours', async () => {
    const raw = pcapOf([[0, syn(PC, 64).subarray(14)]], 101);
    for (const id of ['R-L2-1', 'R-L2-2', 'R-L2-3']) {
      expect(await over(id, pcapOf([]))).toEqual(['skipped no-traffic']);
      expect(await over(id, raw)).toEqual(['skipped no-link-layer']);
    }
    expect(await lab('R-L2-1', 'balancer', 'origin')).toEqual(['skipped no-router']);
    expect(await lab('R-L2-2', 'balancer', 'origin')).toEqual(['skipped no-router']);
    expect(await lab('R-L2-3', 'balancer', 'origin')).toEqual(['not-visible one-place']);
  });

  test('Ethernet beside "any": what was not captured does not differ', async () => {
    const both = [pcapOf([[0, syn(PC, 64)]]), cooked(syn(PC, 64))];
    expect(await over('R-L2-1', ...both)).toEqual(['skipped same-network']);
    expect(await over('R-L2-3', ...both)).toEqual(['confirmed unchanged']);
    expect(await over('R-L2-3', both[0], cooked(syn(OUT, 64)))).toEqual(['unknown macs-differ']);
  });

  test('a mirror of both networks tells nothing of what goes beyond', async () => {
    const beyond = syn(OUT, 63, '203.0.113.2:7');
    const own = tcpFrame({ from: '192.168.0.10:99', to: '192.0.2.80:80', fromMac: PC, toMac: IN, flags: 'A', sequence: 5 });
    const near = pcapOf([[0, syn(PC, 64)]]);
    expect(await over('R-L2-2', near, pcapOf([[0.001, beyond]]))).toEqual(['confirmed left-behind']);
    const mirror = pcapOf([
      [0.0001, own],
      [0.001, beyond],
    ]);
    expect(await over('R-L2-2', near, mirror)).toEqual(['unknown both-networks']);
  });
});

describe('R-L2-2: on its own network only', () => {
  test('left behind; its twin is seen beyond', async () => {
    expect(await over('R-L2-2', place(), place(BEHIND))).toEqual(['confirmed left-behind']);
    expect(await over('R-L2-2', place(), place({ ...BEHIND, to: PC }))).toEqual(['contradicted seen-beyond']);
    expect(await over('R-L2-2', place())).toEqual(['not-visible one-place']);
  });

  test('an IPv6 address made of it carries it on; another one does not', async () => {
    const six = (source: string): Uint8Array =>
      pcapOf([
        [0, ipFrame({ from: `[${source}]:40000`, to: '[2001:db8:80::80]:80', fromMac: PC, toMac: IN }, 6, tcp({ flags: 'S' }))],
        [0.1, tcpFrame({ from: `[${source}]:40001`, to: '[2001:db8:80::80]:80', fromMac: PC, toMac: IN, flags: 'S' })],
      ]);
    expect(await over('R-L2-2', six('2001:db8:1::ff:fe00:10'))).toEqual(['contradicted in-the-address']);
    expect(await over('R-L2-2', six('2001:db8:1::ff:fe00:11'))).toEqual(['not-visible one-place']);
    expect(await over('R-L2-2', six('2001:db8:1::10'))).toEqual(['not-visible one-place']);
  });

  test('the lab', async () => {
    expect(await lab('R-L2-2', 'cold-http', 'client', 'gateway-outside')).toEqual(['confirmed left-behind']);
    expect(await lab('R-L2-2', 'cold-http', 'client')).toEqual(['not-visible one-place']);
  });
});

describe('R-L2-3: a switch changes nothing', () => {
  test('unchanged; twins with another byte, a tag, other MAC addresses', async () => {
    expect(await over('R-L2-3', place(), place())).toEqual(['confirmed unchanged']);
    expect(await over('R-L2-3', place(), place({ window: 64241 }))).toEqual(['contradicted changed']);
    expect(await over('R-L2-3', place(), place({ mac: OUT, to: NEXT }))).toEqual(['unknown macs-differ']);
    expect(await over('R-L2-3', place(), place(BEHIND))).toEqual(['not-visible routers-between']);
    expect(await over('R-L2-3', place())).toEqual(['not-visible one-place']);
    const syn = tcpFrame({ from: '192.168.0.10:40000', to: '192.0.2.80:80', fromMac: PC, toMac: IN, flags: 'S', sequence: 1000 });
    const tagged = eth({ source: PC, destination: IN, type: 0x8100 }, vlan(7, 0x0800, syn.subarray(14)));
    expect(await over('R-L2-3', pcapOf([[0, syn]]), pcapOf([[0, tagged]]))).toEqual(['contradicted vlan-tag']);
    // With a tag and another byte it is no longer "all it carries".
    const both = tagged.slice();
    both[19] ^= 4;
    expect(await over('R-L2-3', pcapOf([[0, syn]]), pcapOf([[0, both]]))).toEqual(['contradicted changed']);
  });

  test('the lab: client and gateway are on one switch, router and server too', async () => {
    expect(await lab('R-L2-3', 'nat-vantages', 'client', 'gateway-inside', 'gateway-outside', 'router', 'server')).toEqual([
      'confirmed unchanged',
      'confirmed unchanged',
    ]);
    expect(await lab('R-L2-3', 'cold-http', 'client', 'gateway-outside')).toEqual(['not-visible routers-between']);
  });
});
