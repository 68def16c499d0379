import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES_OF_IP } from '../../src/rules/ip/index.ts';
import type { Judgement, Rule } from '../../src/rules/rule.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { eth, icmp, ipFrame, ipv4, join as bytes, tcpFrame, u8, udpFrame } from '../frames.ts';
import { judge, pcapOf } from './judge.ts';

const ruleOf = (id: string): Rule => RULES_OF_IP.find((each) => each.id === id) as Rule;
const fixture = (name: string, vantage = 'client'): string => join(FIXTURES, name, `${vantage}.pcap`);
const truth = <T>(name: string): T =>
  (JSON.parse(readFileSync(join(FIXTURES, name, 'truth.json'), 'utf8')) as { expect: T }).expect;
const short = ({ verdict, reason }: Judgement): string => `${verdict} ${reason}`;
const over = (id: string, capture: string | Uint8Array): Promise<Judgement[]> => judge(ruleOf(id), capture);

const CLIENT = '192.168.0.10';
const SERVER = '198.51.100.80';
const timed = (frames: Uint8Array[], gap = 0.01): Uint8Array => pcapOf(frames.map((frame, i) => [i * gap, frame]));
const error = (type: number, code: number, about: Uint8Array, source = '192.0.2.1'): Uint8Array =>
  eth({}, ipv4({ source, destination: CLIENT, protocol: 1 }, icmp(type, code, bytes(u8(0, 0, 0, 0), about.subarray(14, 42)))));

describe('R-IP-3', () => {
  interface Probed {
    probes: Record<string, { hopLimit: number; answeredBy: string; end: boolean }[]>;
  }
  test('the lab: the routers that a trace found, by its own account', async () => {
    const { probes } = truth<Probed>('traceroute');
    const found = await over('R-IP-3', fixture('traceroute'));
    const [udp, udp6, echo] = found;
    expect(found).toHaveLength(3);
    for (const [each, told] of [
      [udp, probes.udp],
      [udp6, probes.udp6],
      [echo, probes.icmp],
    ] as const) {
      expect(short(each)).toBe('confirmed time-exceeded');
      for (const { hopLimit, answeredBy } of told.filter(({ end }) => !end))
        expect(each.says.en).toMatch(new RegExp(`(TTL|Hop Limit) ${hopLimit}\\) by ${answeredBy},`));
    }
    // tshark: the first probe and its answer, then the second's.
    expect(udp.packets).toEqual([3, 4, 5, 6]);
    for (const vantage of ['router', 'server'])
      expect((await over('R-IP-3', fixture('traceroute', vantage))).map(short)).toEqual(['skipped nothing-of-its-kind']);
  });
  test('a packet that went in circles, told to its sender', async () => {
    const found = await over('R-IP-3', fixture('nat-none-loop', 'server'));
    expect(new Set(found.map(short))).toEqual(new Set(['confirmed time-exceeded']));
  });
  test('its twin: fragments that came too late are another matter; a probe that nobody answers', async () => {
    const probe = udpFrame({ from: `${CLIENT}:40000`, to: `${SERVER}:33434`, ttl: 1, id: 7 });
    const dropped = await over('R-IP-3', timed([probe, error(11, 0, probe)]));
    expect(dropped[0]).toMatchObject({ verdict: 'confirmed', packets: [1, 2] });
    const other = udpFrame({ from: `${CLIENT}:40000`, to: `${SERVER}:9999`, ttl: 64, id: 7 });
    expect((await over('R-IP-3', timed([other, error(11, 1, other)]))).map(short)).toEqual(['skipped nothing-of-its-kind']);
    expect((await over('R-IP-3', timed([probe]))).map(short)).toEqual(['unknown nobody-told']);
  });
  test('a quote that was cut off tells no packet', async () => {
    const cut = error(11, 0, udpFrame({ from: `${CLIENT}:40000`, to: `${SERVER}:33434`, ttl: 1 })).subarray(0, 46);
    expect((await over('R-IP-3', timed([cut]))).map(short)).toEqual(['unknown quote-cut']);
  });
  test('a quote of a packet that is not in the capture names no packet', async () => {
    const probe = udpFrame({ from: `${CLIENT}:40000`, to: `${SERVER}:33434`, ttl: 1, id: 7 });
    const another = udpFrame({ from: `${CLIENT}:40000`, to: `${SERVER}:33434`, ttl: 1, id: 8 });
    expect((await over('R-IP-3', timed([another, error(11, 0, probe)])))[0].packets).toEqual([2]);
  });
});

