import { u32 } from '../dissect/bytes.ts';
import { Kind, type Packets } from '../dissect/packets.ts';
import { Flag } from './tcp-record.ts';

/** How many segments back a first copy is looked for; of a batch that is done at least `CARRIED` are kept for the next. */
export const RECENT_SEGMENTS = 256;
export const CARRIED = 64;
/** Bytes carried over from batch to batch, and at most of one. */
const RING_BYTES = 256 << 10;
const SPAN_BYTES = 128 << 10;

/** Two captures of one packet with nothing but their time to tell lie no further apart. */
const SAME_NANOSECONDS = 1e6;
/** The same with another TTL or other MAC addresses: a router lies between. */
const ROUTED_NANOSECONDS = 10e6;

const FIXED_HEADER = 20;
const TIMESTAMPS = 8;

/**
 * The segments just seen, for the few questions that need them: was this packet captured before, does it carry other bytes
 * than the first one, was it sent before or after its neighbor. Filled only when something is asked, so that plain traffic
 * pays for the end of each batch alone.
 */
export class Recent {
  private readonly flow = new Int32Array(RECENT_SEGMENTS).fill(-1);
  private readonly source = new Uint32Array(RECENT_SEGMENTS);
  private readonly sequence = new Uint32Array(RECENT_SEGMENTS);
  private readonly acknowledgment = new Uint32Array(RECENT_SEGMENTS);
  private readonly flags = new Uint16Array(RECENT_SEGMENTS);
  private readonly window = new Uint16Array(RECENT_SEGMENTS);
  private readonly length = new Uint32Array(RECENT_SEGMENTS);
  private readonly options = new Int32Array(RECENT_SEGMENTS);
  /** IPv4 identification; -1 there is none. */
  private readonly id = new Int32Array(RECENT_SEGMENTS);
  private readonly hops = new Uint8Array(RECENT_SEGMENTS);
  private readonly link = new Int32Array(RECENT_SEGMENTS);
  private readonly stamp = new Uint32Array(RECENT_SEGMENTS);
  private readonly time = new Float64Array(RECENT_SEGMENTS);
  /** Payload: in the batch's bytes while `run` is the present one, in the ring (counted on and on) when it is 0; else gone. */
  private readonly from = new Float64Array(RECENT_SEGMENTS);
  private readonly kept = new Uint32Array(RECENT_SEGMENTS);
  private readonly run = new Int32Array(RECENT_SEGMENTS);
  private readonly ring = new Uint8Array(RING_BYTES);
  private written = 0;
  /** Entries ever made; the next row of the batch to be entered; batches, or parts of them, so far. */
  private made = 0;
  private next = 0;
  private batch = -1;
  private runs = 1;

  /** The rows up to here are done and their bytes about to change: the last segments are carried over. */
  done(p: Packets, to: number): void {
    this.upTo(p, to, CARRIED);
    let low = Number.POSITIVE_INFINITY;
    let high = 0;
    let first = this.made;
    for (; first > 0 && first > this.made - CARRIED; first--) {
      const i = (first - 1) % RECENT_SEGMENTS;
      if (this.run[i] !== this.runs) break;
      const from = Math.min(low, this.from[i]);
      const to = Math.max(high, this.from[i] + this.kept[i]);
      if (to - from > SPAN_BYTES) break;
      low = from;
      high = to;
    }
    if (high > low) {
      // A span does not wrap: what does not fit before the end begins at the front.
      const left = RING_BYTES - (this.written % RING_BYTES);
      if (left < high - low) this.written += left;
      this.ring.set(p.bytes.subarray(low, high), this.written % RING_BYTES);
      for (let n = first; n < this.made; n++) {
        const i = n % RECENT_SEGMENTS;
        this.run[i] = 0;
        this.from[i] += this.written - low;
      }
      this.written += high - low;
    }
    this.runs++;
  }

