import type { Told } from '../dissect/told.ts';

/** What a client was told of its network, by DHCP or by a router. */
export interface Configuration extends Told {
  packet: number;
  time: number;
  /** Packets that told the same again. */
  repeats: number[];
  packetCount: number;
}
