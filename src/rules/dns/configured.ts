import type { Configuration } from '../../correlate/configuration.ts';
import type { Lookup } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';

const known = new WeakMap<CaptureFacts, { count: number; byResolver: Map<string, Configuration[]> }>();
/** Configurations remembered of one resolver: a busy DHCP server gives the same to everybody. */
const LIMIT = 256;

/** What told this client to ask this resolver, before it asked (RFC 2132 §3.8, RFC 8106 §5.1, RFC 3646 §3). */
export function tellerOf(capture: CaptureFacts, lookup: Lookup): Configuration | undefined {
  const list = tellersOf(capture).get(lookup.server.address) ?? [];
  return (
    list.find((c) => c.time <= lookup.start && c.client.address === lookup.client.address) ??
    list.find((c) => c.time <= lookup.start && c.addresses.includes(lookup.client.address)) ??
    list.find((c) => c.time <= lookup.start && c.kind === 'ra')
  );
}

function tellersOf(capture: CaptureFacts): Map<string, Configuration[]> {
  const { count } = capture.configurations;
  const found = known.get(capture);
  if (found?.count === count) return found.byResolver;
  const byResolver = new Map<string, Configuration[]>();
  for (const each of capture.configurations)
    for (const resolver of each.resolvers) {
      const list = byResolver.get(resolver);
      if (list === undefined) byResolver.set(resolver, [each]);
      else if (list.length < LIMIT) list.push(each);
    }
  known.set(capture, { count, byResolver });
  return byResolver;
}

const firstLeases = new WeakMap<CaptureFacts, Map<string, Configuration>>();

/** The first DHCP lease with resolvers that this address was given. */
export function leaseOf(capture: CaptureFacts, client: string): Configuration | undefined {
  let found = firstLeases.get(capture);
  if (found === undefined) {
    found = new Map();
    for (const c of capture.configurations) {
      if (c.kind !== 'dhcp' || c.resolvers.length === 0) continue;
      for (const address of [c.client.address, ...c.addresses])
        if (address !== undefined && !found.has(address)) found.set(address, c);
    }
    firstLeases.set(capture, found);
  }
  return found.get(client);
}
