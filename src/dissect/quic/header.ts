import { u32 } from '../bytes.ts';
import { varint, varintEnd } from './varint.ts';
import { isKnownVersion, isReservedVersion, versionOf } from './versions.ts';

/** Types of long header packets, as version 1 numbers them; `negotiation` and `unknown` have no number of their own. */
export const PacketType = { initial: 0, zeroRtt: 1, handshake: 2, retry: 3, negotiation: 4, unknown: 5 } as const;

/** "Initial" */
export const typeNames = ['Initial', '0-RTT', 'Handshake', 'Retry', 'Version Negotiation', 'Unknown'] as const;

export const LONG_FORM = 0x80;
export const FIXED_BIT = 0x40;
/** Longest connection id of the versions that are known here (RFC 9000 §17.2). */
export const ID_LIMIT = 20;
/** Datagrams with a client's Initial packet are at least this long (RFC 9000 §14.1). */
export const SHORTEST_FIRST_FLIGHT = 1200;
export const RETRY_TAG = 16;

/** Form, version, and length of the first connection id (RFC 8999 §5.1). */
const BEFORE_IDS = 6;
/** A packet number and payload of at least four bytes, and the tag: what header protection needs (RFC 9001 §5.4.2). */
const SHORTEST_PROTECTED = 20;

/**
 * A long header (RFC 8999 §5.1, RFC 9000 §17.2), read into one object again and again. Offsets are those of the bytes
 * given. Those behind `dcidAt` count only as far as `whole` or `idsWhole` says.
 */
export class LongHeader {
  at = 0;
  version = 0;
  type: number = PacketType.unknown;
  dcidAt = 0;
  dcidEnd = 0;
  scidAt = 0;
  scidEnd = 0;
  /** Initial and Retry: the token. */
  tokenAt = 0;
  tokenEnd = 0;
  lengthAt = 0;
  /** Where the protected part begins, with the packet number. */
  numberAt = 0;
  /** Where the packet ends on the wire; past the captured bytes where it was cut. */
  end = 0;
  /** Both connection ids were captured. */
  idsWhole = false;
  /** So was everything before the protected part. */
  whole = false;

  /**
   * Reads the header at `at`, of which bytes up to `end` were captured and up to `wire` were sent. False: it is none of a
   * version that is known, or a length in it cannot be.
   */
  read(bytes: Uint8Array, at: number, end: number, wire: number): boolean {
    if (end - at < BEFORE_IDS || (bytes[at] & LONG_FORM) === 0) return false;
    const version = u32(bytes, at + 1);
    this.at = at;
    this.version = version;
    this.idsWhole = false;
    this.whole = false;
    this.end = wire;
    this.type = typeOf(bytes[at], version);
    this.dcidAt = at + BEFORE_IDS;
    this.dcidEnd = this.dcidAt + bytes[at + 5];
    if (this.dcidEnd >= wire || (bytes[at + 5] > ID_LIMIT && this.type !== PacketType.unknown)) return false;
    if (this.dcidEnd >= end) return true;
    this.scidAt = this.dcidEnd + 1;
    this.scidEnd = this.scidAt + bytes[this.dcidEnd];
    if (this.scidEnd > wire || (bytes[this.dcidEnd] > ID_LIMIT && this.type !== PacketType.unknown)) return false;
    if (this.scidEnd > end) return true;
    this.idsWhole = true;
    return this.readRest(bytes, end, wire);
  }

  /** What the type has behind the connection ids (RFC 9000 §17.2.1 to §17.2.5). */
  private readRest(bytes: Uint8Array, end: number, wire: number): boolean {
    let at = this.scidEnd;
    this.tokenAt = this.tokenEnd = this.lengthAt = this.numberAt = at;
    switch (this.type) {
      case PacketType.negotiation:
        this.whole = wire <= end;
        return wire > at && (wire - at) % 4 === 0;
      case PacketType.unknown:
        this.whole = true;
        return true;
      case PacketType.retry:
        this.tokenEnd = wire - RETRY_TAG;
        this.whole = wire <= end;
        return this.tokenEnd > at;
      case PacketType.initial: {
        this.tokenAt = varintEnd(bytes, at, end);
        if (this.tokenAt > end) return this.tokenAt <= wire;
        this.tokenEnd = this.tokenAt + varint(bytes, at);
        if (this.tokenEnd > wire) return false;
        at = this.tokenEnd;
      }
    }
    this.lengthAt = at;
    this.numberAt = varintEnd(bytes, at, end);
    if (this.numberAt > end) return this.numberAt <= wire;
    const length = varint(bytes, at);
    this.end = this.numberAt + length;
    this.whole = true;
    return length >= SHORTEST_PROTECTED && this.end <= wire;
  }

  /** Is it the packet of a client, by what servers must not do (RFC 9000 §17.2.2, §17.2.3)? */
  get onlyFromClient(): boolean {
    return this.type === PacketType.zeroRtt || (this.type === PacketType.initial && this.whole && this.tokenEnd > this.tokenAt);
  }
}

/** RFC 9000 §17.2, RFC 9369 §3.2. */
function typeOf(first: number, version: number): number {
  if (version === 0) return PacketType.negotiation;
  if (!isKnownVersion(version)) return PacketType.unknown;
  const bits = (first >> 4) & 3;
  return versionOf(version).second ? (bits + 3) & 3 : bits;
}

const probe = new LongHeader();

/**
 * Does a UDP payload begin with a QUIC packet, whatever its ports are? A long header of a known version with lengths that
 * fit; a Version Negotiation packet that names a known version; of versions that force one, a datagram as long as a client's
 * first. Without the fixed bit, which peers may agree to leave to chance (RFC 9287), the whole header must be there. Allocates
 * nothing; what is not QUIC mostly ends at the first byte.
 */
export function looksLikeQuic(bytes: Uint8Array, at: number, end: number, wire: number): boolean {
  if (end - at < BEFORE_IDS || (bytes[at] & LONG_FORM) === 0) return false;
  const version = u32(bytes, at + 1);
  if (version !== 0) {
    if (!isKnownVersion(version)) return false;
    const fixed = (bytes[at] & FIXED_BIT) !== 0;
    if (isReservedVersion(version) && (!fixed || wire - at < SHORTEST_FIRST_FLIGHT)) return false;
    return probe.read(bytes, at, end, wire) && (fixed || (probe.whole && probe.type !== PacketType.retry));
  }
  if (!probe.read(bytes, at, end, wire) || !probe.idsWhole) return false;
  for (let i = probe.scidEnd; i + 4 <= end; i += 4) {
    const offered = u32(bytes, i);
    if (isKnownVersion(offered) && !isReservedVersion(offered)) return true;
  }
  return false;
}
