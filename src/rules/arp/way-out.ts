import type { Configuration } from '../../correlate/configuration.ts';
import { addressClass, hopsTaken, isFresh, isGroupMac } from '../addresses.ts';
import type { CaptureFacts } from '../facts.ts';
import type { PacketFacts } from '../packet.ts';
import { first, givenTo, onItsLink } from '../seen-flows.ts';
import { addressesOf, asksBy, isGateway } from './asks.ts';

/** How a packet leaves its sender's link. */
export interface WayOut {
  /** `far`: to another network, `near`: to a host of this one, `unknown`: nothing tells. */
  to: 'far' | 'near' | 'unknown';
  /** Destination MAC address of its frame; of "any" the MAC that the answers come from. */
  mac?: string | undefined;
  /** The address of that MAC which is not the destination's own. */
  gateway?: { address: string; packet: number } | undefined;
  /** It answered to the question for the destination itself. */
  proxy?: { packet: number } | undefined;
}

/** Of a packet on its sender's link, with an answer to it where there is one. */
export function wayOut(capture: CaptureFacts, packet: PacketFacts, answer: PacketFacts | undefined): WayOut {
  const mac = givenTo(packet, answer);
  const destination = packet.destination ?? '';
  if (mac === undefined || isGroupMac(mac)) return { to: 'unknown', mac };
  const addresses = addressesOf(capture, mac);
  const gateway = told(capture, packet, addresses) ?? addresses.find((each) => isRouters(each.address, destination));
  const asked = asksBy(capture, packet.sourceMac ?? '', destination)[0];
  const proxy = asked?.replies.find((reply) => reply.mac === mac);
  const fresh = onItsLink(answer);
  if (fresh === true && answer?.sourceMac === mac) return { to: 'near', mac };
  if (fresh === false) {
    // Asked for itself and one router away: a balancer of this network that translates looks the same as proxy ARP.
    const isOne = proxy !== undefined && hopsTaken(answer?.hopLimit as number) < 2;
    if (isOne && !isGateway(capture, mac, packet.sourceMac ?? '')) return { to: 'unknown', mac };
    return { to: 'far', mac, gateway, ...(proxy === undefined ? {} : { proxy }) };
  }
  if (proxy !== undefined || addresses.some((each) => each.address === destination)) return { to: 'near', mac };
  const isOutward = isInner(packet.source ?? '') && !isInner(destination);
  const subnet = prefixesOf(capture, packet);
  const outside = subnet.length > 0 && packet.ipVersion === 4 && !subnet.some((each) => isWithin(destination, each));
  const other = packet.ipVersion === 6 && isGlobal(destination) && network6(destination) !== network6(packet.source ?? '');
  return { to: isOutward || outside || other ? 'far' : 'unknown', mac, gateway };
}

/** Any other than the destination; of IPv6 the link-local address is as good as a global one. */
const isRouters = (address: string, destination: string): boolean =>
  address !== destination && address.includes(':') === destination.includes(':');

const isGlobal = (address: string): boolean => addressClass(address) === 'global';

/** The first 64 bits: no link has a longer prefix of its own hosts (RFC 4291 §2.5.1). */
function network6(address: string): string {
  const [head, tail] = address.split('::');
  const [before, after] = [head.split(':').filter(Boolean), (tail ?? '').split(':').filter(Boolean)];
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

const isInner = (address: string): boolean => ['private', 'link-local', 'unique-local'].includes(addressClass(address));

/** The router that DHCP or a router advertisement named to the packet's sender. */
function told(capture: CaptureFacts, packet: PacketFacts, addresses: { address: string; packet: number }[]): WayOut['gateway'] {
  const gateways = gatewaysTold(capture, packet);
  return addresses.find((each) => gateways.includes(each.address));
}

/** Configurations that are looked at. */
const MAX_TOLD = 200;
const configurations = new WeakMap<CaptureFacts, Configuration[]>();

function configurationsOf(capture: CaptureFacts): Configuration[] {
  const known = configurations.get(capture);
  if (known !== undefined) return known;
  const found = [...first(capture.configurations, MAX_TOLD)];
  configurations.set(capture, found);
  return found;
}

export const gatewaysTold = (capture: CaptureFacts, packet: PacketFacts): string[] =>
  configurationsOf(capture)
    .filter((each) => each.addresses.includes(packet.source ?? '') || (each.kind === 'ra' && packet.ipVersion === 6))
    .flatMap((each) => each.gateways);

const prefixesOf = (capture: CaptureFacts, packet: PacketFacts): string[] =>
  configurationsOf(capture)
    .filter((each) => each.addresses.includes(packet.source ?? ''))
    .flatMap((each) => each.prefixes);

/** An IPv4 address in "192.0.2.0/24". */
function isWithin(address: string, prefix: string): boolean {
  const [network, length] = prefix.split('/');
  const bits = (text: string): number => text.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  return Math.floor(bits(address) / size) === Math.floor(bits(network) / size);
}

/** The packet has the TTL that it left with. */
export const isOwn = (packet: PacketFacts): boolean => packet.hopLimit !== undefined && isFresh(packet.hopLimit);
