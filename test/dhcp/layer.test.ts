import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dissect/decode.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { summarize } from '../../src/dissect/summary.ts';
import { be16, be32, fromHex, join, stackOf, text, u8, addressBytes } from '../frames.ts';
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

const layerOf = (frame: Uint8Array): Layer =>
  decode(frame, frame.length, 1).findLast((l) => /^(dhcp|icmp)/.test(l.protocol)) as Layer;
const all = (fields: Field[]): Field[] => fields.flatMap((field) => [field, ...all(field.children ?? [])]);

/** Every field of the frame with that name as "from-to value". */
function told(frame: Uint8Array, name: string): string[] {
  return all(layerOf(frame).fields)
    .filter((field) => field.name === name)
    .map((field) => `${field.at}-${field.end} ${field.value}`);
}
/** The text of the option with that code. */
const shown = (frame: Uint8Array, code: number): (string | undefined)[] =>
  all(layerOf(frame).fields)
    .filter((field) => field.name === 'dhcp.option.type' && field.value === code)
    .map((field) => field.text);
const problems = (frame: Uint8Array): string[] => all(layerOf(frame).fields).flatMap((field) => field.problem ?? []);

describe('as tshark has them', () => {
  test.each<[string, Uint8Array, Record<string, string[]>]>([
    [
      'an ACK',
      samples.lease,
      {
        'dhcp.type': ['42-43 2'],
        'dhcp.id': [`46-50 ${0xa7f748a0}`],
        'dhcp.ip.your': ['58-62 192.168.43.127'],
        'dhcp.ip.server': ['62-66 192.168.43.1'],
        'dhcp.hw.mac_addr': ['70-76 c0:b8:83:1c:9b:89'],
        'dhcp.option.dhcp': ['284-285 5'],
        'dhcp.option.dhcp_server_id': ['287-291 192.168.43.1'],
        'dhcp.option.ip_address_lease_time': ['293-297 3600'],
        'dhcp.option.renewal_time_value': ['299-303 1800'],
        'dhcp.option.rebinding_time_value': ['305-309 3150'],
        'dhcp.option.subnet_mask': ['311-315 255.255.255.0'],
        'dhcp.option.broadcast_address': ['317-321 192.168.43.255'],
        'dhcp.option.router': ['323-327 192.168.43.1'],
        'dhcp.option.domain_name_server': ['329-333 192.168.43.1'],
        'dhcp.fqdn.name': ['338-344 Bot007'],
        'dhcp.fqdn.o': ['335-336 true'],
      },
    ],
    [
      'an offer',
      samples.preferred,
      {
        'dhcp.option.domain_name_server': ['299-303 31.130.229.6', '303-307 31.130.229.7'],
        'dhcp.option.hostname': ['309-319 macbookpro'],
        'dhcp.option.domain_name': ['321-337 meeting.ietf.org'],
        'dhcp.option.value.uint': ['360-364 900'],
      },
    ],
    [
      'a reply with an address',
      samples.reply,
      {
        'dhcpv6.msgtype': ['62-63 7'],
        'dhcpv6.xid': [`63-66 ${0x2ffdd1}`],
        'dhcpv6.iaid': ['70-74 02030405'],
        'dhcpv6.iaid.t1': ['74-78 3600'],
        'dhcpv6.iaaddr.ip': ['86-102 2a00:1:1:200:38e6:b22e:c440:acdf'],
        'dhcpv6.iaaddr.valid_lifetime': ['106-110 7200'],
        'dhcpv6.duid.type': ['114-116 3', '128-130 1'],
        'dhcpv6.duidll.link_layer_addr': ['118-124 00:01:02:03:04:05'],
        'dhcpv6.duidllt.link_layer_addr': ['136-142 00:11:22:33:44:55'],
      },
    ],
    [
      'a reply with a prefix',
      samples.delegation,
      {
        'dhcpv6.iaprefix.pref_len': ['94-95 56'],
        'dhcpv6.iaprefix.pref_addr': ['95-111 2a00:1:1:100::'],
        'dhcpv6.iaprefix.valid_lifetime': ['90-94 7200'],
      },
    ],
    [
      'an advertisement for NAT64',
      samples.translation,
      {
        'icmpv6.nd.ra.router_lifetime': ['60-62 500'],
        'icmpv6.opt.src_linkaddr': ['72-78 e2:15:81:b4:b9:45'],
        'icmpv6.opt.prefix': ['94-110 2001:db8:cc:dd::'],
        'icmpv6.opt.pref64.prefix': ['114-126 2001:db8:1:64:ff9b::'],
      },
    ],
    [
      'an advertisement with resolvers',
      samples.resolvers,
      {
        'icmpv6.opt.rdnss.lifetime': ['106-110 5'],
        'icmpv6.opt.rdnss': ['110-126 abcd::efef', '126-142 1234:5678::1'],
        'icmpv6.opt.dnssl': ['150-163 example.com', '163-176 example.org', '176-191 dom1.dom2.tld'],
      },
    ],
    ['an advertisement with a route', samples.routes, { 'icmpv6.opt.route_lifetime': ['122-126 7200'] }],
  ])('%s', (_, frame, wanted) => {
    for (const [name, values] of Object.entries(wanted)) expect([name, told(frame, name)]).toEqual([name, values]);
    expect(problems(frame)).toEqual([]);
  });

  test('each layer in the stack', () => {
    expect(stackOf(samples.lease)).toBe('eth:ip:udp:dhcp');
    expect(stackOf(samples.reply)).toBe('eth:ipv6:udp:dhcpv6');
  });
});

