import { describe, expect, test } from 'vitest';
import { decode, decodeDatagram, decodeWith } from '../../src/dissect/decode.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { findNdpOption, NdpOption } from '../../src/dissect/protocols/ndp-options.ts';
import { quoted } from '../../src/dissect/protocols/quoted.ts';
import { findOption, TcpOption } from '../../src/dissect/protocols/tcp-options.ts';
import { summarize } from '../../src/dissect/summary.ts';
import {
  arpFrame,
  be16,
  be32,
  eth,
  fragmentHeader,
  fromHex,
  icmp,
  ipv4,
  ipv6,
  join,
  tcp,
  tcpFrame,
  text,
  u8,
  udp,
  udpFrame,
} from '../frames.ts';
import { examples } from './catalogue.ts';

const example = (name: string): Layer[] => {
  const found = examples.find((one) => one.name === name)!;
  return decode(found.bytes, found.bytes.length, found.linkType ?? 1);
};
/** "name at-end text" of every field, children indented. */
function lines(fields: Field[], depth = 0): string[] {
  return fields.flatMap((field) => {
    const value = field.text ?? (field.value === null ? '' : String(field.value));
    const line = `${'  '.repeat(depth)}${field.name} ${field.at}-${field.end} ${value}`.trimEnd();
    return [line, ...lines(field.children ?? [], depth + 1)];
  });
}
const layer = (layers: Layer[], protocol: string): Layer => layers.find((one) => one.protocol === protocol)!;
const info = (bytes: Uint8Array, linkType = 1): string =>
  summarize(bytes, bytes.length, linkType, decode(bytes, bytes.length, linkType)).info;

describe('fields have names, places and meanings', () => {
  test('Ethernet and IPv4', () => {
    const layers = example('TCP');
    expect(layers[0].title).toBe('Ethernet, 02:00:00:00:00:01 > 02:00:00:00:00:02');
    expect(lines(layers[0].fields)).toEqual([
      'eth.dst 0-6 02:00:00:00:00:02',
      '  eth.dst.lg 0-1 set',
      '  eth.dst.ig 0-1 not set',
      'eth.src 6-12 02:00:00:00:00:01',
      '  eth.src.lg 6-7 set',
      '  eth.src.ig 6-7 not set',
      'eth.type 12-14 0x0800 (IPv4)',
    ]);
    expect(lines(layers[1].fields)).toEqual([
      'ip.version 14-15 4',
      'ip.hdr_len 14-15 20 bytes (5)',
      'ip.dsfield 15-16 0x00',
      '  ip.dsfield.dscp 15-16 0 (default)',
      '  ip.dsfield.ecn 15-16 0 (not capable)',
      'ip.len 16-18 50',
      'ip.id 18-20 0x0001',
      'ip.flags 20-21 none',
      '  ip.flags.rb 20-21 not set',
      '  ip.flags.df 20-21 not set',
      '  ip.flags.mf 20-21 not set',
      'ip.frag_offset 20-22 0',
      'ip.ttl 22-23 64',
      'ip.proto 23-24 6 (TCP)',
      'ip.checksum 24-26 0x66c3',
      'ip.src 26-30 10.0.0.1',
      'ip.dst 30-34 10.0.0.2',
    ]);
  });

  test('TCP options', () => {
    const options = layer(example('TCP with options'), 'tcp').fields.find((field) => field.name === 'tcp.options')!;
    expect(lines(options.children!)).toEqual([
      'tcp.options.mss 54-58 1460 bytes',
      '  tcp.option_kind 54-55 2',
      '  tcp.option_len 55-56 4',
      '  tcp.options.mss_val 56-58 1460',
      'tcp.options.wscale 58-61 times 128',
      '  tcp.option_kind 58-59 3',
      '  tcp.option_len 59-60 3',
      '  tcp.options.wscale.shift 60-61 7',
      'tcp.options.sack_perm 61-63',
      '  tcp.option_kind 61-62 4',
      '  tcp.option_len 62-63 2',
      'tcp.options.sack 63-81 1-2 3-4',
      '  tcp.option_kind 63-64 5',
      '  tcp.option_len 64-65 18',
      '  tcp.options.sack_le 65-69 1',
      '  tcp.options.sack_re 69-73 2',
      '  tcp.options.sack_le 73-77 3',
      '  tcp.options.sack_re 77-81 4',
      'tcp.options.timestamp 81-91 value 1000, echo 2000',
      '  tcp.option_kind 81-82 8',
      '  tcp.option_len 82-83 10',
      '  tcp.options.timestamp.tsval 83-87 1000',
      '  tcp.options.timestamp.tsecr 87-91 2000',
      'tcp.options.nop 91-92 1',
      'tcp.options.nop 92-93 1',
      'tcp.options.nop 93-94 1',
    ]);
    const rare = layer(example('TCP with rare options'), 'tcp').fields.find((field) => field.name === 'tcp.options')!;
    expect(rare.children!.map((option) => `${option.name} ${option.text ?? ''}`.trimEnd())).toEqual([
      'tcp.options.tfo cookie',
      'tcp.options.user_to 5 minutes',
      'tcp.options.mptcp MP_CAPABLE',
      'tcp.options.ao',
      'tcp.options.experimental fast open, asks for a cookie',
      'tcp.options.unknown',
      'tcp.options.eol',
    ]);
  });

  test('an option that does not fit is marked, those before it stay', () => {
    const frame = tcpFrame({ flags: 'S', options: u8(2, 4, 5, 0xb4, 8, 60, 0, 0) });
    const options = layer(decode(frame, frame.length, 1), 'tcp').fields.find((field) => field.name === 'tcp.options')!.children!;
    expect(options.map((option) => option.problem)).toEqual([undefined, 'option length 60 does not fit']);
  });

  test('router advertisement (RFC 4861, RFC 8106)', () => {
    const options = layer(example('router advertisement'), 'icmpv6').fields.filter((field) => field.name === 'icmpv6.opt');
    expect(options.map((option) => `${option.label}: ${option.text}`)).toEqual([
      'Source link-layer address: 02:00:00:00:00:01',
      'MTU: 1500',
      'Prefix: 2001:db8:1::/64',
      'Recursive DNS servers: 2001:db8::53',
      'DNS search list: corp.example',
    ]);
  });

  test('a quoted packet is one node of the error', () => {
    const error = layer(example('port unreachable'), 'icmp');
    expect(error.title).toBe('Internet Control Message Protocol, Destination unreachable, port unreachable');
    const quote = error.fields.find((field) => field.name === 'icmp.quoted')!;
    expect(quote.text).toBe('192.0.2.1:4000 > 198.51.100.9:4001 (UDP)');
    expect(lines(quote.children!).slice(-4)).toEqual([
      'ip.src 54-58 192.0.2.1',
      'ip.dst 58-62 198.51.100.9',
      'udp.srcport 62-64 4000',
      'udp.dstport 64-66 4001',
    ]);
  });

  test('padding and trailers belong to the outermost layer', () => {
    const padded = eth({ pad: true }, ipv4({ protocol: 17 }, udp({}, text('ab'))));
    expect(lines(decode(padded, 60, 1)[0].fields).at(-1)).toBe(`eth.padding 44-60 ${'00'.repeat(16)}`);
    const checked = join(udpFrame({ payload: 'ab' }), u8(1, 2, 3, 4));
    expect(lines(decode(checked, checked.length, 1)[0].fields).at(-1)).toBe('eth.trailer 44-48 01020304');
  });

  test('what nobody reads is data', () => {
    const last = example('UDP').at(-1)!;
    expect([last.protocol, last.title, last.at, last.end]).toEqual(['data', 'Data, 10 bytes', 42, 52]);
    expect(example('first fragment').at(-1)!.title).toBe('Fragment, bytes 0 to 15');
  });
});

