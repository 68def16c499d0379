import type { Packets } from './packets.ts';

/**
 * One node of a packet's field tree. `name` is Wireshark's field name where it has one ("ip.ttl"), `label` the field's name
 * in words, `at`/`end` the byte range in the packet's bytes that `decode` was given (or in its layer's own `bytes`).
 */
export interface Field {
  name: string;
  label: string;
  at: number;
  end: number;
  /** Plain value for comparing and filtering. */
  value: number | bigint | string | boolean | null;
  /** Value for people, where it differs from `value`: "0x0800 (IPv4)". Raw captured text; made harmless on output. */
  text?: string;
  children?: Field[];
  /** Something is wrong here: "TCP header needs 20 bytes, 12 captured". */
  problem?: string;
}

/** One protocol layer of a packet. */
export interface Layer {
  /** tshark's filter name: "eth", "ip", "tcp". */
  protocol: string;
  /** In words, with the most telling values: "Transmission Control Protocol, 35704 > 80, Seq 1". */
  title: string;
  at: number;
  end: number;
  fields: Field[];
  /** The layer's own bytes, where it does not lie in the packet's: its range and those of its fields are in these. */
  bytes?: Uint8Array;
}

/** What `fields` may look at besides its own bytes. Read-only. */
export interface FieldContext {
  /** A one-row store, scanned down to and including this layer. Row 0. */
  packets: Packets;
  /** End of the captured bytes of this layer, and where it would end on the wire. */
  end: number;
  wire: number;
  linkType: number;
}

/** Where a protocol sits: the number that the layer below carries for it. */
export type Over = {
  table: 'linkType' | 'etherType' | 'ipProtocol' | 'udpPort' | 'tcpPort' | 'pppProtocol' | 'llcSap';
  value: number;
};

export const linkType = (value: number): Over => ({ table: 'linkType', value });
export const etherType = (value: number): Over => ({ table: 'etherType', value });
export const ipProtocol = (value: number): Over => ({ table: 'ipProtocol', value });
export const udpPort = (value: number): Over => ({ table: 'udpPort', value });
export const tcpPort = (value: number): Over => ({ table: 'tcpPort', value });
export const pppProtocol = (value: number): Over => ({ table: 'pppProtocol', value });
export const llcSap = (value: number): Over => ({ table: 'llcSap', value });

/** Reads one layer of a row; see `Protocol.scan`. */
export type Scan = (p: Packets, row: number) => number;

/** A protocol is one file that exports one of these, and one line in `registry.ts`. */
export interface Protocol {
  /** tshark's filter name: part of the layer stack ("eth:ip:tcp"). */
  name: string;
  over: Over[];
  /**
   * Hot path: reads the layer at the cursor (`p.at`, `p.end`, `p.wire`) into the row's columns, moves the cursor to its
   * payload and returns the id of the next protocol (from the tables in `tables.ts`), or 0 to stop. Allocates nothing,
   * throws nothing, never reads `p.bytes` at or past `p.end`. Absent: the layer is only named.
   */
  scan?: Scan;
  /**
   * Hot path, for protocols found by a port, which others may use too: do the bytes at the cursor look like this protocol?
   * Only then is the layer named. Absent: the port is enough. Reads under the same terms as `scan`, writes nothing.
   */
  claims?(p: Packets): boolean;
  /** Hot path: do the bytes of a datagram between ports that nobody has look like this protocol? */
  onAnyUdpPort?(p: Packets): boolean;
  /** Cold path: the layer's title and field tree. `at` is where the layer begins; must bear any bytes. */
  layer(bytes: Uint8Array, at: number, context: FieldContext): Layer;
}
