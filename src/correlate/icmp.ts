import { Kind, type Packets } from '../dissect/packets.ts';
import { packetAddress } from './addresses.ts';
import type { IcmpMessage } from './model.ts';

/** ICMP and ICMPv6 messages, one record each; NDP is the resolutions' business and is left out here. */
export class IcmpTracker {
  private readonly final: (message: IcmpMessage) => void;

  constructor(final: (message: IcmpMessage) => void) {
    this.final = final;
  }

  rows(p: Packets, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const kind = p.kind[row];
      if (kind !== Kind.icmp && kind !== Kind.icmpv6) continue;
      const at = p.transportAt[row];
      const type = p.bytes[at];
      if (kind === Kind.icmpv6 && type >= 133 && type <= 137) continue;
      const version = p.ipVersion[row] as 4 | 6;
      const ip = p.ipAt[row];
      this.final({
        packet: p.firstNumber + row,
        time: p.time[row],
        version,
        type,
        code: p.bytes[at + 1],
        source: packetAddress(p.bytes, ip + (version === 4 ? 12 : 8), version),
        destination: packetAddress(p.bytes, ip + (version === 4 ? 16 : 24), version),
      });
    }
  }
}
