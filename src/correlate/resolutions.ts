import { ipv4, ipv6, mac, u16 } from '../dissect/bytes.ts';
import { type Packets, Reason } from '../dissect/packets.ts';
import { ARP_OPERATION, arpAddresses, hasIpv4, hasMacs } from '../dissect/protocols/arp.ts';
import type { Resolution } from './model.ts';

/** Questions that wait for an answer, and answered ones that wait to be joined to what they were asked for. */
const PENDING_LIMIT = 4096;
const RECENT_LIMIT = 64;
/** What waited for an answer is sent at once; what comes later found it in the sender's cache. */
const AT_ONCE_NANOSECONDS = 0.5e9;

const ARP_REQUEST = 1;
const NEIGHBOR_SOLICITATION = 135;
const NEIGHBOR_ADVERTISEMENT = 136;

/** Whether an ARP message tells a MAC of an IPv4 address: other hardware or protocols, and cut ones, are only told. */
export const tellsAddresses = (r: Resolution): boolean =>
  r.kind === 'ndp' || (r.senderMac !== '' && r.senderAddress !== '' && r.targetAddress !== '');

/** ARP (RFC 826) and NDP (RFC 4861) questions with their answers. */
export class ResolutionTracker {
  evicted = 0;
  private readonly pending = new Map<string, Resolution>();
  /** Answered and not yet used by a journey, newest last. */
  private readonly recent: Resolution[] = [];
  private readonly final: (resolution: Resolution) => void;

  constructor(final: (resolution: Resolution) => void) {
    this.final = final;
  }

  /**
   * The resolution that this packet had to wait for: asked by its sender, and its answer is the MAC the packet is sent to.
   * Each is given once; later packets find the address in the sender's cache.
   */
  take(p: Packets, row: number): Resolution | undefined {
    if (this.recent.length === 0) return undefined;
    const destination = p.destinationMacAt[row];
    const source = p.sourceMacAt[row];
    if (destination < 0 || source < 0) return undefined;
    const to = mac(p.bytes, destination);
    const by = mac(p.bytes, source);
    // A router answers for its addresses of both versions of IP with one MAC.
    const kind = p.ipVersion[row] === 6 ? 'ndp' : 'arp';
    for (let i = this.recent.length - 1; i >= 0; i--) {
      const r = this.recent[i];
      if (r.answerMac !== to || r.senderMac !== by || r.kind !== kind) continue;
      this.recent.splice(i, 1);
      return p.time[row] - (r.answerTime ?? 0) <= AT_ONCE_NANOSECONDS ? r : undefined;
    }
    return undefined;
  }

  end(): void {
    for (const r of this.pending.values()) this.final(r);
    this.pending.clear();
  }

  arp(p: Packets, row: number): void {
    const { bytes } = p;
    const at = p.transportAt[row];
    // Of a message that is not whole, what it says is not told.
    const whole = p.reason[row] === Reason.none;
    const [senderMac, sender, targetMac, target] = arpAddresses(bytes, at);
    const macAt = (offset: number): string => (whole && hasMacs(bytes, at) ? mac(bytes, at + offset) : '');
    const addressAt = (offset: number): string => (whole && hasIpv4(bytes, at) ? ipv4(bytes, at + offset) : '');
    const r: Resolution = {
      kind: 'arp',
      packet: p.firstNumber + row,
      time: p.time[row],
      operation: u16(bytes, at + ARP_OPERATION),
      senderMac: macAt(senderMac),
      senderAddress: addressAt(sender),
      targetMac: macAt(targetMac),
      targetAddress: addressAt(target),
      answerPacket: undefined,
      answerTime: undefined,
      took: undefined,
      answerMac: undefined,
    };
    if (tellsAddresses(r)) this.asked(r);
    else this.final(r);
  }

  private asked(r: Resolution): void {
    if (r.operation === ARP_REQUEST && r.senderAddress !== r.targetAddress) {
      this.wait(`${r.senderAddress} ${r.targetAddress}`, r);
      return;
    }
    this.answer(`${r.targetAddress} ${r.senderAddress}`, r.senderMac, r.packet, r.time);
    this.final(r);
  }

  private wait(key: string, r: Resolution): void {
    const before = this.pending.get(key);
    if (before !== undefined) {
      this.pending.delete(key);
      this.final(before);
    }
    this.pending.set(key, r);
    if (this.pending.size > PENDING_LIMIT) {
      const [oldKey, old] = this.pending.entries().next().value as [string, Resolution];
      this.pending.delete(oldKey);
      this.evicted++;
      this.final(old);
    }
  }

  private answer(key: string, answerMac: string, packet: number, time: number): void {
    const question = this.pending.get(key);
    if (question === undefined) return;
    this.pending.delete(key);
    question.answerPacket = packet;
    question.answerTime = Math.max(time, question.time);
    question.answerMac = answerMac;
    this.recent.push(question);
    if (this.recent.length > RECENT_LIMIT) this.recent.shift();
    this.final(question);
  }

  neighbor(p: Packets, row: number): void {
    const { bytes } = p;
    const at = p.transportAt[row];
    const type = bytes[at];
    if (type !== NEIGHBOR_SOLICITATION && type !== NEIGHBOR_ADVERTISEMENT) return;
    const end = p.payloadAt[row] + p.payloadCaptured[row];
    if (end < at + 24) return;
    const ip = p.ipAt[row];
    const sender = ipv6(bytes, ip + 8);
    const target = ipv6(bytes, at + 8);
    const option = linkLayerOption(bytes, at + 24, end, type === NEIGHBOR_SOLICITATION ? 1 : 2);
    const senderMac = option ?? (p.sourceMacAt[row] >= 0 ? mac(bytes, p.sourceMacAt[row]) : '');
    const r: Resolution = {
      kind: 'ndp',
      packet: p.firstNumber + row,
      time: p.time[row],
      operation: type,
      senderMac,
      senderAddress: sender,
      targetMac: type === NEIGHBOR_ADVERTISEMENT ? senderMac : '',
      targetAddress: target,
      answerPacket: undefined,
      answerTime: undefined,
      took: undefined,
      answerMac: undefined,
    };
    if (type === NEIGHBOR_SOLICITATION) {
      // Sender "::" is duplicate address detection (RFC 4862 §5.4): nobody should answer.
      this.wait(`${sender} ${target}`, r);
      return;
    }
    this.answer(`${ipv6(bytes, ip + 24)} ${target}`, senderMac, r.packet, r.time);
    this.final(r);
  }
}

/** Source (1) or target (2) link-layer address option of NDP (RFC 4861 §4.6.1). */
function linkLayerOption(bytes: Uint8Array, from: number, end: number, wanted: number): string | undefined {
  for (let at = from; at + 8 <= end; ) {
    const length = bytes[at + 1] * 8;
    if (length === 0) return undefined;
    if (bytes[at] === wanted) return mac(bytes, at + 2);
    at += length;
  }
  return undefined;
}
