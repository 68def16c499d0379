import { type Fields, hexText, type Meaning, named } from '../fields.ts';
import type { Field } from '../protocol.ts';
import { errorName, FRAME_HEADER, Flag, SETTING_NAMES, TYPE_NAMES, Type } from './frames.ts';
import { headerFields } from './header-fields.ts';
import type { HpackDecoder } from './hpack.ts';

/** Entries of one SETTINGS or ORIGIN frame that get a field each. */
const ENTRIES_LIMIT = 256;
const TEXT_SHOWN = 200;

const error: Meaning = (value) => `${errorName(value)} (${value})`;
const yes: Meaning = (value) => (value === 0 ? '0 (no)' : `${value} (yes)`);

/** By type: flag, Wireshark's name, label. */
const FLAGS: Record<number, [mask: number, name: string, label: string][]> = {
  [Type.data]: [
    [Flag.endStream, 'end_stream', 'End Stream'],
    [Flag.padded, 'padded', 'Padded'],
  ],
  [Type.headers]: [
    [Flag.endStream, 'end_stream', 'End Stream'],
    [Flag.endHeaders, 'eh', 'End Headers'],
    [Flag.padded, 'padded', 'Padded'],
    [Flag.priority, 'priority', 'Priority'],
  ],
  [Type.settings]: [[Flag.ack, 'ack.settings', 'ACK']],
  [Type.pushPromise]: [
    [Flag.endHeaders, 'eh', 'End Headers'],
    [Flag.padded, 'padded', 'Padded'],
  ],
  [Type.ping]: [[Flag.ack, 'ack.ping', 'ACK']],
  [Type.continuation]: [[Flag.endHeaders, 'eh', 'End Headers']],
};

const SETTING_FIELDS: Record<number, [name: string, label: string, meaning?: Meaning]> = {
  1: ['header_table_size', 'Header table size'],
  2: ['enable_push', 'Enable PUSH', yes],
  3: ['max_concurrent_streams', 'Max concurrent streams'],
  4: ['initial_window_size', 'Initial Windows Size'],
  5: ['max_frame_size', 'Max frame size'],
  6: ['max_header_list_size', 'Max header list size'],
  8: ['extended_connect', 'Extended CONNECT', yes],
};

/** Adds the fields of the frame that begins at `f`'s start; returns a few words about it. */
export function frameFields(f: Fields, table: HpackDecoder, list: Field[]): string {
  const length = f.read(0, 3);
  const type = f.read(3, 1);
  const flags = f.read(4, 1);
  const stream = f.read(5, 4) & 0x7fffffff;
  const name = TYPE_NAMES[type] ?? `type ${type}`;
  const frame = f.group('http2.stream', 'Stream', 0, FRAME_HEADER + length);
  if (frame === undefined) return name;
  list.push(frame);
  const g = f.under(frame);
  g.number('http2.length', 'Length', 0, 3);
  g.number('http2.type', 'Type', 3, 1, (value) => `${TYPE_NAMES[value] ?? 'unknown'} (${value})`);
  const flag = g.number('http2.flags', 'Flags', 4, 1, (value) => hexText(value, 2));
  const set: string[] = [];
  for (const [mask, id, label] of FLAGS[type] ?? []) {
    g.under(flag).flag(`http2.flags.${id}`, label, 4, 1, mask);
    if (flags & mask) set.push(label);
  }
  g.bits('http2.r', 'Reserved', 5, 1, 0x80);
  g.add('http2.streamid', 'Stream Identifier', 5, 4, stream);
  const words = payload(g, table, type, flags, length);
  frame.text = `${name}, Stream ID: ${stream}, Length ${length}${words === '' ? '' : `, ${words}`}${set.length > 0 ? ` [${set.join(', ')}]` : ''}`;
  return `${name}[${stream}]${words === '' ? '' : `: ${words}`}`;
}

