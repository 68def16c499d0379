import { describe, expect, test } from 'vitest';
import { RULES_OF_ARP } from '../../src/rules/arp/index.ts';
import type { Judgement, Rule } from '../../src/rules/rule.ts';
import { type ArpOptions, arp, be16, eth, icmp, ipFrame, ipv4, join, tcp, tcpFrame, u8, udpFrame } from '../frames.ts';
import { judge, pcapOf } from './judge.ts';

const fixture = (name: string): string => new URL(`../../fixtures/${name}`, import.meta.url).pathname;
const ruleOf = (id: string): Rule => RULES_OF_ARP.find((rule) => rule.id === id) as Rule;
const short = (list: Judgement[]): string[] => list.map(({ verdict, reason, packets }) => `${verdict} ${reason} ${packets}`);
const over = async (id: string, ...frames: (Uint8Array | [number, Uint8Array])[]): Promise<string[]> =>
  short(await judge(ruleOf(id), pcapOf(frames.map((each, i) => (each instanceof Uint8Array ? [i * 0.01, each] : each)))));
const overFixture = async (id: string, name: string): Promise<string[]> => short(await judge(ruleOf(id), fixture(name)));

const PC = { mac: '02:00:00:00:00:10', ip: '192.168.0.10' };
const GW = { mac: '02:00:00:00:00:01', ip: '192.168.0.1' };
const PC2 = { mac: '02:00:00:00:00:11', ip: '192.168.0.11' };
const ALL = 'ff:ff:ff:ff:ff:ff';
const SITE = '198.51.100.80';
interface Host {
  mac: string;
  ip: string;
}

const frame = (to: string, options: ArpOptions): Uint8Array =>
  eth({ type: 0x0806, source: options.senderMac, destination: to }, arp(options));
const asks = (who: Host, target: string, to = ALL, targetMac?: string): Uint8Array =>
  frame(to, {
    senderMac: who.mac,
    senderAddress: who.ip,
    targetAddress: target,
    ...(targetMac === undefined ? {} : { targetMac }),
  });
const answers = (who: Host, address: string, asker: Host, to = asker.mac): Uint8Array =>
  frame(to, { operation: 2, senderMac: who.mac, senderAddress: address, targetMac: asker.mac, targetAddress: asker.ip });

const syn = (from: Host, to = SITE, via = GW.mac, ttl = 64, port = 40000): Uint8Array =>
  tcpFrame({ from: `${from.ip}:${port}`, to: `${to}:80`, fromMac: from.mac, toMac: via, ttl, flags: 'S', sequence: port });
const synAck = (to: Host, from = SITE, via = GW.mac, ttl = 57, port = 40000): Uint8Array =>
  tcpFrame({
    from: `${from}:80`,
    to: `${to.ip}:${port}`,
    fromMac: via,
    toMac: to.mac,
    ttl,
    flags: 'SA',
    acknowledgment: port + 1,
  });
const ack = (from: Host, via = GW.mac): Uint8Array =>
  tcpFrame({
    from: `${from.ip}:40000`,
    to: `${SITE}:80`,
    fromMac: from.mac,
    toMac: via,
    flags: 'A',
    sequence: 40001,
    acknowledgment: 1,
  });
const query = (from: Host): Uint8Array =>
  udpFrame({
    from: `${from.ip}:5000`,
    to: `192.0.2.53:53`,
    fromMac: from.mac,
    toMac: GW.mac,
    payload: '\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01',
  });

