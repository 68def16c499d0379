/** An unsigned 32-bit integer out of bytes; a DataView would be one more object per buffer, a Buffer method one more check per read. */
export function u32(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  return bigEndian
    ? ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
    : (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

export function u16(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  return bigEndian ? (bytes[at] << 8) | bytes[at + 1] : bytes[at] | (bytes[at + 1] << 8);
}

/** 64 bits as a double: exact below 2^53, which is enough for counters. */
export function u64(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const first = u32(bytes, at, bigEndian);
  const second = u32(bytes, at + 4, bigEndian);
  return bigEndian ? first * 2 ** 32 + second : second * 2 ** 32 + first;
}

/** 64 bits in two's complement, as a double. */
export function i64(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const high = u32(bytes, bigEndian ? at : at + 4, bigEndian) | 0;
  const low = u32(bytes, bigEndian ? at + 4 : at, bigEndian);
  return high * 2 ** 32 + low;
}

/** Block types and magic numbers as their documents print them. */
export function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
