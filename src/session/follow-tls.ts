import { type HeadField, FrameStream } from '../dissect/http2/stream-frames.ts';
import { ContentType } from '../dissect/tls/names.ts';
import type { PlainRecord } from '../dissect/tls/plaintext.ts';
import { bodyLines, httpLines, MASKED, plainLines, shortened } from './follow-lines.ts';

/** What one side said until the other spoke: text lines, bodies decoded, what is no text as hexadecimal. */
export interface Turn {
  from: 'client' | 'server';
  /** The first packet of it, and its time (nanoseconds since the capture's base second). */
  packet: number;
  time: number;
  bytes: number;
  /** Bytes of the stream that are missing before it: lost by the capture; -1: encrypted ones that could not be opened, or were lost. */
  missing: number;
  lines: string[];
  /** It is encrypted, and no keys opened it. */
  sealed?: boolean;
  /** HTTP/2: the stream that it belongs to. */
  stream?: number;
}

/** Bytes of one turn that are kept. */
const TURN_BYTES = 1 << 20;

interface Said extends Omit<Turn, 'lines'> {
  head: string[];
  parts: Uint8Array[];
  encoding: string;
}

/** What was said under the protection of TLS: HTTP/2 by its streams' messages, all else as the sides took turns. */
export function decryptedTurns(records: readonly PlainRecord[], timeOf: (packet: number) => number): Turn[] {
  const said: Said[] = [];
  const begin = (record: PlainRecord, stream?: number): Said => {
    const from = record.fromClient ? 'client' : 'server';
    // The server's record can be read when it is whole, the client's was on its way with its first packet.
    const packet = record.fromClient ? (record.packets[0] ?? record.packet) : record.packet;
    const turn: Said = {
      from,
      packet,
      time: timeOf(packet),
      bytes: 0,
      missing: record.behindGap ? -1 : 0,
      head: [],
      parts: [],
      encoding: '',
    };
    if (stream !== undefined) turn.stream = stream;
    said.push(turn);
    return turn;
  };
  const data = records.filter((record) => record.type === ContentType.applicationData);
  const inside = data.find((record) => record.inside !== 'unknown')?.inside;
  if (inside === 'http2') byStreams(data, begin);
  else
    for (const record of data) {
      const last = said.at(-1);
      const goesOn = last?.from === (record.fromClient ? 'client' : 'server') && !record.behindGap;
      add(goesOn ? last : begin(record), record.bytes);
    }
  const heads = { client: false, server: false };
  return said.map(({ head, parts, encoding, ...turn }) => {
    const body = Buffer.concat(parts).subarray(0, TURN_BYTES);
    const lines =
      inside === 'http2'
        ? [...head, ...(body.length > 0 ? ['', ...bodyLines(body, { contentEncoding: encoding })] : [])]
        : inside === 'http'
          ? messages(body, turn.from, heads)
          : plainLines(body);
    return { ...turn, lines: shortened(lines) };
  });
}

/** HTTP/1 of one side; `heads`: in whose heads what was said before has ended. */
export function messages(bytes: Uint8Array, from: Turn['from'], heads: Record<Turn['from'], boolean>): string[] {
  const { lines, inHead } = httpLines(bytes, from === 'server', heads[from]);
  heads[from] = inHead;
  return lines;
}

function add(turn: Said, bytes: Uint8Array): void {
  if (turn.bytes < TURN_BYTES) turn.parts.push(bytes);
  turn.bytes += bytes.length;
}

function byStreams(data: readonly PlainRecord[], begin: (record: PlainRecord, stream: number) => Said): void {
  let current: PlainRecord = data[0];
  const open = [new Map<number, Said>(), new Map<number, Said>()];
  const sides = open.map(
    (messages) =>
      new FrameStream({
        head(stream: number, fields: readonly HeadField[]): void {
          let turn = messages.get(stream);
          // Trailers belong to the message before them.
          if (turn === undefined || fields.some(({ name }) => name === ':status' || name === ':method')) {
            turn = begin(current, stream);
            messages.set(stream, turn);
          }
          for (const { name, value, hidden } of fields) {
            turn.head.push(`${name ?? '(unknown)'}: ${hidden ? MASKED : (value ?? '(unknown)')}`);
            if (name === 'content-encoding') turn.encoding = value ?? '';
          }
        },
        data(stream: number, bytes: Uint8Array): void {
          let turn = messages.get(stream);
          if (turn === undefined) {
            turn = begin(current, stream);
            messages.set(stream, turn);
          }
          add(turn, bytes);
        },
      }),
  );
  for (const record of data) {
    current = record;
    const side = record.fromClient ? 0 : 1;
    if (record.behindGap) {
      sides[side].miss();
      open[side].clear();
    }
    sides[side].next(record.bytes, sides[1 - side], false);
  }
}