describe('R-ARP-1: off this network by the gateway’s MAC address', () => {
  test('known by ARP; by what comes back; not where the server is a neighbour', async () => {
    expect(await over('R-ARP-1', asks(PC, GW.ip), answers(GW, GW.ip, PC), syn(PC), synAck(PC))).toEqual([
      'confirmed gateway 2,3',
    ]);
    expect(await over('R-ARP-1', syn(PC), synAck(PC))).toEqual(['confirmed router 1,2']);
    expect(await over('R-ARP-1', syn(PC, PC2.ip, PC2.mac), synAck(PC, PC2.ip, PC2.mac, 64))).toEqual([
      'skipped same-network 1,2',
    ]);
  });

  test('behind a router it is not seen; without an answer private to public tells, public to public does not', async () => {
    expect(await over('R-ARP-1', syn({ mac: GW.mac, ip: '203.0.113.2' }, SITE, PC.mac, 63))).toEqual([
      'not-visible behind-a-router 1',
    ]);
    expect(await over('R-ARP-1', syn(PC))).toEqual(['confirmed router 1']);
    expect(await over('R-ARP-1', syn({ mac: PC.mac, ip: '203.0.113.2' }))).toEqual(['unknown nothing-tells 1']);
  });

  test('the gateway answers for the server itself: proxy ARP; a balancer of this network looks the same without more', async () => {
    const others = [syn(PC, '203.0.113.9', GW.mac, 64, 40001), synAck(PC, '203.0.113.9', GW.mac, 60, 40001)];
    const asked = [asks(PC, SITE), answers(GW, SITE, PC), syn(PC), synAck(PC, SITE, GW.mac, 63)];
    expect(await over('R-ARP-1', ...asked)).toEqual(['unknown nothing-tells 3,4']);
    expect((await over('R-ARP-1', ...asked, ...others))[0]).toBe('confirmed proxy-arp 2,3,4');
  });

  test('the lab', async () => {
    expect(await overFixture('R-ARP-1', 'cold-http/client.pcap')).toEqual(['confirmed gateway 2,7']);
    expect((await overFixture('R-ARP-1', 'warm-keepalive/client.pcap'))[0]).toMatch(/^confirmed router /);
    expect(await overFixture('R-ARP-1', 'cold-http/gateway-outside.pcap')).toEqual(['not-visible behind-a-router 7']);
    expect(await overFixture('R-ARP-1', 'cooked/client.pcap')).toEqual(['confirmed gateway 2,7']);
  });
});

describe('R-ARP-2: before the first packet that leaves', () => {
  test('asked first; cached; learnt from the gateway’s own question', async () => {
    const talk = [query(PC), syn(PC), synAck(PC)];
    expect(await over('R-ARP-2', asks(PC, GW.ip), answers(GW, GW.ip, PC), ...talk)).toEqual([
      'confirmed before-everything 1,2,3',
    ]);
    expect(await over('R-ARP-2', ...talk)).toEqual(['skipped cached 1']);
    expect(await over('R-ARP-2', asks(GW, PC.ip), answers(PC, PC.ip, GW), ...talk)).toEqual(['skipped learnt-otherwise 1,3']);
    // Asked when packets had left already: what was sent before found the entry.
    expect(await over('R-ARP-2', ...talk, asks(PC, GW.ip, GW.mac), answers(GW, GW.ip, PC))).toEqual(['skipped cached 1']);
  });

  test('the lab: cold, warm, IPv6, outside', async () => {
    expect(await overFixture('R-ARP-2', 'cold-http/client.pcap')).toEqual(['confirmed before-everything 1,2,3']);
    expect(await overFixture('R-ARP-2', 'warm-keepalive/client.pcap')).toEqual(['skipped cached 1']);
    expect(await overFixture('R-ARP-2', 'ipv6-http/client.pcap')).toEqual(['skipped ndp 1,2,3']);
    expect(await overFixture('R-ARP-2', 'cold-http/gateway-outside.pcap')).toEqual(['not-visible behind-a-router 7']);
    const three = await overFixture('R-ARP-2', 'several-clients/gateway-inside.pcap');
    expect(three.map((each) => each.split(' ')[0])).toEqual(['confirmed', 'confirmed', 'confirmed']);
  });
});