describe('application protocols', () => {
  const request = tcpFrame({ to: '10.0.0.2:80', payload: 'GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n' });
  const names = (layers: Layer[]): string => layers.map((one) => one.protocol).join(':');

  test('by port where nobody knows better', () => {
    expect(names(decode(request, request.length, 1))).toBe('eth:ip:tcp:http');
    const other = tcpFrame({ to: '10.0.0.2:80', payload: 'SSH-2.0-OpenSSH_9.2\r\n' });
    expect(names(decode(other, other.length, 1))).toBe('eth:ip:tcp:data');
  });

  test('as the caller says', () => {
    const odd = tcpFrame({ to: '10.0.0.2:12345', payload: 'GET /x HTTP/1.1\r\n\r\n' });
    expect(names(decodeWith(odd, odd.length, 1, 'http'))).toBe('eth:ip:tcp:http');
    expect(names(decodeWith(request, request.length, 1))).toBe('eth:ip:tcp:data');
    expect(names(decodeWith(request, request.length, 1, 'nothing known'))).toBe('eth:ip:tcp:data');
  });

  test('of a datagram that came in fragments', () => {
    const whole = udp({ destinationPort: 53 }, fromHex('1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 00 0001 0001'));
    expect(names(decodeDatagram(whole, 17, 4))).toBe('udp:dns');
  });
});

