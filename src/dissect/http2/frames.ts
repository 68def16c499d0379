/** RFC 9113 §6, RFC 7838 (ALTSVC), RFC 8336 (ORIGIN), RFC 9218 (PRIORITY_UPDATE). */
export const Type = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
  altSvc: 10,
  origin: 12,
  priorityUpdate: 16,
} as const;

export const TYPE_NAMES: Record<number, string> = {
  0: 'DATA',
  1: 'HEADERS',
  2: 'PRIORITY',
  3: 'RST_STREAM',
  4: 'SETTINGS',
  5: 'PUSH_PROMISE',
  6: 'PING',
  7: 'GOAWAY',
  8: 'WINDOW_UPDATE',
  9: 'CONTINUATION',
  10: 'ALTSVC',
  12: 'ORIGIN',
  16: 'PRIORITY_UPDATE',
};

export const Flag = { endStream: 0x01, ack: 0x01, endHeaders: 0x04, padded: 0x08, priority: 0x20 } as const;

/** RFC 9113 §7. */
const ERRORS =
  `NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM
CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED`.split(/\s+/);
/** "CANCEL"; of a code that nobody has named "0x1f". */
export const errorName = (code: number): string => ERRORS[code] ?? `0x${code.toString(16)}`;

export const Setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
} as const;

/** RFC 9113 §6.5.2, RFC 8441, RFC 9218. */
export const SETTING_NAMES: Record<number, string> = {
  1: 'HEADER_TABLE_SIZE',
  2: 'ENABLE_PUSH',
  3: 'MAX_CONCURRENT_STREAMS',
  4: 'INITIAL_WINDOW_SIZE',
  5: 'MAX_FRAME_SIZE',
  6: 'MAX_HEADER_LIST_SIZE',
  8: 'ENABLE_CONNECT_PROTOCOL',
  9: 'NO_RFC7540_PRIORITIES',
};

export const FRAME_HEADER = 9;
export const DEFAULT_FRAME_SIZE = 16384;
export const DEFAULT_WINDOW = 65535;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export const u24 = (bytes: Uint8Array, at: number): number => (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
/** 31 bits: the first is reserved. */
export const u31 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] & 0x7f) << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];

/** By type: flags that may be set, and whether it goes with a stream (1), with the connection (0) or either (2). */
const FLAGS = [0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04, 0];
const PLACES = [1, 1, 1, 1, 0, 1, 0, 0, 2, 1, 2];

/** Could the nine bytes at `at` be the header of a frame of a known type? Two to the -30 of all bytes could. */
export function plausible(bytes: Uint8Array, at: number, largest = DEFAULT_FRAME_SIZE): boolean {
  const length = u24(bytes, at);
  const type = bytes[at + 3];
  const flags = bytes[at + 4];
  if (length > largest || type >= FLAGS.length || (flags & ~FLAGS[type]) !== 0 || bytes[at + 5] >= 0x80) return false;
  const stream = u31(bytes, at + 5);
  if (PLACES[type] !== 2 && (stream !== 0) !== (PLACES[type] === 1)) return false;
  switch (type) {
    case Type.priority:
      return length === 5;
    case Type.rstStream:
    case Type.windowUpdate:
      return length === 4;
    case Type.settings:
      return flags === 0 ? length % 6 === 0 : length === 0;
    case Type.ping:
      return length === 8;
    case Type.goAway:
      return length >= 8;
    case Type.pushPromise:
      return length > 4;
    default:
      return true;
  }
}

/** A server's connection preface is a SETTINGS frame (RFC 9113 §3.4); larger ones than this are no beginning. */
const SETTINGS_MOST = 6 * 32;

/**
 * Do a direction's first bytes begin an HTTP/2 connection: the client's preface, or a server's SETTINGS? With `middle` they may
 * also be any frames of one: at least two headers, or a frame that ends where the bytes do.
 */
export function guessHttp2(
  bytes: Uint8Array,
  at: number,
  end: number,
  fromClient: boolean,
  middle = false,
): 'yes' | 'no' | 'more' {
  const length = Math.min(end - at, PREFACE.length);
  if (bytes[at] === PREFACE[0]) {
    let i = 1;
    while (i < length && bytes[at + i] === PREFACE[i]) i++;
    if (i === length) return length === PREFACE.length ? 'yes' : 'more';
  }
  if (fromClient && !middle) return 'no';
  if (bytes[at] !== 0 || (!middle && (bytes[at + 1] !== 0 || (length > 3 && bytes[at + 3] !== Type.settings)))) return 'no';
  if (end - at < FRAME_HEADER) return 'more';
  if (bytes[at + 3] === Type.settings && bytes[at + 4] === 0 && plausible(bytes, at, SETTINGS_MOST)) return 'yes';
  if (!middle) return 'no';
  let i = at;
  let frames = 0;
  for (; i + FRAME_HEADER <= end; frames++) {
    if (!plausible(bytes, i)) return 'no';
    i += FRAME_HEADER + u24(bytes, i);
  }
  return frames > 1 || i === end ? 'yes' : 'no';
}
