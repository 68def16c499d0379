import { u32 } from '../bytes.ts';
import { Fields, hexText } from '../fields.ts';
import type { Field } from '../protocol.ts';
import { frameFields } from './frame-fields.ts';
import { FIXED_BIT, LONG_FORM, LongHeader, PacketType, RETRY_TAG, typeNames } from './header.ts';
import { initialKeys, openPacket } from './keys.ts';
import { varint, varintLength } from './varint.ts';
import { isReservedVersion, versionOf } from './versions.ts';

/** Packets of one datagram whose fields are shown; an endpoint coalesces four at most. */
const PACKET_LIMIT = 16;
/** Versions of one Version Negotiation packet that are shown. */
const OFFER_LIMIT = 64;

function versionText(version: number): string {
  const { name } = versionOf(version);
  const number = hexText(version, 8);
  if (version === 0) return `Version Negotiation (${number})`;
  if (isReservedVersion(version)) return `reserved (${number})`;
  return name === number ? number : `${name} (${number})`;
}

/**
 * Adds the packets of one datagram (RFC 9000 §12.2), each a node of its own; returns words for the title. A client's Initial
 * whose keys come from its own connection id is shown decrypted; all others would need an earlier packet.
 */
export function datagramFields(bytes: Uint8Array, at: number, end: number, wire: number, fields: Field[]): string[] {
  const titles: string[] = [];
  const h = new LongHeader();
  while (at < end && titles.length < PACKET_LIMIT && h.read(bytes, at, end, wire)) {
    const stop = Math.min(h.end, end);
    const node: Field = { name: 'quic.packet', label: `${typeNames[h.type]} packet`, at, end: stop, value: null, children: [] };
    titles.push(longPacket(bytes, h, stop, node));
    fields.push(node);
    at = stop;
  }
  if (at < end) titles.push(...rest(bytes, at, end, h, fields, titles.length > 0));
  return titles;
}

/** One packet with a long header, of which bytes up to `end` are here. */
function longPacket(bytes: Uint8Array, h: LongHeader, end: number, node: Field): string {
  const f = new Fields(bytes, h.at, end, node.children);
  const offset = (at: number): number => at - h.at;
  f.add('quic.packet_length', 'Packet Length', 0, end - h.at, h.end - h.at);
  f.flag('quic.header_form', 'Long Header', 0, 1, LONG_FORM);
  const opened = h.type === PacketType.initial ? open(bytes, h, end) : undefined;
  firstByte(f, h, opened?.first);
  f.number('quic.version', 'Version', 1, 4, versionText);
  f.number('quic.dcil', 'Destination Connection ID Length', 5, 1);
  f.raw('quic.dcid', 'Destination Connection ID', 6, h.dcidEnd - h.dcidAt);
  if (!h.idsWhole) return titleOf(f, h, node);
  f.number('quic.scil', 'Source Connection ID Length', offset(h.dcidEnd), 1);
  f.raw('quic.scid', 'Source Connection ID', offset(h.scidAt), h.scidEnd - h.scidAt);
  switch (h.type) {
    case PacketType.negotiation:
      for (let i = h.scidEnd; i + 4 <= end && i < h.scidEnd + 4 * OFFER_LIMIT; i += 4)
        f.number('quic.supported_version', 'Supported Version', offset(i), 4, () => versionText(u32(bytes, i)));
      return titleOf(f, h, node);
    case PacketType.retry:
      f.raw('quic.retry_token', 'Retry Token', offset(h.tokenAt), h.tokenEnd - h.tokenAt);
      f.raw('quic.retry_integrity_tag', 'Retry Integrity Tag', offset(h.tokenEnd), RETRY_TAG);
      return titleOf(f, h, node);
    case PacketType.unknown:
      f.raw('quic.remaining_payload', 'Payload', offset(h.scidEnd), end - h.scidEnd);
      return titleOf(f, h, node);
  }
  if (h.type === PacketType.initial) {
    integer(f, 'quic.token_length', 'Token Length', h.scidEnd);
    f.raw('quic.token', 'Token', offset(h.tokenAt), h.tokenEnd - h.tokenAt);
  }
  if (!h.whole) return titleOf(f, h, node);
  integer(f, 'quic.length', 'Length', h.lengthAt);
  if (opened === undefined) {
    f.raw('quic.remaining_payload', 'Protected Payload', offset(h.numberAt), end - h.numberAt);
    return titleOf(f, h, node);
  }
  const { packetNumber, numberLength, payloadAt, payload } = opened;
  f.add('quic.packet_number', 'Packet Number', offset(h.numberAt), numberLength, packetNumber);
  f.raw('quic.payload', 'Payload, decrypted below', offset(payloadAt), payload.length);
  // Every byte of the text stands where its ciphertext stands, so that fields point into the packet.
  const image = bytes.slice(0, end);
  image.set(payload, payloadAt);
  return titleOf(f, h, node, frameFields(image, payloadAt, payloadAt + payload.length, f.list));
}

