// Damage to links, tunnels and IP where their fields lie.
import { EDGES_8, join, be16, word, replace, put, odd, layer } from './mutation-tools.mjs';

const IP_PROTOCOLS = [0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 89, 97, 115, 132, 135, 137, 139, 140, 255];
const ETHER_TYPES = [
  0, 46, 1500, 0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8848, 0x8863, 0x8864, 0x6558, 0x88be, 0x22eb, 0x8906,
];

export function ip(packet, dice) {
  const at = layer(packet, 'ip')?.at;
  const { data } = packet;
  if (at === undefined || at + 20 > data.length) return;
  const choice = dice.below(7);
  if (choice === 0) data[at] = (data[at] & 0xf0) | dice.below(16);
  else if (choice === 1) put(data, at + 2, 2, odd(dice, 2, data.length - at));
  else if (choice === 2) put(data, at + 6, 2, dice.pick([0x2000, 0x1fff, 0x3fff, 1, 185, 0x2001, dice.below(65536)]));
  else if (choice === 3) data[at + 9] = dice.pick(IP_PROTOCOLS);
  else if (choice === 4) data[at] = dice.pick([0x00, 0x46, 0x4f, 0x60, 0x65, 0xff]);
  else if (choice === 5) {
    const options = Buffer.alloc(4 * (1 + dice.below(10)), dice.pick([0, 1, 7, 68, 131, 255]));
    options[1] = dice.pick(EDGES_8);
    replace(packet, at + 20, at + 20, options);
    packet.data[at] = 0x45 + options.length / 4;
  } else put(data, at + 12 + 4 * dice.below(2), 4, dice.pick([0, 0x7f000001, 0xe00000fb, 0xffffffff, 0x0a000001]));
}

const EXTENSIONS = [0, 43, 44, 50, 51, 59, 60, 135, 139, 140, 253];

export function ipv6(packet, dice) {
  const at = layer(packet, 'ipv6')?.at;
  const { data } = packet;
  if (at === undefined || at + 40 > data.length) return;
  const choice = dice.below(4);
  if (choice === 0) put(data, at + 4, 2, odd(dice, 2, data.length - at - 40));
  else if (choice === 1) data[at + 6] = dice.pick(IP_PROTOCOLS);
  else {
    const headers = [];
    let next = data[at + 6];
    for (let left = 1 + dice.below(choice === 2 ? 3 : 30); left > 0; left--) {
      const header = Buffer.alloc(8, dice.below(256));
      header[0] = next;
      header[1] = dice.chance(0.7) ? 0 : dice.pick(EDGES_8);
      next = dice.pick(EXTENSIONS);
      headers.unshift(header);
    }
    data[at + 6] = next;
    replace(packet, at + 40, at + 40, join(...headers));
    if (dice.chance(0.7)) put(packet.data, at + 4, 2, packet.data.length - at - 40);
  }
}

/** Two to five fragments in the packet's place; some overlap, some lie, one may be missing. */
export function fragments(packet, dice) {
  const at = layer(packet, 'ip')?.at;
  if (at === undefined || at + 28 > packet.data.length) return undefined;
  const header = 4 * (packet.data[at] & 15);
  const payload = packet.data.subarray(at + header);
  if (header < 20 || payload.length < 16) return undefined;
  const pieces = [];
  const size = 8 * (1 + dice.below(Math.max(1, payload.length >> 4)));
  for (let from = 0; from < payload.length && pieces.length < 40; from += size) {
    const to = Math.min(payload.length, from + size + (dice.chance(0.2) ? 8 * dice.below(4) : 0));
    const piece = { ...packet, data: join(packet.data.subarray(0, at + header), payload.subarray(from, to)) };
    put(piece.data, at + 2, 2, header + to - from);
    put(
      piece.data,
      at + 6,
      2,
      (to < payload.length ? 0x2000 : 0) | (((from >> 3) + (dice.chance(0.05) ? dice.below(8192) : 0)) & 0x1fff),
    );
    if (dice.chance(0.95)) pieces.push(piece);
    if (dice.chance(0.1)) pieces.push({ ...piece, data: Buffer.from(piece.data).fill(dice.below(256), at + header) });
  }
  if (dice.chance(0.3)) pieces.reverse();
  return pieces;
}

/** Puts the packet from its IP header on into tunnels, up to more than the layer limit. */
export function tunnel(packet, dice) {
  const found = packet.layers.find((l) => l.protocol === 'ip' || l.protocol === 'ipv6');
  if (found === undefined || found.at > packet.data.length) return;
  let inner = packet.data.subarray(found.at);
  let six = found.protocol === 'ipv6';
  for (let left = 1 + dice.below(dice.chance(0.2) ? 24 : 3); left > 0; left--) {
    const header = Buffer.alloc(20);
    let between = Buffer.alloc(0);
    const kind = dice.below(4);
    if (kind === 0) header[9] = six ? 41 : 4;
    else if (kind === 1) {
      header[9] = 47;
      between = join(be16(dice.pick([0, 0, 0x2000, 0x8000, 0xb000])), be16(six ? 0x86dd : 0x0800));
    } else {
      header[9] = 17;
      const ethernet = join(Buffer.alloc(12, 2), be16(six ? 0x86dd : 0x0800));
      const shim = kind === 2 ? word('\x08\0\0\0\0\0\x07\0') : word('\0\0\x65\x58\0\0\x07\0');
      const length = 8 + shim.length + ethernet.length + inner.length;
      between = join(be16(50000), be16(kind === 2 ? 4789 : 6081), be16(length & 0xffff), be16(0), shim, ethernet);
    }
    header[0] = 0x45;
    header[8] = 64;
    put(header, 2, 2, (20 + between.length + inner.length) & 0xffff);
    put(header, 12, 4, 0x0a000001);
    put(header, 16, 4, 0x0a000002);
    inner = join(header, between, inner);
    six = false;
  }
  const link = packet.data.subarray(0, found.at);
  packet.data = join(link, inner);
  if (found.protocol === 'ipv6' && found.at >= 14) put(packet.data, found.at - 2, 2, 0x0800);
}

export function link(packet, dice) {
  const { data } = packet;
  const found = packet.layers.find((l) => l.protocol === 'eth' || l.protocol === 'vlan');
  if (found === undefined || found.at + 14 > data.length) return;
  if (dice.chance(0.5)) put(data, found.at + 12, 2, dice.pick(ETHER_TYPES));
  else {
    const tag = dice.pick([
      word('\x81\0\0\x07'),
      word('\x88\xa8\0\x07'),
      word('\x88\x47\0\0\x10\x40'),
      word('\x88\x64\x11\0\0\0\0\x20'),
    ]);
    replace(packet, found.at + 12, found.at + 12, join(...new Array(1 + dice.below(3)).fill(tag)));
  }
}

export function icmp(packet, dice) {
  const at = layer(packet, 'icmp', 'icmpv6')?.at;
  const { data } = packet;
  if (at === undefined || at + 8 > data.length) return;
  data[at] = dice.pick([0, 1, 2, 3, 4, 5, 8, 11, 12, 128, 129, 133, 134, 135, 136, 137]);
  if (dice.chance(0.5)) data[at + 1] = dice.below(20);
  if (dice.chance(0.3)) data[at + 8 + dice.below(data.length - at - 8 || 1)] = dice.pick(EDGES_8);
}

export function arp(packet, dice) {
  const at = layer(packet, 'arp')?.at;
  if (at !== undefined) put(packet.data, at + 2 * dice.below(4), 2, odd(dice, 2, 28));
}