  /**
   * Whether the row is another capture of a packet just seen. Sure where its IPv4 identification repeats that of the first
   * copy and others of the flow have others, or where TTL or MAC addresses differ; else only for what no host sends again
   * that soon: not for pure ACKs and RSTs, and not once the other side has spoken in between.
   */
  duplicate(p: Packets, row: number): boolean {
    this.upTo(p, row, RECENT_SEGMENTS);
    const flow = p.flow[row];
    const length = p.payloadLength[row];
    const time = p.time[row];
    const source = sourceOf(p, row);
    const id = identification(p, row);
    let idsVary = false;
    let answered = false;
    let found = -1;
    const oldest = Math.max(0, this.made - RECENT_SEGMENTS);
    for (let n = this.made - 1; n >= oldest; n--) {
      const i = n % RECENT_SEGMENTS;
      if (this.flow[i] !== flow) continue;
      if (this.source[i] !== source) {
        if (found < 0) answered = true;
        continue;
      }
      if (this.id[i] !== id) idsVary = true;
      if (
        found < 0 &&
        this.sequence[i] === p.sequence[row] &&
        this.acknowledgment[i] === p.acknowledgment[row] &&
        this.flags[i] === p.flags[row] &&
        this.window[i] === p.window[row] &&
        this.length[i] === length &&
        this.id[i] === id &&
        this.options[i] === optionsOf(p, row) &&
        this.payloadIs(i, p, row)
      )
        found = i;
      if (found >= 0 && idsVary) break;
    }
    if (found < 0) return false;
    const apart = Math.abs(time - this.time[found]);
    if (id > 0 && idsVary) return true;
    if (this.hops[found] !== hopsOf(p, row) || this.link[found] !== linkOf(p, row)) return apart < ROUTED_NANOSECONDS;
    const speaks = length > 0 || (p.flags[row] & (Flag.syn | Flag.fin)) !== 0;
    return speaks && !answered && apart < SAME_NANOSECONDS;
  }

  /** Whether bytes of the row differ from those that a recent segment had at the same place of the stream. */
  differs(p: Packets, row: number, dataAt: number): boolean {
    this.upTo(p, row, RECENT_SEGMENTS);
    const source = sourceOf(p, row);
    const captured = p.payloadCaptured[row];
    const oldest = Math.max(0, this.made - RECENT_SEGMENTS);
    for (let n = this.made - 1; n >= oldest; n--) {
      const i = n % RECENT_SEGMENTS;
      if (this.flow[i] !== p.flow[row] || this.source[i] !== source || this.kept[i] === 0) continue;
      const first = this.payloadAt(i);
      if (first < 0) continue;
      const bytes = this.run[i] === 0 ? this.ring : p.bytes;
      const firstAt = this.flags[i] & Flag.syn ? (this.sequence[i] + 1) >>> 0 : this.sequence[i];
      const shift = (dataAt - firstAt) | 0;
      const begin = Math.max(0, shift);
      const end = Math.min(this.kept[i], shift + captured);
      const at = p.payloadAt[row] - shift;
      for (let k = begin; k < end; k++) if (bytes[first + k] !== p.bytes[at + k]) return true;
    }
    return false;
  }

  /**
   * By the sender's timestamps (RFC 7323): -1 the row was sent before the oldest segment seen beyond it, so it was overtaken;
   * 1 after, so it was sent again; 0 they do not say.
   */
  sent(p: Packets, row: number): number {
    const stamp = stampOf(p, row);
    if (stamp === 0) return 0;
    this.upTo(p, row, RECENT_SEGMENTS);
    const source = sourceOf(p, row);
    let order = 0;
    const oldest = Math.max(0, this.made - RECENT_SEGMENTS);
    for (let n = this.made - 1; n >= oldest; n--) {
      const i = n % RECENT_SEGMENTS;
      if (this.flow[i] !== p.flow[row] || this.source[i] !== source || this.stamp[i] === 0) continue;
      if (((this.sequence[i] - p.sequence[row]) | 0) <= 0) continue;
      order = Math.sign((stamp - this.stamp[i]) | 0);
    }
    return order;
  }

