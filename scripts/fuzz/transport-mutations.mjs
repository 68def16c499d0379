// Damage to TCP and UDP and what they carry where their fields lie.
import { EDGES_8, join, word, replace, put, odd, layer } from './mutation-tools.mjs';

const UDP_PORTS = [53, 67, 68, 443, 546, 1701, 2152, 3544, 4789, 5353, 5355, 6081, 6635, 8472, 17754, 0, 65535];
const TCP_PORTS = [53, 80, 443, 8080, 3128, 0, 65535];

export function tcp(packet, dice) {
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
export function segments(packet, at, sequence, dice) {
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

export function udp(packet, dice) {
  const at = layer(packet, 'udp')?.at;
  const { data } = packet;
  if (at === undefined || at + 8 > data.length) return;
  if (dice.chance(0.5)) put(data, at + 4, 2, odd(dice, 2, data.length - at));
  else put(data, at + 2 * dice.below(2), 2, dice.pick(UDP_PORTS));
}

export function dns(packet, dice) {
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

export function tls(packet, dice) {
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

export function http(packet, dice) {
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
