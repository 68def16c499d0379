import { Kind, type Packets } from '../dissect/packets.ts';
import { ICMP_HEADER, quotes } from '../dissect/protocols/icmp.ts';
import { type Quoted, quoted } from '../dissect/protocols/quoted.ts';
import { packetAddress } from './addresses.ts';
import { type FlowTable, KEY_WORDS } from './flow-table.ts';
import type { IcmpMessage } from './model.ts';

const TCP = 6;
const UDP = 17;
const DESTINATION_UNREACHABLE = 3;
const UNREACHABLE_6 = 1;
/** RFC 4443: below it are the errors. */
const FIRST_INFORMATION_6 = 128;
/** Code 4 says only that the packet was too big. */
const TOO_BIG = 4;

/** Where an error may find what it is about. The first word behind the key of both tables' records is the flow's id. */
export interface Flows {
  readonly tcp: {
    readonly table: FlowTable;
    /** The table has just found the flow of the quoted packet. */
    error(slot: number, packet: number, time: number, unreachable: boolean): void;
  };
  readonly udp: FlowTable;
}

/** ICMP and ICMPv6 messages, one record each; NDP is the resolutions' business and is left out here. */
export class IcmpTracker {
  private readonly final: (message: IcmpMessage) => void;
  private readonly flows: Flows;

  constructor(flows: Flows, final: (message: IcmpMessage) => void) {
    this.flows = flows;
    this.final = final;
  }

  /** One ICMP or ICMPv6 row, in the order of the packets: the flow it is about must be in its table by now. */
  row(p: Packets, row: number): void {
    const six = p.kind[row] === Kind.icmpv6;
    const at = p.transportAt[row];
    const type = p.bytes[at];
    const code = p.bytes[at + 1];
    if (six && type >= 133 && type <= 137) return;
    const version = p.ipVersion[row] as 4 | 6;
    const ip = p.ipAt[row];
    const message: IcmpMessage = {
      packet: p.firstNumber + row,
      time: p.time[row],
      version,
      type,
      code,
      source: packetAddress(p.bytes, ip + (version === 4 ? 12 : 8), version),
      destination: packetAddress(p.bytes, ip + (version === 4 ? 16 : 24), version),
    };
    if (six ? type < FIRST_INFORMATION_6 : quotes(type)) {
      const quote = quoted(p.bytes, at + ICMP_HEADER, p.payloadAt[row] + p.payloadCaptured[row]);
      const unreachable = six ? type === UNREACHABLE_6 : type === DESTINATION_UNREACHABLE && code !== TOO_BIG;
      if (quote !== undefined) message.about = this.about(p, quote, message, unreachable);
    }
    this.final(message);
  }

  private about(p: Packets, quote: Quoted, message: IcmpMessage, unreachable: boolean): IcmpMessage['about'] {
    const { version, protocol, sourceAt, destinationAt, sourcePort, destinationPort } = quote;
    if (quote.transportAt < 0 || (protocol !== TCP && protocol !== UDP)) return undefined;
    const table = protocol === TCP ? this.flows.tcp.table : this.flows.udp;
    const slot = table.lookup(version, p.bytes, sourceAt, destinationAt, sourcePort, destinationPort);
    if (slot < 0) return undefined;
    const id = table.page(slot).words[table.base(slot) + KEY_WORDS];
    if (protocol === UDP) return { datagram: id };
    this.flows.tcp.error(slot, message.packet, message.time, unreachable);
    return { connection: id };
  }
}
