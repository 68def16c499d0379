import { plainName } from './host-names.ts';
import type { NameGroup } from './conversation.ts';
import { EMPTY } from './packet-list.ts';

/**
 * The lookups are of this name, as `plainName` writes it: of itself, of an alias it leads to, or of the whole name where a search
 * list completed a short one (RFC 1034 §3.1, resolv.conf's "search").
 */
export function isOf(group: NameGroup, name: string): boolean {
  const key = plainName(group.key);
  if (key === name || key.startsWith(`${name}.`) || alike(key, name)) return true;
  for (const { aliases } of group.lookups) for (const alias of aliases) if (plainName(alias) === name) return true;
  return false;
}

/**
 * "api.example.com" and "api.west.lb.example.com": a client that remembers an alias longer than the addresses behind it (RFC 1035
 * §3.2.1: each record has its own TTL) asks again for the alias's target only. The same host of the same domain is taken for one.
 */
function alike(key: string, name: string): boolean {
  const [own, other] = [key.split('.'), name.split('.')];
  // "co.uk" is no domain of one owner.
  const shared = (other.at(-2)?.length ?? 0) > 3 ? 2 : 3;
  if (own.length === other.length || Math.min(own.length, other.length) <= shared || own[0] !== other[0]) return false;
  for (let i = 1; i <= shared; i++) if (own.at(-i) !== other.at(-i)) return false;
  return true;
}

/** Answers to `from`, which asked for that name or a service of it, lead on to the other group's: CNAME, HTTPS, SVCB, SRV, MX. */
export function leadsTo(from: NameGroup, name: string, to: NameGroup): boolean {
  const key = plainName(from.key);
  if (key !== name && !key.endsWith(`.${name}`)) return false;
  const target = plainName(to.key);
  for (const { pointers, aliases } of from.lookups) {
    for (const alias of aliases) if (plainName(alias) === target) return true;
    for (const data of pointers ?? EMPTY) for (const word of data.split(' ')) if (plainName(word) === target) return true;
  }
  return false;
}

/** The name's HTTPS record has keys for Encrypted Client Hello: the ClientHello's name in the clear may be another one (RFC 9849). */
export function hidesName(group: NameGroup): boolean {
  for (const { type, pointers } of group.lookups)
    if (type === 'HTTPS' && pointers?.some((data) => data.includes(' ech='))) return true;
  return false;
}

/** A Host that is this very address: nobody asked for a name. */
export function isAddress(host: string, address: string): boolean {
  const name = plainName(host);
  if (name === address) return true;
  if (!address.includes(':') || name[0] !== '[') return false;
  const url = `http://${name}/`;
  return URL.canParse(url) && new URL(url).hostname === new URL(`http://[${address}]/`).hostname;
}
