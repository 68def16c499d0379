export type AddressClass =
  /** RFC 1918. */
  | 'private'
  /** 100.64.0.0/10, between a provider's NAT and its customers' (RFC 6598). */
  | 'shared'
  /** RFC 3927, RFC 4291 §2.5.6. */
  | 'link-local'
  /** fc00::/7 (RFC 4193). */
  | 'unique-local'
  | 'loopback'
  | 'multicast'
  | 'broadcast'
  | 'unspecified'
  | 'global';

/** What kind of address this is. Addresses for documentation (RFC 5737, RFC 3849) stand for global ones. */
export function addressClass(address: string): AddressClass {
  if (address.includes(':')) return classOf6(address.toLowerCase());
  const [a, b] = address.split('.').map(Number);
  if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return 'private';
  if (a === 100 && b >= 64 && b <= 127) return 'shared';
  if (a === 169 && b === 254) return 'link-local';
  if (a === 127) return 'loopback';
  if (address === '255.255.255.255') return 'broadcast';
  if (a >= 224 && a <= 239) return 'multicast';
  return a === 0 ? 'unspecified' : 'global';
}

function classOf6(address: string): AddressClass {
  if (address === '::1') return 'loopback';
  if (address === '::') return 'unspecified';
  const first = address.startsWith('::') ? 0 : Number.parseInt(address, 16);
  if (first >= 0xff00) return 'multicast';
  if (first >= 0xfe80 && first <= 0xfebf) return 'link-local';
  return first >= 0xfc00 && first <= 0xfdff ? 'unique-local' : 'global';
}

/** One host's address: no group's and no placeholder. */
export const isUnicast = (address: string): boolean => !['multicast', 'broadcast', 'unspecified'].includes(addressClass(address));

/** TTLs and Hop Limits that hosts begin with: Linux and macOS 64, Windows 128, network gear 255. */
const INITIAL = [64, 128, 255] as const;

/** What a packet began with, as far as can be told from what is left: the next of the usual ones. */
export const initialHopLimit = (seen: number): number => INITIAL.find((each) => each >= seen) as number;
/** Routers that it has passed, if it began with the usual. */
export const hopsTaken = (seen: number): number => initialHopLimit(seen) - seen;
/** No router has had this packet, if it began with the usual. */
export const isFresh = (seen: number): boolean => INITIAL.includes(seen as 64);

/** A group's MAC address: broadcast or multicast (IEEE 802: the first byte's lowest bit). */
export const isGroupMac = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
/** Given by hand or at random, not by a maker (the U/L bit). */
export const isLocalMac = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 2) === 2;
