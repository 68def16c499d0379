// Takes a pcap or pcapng file apart into records that can be changed, moved and put together again.

const PCAP_MAGIC = new Set([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1]);
const SECTION = 0x0a0d0d0a;
const BIG_MAGIC = 0x1a2b3c4d;
const PACKET_HEADER = { 6: 28, 3: 12, 2: 28 };

const read32 = (bytes, at, big) => (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
const write32 = (bytes, value, at, big) => (big ? bytes.writeUInt32BE(value, at) : bytes.writeUInt32LE(value, at));

/** One record or block. `data` is the packet's bytes, absent where it carries none; `big`: its byte order. */
class Part {
  constructor(kind, big, head, data, tail) {
    Object.assign(this, { kind, big, head, data, tail });
  }

  /** The bytes, with the lengths of a packet's record made right for its data unless `lie` is set. */
  bytes() {
    if (this.data === undefined || this.lie) return Buffer.concat([this.head, this.data ?? Buffer.alloc(0), this.tail]);
    const head = Buffer.from(this.head);
    if (this.kind === 'record') {
      write32(head, this.data.length, 8, this.big);
      return Buffer.concat([head, this.data]);
    }
    const padding = Buffer.alloc(-this.data.length & 3);
    const tail = Buffer.from(this.tail);
    const total = head.length + this.data.length + padding.length + tail.length;
    write32(head, total, 4, this.big);
    write32(tail, total, tail.length - 4, this.big);
    if (head.length === 28) write32(head, this.data.length, 20, this.big);
    return Buffer.concat([head, this.data, padding, tail]);
  }
}

function pcapParts(bytes) {
  const big = bytes[0] === 0xa1;
  const link = read32(bytes, 20, big) & 0xffff;
  const unit = [0xa1b23c4d, 0x4d3cb2a1].includes(bytes.readUInt32BE(0)) ? 1e-9 : 1e-6;
  const parts = [new Part('header', big, bytes.subarray(0, 24), undefined, Buffer.alloc(0))];
  let at = 24;
  while (at + 16 <= bytes.length) {
    const end = at + 16 + read32(bytes, at + 8, big);
    if (end > bytes.length) break;
    const part = new Part('record', big, bytes.subarray(at, at + 16), bytes.subarray(at + 16, end), Buffer.alloc(0));
    part.link = link;
    part.time = read32(bytes, at, big) + read32(bytes, at + 4, big) * unit;
    parts.push(part);
    at = end;
  }
  return { parts, at };
}

function pcapngParts(bytes) {
  const parts = [];
  let links = [];
  let big = false;
  let at = 0;
  while (at + 12 <= bytes.length) {
    if (bytes.readUInt32BE(at) === SECTION) {
      big = bytes.readUInt32BE(at + 8) === BIG_MAGIC;
      links = [];
    }
    const type = read32(bytes, at, big);
    const total = read32(bytes, at + 4, big);
    if (total < 12 || total % 4 !== 0 || at + total > bytes.length) break;
    const block = bytes.subarray(at, at + total);
    if (type === 1 && total >= 12) links.push(big ? block.readUInt16BE(8) : block.readUInt16LE(8));
    const header = PACKET_HEADER[type];
    const length = header === 28 && total >= 32 ? read32(block, 20, big) : type === 3 ? total - 16 : Number.NaN;
    if (length >= 0 && header + length + 4 <= total) {
      const padded = Math.min(total - 4, header + length + (-length & 3));
      const data = block.subarray(header, header + length);
      const part = new Part('block', big, block.subarray(0, header), data, block.subarray(padded));
      part.link = links[type === 6 ? read32(block, 8, big) : 0] ?? links[0] ?? 1;
      // Microseconds as a rule; where not, it is a clock like any other.
      part.time = type === 3 ? 0 : (read32(block, 12, big) * 2 ** 32 + read32(block, 16, big)) / 1e6;
      parts.push(part);
    } else parts.push(new Part('other', big, block, undefined, Buffer.alloc(0)));
    at += total;
  }
  return { parts, at };
}

/** The parts of a capture; what does not parse is one last part. A file of another kind is a single part. */
export function takeApart(bytes) {
  const magic = bytes.length >= 24 ? bytes.readUInt32BE(0) : 0;
  const { parts, at } = PCAP_MAGIC.has(magic) ? pcapParts(bytes) : magic === SECTION ? pcapngParts(bytes) : { parts: [], at: 0 };
  if (at < bytes.length) parts.push(new Part('rest', false, bytes.subarray(at), undefined, Buffer.alloc(0)));
  return parts;
}

export const putTogether = (parts) => Buffer.concat(parts.map((part) => part.bytes()));
export const packetsOf = (parts) => parts.filter((part) => part.data !== undefined);

/** A copy which may be changed. */
export function copyOf(part) {
  const copy = new Part(part.kind, part.big, Buffer.from(part.head), part.data && Buffer.from(part.data), Buffer.from(part.tail));
  copy.lie = part.lie;
  return copy;
}
