import { u16 } from '../bytes.ts';
import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byIpProtocol } from '../tables.ts';
import { IPV6_HEADER } from './ipv6.ts';

/** Two kinds of header may stand before the IPv6 packet (RFC 4380 section 5.1.1), told apart by their first two bytes. */
const ORIGIN = 0x0000;
const AUTHENTICATION = 0x0001;
const ORIGIN_LENGTH = 8;
/** Without the client identifier and the authentication value, whose lengths stand in its third and fourth byte. */
const AUTHENTICATION_FIXED = 13;

const PAYLOAD_LENGTH = 4;
const IPV6 = 41;

/** How long the headers before the IPv6 packet are; past `end` where they are not whole. */
function headerLength(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  if (end - next >= 4 && u16(bytes, next) === AUTHENTICATION) next += AUTHENTICATION_FIXED + bytes[next + 2] + bytes[next + 3];
  if (end - next >= 2 && u16(bytes, next) === ORIGIN) next += ORIGIN_LENGTH;
  return next - at;
}

/** Others use the port too: the payload must hold an IPv6 packet that fits. */
function claims(p: Packets): boolean {
  const at = p.at + headerLength(p.bytes, p.at, p.end);
  if (p.wire - at < IPV6_HEADER || p.end - at < PAYLOAD_LENGTH + 2 || p.bytes[at] >> 4 !== 6) return false;
  return IPV6_HEADER + u16(p.bytes, at + PAYLOAD_LENGTH) <= p.wire - at;
}

function scan(p: Packets, row: number): number {
  const length = headerLength(p.bytes, p.at, p.end);
  if (p.end - p.at < length) return p.lacks(row, length);
  p.at += length;
  return byIpProtocol[IPV6];
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  let offset = 0;
  if (f.has(0, 4) && f.read(0, 2) === AUTHENTICATION) {
    const length = AUTHENTICATION_FIXED + f.read(2, 1) + f.read(3, 1);
    const node = f.under(f.group('teredo.auth', 'Authentication', 0, length));
    node.number('teredo.auth.idlen', 'Client identifier length', 2, 1);
    node.number('teredo.auth.aulen', 'Authentication value length', 3, 1);
    node.raw('teredo.auth.nonce', 'Nonce', length - 9, 8);
    node.hex('teredo.auth.conf', 'Confirmation', length - 1, 1);
    offset = length;
  }
  if (f.has(offset, ORIGIN_LENGTH) && f.read(offset, 2) === ORIGIN) {
    const node = f.under(f.group('teredo.orig', 'Origin', offset, ORIGIN_LENGTH));
    // Both are sent with every bit turned over, so that no NAT rewrites them.
    node.add('teredo.orig.port', 'Port', offset + 2, 2, f.read(offset + 2, 2) ^ 0xffff);
    const address = [4, 5, 6, 7].map((i) => f.read(offset + i, 1) ^ 0xff).join('.');
    node.add('teredo.orig.addr', 'Address', offset + 4, 4, address);
    offset += ORIGIN_LENGTH;
  }
  return f.layer('teredo', 'Teredo, IPv6 over UDP', offset);
}

/** Teredo (RFC 4380). */
export const teredo: Protocol = { name: 'teredo', over: [udpPort(3544)], scan, claims, layer };
