import type { Over, Protocol, Scan } from './protocol.ts';
import { arp } from './protocols/arp.ts';
import { eth } from './protocols/eth.ts';
import { ip } from './protocols/ip.ts';
import { tcp } from './protocols/tcp.ts';
import { udp } from './protocols/udp.ts';
import { byEtherType, byIpProtocol, byLinkType, byLlcSap, byPppProtocol, byTcpPort, byUdpPort, claims } from './tables.ts';

/** Every protocol, one line each. A protocol's id is its place in this list, counted from 1. */
export const protocols: readonly Protocol[] = [eth, arp, ip, tcp, udp];

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

/** 0 for a name nobody has. */
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
  protocols.forEach((protocol, index) => {
    const id = index + 1;
    if (ids.has(protocol.name)) throw new Error(`protocol ${protocol.name} is listed twice`);
    ids.set(protocol.name, id);
    if (protocol.scan) list[id] = protocol.scan;
    claims[id] = protocol.claims;
    for (const { table, value } of protocol.over) {
      const taken = tables[table][value];
      if (taken !== 0) throw new Error(`${table} ${value} belongs to ${protocols[taken - 1].name} and ${protocol.name}`);
      tables[table][value] = id;
    }
  });
  return list;
}
