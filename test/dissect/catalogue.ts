import {
  addressBytes,
  arp,
  arpFrame,
  be16,
  be32,
  eth,
  fragmentHeader,
  fromHex,
  icmp,
  icmpv6,
  ipFrame,
  ipv4,
  ipv6,
  join,
  macBytes,
  tcp,
  tcpFrame,
  text,
  u8,
  udp,
  udpFrame,
  vlan,
} from '../frames.ts';
import { dhcpExamples } from '../dhcp/examples.ts';

/** A frame of every kind that is read, and the layers it must show. */
export interface Example {
  name: string;
  stack: string;
  bytes: Uint8Array;
  linkType?: number;
}

const inner4 = ipv4({ source: '192.0.2.1', destination: '192.0.2.2' }, tcp({ flags: 'PA' }, text('hello')));
const inner6 = ipv6({ source: 'fe80::1', destination: 'fe80::2' }, tcp({ flags: 'S' }));
const innerFrame = eth({ source: '02:00:00:00:00:0a', destination: '02:00:00:00:00:0b' }, inner4);
const datagram = udp({ sourcePort: 4000, destinationPort: 4001 }, text('payload of a datagram'));
const inEther = (type: number, payload: Uint8Array): Uint8Array => eth({ type }, payload);
const inIp = (protocol: number, payload: Uint8Array): Uint8Array => eth({}, ipv4({ protocol }, payload));
const inIp6 = (protocol: number, payload: Uint8Array): Uint8Array => eth({ type: 0x86dd }, ipv6({ protocol }, payload));
const inUdp = (port: number, payload: Uint8Array): Uint8Array => inIp(17, udp({ destinationPort: port }, payload));
/** IEEE 802.3: a length in place of the type, padded to the shortest frame. */
const in8023 = (payload: Uint8Array): Uint8Array => eth({ type: payload.length, pad: true }, payload);
const snap = (type: number, payload: Uint8Array, organization = u8(0, 0, 0)): Uint8Array =>
  join(u8(0xaa, 0xaa, 3), organization, be16(type), payload);

const everyTcpOption = join(
  u8(2, 4, 0x05, 0xb4),
  u8(3, 3, 7),
  u8(4, 2),
  join(u8(5, 18), be32(1), be32(2), be32(3), be32(4)),
  join(u8(8, 10), be32(1000), be32(2000)),
);
const rareTcpOptions = join(
  join(u8(34, 6), be32(0xc00c1e)),
  u8(28, 4, 0x80, 5),
  u8(30, 4, 0x00, 0x81),
  u8(29, 8, 1, 2, 0, 0, 0, 0),
  u8(254, 4, 0xf9, 0x89),
  u8(77, 3, 9),
  u8(0),
);

const jumbo = join(u8(0, 0xc2, 4), be32(80_000));
const bigPayload = new Uint8Array(80_000 - 8 - 20);
const routerAdvertisement = icmpv6(
  134,
  0,
  join(
    u8(64, 0xc0),
    be16(1800),
    be32(0),
    be32(0),
    join(u8(1, 1), macBytes('02:00:00:00:00:01')),
    u8(5, 1, 0, 0, 0, 0, 0x05, 0xdc),
    join(u8(3, 4, 64, 0xc0), be32(2_592_000), be32(604_800), be32(0), addressBytes('2001:db8:1::')),
    join(u8(25, 3, 0, 0), be32(600), addressBytes('2001:db8::53')),
    join(u8(31, 3, 0, 0), be32(600), u8(4), text('corp'), u8(7), text('example'), u8(0, 0, 0)),
  ),
);
const neighbor = (type: number, option: number): Uint8Array =>
  icmpv6(
    type,
    0,
    join(be32(type === 136 ? 0x60000000 : 0), addressBytes('fe80::9'), u8(option, 1), macBytes('02:00:00:00:00:09')),
  );
const redirect = icmpv6(137, 0, join(be32(0), addressBytes('fe80::1'), addressBytes('2001:db8::7'), u8(4, 1, 0, 0, 0, 0, 0, 0)));
const quote4 = ipv4({ source: '192.0.2.1', destination: '198.51.100.9', protocol: 17 }, datagram).subarray(0, 28);
const quote6 = ipv6(
  { protocol: 6, extensions: [[60, u8(0, 1, 4, 0, 0, 0, 0)]] },
  tcp({ sourcePort: 50000, destinationPort: 443 }),
);

const radiotapHeader = fromHex('00 00 10 00 2b 00 00 00  00000000 00000000');
const radiotapFlags = fromHex('00 00 12 00 03 00 00 00  0000000000000000 10 00');
const wlanHeader = (control: number, flags: number): Uint8Array =>
  join(
    u8(control, flags, 0, 0),
    macBytes('02:00:00:00:00:01'),
    macBytes('02:00:00:00:00:02'),
    macBytes('02:00:00:00:00:03'),
    u8(0x10, 0),
  );
