/** Hosts that serve DNS over HTTPS and no pages (their operators' documentation). */
const DOH_HOSTS = new Set([
  'cloudflare-dns.com',
  'one.one.one.one',
  'mozilla.cloudflare-dns.com',
  'chrome.cloudflare-dns.com',
  'security.cloudflare-dns.com',
  'family.cloudflare-dns.com',
  'dns.google',
  'dns.quad9.net',
  'dns10.quad9.net',
  'dns11.quad9.net',
  'doh.opendns.com',
  'dns.nextdns.io',
  'dns.adguard-dns.com',
  'doh.cleanbrowsing.org',
  'mask.icloud.com',
]);

/** IANA, TLS Application-Layer Protocol Negotiation (ALPN) Protocol IDs. */
const DOT_ALPN = 'dot';

/**
 * Does a ClientHello with these offers begin DNS? "dot" where its ALPN says so; "doh-host" where it asks for a name that is known to
 * serve DNS over HTTPS (RFC 8484): likely, no more.
 */
export function encryptedDnsOf(sni: string | undefined, alpnOffered: readonly string[]): 'dot' | 'doh-host' | undefined {
  if (alpnOffered.includes(DOT_ALPN)) return 'dot';
  return sni !== undefined && DOH_HOSTS.has(sni.toLowerCase()) ? 'doh-host' : undefined;
}
