import { hex, u16, u32 } from '../../dissect/bytes.ts';
import type { CaptureFacts } from '../facts.ts';
import type { PacketFacts } from '../packet.ts';
import type { Clocks } from './clocks.ts';
import type { Found } from './found.ts';
import { joinMarks, MarkTable } from './marks.ts';

const HEADER = 8;
/** Bytes of an echo's data that are compared. */
const DATA = 32;

/**
 * Joins ICMP messages: echoes by sequence number and data (translation changes the identifier, RFC 5508 §3.1), errors by the
 * header they quote, of which translation leaves the far end and TCP's sequence number alone.
 */
export function joinIcmp(captures: CaptureFacts[], clocks: Clocks, found: Found[]): number {
  const echoes = new MarkTable();
  const errors = new MarkTable();
  for (const capture of captures)
    for (const message of capture.icmp) {
      const packet = capture.packet(message.packet);
      const at = packet?.layers.find((layer) => layer.protocol === 'icmp' || layer.protocol === 'icmpv6')?.at;
      if (packet === undefined || at === undefined || packet.bytes.length < at + HEADER) continue;
      const mark = {
        capture: capture.index,
        id: message.packet,
        packet: message.packet,
        ends: `${message.source} ${message.destination} ${u16(packet.bytes, at + 4)}`,
      };
      const echo = echoOf(message.version, message.type);
      const what = `${message.version}.${message.type}.${message.code}`;
      if (echo === undefined) {
        const quoted = quotedKey(packet, at + HEADER);
        if (quoted !== undefined)
          errors.add(`${what}.${quoted}`, { ...mark, ends: `${message.source} ${message.destination}`, fromClient: false });
      } else {
        const data = hex(packet.bytes, at + HEADER, Math.min(packet.bytes.length, at + HEADER + DATA), '');
        echoes.add(`${what}.${u16(packet.bytes, at + 6)}.${data}`, { ...mark, fromClient: echo === 'request' });
      }
    }
  return (
    echoes.left +
    errors.left +
    joinMarks(captures, clocks, found, echoes.groups.values(), 'icmp', 'echo') +
    joinMarks(captures, clocks, found, errors.groups.values(), 'icmp', 'inner-header')
  );
}

function echoOf(version: 4 | 6, type: number): 'request' | 'reply' | undefined {
  if (type === (version === 4 ? 8 : 128)) return 'request';
  if (type === (version === 4 ? 0 : 129)) return 'reply';
  return undefined;
}

/** Protocol, far end and what follows the ports of the packet that an error quotes (RFC 792: at least eight bytes of it). */
function quotedKey({ bytes }: PacketFacts, at: number): string | undefined {
  const version = bytes[at] >> 4;
  if (version !== 4 && version !== 6) return undefined;
  const length = version === 4 ? (bytes[at] & 15) * 4 : 40;
  const transport = at + length;
  if (length < 20 || bytes.length < transport + 8) return undefined;
  const protocol = bytes[at + (version === 4 ? 9 : 6)];
  const destination = version === 4 ? hex(bytes, at + 16, at + 20, '') : hex(bytes, at + 24, at + 40, '');
  // TCP: the sequence number. UDP: length, and what the quote has of the payload. ICMP echo: its number.
  const port = protocol === 1 || protocol === 58 ? bytes[transport] : u16(bytes, transport + 2);
  const mark =
    protocol === 6 ? u32(bytes, transport + 4) : protocol === 17 ? u16(bytes, transport + 4) : u16(bytes, transport + 6);
  const payload = protocol === 17 ? hex(bytes, transport + 8, Math.min(bytes.length, transport + 8 + DATA), '') : '';
  return `${protocol}.${destination}.${port}.${mark}.${payload}`;
}
