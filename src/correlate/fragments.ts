import { ANNEX_BYTES, type Batch } from '../capture/batch.ts';
import { Kind, type Packets } from '../dissect/packets.ts';
import { scanAt } from '../dissect/scan.ts';
import type { Stacks } from '../dissect/stacks.ts';
import { byIpProtocol } from '../dissect/tables.ts';
import { packetAddress } from './addresses.ts';

/** Datagrams waiting for their fragments at once, and the bytes they may hold together; the oldest is dropped first. */
export const MAX_DATAGRAMS = 1024;
export const MAX_FRAGMENT_BYTES = 16 << 20;
/** RFC 791 §3.2 and RFC 8200 §4.5: reassembly is given up after 60 s. */
const TIMEOUT_NANOSECONDS = 60e9;
const MAX_DATAGRAM_BYTES = 65535;

interface Waiting {
  key: string;
  since: number;
  bytes: Uint8Array;
  /** Which 8-byte units have come. */
  have: Uint8Array;
  units: number;
  /** Payload length, once the last fragment has come. */
  total: number;
  cut: boolean;
  protocol: number;
}

/**
 * Puts IP fragments together, in any order. Overlaps: bytes that came first stay ("first"). A finished datagram is laid in
 * the batch's annex and the row that completed it is scanned on from there, so that trackers see one packet.
 */
export class FragmentTracker {
  completed = 0;
  overlapping = 0;
  /** Datagrams dropped unfinished: for want of room, by time, or at the end. */
  dropped = 0;
  private readonly waiting = new Map<string, Waiting>();
  private held = 0;
  private readonly stacks: Stacks;

  constructor(stacks: Stacks) {
    this.stacks = stacks;
  }

  /** Handles fragments in from … to-1; returns the row before which the annex was full, else `to`. */
  rows(p: Packets, batch: Batch, from: number, to: number): number {
    let annex = batch.annexAt;
    for (let row = from; row < to; row++) {
      if (p.kind[row] !== Kind.fragment) continue;
      if (annex + MAX_DATAGRAM_BYTES > batch.annexAt + ANNEX_BYTES) return row;
      annex += this.fragment(p, row, annex);
    }
    return to;
  }

  end(): void {
    this.dropped += this.waiting.size;
    this.waiting.clear();
    this.held = 0;
  }

  private fragment(p: Packets, row: number, annex: number): number {
    const time = p.time[row];
    const key = keyOf(p, row);
    let w = this.waiting.get(key);
    if (w !== undefined && time - w.since > TIMEOUT_NANOSECONDS) {
      this.drop(w);
      w = undefined;
    }
    const at = p.payloadAt[row];
    const offset = p.fragmentOffset[row];
    const length = p.payloadLength[row];
    if (offset + length > MAX_DATAGRAM_BYTES || (length & 7 && p.fragmentMore[row])) return 0;
    if (w === undefined) {
      w = {
        key,
        since: time,
        bytes: new Uint8Array(4096),
        have: new Uint8Array(8192),
        units: 0,
        total: -1,
        cut: false,
        protocol: p.ipProtocol[row],
      };
      this.held += w.bytes.length + w.have.length;
      this.waiting.set(key, w);
      this.makeRoom(w);
    }
    if (offset === 0) w.protocol = p.ipProtocol[row];
    if (p.payloadCaptured[row] < length) w.cut = true;
    if (!p.fragmentMore[row] && w.total < 0) w.total = offset + length;
    if (offset + length > w.bytes.length) this.grow(w, offset + length);
    const captured = p.payloadCaptured[row];
    for (let from = 0; from < length; from += 8) {
      const unit = (offset + from) >> 3;
      if (w.have[unit]) {
        this.overlapping++;
        continue;
      }
      w.have[unit] = 1;
      w.units++;
      const to = Math.min(from + 8, captured);
      for (let i = from; i < to; i++) w.bytes[offset + i] = p.bytes[at + i];
    }
    if (w.total < 0 || w.units < (w.total + 7) >> 3) return 0;
    this.release(w);
    if (w.cut) return 0;
    for (let unit = 0; unit < (w.total + 7) >> 3; unit++) if (!w.have[unit]) return 0;
    this.completed++;
    p.bytes.set(w.bytes.subarray(0, w.total), annex);
    scanAt(p, row, byIpProtocol[w.protocol], annex, annex + w.total, annex + w.total, this.stacks);
    return w.total;
  }

  private grow(w: Waiting, need: number): void {
    const bytes = new Uint8Array(Math.min(MAX_DATAGRAM_BYTES, Math.max(need, w.bytes.length * 2)));
    bytes.set(w.bytes);
    this.held += bytes.length - w.bytes.length;
    w.bytes = bytes;
    this.makeRoom(w);
  }

  private makeRoom(keep: Waiting): void {
    for (const old of this.waiting.values()) {
      if (this.waiting.size <= MAX_DATAGRAMS && this.held <= MAX_FRAGMENT_BYTES) return;
      if (old !== keep) this.drop(old);
    }
  }

  private drop(w: Waiting): void {
    this.dropped++;
    this.release(w);
  }

  private release(w: Waiting): void {
    this.waiting.delete(w.key);
    this.held -= w.bytes.length + w.have.length;
  }
}

/** RFC 791 §2.3: source, destination, protocol, identification; RFC 8200 §4.5 the same without protocol. */
function keyOf(p: Packets, row: number): string {
  const at = p.ipAt[row];
  const version = p.ipVersion[row];
  const source = packetAddress(p.bytes, at + (version === 4 ? 12 : 8), version);
  const destination = packetAddress(p.bytes, at + (version === 4 ? 16 : 24), version);
  return `${source} ${destination} ${p.fragmentId[row]} ${version === 4 ? p.ipProtocol[row] : ''}`;
}
