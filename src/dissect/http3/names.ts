/** Frame types (RFC 9114 §7.2, RFC 9218 §7.2). */
export const Http3Type = {
  data: 0,
  headers: 1,
  cancelPush: 3,
  settings: 4,
  pushPromise: 5,
  goAway: 7,
  maxPushId: 13,
  priorityRequest: 0xf0700,
  priorityPush: 0xf0701,
} as const;

const FRAMES: Record<number, string> = {
  [Http3Type.data]: 'DATA',
  [Http3Type.headers]: 'HEADERS',
  [Http3Type.cancelPush]: 'CANCEL_PUSH',
  [Http3Type.settings]: 'SETTINGS',
  [Http3Type.pushPromise]: 'PUSH_PROMISE',
  [Http3Type.goAway]: 'GOAWAY',
  [Http3Type.maxPushId]: 'MAX_PUSH_ID',
  [Http3Type.priorityRequest]: 'PRIORITY_UPDATE',
  [Http3Type.priorityPush]: 'PRIORITY_UPDATE',
};

/** RFC 9114 §7.2.8: frame types, stream types, settings and errors that mean nothing. */
export const isReserved = (value: number): boolean => value >= 0x21 && (value - 0x21) % 0x1f === 0;

const hex = (value: number): string => `0x${value.toString(16)}`;

export const http3FrameName = (type: number): string =>
  FRAMES[type] ?? (isReserved(type) ? 'Reserved' : `Unknown (${hex(type)})`);

/** Types of unidirectional streams (RFC 9114 §6.2, RFC 9204 §4.2). */
export const StreamType = { control: 0, push: 1, encoder: 2, decoder: 3 } as const;

const STREAMS: Record<number, string> = { 0: 'Control', 1: 'Push', 2: 'QPACK Encoder', 3: 'QPACK Decoder' };

export const streamTypeName = (type: number): string =>
  STREAMS[type] ?? (isReserved(type) ? 'Reserved' : `Unknown (${hex(type)})`);

export const Http3Setting = { tableCapacity: 1, fieldSectionSize: 6, blockedStreams: 7 } as const;

/** RFC 9114 §7.2.4.1, RFC 9204 §5, RFC 9220 §5, RFC 9297 §2.1.1 */
export const HTTP3_SETTING_NAMES: Record<number, string> = {
  1: 'QPACK_MAX_TABLE_CAPACITY',
  6: 'MAX_FIELD_SECTION_SIZE',
  7: 'QPACK_BLOCKED_STREAMS',
  8: 'ENABLE_CONNECT_PROTOCOL',
  51: 'H3_DATAGRAM',
};

/** RFC 9114 §8.1, RFC 9204 §8.3, RFC 9297 §5.2 */
const ERRORS: Record<number, string> = {
  51: 'H3_DATAGRAM_ERROR',
  256: 'H3_NO_ERROR',
  257: 'H3_GENERAL_PROTOCOL_ERROR',
  258: 'H3_INTERNAL_ERROR',
  259: 'H3_STREAM_CREATION_ERROR',
  260: 'H3_CLOSED_CRITICAL_STREAM',
  261: 'H3_FRAME_UNEXPECTED',
  262: 'H3_FRAME_ERROR',
  263: 'H3_EXCESSIVE_LOAD',
  264: 'H3_ID_ERROR',
  265: 'H3_SETTINGS_ERROR',
  266: 'H3_MISSING_SETTINGS',
  267: 'H3_REQUEST_REJECTED',
  268: 'H3_REQUEST_CANCELLED',
  269: 'H3_REQUEST_INCOMPLETE',
  270: 'H3_MESSAGE_ERROR',
  271: 'H3_CONNECT_ERROR',
  272: 'H3_VERSION_FALLBACK',
  512: 'QPACK_DECOMPRESSION_FAILED',
  513: 'QPACK_ENCODER_STREAM_ERROR',
  514: 'QPACK_DECODER_STREAM_ERROR',
};

export const http3ErrorName = (code: number): string => ERRORS[code] ?? hex(code);