describe('R-ARP-3: the fields of a request', () => {
  test('as written; target MAC filled; somebody else’s frame; another hardware type', async () => {
    expect(await over('R-ARP-3', asks(PC, GW.ip))).toEqual(['confirmed all-fields 1']);
    expect(await over('R-ARP-3', asks(PC, GW.ip, ALL, GW.mac))).toEqual(['contradicted target-mac-given 1']);
    const forged = eth(
      { type: 0x0806, source: PC2.mac, destination: ALL },
      arp({ senderMac: PC.mac, senderAddress: PC.ip, targetAddress: GW.ip }),
    );
    expect(await over('R-ARP-3', forged)).toEqual(['contradicted sender-differs 1']);
    const other = asks(PC, GW.ip).slice();
    other.set(be16(6), 14);
    expect(await over('R-ARP-3', other)).toEqual(['contradicted other-fields 1']);
  });

  test('probes and announcements are no such questions; nobody asks', async () => {
    expect(await over('R-ARP-3', asks({ mac: PC.mac, ip: '0.0.0.0' }, PC.ip))).toEqual(['skipped probe 1']);
    expect(await over('R-ARP-3', asks(PC, PC.ip))).toEqual(['skipped announcement 1']);
    expect(await over('R-ARP-3', syn(PC))).toEqual(['skipped no-question ']);
  });
});

describe('R-ARP-4: broadcast, the owner alone, unicast', () => {
  test('each half and its twins', async () => {
    expect(await over('R-ARP-4', asks(PC, GW.ip), answers(GW, GW.ip, PC))).toEqual(['confirmed broadcast-and-owner 1,2']);
    expect(await over('R-ARP-4', asks(PC, GW.ip, GW.mac), answers(GW, GW.ip, PC))).toEqual(['contradicted unicast-request 1,2']);
    expect(await over('R-ARP-4', asks(PC, GW.ip), answers(GW, GW.ip, PC, ALL))).toEqual(['contradicted broadcast-reply 1,2']);
    expect(await over('R-ARP-4', asks(PC, GW.ip), answers(GW, GW.ip, PC), answers(PC2, GW.ip, PC))).toEqual([
      'contradicted two-answers 1,2,3',
    ]);
    // One answer captured twice is one answer.
    expect(await over('R-ARP-4', asks(PC, GW.ip), answers(GW, GW.ip, PC), answers(GW, GW.ip, PC))).toEqual([
      'confirmed broadcast-and-owner 1,2',
    ]);
  });

  test('an answer that goes past this place; none at all; a router in the owner’s name', async () => {
    const others = [syn(PC), synAck(PC)];
    expect(await over('R-ARP-4', ...others, asks(PC2, '192.168.0.12'))).toEqual(['not-visible reply-elsewhere 3']);
    expect(await over('R-ARP-4', [0, asks(PC, '192.168.0.12')], [1, asks(PC, '192.168.0.12')])).toEqual([
      'skipped unanswered 1,2',
    ]);
    const proxied = [asks(PC, SITE), answers(GW, SITE, PC), syn(PC), synAck(PC, SITE, GW.mac, 61)];
    expect(await over('R-ARP-4', ...proxied)).toEqual(['contradicted proxy-arp 1,2,4']);
    const unclear = [asks(PC, SITE), answers(GW, SITE, PC), syn(PC), synAck(PC, SITE, GW.mac, 63)];
    expect(await over('R-ARP-4', ...unclear)).toEqual(['unknown owner-unclear 1,2,4']);
  });

  test('the lab: a cold start, the entry confirmed later, "any"', async () => {
    expect(await overFixture('R-ARP-4', 'closes/client.pcap')).toEqual([
      'confirmed broadcast-and-owner 1,2',
      'contradicted unicast-request 67,68',
    ]);
    expect(await overFixture('R-ARP-4', 'cooked/client.pcap')).toEqual(['not-visible no-destination-mac 1']);
  });
});

