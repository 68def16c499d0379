import { ipv6, u16, u32 } from '../bytes.ts';
import { namesIn } from '../dhcp/names.ts';
import { add, nothingTold, tellsAnything, type Told } from '../told.ts';
import { NdpOption } from './ndp-options.ts';

const LIFETIME = 6;
const OPTIONS = 16;
const ON_LINK_OR_AUTONOMOUS = 0xc0;

/** What a router advertisement tells (RFC 4861, RFC 8106); what has no time left is taken back, and told by nobody. */
export function toldByRouter(bytes: Uint8Array, at: number, end: number, source: string): Told | undefined {
  if (end - at < OPTIONS) return undefined;
  const told = nothingTold('ra', source);
  const lifetime = u16(bytes, at + LIFETIME);
  if (lifetime > 0) {
    add(told, told.gateways, source);
    told.routerSeconds = lifetime;
  }
  for (let option = at + OPTIONS; option + 8 <= end; ) {
    const next = option + 8 * bytes[option + 1];
    if (next === option || next > end) break;
    one(told, bytes, option, next);
    option = next;
  }
  return tellsAnything(told) ? told : undefined;
}

function one(told: Told, bytes: Uint8Array, at: number, end: number): void {
  const type = bytes[at];
  if (u32(bytes, at + 4) === 0) return;
  if (type === NdpOption.prefix && end - at >= 32) {
    if ((bytes[at + 3] & ON_LINK_OR_AUTONOMOUS) !== 0) add(told, told.prefixes, `${ipv6(bytes, at + 16)}/${bytes[at + 2]}`);
  } else if (type === NdpOption.rdnss) {
    for (let server = at + 8; server + 16 <= end; server += 16) if (!add(told, told.resolvers, ipv6(bytes, server))) break;
  } else if (type === NdpOption.dnssl) for (const { name } of namesIn(bytes, at + 8, end)) add(told, told.domains, name);
}
