import { Fields } from '../fields.ts';
import { guessHttp } from '../http/guess.ts';
import { FRAME_HEADER, PREFACE, plausible, TYPE_NAMES, u24 } from '../http2/frames.ts';
import { frameFields } from '../http2/frame-fields.ts';
import { packetTable } from '../http2/header-fields.ts';
import type { Field, FieldContext, Layer, Protocol } from '../protocol.ts';
import { http } from './http.ts';

/** Frames of one packet that are taken apart. */
const FRAMES_LIMIT = 256;
/** Those that the title names. */
const NAMED_LIMIT = 6;
/** Larger frames than this are taken for the middle of one: nobody announces more. */
const LARGEST = 1 << 20;

/** HTTP/2 (RFC 9113). On no port of its own: only who knows the stream can tell. */
export const http2: Protocol = { name: 'http2', over: [], layer };

function layer(bytes: Uint8Array, at: number, context: FieldContext): Layer {
  const { end } = context;
  // Before an upgrade (h2c) the connection speaks HTTP/1.1.
  if (guessHttp(bytes, at, end, true) === 'yes' || guessHttp(bytes, at, end, false) === 'yes')
    return http.layer(bytes, at, context);
  const fields: Field[] = [];
  const words: string[] = [];
  const table = packetTable();
  let i = at;
  if (begins(bytes, at, end)) {
    new Fields(bytes, at, end, fields).add('http2.magic', 'Magic', 0, PREFACE.length, PREFACE.toString('latin1'));
    words.push('Magic');
    i += PREFACE.length;
  }
  let frames = 0;
  for (; i + FRAME_HEADER <= end && frames < FRAMES_LIMIT && (frames > 0 || frameAt(bytes, i)); frames++) {
    words.push(frameFields(new Fields(bytes, i, end), table, fields));
    i += FRAME_HEADER + u24(bytes, i);
  }
  if (i < end) {
    const label = words.length === 0 ? 'Continuation of a frame' : 'Further bytes';
    fields.push({ name: 'http2.data.segment', label, at: i, end, value: null, text: `${end - i} bytes` });
  }
  const more = words.length > NAMED_LIMIT ? `, and ${words.length - NAMED_LIMIT} more` : '';
  const title =
    words.length === 0 ? `continuation, ${context.wire - at} bytes` : `${words.slice(0, NAMED_LIMIT).join(', ')}${more}`;
  return { protocol: 'http2', title: `HyperText Transfer Protocol 2, ${title}`, at, end, fields };
}

function begins(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < PREFACE.length) return false;
  for (let i = 0; i < PREFACE.length; i++) if (bytes[at + i] !== PREFACE[i]) return false;
  return true;
}

/** A frame of a known type with flags that may be, or one of a type that extensions use. */
const frameAt = (bytes: Uint8Array, at: number): boolean =>
  plausible(bytes, at, LARGEST) ||
  (TYPE_NAMES[bytes[at + 3]] !== undefined && bytes[at + 3] > 9 && u24(bytes, at) <= LARGEST && bytes[at + 4] === 0);
