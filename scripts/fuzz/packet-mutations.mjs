// Structure-aware damage to one packet: a list of its layers and fields says where lengths, counts, pointers and types lie.
// Checksums are left as they were. Each mutation returns the packet, or several that take its place.

const EDGES_8 = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 20, 39, 40, 41, 60, 63, 64, 0x7f, 0x80, 0xc0, 0xfe, 0xff];
const EDGES_16 = [
  0, 1, 2, 3, 4, 7, 8, 11, 12, 19, 20, 28, 40, 255, 256, 0x1fff, 0x2000, 0x3fff, 0x7fff, 0x8000, 0xc000, 0xc00c, 0xfffe, 0xffff,
];
const EDGES_32 = [0, 1, 0xff, 0xffff, 0x10000, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
const IP_PROTOCOLS = [0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 89, 97, 115, 132, 135, 137, 139, 140, 255];
const ETHER_TYPES = [
  0, 46, 1500, 0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8848, 0x8863, 0x8864, 0x6558, 0x88be, 0x22eb, 0x8906,
];
const UDP_PORTS = [53, 67, 68, 443, 546, 1701, 2152, 3544, 4789, 5353, 5355, 6081, 6635, 8472, 17754, 0, 65535];
const TCP_PORTS = [53, 80, 443, 8080, 3128, 0, 65535];

const join = (...parts) => Buffer.concat(parts);
const be16 = (value) => Buffer.from([(value >> 8) & 255, value & 255]);
const word = (text) => Buffer.from(text, 'latin1');
const replace = (packet, at, end, bytes) => {
  const { data } = packet;
  packet.data = join(data.subarray(0, at), bytes, data.subarray(Math.max(at, end)));
};

function put(data, at, size, value) {
  if (at < 0 || at + size > data.length) return;
  for (let i = 0; i < size; i++) data[at + i] = Math.floor(value / 256 ** (size - 1 - i)) & 255;
}

/** A number that a field of this size might not have been made for; now and then one that fits what is left of the packet. */
function odd(dice, size, left) {
  if (dice.chance(0.25)) return Math.max(0, left + dice.below(9) - 4);
  if (dice.chance(0.2)) return dice.bits();
  return dice.pick(size === 1 ? EDGES_8 : size === 2 ? EDGES_16 : EDGES_32);
}

const layer = (packet, ...names) => packet.layers.findLast((l) => names.includes(l.protocol) && l.at < packet.data.length);

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

function ip(packet, dice) {
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

function ipv6(packet, dice) {
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
function fragments(packet, dice) {
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

function tcp(packet, dice) {
  const at = layer(packet, 'tcp')?.at;
  const { data } = packet;
  if (at === undefined || at + 20 > data.length) return undefined;
  const sequence = data.readUInt32BE(at + 4);
  switch (dice.below(9)) {
    case 0:
      put(
        data,
        at + 4,
        4,
        (sequence + dice.pick([1, -1, -2, 1460, -1460, 65535, 0x7fffffff, 0x80000000, dice.below(5000)])) >>> 0,
      );
      break;
    case 1:
      put(data, at + 8, 4, dice.chance(0.5) ? dice.bits() : (data.readUInt32BE(at + 8) + dice.below(9000) - 4500) >>> 0);
      break;
    case 2:
      data[at + 12] = dice.below(256);
      break;
    case 3:
      data[at + 13] = dice.chance(0.5) ? dice.below(256) : data[at + 13] ^ (1 << dice.below(6));
      break;
    case 4:
      put(data, at + 14, 2, dice.pick([0, 1, 65535]));
      break;
    case 5: {
      const options = Buffer.alloc(4 * (1 + dice.below(10)), 1);
      for (let i = 0; i < options.length; i += 1 + dice.below(6)) {
        options[i] = dice.pick([0, 2, 3, 4, 5, 8, 19, 28, 29, 30, 34, 69, 253, 254, 255]);
        if (i + 1 < options.length) options[i + 1] = dice.pick(EDGES_8);
      }
      replace(packet, at + 20, at + 4 * (data[at + 12] >> 4), options);
      packet.data[at + 12] = (20 + options.length) << 2;
      break;
    }
    case 6:
      put(data, at + 2 * dice.below(2), 2, dice.pick(TCP_PORTS));
      break;
    default:
      return segments(packet, at, sequence, dice);
  }
  return undefined;
}

/** The same bytes in other segments: smaller, overlapping, out of order, some with other bytes. The IP length is left wrong or made right. */
function segments(packet, at, sequence, dice) {
  const header = 4 * (packet.data[at + 12] >> 4);
  const payload = packet.data.subarray(at + header);
  if (header < 20 || payload.length < 2) return undefined;
  const ipAt = layer(packet, 'ip')?.at;
  const pieces = [];
  const size = dice.chance(0.2) ? 1 : 1 + dice.below(Math.max(1, payload.length));
  for (let from = 0; from < payload.length && pieces.length < 60; from += size) {
    const to = Math.min(payload.length, from + size + (dice.chance(0.2) ? dice.below(20) : 0));
    const data = join(packet.data.subarray(0, at + header), payload.subarray(from, to));
    put(data, at + 4, 4, (sequence + from) >>> 0);
    if (ipAt !== undefined) put(data, ipAt + 2, 2, data.length - ipAt);
    if (dice.chance(0.1)) data[data.length - 1] ^= 0x20;
    pieces.push({ ...packet, data });
  }
  if (dice.chance(0.3)) pieces.reverse();
  return pieces;
}

function udp(packet, dice) {
  const at = layer(packet, 'udp')?.at;
  const { data } = packet;
  if (at === undefined || at + 8 > data.length) return;
  if (dice.chance(0.5)) put(data, at + 4, 2, odd(dice, 2, data.length - at));
  else put(data, at + 2 * dice.below(2), 2, dice.pick(UDP_PORTS));
}

function dns(packet, dice) {
  const found = layer(packet, 'dns', 'mdns', 'llmnr');
  const { data } = packet;
  const at = found === undefined ? -1 : found.at + (layer(packet, 'tcp') === undefined ? 0 : 2);
  if (at < 0 || at + 13 > data.length) return;
  const inside = () => at + 12 + dice.below(data.length - at - 12);
  switch (dice.below(7)) {
    case 0:
      put(data, at + 4 + 2 * dice.below(4), 2, dice.pick([0, 1, 2, 64, 65, 255, 1024, 1025, 0x7fff, 0xffff]));
      break;
    case 1: {
      // A pointer to itself, ahead, back, into the header, outside.
      const from = inside();
      put(data, from, 2, 0xc000 | dice.pick([from - at, from - at + 2, from - at - 1, 12, 0, dice.below(0x4000)]));
      break;
    }
    case 2:
      data[inside()] = dice.pick([0, 1, 63, 64, 0x80, 0xc0, 0xff]);
      break;
    case 3:
      put(data, at + 2, 2, data.readUInt16BE(at + 2) ^ dice.pick([0x8000, 0x0200, 0x7800, 0x000f, 0x0040]));
      break;
    case 4: {
      const chain = Buffer.alloc(2 * (1 + dice.below(200)));
      const from = data.length - at;
      for (let i = 0; i < chain.length; i += 2) put(chain, i, 2, 0xc000 | ((from + i + (dice.chance(0.5) ? 2 : -2)) & 0x3fff));
      replace(packet, data.length, data.length, chain);
      break;
    }
    case 5:
      put(
        data,
        inside(),
        2,
        dice.pick([1, 2, 5, 6, 12, 15, 16, 28, 33, 35, 41, 43, 45, 46, 47, 48, 50, 55, 64, 65, 249, 250, 255, 257, 260, 0xff00]),
      );
      break;
    default:
      put(data, inside(), 2, odd(dice, 2, dice.below(300)));
  }
}

function tls(packet, dice) {
  const found = layer(packet, 'tls');
  const { data } = packet;
  if (found === undefined || found.at + 9 > data.length) return;
  const { at } = found;
  const choice = dice.below(6);
  if (choice === 0) put(data, at + 3, 2, odd(dice, 2, data.length - at - 5));
  else if (choice === 1)
    put(data, at + 6, 3, dice.pick([0, 1, 3, 4, 0xffff, 0x10000, 0xfffff, 0x100000, 0xffffff, data.length - at - 8]));
  else if (choice === 2) data[at] = dice.pick([0, 20, 21, 22, 23, 24, 0x80, 255]);
  else if (choice === 3) put(data, at + 1, 2, dice.pick([0x0300, 0x0301, 0x0303, 0x0304, 0x0002, 0xffff]));
  else if (choice === 4) data[at + 5] = dice.pick([0, 1, 2, 4, 6, 8, 11, 13, 14, 15, 16, 20, 22, 24, 254]);
  else put(data, at + 9 + dice.below(data.length - at - 9 || 1), 2, odd(dice, 2, dice.below(200)));
}

const HTTP_WORDS = [
  'Content-Length: 4294967296\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'Content-Length: -1\r\n',
  'Content-Length: 5, 5\r\n',
  'Content-Length: 5\r\nContent-Length: 6\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip, chunked, identity\r\n',
  'Transfer-Encoding : chunked\r\n',
  'Connection: upgrade\r\nUpgrade: websocket\r\n',
  'Expect: 100-continue\r\n',
  'Location: http://[::1]:99999/\r\n',
  'Location: //\u0000\r\n',
  'Referer: http://user:word@host/\r\n',
  'Host: \u00ff\u0000\x1b[2J\r\n',
  ' folded\r\n\tfolded again\r\n',
  ': no name\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 \r\n\r\n',
  'HTTP/1.1 999\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\n\r\n',
  'HEAD / HTTP/1.1\r\n\r\n',
  'GET /\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'ffffffffffffffff\r\n',
  '7fffffff;x="\r\n',
  '0\r\nTrailer: x\r\n\r\n',
  '\r\n\r\n',
  '\n\n',
];

function http(packet, dice) {
  const found = layer(packet, 'http');
  const { data } = packet;
  if (found === undefined || found.at >= data.length) return;
  const lines = [];
  for (let i = data.indexOf(10, found.at); i >= 0 && lines.length < 64; i = data.indexOf(10, i + 1)) lines.push(i + 1);
  const at = lines.length > 0 && dice.chance(0.8) ? dice.pick(lines) : found.at + dice.below(data.length - found.at);
  const choice = dice.below(5);
  if (choice < 2) replace(packet, at, at, word(dice.pick(HTTP_WORDS)));
  else if (choice === 2) replace(packet, at, data.indexOf(10, at) + 1 || data.length, word(dice.pick(HTTP_WORDS)));
  else if (choice === 3) replace(packet, Math.max(0, at - 2), at, word(dice.pick(['', '\n', '\r', ' ', '\u0000'])));
  else replace(packet, at, at, word(`X-${'y'.repeat(dice.below(30))}: ${'z'.repeat(dice.below(3000))}\r\n`));
}

/** Puts the packet from its IP header on into tunnels, up to more than the layer limit. */
function tunnel(packet, dice) {
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

function link(packet, dice) {
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

function icmp(packet, dice) {
  const at = layer(packet, 'icmp', 'icmpv6')?.at;
  const { data } = packet;
  if (at === undefined || at + 8 > data.length) return;
  data[at] = dice.pick([0, 1, 2, 3, 4, 5, 8, 11, 12, 128, 129, 133, 134, 135, 136, 137]);
  if (dice.chance(0.5)) data[at + 1] = dice.below(20);
  if (dice.chance(0.3)) data[at + 8 + dice.below(data.length - at - 8 || 1)] = dice.pick(EDGES_8);
}

function arp(packet, dice) {
  const at = layer(packet, 'arp')?.at;
  if (at !== undefined) put(packet.data, at + 2 * dice.below(4), 2, odd(dice, 2, 28));
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