describe('R-ARP-5: the cache', () => {
  test('used, asked again, used once, never asked', async () => {
    const first = [asks(PC, GW.ip), answers(GW, GW.ip, PC)];
    expect(await over('R-ARP-5', ...first, syn(PC), synAck(PC), ack(PC))).toEqual(['confirmed cache-used 1,2,3,5']);
    expect(await over('R-ARP-5', ...first, syn(PC), asks(PC, GW.ip), answers(GW, GW.ip, PC))).toEqual([
      'contradicted asked-again 1,2,4',
    ]);
    // By unicast it confirms what it has.
    expect(await over('R-ARP-5', ...first, syn(PC), asks(PC, GW.ip, GW.mac), answers(GW, GW.ip, PC), ack(PC))).toEqual([
      'confirmed cache-used 1,2,3,6',
    ]);
    expect(await over('R-ARP-5', ...first, syn(PC))).toEqual(['unknown used-once 1,2,3']);
    expect(await over('R-ARP-5', syn(PC), synAck(PC))).toEqual(['confirmed from-cache 1']);
    expect(await over('R-ARP-5', asks(PC, GW.ip))).toEqual(['not-visible no-answer 1']);
  });
});

const ROUTER = { mac: '02:00:00:00:00:21', ip: '203.0.113.2' };
const NEXT = { mac: '02:00:00:00:00:22', ip: '203.0.113.1' };

describe('R-ARP-6: the next hop', () => {
  const passed = [syn({ mac: ROUTER.mac, ip: '203.0.113.2' }, SITE, NEXT.mac, 63), synAck(ROUTER, SITE, NEXT.mac, 58)];

  test('asked for; its twin asks for the destination, which is further away', async () => {
    expect(await over('R-ARP-6', asks(ROUTER, NEXT.ip), answers(NEXT, NEXT.ip, ROUTER), ...passed)).toEqual([
      'confirmed next-hop 1,2,3',
    ]);
    expect(await over('R-ARP-6', asks(ROUTER, SITE), answers(NEXT, SITE, ROUTER), ...passed)).toEqual([
      'contradicted destination-asked 1,2,3',
    ]);
    expect(await over('R-ARP-6', ...passed)).toEqual(['skipped cached 1']);
  });

  test('on the last network both are one; at the client no router passes anything on', async () => {
    const last = [syn({ mac: ROUTER.mac, ip: '203.0.113.2' }, SITE, NEXT.mac, 62), synAck(ROUTER, SITE, NEXT.mac, 64)];
    expect(await over('R-ARP-6', asks(ROUTER, SITE), answers(NEXT, SITE, ROUTER), ...last)).toEqual([
      'not-visible no-router-here 3',
    ]);
    expect(await over('R-ARP-6', asks(ROUTER, SITE), answers(NEXT, SITE, ROUTER), last[0])).toEqual(['skipped last-hop 1,2,3']);
    expect(await overFixture('R-ARP-6', 'cold-http/client.pcap')).toEqual(['not-visible no-router-here 8']);
    expect(await overFixture('R-ARP-6', 'cold-http/gateway-outside.pcap')).toEqual(['confirmed next-hop 1,2,7']);
    expect(await overFixture('R-ARP-6', 'cooked/gateway-any.pcap')).toEqual(['confirmed next-hop 4,6,14']);
  });
});

describe('R-ARP-7: the last router asks for the destination', () => {
  const last = [syn({ mac: ROUTER.mac, ip: '203.0.113.2' }, SITE, NEXT.mac, 62), synAck(ROUTER, SITE, NEXT.mac, 64)];

  test('asked and answered; known already; another network', async () => {
    expect(await over('R-ARP-7', asks(ROUTER, SITE), answers(NEXT, SITE, ROUTER), ...last)).toEqual([
      'confirmed destination-asked 1,2,3',
    ]);
    expect(await over('R-ARP-7', ...last)).toEqual(['skipped cached 1']);
    expect(await over('R-ARP-7', syn(PC), synAck(PC))).toEqual(['not-visible other-network 1']);
  });

  test('the lab: at the server, in a VLAN, at its router, at the client', async () => {
    for (const name of ['nat-vantages/server', 'nat-vantages/router', 'vlan/trunk', 'balancer/balancer-front'])
      expect(await overFixture('R-ARP-7', `${name}.pcap`)).toEqual(['confirmed destination-asked 1,2,3']);
    expect(await overFixture('R-ARP-7', 'nat-vantages/client.pcap')).toEqual(['not-visible other-network 7']);
  });
});

