import type { Lookup } from '../../correlate/model.ts';
import { isAuthoritative, plain } from '../dns/questions.ts';
import { isAbove } from './legs.ts';

/** A referral (RFC 1034 §4.3.2): no answer, no AA, NS records of a zone below. Its zone; undefined: it is none. */
export function referredZone(l: Lookup): string | undefined {
  if (l.answerPacket === undefined || l.rcode !== 'NOERROR' || isAuthoritative(l) !== false) return undefined;
  if (l.records?.some((r) => r.section === 'answer')) return undefined;
  const ns = l.records?.find((r) => r.section === 'authority' && r.type === 'NS');
  return ns === undefined ? undefined : plain(ns.name);
}

/** The name servers that a referral names. */
export const referredServers = (l: Lookup): string[] =>
  (l.records ?? []).filter((r) => r.section === 'authority' && r.type === 'NS').map((r) => plain(r.data));

/** Does the referral name this server: by an address beside it (glue), or by a name that was looked up? */
function namesServer(referral: Lookup, address: string, all: readonly Lookup[]): boolean {
  const servers = referredServers(referral);
  const glue = referral.records?.some(
    (r) =>
      r.section === 'additional' &&
      (r.type === 'A' || r.type === 'AAAA') &&
      r.data === address &&
      servers.includes(plain(r.name)),
  );
  return glue === true || all.some((l) => servers.includes(plain(l.name)) && l.addresses.includes(address));
}

/** An answer with authority for a name (RFC 1035 §4.1.1): records, or that there are none. */
export const isFinal = (l: Lookup, name: string): boolean =>
  l.answerPacket !== undefined &&
  isAuthoritative(l) === true &&
  plain(l.name) === plain(name) &&
  (l.rcode === 'NOERROR' || l.rcode === 'NXDOMAIN');

/**
 * The way to the answer: the referrals that led to the server with authority, first one first, and its answer last. Only what
 * follows from the packets: each referral names the server that was asked next, and came before that was asked.
 */
export function chainTo(name: string, types: readonly string[], upstream: readonly Lookup[], all: readonly Lookup[]): Lookup[] {
  const wanted = upstream.filter((l) => isFinal(l, name));
  const final = wanted.find((l) => types.includes(l.type)) ?? wanted[0];
  if (final === undefined) return [];
  const chain = [final];
  for (let server = final.server.address, start = final.start; chain.length < 16; ) {
    const referral = upstream.find((l) => {
      const zone = referredZone(l);
      if (zone === undefined || !isAbove(zone, plain(name)) || chain.includes(l)) return false;
      return (l.end ?? Number.POSITIVE_INFINITY) <= start && namesServer(l, server, all);
    });
    if (referral === undefined) break;
    chain.unshift(referral);
    server = referral.server.address;
    start = referral.start;
  }
  return chain;
}
