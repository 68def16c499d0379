// What the mutations of packets are made with.

export const EDGES_8 = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 20, 39, 40, 41, 60, 63, 64, 0x7f, 0x80, 0xc0, 0xfe, 0xff];
export const EDGES_16 = [
  0, 1, 2, 3, 4, 7, 8, 11, 12, 19, 20, 28, 40, 255, 256, 0x1fff, 0x2000, 0x3fff, 0x7fff, 0x8000, 0xc000, 0xc00c, 0xfffe, 0xffff,
];
export const EDGES_32 = [0, 1, 0xff, 0xffff, 0x10000, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
export const join = (...parts) => Buffer.concat(parts);
export const be16 = (value) => Buffer.from([(value >> 8) & 255, value & 255]);
export const word = (text) => Buffer.from(text, 'latin1');
export const replace = (packet, at, end, bytes) => {
  const { data } = packet;
  packet.data = join(data.subarray(0, at), bytes, data.subarray(Math.max(at, end)));
};

export function put(data, at, size, value) {
  if (at < 0 || at + size > data.length) return;
  for (let i = 0; i < size; i++) data[at + i] = Math.floor(value / 256 ** (size - 1 - i)) & 255;
}

/** A number that a field of this size might not have been made for; now and then one that fits what is left of the packet. */
export function odd(dice, size, left) {
  if (dice.chance(0.25)) return Math.max(0, left + dice.below(9) - 4);
  if (dice.chance(0.2)) return dice.bits();
  return dice.pick(size === 1 ? EDGES_8 : size === 2 ? EDGES_16 : EDGES_32);
}

export const layer = (packet, ...names) => packet.layers.findLast((l) => names.includes(l.protocol) && l.at < packet.data.length);