test('one line says what it is', () => {
  const line = (frame: Uint8Array) => summarize(frame, frame.length, 1, decode(frame, frame.length, 1));
  expect(line(samples.lease)).toMatchObject({ protocol: 'DHCP', info: 'ACK, 192.168.43.127 for c0:b8:83:1c:9b:89' });
  expect(line(samples.reply)).toMatchObject({ protocol: 'DHCPv6', info: 'Reply, 2a00:1:1:200:38e6:b22e:c440:acdf' });
  const wrapped = dhcp6Frame(relay6('fe80::9', message6(7, association(3, address6('2001:db8::7', 60)))), 'fe80::9', 547);
  expect(line(wrapped).info).toBe('Relay reply, Reply, 2001:db8::7');
});

describe('options of DHCP', () => {
  test('routes, as RFC 3442 writes them', () => {
    // The descriptors of its section "Classless Route Option Format", each with the same router.
    const descriptors = ['00', '080a', '180a0000', '100a11', '180a1b81', '190ae50080', '200ac67a2f'];
    const router = addressBytes('192.0.2.254');
    const frame = dhcpFrame(bootp({}, option(121, ...descriptors.map((one) => join(fromHex(one), router))), END));
    const subnets = '0.0.0.0/0 10.0.0.0/8 10.0.0.0/24 10.17.0.0/16 10.27.129.0/24 10.229.0.128/25 10.198.122.47/32'.split(' ');
    expect(shown(frame, 121)).toEqual([subnets.map((subnet) => `${subnet} 192.0.2.254`).join(', ')]);
    expect(told(frame, 'dhcp.option.classless_static_route')).toHaveLength(7);
  });

  test('a search list in three options, with a pointer, as RFC 3397 writes it', () => {
    const pieces = ['0365 6e67 0561 7070 6c', '6503 636f 6d00 096d 61', '726b 6574 696e 67c0 04'].map((piece) =>
      option(119, fromHex(piece)),
    );
    const frame = dhcpFrame(bootp({}, ...pieces, END));
    expect(shown(frame, 119)).toEqual(Array(3).fill('eng.apple.com, marketing.apple.com'));
    expect(problems(frame)).toEqual([]);
  });

  test('in the fields for names, where the message says so', () => {
    const file = join(option(15, text('in-file.example')), END);
    const serverName = join(option(12, text('in-name')), END);
    const frame = dhcpFrame(bootp({ file, serverName }, option(52, u8(3)), END));
    expect(told(frame, 'dhcp.option.domain_name')).toEqual(['152-167 in-file.example']);
    expect(told(frame, 'dhcp.option.hostname')).toEqual(['88-95 in-name']);
    const plain = dhcpFrame(bootp({ file: text('pxelinux.0'), serverName: text('boot') }, END));
    expect([told(plain, 'dhcp.file'), told(plain, 'dhcp.server')]).toEqual([['150-278 pxelinux.0'], ['86-150 boot']]);
  });

  test('what a relay agent adds, classes, identifiers', () => {
    const relay = option(82, option(1, text('port 7')), option(5, addressBytes('192.0.2.0')));
    const classes = option(77, option(3, text('abc')).subarray(1), option(2, text('de')).subarray(1));
    const duid = option(61, u8(255), be32(7), be16(3), be16(1), fromHex('020000000009'));
    const frame = dhcpFrame(bootp({}, relay, classes, duid, option(55, u8(1, 3, 6, 200)), END));
    expect(told(frame, 'dhcp.option.agent_information_option.agent_circuit_id')).toHaveLength(1);
    expect(told(frame, 'dhcp.option.agent_information_option.link_selection')[0]).toMatch(/192\.0\.2\.0$/);
    expect(shown(frame, 77)).toEqual(['abc, de']);
    expect(shown(dhcpFrame(bootp({}, option(77, text('iPXE')), END)), 77)).toEqual(['iPXE']);
    expect(told(frame, 'dhcp.client_id.link_layer_address')[0]).toMatch(/02:00:00:00:00:09$/);
    expect(shown(frame, 55)).toEqual(['Subnet mask, Router, DNS server, option 200']);
  });

  test('one that is longer than what is left is told', () => {
    expect(problems(dhcpFrame(bootp({}, option(53, u8(5)), u8(3, 8, 192, 0, 2, 1))))).toEqual([
      'the option has 4 of its 8 bytes',
    ]);
    expect(problems(dhcpFrame(bootp({}, option(53, u8(5)), u8(3))))).toEqual(['the option has no length']);
    expect(problems(dhcpFrame(bootp({}, option(82, u8(1, 9, 65)), END)))).toEqual(['the sub-option has 1 of its 9 bytes']);
  });

  test('BOOTP without options', () => {
    const frame = dhcpFrame(join(bootp({}).subarray(0, 236), new Uint8Array(64)));
    expect(told(frame, 'dhcp.vendor_specific_options')).toHaveLength(1);
    expect(told(frame, 'dhcp.cookie')).toEqual([]);
    expect(layerOf(frame).title).toMatch(/Boot reply, 192\.0\.2\.9 for/);
  });
});