  /** Whether the payload kept of an entry is that of the row, as far as both were captured. */
  private payloadIs(i: number, p: Packets, row: number): boolean {
    const first = this.payloadAt(i);
    if (first < 0) return true;
    const bytes = this.run[i] === 0 ? this.ring : p.bytes;
    const at = p.payloadAt[row];
    const end = Math.min(this.kept[i], p.payloadCaptured[row]);
    for (let k = 0; k < end; k++) if (bytes[first + k] !== p.bytes[at + k]) return false;
    return true;
  }

  /** Where an entry's payload begins, in the ring or in the batch; -1 when it is gone. */
  private payloadAt(i: number): number {
    if (this.run[i] === this.runs) return this.from[i];
    return this.run[i] === 0 && this.from[i] + RING_BYTES >= this.written ? this.from[i] % RING_BYTES : -1;
  }

  private upTo(p: Packets, to: number, most: number): void {
    if (this.batch !== p.firstNumber) {
      this.batch = p.firstNumber;
      this.next = 0;
    }
    if (to - this.next > most) this.next = to - most;
    for (; this.next < to; this.next++) if (p.kind[this.next] === Kind.tcp) this.enter(p, this.next);
  }

  private enter(p: Packets, row: number): void {
    const i = this.made++ % RECENT_SEGMENTS;
    this.flow[i] = p.flow[row];
    this.source[i] = sourceOf(p, row);
    this.sequence[i] = p.sequence[row];
    this.acknowledgment[i] = p.acknowledgment[row];
    this.flags[i] = p.flags[row];
    this.window[i] = p.window[row];
    this.length[i] = p.payloadLength[row];
    this.options[i] = optionsOf(p, row);
    this.id[i] = identification(p, row);
    this.hops[i] = hopsOf(p, row);
    this.link[i] = linkOf(p, row);
    this.stamp[i] = stampOf(p, row);
    this.time[i] = p.time[row];
    this.run[i] = this.runs;
    this.from[i] = p.payloadAt[row];
    this.kept[i] = p.payloadCaptured[row];
  }
}

/** Tells the two sides of one flow apart: its address and port, mixed. */
function sourceOf(p: Packets, row: number): number {
  const ip = p.ipAt[row];
  const address = p.ipVersion[row] === 4 ? u32(p.bytes, ip + 12) : u32(p.bytes, ip + 20) ^ u32(p.bytes, ip + 16);
  return (Math.imul(address, 0x9e3779b1) ^ p.sourcePort[row]) >>> 0;
}

function identification(p: Packets, row: number): number {
  const ip = p.ipAt[row];
  return p.ipVersion[row] === 4 ? (p.bytes[ip + 4] << 8) | p.bytes[ip + 5] : -1;
}

const hopsOf = (p: Packets, row: number): number => p.bytes[p.ipAt[row] + (p.ipVersion[row] === 4 ? 8 : 7)];

/** MAC addresses and what lies between them and the IP header, mixed. */
function linkOf(p: Packets, row: number): number {
  const destination = p.destinationMacAt[row];
  const source = p.sourceMacAt[row];
  let h = source >= 0 ? p.ipAt[row] - source : 0;
  if (destination >= 0) h = Math.imul(h ^ u32(p.bytes, destination + 2), 0x85ebca6b);
  if (source >= 0) h = Math.imul(h ^ u32(p.bytes, source + 2), 0x2c1b3c6d);
  return h | 0;
}

function optionsOf(p: Packets, row: number): number {
  const at = p.transportAt[row];
  const end = p.payloadAt[row];
  let h = p.tcpHeaderLength[row];
  for (let i = at + FIXED_HEADER; i + 4 <= end; i += 4) h = Math.imul(h ^ u32(p.bytes, i), 0x9e3779b1) ^ (h >>> 15);
  return h | 0;
}

/** The timestamp, 0 when there is none. */
function stampOf(p: Packets, row: number): number {
  const { bytes } = p;
  const at = p.transportAt[row] + FIXED_HEADER;
  const end = p.payloadAt[row];
  for (let i = at; i + 10 <= end; ) {
    const kind = bytes[i];
    if (kind === TIMESTAMPS && bytes[i + 1] === 10) return u32(bytes, i + 2);
    if (kind === 0) return 0;
    i += kind === 1 ? 1 : Math.max(2, bytes[i + 1]);
  }
  return 0;
}
