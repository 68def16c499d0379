import { u16 } from '../bytes.ts';
import { lengthField, MessageFields } from '../dns/fields.ts';
import { HEADER_BYTES, looksLikeMessage, looksLikeTcpMessage, MessageWalker } from '../dns/walk.ts';
import { Kind } from '../packets.ts';
import { type Field, type FieldContext, type Layer, type Protocol, tcpPort, udpPort } from '../protocol.ts';

/** Messages of one TCP segment whose fields are shown. */
const SEGMENT_MESSAGES = 64;

function layerOf(protocol: string, label: string, multicast: boolean): Protocol['layer'] {
  return (bytes, at, context): Layer => {
    const fields: Field[] = [];
    const titles =
      context.packets.kind[0] === Kind.tcp
        ? segment(bytes, at, context, fields)
        : [datagram(bytes, at, context, multicast, fields)];
    return { protocol, title: `${label}, ${titles.join('; ')}`, at, end: context.end, fields };
  };
}

function datagram(bytes: Uint8Array, at: number, { end, wire }: FieldContext, multicast: boolean, fields: Field[]): string {
  const walker = new MessageWalker();
  walker.read(bytes, at, end);
  const message = new MessageFields(walker, multicast, fields);
  message.add(wire > end ? `${wire - end} of its ${wire - at} bytes were not captured` : undefined);
  return message.title();
}

/** Messages over TCP stand one behind the other, each with its length before it (RFC 1035 §4.2.2), and pay no heed to segments. */
function segment(bytes: Uint8Array, at: number, { end, wire }: FieldContext, fields: Field[]): string[] {
  if (looksLikeTcpMessage(bytes, at, end) === false) {
    fields.push({
      name: 'dns.continuation',
      label: 'Part of a message that began in an earlier segment',
      at,
      end,
      value: end - at,
    });
    return ['continuation of a message'];
  }
  const titles: string[] = [];
  const walker = new MessageWalker();
  while (end - at >= 2 + HEADER_BYTES && titles.length < SEGMENT_MESSAGES) {
    const length = u16(bytes, at);
    const stop = at + 2 + length;
    walker.read(bytes, at + 2, Math.min(stop, end));
    const children: Field[] = [lengthField(bytes, at)];
    const message = new MessageFields(walker, false, children);
    message.add(stop > wire ? 'the message goes on in a later segment' : stop > end ? 'the rest was not captured' : undefined);
    titles.push(message.title());
    fields.push({ name: 'dns', label: 'Message', at, end: Math.min(stop, end), value: length, text: message.title(), children });
    at = Math.min(stop, end);
  }
  if (at < end) fields.push({ name: 'dns.rest', label: 'The beginning of a message', at, end, value: end - at });
  return titles.length > 0 ? titles : ['beginning of a message'];
}

/** Domain Name System (RFC 1035). */
export const dns: Protocol = {
  name: 'dns',
  over: [udpPort(53), tcpPort(53), tcpPort(5353)],
  onAnyUdpPort: (p) => looksLikeMessage(p.bytes, p.at, p.end, p.wire),
  layer: layerOf('dns', 'Domain Name System', false),
};

/** Multicast DNS (RFC 6762). */
export const mdns: Protocol = {
  name: 'mdns',
  over: [udpPort(5353)],
  layer: layerOf('mdns', 'Multicast Domain Name System', true),
};

/** Link-local Multicast Name Resolution (RFC 4795). */
export const llmnr: Protocol = {
  name: 'llmnr',
  over: [udpPort(5355)],
  layer: layerOf('llmnr', 'Link-local Multicast Name Resolution', false),
};
