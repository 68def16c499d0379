import { u24 } from '../dissect/bytes.ts';
import { handshakeTypeName } from '../dissect/tls/names.ts';
import type { Side } from './tls-side.ts';

/** Told of each handshake message (RFC 8446 §4: type, 24-bit length, body). */
export interface MessageReader {
  /** A message's header is known. False: its body is not looked at. */
  startMessage(side: Side, type: number, length: number): boolean;
  /** A whole message's body. */
  message(side: Side, type: number, bytes: Uint8Array, at: number, end: number): void;
}

/** Handshake bytes of one record: messages may begin and end anywhere in it (RFC 5246 §6.2.1). */
export function readMessages(side: Side, bytes: Uint8Array, at: number, end: number, reader: MessageReader): void {
  if (side.messagesLost) {
    // Only a record's first byte can be taken for a message's.
    if (side.left + end - at !== side.length || handshakeTypeName(bytes[at]) === undefined) return;
    side.messagesLost = false;
  }
  while (at < end && !side.encrypted) {
    if (side.messageSkip > 0) {
      const step = Math.min(side.messageSkip, end - at);
      side.messageSkip -= step;
      at += step;
      continue;
    }
    if (side.carryLength === 0) {
      side.messagePacket = side.segment;
      side.messageTime = side.segmentTime;
      if (end - at >= 4 && at + 4 + u24(bytes, at + 1) <= end) {
        const next = at + 4 + u24(bytes, at + 1);
        if (reader.startMessage(side, bytes[at], next - at - 4)) reader.message(side, bytes[at], bytes, at + 4, next);
        at = side.messageSkip > 0 ? at + 4 : next;
        continue;
      }
    } else if (side.segment < side.messagePacket) {
      side.messagePacket = side.segment;
      side.messageTime = side.segmentTime;
    }
    at = collect(side, bytes, at, end, reader);
  }
}

/** Adds to a message in pieces; returns how far it took the bytes. */
function collect(side: Side, bytes: Uint8Array, at: number, end: number, reader: MessageReader): number {
  if (side.carryLength < 4) {
    const step = Math.min(4 - side.carryLength, end - at);
    if (!side.hold(bytes, at, at + step)) {
      side.messagesLost = true;
      side.dropCarry();
      return end;
    }
    if (side.carryLength < 4) return at + step;
    side.carryNeed = 4 + u24(side.carry, 1);
    if (!reader.startMessage(side, side.carry[0], side.carryNeed - 4)) side.dropCarry();
    else complete(side, reader);
    return at + step;
  }
  const step = Math.min(side.carryNeed - side.carryLength, end - at);
  if (side.hold(bytes, at, at + step)) {
    complete(side, reader);
    return at + step;
  }
  side.messageSkip = side.carryNeed - side.carryLength;
  side.dropCarry();
  return at;
}

function complete(side: Side, reader: MessageReader): void {
  if (side.carryLength < side.carryNeed) return;
  const { carry, carryNeed } = side;
  side.dropCarry();
  reader.message(side, carry[0], carry, 4, carryNeed);
}
