import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/correlate/configuration.ts';
import { JsonBytes } from '../../src/report/json-bytes.ts';
import * as records from '../../src/report/records.ts';
import { toldText } from '../../src/correlate/configuration-text.ts';
import { correlate } from '../correlate/dialogue.ts';
import { addressBytes, be16, be32, eth, fromHex, icmpv6, ipv6, join, macBytes, text, u8 } from '../frames.ts';
import {
  address6,
  association,
  bootp,
  dhcp6Frame,
  dhcpFrame,
  END,
  message6,
  names,
  option,
  option6,
  prefix6,
  relay6,
} from './build.ts';
import * as samples from './samples.ts';

const told = (...frames: Uint8Array[]): Configuration[] => correlate(frames.map((bytes) => ({ bytes }))).configurations;

const ACK = option(53, u8(5));
const addresses = (...list: string[]) => join(...list.map(addressBytes));
const router = addresses('192.0.2.1');

interface Advertisement {
  source?: string;
  destination?: string;
  hopLimit?: number;
  lifetime?: number;
}
const advertisement = (settings: Advertisement, ...options: Uint8Array[]): Uint8Array => {
  const { source = 'fe80::1', destination = 'ff02::1', hopLimit = 255, lifetime = 1800 } = settings;
  const body = join(u8(64, 0), be16(lifetime), be32(0), be32(0), ...options);
  const link = destination === 'ff02::1' ? '33:33:00:00:00:01' : '02:00:00:00:00:09';
  return eth(
    { source: '02:00:00:00:00:01', destination: link, type: 0x86dd },
    ipv6({ source, destination, protocol: 58, hopLimit }, icmpv6(134, 0, body)),
  );
};
const rdnss = (lifetime: number, ...list: string[]) =>
  join(u8(25, 1 + 2 * list.length, 0, 0), be32(lifetime), ...list.map(addressBytes));
const prefix = (address: string, flags: number, valid: number) =>
  join(u8(3, 4, 64, flags), be32(valid), be32(valid), be32(0), addressBytes(address));

describe('captured messages, with what tshark says of them', () => {
  test('a lease', () => {
    expect(told(samples.lease, samples.preferred)).toEqual([
      {
        kind: 'dhcp',
        packet: 1,
        time: 0,
        client: { mac: 'c0:b8:83:1c:9b:89', address: '192.168.43.127' },
        server: '192.168.43.1',
        addresses: ['192.168.43.127'],
        prefixes: ['192.168.43.0/24'],
        delegated: [],
        resolvers: ['192.168.43.1'],
        gateways: ['192.168.43.1'],
        domains: [],
        leaseSeconds: 3600,
        repeats: [],
        packetCount: 1,
        cut: false,
      },
    ]);
  });

  test('replies of DHCPv6', () => {
    expect(told(samples.reply, samples.delegation)).toMatchObject([
      {
        kind: 'dhcpv6',
        client: { mac: '00:01:02:03:04:05', address: 'fe80::201:2ff:fe03:405', duid: '00030001000102030405' },
        server: 'fe80::211:22ff:fe33:4455',
        addresses: ['2a00:1:1:200:38e6:b22e:c440:acdf'],
        delegated: [],
        leaseSeconds: 7200,
      },
      { packet: 2, addresses: [], delegated: ['2a00:1:1:100::/56'], leaseSeconds: 7200 },
    ]);
  });

  test('router advertisements', () => {
    expect(told(samples.resolvers, samples.translation, samples.routes)).toMatchObject([
      {
        kind: 'ra',
        client: {},
        server: 'fe80::b299:28ff:fec8:d66c',
        gateways: ['fe80::b299:28ff:fec8:d66c'],
        resolvers: ['abcd::efef', '1234:5678::1'],
        prefixes: ['2222:3333:4444:5555:6600::/72'],
        domains: ['example.com', 'example.org', 'dom1.dom2.tld'],
        routerSeconds: 15,
      },
      { packet: 2, gateways: ['fe80::e015:81ff:feb4:b945'], resolvers: [], routerSeconds: 500 },
      // Its router lifetime is 0: it is no default router.
      { packet: 3, gateways: [], resolvers: ['fd8d:4fb3:5b2e::1'], domains: ['lan'] },
    ]);
  });
});

