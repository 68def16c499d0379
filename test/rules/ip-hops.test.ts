import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES_OF_IP } from '../../src/rules/ip/index.ts';
import type { HopsRule, Judgement } from '../../src/rules/rule.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { arpFrame, tcpFrame } from '../frames.ts';
import { judgeTogether, pcapOf } from './judge.ts';

const ruleOf = (id: string): HopsRule => RULES_OF_IP.find((each) => each.id === id) as HopsRule;
const over = (id: string, scenario: string, ...vantages: string[]): Promise<Judgement[]> =>
  judgeTogether(
    ruleOf(id),
    vantages.map((each) => join(FIXTURES, scenario, `${each}.pcap`)),
  );
const made = (id: string, ...captures: Uint8Array[]): Promise<Judgement[]> => judgeTogether(ruleOf(id), captures);
const short = (list: Judgement[]): string[] => list.map(({ verdict, reason }) => `${verdict} ${reason}`);

const CLIENT = '192.168.0.10:40000';
const OUTSIDE = '203.0.113.2:25000';
const SERVER = '198.51.100.80:80';

interface Link {
  from?: string;
  /** Hop limits of what goes there and of what comes back; undefined: does not pass here. */
  there?: number | undefined;
  back?: number | undefined;
  macs?: [string, string];
  /** The MAC address that answers go to, where it is another one. */
  answersTo?: string;
  arp?: [mac: string, address: string][];
}

/** A handshake and one more packet, as one link shows them. */
function link({
  from = CLIENT,
  there,
  back,
  macs = ['02:00:00:00:00:01', '02:00:00:00:00:02'],
  answersTo,
  arp = [],
}: Link): Uint8Array {
  const packets: [number, Uint8Array][] = [];
  const to = { fromMac: macs[0], toMac: macs[1] };
  const home = { fromMac: macs[1], toMac: answersTo ?? macs[0] };
  for (const [mac, address] of arp)
    packets.push([0, arpFrame({ operation: 1, senderMac: mac, senderAddress: address, targetAddress: '198.51.100.80' })]);
  if (there !== undefined)
    packets.push([0.01, tcpFrame({ from, to: SERVER, ttl: there, flags: 'S', sequence: 77, id: 1, ...to })]);
  if (back !== undefined)
    packets.push([
      0.02,
      tcpFrame({ from: SERVER, to: from, ttl: back, flags: 'SA', sequence: 900, acknowledgment: 78, id: 5, ...home }),
    ]);
  if (there !== undefined)
    packets.push([0.03, tcpFrame({ from, to: SERVER, ttl: there, flags: 'A', sequence: 78, acknowledgment: 901, id: 2, ...to })]);
  if (back !== undefined)
    packets.push([
      0.04,
      tcpFrame({ from: SERVER, to: from, ttl: back, flags: 'PA', sequence: 901, acknowledgment: 78, payload: 'x', ...home }),
    ]);
  if (there !== undefined)
    packets.push([0.05, tcpFrame({ from, to: SERVER, ttl: there, flags: 'A', sequence: 78, acknowledgment: 902, id: 3, ...to })]);
  if (back !== undefined)
    packets.push([0.06, tcpFrame({ from: SERVER, to: from, ttl: back, flags: 'A', sequence: 902, acknowledgment: 78, ...home })]);
  return pcapOf(packets.sort((p, q) => p[0] - q[0]));
}
const B: [string, string] = ['02:00:00:00:00:03', '02:00:00:00:00:04'];
const C: [string, string] = ['02:00:00:00:00:05', '02:00:00:00:00:06'];

describe('R-IP-2', () => {
  test('the lab: two routers between pc and web, one in the gateway', async () => {
    const [found] = await over('R-IP-2', 'nat-vantages', 'client', 'gateway-inside', 'gateway-outside', 'router', 'server');
    expect(found).toMatchObject({ verdict: 'confirmed', reason: 'falls', capture: 0, packets: [7], journeyId: 0 });
    expect(found.elsewhere).toEqual([
      { capture: 1, packets: [7] },
      { capture: 2, packets: [7] },
      { capture: 3, packets: [3] },
      { capture: 4, packets: [3] },
    ]);
    expect(found.says.en).toContain('2 routers');
    expect((await over('R-IP-2', 'cold-http', 'client', 'gateway-outside'))[0].says.en).toContain('1 router ');
    expect(short(await over('R-IP-2', 'nat-vantages', 'client', 'gateway-inside'))).toEqual(['skipped same-link']);
  });
  test('one capture of both sides of a router decides; one of one side does not', async () => {
    expect(await over('R-IP-2', 'nat-any', 'gateway-any')).toMatchObject([{ verdict: 'confirmed', packets: [13, 14] }]);
    const [found] = await over('R-IP-2', 'cold-http', 'client');
    expect(short([found])).toEqual(['not-visible one-place']);
    expect(found.advice?.command).toBe('tcpdump -i <outside> -w far.pcap host 192.0.2.80');
  });
  test('a connection from outside is told from outside', async () => {
    const found = await over('R-IP-2', 'nat-port-forward', 'gateway-inside', 'gateway-outside');
    expect(short(found)).toEqual(['confirmed falls', 'confirmed falls']);
  });
  test('a SYN that was lost on its way is not taken for the one that came', async () => {
    for (const found of await over('R-IP-2', 'losses', 'client', 'server')) expect(short([found])).toEqual(['confirmed falls']);
  });
  test('where no connection is joined, a lookup tells', async () => {
    expect(short(await over('R-IP-2', 'nxdomain', 'client', 'gateway-outside'))).toEqual(['confirmed falls']);
    expect(short(await over('R-IP-2', 'name-servers', 'root', 'tld'))).toEqual(['not-visible not-joined']);
  });
  test('its twin: another link, and the same value', async () => {
    const near = link({ there: 64, back: 60 });
    expect(short(await made('R-IP-2', near, link({ there: 63, back: 61, macs: B })))).toEqual(['confirmed falls']);
    expect(short(await made('R-IP-2', near, link({ there: 64, back: 60, macs: B })))).toEqual(['contradicted not-counted']);
    expect(short(await made('R-IP-2', near, link({ there: 64, back: 60 })))).toEqual(['skipped same-link']);
  });
});

