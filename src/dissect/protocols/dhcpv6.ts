import { messageFields6 } from '../dhcp/v6-fields.ts';
import { type DhcpOption6, HEADER6, isRelay, NESTING_LIMIT, optionsIn6, RELAY_HEADER6 } from '../dhcp/v6-options.ts';
import { messageTypes6, Option6 } from '../dhcp/v6-table.ts';
import { ipv6 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';

function layer(bytes: Uint8Array, at: number, { end, wire }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  messageFields6(f, 0, f.length);
  const cut = wire > end ? `, ${wire - end} bytes not captured` : '';
  return f.layer('dhcpv6', `DHCP for IPv6, ${summary(bytes, at, end)}${cut}`, f.length);
}

/** "Reply, 2001:db8::7", "Relay reply, Reply, 2001:db8::7" */
function summary(bytes: Uint8Array, from: number, end: number): string {
  const parts: string[] = [];
  for (let at = from, depth = 0; at < end && depth < NESTING_LIMIT; depth++) {
    const relay = isRelay(bytes[at]);
    parts.push(messageTypes6[bytes[at]] ?? `Type ${bytes[at]}`);
    const options = optionsIn6(bytes, at + (relay ? RELAY_HEADER6 : HEADER6), end);
    const inner = relay ? options.find((o) => o.code === Option6.relayMessage && o.problem === undefined) : undefined;
    if (inner === undefined) {
      if (!relay) parts.push(...addresses(bytes, options));
      break;
    }
    at = inner.valueAt;
    end = inner.end;
  }
  return parts.join(', ');
}

function addresses(bytes: Uint8Array, options: DhcpOption6[]): string[] {
  const list: string[] = [];
  for (const one of options) {
    if (one.code !== Option6.identityAssociation || one.problem !== undefined) continue;
    for (const inner of optionsIn6(bytes, one.valueAt + 12, one.end))
      if (inner.code === Option6.address && inner.end - inner.valueAt >= 24) list.push(ipv6(bytes, inner.valueAt));
  }
  return list.slice(0, 4);
}

/** Dynamic Host Configuration Protocol for IPv6 (RFC 8415). */
export const dhcpv6: Protocol = { name: 'dhcpv6', over: [udpPort(546), udpPort(547)], layer };