describe('R-IP-9', () => {
  const marker = new Uint8Array(16).fill(0xff);
  // RFC 4271 §4.4: a KEEPALIVE is the header alone, 19 bytes, type 4.
  const keepalive = bytes(marker, u8(0, 19, 4));
  const between = { from: '192.0.2.1:40000', to: '192.0.2.2:179', flags: 'PA', sequence: 1, acknowledgment: 1 };
  test('BGP and OSPF between routers', async () => {
    const hello = ipFrame({ from: '192.0.2.1:0', to: '224.0.0.5:0', ttl: 1 }, 89, new Uint8Array(44).fill(2));
    const found = await over('R-IP-9', timed([hello, tcpFrame({ ...between, payload: keepalive })]));
    expect(found.map(short)).toEqual(['confirmed ospf', 'confirmed bgp']);
    expect(found.map(({ packets }) => packets)).toEqual([[1], [2]]);
    expect(found[1].says.en).toContain('KEEPALIVE');
  });
  test('its twin: another thing on port 179', async () => {
    const found = await over('R-IP-9', timed([tcpFrame({ ...between, payload: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' })]));
    expect(found.map(short)).toEqual(['not-visible between-routers']);
    expect(found[0].advice?.command).toContain('tcp port 179');
  });
});

describe('R-FW-1', () => {
  interface Guarded {
    firewall: { rules: { port: number; action: string }[] };
    listening: number[];
  }
  const BY_ACTION: Record<string, string> = {
    'reject with icmp admin-prohibited': 'confirmed prohibited',
    'reject with icmp port-unreachable': 'confirmed rejected',
    'reject with tcp reset': 'confirmed reset-from-elsewhere',
    drop: 'confirmed silence',
  };
  test.each(['client', 'gateway-outside'])('the lab: what each of its rules did, at %s', async (vantage) => {
    const { firewall, listening } = truth<Guarded>('firewall');
    const expected = firewall.rules.map(
      ({ port, action }) => BY_ACTION[action] ?? (listening.includes(port) ? 'not-visible permitted' : 'not-visible port-closed'),
    );
    const found = await over('R-FW-1', fixture('firewall', vantage));
    expect(found.map(short)).toEqual(expected);
  });
  test('behind it only what it lets pass is seen', async () => {
    const found = await over('R-FW-1', fixture('firewall', 'server'));
    expect(found.map(short)).toEqual(['not-visible permitted', 'not-visible port-closed']);
  });
  test('a RST in the server’s name, and the server’s own', async () => {
    expect((await over('R-FW-1', fixture('reset-middlebox'))).map(short)).toEqual(['confirmed reset-from-elsewhere']);
    expect((await over('R-FW-1', fixture('reset-server'))).map(short)).toEqual(['not-visible permitted']);
    expect((await over('R-FW-1', fixture('cold-http'))).map(short)).toEqual(['not-visible permitted']);
  });
  test('without anything to compare nobody knows', async () => {
    expect((await over('R-FW-1', fixture('refused'))).map(short)).toEqual(['unknown no-baseline']);
    expect((await over('R-FW-1', fixture('syn-timeout'))).map(short)).toEqual(['unknown unanswered']);
    expect((await over('R-FW-1', fixture('nxdomain')))[0].verdict).toBe('skipped');
  });

  const syn = (port: number, id = 1): Uint8Array =>
    tcpFrame({ from: `${CLIENT}:${40000 + port}`, to: `${SERVER}:${port}`, flags: 'S', sequence: 100, ttl: 64, id });
  const back = (port: number, flags: string, ttl: number): Uint8Array =>
    tcpFrame({ from: `${SERVER}:${port}`, to: `${CLIENT}:${40000 + port}`, flags, sequence: 500, acknowledgment: 101, ttl });
  test('the TTL of a RST decides; as far away with another beginning is the same host', async () => {
    const capture = (ttl: number): Uint8Array => timed([syn(80), back(80, 'SA', 55), syn(81), back(81, 'RA', ttl)]);
    const told = async (ttl: number): Promise<string> => short((await over('R-FW-1', capture(ttl)))[1]);
    expect(await told(60)).toBe('confirmed reset-from-elsewhere');
    expect(await told(55)).toBe('not-visible port-closed');
    expect(await told(119)).toBe('not-visible port-closed');
    expect(await told(50)).toBe('unknown farther-reset');
  });
  test('in an open connection: the TTL of a RST among those of a side that has several', async () => {
    const data = (ttl: number): Uint8Array =>
      tcpFrame({
        from: `${SERVER}:80`,
        to: `${CLIENT}:40080`,
        flags: 'PA',
        sequence: 501,
        acknowledgment: 101,
        payload: 'x',
        ttl,
      });
    const ack = tcpFrame({
      from: `${CLIENT}:40080`,
      to: `${SERVER}:80`,
      flags: 'A',
      sequence: 101,
      acknowledgment: 501,
      ttl: 64,
    });
    const rst = tcpFrame({ from: `${SERVER}:80`, to: `${CLIENT}:40080`, flags: 'R', sequence: 502, ttl: 60 });
    const opened = [syn(80), back(80, 'SA', 55), ack];
    expect((await over('R-FW-1', timed([...opened, data(55), rst]))).map(short)).toEqual(['confirmed reset-from-elsewhere']);
    expect((await over('R-FW-1', timed([...opened, data(57), rst]))).map(short)).toEqual(['not-visible permitted']);
  });
  test('silence at a port that answers at other times may be a busy server', async () => {
    const silent = [syn(81, 1), syn(81, 2), syn(81, 3)];
    const answered = [syn(80), back(80, 'SA', 55)];
    expect((await over('R-FW-1', timed([...answered, ...silent]))).map(short)[1]).toBe('confirmed silence');
    // Two may be lost, unless the server answers while they are not answered.
    expect((await over('R-FW-1', timed([...answered, syn(81, 1), syn(81, 2)]))).map(short)[1]).toBe('unknown unanswered');
    expect((await over('R-FW-1', timed([syn(81, 1), ...answered, syn(81, 2)]))).map(short)).toContain('confirmed silence');
    const other = tcpFrame({ from: `${CLIENT}:50000`, to: `${SERVER}:81`, flags: 'S', sequence: 9, ttl: 64 });
    const itsAnswer = tcpFrame({
      from: `${SERVER}:81`,
      to: `${CLIENT}:50000`,
      flags: 'SA',
      sequence: 7,
      acknowledgment: 10,
      ttl: 55,
    });
    const busy = await over('R-FW-1', timed([...answered, other, itsAnswer, ...silent]));
    expect(busy.map(short)).toContain('unknown unanswered');
    expect((await over('R-FW-1', timed([...answered, syn(81)]))).map(short)[1]).toBe('unknown unanswered');
  });
  test('host unreachable says nothing of a firewall', async () => {
    const one = syn(80);
    expect((await over('R-FW-1', timed([one, error(3, 1, one)]))).map(short)).toEqual(['unknown unreachable']);
    expect((await over('R-FW-1', timed([one, error(3, 13, one)]))).map(short)).toEqual(['confirmed prohibited']);
  });
});

describe('R-VPN-1', () => {
  // A WireGuard handshake initiation is 148 bytes and begins 1, 0, 0, 0; transport data begins 4, 0, 0, 0.
  const message = (type: number, length: number): Uint8Array => bytes(u8(type, 0, 0, 0), new Uint8Array(length - 4).fill(0x5a));
  const up = (payload: Uint8Array): Uint8Array => udpFrame({ from: `${CLIENT}:41000`, to: '203.0.113.7:51820', payload });
  const down = (payload: Uint8Array): Uint8Array => udpFrame({ from: '203.0.113.7:51820', to: `${CLIENT}:41000`, payload });
  const tunnel = [up(message(1, 148)), down(message(2, 92)), ...Array.from({ length: 18 }, () => up(message(4, 96)))];
  const web = (port: number): Uint8Array =>
    tcpFrame({ from: `${CLIENT}:${port}`, to: `${SERVER}:80`, flags: 'S', sequence: port });
  test('nearly everything goes to one outer address; its twin goes past it', async () => {
    const [found] = await over('R-VPN-1', timed([...tunnel, web(40000)]));
    expect(found).toMatchObject({ verdict: 'confirmed', reason: 'tunnelled', packets: [1, 20] });
    expect(found.says.en).toContain('203.0.113.7');
    const past = Array.from({ length: 20 }, (_, i) => web(40000 + i));
    expect((await over('R-VPN-1', timed([...tunnel, ...past]))).map(short)).toEqual(['unknown only-a-part']);
  });
  test('ESP', async () => {
    const esp = ipFrame({ from: `${CLIENT}:0`, to: '203.0.113.7:0' }, 50, new Uint8Array(80).fill(1));
    expect((await over('R-VPN-1', timed(Array.from({ length: 20 }, () => esp)))).map(short)).toEqual(['confirmed tunnelled']);
  });
  test('none', async () => {
    expect((await over('R-VPN-1', fixture('cold-http'))).map(short)).toEqual(['skipped nothing-of-its-kind']);
  });
});
