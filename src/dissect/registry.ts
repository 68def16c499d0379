import type { Over, Protocol, Scan } from './protocol.ts';
import { arcnetBsd, arcnetLinux } from './protocols/arcnet.ts';
import { arp } from './protocols/arp.ts';
import { ayiya } from './protocols/ayiya.ts';
import { backbone } from './protocols/backbone.ts';
import { capwap } from './protocols/capwap.ts';
import { dhcp } from './protocols/dhcp.ts';
import { dhcpv6 } from './protocols/dhcpv6.ts';
import { dns, llmnr, mdns } from './protocols/dns.ts';
import { eth } from './protocols/eth.ts';
import { erspan } from './protocols/erspan.ts';
import { etherip } from './protocols/etherip.ts';
import { fddi } from './protocols/fddi.ts';
import { frameRelay } from './protocols/fr.ts';
import { geneve } from './protocols/geneve.ts';
import { gre } from './protocols/gre.ts';
import { gtp, gtp0 } from './protocols/gtp.ts';
import { http } from './protocols/http.ts';
import { http2 } from './protocols/http2.ts';
import { icmp } from './protocols/icmp.ts';
import { icmpv6 } from './protocols/icmpv6.ts';
import { ip } from './protocols/ip.ts';
import { ipnet, ipoib } from './protocols/ipoib.ts';
import { ipv6 } from './protocols/ipv6.ts';
import { authentication, destinationOptions, fragmentHeader, hopByHop, routing } from './protocols/ipv6-extensions.ts';
import { l2tp } from './protocols/l2tp.ts';
import { lisp } from './protocols/lisp.ts';
import { llc } from './protocols/llc.ts';
import { mpls } from './protocols/mpls.ts';
import { namedOnly } from './protocols/named.ts';
import { nullLink } from './protocols/null.ts';
import { nflog } from './protocols/nflog.ts';
import { nsh } from './protocols/nsh.ts';
import { pim } from './protocols/pim.ts';
import { ppi } from './protocols/ppi.ts';
import { chdlc, ppp } from './protocols/ppp.ts';
import { pppoeDiscovery, pppoeSession } from './protocols/pppoe.ts';
import { radiotap } from './protocols/radiotap.ts';
import { quic } from './protocols/quic.ts';
import { raw } from './protocols/raw.ts';
import { sll } from './protocols/sll.ts';
import { sll2 } from './protocols/sll2.ts';
import { extenderTag, fabricTag, groupTag, interfaceTag, macsec, ringTag } from './protocols/tags.ts';
import { tcp } from './protocols/tcp.ts';
import { teredo } from './protocols/teredo.ts';
import { tokenRing } from './protocols/tr.ts';
import { tls } from './protocols/tls.ts';
import { udp } from './protocols/udp.ts';
import { serviceTag, vlan } from './protocols/vlan.ts';
import { wccp } from './protocols/wccp.ts';
import { vxlan, vxlanGpe } from './protocols/vxlan.ts';
import { wlan, wlanSwapped } from './protocols/wlan.ts';
import {
  byEtherType,
  byIpProtocol,
  byLinkType,
  byLlcSap,
  byPppProtocol,
  byTcpPort,
  byUdpPort,
  claims,
  onAnyUdpPort,
} from './tables.ts';

/** Every protocol, one line each. A protocol's id is its place in this list, counted from 1. */
export const protocols: readonly Protocol[] = [
  eth,
  arp,
  ip,
  tcp,
  udp,
  ipv6,
  hopByHop,
  routing,
  fragmentHeader,
  authentication,
  destinationOptions,
  icmp,
  icmpv6,
  vlan,
  serviceTag,
  backbone,
  extenderTag,
  interfaceTag,
  groupTag,
  ringTag,
  fabricTag,
  macsec,
  llc,
  sll,
  sll2,
  raw,
  nullLink,
  ppp,
  chdlc,
  pppoeSession,
  pppoeDiscovery,
  mpls,
  tokenRing,
  fddi,
  frameRelay,
  nflog,
  arcnetBsd,
  arcnetLinux,
  ipoib,
  ipnet,
  radiotap,
  ppi,
  wlan,
  wlanSwapped,
  capwap,
  gre,
  wccp,
  erspan,
  etherip,
  vxlan,
  vxlanGpe,
  lisp,
  ayiya,
  nsh,
  geneve,
  teredo,
  gtp,
  gtp0,
  pim,
  l2tp,
  dns,
  mdns,
  llmnr,
  dhcp,
  dhcpv6,
  tls,
  http,
  http2,
  quic,
  ...namedOnly,
];

const tables: Record<Over['table'], Uint8Array> = {
  linkType: byLinkType,
  etherType: byEtherType,
  ipProtocol: byIpProtocol,
  udpPort: byUdpPort,
  tcpPort: byTcpPort,
  pppProtocol: byPppProtocol,
  llcSap: byLlcSap,
};
const ids = new Map<string, number>();
const stop: Scan = () => 0;

/** Scan functions by protocol id. */
export const scans: readonly Scan[] = fill();

/** The first protocol of that name; 0 for a name nobody has. */
export function idOf(name: string): number {
  return ids.get(name) ?? 0;
}

/** "" for an id nobody has. */
export function nameOf(id: number): string {
  return protocols[id - 1]?.name ?? '';
}

/** Runs once at load. Two protocols that claim the same place are a mistake of ours, so this throws. */
function fill(): Scan[] {
  if (protocols.length > 255) throw new Error(`${protocols.length} protocols do not fit a byte`);
  const list = new Array<Scan>(256).fill(stop);
  // QUIC is told by what it holds, on whatever port nobody else has.
  const anyPort = protocols.indexOf(quic) + 1;
  byUdpPort.fill(anyPort);
  protocols.forEach((protocol, index) => {
    const id = index + 1;
    if (!ids.has(protocol.name)) ids.set(protocol.name, id);
    if (protocol.scan) list[id] = protocol.scan;
    claims[id] = protocol.claims;
    if (protocol.onAnyUdpPort) onAnyUdpPort.push({ id, looks: protocol.onAnyUdpPort });
    for (const { table, value } of protocol.over) {
      const taken = tables[table][value];
      if (taken !== 0 && taken !== anyPort)
        throw new Error(`${table} ${value} belongs to ${protocols[taken - 1].name} and ${protocol.name}`);
      tables[table][value] = id;
    }
  });
  return list;
}
