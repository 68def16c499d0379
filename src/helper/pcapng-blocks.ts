/** Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, times in nanoseconds. */
const SECTION_HEADER = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION = 1;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const TLS_KEY_LOG = 0x544c_534b;
const PACKET_HEADER = 28;
const BILLION = 1_000_000_000;

const padded = (length: number): number => (length + 3) & ~3;

function option(code: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt16LE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

function block(type: number, body: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + padded(body.length));
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  body.copy(bytes, 8);
  bytes.writeUInt32LE(bytes.length, bytes.length - 4);
  return bytes;
}

const END_OF_OPTIONS = Buffer.alloc(4);

export function sectionHeader(program: string): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(0x1a2b_3c4d, 0);
  head.writeUInt16LE(1, 4);
  head.writeBigInt64LE(-1n, 8);
  return block(SECTION_HEADER, Buffer.concat([head, option(4, Buffer.from(program)), END_OF_OPTIONS]));
}

/** Decryption Secrets Block with a TLS key log. */
export function secretsBlock(keyLog: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(TLS_KEY_LOG, 0);
  head.writeUInt32LE(keyLog.length, 4);
  return block(DECRYPTION_SECRETS, Buffer.concat([head, keyLog]));
}

export function interfaceDescription(name: string, linkType: number, snaplen: number, filter: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(linkType, 0);
  head.writeUInt32LE(snaplen, 4);
  const options = [option(2, Buffer.from(name)), option(9, Buffer.from([9]))];
  if (filter !== '') options.push(option(11, Buffer.concat([Buffer.from([0]), Buffer.from(filter)])));
  return block(INTERFACE_DESCRIPTION, Buffer.concat([head, ...options, END_OF_OPTIONS]));
}

export function interfaceStatistics(
  id: number,
  milliseconds: number,
  s: { received: number; dropped: number; interfaceDropped: number },
): Buffer {
  const head = Buffer.alloc(12);
  const time = BigInt(Math.round(milliseconds)) * 1_000_000n;
  head.writeUInt32LE(id, 0);
  head.writeUInt32LE(Number(time >> 32n), 4);
  head.writeUInt32LE(Number(time & 0xffff_ffffn), 8);
  const count = (code: number, value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return option(code, bytes);
  };
  // isb_ifrecv, isb_ifdrop, isb_osdrop.
  return block(
    INTERFACE_STATISTICS,
    Buffer.concat([head, count(4, s.received), count(5, s.interfaceDropped), count(7, s.dropped), END_OF_OPTIONS]),
  );
}

/** Most bytes that `packetBlock` adds to a packet's own. */
export const PACKET_OVERHEAD = PACKET_HEADER + 4 + 3;

/**
 * Lays one packet as an Enhanced Packet Block into `to` at `at`; returns where it ends. `from[packetAt …]` holds its `captured`
 * bytes; `seconds` and `nanoseconds` since 1970 become one number of 64 bits, by parts that a double holds.
 */
export function packetBlock(
  to: Buffer,
  at: number,
  id: number,
  seconds: number,
  nanoseconds: number,
  length: number,
  from: Buffer,
  packetAt: number,
  captured: number,
): number {
  const upper = Math.floor(seconds / 65536) * BILLION;
  const lower = (upper % 65536) * 65536 + (seconds % 65536) * BILLION + nanoseconds;
  const carried = Math.floor(lower / 4294967296);
  const total = PACKET_HEADER + padded(captured) + 4;
  to.writeUInt32LE(ENHANCED_PACKET, at);
  to.writeUInt32LE(total, at + 4);
  to.writeUInt32LE(id, at + 8);
  to.writeUInt32LE((Math.floor(upper / 65536) + carried) >>> 0, at + 12);
  to.writeUInt32LE(lower - carried * 4294967296, at + 16);
  to.writeUInt32LE(captured, at + 20);
  to.writeUInt32LE(length, at + 24);
  from.copy(to, at + PACKET_HEADER, packetAt, packetAt + captured);
  const end = at + PACKET_HEADER + captured;
  to.fill(0, end, at + total - 4);
  to.writeUInt32LE(total, at + total - 4);
  return at + total;
}

/** How many of the first `length` bytes are blocks with their ends. */
export function wholeBlocks(bytes: Buffer, length: number): number {
  let at = 0;
  while (at + 12 <= length && at + bytes.readUInt32LE(at + 4) <= length) at += bytes.readUInt32LE(at + 4);
  return at;
}
