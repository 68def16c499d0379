// Structure-aware damage to one packet: a list of its layers and fields says where lengths, counts, pointers and types lie.
// Checksums are left as they were. Each mutation returns the packet, or several that take its place.
import { replace, put, odd } from './mutation-tools.mjs';
import { ip, ipv6, fragments, tunnel, link, icmp, arp } from './network-mutations.mjs';
import { tcp, udp, dns, tls, http } from './transport-mutations.mjs';

/** Any field of any protocol, as the field tree has it. */
function anyField(packet, dice) {
  const { fields, data } = packet;
  if (fields.length < 2) return;
  const i = dice.chance(0.5)
    ? dice.below(fields.length >> 1)
    : Math.floor(fields.length * (1 - dice.fraction() ** 2 / 2) - 1e-9) >> 1;
  const at = fields[2 * i];
  const end = Math.min(fields[2 * i + 1], data.length);
  const size = end - at;
  if (size <= 0) return;
  if (size <= 4 || size === 8) {
    if (dice.chance(0.3)) data[end - 1] += dice.pick([1, -1, 2, -2, 8, 128]);
    else put(data, at, Math.min(size, 4), odd(dice, size, data.length - end));
    return;
  }
  const choice = dice.below(3);
  if (choice === 0) replace(packet, at, end, Buffer.alloc(0));
  else if (choice === 1) replace(packet, end, end, data.subarray(at, Math.min(end, at + 600)));
  else data.fill(dice.pick([0, 0xff, 0xc0, 0x0a, 0x41]), at + dice.below(size), end);
}

const cut = (packet, dice) => {
  packet.wire = packet.data.length;
  packet.data = packet.data.subarray(0, dice.below(packet.data.length + 1));
};
const shorten = (packet, dice) => {
  packet.data = packet.data.subarray(0, dice.below(packet.data.length + 1));
};
const flip = (packet, dice) => {
  for (let i = 1 + dice.below(8); i > 0 && packet.data.length > 0; i--)
    packet.data[dice.below(packet.data.length)] ^= 1 << dice.below(8);
};

/** Where a protocol's own mutations apply; the generic ones apply everywhere. */
const BY_PROTOCOL = {
  ip: [ip, ip, fragments, tunnel],
  ipv6: [ipv6, ipv6, tunnel],
  tcp: [tcp, tcp, tcp],
  udp: [udp],
  dns: [dns, dns, dns],
  mdns: [dns, dns, dns],
  llmnr: [dns, dns],
  tls: [tls, tls, tls],
  http: [http, http, http],
  icmp: [icmp],
  icmpv6: [icmp],
  arp: [arp],
  eth: [link],
};
const ANYWHERE = [anyField, anyField, anyField, cut, shorten, flip];

/** Everything that is done to packets, by name: for the statistics. */
export const MUTATIONS = new Set([...ANYWHERE, ...Object.values(BY_PROTOCOL).flat()]);

/**
 * Damages a packet { data, layers, fields, wire } and gives what takes its place. `data` may be written to. The names of what was
 * done are added to `steps`.
 */
export function damage(packet, dice, steps) {
  const own = packet.layers.flatMap((l) => BY_PROTOCOL[l.protocol] ?? []);
  let result = [packet];
  for (let left = dice.chance(0.6) ? 1 : 1 + dice.below(4); left > 0; left--) {
    const mutation = own.length > 0 && dice.chance(0.6) ? dice.pick(own) : dice.pick(ANYWHERE);
    if (packet.data.length === 0) break;
    const several = mutation(packet, dice);
    steps.set(mutation.name, (steps.get(mutation.name) ?? 0) + 1);
    if (several !== undefined) {
      result = several;
      break;
    }
  }
  return result;
}
