import { mac, u16 } from '../dissect/bytes.ts';
import { toldByDhcp } from '../dissect/dhcp/told.ts';
import { toldByDhcp6 } from '../dissect/dhcp/told6.ts';
import type { Packets } from '../dissect/packets.ts';
import { NdpType } from '../dissect/protocols/icmpv6.ts';
import { toldByRouter } from '../dissect/protocols/ra-told.ts';
import type { Told } from '../dissect/told.ts';
import { packetAddress } from './addresses.ts';
import type { Configuration } from './configuration.ts';
import { LIST_LIMIT } from './model.ts';

/** Different things told that are at hand at once. */
export const CONFIGURATION_LIMIT = 1024;

const DHCP_SERVER = 67;
const DHCP_CLIENT = 68;
const DHCP6_CLIENT = 546;
const DHCP6_SERVER = 547;

const SOURCE_4 = 12;
const HOP_LIMIT_6 = 7;
const SOURCE_6 = 8;
const DESTINATION_6 = 24;
const LINK_LOCAL = 0xfe80;
const LINK_LOCAL_MASK = 0xffc0;
const MULTICAST = 0xff;

/** Is this a port to which DHCP servers of either version answer? */
export const isDhcpAnswer = (port: number): boolean =>
  port === DHCP_CLIENT || port === DHCP_SERVER || port === DHCP6_CLIENT || port === DHCP6_SERVER;

/** What clients are told by DHCP, DHCPv6 and routers: one record for the same thing told to the same client, however often. */
export class ConfigurationTracker {
  evicted = 0;
  /** Messages with a list of which only the beginning is told. */
  cut = 0;
  private readonly known = new Map<string, Configuration>();
  private readonly final: (configuration: Configuration) => void;

  constructor(final: (configuration: Configuration) => void) {
    this.final = final;
  }

  get count(): number {
    return this.known.size;
  }

  /** A datagram to one of the ports above. */
  udp(p: Packets, row: number): void {
    const at = p.payloadAt[row];
    const end = at + p.payloadCaptured[row];
    const ip = p.ipAt[row];
    const port = p.destinationPort[row];
    const six = p.ipVersion[row] === 6;
    if (six !== (port === DHCP6_CLIENT || port === DHCP6_SERVER)) return;
    if (!six) {
      if (p.sourcePort[row] !== DHCP_SERVER) return;
      this.told(toldByDhcp(p.bytes, at, end, packetAddress(p.bytes, ip + SOURCE_4, 4)), p, row);
      return;
    }
    const told = toldByDhcp6(p.bytes, at, end, packetAddress(p.bytes, ip + SOURCE_6, 6));
    if (told !== undefined && port === DHCP6_CLIENT) this.receiver(told, p, row);
    this.told(told, p, row);
  }

  /** Hosts take advertisements from their own link only (RFC 4861 §6.1.2). */
  icmpv6(p: Packets, row: number): void {
    const { bytes } = p;
    const at = p.transportAt[row];
    const ip = p.ipAt[row];
    if (bytes[at] !== NdpType.routerAdvertisement) return;
    if (bytes[ip + HOP_LIMIT_6] !== 255 || (u16(bytes, ip + SOURCE_6) & LINK_LOCAL_MASK) !== LINK_LOCAL) return;
    const end = p.payloadAt[row] + p.payloadCaptured[row];
    const told = toldByRouter(bytes, at, end, packetAddress(bytes, ip + SOURCE_6, 6));
    if (told !== undefined) this.receiver(told, p, row);
    this.told(told, p, row);
  }

  end(): void {
    for (const configuration of this.known.values()) this.final(configuration);
    this.known.clear();
  }

  /** Whom the packet itself is sent to, where that is one. */
  private receiver(told: Told, p: Packets, row: number): void {
    const address = p.ipAt[row] + DESTINATION_6;
    if (p.bytes[address] === MULTICAST) return;
    told.client.address = packetAddress(p.bytes, address, 6);
    const link = p.destinationMacAt[row];
    if (link >= 0 && (p.bytes[link] & 1) === 0) told.client.mac = mac(p.bytes, link);
  }

  private told(told: Told | undefined, p: Packets, row: number): void {
    if (told === undefined) return;
    if (told.cut) this.cut++;
    const packet = p.firstNumber + row;
    const key = JSON.stringify(told);
    const before = this.known.get(key);
    if (before !== undefined) {
      // Behind the others: the one that was told last goes last.
      this.known.delete(key);
      this.known.set(key, before);
      before.packetCount++;
      if (before.repeats.length < LIST_LIMIT) before.repeats.push(packet);
      return;
    }
    this.known.set(key, { ...told, packet, time: p.time[row], repeats: [], packetCount: 1 });
    if (this.known.size <= CONFIGURATION_LIMIT) return;
    const [oldKey, old] = this.known.entries().next().value as [string, Configuration];
    this.known.delete(oldKey);
    this.evicted++;
    this.final(old);
  }
}
