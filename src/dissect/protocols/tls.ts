import { type FieldContext, type Layer, type Protocol, tcpPort } from '../protocol.ts';

export const tls: Protocol = {
  name: 'tls',
  over: [tcpPort(443)],
  layer: (_bytes: Uint8Array, at: number, context: FieldContext): Layer => ({
    protocol: 'tls',
    title: 'Transport Layer Security',
    at,
    end: context.end,
    fields: [],
  }),
};
