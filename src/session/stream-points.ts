import type { CaptureFacts } from '../rules/facts.ts';

/** A segment with payload: `offset` counts bytes of its direction's stream, from 0. */
export interface StreamPoint {
  packet: number;
  /** Nanoseconds since the capture's base second. */
  time: number;
  offset: number;
}

/** Packets of a connection that are looked at for one plot. */
const LOOKED_AT = 20_000;

/** Segments of one direction of a connection, at most about `most`, evenly chosen over its packets. */
export function streamPoints(capture: CaptureFacts, id: number, from: 'client' | 'server', most: number): StreamPoint[] {
  const connection = capture.connections.get(id);
  if (connection === undefined) return [];
  const numbers = capture.packetsOf(id, undefined, undefined, LOOKED_AT);
  const step = Math.max(1, Math.ceil(numbers.length / (2 * most)));
  const sender = connection[from];
  const found: StreamPoint[] = [];
  let base: number | undefined;
  for (let i = 0; i < numbers.length; i++) {
    if (base !== undefined && i % step !== 0) continue;
    const packet = capture.packet(numbers[i]);
    if (packet?.tcp === undefined || packet.source !== sender.address || packet.sourcePort !== sender.port) continue;
    // Sequence numbers are 32 bits and wrap around (RFC 9293 section 3.4); a SYN takes one.
    base ??= (packet.tcp.sequence + (packet.tcp.flags & 2 ? 1 : 0)) >>> 0;
    if (packet.payloadLength > 0)
      found.push({ packet: packet.number, time: packet.time, offset: (packet.tcp.sequence - base) >>> 0 });
  }
  return found;
}
