import { hexText } from '../fields.ts';
import { alertName } from '../tls/names.ts';
import { FrameType } from './frames.ts';

const NAMES: Record<number, string> = {
  [FrameType.padding]: 'PADDING',
  [FrameType.ping]: 'PING',
  [FrameType.ack]: 'ACK',
  [FrameType.ackEcn]: 'ACK with ECN counts',
  [FrameType.resetStream]: 'RESET_STREAM',
  [FrameType.stopSending]: 'STOP_SENDING',
  [FrameType.crypto]: 'CRYPTO',
  [FrameType.newToken]: 'NEW_TOKEN',
  [FrameType.maxData]: 'MAX_DATA',
  [FrameType.maxStreamData]: 'MAX_STREAM_DATA',
  [FrameType.maxStreamsBidi]: 'MAX_STREAMS (bidirectional)',
  [FrameType.maxStreamsUni]: 'MAX_STREAMS (unidirectional)',
  [FrameType.dataBlocked]: 'DATA_BLOCKED',
  [FrameType.streamDataBlocked]: 'STREAM_DATA_BLOCKED',
  [FrameType.streamsBlockedBidi]: 'STREAMS_BLOCKED (bidirectional)',
  [FrameType.streamsBlockedUni]: 'STREAMS_BLOCKED (unidirectional)',
  [FrameType.newConnectionId]: 'NEW_CONNECTION_ID',
  [FrameType.retireConnectionId]: 'RETIRE_CONNECTION_ID',
  [FrameType.pathChallenge]: 'PATH_CHALLENGE',
  [FrameType.pathResponse]: 'PATH_RESPONSE',
  [FrameType.close]: 'CONNECTION_CLOSE',
  [FrameType.closeApplication]: 'CONNECTION_CLOSE (application)',
  [FrameType.handshakeDone]: 'HANDSHAKE_DONE',
  [FrameType.immediateAck]: 'IMMEDIATE_ACK',
  [FrameType.ackFrequency]: 'ACK_FREQUENCY',
  [FrameType.timeStamp]: 'TIME_STAMP',
  [FrameType.datagram]: 'DATAGRAM',
  [FrameType.datagram + 1]: 'DATAGRAM',
};

/** A frame's name; all types of STREAM have one. */
export const frameName = (type: number): string => (type >> 3 === 1 ? 'STREAM' : (NAMES[type] ?? `0x${type.toString(16)}`));

/** RFC 9000 §20.1, RFC 9368 §5 */
const TRANSPORT_ERRORS: Record<number, string> = {
  0: 'NO_ERROR',
  1: 'INTERNAL_ERROR',
  2: 'CONNECTION_REFUSED',
  3: 'FLOW_CONTROL_ERROR',
  4: 'STREAM_LIMIT_ERROR',
  5: 'STREAM_STATE_ERROR',
  6: 'FINAL_SIZE_ERROR',
  7: 'FRAME_ENCODING_ERROR',
  8: 'TRANSPORT_PARAMETER_ERROR',
  9: 'CONNECTION_ID_LIMIT_ERROR',
  10: 'PROTOCOL_VIOLATION',
  11: 'INVALID_TOKEN',
  12: 'APPLICATION_ERROR',
  13: 'CRYPTO_BUFFER_EXCEEDED',
  14: 'KEY_UPDATE_ERROR',
  15: 'AEAD_LIMIT_REACHED',
  16: 'NO_VIABLE_PATH',
  17: 'VERSION_NEGOTIATION_ERROR',
};

/** A CONNECTION_CLOSE's transport error: "NO_ERROR", "CRYPTO_ERROR (TLS alert handshake_failure)", "0x1234". */
export function transportErrorName(code: number): string {
  if (code >> 8 === 1 && code < 0x200) return `CRYPTO_ERROR (TLS alert ${alertName(code & 255)})`;
  return TRANSPORT_ERRORS[code] ?? hexText(code, 2);
}
