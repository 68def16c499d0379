import { u16 } from '../../dissect/bytes.ts';
import { type Quoted, quoted } from '../../dissect/protocols/quoted.ts';
import type { IcmpMessage } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import type { PacketFacts } from '../packet.ts';

const ICMP_HEADER = 8;
const UDP = 17;
const TCP = 6;
/** Packets of a connection before an error among which the quoted one is looked for. */
const BEFORE = 16;
/** Echo requests that are remembered to find quoted ones. */
const ECHOES = 10_000;

/** What an ICMP error says of the packet that it is about. */
export interface Quote extends Quoted {
  /** IPv4 identification of the quoted packet. */
  id: number | undefined;
  /** The quoted packet itself, where this capture has it: sent before, same addresses, identification and ports. */
  packet: PacketFacts | undefined;
}

export function quoteOf(capture: CaptureFacts, message: IcmpMessage): Quote | undefined {
  const error = capture.packet(message.packet);
  const layer = error?.layers.find(({ protocol }) => protocol === 'icmp' || protocol === 'icmpv6');
  if (error === undefined || layer === undefined) return undefined;
  const at = layer.at + ICMP_HEADER;
  const found = quoted(error.bytes, at, error.bytes.length);
  if (found === undefined) return undefined;
  const id = found.version === 4 ? u16(error.bytes, at + 4) : undefined;
  const isSame = (packet: PacketFacts | undefined): boolean =>
    packet !== undefined &&
    packet.number < message.packet &&
    packet.source === found.source &&
    packet.destination === found.destination &&
    (id === undefined || packet.ipId === id) &&
    (found.sourcePort === 0 || packet.sourcePort === found.sourcePort) &&
    (found.destinationPort === 0 || packet.destinationPort === found.destinationPort);
  const packet = candidates(capture, message, found, error)
    .map((number) => capture.packet(number))
    .find(isSame);
  return { ...found, id, packet };
}

function candidates(capture: CaptureFacts, message: IcmpMessage, found: Quoted, error: PacketFacts): number[] {
  const { about } = message;
  if (about?.connection !== undefined) return capture.packetsFrom(about.connection, message.packet, -BEFORE).reverse();
  if (about?.datagram !== undefined) {
    const flow = capture.datagrams.get(about.datagram);
    return flow === undefined ? [] : [flow.firstPacket, flow.lastPacket];
  }
  if (found.protocol === TCP || found.protocol === UDP || found.transportAt < 0) return [];
  if (error.bytes.length < found.transportAt + 8) return [];
  const [identifier, sequence] = [u16(error.bytes, found.transportAt + 4), u16(error.bytes, found.transportAt + 6)];
  return echoesIn(capture).get(`${found.source}>${found.destination} ${identifier}.${sequence}`) ?? [];
}

const echoes = new WeakMap<CaptureFacts, Map<string, number[]>>();

/** Echo requests by ends, identifier and sequence number. */
function echoesIn(capture: CaptureFacts): Map<string, number[]> {
  let index = echoes.get(capture);
  if (index !== undefined) return index;
  index = new Map();
  let count = 0;
  for (const { packet, type, version, source, destination } of capture.icmp) {
    if (type !== (version === 4 ? 8 : 128)) continue;
    if (count++ >= ECHOES) break;
    const facts = capture.packet(packet);
    const layer = facts?.layers.find(({ protocol }) => protocol === 'icmp' || protocol === 'icmpv6');
    if (facts === undefined || layer === undefined || facts.bytes.length < layer.at + 8) continue;
    const key = `${source}>${destination} ${u16(facts.bytes, layer.at + 4)}.${u16(facts.bytes, layer.at + 6)}`;
    const list = index.get(key);
    if (list === undefined) index.set(key, [packet]);
    else list.push(packet);
  }
  echoes.set(capture, index);
  return index;
}
