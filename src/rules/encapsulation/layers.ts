import type { Text } from '../../text/text.ts';
import type { CaptureFacts } from '../facts.ts';

/** Names of layers as people write them, by tshark's. */
const NAMES: Record<string, string> = {
  eth: 'Ethernet',
  ip: 'IPv4',
  ipv6: 'IPv6',
  tcp: 'TCP',
  udp: 'UDP',
  http: 'HTTP',
  http2: 'HTTP/2',
  tls: 'TLS',
  quic: 'QUIC',
  vlan: 'VLAN',
  pppoes: 'PPPoE',
  ppp: 'PPP',
  mpls: 'MPLS',
  gre: 'GRE',
  vxlan: 'VXLAN',
  geneve: 'Geneve',
  sll: 'Linux cooked',
  wlan: '802.11',
};

/** "Ethernet (0–13), IPv4 (14–33), TCP (34–65)": the layers of a packet with their byte ranges, data without a protocol left out. */
export function layersText(capture: CaptureFacts, number: number): Text {
  const layers = capture.packet(number)?.layers.filter((layer) => layer.protocol !== 'data') ?? [];
  const parts = layers.map((layer, i) => {
    const next = layers[i + 1];
    const end = next !== undefined && next.at > layer.at ? Math.min(layer.end, next.at) : layer.end;
    return `${NAMES[layer.protocol] ?? layer.protocol} (${layer.at}–${Math.max(layer.at, end - 1)})`;
  });
  return { en: parts.join(', '), ko: parts.join(', ') };
}

/** The protocols of a packet's own headers, outermost first. */
export const layersOf = (capture: CaptureFacts, number: number): string[] =>
  capture.stackOf(number) === 'unknown' ? [] : capture.stackOf(number).split(':');

/** Link layers that a capture made up, in place of the one on the wire. */
export const isCooked = (protocol: string): boolean => protocol === 'sll' || protocol === 'sll2';