describe('DHCP', () => {
  const lease = (...options: Uint8Array[]) => told(dhcpFrame(bootp({}, ACK, ...options, END)));

  test('classless routes go before routers (RFC 3442)', () => {
    const routes = option(121, fromHex('18 c63364'), addresses('192.0.2.3'), u8(0), addresses('192.0.2.2'));
    expect(lease(option(3, router), routes)[0].gateways).toEqual(['192.0.2.2']);
    expect(lease(option(3, router), option(121, fromHex('18 c63364'), router))[0].gateways).toEqual([]);
    expect(lease(option(3, router))[0].gateways).toEqual(['192.0.2.1']);
  });

  test('a search list goes before the domain', () => {
    const both = lease(option(15, text('one.example')), option(119, names('two.example', 'three.example')));
    expect(both[0].domains).toEqual(['two.example', 'three.example']);
    expect(lease(option(15, text('one.example\0')))[0].domains).toEqual(['one.example']);
  });

  test('the answer to somebody who has an address', () => {
    const frame = dhcpFrame(bootp({ your: '0.0.0.0', client: '192.0.2.77' }, ACK, option(6, router), END));
    expect(told(frame)[0]).toMatchObject({ addresses: ['192.0.2.77'], resolvers: ['192.0.2.1'], server: '192.0.2.1' });
  });

  test('only ACKs of servers count', () => {
    for (const type of [1, 2, 3, 4, 6, 7, 8])
      expect(told(dhcpFrame(bootp({}, option(53, u8(type)), option(6, router), END)))).toEqual([]);
    expect(told(dhcpFrame(bootp({ operation: 1 }, ACK, option(6, router), END)))).toEqual([]);
    expect(told(dhcpFrame(bootp({}).subarray(0, 200)))).toEqual([]);
    expect(told(dhcpFrame(bootp({ your: '0.0.0.0' }, ACK, END)))).toEqual([]);
  });

  test('the same told again is one record', () => {
    const one = dhcpFrame(bootp({ transaction: 1 }, ACK, option(6, router), END));
    const again = dhcpFrame(bootp({ transaction: 2 }, ACK, option(6, router), END));
    const other = dhcpFrame(bootp({ transaction: 3 }, ACK, option(6, addresses('192.0.2.2')), END));
    const found = told(one, again, other, one);
    expect(found.map(({ packet, repeats, packetCount }) => [packet, repeats, packetCount])).toEqual([
      [3, [], 1],
      [1, [2, 4], 3],
    ]);
  });

  test('more resolvers than anybody can use', () => {
    const many = Array.from({ length: 5 }, (_, k) =>
      option(6, ...Array.from({ length: 60 }, (_, i) => be32(0x0a000000 + 60 * k + i))),
    );
    const { configurations, correlator } = correlate([{ bytes: dhcpFrame(bootp({}, ACK, ...many, END)) }]);
    expect(configurations[0].resolvers).toHaveLength(64);
    expect(correlator.configurations.cut).toBe(1);
  });
});

describe('DHCPv6', () => {
  const servers = option6(23, addresses('2001:db8::53'));

  test('what a relay wraps is for its peer', () => {
    const inner = message6(7, option6(1, fromHex('0003 0001 020000000009')), servers);
    const frame = dhcp6Frame(relay6('fe80::8', relay6('fe80::9', inner), 1), '2001:db8::99', 547);
    expect(told(frame)).toMatchObject([
      { client: { address: 'fe80::9', duid: '00030001020000000009' }, server: 'fe80::1', resolvers: ['2001:db8::53'] },
    ]);
  });

  test('what is valid no longer is not told; the shortest lease counts', () => {
    const list = association(3, address6('2001:db8::7', 0), address6('2001:db8::8', 900));
    const found = told(
      dhcp6Frame(message6(7, list, association(25, prefix6('2001:db8:1::', 48, 600)), option6(24, names('example')))),
    );
    expect(found[0]).toMatchObject({
      addresses: ['2001:db8::8'],
      delegated: ['2001:db8:1::/48'],
      leaseSeconds: 600,
      domains: ['example'],
    });
    expect(told(dhcp6Frame(message6(7, association(3, address6('2001:db8::7', 0)))))).toEqual([]);
    expect(told(dhcp6Frame(message6(2, servers)), dhcp6Frame(message6(1, servers)))).toEqual([]);
  });
});

