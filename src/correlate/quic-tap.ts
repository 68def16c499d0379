import type { Opened } from '../dissect/quic/keys.ts';

/** A packet as it comes out of its protection. */
export interface OpenedPacket {
  fromClient: boolean;
  level: 'Initial' | '0-RTT' | 'Handshake' | '1-RTT';
  opened: Opened;
  /** What the connection carries, as far as is known by now (ALPN). */
  inside: string | undefined;
  packet: number;
  time: number;
}

/** Told of each packet that was opened: for who looks into packets, not for the analysis. */
export interface PacketTap {
  opened(packet: OpenedPacket): void;
}
