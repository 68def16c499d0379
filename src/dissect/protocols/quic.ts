import type { Packets } from '../packets.ts';
import { type Field, type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { datagramFields } from '../quic/fields.ts';
import { looksLikeQuic } from '../quic/header.ts';

const claims = (p: Packets): boolean => looksLikeQuic(p.bytes, p.at, p.end, p.wire);

function layer(bytes: Uint8Array, at: number, { end, wire }: FieldContext): Layer {
  const fields: Field[] = [];
  const titles = datagramFields(bytes, at, end, wire, fields);
  return { protocol: 'quic', title: `QUIC, ${titles.join('; ') || `${end - at} bytes`}`, at, end, fields };
}

/** QUIC (RFC 9000, RFC 9369): packets with a long header, by what they hold, whatever the port (see `registry.ts`). */
export const quic: Protocol = { name: 'quic', over: [udpPort(443)], claims, layer };