describe('R-ARP-8: no answer', () => {
  const GONE = '192.0.2.99';
  const unreachable = (target: string): Uint8Array => {
    const quoted = ipv4({ source: '203.0.113.2', destination: target, ttl: 61 }, tcp({ flags: 'S' }));
    const message = icmp(3, 1, join(u8(0, 0, 0, 0), quoted.subarray(0, 28)));
    return ipFrame({ from: `${ROUTER.ip}:0`, to: '203.0.113.2:0', fromMac: ROUTER.mac, toMac: NEXT.mac }, 1, message);
  };

  test('asked again and again; then ICMP; its twin is answered', async () => {
    const again: [number, Uint8Array][] = [0, 1.02, 2.05].map((time) => [time, asks(ROUTER, GONE)]);
    expect(await over('R-ARP-8', ...again)).toEqual(['confirmed incomplete 1,2,3']);
    expect(await over('R-ARP-8', ...again, [3.07, unreachable(GONE)])).toEqual(['confirmed incomplete 1,2,3,4']);
    expect(await over('R-ARP-8', ...again, [3.07, unreachable('192.0.2.98')])).toEqual(['confirmed incomplete 1,2,3']);
    expect(await over('R-ARP-8', ...again, [2.06, answers(NEXT, GONE, ROUTER)])).toEqual(['skipped all-answered 3,4']);
  });

  test('once: the answer may have gone past, or the capture ended', async () => {
    expect(await over('R-ARP-8', [0, asks(PC, GONE)], [10, syn(PC2)])).toEqual(['not-visible reply-elsewhere 1']);
    const own = [syn(PC, SITE, GW.mac), syn(PC, '192.168.0.11', PC2.mac, 64, 40001)];
    expect(await over('R-ARP-8', ...own, asks(PC, GONE))).toEqual(['unknown capture-ended 3']);
    expect(await over('R-ARP-8', ...own, asks(PC, GONE), [20, syn(PC)])).toEqual(['unknown asked-once 3']);
  });

  test('an old entry that nobody confirms is not incomplete; probes are meant to stay unanswered', async () => {
    const old: [number, Uint8Array][] = [0, 1, 2].map((time) => [time, asks(ROUTER, GONE, NEXT.mac)]);
    expect(await over('R-ARP-8', ...old)).toEqual(['contradicted stale-entry 1,2,3']);
    expect(await over('R-ARP-8', asks({ mac: PC.mac, ip: '0.0.0.0' }, PC.ip))).toEqual(['skipped no-question ']);
  });

  test('the lab: a router asks for nobody; the client hears of it', async () => {
    expect(await overFixture('R-ARP-8', 'arp-unanswered/router.pcap')).toEqual(['confirmed incomplete 1,2,3,4']);
    expect(await overFixture('R-ARP-4', 'arp-unanswered/router.pcap')).toEqual(['skipped unanswered 1,2,3,4']);
    const [told] = await judge(ruleOf('R-ARP-8'), fixture('arp-unanswered/client.pcap'));
    expect(told).toMatchObject({ verdict: 'not-visible', reason: 'told-by-icmp' });
    expect(told.says.en).toContain('192.0.2.200');
    expect(await overFixture('R-ARP-8', 'cold-http/client.pcap')).toEqual(['skipped all-answered 1,2']);
  });
});

test('the lab’s proxy ARP: the client asks for the server itself and gets the gateway', async () => {
  expect(await overFixture('R-ARP-1', 'arp-proxy/client.pcap')).toEqual(['confirmed proxy-arp 8,9,10']);
  expect(await overFixture('R-ARP-4', 'arp-proxy/client.pcap')).toEqual([
    'confirmed broadcast-and-owner 1,2',
    'contradicted proxy-arp 7,8,10',
  ]);
});
