import { isFresh } from './addresses.ts';
import type { CaptureFacts } from './facts.ts';

/** Was the packet captured where it was sent, or on that link: no router has counted its TTL down? Undefined: no IP header. */
export function sentHere(capture: CaptureFacts, packet: number): boolean | undefined {
  const hopLimit = capture.packet(packet)?.hopLimit;
  return hopLimit === undefined ? undefined : isFresh(hopLimit);
}

/**
 * May this sender be several hosts behind one address? A packet that came through a router from a public IPv4 address may have
 * been translated on its way; where its TTL is fresh it may be the translator's own link.
 */
export function mayBeSeveral(capture: CaptureFacts, packet: number): boolean {
  const facts = capture.packet(packet);
  if (facts?.source === undefined || facts.ipVersion === 6 || isPrivate(facts.source)) return false;
  return facts.hopLimit !== undefined && !isFresh(facts.hopLimit);
}

/** Not routed on the Internet: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 §2.5.6. */
export function isPrivate(address: string): boolean {
  if (address.includes(':')) return /^f[cd]|^fe[89ab]/i.test(address);
  const [a, b] = address.split('.').map(Number);
  if (a === 10 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b < 32)) return true;
  return (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254);
}

export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** A Host value that is an IP address, not a name; IPv6 in brackets or without. */
export const isAddress = (host: string): boolean => /^(\d{1,3}\.){3}\d{1,3}$/.test(host) || host.includes(':');
