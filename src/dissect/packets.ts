import { BATCH_ROWS } from '../capture/batch.ts';

/** What a row turned out to be, innermost layer first: the number a tracker switches on. */
export const Kind = { none: 0, tcp: 1, udp: 2, icmp: 3, icmpv6: 4, arp: 5, fragment: 6 } as const;

/** TCP as a protocol within IP. */
const IP_TCP = 6;

/** Why a row's dissection stopped early. `cut`: the capture ended (snaplen), `short`: the packet itself did. */
export const Reason = {
  none: 0,
  cut: 1,
  short: 2,
  badLength: 3,
  badVersion: 4,
  tooManyLayers: 5,
  unknownLinkType: 6,
} as const;

/**
 * The column store: one row a packet of the current batch, plain numbers in typed arrays. Offsets point into `bytes`.
 * Where layers repeat (tunnels), the innermost wins. Rows are valid until the next batch.
 *
 * `at`, `end`, `wire` are the scan loop's cursor: where the next layer begins, where the captured bytes end (never read
 * at or past it) and where the bytes on the wire would end (`wire >= end`; larger when the packet was cut).
 */
export class Packets {
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  firstNumber = 1;
  at = 0;
  end = 0;
  wire = 0;

  /** Nanoseconds since the session's base second: exact for 104 days. */
  declare readonly time: Float64Array;
  declare readonly kind: Uint8Array;
  /** Index into `stacks`: the layers of the row. */
  declare readonly stack: Uint16Array;
  declare readonly reason: Uint8Array;
  declare readonly reasonAt: Uint32Array;
  /** Bytes the header would have needed, where `reason` is cut or short. */
  declare readonly reasonNeed: Uint16Array;

  /** Ethernet-like destination and source MAC (6 bytes each), -1 where there is none. SLL has only a source. */
  declare readonly destinationMacAt: Int32Array;
  declare readonly sourceMacAt: Int32Array;
  /** Innermost IP header, -1 none; 4 or 6; hop limit derives from the header. */
  declare readonly ipAt: Int32Array;
  declare readonly ipVersion: Uint8Array;
  /** IP protocol number of the upper layer (IPv6: after extension headers). */
  declare readonly ipProtocol: Uint8Array;
  /** Fragments: identification (IPv4 16 bit, IPv6 32 bit), offset in bytes, more-fragments flag. */
  declare readonly fragmentId: Uint32Array;
  declare readonly fragmentOffset: Uint32Array;
  declare readonly fragmentMore: Uint8Array;

  /** Transport header, -1 none (for `Kind.arp`: the ARP header; for `Kind.fragment`: the fragment's payload). */
  declare readonly transportAt: Int32Array;
  declare readonly sourcePort: Uint16Array;
  declare readonly destinationPort: Uint16Array;
  /** Payload of the transport: where, how long by the headers, how much of it was captured. */
  declare readonly payloadAt: Uint32Array;
  declare readonly payloadLength: Uint32Array;
  declare readonly payloadCaptured: Uint32Array;

  declare readonly sequence: Uint32Array;
  declare readonly acknowledgment: Uint32Array;
  /** TCP flags, 9 bits (RFC 9293 §3.1: CWR ECE URG ACK PSH RST SYN FIN, with AE above). */
  declare readonly flags: Uint16Array;
  declare readonly window: Uint16Array;
  declare readonly tcpHeaderLength: Uint8Array;

  /** Set by the flow trackers: the id of the connection (TCP), `quicFlow` of a QUIC connection's, -1 none. */
  declare readonly flow: Int32Array;

  constructor(rows = BATCH_ROWS) {
    this.time = new Float64Array(rows);
    this.kind = new Uint8Array(rows);
    this.stack = new Uint16Array(rows);
    this.reason = new Uint8Array(rows);
    this.reasonAt = new Uint32Array(rows);
    this.reasonNeed = new Uint16Array(rows);
    this.destinationMacAt = new Int32Array(rows);
    this.sourceMacAt = new Int32Array(rows);
    this.ipAt = new Int32Array(rows);
    this.ipVersion = new Uint8Array(rows);
    this.ipProtocol = new Uint8Array(rows);
    this.fragmentId = new Uint32Array(rows);
    this.fragmentOffset = new Uint32Array(rows);
    this.fragmentMore = new Uint8Array(rows);
    this.transportAt = new Int32Array(rows);
    this.sourcePort = new Uint16Array(rows);
    this.destinationPort = new Uint16Array(rows);
    this.payloadAt = new Uint32Array(rows);
    this.payloadLength = new Uint32Array(rows);
    this.payloadCaptured = new Uint32Array(rows);
    this.sequence = new Uint32Array(rows);
    this.acknowledgment = new Uint32Array(rows);
    this.flags = new Uint16Array(rows);
    this.window = new Uint16Array(rows);
    this.tcpHeaderLength = new Uint8Array(rows);
    this.flow = new Int32Array(rows);
  }

  /** Makes a row say "nothing known yet". Columns of ports, payload, sequence … count only with their `kind`. */
  clear(row: number): void {
    this.kind[row] = Kind.none;
    this.stack[row] = 0;
    this.reason[row] = Reason.none;
    this.reasonAt[row] = 0;
    this.reasonNeed[row] = 0;
    this.destinationMacAt[row] = -1;
    this.sourceMacAt[row] = -1;
    this.ipAt[row] = -1;
    this.ipVersion[row] = 0;
    this.ipProtocol[row] = 0;
    this.transportAt[row] = -1;
    this.payloadLength[row] = 0;
    this.payloadCaptured[row] = 0;
    this.flow[row] = -1;
  }

  /** Makes rows `from` … `to-1` say what all plain TCP segments over IPv4 have in common; `stack` is theirs. Other rows are cleared. */
  expectTcp4(from: number, to: number, stack: number): void {
    this.kind.fill(Kind.tcp, from, to);
    this.stack.fill(stack, from, to);
    this.reason.fill(Reason.none, from, to);
    this.reasonAt.fill(0, from, to);
    this.reasonNeed.fill(0, from, to);
    this.ipVersion.fill(4, from, to);
    this.ipProtocol.fill(IP_TCP, from, to);
    this.flow.fill(-1, from, to);
  }

  /** Ends the row's dissection; the layers before it stay. Returns 0, so that a scan can `return p.fail(…)`. */
  fail(row: number, reason: number, at: number, need: number): 0 {
    this.reason[row] = reason;
    this.reasonAt[row] = at;
    this.reasonNeed[row] = need;
    return 0;
  }

  /** Ends the row for a header of `need` bytes that is not whole at the cursor: `cut` by the capture, or `short` on the wire. */
  lacks(row: number, need: number): 0 {
    return this.fail(row, this.wire - this.at >= need ? Reason.cut : Reason.short, this.at, need);
  }
}