function payload(g: Fields, table: HpackDecoder, type: number, flags: number, length: number): string {
  const end = FRAME_HEADER + length;
  let at = FRAME_HEADER;
  let padding = 0;
  if (flags & Flag.padded && (type === Type.data || type === Type.headers || type === Type.pushPromise)) {
    padding = g.read(at, 1);
    const field = g.number('http2.padding', 'Pad Length', at, 1);
    if (field !== undefined && padding >= length) {
      field.problem = `${padding} bytes of padding in a frame of ${length}`;
      return '';
    }
    at++;
  }
  const stop = end - padding;
  switch (type) {
    case Type.data:
      g.raw('http2.data.data', 'Data', at, stop - at);
      if (padding > 0) g.raw('http2.data.padding', 'Padding', stop, padding);
      return '';
    case Type.headers:
      if (flags & Flag.priority) {
        priority(g, at);
        at += 5;
      }
      return block(g, table, 'http2.headers', at, stop, padding, flags);
    case Type.priority:
      priority(g, at);
      return '';
    case Type.rstStream:
      g.number('http2.rst_stream.error', 'Error', at, 4, error);
      return g.has(at, 4) ? errorName(g.read(at, 4)) : '';
    case Type.settings:
      return settings(g, at, end);
    case Type.pushPromise: {
      g.bits('http2.push_promise.r', 'Reserved', at, 1, 0x80);
      const promised = g.read(at, 4) & 0x7fffffff;
      g.add('http2.push_promise.promised_stream_id', 'Promised-Stream-ID', at, 4, promised);
      const words = block(g, table, 'http2.push_promise.header', at + 4, stop, padding, flags);
      return `promises ${promised}${words === '' ? '' : `, ${words}`}`;
    }
    case Type.ping:
      g.raw(flags & Flag.ack ? 'http2.pong' : 'http2.ping', flags & Flag.ack ? 'Pong' : 'Ping', at, length);
      return '';
    case Type.goAway:
      g.bits('http2.goway.r', 'Reserved', at, 1, 0x80);
      g.add('http2.goaway.last_stream_id', 'Last-Stream-ID', at, 4, g.read(at, 4) & 0x7fffffff);
      g.number('http2.goaway.error', 'Error', at + 4, 4, error);
      g.raw('http2.goaway.addata', 'Additional Debug Data', at + 8, length - 8);
      return g.has(at + 4, 4) ? errorName(g.read(at + 4, 4)) : '';
    case Type.windowUpdate: {
      g.bits('http2.window_update.r', 'Reserved', at, 1, 0x80);
      const increment = g.read(at, 4) & 0x7fffffff;
      const field = g.add('http2.window_update.window_size_increment', 'Window Size Increment', at, 4, increment);
      if (field !== undefined && increment === 0) field.problem = 'an increment of 0 is an error (RFC 9113 §6.9)';
      return g.has(at, 4) ? String(increment) : '';
    }
    case Type.continuation:
      // Where in a field the last frame ended only the frame before knows.
      g.unread('http2.continuation.header', 'Continuation Header', at, end - at);
      return '';
    case Type.altSvc: {
      const size = g.read(at, 2);
      g.number('http2.altsvc.origin.len', 'Origin Length', at, 2);
      text(g, 'http2.altsvc.origin', 'Origin', at + 2, Math.min(size, end - at - 2));
      text(g, 'http2.altsvc.field_value', 'Field/Value', at + 2 + size, end - at - 2 - size);
      return '';
    }
    case Type.origin:
      for (let count = 0; at + 2 <= end && count < ENTRIES_LIMIT; count++) {
        const size = g.read(at, 2);
        const entry = g.under(g.group('http2.origin', 'Origin', at, Math.min(2 + size, end - at)));
        entry.number('http2.origin.origin_len', 'Origin Length', at, 2);
        text(entry, 'http2.origin.origin', 'Origin', at + 2, Math.min(size, end - at - 2));
        at += 2 + size;
      }
      return '';
    case Type.priorityUpdate:
      g.add('http2.priority_update_stream_id', 'Priority Update Stream ID', at, 4, g.read(at, 4) & 0x7fffffff);
      text(g, 'http2.priority_update_field_value', 'Priority Update Field Value', at + 4, length - 4);
      return '';
    default:
      g.raw('http2.unknown', 'Unknown', at, length);
      return '';
  }
}

function priority(g: Fields, at: number): void {
  g.flag('http2.exclusive', 'Exclusive', at, 4, 0x80000000 | 0);
  g.add('http2.stream_dependency', 'Stream Dependency', at, 4, g.read(at, 4) & 0x7fffffff);
  g.number('http2.headers.weight', 'Weight', at + 4, 1, (value) => `${value} (${value + 1})`);
}

/** A header block fragment; returns what its pseudo-fields say. */
function block(g: Fields, table: HpackDecoder, name: string, at: number, stop: number, padding: number, flags: number): string {
  let words = '';
  if (stop > at) {
    const field = g.unread(name, 'Header Block Fragment', at, stop - at);
    const whole = (flags & Flag.endHeaders) !== 0 && g.has(at, stop - at);
    const pseudo = headerFields(g.under(field), table, at, stop - at, whole);
    if (!whole) table.lose();
    const status = pseudo.get(':status');
    const method = pseudo.get(':method');
    if (status !== undefined) words = status;
    else if (method !== undefined)
      words = `${method} ${pseudo.get(':path') ?? pseudo.get(':authority') ?? ''}`.trimEnd().slice(0, TEXT_SHOWN);
  }
  if (padding > 0) g.raw('http2.headers.padding', 'Padding', stop, padding);
  return words;
}

function settings(g: Fields, from: number, end: number): string {
  const names: string[] = [];
  let count = 0;
  for (let at = from; at + 6 <= end && g.has(at, 6) && count < ENTRIES_LIMIT; at += 6, count++) {
    const id = g.read(at, 2);
    const value = g.read(at + 2, 4);
    const label = SETTING_NAMES[id] ?? `setting ${id}`;
    const entry = g.under(g.group('http2.settings', 'Settings', at, 6, `${label}: ${value}`));
    entry.number('http2.settings.id', 'Settings Identifier', at, 2, named(SETTING_NAMES));
    const [name, words, meaning] = SETTING_FIELDS[id] ?? ['unknown', 'Unknown Settings'];
    entry.number(`http2.settings.${name}`, words, at + 2, 4, meaning);
    names.push(`${label}=${value}`);
  }
  return names.join(' ').slice(0, TEXT_SHOWN);
}

function text(g: Fields, name: string, label: string, at: number, size: number): void {
  if (size <= 0 || !g.has(at, size)) return;
  const value = Buffer.from(g.bytes.subarray(g.at + at, g.at + at + size)).toString('latin1');
  g.add(name, label, at, size, value.length > TEXT_SHOWN ? `${value.slice(0, TEXT_SHOWN)}…` : value);
}
