import { ipv6, u16, u32 } from '../bytes.ts';
import { add, nothingTold, tellsAnything, type Told } from '../told.ts';
import { duidText } from './duid.ts';
import { namesIn } from './names.ts';
import { type DhcpOption6, HEADER6, NESTING_LIMIT, optionsIn6, RELAY_HEADER6, RELAY_REPLY } from './v6-options.ts';
import { Option6 } from './v6-table.ts';
import { hardwareText } from './values.ts';

const REPLY = 7;
const PEER = 18;
/** Before the options of an association, and before those of an address and a prefix. */
const ASSOCIATION = 12;
const TEMPORARY = 4;
const ADDRESS = 24;
const PREFIX = 25;

/** What a reply tells, also one that goes through relays; undefined for every other message. `source` sent it. */
export function toldByDhcp6(bytes: Uint8Array, from: number, to: number, source: string): Told | undefined {
  const told = nothingTold('dhcpv6', source);
  let at = from;
  let end = to;
  for (let depth = 0; end - at > RELAY_HEADER6 && bytes[at] === RELAY_REPLY && depth < NESTING_LIMIT; depth++) {
    told.client.address = ipv6(bytes, at + PEER);
    const options = whole(optionsIn6(bytes, at + RELAY_HEADER6, end));
    const link = options.find((one) => one.code === Option6.clientLinkLayer);
    if (link !== undefined && link.end - link.valueAt > 2)
      told.client.mac = hardwareText(bytes, link.valueAt + 2, u16(bytes, link.valueAt), link.end - link.valueAt - 2);
    const inner = options.find((one) => one.code === Option6.relayMessage);
    if (inner === undefined) return undefined;
    at = inner.valueAt;
    end = inner.end;
  }
  if (end - at < HEADER6 || bytes[at] !== REPLY) return undefined;
  for (const option of whole(optionsIn6(bytes, at + HEADER6, end))) one(told, bytes, option);
  return tellsAnything(told) ? told : undefined;
}

const whole = (options: DhcpOption6[]): DhcpOption6[] => options.filter((option) => option.problem === undefined);

function one(told: Told, bytes: Uint8Array, { code, valueAt, end }: DhcpOption6): void {
  switch (code) {
    case Option6.clientId:
      told.client.duid = duidText(bytes, valueAt, end);
      break;
    case Option6.identityAssociation:
      leases(told, bytes, valueAt + ASSOCIATION, end);
      break;
    case Option6.temporary:
      leases(told, bytes, valueAt + TEMPORARY, end);
      break;
    case Option6.delegation:
      leases(told, bytes, valueAt + ASSOCIATION, end);
      break;
    case Option6.dnsServers:
      for (let at = valueAt; at + 16 <= end; at += 16) if (!add(told, told.resolvers, ipv6(bytes, at))) break;
      break;
    case Option6.searchList:
      for (const { name } of namesIn(bytes, valueAt, end)) add(told, told.domains, name);
  }
}

/** Addresses and prefixes of an association; one that is valid no longer is taken back. */
function leases(told: Told, bytes: Uint8Array, from: number, to: number): void {
  for (const { code, valueAt, end } of whole(optionsIn6(bytes, from, to))) {
    const address = code === Option6.address && end - valueAt >= ADDRESS;
    if (!address && !(code === Option6.prefix && end - valueAt >= PREFIX)) continue;
    const valid = u32(bytes, valueAt + (address ? 20 : 4));
    if (valid === 0) continue;
    if (address) add(told, told.addresses, ipv6(bytes, valueAt));
    else add(told, told.delegated, `${ipv6(bytes, valueAt + 9)}/${bytes[valueAt + 8]}`);
    told.leaseSeconds = Math.min(told.leaseSeconds ?? valid, valid);
  }
}
