import { BATCH_ROWS } from '../capture/batch.ts';

/** What a row turned out to be, innermost layer first: the number a tracker switches on. */
export const Kind = { none: 0, tcp: 1, udp: 2, icmp: 3, icmpv6: 4, arp: 5, fragment: 6 } as const;

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
  readonly time = new Float64Array(BATCH_ROWS);
  readonly kind = new Uint8Array(BATCH_ROWS);
  /** Index into `stacks`: the layers of the row. */
  readonly stack = new Uint16Array(BATCH_ROWS);
  readonly reason = new Uint8Array(BATCH_ROWS);
  readonly reasonAt = new Uint32Array(BATCH_ROWS);
  /** Bytes the header would have needed, where `reason` is cut or short. */
  readonly reasonNeed = new Uint16Array(BATCH_ROWS);

  /** Ethernet-like destination and source MAC (6 bytes each), -1 where there is none. SLL has only a source. */
  readonly destinationMacAt = new Int32Array(BATCH_ROWS);
  readonly sourceMacAt = new Int32Array(BATCH_ROWS);
  /** Innermost IP header, -1 none; 4 or 6; hop limit derives from the header. */
  readonly ipAt = new Int32Array(BATCH_ROWS);
  readonly ipVersion = new Uint8Array(BATCH_ROWS);
  /** IP protocol number of the upper layer (IPv6: after extension headers). */
  readonly ipProtocol = new Uint8Array(BATCH_ROWS);
  /** Fragments: identification (IPv4 16 bit, IPv6 32 bit), offset in bytes, more-fragments flag. */
  readonly fragmentId = new Uint32Array(BATCH_ROWS);
  readonly fragmentOffset = new Uint32Array(BATCH_ROWS);
  readonly fragmentMore = new Uint8Array(BATCH_ROWS);

  /** Transport header, -1 none (for `Kind.arp`: the ARP header; for `Kind.fragment`: the fragment's payload). */
  readonly transportAt = new Int32Array(BATCH_ROWS);
  readonly sourcePort = new Uint16Array(BATCH_ROWS);
  readonly destinationPort = new Uint16Array(BATCH_ROWS);
  /** Payload of the transport: where, how long by the headers, how much of it was captured. */
  readonly payloadAt = new Uint32Array(BATCH_ROWS);
  readonly payloadLength = new Uint32Array(BATCH_ROWS);
  readonly payloadCaptured = new Uint32Array(BATCH_ROWS);

  readonly sequence = new Uint32Array(BATCH_ROWS);
  readonly acknowledgment = new Uint32Array(BATCH_ROWS);
  /** TCP flags, 9 bits (RFC 9293 §3.1: CWR ECE URG ACK PSH RST SYN FIN, with AE above). */
  readonly flags = new Uint16Array(BATCH_ROWS);
  readonly window = new Uint16Array(BATCH_ROWS);
  readonly tcpHeaderLength = new Uint8Array(BATCH_ROWS);

  /** Set by the flow trackers: the id of the connection (TCP) or datagram flow (UDP) of the row, -1 none. */
  readonly flow = new Int32Array(BATCH_ROWS);

  /** Makes rows `from` … `to-1` say "nothing known yet". Columns of ports, payload, sequence … count only with their `kind`. */
  clear(from: number, to: number): void {
    this.kind.fill(Kind.none, from, to);
    this.stack.fill(0, from, to);
    this.reason.fill(Reason.none, from, to);
    this.reasonAt.fill(0, from, to);
    this.reasonNeed.fill(0, from, to);
    this.destinationMacAt.fill(-1, from, to);
    this.sourceMacAt.fill(-1, from, to);
    this.ipAt.fill(-1, from, to);
    this.ipVersion.fill(0, from, to);
    this.ipProtocol.fill(0, from, to);
    this.transportAt.fill(-1, from, to);
    this.payloadLength.fill(0, from, to);
    this.payloadCaptured.fill(0, from, to);
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
