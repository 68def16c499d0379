/** Resolvers that anybody may use, by their operators' documentation. */
const PUBLIC: Record<string, string[]> = {
  Google: ['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888', '2001:4860:4860::8844'],
  Cloudflare: ['1.1.1.1', '1.0.0.1', '1.1.1.2', '1.0.0.2', '1.1.1.3', '1.0.0.3', '2606:4700:4700::1111', '2606:4700:4700::1001'],
  Quad9: ['9.9.9.9', '149.112.112.112', '9.9.9.10', '149.112.112.10', '9.9.9.11', '149.112.112.11', '2620:fe::fe', '2620:fe::9'],
  'OpenDNS (Cisco)': ['208.67.222.222', '208.67.220.220', '2620:119:35::35', '2620:119:53::53'],
  AdGuard: ['94.140.14.14', '94.140.15.15', '2a10:50c0::ad1:ff', '2a10:50c0::ad2:ff'],
  AliDNS: ['223.5.5.5', '223.6.6.6'],
  DNSPod: ['119.29.29.29'],
  '114DNS': ['114.114.114.114', '114.114.115.115'],
};
/** Those that the providers of Korea give to their customers. */
const PROVIDERS: Record<string, string[]> = {
  KT: ['168.126.63.1', '168.126.63.2'],
  'SK Broadband': ['219.250.36.130', '210.220.163.82'],
  'LG U+': ['164.124.101.2', '203.248.252.2'],
};

const owners = (table: Record<string, string[]>): Map<string, string> =>
  new Map(Object.entries(table).flatMap(([owner, addresses]) => addresses.map((address) => [address, owner] as const)));

export const PUBLIC_RESOLVERS = owners(PUBLIC);
export const PROVIDERS_RESOLVERS = owners(PROVIDERS);
