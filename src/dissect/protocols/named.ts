import { Fields } from '../fields.ts';
import {
  etherType,
  type FieldContext,
  ipProtocol,
  type Layer,
  llcSap,
  type Over,
  pppProtocol,
  type Protocol,
  udpPort,
} from '../protocol.ts';
import { NOVELL } from './eth.ts';

/** Protocols that are told apart and counted, but not read: no `scan`, and a layer that shows the bytes. */
const only = (name: string, title: string, ...over: Over[]): Protocol => ({
  name,
  over,
  layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
    const f = new Fields(bytes, at, end);
    f.raw(`${name}.data`, 'Data', 0, f.length);
    return f.layer(name, `${title}, ${f.length} bytes`, f.length);
  },
});

const ofLink = [
  only('stp', 'Spanning Tree', llcSap(0x42)),
  only('cdp', 'Cisco Discovery', etherType(0x2000)),
  only('lldp', 'Link Layer Discovery', etherType(0x88cc)),
  only('eapol', '802.1X Authentication', etherType(0x888e)),
  only('slow', 'Slow Protocols', etherType(0x8809)),
  only('macc', 'Ethernet Flow Control', etherType(0x8808)),
  only('loop', 'Loopback Test', etherType(0x9000)),
  only('ptp', 'Precision Time', etherType(0x88f7)),
  only('ipx', 'Internetwork Packet Exchange', etherType(0x8137), etherType(NOVELL), llcSap(0xe0)),
  only('netbios', 'NetBIOS Frames', llcSap(0xf0)),
  only('osi', 'OSI Network Layer', llcSap(0xfe)),
  only('ddp', 'AppleTalk Datagram Delivery', etherType(0x809b)),
  only('aarp', 'AppleTalk Address Resolution', etherType(0x80f3)),
  only('dec_dna', 'DECnet', etherType(0x6003)),
  only('lat', 'DEC Local Area Transport', etherType(0x6004)),
  only('lcp', 'PPP Link Control', pppProtocol(0xc021)),
  only('ipcp', 'PPP IP Control', pppProtocol(0x8021)),
  only('ipv6cp', 'PPP IPv6 Control', pppProtocol(0x8057)),
  only('ccp', 'PPP Compression Control', pppProtocol(0x80fd)),
  only('pap', 'PPP Password Authentication', pppProtocol(0xc023)),
  only('chap', 'PPP Challenge Handshake Authentication', pppProtocol(0xc223)),
];

const ofInternet = [
  only('igmp', 'Internet Group Management', ipProtocol(2)),
  only('rsvp', 'Resource Reservation', ipProtocol(46)),
  only('esp', 'Encapsulating Security Payload', ipProtocol(50)),
  only('eigrp', 'Enhanced Interior Gateway Routing', ipProtocol(88)),
  only('ospf', 'Open Shortest Path First', ipProtocol(89)),
  only('vrrp', 'Virtual Router Redundancy', ipProtocol(112)),
  only('sctp', 'Stream Control Transmission', ipProtocol(132)),
  only('mipv6', 'Mobile IPv6', ipProtocol(135)),
  only('udplite', 'UDP-Lite', ipProtocol(136)),
  only('dccp', 'Datagram Congestion Control', ipProtocol(33)),
];

/** Its messages have the form of DNS (RFC 1002 §4.2.1), its names are others. */
const nameService = only('nbns', 'NetBIOS Name Service', udpPort(137));

export const namedOnly: readonly Protocol[] = [...ofLink, ...ofInternet, nameService];
