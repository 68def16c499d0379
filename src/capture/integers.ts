/**
 * No buffer is as large. A place cut to these bits is the same place, but V8 then knows that nothing small added to it overflows, and
 * leaves the check out of each sum.
 */
export const PLACE = 0x3fffffff;

// A view of the array that was asked about last: of the buffer that packets are read into there is mostly one.
let viewed = new Uint8Array(0);
let view: DataView = new DataView(viewed.buffer);

/**
 * The same bytes as a view, which is meant for use at once: where a header is read whole, a word by it costs a fifth of one put
 * together from bytes. It throws outside of the array.
 */
export function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes as Uint8Array<ArrayBuffer>;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return view;
}

/** An unsigned 32-bit integer out of bytes, for the odd one; a Buffer method would be one more check per read. */
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
