import { ipv4, u32 } from '../bytes.ts';
import { add, nothingTold, tellsAnything, type Told } from '../told.ts';
import { namesIn } from './names.ts';
import { allOptions, Bootp, optionValue } from './options.ts';
import { hardwareText, maskLength, routesIn, textOf } from './values.ts';

const REPLY = 2;
const ACK = 5;
const HARDWARE_BYTES = 16;
const Option = {
  mask: 1,
  router: 3,
  dnsServers: 6,
  domain: 15,
  lease: 51,
  messageType: 53,
  serverId: 54,
  searchList: 119,
  routes: 121,
} as const;

/** What an ACK tells (RFC 2131 §3.1); undefined for every other message. `source` sent it. */
export function toldByDhcp(bytes: Uint8Array, at: number, end: number, source: string): Told | undefined {
  if (end - at <= Bootp.options || bytes[at] !== REPLY) return undefined;
  const options = allOptions(bytes, at, end);
  const value = (code: number): Uint8Array | undefined => optionValue(bytes, options, code);
  if (value(Option.messageType)?.[0] !== ACK) return undefined;
  const server = value(Option.serverId);
  const told = nothingTold('dhcp', server?.length === 4 ? ipv4(server, 0) : source);
  const length = Math.min(bytes[at + Bootp.hardwareLength], HARDWARE_BYTES);
  const hardware = hardwareText(bytes, at + Bootp.hardwareAddress, bytes[at + Bootp.hardwareType], length);
  if (hardware !== '') told.client.mac = hardware;
  // An answer to somebody who has an address already gives none (§4.3.5).
  const own = [Bootp.yourAddress, Bootp.clientAddress].find((offset) => u32(bytes, at + offset) !== 0);
  if (own !== undefined) {
    const address = ipv4(bytes, at + own);
    told.client.address = address;
    add(told, told.addresses, address);
    const width = maskLength(value(Option.mask) ?? bytes.subarray(0, 0));
    if (width !== undefined && width > 0) add(told, told.prefixes, network(u32(bytes, at + own), width));
  }
  addAddresses(told, told.resolvers, value(Option.dnsServers));
  gateways(told, value(Option.routes), value(Option.router));
  const list = value(Option.searchList);
  const domain = value(Option.domain);
  if (list !== undefined) for (const one of namesIn(list, 0, list.length)) add(told, told.domains, one.name);
  else if (domain !== undefined && domain.length > 0) add(told, told.domains, textOf(domain, 0, domain.length));
  const lease = value(Option.lease);
  if (lease?.length === 4) told.leaseSeconds = u32(lease, 0);
  return tellsAnything(told) ? told : undefined;
}

/** Where there are classless routes, the router option is to be ignored (RFC 3442). */
function gateways(told: Told, routes: Uint8Array | undefined, routers: Uint8Array | undefined): void {
  if (routes === undefined) addAddresses(told, told.gateways, routers);
  else
    for (const route of routesIn(routes, 0, routes.length))
      if (route.destination === '0.0.0.0/0') add(told, told.gateways, route.router);
}

function addAddresses(told: Told, list: string[], value: Uint8Array | undefined): void {
  if (value === undefined) return;
  for (let at = 0; at + 4 <= value.length; at += 4) if (!add(told, list, ipv4(value, at))) return;
}

function network(address: number, width: number): string {
  const first = (address & (0xffffffff << (32 - width))) >>> 0;
  return `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}/${width}`;
}
