import { Fields } from './fields.ts';
import { protocolLabel } from './names.ts';
import { Kind, Packets, Reason } from './packets.ts';
import type { Field, Layer } from './protocol.ts';
import { idOf, protocols, scans } from './registry.ts';
import { LAYER_LIMIT } from './scan.ts';
import { byIpProtocol, byLinkType, byTcpPort, claims } from './tables.ts';

/** What picks the protocol of a TCP payload, or of a UDP payload that nobody has claimed; 0 for none. */
type Pick = (p: Packets) => number;

/**
 * The layers of one packet with their fields, outermost first; the cold path, for a packet that somebody looks at. Payload
 * that nobody reads is a layer "data"; where dissection stopped early, the last layer tells why. Bears any bytes.
 * The protocol of a TCP payload is guessed from the ports.
 */
export function decode(bytes: Uint8Array, wireLength: number, linkType: number): Layer[] {
  return decodeLink(bytes, wireLength, linkType, byPorts);
}

/**
 * The same where the caller knows from the packets before what the payload is: of TCP ("http", "tls", "dns"), of UDP ("quic", whose
 * short headers tell nothing by themselves), or nothing known.
 */
export function decodeWith(bytes: Uint8Array, wireLength: number, linkType: number, application?: string): Layer[] {
  const id = application === undefined ? 0 : idOf(application);
  const kind = application === 'quic' ? Kind.udp : Kind.tcp;
  return decodeLink(bytes, wireLength, linkType, (p) => (p.kind[0] === kind ? id : 0));
}

/** A datagram put together from fragments: `bytes` is what follows the IP header of version `version`. */
export function decodeDatagram(bytes: Uint8Array, ipProtocol: number, version: 4 | 6, application?: string): Layer[] {
  const id = application === undefined ? 0 : idOf(application);
  const p = start(bytes, bytes.length);
  p.ipVersion[0] = version;
  return new Decoding(p, 0).run(byIpProtocol[ipProtocol], () => id);
}

function decodeLink(bytes: Uint8Array, wireLength: number, linkType: number, pick: Pick): Layer[] {
  const p = start(bytes, wireLength);
  const first = byLinkType[linkType] ?? 0;
  const decoding = new Decoding(p, linkType);
  if (first !== 0) return decoding.run(first, pick);
  return [dataLayer(p), problemLayer('_ws.malformed', `Link type ${linkType} is not known here`, 0, bytes.length)];
}

function start(bytes: Uint8Array, wireLength: number): Packets {
  const p = new Packets(1);
  p.clear(0);
  p.count = 1;
  p.bytes = bytes;
  p.end = bytes.length;
  p.wire = Math.max(bytes.length, wireLength);
  return p;
}

/** The lower port is the likelier service; where the protocol can tell, the payload must look like it. */
function byPorts(p: Packets): number {
  if (p.kind[0] !== Kind.tcp) return 0;
  const ports = [p.sourcePort[0], p.destinationPort[0]].sort((a, b) => a - b);
  return ports.map((port) => byTcpPort[port]).find((id) => id !== 0 && (claims[id]?.(p) ?? true)) ?? 0;
}

class Decoding {
  private readonly p: Packets;
  private readonly linkType: number;
  private readonly layers: Layer[] = [];

  constructor(p: Packets, linkType: number) {
    this.p = p;
    this.linkType = linkType;
  }

  run(first: number, pick: Pick): Layer[] {
    const { p, layers } = this;
    for (let id = first; id !== 0; ) {
      if (layers.length === LAYER_LIMIT) {
        p.fail(0, Reason.tooManyLayers, p.at, 0);
        break;
      }
      const at = p.at;
      const next = scans[id](p, 0);
      const named = this.add(id, at);
      if (p.reason[0] !== Reason.none) break;
      if (protocols[id - 1].scan === undefined) p.at = named.end;
      id = next;
    }
    if (p.reason[0] !== Reason.none) layers.push(this.problem());
    else if (p.at < p.end) this.payload(pick);
    this.trailer();
    return layers;
  }

  private add(id: number, at: number): Layer {
    const { p, linkType, layers } = this;
    const protocol = protocols[id - 1];
    let layer: Layer;
    try {
      layer = protocol.layer(p.bytes, at, { packets: p, end: p.end, wire: p.wire, linkType });
    } catch (error) {
      // A mistake of ours in the protocol's file; the packet's other layers shall still be seen.
      layer = problemLayer(protocol.name, `${protocolLabel(protocol.name)} could not be shown: ${error}`, at, p.end);
    }
    layers.push(layer);
    return layer;
  }

  /** What is left behind the last layer that was read. */
  private payload(pick: Pick): void {
    const { p, layers } = this;
    const last = layers.at(-1)?.protocol;
    const id = last === 'tcp' || last === 'udp' ? pick(p) : 0;
    if (id !== 0) p.at = this.add(id, p.at).end;
    if (p.at < p.end) layers.push(dataLayer(p));
  }

  /** Bytes that a length field put outside the packet: padding, or the frame's check sequence. */
  private trailer(): void {
    const { p, layers } = this;
    const from = p.end;
    const outer = layers[0];
    if (from >= p.bytes.length || outer === undefined) return;
    const f = new Fields(p.bytes, from, p.bytes.length);
    const zeros = p.bytes.subarray(from).every((byte) => byte === 0);
    const kind = zeros ? 'padding' : 'trailer';
    f.raw(`${outer.protocol}.${kind}`, zeros ? 'Padding' : 'Trailer', 0, f.length);
    outer.fields.push(...f.list);
  }

  private problem(): Layer {
    const { p, layers } = this;
    const reason = p.reason[0];
    const at = Math.min(p.reasonAt[0], p.bytes.length);
    const end = Math.max(at, p.end);
    const last = layers.at(-1);
    const label = protocolLabel(last?.protocol ?? '');
    const need = p.reasonNeed[0];
    if (reason === Reason.cut)
      return problemLayer('_ws.short', `${label} header needs ${need} bytes, ${end - at} captured`, at, end);
    if (reason === Reason.short) {
      return problemLayer('_ws.malformed', `${label} header needs ${need} bytes, the packet has ${p.wire - at}`, at, end);
    }
    if (reason === Reason.tooManyLayers) return problemLayer('_ws.malformed', `More than ${LAYER_LIMIT} layers`, at, end);
    const told = firstProblem(last?.fields ?? []);
    if (told !== undefined) return problemLayer('_ws.malformed', told, at, end);
    const version = need === 0 ? `${label} has an unknown version` : `${label} header says version ${p.bytes[at] >> 4}`;
    return problemLayer('_ws.malformed', reason === Reason.badVersion ? version : `${label} has an impossible length`, at, end);
  }
}

function firstProblem(fields: Field[]): string | undefined {
  for (const field of fields) {
    const problem = field.problem ?? firstProblem(field.children ?? []);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemLayer(protocol: string, problem: string, at: number, end: number): Layer {
  const field: Field = { name: '_ws.expert.message', label: 'Problem', at, end, value: problem, problem };
  return { protocol, title: problem, at, end, fields: [field] };
}

function dataLayer(p: Packets): Layer {
  const f = new Fields(p.bytes, p.at, p.end);
  f.raw('data.data', 'Data', 0, f.length);
  const fragment =
    p.kind[0] === Kind.fragment
      ? `Fragment, bytes ${p.fragmentOffset[0]} to ${p.fragmentOffset[0] + p.payloadLength[0] - 1}`
      : '';
  return f.layer('data', fragment || `Data, ${f.length} bytes`, f.length);
}
