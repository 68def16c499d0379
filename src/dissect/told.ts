/** What one packet tells a client of the network that it is in. A list is empty where nothing was told. */
export interface Told {
  kind: 'dhcp' | 'dhcpv6' | 'ra';
  /** Whom, as far as the packet says; nobody in particular where a router tells the whole link. */
  client: { mac?: string; address?: string; duid?: string };
  /** Who told it. */
  server: string;
  /** The client's own. */
  addresses: string[];
  /** Of the link: "192.0.2.0/24". */
  prefixes: string[];
  /** For the client to give to others (RFC 8415 §6.3). */
  delegated: string[];
  resolvers: string[];
  /** Default routers. */
  gateways: string[];
  /** To search names in. */
  domains: string[];
  /** How long the addresses are the client's; the shortest, where there are several. */
  leaseSeconds?: number;
  /** How long the router may be used. */
  routerSeconds?: number;
  /** A list was longer than `MOST_TOLD`. */
  cut: boolean;
}

/** 63 addresses fit one option of DHCP, and no resolver library takes more than a few. */
export const MOST_TOLD = 64;

export const nothingTold = (kind: Told['kind'], server: string): Told => ({
  kind,
  client: {},
  server,
  addresses: [],
  prefixes: [],
  delegated: [],
  resolvers: [],
  gateways: [],
  domains: [],
  cut: false,
});

/** False once the list is full: nobody need look further. */
export function add(told: Told, list: string[], value: string): boolean {
  if (list.includes(value)) return true;
  if (list.length < MOST_TOLD) list.push(value);
  else told.cut = true;
  return !told.cut;
}

/** Is there anything in it that a client could use? */
export const tellsAnything = (told: Told): boolean =>
  [told.addresses, told.prefixes, told.delegated, told.resolvers, told.gateways, told.domains].some((list) => list.length > 0);