describe('R-IP-6', () => {
  test('the lab: the answers take another way', async () => {
    const truth = JSON.parse(readFileSync(join(FIXTURES, 'asymmetric/truth.json'), 'utf8')) as {
      expect: { hopLimits: { atServer: number; atClient: number } };
    };
    const { atServer, atClient } = truth.expect.hopLimits;
    expect(short(await over('R-IP-6', 'asymmetric', 'router'))).toEqual(['contradicted one-direction']);
    expect(short(await over('R-IP-6', 'asymmetric', 'return-router'))).toEqual(['contradicted one-direction']);
    expect(short(await over('R-IP-6', 'asymmetric', 'server'))).toEqual(['contradicted two-routers']);
    expect(short(await over('R-IP-6', 'asymmetric', 'client'))).toEqual(['not-visible one-place']);
    const all = await over('R-IP-6', 'asymmetric', 'client', 'gateway-outside', 'router', 'return-router', 'server');
    expect(all).toMatchObject([{ verdict: 'contradicted', capture: 0, packets: [], journeyId: 0 }]);
    expect(all[0].elsewhere?.length).toBe(1);
    // As far as the gateway the ways are one; behind it, by hop limits alone, they have 2 and 3 routers.
    expect([64 - atServer, 64 - atClient]).toEqual([2, 3]);
    expect(short(await over('R-IP-6', 'asymmetric', 'client', 'gateway-outside'))).toEqual(['not-visible partly-seen']);
  });
  test('the lab: every link captured, one way', async () => {
    for (const [scenario, ...vantages] of [
      ['nat-vantages', 'client', 'gateway-outside', 'router', 'server'],
      ['reset-server', 'client', 'gateway-outside', 'server'],
    ])
      expect(short(await over('R-IP-6', scenario, ...vantages))).toEqual(['confirmed same-way']);
    expect(short(await over('R-IP-6', 'nat-vantages', 'client', 'server'))).toEqual(['not-visible partly-seen']);
    expect(short(await over('R-IP-6', 'cold-http', 'client'))).toEqual(['not-visible one-place']);
  });
  test('an answer that never comes back shows no way', async () => {
    expect(short(await over('R-IP-6', 'nat-none', 'client', 'gateway-outside', 'router', 'server'))).toEqual([
      'unknown not-at-all-places',
    ]);
    expect(short(await over('R-IP-6', 'firewall', 'client', 'gateway-outside'))).toContain('skipped no-reply');
    expect(short(await over('R-IP-6', 'nxdomain', 'client'))).toEqual(['skipped no-connection']);
  });

  const client = link({ there: 64, back: 61 });
  const server = link({ there: 62, back: 64, from: OUTSIDE, macs: C });
  test('hop counts of the two directions, and their twin', async () => {
    expect(short(await made('R-IP-6', client, server))).toEqual(['contradicted hop-counts-differ']);
    expect(short(await made('R-IP-6', link({ there: 64, back: 62 }), server))).toEqual(['not-visible partly-seen']);
  });
  test('one direction alone: by a filter, or by its way', async () => {
    const core = (arp: Link['arp'] = []): Uint8Array => link({ there: 62, macs: B, from: OUTSIDE, arp });
    expect(short(await made('R-IP-6', core()))).toEqual(['unknown one-direction-only']);
    expect(short(await made('R-IP-6', core([[B[0], '192.0.2.1']])))).toEqual(['unknown one-direction-only']);
    expect(short(await made('R-IP-6', core([[B[1], '192.0.2.2']])))).toEqual(['contradicted one-direction']);
    const other = link({ back: 63, macs: C, from: OUTSIDE });
    expect(short(await made('R-IP-6', core(), other))).toEqual(['contradicted two-ways']);
  });
  test('what was under way when the capture began is no direction', async () => {
    const fin = tcpFrame({ from: OUTSIDE, to: SERVER, ttl: 62, flags: 'FA', sequence: 78, acknowledgment: 901 });
    const arp = arpFrame({
      operation: 1,
      senderMac: '02:00:00:00:00:02',
      senderAddress: '192.0.2.2',
      targetAddress: '192.0.2.1',
    });
    const found = await made(
      'R-IP-6',
      pcapOf([
        [0, arp],
        [0.1, fin],
        [0.2, fin],
      ]),
    );
    expect(short(found)).toEqual(['not-visible one-place']);
  });
  test('answers to another router than requests come from; a shared address of two routers is none', async () => {
    const at = (mac: string): Uint8Array =>
      link({
        there: 62,
        back: 64,
        from: OUTSIDE,
        answersTo: mac,
        arp: [
          ['02:00:00:00:00:01', '198.51.100.1'],
          [mac, '198.51.100.3'],
        ],
      });
    expect(short(await made('R-IP-6', at('02:00:00:00:00:09')))).toEqual(['contradicted two-routers']);
    expect(short(await made('R-IP-6', at('00:00:5e:00:01:07')))).toEqual(['not-visible one-place']);
  });
  test('client and server on one link', async () => {
    expect(short(await made('R-IP-6', link({ there: 64, back: 64 })))).toEqual(['skipped no-router-between']);
  });
});
