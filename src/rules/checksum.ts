import { u16 } from '../dissect/bytes.ts';
import { Kind, type Packets } from '../dissect/packets.ts';

/**
 * `unfilled`: the field holds the pseudo header's sum alone, as a host leaves it for its network card to finish: not an error.
 * `unverified`: not all of the bytes were captured, or there is none. `none`: UDP over IPv4 without a checksum (RFC 768).
 */
export type ChecksumState = 'good' | 'bad' | 'unfilled' | 'none' | 'unverified';

/** Of an IPv4 header (RFC 791 §3.1). Zero counts as left to the network card. */
export function ipv4HeaderChecksum(bytes: Uint8Array, at: number): ChecksumState {
  const length = (bytes[at] & 15) * 4;
  if (length < 20 || at + length > bytes.length) return 'unverified';
  if (folded(sum(bytes, at, at + length)) === 0xffff) return 'good';
  return u16(bytes, at + 10) === 0 ? 'unfilled' : 'bad';
}

/** Of row 0's TCP segment or UDP datagram with its pseudo header (RFC 9293 §3.1, RFC 8200 §8.1). */
export function transportChecksum(p: Packets): ChecksumState {
  const { bytes } = p;
  const at = p.transportAt[0];
  const ipAt = p.ipAt[0];
  if (at < 0 || ipAt < 0 || p.payloadCaptured[0] < p.payloadLength[0]) return 'unverified';
  const tcp = p.kind[0] === Kind.tcp;
  const length = (tcp ? p.tcpHeaderLength[0] : 8) + p.payloadLength[0];
  if (at + length > bytes.length) return 'unverified';
  const field = u16(bytes, at + (tcp ? 16 : 6));
  if (!tcp && field === 0) return p.ipVersion[0] === 4 ? 'none' : 'bad';
  const addresses = p.ipVersion[0] === 4 ? sum(bytes, ipAt + 12, ipAt + 20) : sum(bytes, ipAt + 8, ipAt + 40);
  const pseudo = addresses + (tcp ? 6 : 17) + length;
  if (folded(pseudo + sum(bytes, at, at + length)) === 0xffff) return 'good';
  return field === folded(pseudo) ? 'unfilled' : 'bad';
}

function sum(bytes: Uint8Array, from: number, end: number): number {
  let total = 0;
  for (let at = from; at + 1 < end; at += 2) total += (bytes[at] << 8) | bytes[at + 1];
  if ((end - from) & 1) total += bytes[end - 1] << 8;
  return total;
}

function folded(total: number): number {
  let value = total;
  while (value > 0xffff) value = Math.floor(value / 0x10000) + (value % 0x10000);
  return value;
}
