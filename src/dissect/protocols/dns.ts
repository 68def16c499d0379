import { type FieldContext, type Layer, type Protocol, tcpPort, udpPort } from '../protocol.ts';

function layer(protocol: string, title: string) {
  return (_bytes: Uint8Array, at: number, context: FieldContext): Layer => ({
    protocol,
    title,
    at,
    end: context.end,
    fields: [],
  });
}

export const dns: Protocol = { name: 'dns', over: [udpPort(53), tcpPort(53)], layer: layer('dns', 'Domain Name System') };
export const mdns: Protocol = { name: 'mdns', over: [udpPort(5353)], layer: layer('mdns', 'Multicast DNS') };
export const llmnr: Protocol = {
  name: 'llmnr',
  over: [udpPort(5355)],
  layer: layer('llmnr', 'Link-local Multicast Name Resolution'),
};
