import { varint, varintEnd } from '../quic/varint.ts';

/** Pairs of identifier and value in a SETTINGS frame's payload (RFC 9114 §7.2.4); a pair that is not whole ends them. */
export function readSettings(bytes: Uint8Array, at: number, end: number, each: (id: number, value: number) => void): void {
  for (let i = at; i < end; ) {
    const valueAt = varintEnd(bytes, i, end);
    const next = valueAt < end ? varintEnd(bytes, valueAt, end) : end + 1;
    if (next > end) return;
    each(varint(bytes, i), varint(bytes, valueAt));
    i = next;
  }
}