const wlanData = join(wlanHeader(0x08, 1), snap(0x0800, inner4));
const wlanQos = join(wlanHeader(0x88, 2), u8(0, 0), snap(0x0800, inner4));

const control = (label: number, bottom: boolean): Uint8Array => be32((label << 12) | (bottom ? 0x100 : 0) | 64);

export const examples: Example[] = [
  { name: 'TCP', stack: 'eth:ip:tcp', bytes: tcpFrame({ payload: 'some bytes', flags: 'PA', acknowledgment: 77 }) },
  { name: 'TCP without payload, padded', stack: 'eth:ip:tcp', bytes: eth({ pad: true }, ipv4({}, tcp({ flags: 'FA' }))) },
  { name: 'TCP with options', stack: 'eth:ip:tcp', bytes: tcpFrame({ flags: 'S', options: everyTcpOption }) },
  { name: 'TCP with rare options', stack: 'eth:ip:tcp', bytes: tcpFrame({ flags: 'S', options: rareTcpOptions }) },
  { name: 'TCP over IPv6', stack: 'eth:ipv6:tcp', bytes: tcpFrame({ from: '[fe80::1]:1', to: '[fe80::2]:2', payload: 'six' }) },
  {
    name: 'HTTP request',
    stack: 'eth:ip:tcp',
    bytes: tcpFrame({ payload: 'GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n', flags: 'PA' }),
  },
  { name: 'UDP', stack: 'eth:ip:udp', bytes: udpFrame({ payload: 'some bytes' }) },
  { name: 'UDP without payload', stack: 'eth:ip:udp', bytes: eth({ pad: true }, ipv4({ protocol: 17 }, udp({}))) },
  { name: 'UDP with length 0', stack: 'eth:ip:udp', bytes: inIp(17, udp({ length: 0 }, text('x'))) },
  {
    name: 'DNS',
    stack: 'eth:ip:udp:dns',
    bytes: inUdp(53, fromHex('1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 00 0001 0001')),
  },
  { name: 'ARP request', stack: 'eth:arp', bytes: arpFrame() },
  { name: 'ARP reply, padded', stack: 'eth:arp', bytes: eth({ type: 0x0806, pad: true }, arp({ operation: 2 })) },
  {
    name: 'ARP of other sizes',
    stack: 'eth:arp',
    bytes: inEther(0x0806, join(fromHex('0007 0800 01 04 0001'), new Uint8Array(10))),
  },
  { name: 'IPv4 with options', stack: 'eth:ip:udp', bytes: eth({}, ipv4({ protocol: 17, options: u8(148, 4, 0, 0) }, datagram)) },
  {
    name: 'IPv4 with a route',
    stack: 'eth:ip:udp',
    bytes: eth({}, ipv4({ protocol: 17, options: join(u8(131, 7, 4), addressBytes('192.0.2.9'), u8(1)) }, datagram)),
  },
  {
    name: 'first fragment',
    stack: 'eth:ip',
    bytes: eth({}, ipv4({ protocol: 17, moreFragments: true, id: 0xabcd }, datagram.subarray(0, 16))),
  },
  {
    name: 'last fragment',
    stack: 'eth:ip',
    bytes: eth({}, ipv4({ protocol: 17, offset: 16, id: 0xabcd }, datagram.subarray(16))),
  },
  {
    name: 'segment that the card was to cut',
    stack: 'eth:ip:tcp',
    bytes: eth({}, ipv4({ totalLength: 0 }, tcp({}, new Uint8Array(3000)))),
  },
  { name: 'unknown IP protocol', stack: 'eth:ip', bytes: inIp(253, text('test')) },
  { name: 'IGMP', stack: 'eth:ip:igmp', bytes: inIp(2, fromHex('1600 0904 e00000fb')) },
  { name: 'ESP', stack: 'eth:ip:esp', bytes: inIp(50, new Uint8Array(24)) },
  { name: 'AH', stack: 'eth:ip:ah:udp', bytes: inIp(51, join(u8(17, 4, 0, 0), be32(1), be32(2), new Uint8Array(12), datagram)) },
  { name: 'SCTP', stack: 'eth:ip:sctp', bytes: inIp(132, new Uint8Array(16)) },
  { name: 'OSPF', stack: 'eth:ip:ospf', bytes: inIp(89, new Uint8Array(24)) },
  { name: 'echo request', stack: 'eth:ip:icmp', bytes: inIp(1, icmp(8, 0, join(be16(7), be16(1), text('abcdefgh')))) },
  { name: 'port unreachable', stack: 'eth:ip:icmp', bytes: inIp(1, icmp(3, 3, join(be32(0), quote4))) },
  { name: 'fragmentation needed', stack: 'eth:ip:icmp', bytes: inIp(1, icmp(3, 4, join(be16(0), be16(1400), quote4))) },
  { name: 'redirect', stack: 'eth:ip:icmp', bytes: inIp(1, icmp(5, 1, join(addressBytes('10.0.0.254'), quote4))) },
  { name: 'ICMP timestamp', stack: 'eth:ip:icmp', bytes: inIp(1, icmp(13, 0, join(be32(1), be32(100), be32(0), be32(0)))) },
  {
    name: 'ICMP router advertisement',
    stack: 'eth:ip:icmp',
    bytes: inIp(1, icmp(9, 0, join(u8(1, 2), be16(1800), addressBytes('10.0.0.1'), be32(0)))),
  },
  { name: 'echo reply over IPv6', stack: 'eth:ipv6:icmpv6', bytes: inIp6(58, icmpv6(129, 0, join(be16(7), be16(1)))) },
  { name: 'packet too big', stack: 'eth:ipv6:icmpv6', bytes: inIp6(58, icmpv6(2, 0, join(be32(1280), quote6))) },
  { name: 'router advertisement', stack: 'eth:ipv6:icmpv6', bytes: inIp6(58, routerAdvertisement) },
  { name: 'router solicitation', stack: 'eth:ipv6:icmpv6', bytes: inIp6(58, icmpv6(133, 0, be32(0))) },
  { name: 'neighbor solicitation', stack: 'eth:ipv6:icmpv6', bytes: inIp6(58, neighbor(135, 1)) },
  { name: 'neighbor advertisement', stack: 'eth:ipv6:icmpv6', bytes: inIp6(58, neighbor(136, 2)) },
  { name: 'IPv6 redirect', stack: 'eth:ipv6:icmpv6', bytes: inIp6(58, redirect) },
  {
    name: 'hop-by-hop options',
    stack: 'eth:ipv6:ipv6.hopopts:icmpv6',
    bytes: eth({ type: 0x86dd }, ipv6({ protocol: 58, extensions: [[0, u8(0, 5, 2, 0, 0, 1, 0)]] }, icmpv6(143, 0))),
  },
  {
    name: 'destination options and routing',
    stack: 'eth:ipv6:ipv6.dstopts:ipv6.routing:tcp',
    bytes: eth(
      { type: 0x86dd },
      ipv6(
        {
          extensions: [
            [60, u8(0, 1, 4, 0, 0, 0, 0)],
            [43, join(u8(2, 0, 1), be32(0), addressBytes('2001:db8::9'))],
          ],
        },
        tcp({}),
      ),
    ),
  },
  {
    name: 'IPv6 fragment',
    stack: 'eth:ipv6:ipv6.fraghdr',
    bytes: eth(
      { type: 0x86dd },
      ipv6({ protocol: 17, extensions: [fragmentHeader(0xdeadbeef, 1448, true)] }, new Uint8Array(64)),
    ),
  },
  {
    name: 'atomic fragment',
    stack: 'eth:ipv6:ipv6.fraghdr:udp',
    bytes: eth({ type: 0x86dd }, ipv6({ protocol: 17, extensions: [fragmentHeader(9, 0, false)] }, datagram)),
  },
  {
    name: 'jumbogram',
    stack: 'eth:ipv6:ipv6.hopopts:tcp',
    bytes: eth({ type: 0x86dd }, join(ipv6({ payloadLength: 0, extensions: [[0, jumbo]] }, tcp({}, bigPayload)), u8(1, 2, 3))),
  },
  { name: 'big TCP', stack: 'eth:ipv6:tcp', bytes: eth({ type: 0x86dd }, ipv6({ payloadLength: 0 }, tcp({}, bigPayload))) },
  { name: 'no next header', stack: 'eth:ipv6', bytes: eth({ type: 0x86dd, pad: true }, ipv6({ protocol: 59 }, u8())) },
  { name: 'VLAN', stack: 'eth:vlan:ip:tcp', bytes: inEther(0x8100, vlan(0x2005, 0x0800, inner4)) },
  { name: 'QinQ', stack: 'eth:ieee8021ad:vlan:ip:tcp', bytes: inEther(0x88a8, vlan(10, 0x8100, vlan(20, 0x0800, inner4))) },
  {
    name: 'VLAN with LLC',
    stack: 'eth:vlan:llc:stp',
    bytes: inEther(0x8100, vlan(1, 40, join(u8(0x42, 0x42, 3), new Uint8Array(43)))),
  },
  { name: '802.3 with SNAP', stack: 'eth:llc:ip:tcp', bytes: in8023(snap(0x0800, inner4)) },
  { name: '802.3 with LLC', stack: 'eth:llc:stp', bytes: in8023(join(u8(0x42, 0x42, 3), new Uint8Array(35))) },
  { name: '802.3 numbered', stack: 'eth:llc:netbios', bytes: in8023(join(u8(0xf0, 0xf0, 0, 0), new Uint8Array(8))) },
  { name: 'Cisco SNAP', stack: 'eth:llc:cdp', bytes: in8023(snap(0x2000, new Uint8Array(30), u8(0, 0, 12))) },
  { name: 'raw 802.3', stack: 'eth:ipx', bytes: in8023(join(u8(255, 255), new Uint8Array(40))) },
  { name: 'unknown EtherType', stack: 'eth', bytes: inEther(0x1234, text('who knows')) },
  { name: 'LLDP', stack: 'eth:lldp', bytes: inEther(0x88cc, new Uint8Array(20)) },
  { name: 'SLL', stack: 'sll:ip:tcp', linkType: 113, bytes: join(fromHex('0004 0001 0006 020000000001 0000 0800'), inner4) },
  {
    name: 'SLL without address',
    stack: 'sll:ipv6:tcp',
    linkType: 113,
    bytes: join(fromHex('0000 0304 0000 000000000000 0000 86dd'), inner6),
  },
  {
    name: 'SLL with LLC',
    stack: 'sll:llc:stp',
    linkType: 113,
    bytes: join(fromHex('0000 0001 0006 020000000001 0000 0004 4242 03'), new Uint8Array(8)),
  },
  {
    name: 'SLL2',
    stack: 'sll:ip:tcp',
    linkType: 276,
    bytes: join(fromHex('0800 0000 00000003 0001 00 06 0200000000010000'), inner4),
  },
  ...[12, 14, 101].map((linkType) => ({ name: `raw ${linkType}`, stack: 'raw:ip:tcp', linkType, bytes: inner4 })),
  { name: 'raw IPv6', stack: 'raw:ipv6:tcp', linkType: 101, bytes: inner6 },
  { name: 'IPv4 only', stack: 'ip:tcp', linkType: 228, bytes: inner4 },
  { name: 'IPv6 only', stack: 'ipv6:tcp', linkType: 229, bytes: inner6 },
  { name: 'null, little-endian', stack: 'null:ip:tcp', linkType: 0, bytes: join(u8(2, 0, 0, 0), inner4) },
  { name: 'null, big-endian', stack: 'null:ip:tcp', linkType: 0, bytes: join(u8(0, 0, 0, 2), inner4) },
  ...[10, 24, 28, 30].map((family) => ({
    name: `null, IPv6 as ${family}`,
    stack: 'null:ipv6:tcp',
    linkType: 0,
    bytes: join(u8(family, 0, 0, 0), inner6),
  })),
  { name: 'loop', stack: 'null:ipv6:tcp', linkType: 108, bytes: join(u8(0, 0, 0, 24), inner6) },
  { name: 'PPP', stack: 'ppp:ip:tcp', linkType: 9, bytes: join(u8(0, 0x21), inner4) },
  { name: 'PPP with HDLC', stack: 'ppp:ipv6:tcp', linkType: 50, bytes: join(u8(0xff, 3, 0, 0x57), inner6) },
  { name: 'PPP, short protocol field', stack: 'ppp:ip:tcp', linkType: 9, bytes: join(u8(0x21), inner4) },
  { name: 'PPP link control', stack: 'ppp:lcp', linkType: 9, bytes: fromHex('ff03 c021 01010004') },
  { name: 'PPP with Cisco HDLC', stack: 'ppp:chdlc:ip:tcp', linkType: 50, bytes: join(u8(0x0f, 0, 8, 0), inner4) },
  { name: 'Cisco HDLC', stack: 'chdlc:ip:tcp', linkType: 104, bytes: join(u8(0x0f, 0, 8, 0), inner4) },
  { name: 'Cisco keep-alive', stack: 'chdlc', linkType: 104, bytes: join(u8(0x8f, 0, 0x80, 0x35), new Uint8Array(14)) },
  { name: '802.1BR', stack: 'eth:etag:ip:tcp', bytes: inEther(0x893f, join(fromHex('100000d80000 0800'), inner4)) },
  { name: 'VN-Tag', stack: 'eth:vntag:ip:tcp', bytes: inEther(0x8926, join(fromHex('80010002 0800'), inner4)) },
  { name: 'Cisco MetaData', stack: 'eth:cmd:ip:tcp', bytes: inEther(0x8909, join(fromHex('0101 0001 0007 0800'), inner4)) },
  { name: 'ring', stack: 'eth:hsr:ip:tcp', bytes: inEther(0x892f, join(fromHex('0046 0001 0800'), inner4)) },
  {
    name: 'MACsec, signed',
    stack: 'eth:macsec:ip:tcp',
    bytes: inEther(0x88e5, join(fromHex('20 00 00000001 0200000000010001 0800'), inner4, new Uint8Array(16).fill(0xcd))),
  },
  {
    name: 'MACsec, encrypted',
    stack: 'eth:macsec',
    bytes: inEther(0x88e5, join(fromHex('2c 00 00000001 0200000000010001'), new Uint8Array(48).fill(0xcd))),
  },
  { name: 'PIM register', stack: 'eth:ip:pim:ip:tcp', bytes: inIp(103, join(fromHex('2100 dead 00000000'), inner4)) },
  {
    name: 'netfilter log of a bridge',
    stack: 'nflog:arp',
    linkType: 239,
    bytes: join(fromHex('07 00 0001 0800 0100 0806 0300 2000 0900'), arp({})),
  },
  {
    name: 'NSH',
    stack: 'eth:nsh:ip:tcp',
    bytes: inEther(0x894f, join(fromHex('0fc6 01 01 000045 00'), new Uint8Array(16), inner4)),
  },
  { name: 'VXLAN-GPE', stack: 'eth:ip:udp:vxlan:ip:tcp', bytes: inUdp(4790, join(fromHex('0c 0000 01 00002a 00'), inner4)) },
  {
    name: 'VXLAN-GPE without next',
    stack: 'eth:ip:udp:vxlan:eth:ip:tcp',
    bytes: inUdp(4790, join(fromHex('08 0000 00 00002a 00'), innerFrame)),
  },
  { name: 'LISP', stack: 'eth:ip:udp:lisp-data:ip:tcp', bytes: inUdp(4341, join(fromHex('4c 544e00 00000000'), inner4)) },
  {
    name: 'AYIYA',
    stack: 'eth:ip:udp:ayiya:ipv6:tcp',
    bytes: inUdp(5072, join(fromHex('41 52 11 29 4af64c05'), new Uint8Array(36), inner6)),
  },
  {
    name: 'FabricPath',
    stack: 'eth:cfp:eth:ip:tcp',
    bytes: eth({ type: 0x8903 }, join(fromHex('0020'), innerFrame)),
  },
  {
    name: 'IP over InfiniBand',
    stack: 'ipoib:ip:tcp',
    linkType: 242,
    bytes: join(new Uint8Array(20), fromHex('80000550 fe80000000000000 0010e000664ab451 0800 0000'), inner4),
  },
  {
    name: 'Solaris IP',
    stack: 'ipnet:ip:tcp',
    linkType: 226,
    bytes: join(fromHex('0102 0000 00000054 00000002'), new Uint8Array(12), inner4),
  },
  {
    name: 'Solaris IPv6',
    stack: 'ipnet:ipv6:tcp',
    linkType: 226,
    bytes: join(fromHex('011a 0000 00000054 00000002'), new Uint8Array(12), inner6),
  },
  { name: 'GRE in UDP', stack: 'eth:ip:udp:gre:ip:tcp', bytes: inUdp(4754, join(fromHex('0000 0800'), inner4)) },
  { name: 'GRE with 802.11', stack: 'eth:ip:gre:wlan:llc:ip:tcp', bytes: inIp(47, join(fromHex('0000 8240'), wlanData)) },
  {
    name: '802.11, several frames in one',
    stack: 'wlan:llc:ip:tcp',
    linkType: 105,
    bytes: join(
      wlanHeader(0x88, 0x02),
      u8(0x80, 0),
      macBytes('02:00:00:00:00:01'),
      macBytes('02:00:00:00:00:02'),
      be16(8 + inner4.length),
      snap(0x0800, inner4),
      new Uint8Array(20),
    ),
  },
  {
    name: 'CAPWAP, Ethernet',
    stack: 'eth:ip:udp:capwap.data:eth:ip:tcp',
    bytes: inUdp(5247, join(fromHex('00 20 00 10 0000 0000 06 00e0fc7624c0 00'), innerFrame)),
  },
  {
    name: 'CAPWAP, 802.11',
    stack: 'eth:ip:udp:capwap.data:wlan:llc:ip:tcp',
    bytes: inUdp(5247, join(fromHex('00 10 03 00 0000 0000'), wlanData)),
  },
  {
    name: 'CAPWAP, 802.11 with swapped frame control',
    stack: 'eth:ip:udp:capwap.data:wlan:llc:ip:tcp',
    bytes: inUdp(5247, join(fromHex('00 10 03 00 0000 0000'), u8(wlanData[1], wlanData[0]), wlanData.subarray(2))),
  },
  { name: 'CAPWAP keep-alive', stack: 'eth:ip:udp:capwap.data', bytes: inUdp(5247, fromHex('00 10 02 08 0000 0000 0016 0023')) },
  { name: 'WCCP', stack: 'eth:ip:gre:wccp:ip:tcp', bytes: inIp(47, join(fromHex('0000 883e 05590048'), inner4)) },
  { name: 'WCCP version 1', stack: 'eth:ip:gre:wccp:ip:tcp', bytes: inIp(47, join(fromHex('0000 883e'), inner4)) },
  { name: 'ATM CLIP', stack: 'raw:ip:tcp', linkType: 18, bytes: inner4 },
  { name: 'ARCNET', stack: 'arcnet:ip:tcp', linkType: 129, bytes: join(fromHex('be50a8e7d4000166'), inner4) },
  {
    name: 'ARCNET, exception',
    stack: 'arcnet:ip:tcp',
    linkType: 129,
    bytes: join(fromHex('be50a8e7d4 ffffffff 000166'), inner4),
  },
  { name: 'ARCNET, a part', stack: 'arcnet', linkType: 129, bytes: join(fromHex('be50a8e7d4010166'), inner4) },
  {
    name: 'ARCNET of RFC 1051',
    stack: 'arcnet:arp',
    linkType: 129,
    bytes: fromHex('be00ed08f1 0007 0800 0104 0001 be 0a508301 00 0a5083fe'),
  },
  { name: 'ARCNET of BSD', stack: 'arcnet:ipv6:tcp', linkType: 7, bytes: join(fromHex('be50c4000166'), inner6) },
  { name: 'PIM hello', stack: 'eth:ip:pim', bytes: inIp(103, fromHex('2000 dead 0001 0002 0069')) },
  { name: 'Frame Relay, Cisco', stack: 'fr:ip:tcp', linkType: 107, bytes: join(fromHex('1861 0800'), inner4) },
  { name: 'Frame Relay', stack: 'fr:ip:tcp', linkType: 107, bytes: join(fromHex('1841 03 cc'), inner4) },
  { name: 'Frame Relay, four address bytes', stack: 'fr:ip:tcp', linkType: 107, bytes: join(fromHex('18600011 03 cc'), inner4) },
  { name: 'Frame Relay with IPv6', stack: 'fr:ipv6:tcp', linkType: 107, bytes: join(fromHex('1841 03 8e'), inner6) },
  { name: 'Frame Relay with PPP', stack: 'fr:ip:tcp', linkType: 107, bytes: join(fromHex('1841 03 cf 0021'), inner4) },
  { name: 'Frame Relay with SNAP', stack: 'fr:ip:tcp', linkType: 107, bytes: join(fromHex('1841 03 00 80 000000 0800'), inner4) },
  {
    name: 'Frame Relay with Ethernet',
    stack: 'fr:eth:ip:tcp',
    linkType: 107,
    bytes: join(fromHex('1841 03 00 80 0080c2 0007'), innerFrame),
  },
  { name: 'Frame Relay link management', stack: 'fr', linkType: 107, bytes: fromHex('0001 03 08 0075 9501 01 00 03 02 05 03') },
  {
    name: 'netfilter log',
    stack: 'nflog:ip:tcp',
    linkType: 239,
    bytes: join(fromHex('02 00 002a 0800 0100 0000 0300 0500 0a00 00000000'), u8(inner4.length + 4, 0, 9, 0), inner4),
  },
  {
    name: 'netfilter log, IPv6',
    stack: 'nflog:ipv6:tcp',
    linkType: 239,
    bytes: join(fromHex('0a 00 0000'), u8(inner6.length + 4, 0, 9, 0), inner6),
  },
  { name: 'netfilter log without payload', stack: 'nflog', linkType: 239, bytes: fromHex('02 00 002a 0800 0100 0000 0300') },
  { name: 'IPv6 under the number of IPv4', stack: 'eth:ip:ipv6:tcp', bytes: inEther(0x0800, inner6) },
  {
    name: 'GTP of version 0',
    stack: 'eth:ip:udp:gtp:ip:tcp',
    bytes: inUdp(3386, join(u8(0x1e, 255), be16(inner4.length), fromHex('0001 ffff ffffffff 4200012143658709'), inner4)),
  },
  {
    name: 'PPPoE',
    stack: 'eth:pppoes:ppp:ip:tcp',
    bytes: inEther(0x8864, join(u8(0x11, 0, 0, 7), be16(inner4.length + 2), u8(0, 0x21), inner4)),
  },
  {
    name: 'PPPoE discovery',
    stack: 'eth:pppoed',
    bytes: inEther(0x8863, fromHex('11 09 0000 0010 01010000 01030004 01020304 01020000')),
  },
  { name: 'MPLS', stack: 'eth:mpls:ip:tcp', bytes: inEther(0x8847, join(control(100, false), control(200, true), inner4)) },
  { name: 'MPLS with IPv6', stack: 'eth:mpls:ipv6:tcp', bytes: inEther(0x8848, join(control(2, true), inner6)) },
  {
    name: 'MPLS pseudowire',
    stack: 'eth:mpls:eth:ip:tcp',
    bytes: inEther(0x8847, join(control(300, true), be32(1), innerFrame)),
  },
  {
    name: 'MPLS pseudowire without control word',
    stack: 'eth:mpls:eth:ip:tcp',
    bytes: inEther(0x8847, join(control(300, true), innerFrame)),
  },
  {
    name: 'MPLS pseudowire, a MAC that begins with zeros, padded',
    stack: 'eth:mpls:eth:ip:tcp',
    bytes: inEther(0x8847, join(control(300, true), eth({ destination: '00:11:22:33:44:55', pad: true }, ipv4({}, tcp({}))))),
  },
  {
    name: 'token ring',
    stack: 'tr:llc:ip:tcp',
    linkType: 6,
    bytes: join(u8(0x10, 0x40), macBytes('020000000001'), macBytes('820000000002'), u8(2, 0), snap(0x0800, inner4)),
  },
  { name: 'radiotap', stack: 'radiotap:wlan:llc:ip:tcp', linkType: 127, bytes: join(radiotapHeader, wlanData) },
  {
    name: 'radiotap with check sequence',
    stack: 'radiotap:wlan:llc:ip:tcp',
    linkType: 127,
    bytes: join(radiotapFlags, wlanQos, be32(0x12345678)),
  },
  { name: '802.11', stack: 'wlan:llc:ip:tcp', linkType: 105, bytes: wlanData },
  {
    name: '802.11 padded header',
    stack: 'wlan:llc:ip:tcp',
    linkType: 105,
    bytes: join(wlanHeader(0x88, 2), u8(0, 0, 0, 0), snap(0x0800, inner4)),
  },
  { name: '802.11 encrypted', stack: 'wlan', linkType: 105, bytes: join(wlanHeader(0x08, 0x42), new Uint8Array(40)) },
  { name: '802.11 beacon', stack: 'wlan', linkType: 105, bytes: join(wlanHeader(0x80, 0), new Uint8Array(20)) },
  { name: '802.11 acknowledgment', stack: 'wlan', linkType: 105, bytes: join(u8(0xd4, 0, 0, 0), macBytes('02:00:00:00:00:01')) },
  { name: 'GRE', stack: 'eth:ip:gre:ip:tcp', bytes: inIp(47, join(u8(0, 0, 8, 0), inner4)) },
  {
    name: 'GRE with everything',
    stack: 'eth:ip:gre:ipv6:tcp',
    bytes: inIp(47, join(u8(0xb0, 0, 0x86, 0xdd), new Uint8Array(12), inner6)),
  },
  {
    name: 'PPTP',
    stack: 'eth:ip:gre:ppp:ip:tcp',
    bytes: inIp(47, join(u8(0x30, 0x81, 0x88, 0x0b), be16(inner4.length + 2), new Uint8Array(10), u8(0, 0x21), inner4)),
  },
  { name: 'GRE with Ethernet', stack: 'eth:ip:gre:eth:ip:tcp', bytes: inIp(47, join(u8(0, 0, 0x65, 0x58), innerFrame)) },
  { name: 'IP in IP', stack: 'eth:ip:ip:tcp', bytes: inIp(4, inner4) },
  { name: '6in4', stack: 'eth:ip:ipv6:tcp', bytes: inIp(41, inner6) },
  { name: '4in6', stack: 'eth:ipv6:ip:tcp', bytes: inIp6(4, inner4) },
  { name: 'EtherIP', stack: 'eth:ip:etherip:eth:ip:tcp', bytes: inIp(97, join(u8(0x30, 0), innerFrame)) },
  { name: 'VXLAN', stack: 'eth:ip:udp:vxlan:eth:ip:tcp', bytes: inUdp(4789, join(fromHex('08000000 00002a00'), innerFrame)) },
  {
    name: 'VXLAN with ARP',
    stack: 'eth:ip:udp:vxlan:eth:arp',
    bytes: inUdp(4789, join(fromHex('08000000 00002a00'), arpFrame())),
  },
  { name: 'not VXLAN', stack: 'eth:ip:udp', bytes: inUdp(4789, text('not a tunnel at all')) },
  {
    name: 'Geneve',
    stack: 'eth:ip:udp:geneve:eth:ip:tcp',
    bytes: inUdp(6081, join(fromHex('02 00 6558 00002a00 0102 03 01 deadbeef'), innerFrame)),
  },
  { name: 'Geneve with IP', stack: 'eth:ip:udp:geneve:ip:tcp', bytes: inUdp(6081, join(fromHex('00 00 0800 00002a00'), inner4)) },
  { name: 'Teredo', stack: 'eth:ip:udp:teredo:ipv6:tcp', bytes: inUdp(3544, inner6) },
  {
    name: 'Teredo with headers',
    stack: 'eth:ip:udp:teredo:ipv6:tcp',
    bytes: inUdp(3544, join(fromHex('0001 02 03 aabb 010203 0000000000000000 00 0000 f00d 3ffffdfe'), inner6)),
  },
  { name: 'not Teredo', stack: 'eth:ip:udp', bytes: inUdp(3544, join(u8(0x60), new Uint8Array(60).fill(7))) },
  { name: 'GTP', stack: 'eth:ip:udp:gtp:ip:tcp', bytes: inUdp(2152, join(u8(0x30, 255), be16(inner4.length), be32(1), inner4)) },
  {
    name: 'GTP with extension',
    stack: 'eth:ip:udp:gtp:ip:tcp',
    bytes: inUdp(2152, join(u8(0x34, 255), be16(inner4.length + 8), fromHex('00000001 0000 00 85 01 1009 00'), inner4)),
  },
  {
    name: 'ERSPAN I',
    stack: 'eth:ip:gre:eth:ip:tcp',
    bytes: inIp(47, join(fromHex('0000 88be'), innerFrame)),
  },
  {
    name: 'ERSPAN II',
    stack: 'eth:ip:gre:erspan:eth:ip:tcp',
    bytes: inIp(47, join(fromHex('1000 88be 00000001 10010001 00000000'), innerFrame)),
  },
  {
    name: 'ERSPAN III',
    stack: 'eth:ip:gre:erspan:eth:ip:tcp',
    bytes: inIp(47, join(fromHex('1000 22eb 00000001 20010001 00000000 00000001 0000000000000000'), innerFrame)),
  },
  { name: 'L2TP', stack: 'eth:ip:udp:l2tp:ppp:ip:tcp', bytes: inUdp(1701, join(fromHex('0002 0001 0002 ff030021'), inner4)) },
  {
    name: 'L2TP with everything',
    stack: 'eth:ip:udp:l2tp:ppp:ip:tcp',
    bytes: inUdp(1701, join(fromHex('4b02'), be16(18 + inner4.length), fromHex('0001 0002 0003 0004 0002 0000 0021'), inner4)),
  },
  {
    name: 'L2TP control',
    stack: 'eth:ip:udp:l2tp',
    bytes: inUdp(1701, fromHex('c802 0014 0001 0000 0000 0000 8008 0000 0000 0001')),
  },
  { name: 'L2TPv3', stack: 'eth:ip:l2tp', bytes: inIp(115, join(be32(1), innerFrame)) },
  { name: '802.1ah', stack: 'eth:ieee8021ah:ip:tcp', bytes: inEther(0x88e7, join(be32(77), innerFrame)) },
  { name: 'MPLS in UDP', stack: 'eth:ip:udp:mpls:ip:tcp', bytes: inUdp(6635, join(control(9, true), inner4)) },
  {
    name: 'VXLAN of flannel',
    stack: 'eth:ip:udp:vxlan:eth:ip:tcp',
    bytes: inUdp(8472, join(fromHex('08000000 00000100'), innerFrame)),
  },
  {
    name: 'FDDI',
    stack: 'fddi:llc:ip:tcp',
    linkType: 10,
    bytes: join(u8(0x50), innerFrame.subarray(0, 12), snap(0x0800, inner4)),
  },
  { name: 'PPI', stack: 'ppi:wlan:llc:ip:tcp', linkType: 192, bytes: join(fromHex('00 00 0c00 69000000 00000000'), wlanData) },
  {
    name: 'PPPoE without Ethernet',
    stack: 'pppoes:ppp:ip:tcp',
    linkType: 51,
    bytes: join(u8(0x11, 0, 0, 7), be16(inner4.length + 2), u8(0, 0x21), inner4),
  },
  { name: 'ports alone', stack: 'eth:ip:udp', bytes: ipFrame({ from: '10.0.0.1:1', to: '10.0.0.2:2' }, 17, udp({}, text('x'))) },
  ...dhcpExamples,
];