describe('accessors', () => {
  test('quoted packets (RFC 792, RFC 4443)', () => {
    const four = ipv4(
      { source: '192.0.2.1', destination: '198.51.100.9', options: u8(1, 1, 1, 0) },
      tcp({ sourcePort: 5, destinationPort: 6 }),
    );
    expect(quoted(join(u8(9, 9), four), 2, 2 + 32)).toEqual({
      version: 4,
      protocol: 6,
      source: '192.0.2.1',
      destination: '198.51.100.9',
      sourceAt: 14,
      destinationAt: 18,
      sourcePort: 5,
      destinationPort: 6,
      transportAt: 26,
    });
    const six = ipv6(
      { protocol: 17, extensions: [[60, u8(0, 1, 4, 0, 0, 0, 0)], fragmentHeader(1, 0, true)] },
      udp({ sourcePort: 7, destinationPort: 8 }),
    );
    expect(quoted(six, 0, six.length)).toMatchObject({
      version: 6,
      protocol: 17,
      sourcePort: 7,
      destinationPort: 8,
      transportAt: 56,
    });
    const later = ipv4({ protocol: 17, offset: 64 }, new Uint8Array(8));
    expect(quoted(later, 0, 28)).toMatchObject({ sourcePort: 0, transportAt: -1 });
    expect(quoted(four, 0, 19)).toBeUndefined();
    expect(quoted(u8(0x45), 0, 0)).toBeUndefined();
  });

  test('TCP options', () => {
    const segment = tcp({ options: u8(1, 2, 4, 5, 0xb4, 3, 3, 7) });
    expect(findOption(segment, 20, 28, TcpOption.maximumSegmentSize)).toBe(21);
    expect(findOption(segment, 20, 28, TcpOption.windowScale)).toBe(25);
    expect(findOption(segment, 20, 27, TcpOption.windowScale)).toBe(-1);
    expect(findOption(u8(8, 0, 2, 4, 5, 5), 0, 6, TcpOption.maximumSegmentSize)).toBe(-1);
  });

  test('neighbor discovery options', () => {
    const options = join(u8(14, 1, 1, 2, 3, 4, 5, 6), u8(2, 1, 2, 0, 0, 0, 0, 9));
    expect(findNdpOption(options, 0, 16, NdpOption.targetLinkLayer)).toBe(8);
    expect(findNdpOption(options, 0, 15, NdpOption.targetLinkLayer)).toBe(-1);
    expect(findNdpOption(new Uint8Array(16), 0, 16, NdpOption.targetLinkLayer)).toBe(-1);
  });
});

describe('one line about a packet', () => {
  test.each<[string, Uint8Array, string]>([
    [
      'SYN',
      tcpFrame({ flags: 'S', options: u8(2, 4, 5, 0xb4, 3, 3, 7, 4, 2) }),
      '40000 → 80 [SYN] Seq=1000 Win=64240 Len=0 MSS=1460 WS=128 SACK_PERM',
    ],
    [
      'data',
      tcpFrame({ to: '10.0.0.2:9', flags: 'PA', acknowledgment: 7, payload: 'abc' }),
      '40000 → 9 [PSH, ACK] Seq=1000 Ack=7 Win=64240 Len=3',
    ],
    ['UDP', udpFrame({ payload: 'abc' }), '40000 → 9 Len=3'],
    ['ARP', arpFrame({ senderAddress: '10.0.0.5', targetAddress: '10.0.0.1' }), 'Who has 10.0.0.1? Tell 10.0.0.5'],
    ['ARP reply', arpFrame({ operation: 2 }), '10.0.0.1 is at 02:00:00:00:00:01'],
    ['announcement', arpFrame({ targetAddress: '10.0.0.1' }), 'Announcement: 10.0.0.1 is at 02:00:00:00:00:01'],
    ['probe', arpFrame({ senderAddress: '0.0.0.0' }), 'Who has 10.0.0.2? (probe)'],
    ['ping', eth({}, ipv4({ protocol: 1 }, icmp(8, 0, join(be16(7), be16(3))))), 'Echo request, id=7 seq=3'],
    [
      'fragment',
      eth({}, ipv4({ protocol: 17, id: 0x1234, offset: 8, moreFragments: true }, new Uint8Array(8))),
      'Fragment of UDP, id 0x1234, at 8, more to come',
    ],
    ['EtherType', eth({ type: 0x88f5 }, be32(1)), 'Type 0x88f5, 18 bytes'],
    ['HTTP', tcpFrame({ payload: 'GET /x HTTP/1.1\r\n\r\n' }), 'GET /x HTTP/1.1'],
    ['cut', tcpFrame({}).subarray(0, 40), '40000 → 80 [TCP header needs 20 bytes, the packet has 6]'],
  ])('%s', (_, bytes, line) => {
    expect(info(bytes)).toBe(line);
  });

  test('addresses are those of the innermost packet, or the stations where there is none', () => {
    const line = (bytes: Uint8Array, linkType = 1) => {
      const { source, destination, protocol } = summarize(bytes, bytes.length, linkType, decode(bytes, bytes.length, linkType));
      return `${source} ${destination} ${protocol}`;
    };
    expect(line(tcpFrame({}))).toBe('10.0.0.1 10.0.0.2 TCP');
    expect(line(arpFrame())).toBe('02:00:00:00:00:01 ff:ff:ff:ff:ff:ff ARP');
    const tunnel = eth({}, ipv4({ protocol: 41 }, ipv6({ source: 'fe80::1' }, tcp({}))));
    expect(line(tunnel)).toBe('fe80::1 2001:db8::2 TCP');
    expect(line(text('usb'), 220)).toBe('  Link type 220');
  });
});
