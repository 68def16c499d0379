// Makes a broken capture out of a good one. The same bytes, seed and donor give the same result.
import { random } from '../../bench/generate/random.mjs';
import { copyOf, packetsOf, putTogether, takeApart } from './capture-parts.mjs';

/** Long captures are cut to a window of about this size, so that many inputs fit in a second. */
const WINDOW_BYTES = 96 * 1024;
const GARBLED = 0.02;
const EDGES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 20, 39, 40, 41, 0x7f, 0x80, 0xc0, 0xff];
const WIDE_EDGES = [0, 1, 15, 16, 59, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
/** Words that parsers of application protocols give a meaning to. */
const WORDS = [
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  'GET / HTTP/1.1\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'Content-Length: -1\r\n',
  'Transfer-Encoding: chunked\r\n',
  'ffffffffffffffff\r\n',
  'Connection: upgrade\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\xff\xff\x01\x00\xff\xff',
  '\x16\x03\x03\x00\x04\x02\xff\xff\xff',
  '\xc0\x0c',
  '\xc0\x00',
  '\x3f',
  '\x00\x00\x29\xff\xff\x00\x00\x00\x00\xff\xff',
  '\x1b[2J\x1b]0;title\x07',
  '\u0000',
].map((word) => Buffer.from(word, 'latin1'));

function garble(bytes, dice, share) {
  const times = Math.max(1, Math.round(bytes.length * share));
  for (let i = 0; i < times; i++) bytes[dice.below(bytes.length)] = dice.chance(0.5) ? dice.below(256) : dice.pick(EDGES);
}

const anyPacket = (parts, dice) => dice.pick(packetsOf(parts));
const write = (bytes, value, at, big) => (big ? bytes.writeUInt32BE(value, at) : bytes.writeUInt32LE(value, at));

/** Each changes the list of parts in place. There is always at least one packet when they run. */
const STRUCTURAL = {
  garblePackets(parts, dice) {
    for (const part of packetsOf(parts)) if (part.data.length > 0) garble(part.data, dice, GARBLED);
  },
  edgeInHeaders(parts, dice) {
    for (let i = 1 + dice.below(6); i > 0; i--) {
      const { data } = anyPacket(parts, dice);
      if (data.length > 0) data[dice.below(Math.min(data.length, 120))] = dice.pick(EDGES);
    }
  },
  wideEdge(parts, dice) {
    const { data } = anyPacket(parts, dice);
    if (data.length >= 4) data.writeUInt32BE(dice.pick(WIDE_EDGES), dice.below(data.length - 3));
  },
  flipBits(parts, dice) {
    for (let i = 1 + dice.below(12); i > 0; i--) {
      const { data } = anyPacket(parts, dice);
      if (data.length > 0) data[dice.below(data.length)] ^= 1 << dice.below(8);
    }
  },
  cutPackets(parts, dice) {
    for (const part of packetsOf(parts))
      if (dice.chance(0.3)) part.data = part.data.subarray(0, dice.below(part.data.length + 1));
  },
  snap(parts, dice) {
    const length = 14 + dice.below(90);
    for (const part of packetsOf(parts)) part.data = part.data.subarray(0, length);
  },
  grow(parts, dice) {
    const part = anyPacket(parts, dice);
    part.data = Buffer.concat([part.data, Buffer.alloc(dice.below(3000), dice.below(256))]);
  },
  plantWord(parts, dice) {
    for (let i = 1 + dice.below(4); i > 0; i--) {
      const part = anyPacket(parts, dice);
      const at = dice.below(part.data.length + 1);
      const behind = dice.chance(0.5) ? at : Math.min(part.data.length, at + 4);
      part.data = Buffer.concat([part.data.subarray(0, at), dice.pick(WORDS), part.data.subarray(behind)]);
    }
  },
  shuffle(parts, dice) {
    const reach = dice.chance(0.5) ? 3 : parts.length;
    for (let i = 1; i < parts.length; i++) {
      const j = Math.max(1, i - dice.below(reach));
      if (parts[i].data && parts[j].data) [parts[i], parts[j]] = [parts[j], parts[i]];
    }
  },
  drop(parts, dice) {
    const share = dice.chance(0.5) ? 0.05 : 0.5;
    for (let i = parts.length - 1; i > 1; i--) if (parts[i].data && dice.chance(share)) parts.splice(i, 1);
  },
  repeat(parts, dice) {
    for (let i = 1 + dice.below(10); i > 0; i--) {
      const at = dice.below(parts.length);
      if (parts[at].data) parts.splice(1 + dice.below(parts.length), 0, copyOf(parts[at]));
    }
  },
  borrow(parts, dice, donor) {
    for (const part of packetsOf(takeApart(donor)).slice(0, 1 + dice.below(40))) {
      const into = anyPacket(parts, dice);
      const copy = copyOf(into);
      copy.data = Buffer.from(part.data);
      parts.splice(1 + dice.below(parts.length), 0, copy);
    }
  },
  recordHeader(parts, dice) {
    const part = dice.pick(parts);
    if (part.head.length < 4) return;
    part.lie = true;
    write(part.head, dice.pick(WIDE_EDGES), dice.below(part.head.length - 3), part.big);
  },
  clock(parts, dice) {
    for (const part of packetsOf(parts)) {
      const at = part.kind === 'record' ? 0 : part.head.length === 28 ? 16 : -1;
      if (at >= 0 && dice.chance(0.1)) write(part.head, dice.chance(0.5) ? dice.bits() : dice.pick(WIDE_EDGES), at, part.big);
    }
  },
  blockLength(parts, dice) {
    const part = dice.pick(parts);
    const at = part.kind === 'record' ? dice.pick([8, 12]) : part.kind === 'header' ? dice.pick([0, 4, 16, 20]) : 4;
    if (part.head.length < at + 4) return;
    part.lie = true;
    const length = part.big ? part.head.readUInt32BE(at) : part.head.readUInt32LE(at);
    write(part.head, (dice.chance(0.5) ? length + dice.below(9) - 4 : dice.pick(WIDE_EDGES)) >>> 0, at, part.big);
  },
  /** Options and interface ids of pcapng: any word of a block that is no packet's data. */
  blockBody(parts, dice) {
    const others = parts.filter((part) => part.kind === 'other');
    if (others.length === 0) return;
    const { head, big } = dice.pick(others);
    const at = 8 + 2 * dice.below(Math.max(1, (head.length - 12) >> 1));
    if (at + 2 > head.length) return;
    const value = dice.pick([0, 1, 2, 3, 9, 14, 255, 0x7fff, 0xffff, head.length]);
    if (big) head.writeUInt16BE(value & 0xffff, at);
    else head.writeUInt16LE(value & 0xffff, at);
  },
  repeatBlock(parts, dice) {
    const others = parts.filter((part) => part.kind === 'other' || part.kind === 'header');
    if (others.length > 0)
      for (let i = dice.below(6); i > 0; i--) parts.splice(dice.below(parts.length + 1), 0, copyOf(dice.pick(others)));
  },
  linkType(parts, dice) {
    const [header] = parts;
    if (header.kind === 'header')
      write(header.head, dice.pick([0, 1, 9, 12, 101, 105, 108, 113, 127, 228, 229, 276, 65535]), 20, header.big);
  },
};

const RAW = {
  garbleFile: (bytes, dice) => garble(bytes, dice, dice.chance(0.5) ? GARBLED : 0.0005),
  cutFile: (bytes, dice) => bytes.subarray(0, dice.below(bytes.length)),
};

/** The file's head and a run of packets, where the whole would be too long. */
function windowOf(parts, dice) {
  const head = parts.findIndex((part) => part.data !== undefined);
  if (head < 0) return parts;
  let bytes = 0;
  const first = dice.chance(0.5) ? head : head + dice.below(parts.length - head);
  const end = parts.findIndex((part, i) => i >= first && (bytes += part.head.length + (part.data?.length ?? 0)) > WINDOW_BYTES);
  return [...parts.slice(0, head), ...parts.slice(first, end < 0 ? parts.length : end + 1)];
}

/** Which inputs are made of damaged packets (soup.mjs), and which of a damaged file. */
export const isSoup = (seed) => seed % 4 !== 0;

/** { bytes, steps }: the broken capture and the names of what was done to it. */
export function mutate(original, donor, seed) {
  const dice = random(seed, 0xf022);
  const whole = takeApart(original);
  const parts = (original.length > WINDOW_BYTES ? windowOf(whole, dice) : whole).map(copyOf);
  const steps = [];
  for (let left = 1 + dice.below(4); left > 0 && packetsOf(parts).length > 0; left--) {
    const step = dice.pick(Object.keys(STRUCTURAL));
    STRUCTURAL[step](parts, dice, donor);
    steps.push(step);
  }
  let bytes = putTogether(parts);
  if (bytes.length > 0 && (steps.length === 0 || dice.chance(0.2))) {
    const step = dice.pick(Object.keys(RAW));
    bytes = RAW[step](bytes, dice) ?? bytes;
    steps.push(step);
  }
  return { bytes, steps };
}
