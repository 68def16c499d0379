import { decodeBody } from './dissect/http/body.ts';
import { isSecret } from './dissect/http/header-names.ts';
import type { CaptureFacts } from './rules/facts.ts';
import { Flag, type PacketFacts } from './rules/packet.ts';

/** What one side said until the other spoke: text lines, bodies decoded, what is no text as hexadecimal. */
export interface Turn {
  from: 'client' | 'server';
  /** The first packet of it, and its time (nanoseconds since the capture's base second). */
  packet: number;
  time: number;
  bytes: number;
  /** Bytes of the stream that are missing before it: lost by the capture. */
  missing: number;
  lines: string[];
}

/** Packets read, bytes of one turn that are kept, lines of one turn that are shown, bytes of a decoded body. */
const PACKETS = 5000;
const TURN_BYTES = 1 << 20;
const TURN_LINES = 2000;
const BODY = 1 << 20;
const HEX_ROW = 16;
const MASKED = '(hidden by wirebook)';

interface Side {
  next: number | undefined;
  /** Segments behind a hole, by sequence number. */
  ahead: PacketFacts[];
}

/** The two streams of a connection as a dialogue, put in order, what was sent again left out. Bounded. */
export function follow(capture: CaptureFacts, id: number): Turn[] {
  const connection = capture.connections.get(id);
  if (connection === undefined) return [];
  const sides = { client: { next: undefined, ahead: [] } as Side, server: { next: undefined, ahead: [] } as Side };
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
    if (-ahead < packet.payload.length) say(from, packet, packet.payload.subarray(-ahead), 0);
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
  return raw.map(({ from, packet, parts, bytes, missing }) => {
    const whole = Buffer.concat(parts).subarray(0, TURN_BYTES);
    const lines = isHttp ? httpLines(whole) : plainLines(whole);
    if (lines.length > TURN_LINES) lines.splice(TURN_LINES, lines.length, '…');
    return { from, packet: packet.number, time: packet.time, bytes, missing, lines };
  });
}

/** Heads as text with secrets hidden, bodies decoded; what follows a message's body is the next message. */
function httpLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let at = 0;
  while (at < bytes.length && lines.length < TURN_LINES) {
    const end = headEnd(bytes, at);
    const head = end < 0 ? '' : Buffer.from(bytes.subarray(at, end)).toString('latin1');
    if (end < 0 || !/^(?:[A-Z][A-Z-]{1,30} \S|HTTP\/\d)/.test(head)) {
      lines.push(...plainLines(bytes.subarray(at)));
      break;
    }
    const fields = head.split(/\r?\n/);
    lines.push(...fields.map(masked));
    const value = (name: string): string | undefined =>
      fields
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    const announced = value('content-length');
    const length = announced !== undefined && /^\d{1,15}$/.test(announced) ? Number(announced) : undefined;
    const to = length === undefined ? bytes.length : Math.min(bytes.length, end + length);
    const body = bytes.subarray(end, to);
    if (body.length > 0) {
      const codings = { transferEncoding: value('transfer-encoding') ?? '', contentEncoding: value('content-encoding') ?? '' };
      const decoded = decodeBody(body, codings, BODY);
      lines.push(...plainLines(decoded.bytes));
      if (decoded.problem !== undefined) lines.push(`(${decoded.problem})`);
    }
    at = to;
  }
  return lines;
}

function headEnd(bytes: Uint8Array, at: number): number {
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\r\n\r\n', at, 'latin1');
  return found < 0 ? -1 : found + 4;
}

/** A header line whose value is nobody's business has none. */
function masked(line: string): string {
  const colon = line.indexOf(':');
  return colon > 0 && isSecret(line.slice(0, colon).trim()) ? `${line.slice(0, colon)}: ${MASKED}` : line;
}

/** UTF-8 text by lines, else hexadecimal with what can be read beside it. */
function plainLines(bytes: Uint8Array): string[] {
  const text = new TextDecoder('utf-8').decode(bytes);
  let strange = 0;
  for (const c of text) if (c === '\ufffd' || (c < ' ' && c !== '\n' && c !== '\r' && c !== '\t')) strange++;
  if (strange * 10 <= text.length) return text.replace(/\r?\n$/, '').split(/\r?\n/);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length && lines.length <= TURN_LINES; at += HEX_ROW) {
    const row = bytes.subarray(at, at + HEX_ROW);
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const shown = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(HEX_ROW * 3)} ${shown}`);
  }
  return lines;
}
