/** Variable-length integers (RFC 9000 §16): the first two bits tell the length. Values past 2^53 lose their last digits. */

/** Bytes of the integer whose first byte this is: 1, 2, 4 or 8. */
export const varintLength = (first: number): number => 1 << (first >> 6);

/** Where the integer at `at` ends; past `end` where it is not whole. */
export const varintEnd = (bytes: Uint8Array, at: number, end: number): number =>
  at < end ? at + varintLength(bytes[at]) : at + 1;

/** The caller has checked that it is whole. */
export function varint(bytes: Uint8Array, at: number): number {
  const length = varintLength(bytes[at]);
  let value = bytes[at] & 0x3f;
  for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i];
  return value;
}