describe('options of DHCPv6', () => {
  test('servers, names, a status, behind two relays', () => {
    const inner = message6(
      7,
      option6(23, addressBytes('2001:db8::53'), addressBytes('2001:db8::54')),
      option6(24, names('example.com', 'sub.example.net')),
      option6(13, be16(2), text('none left')),
      association(25, prefix6('2001:db8:1::', 48, 600)),
      option6(39, u8(1), names('host').subarray(0, 5)),
      option6(16, be32(311), be16(8), text('MSFT 5.0')),
    );
    const frame = dhcp6Frame(relay6('fe80::8', relay6('fe80::9', inner), 1), 'fe80::9', 547);
    const values = (name: string) => told(frame, name).map((one) => one.split(' ')[1]);
    expect(values('dhcpv6.peeraddr')).toEqual(['fe80::8', 'fe80::9']);
    expect(values('dhcpv6.dns_server')).toEqual(['2001:db8::53', '2001:db8::54']);
    expect(values('dhcpv6.search_list_entry')).toEqual(['example.com', 'sub.example.net']);
    expect(values('dhcpv6.iaprefix.pref_addr')).toEqual(['2001:db8:1::']);
    expect(values('dhcpv6.client_domain')).toEqual(['host']);
    expect(values('dhcpv6.status_code')).toEqual(['2']);
    expect(told(frame, 'dhcpv6.vendorclass.data')[0]).toMatch(/MSFT 5\.0$/);
    expect(problems(frame)).toEqual([]);
  });

  test('options within each other end somewhere', () => {
    let nested = option6(3, be32(1), be32(0), be32(0));
    for (let i = 0; i < 1000; i++) nested = option6(3, be32(1), be32(0), be32(0), nested);
    expect(problems(dhcp6Frame(message6(7, nested)))).toEqual(['more than 24 options within each other']);
    let relayed: Uint8Array = message6(7);
    for (let i = 0; i < 500; i++) relayed = relay6('fe80::9', relayed);
    expect(problems(dhcp6Frame(relayed))).toEqual(['more than 24 options within each other']);
  });

  test('one that is longer than what is left is told', () => {
    expect(problems(dhcp6Frame(message6(7, fromHex('0017 0020 2001'))))).toEqual(['the option has 2 of its 32 bytes']);
    expect(problems(dhcp6Frame(message6(7, fromHex('0017'))))).toEqual(['an option needs 4 bytes, 2 are left']);
  });

  test('names that lead into each other end', () => {
    const chain = join(...Array.from({ length: 8000 }, (_, i) => be16(0xc000 | Math.max(0, 2 * i - 2))));
    const started = performance.now();
    expect(problems(dhcp6Frame(message6(7, option6(24, chain))))).toHaveLength(1);
    const list = join(names('a'), ...Array.from({ length: 20_000 }, () => fromHex('c000')));
    expect(told(dhcp6Frame(message6(7, option6(24, list))), 'dhcpv6.search_list_entry')).toHaveLength(64);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
