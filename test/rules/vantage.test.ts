import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Vantage, VantageKind } from '../../src/rules/vantage.ts';
import { arpFrame, eth, icmp, ipFrame, join, tcpFrame, text, u8, udpFrame } from '../frames.ts';
import { pcapOf, readCaptures } from './judge.ts';

const folder = new URL('../../fixtures/', import.meta.url).pathname;

async function vantage(capture: string | Uint8Array, given?: VantageKind): Promise<Vantage> {
  const [records] = await readCaptures([capture], given);
  const found = records.vantage;
  for (const { text: says, packets } of found.evidence) {
    expect(says.en).not.toMatch(/undefined|NaN/);
    expect(says.ko).not.toMatch(/undefined|NaN/);
    for (const each of packets) expect(each).toBeGreaterThan(0);
  }
  records.close();
  return found;
}

/** What the lab calls a place, and what of it packets can tell: one of these must be among the kinds. */
const TOLD: Record<string, VantageKind[]> = {
  client: ['client'],
  'gateway-inside': ['gateway-inside'],
  'gateway-outside': ['gateway-outside'],
  // The router's interface on the server's network.
  router: ['router', 'last-router'],
  'return-router': ['router'],
  resolver: ['resolver'],
  root: ['name-server'],
  tld: ['name-server'],
  authoritative: ['name-server'],
  server: ['server'],
  origin: ['server'],
  trunk: ['server'],
  'gateway-any': ['gateway-outside'],
  'balancer-any': ['balancer-front'],
  // A balancer that ends connections is a server to those in front of it, and a client to those behind.
  'balancer-front': ['balancer-front', 'server'],
  'balancer-back': ['balancer-back', 'last-router', 'client'],
  'cache-front': ['cache-front'],
  'cache-back': ['cache-back'],
};
/** Places that see other packets than any of these. */
const AWAY: Partial<Record<string, VantageKind[]>> = {
  client: ['gateway-outside', 'router', 'server', 'resolver', 'name-server'],
  'gateway-outside': ['client', 'server', 'gateway-inside'],
  resolver: ['client', 'name-server', 'server'],
  server: ['client', 'router', 'gateway-inside', 'resolver'],
};

/** Nothing but ARP is in it. */
const NOTHING_TOLD = ['arp-unanswered/router.pcap'];

describe('the lab’s captures', () => {
  const captures = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const truth = JSON.parse(readFileSync(`${folder}${entry.name}/truth.json`, 'utf8')) as {
      captures: { file: string; vantage: string }[];
    };
    return truth.captures.map(({ file, vantage: place }) => ({ name: `${entry.name}/${file}`, place }));
  });

  test.each(captures)('$name: $place', async ({ name, place }) => {
    const { kinds, evidence } = await vantage(folder + name);
    expect(Object.keys(TOLD)).toContain(place);
    expect(TOLD[place].some((each) => kinds.includes(each))).toBe(!NOTHING_TOLD.includes(name));
    for (const each of AWAY[place] ?? []) expect(kinds).not.toContain(each);
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.flatMap((each) => each.packets).length > 0).toBe(!NOTHING_TOLD.includes(name));
  });
});

const MAC = { pc: '02:00:00:00:00:01', other: '02:00:00:00:00:03', router: '02:00:00:00:00:02' };

interface Talk {
  client?: string;
  server?: string;
  clientTtl: number;
  serverTtl: number;
  clientMac?: string;
  serverMac?: string;
  port?: number;
}

/** SYN and SYN+ACK. */
function handshake({ clientTtl, serverTtl, port = 40000, ...t }: Talk): Uint8Array[] {
  const { client = '192.168.0.10', server = '192.0.2.80', clientMac = MAC.pc, serverMac = MAC.router } = t;
  const [from, to] = [`${client}:${port}`, `${server}:80`];
  return [
    tcpFrame({ from, to, fromMac: clientMac, toMac: serverMac, ttl: clientTtl, flags: 'S', sequence: port }),
    tcpFrame({ from: to, to: from, fromMac: serverMac, toMac: clientMac, ttl: serverTtl, flags: 'SA', acknowledgment: port + 1 }),
  ];
}

const capture = (frames: Uint8Array[], apart = 0.001): Uint8Array =>
  pcapOf(frames.map((frame, i) => [i * apart, frame] as [number, Uint8Array]));

