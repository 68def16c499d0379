import { type Field, type FieldContext, type Layer, type Protocol, tcpPort } from '../protocol.ts';
import { recordFields } from '../tls/fields.ts';

function layer(bytes: Uint8Array, at: number, { end, wire }: FieldContext): Layer {
  const fields: Field[] = [];
  const titles = recordFields(bytes, at, end, wire, fields);
  return { protocol: 'tls', title: `Transport Layer Security, ${titles.join(', ') || 'beginning of a record'}`, at, end, fields };
}

/** Transport Layer Security (RFC 8446, RFC 5246), as far as it is in the clear. */
export const tls: Protocol = { name: 'tls', over: [tcpPort(443)], layer };
