import type { PlainRecord } from '../dissect/tls/plaintext.ts';
import { plainLines, shortened } from './follow-lines.ts';
import { decryptedTurns, messages, type Turn } from './follow-tls.ts';
import type { CaptureFacts } from '../rules/facts.ts';
import { Flag, type PacketFacts } from '../rules/packet.ts';

/** Packets read, bytes of one turn that are kept. */
const PACKETS = 5000;
const TURN_BYTES = 1 << 20;

interface Side {
  next: number | undefined;
  /** Bytes of the last segment that the snapshot length cut off. */
  cut: number;
  /** Segments behind a hole, by sequence number. */
  ahead: PacketFacts[];
}

/**
 * The two streams of a connection as a dialogue, put in order, what was sent again left out. Bounded. `opened`: what keys opened of
 * it, which is told instead.
 */
export function follow(capture: CaptureFacts, id: number, opened: readonly PlainRecord[] = []): Turn[] {
  const connection = capture.connections.get(id);
  if (connection === undefined) return [];
  const decrypted = decryptedTurns(opened, (packet) => capture.timeOf(packet));
  if (decrypted.length > 0) return decrypted;
  const sides = {
    client: { next: undefined, cut: 0, ahead: [] } as Side,
    server: { next: undefined, cut: 0, ahead: [] } as Side,
  };
  const raw: { from: 'client' | 'server'; packet: PacketFacts; parts: Uint8Array[]; bytes: number; missing: number }[] = [];
  const say = (from: 'client' | 'server', packet: PacketFacts, part: Uint8Array, missing: number): void => {
    const last = raw.at(-1);
    if (last !== undefined && last.from === from && missing === 0) {
      if (last.bytes < TURN_BYTES) last.parts.push(part);
      last.bytes += part.length;
    } else raw.push({ from, packet, parts: [part], bytes: part.length, missing });
  };
  const take = (from: 'client' | 'server', packet: PacketFacts): boolean => {
    const side = sides[from];
    const { sequence } = packet.tcp as NonNullable<PacketFacts['tcp']>;
    side.next ??= sequence;
    const ahead = (sequence - side.next) | 0;
    if (ahead > 0) return false;
    if (-ahead < packet.payload.length) {
      say(from, packet, packet.payload.subarray(-ahead), side.cut);
      side.cut = packet.payloadLength - packet.payload.length;
    }
    side.next = Math.max(0, -ahead) < packet.payloadLength ? (sequence + packet.payloadLength) >>> 0 : side.next;
    return true;
  };
  const drain = (from: 'client' | 'server', force: boolean): void => {
    const side = sides[from];
    side.ahead.sort((a, b) => ((a.tcp as { sequence: number }).sequence - (b.tcp as { sequence: number }).sequence) | 0);
    while (side.ahead.length > 0) {
      const first = side.ahead[0];
      const gap = ((first.tcp as { sequence: number }).sequence - (side.next ?? 0)) | 0;
      if (gap > 0 && !force) return;
      side.ahead.shift();
      if (gap > 0) {
        side.next = (((first.tcp as { sequence: number }).sequence + first.payloadLength) >>> 0) as number;
        say(from, first, first.payload, gap);
        side.cut = first.payloadLength - first.payload.length;
      } else take(from, first);
    }
  };
  for (const number of capture.packetsOf(id, undefined, undefined, PACKETS)) {
    const packet = capture.packet(number);
    if (packet?.tcp === undefined) continue;
    const isClient = packet.source === connection.client.address && packet.sourcePort === connection.client.port;
    const from = isClient ? 'client' : 'server';
    if ((packet.tcp.flags & Flag.syn) !== 0) sides[from].next = (packet.tcp.sequence + 1) >>> 0;
    if (packet.payloadLength === 0 || packet.payload.length === 0) continue;
    if (!take(from, packet)) sides[from].ahead.push(packet);
    drain(from, false);
  }
  drain('client', true);
  drain('server', true);
  const isHttp = connection.application === 'http';
  const sealed = connection.application === 'tls';
  const heads = { client: false, server: false };
  return raw.map(({ from, packet, parts, bytes, missing }) => {
    if (sealed) return { from, packet: packet.number, time: packet.time, bytes, missing, lines: [], sealed };
    const whole = Buffer.concat(parts).subarray(0, TURN_BYTES);
    const lines = shortened(isHttp ? messages(whole, from, heads) : plainLines(whole));
    return { from, packet: packet.number, time: packet.time, bytes, missing, lines };
  });
}

export type { Turn } from './follow-tls.ts';