describe('made packets', () => {
  test('a fresh request and an answer from afar: the client’s link; its twin one hop on is outside', async () => {
    expect((await vantage(capture(handshake({ clientTtl: 64, serverTtl: 57 })))).kinds).toEqual(['client', 'gateway-inside']);
    const outside = handshake({ client: '203.0.113.2', clientTtl: 63, serverTtl: 58 });
    expect((await vantage(capture(outside))).kinds).toEqual(['gateway-outside']);
    const further = handshake({ client: '203.0.113.2', clientTtl: 62, serverTtl: 59 });
    expect((await vantage(capture(further))).kinds).toEqual(['router']);
  });

  test('a private address one hop on is no gateway’s outside', async () => {
    expect((await vantage(capture(handshake({ clientTtl: 63, serverTtl: 58 })))).kinds).toEqual(['router']);
  });

  test('two devices through one router: its inside', async () => {
    const frames = [
      ...handshake({ clientTtl: 64, serverTtl: 57 }),
      ...handshake({ client: '192.168.0.11', clientMac: MAC.other, clientTtl: 128, serverTtl: 57, port: 40001 }),
    ];
    expect((await vantage(capture(frames))).kinds).toEqual(['gateway-inside']);
  });

  test('a server’s answers leave fresh; two servers behind one router', async () => {
    const one = handshake({ client: '203.0.113.2', clientTtl: 52, serverTtl: 64, clientMac: MAC.router, serverMac: MAC.pc });
    expect((await vantage(capture(one))).kinds).toEqual(['server', 'last-router']);
    const two = handshake({
      client: '203.0.113.2',
      server: '192.0.2.81',
      clientTtl: 52,
      serverTtl: 64,
      clientMac: MAC.router,
      serverMac: MAC.other,
      port: 40001,
    });
    expect((await vantage(capture([...one, ...two]))).kinds).toEqual(['last-router']);
  });

  test('neighbours see the same packets; health checks at regular times are a balancer’s', async () => {
    const once = handshake({ client: '10.0.0.1', server: '10.0.0.2', clientTtl: 64, serverTtl: 64 });
    expect((await vantage(capture(once))).kinds).toEqual(['client', 'server']);
    const checks = [1, 2, 3, 4, 5].flatMap((n) =>
      handshake({ client: '10.0.0.1', server: '10.0.0.2', clientTtl: 64, serverTtl: 64, port: 40000 + n }),
    );
    expect((await vantage(capture(checks, 1))).kinds).toEqual(['balancer-back', 'server']);
  });

  test('the same SYN under two addresses: both sides of a translation; another sequence number: not', async () => {
    const syn = (from: string, ttl: number, sequence: number): Uint8Array =>
      tcpFrame({ from, to: '192.0.2.80:80', ttl, flags: 'S', sequence });
    const both = [syn('192.168.0.10:40000', 64, 77), syn('203.0.113.2:21000', 63, 77)];
    expect((await vantage(capture(both))).kinds).toEqual(['gateway-inside', 'gateway-outside']);
    const twin = [syn('192.168.0.10:40000', 64, 77), syn('203.0.113.2:21000', 63, 78)];
    expect((await vantage(capture(twin))).kinds).toEqual(['client', 'gateway-inside']);
  });

  test('one direction alone tells where ARP says whose the receiver’s MAC address is', async () => {
    const [syn] = handshake({ client: '203.0.113.2', clientTtl: 62, serverTtl: 64, clientMac: MAC.router, serverMac: MAC.pc });
    const has = (address: string): Uint8Array =>
      arpFrame({ operation: 2, senderMac: MAC.pc, senderAddress: address, targetMac: MAC.router, targetAddress: '192.0.2.1' });
    expect((await vantage(capture([syn]))).kinds).toEqual([]);
    expect((await vantage(capture([has('192.0.2.80'), syn]))).kinds).toEqual(['last-router', 'server']);
    expect((await vantage(capture([has('192.0.2.9'), syn]))).kinds).toEqual(['router']);
  });

  test('a loopback interface is client and server', async () => {
    const frames = handshake({ client: '127.0.0.1', server: '127.0.0.1', clientTtl: 64, serverTtl: 64 });
    expect((await vantage(capture(frames))).kinds).toEqual(['client', 'server']);
  });

  test('the direction of a cooked capture tells the client from its gateway', async () => {
    const cooked = (frame: Uint8Array, direction: number): Uint8Array =>
      join(u8(0, direction, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0), frame.subarray(14));
    const [syn, synAck] = handshake({ clientTtl: 64, serverTtl: 57 });
    const own = pcapOf([[0, cooked(syn, 4)] as [number, Uint8Array], [0.1, cooked(synAck, 0)]], 113);
    expect((await vantage(own)).kinds).toEqual(['client']);
    const passed = pcapOf([[0, cooked(syn, 0)] as [number, Uint8Array], [0.1, cooked(synAck, 4)]], 113);
    expect((await vantage(passed)).kinds).toEqual(['gateway-inside']);
  });

  test('pings alone tell it too; a traceroute’s probes with small TTLs do not', async () => {
    const ping = (ttl: number): Uint8Array =>
      ipFrame({ from: '192.168.0.10:0', to: '192.0.2.80:0', ttl }, 1, icmp(8, 0, u8(0, 1, 0, 1)));
    expect((await vantage(capture([ping(64)]))).kinds).toEqual(['client', 'gateway-inside']);
    expect((await vantage(capture([ping(1), ping(2), ping(3)]))).kinds).toEqual([]);
    // The same one twice, a router apart.
    expect((await vantage(capture([ping(64), ping(63)]))).kinds).toEqual(['gateway-inside', 'gateway-outside']);
  });

  test('what tells nothing stays undefined; what the user says stands', async () => {
    const arps = [arpFrame({}), udpFrame({ from: '10.0.0.1:5000', to: '10.0.0.2:6000', payload: 'x' }), eth({}, text('?'))];
    const found = await vantage(capture(arps));
    expect(found.kind).toBeUndefined();
    expect(found.kinds).toEqual([]);
    const said = await vantage(capture(arps), 'server');
    expect(said).toMatchObject({ kind: 'server', kinds: ['server'], given: true });
  });
});