/** A client's first Initial, or one that answers a Retry: its keys come from the id that it carries (RFC 9001 §5.2). */
function open(bytes: Uint8Array, h: LongHeader, end: number) {
  const keys = initialKeys(h.version, bytes.subarray(h.dcidAt, h.dcidEnd), true);
  return keys === undefined ? undefined : openPacket(keys, bytes, end, h);
}

/** The lower bits are under header protection; they are shown where it could be taken off. */
function firstByte(f: Fields, h: LongHeader, first: number | undefined): void {
  if (h.type === PacketType.negotiation) {
    f.bits('quic.vn.unused', 'Unused', 0, 1, 0x7f, (value) => hexText(value, 2));
    return;
  }
  f.flag('quic.fixed_bit', 'Fixed Bit', 0, 1, FIXED_BIT);
  if (h.type === PacketType.unknown) return;
  const name = versionOf(h.version).second ? 'quic.long.packet_type_v2' : 'quic.long.packet_type';
  f.bits(name, 'Packet Type', 0, 1, 0x30, (value) => `${typeNames[h.type]} (${value})`);
  if (first === undefined) return;
  f.add('quic.long.reserved', 'Reserved', 0, 1, (first >> 2) & 3);
  f.add('quic.packet_number_length', 'Packet Number Length', 0, 1, first & 3, `${(first & 3) + 1} bytes`);
}

function integer(f: Fields, name: string, label: string, at: number): void {
  if (at < f.end && at + varintLength(f.bytes[at]) <= f.end)
    f.add(name, label, at - f.at, varintLength(f.bytes[at]), varint(f.bytes, at));
}

/** "Initial, DCID=8394c8f03e515708, Client Hello (SNI=example.com)" */
function titleOf(f: Fields, h: LongHeader, node: Field, inside: string[] = []): string {
  const words: string[] = [typeNames[h.type]];
  const id = (name: string): string => String(f.list.find((field) => field.name === name)?.value ?? '');
  if (id('quic.dcid') !== '') words.push(`DCID=${id('quic.dcid')}`);
  if (id('quic.scid') !== '') words.push(`SCID=${id('quic.scid')}`);
  words.push(...inside);
  node.text = `${h.end - h.at} bytes`;
  return words.join(', ');
}

/** What stands behind the packets with a long header: one with a short header (RFC 9000 §17.3.1), or padding. */
function rest(bytes: Uint8Array, at: number, end: number, h: LongHeader, fields: Field[], behind: boolean): string[] {
  // Alone in its datagram: how long its destination id is, only the handshake tells.
  const alone = !behind && (bytes[at] & (LONG_FORM | FIXED_BIT)) === FIXED_BIT;
  if (!alone && (!behind || !shortHeader(bytes, at, end, h))) {
    fields.push({ name: 'quic.remaining_payload', label: behind ? 'Padding' : 'Data', at, end, value: end - at });
    return [];
  }
  const children: Field[] = [];
  const f = new Fields(bytes, at, end, children);
  f.flag('quic.header_form', 'Long Header', 0, 1, LONG_FORM);
  f.flag('quic.fixed_bit', 'Fixed Bit', 0, 1, FIXED_BIT);
  f.flag('quic.spin_bit', 'Spin Bit', 0, 1, 0x20);
  const length = alone ? 0 : h.dcidEnd - h.dcidAt;
  if (!alone) f.raw('quic.dcid', 'Destination Connection ID', 1, length);
  const protects = alone ? 'Destination Connection ID and Protected Payload' : 'Protected Payload';
  f.raw('quic.remaining_payload', protects, 1 + length, end - at - 1 - length);
  fields.push({ name: 'quic.packet', label: 'Short header packet', at, end, value: null, text: `${end - at} bytes`, children });
  return ['Protected Payload'];
}

/** It has the destination id of the packet before it; where that is empty, the fixed bit must do. */
function shortHeader(bytes: Uint8Array, at: number, end: number, h: LongHeader): boolean {
  const length = h.dcidEnd - h.dcidAt;
  if ((bytes[at] & LONG_FORM) !== 0 || end - at <= length) return false;
  if (length === 0) return (bytes[at] & FIXED_BIT) !== 0;
  for (let i = 0; i < length; i++) if (bytes[at + 1 + i] !== bytes[h.dcidAt + i]) return false;
  return true;
}