describe('router advertisements', () => {
  test('to the whole link, and to one that asked', () => {
    const source = join(u8(1, 1), macBytes('02:00:00:00:00:01'));
    const options = [source, prefix('2001:db8:1::', 0xc0, 600), rdnss(600, '2001:db8::53')];
    const common = { server: 'fe80::1', gateways: ['fe80::1'], prefixes: ['2001:db8:1::/64'], resolvers: ['2001:db8::53'] };
    expect(told(advertisement({}, ...options), advertisement({ destination: 'fe80::9' }, ...options))).toMatchObject([
      { ...common, client: {}, routerSeconds: 1800 },
      { ...common, client: { address: 'fe80::9', mac: '02:00:00:00:00:09' } },
    ]);
  });

  test('what has no time left is not told', () => {
    expect(told(advertisement({ lifetime: 0 }, rdnss(0, '2001:db8::53'), prefix('2001:db8:1::', 0xc0, 0)))).toEqual([]);
    const off = told(advertisement({ lifetime: 0 }, prefix('2001:db8:1::', 0, 600), rdnss(1, '2001:db8::53')));
    expect(off[0]).toMatchObject({ gateways: [], prefixes: [], resolvers: ['2001:db8::53'] });
  });

  test('one that hosts throw away tells nothing (RFC 4861 §6.1.2)', () => {
    expect(told(advertisement({ hopLimit: 64 }), advertisement({ source: '2001:db8::1' }))).toEqual([]);
    expect(told(advertisement({}, u8(25, 0, 0, 0, 0, 0, 0, 9)))[0].resolvers).toEqual([]);
  });
});

test('a sentence for people, in both languages', () => {
  const [configuration] = told(samples.lease, samples.lease);
  expect(toldText(configuration)).toEqual({
    en: 'DHCP server 192.168.43.1 told c0:b8:83:1c:9b:89: address 192.168.43.127, resolver 192.168.43.1, gateway 192.168.43.1, prefix 192.168.43.0/24, lease 3600 s (packet 1, 1 more)',
    ko: 'DHCP 서버 192.168.43.1 → c0:b8:83:1c:9b:89: 주소 192.168.43.127, 리졸버 192.168.43.1, 게이트웨이 192.168.43.1, 프리픽스 192.168.43.0/24, 임대 3600초 (1번 패킷, 그 뒤 1번 더)',
  });
  expect(toldText(told(samples.translation)[0]).en).toMatch(
    /^router fe80::\S+ told everybody on the link: gateway .*, for 500 s \(packet 1\)$/,
  );
});

test('as JSON', () => {
  const json = (configuration: Configuration): unknown => {
    const w = new JsonBytes();
    w.raw('{');
    records.configuration(w, configuration);
    w.raw('}');
    return JSON.parse(Buffer.from(w.written).toString());
  };
  const [reply, advertised] = told(samples.reply, samples.resolvers).map(json);
  expect(reply).toEqual({
    packet: 1,
    kind: 'dhcpv6',
    client: { mac: '00:01:02:03:04:05', address: 'fe80::201:2ff:fe03:405', duid: '00030001000102030405' },
    server: 'fe80::211:22ff:fe33:4455',
    addresses: ['2a00:1:1:200:38e6:b22e:c440:acdf'],
    resolvers: [],
    gateways: [],
    leaseSeconds: 7200,
    repeats: [],
  });
  expect(advertised).toMatchObject({ client: {}, routerSeconds: 15, prefixes: ['2222:3333:4444:5555:6600::/72'] });
});
